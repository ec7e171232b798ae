"""Forms as Slack's modals: drawn from a card, and read back from what Slack sends when one is filled in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from bot.chat.slack import blocks as b
from bot.chat.slack.blocks import Block, Reader
from bot.chat.slack.render import carried, view_blocks
from bot.domain.card import Card, Choice, Field, FieldKind, Form
from bot.domain.wording.forms import CHANNELS

SAID = "said"
ERROR = "✗ "
_KINDS = {
    "plain_text_input": FieldKind.LINE,
    "static_select": FieldKind.ONE,
    "radio_buttons": FieldKind.ONE,
    "multi_static_select": FieldKind.MANY,
    "external_select": FieldKind.SEARCH,
    "conversations_select": FieldKind.SEARCH,
}
_RADIOS = 4
_LISTS = 150_000  # of the 250,000 bytes of a view, what its lists may take


def modal(card: Card, reader: Reader, room: str | None, kept: dict[str, str]) -> Block:
    """Return a card as a modal; room: the channel it was asked for in, which says which incident is meant."""
    if card.form is not None:
        card = card.evolve(form=card.form.read_in(reader.tz, reader.now))
    view: Block = {
        "type": "modal",
        "callback_id": "card" if card.form is None else "form",
        "title": b.plain(reader.told(card.title), b.TITLE),
        "close": b.plain("Close", b.TITLE),
        "blocks": _blocks(card, reader, kept),
    }
    about = {"room": room or ""}
    if card.form is not None:
        view["submit"] = b.plain(card.form.submit, b.TITLE)
        about["intent"] = carried(card.form.intent, b.METADATA - 200, kept)
    view["private_metadata"] = json.dumps(about, ensure_ascii=False)
    return view


def _blocks(card: Card, reader: Reader, kept: dict[str, str]) -> list[Block]:
    asked = card.form.fields if card.form else ()
    room = _LISTS // max(1, sum(bool(f.options) for f in asked))
    fields = [block for field in asked for block in _field(_short(field, room))]
    told = card.evolve(title="") if b.size(card.title) <= b.TITLE else card
    above = view_blocks(told, reader, kept, b.VIEW_BLOCKS - len(fields))
    has_words = told.title or card.text or card.facts or card.tables or card.buttons or card.banner or card.footer
    return [*(above if has_words or not fields else []), *fields]


def _short(field: Field, room: int) -> Field:
    """Return a field with as many options as there is room for; that there are more is said."""
    sizes = accumulate(len(json.dumps(_option(o))) + 2 for o in field.options)
    fit = sum(size <= room for size in sizes)
    if fit == len(field.options) or field.kind is FieldKind.SEARCH:
        return field
    more = f"{len(field.options) - fit:,} more do not fit here: name yours in the typed command. {field.hint}"
    return field.evolve(options=field.options[:fit], hint=more)


def _field(field: Field) -> Iterator[Block]:
    """Yield a field, its error below it; a choice of nothing is said in words."""
    choosing = field.kind in (FieldKind.ONE, FieldKind.MANY)
    if choosing and not field.options:
        yield b.context(f"{field.label}: there is nothing to choose from.")
        return
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": b.plain(field.label, b.HINT),
        "element": _element(field),
        "optional": not field.required,
    }
    hint = _hint(field)
    if hint:
        block["hint"] = b.plain(hint, b.HINT)
    if explained(field):
        block["dispatch_action"] = True
    yield block
    if field.error:
        yield b.context(f"{ERROR}{field.error}")


def _element(field: Field) -> Block:
    match field.kind:
        case FieldKind.ONE | FieldKind.MANY:
            return _choice(field)
        case FieldKind.SEARCH:
            return _channel(field) if field.dataset == CHANNELS else _search(field)
        case _:
            return _line(field)


def explained(field: Field) -> bool:
    """Whether choosing changes the help: in a list, what is said of an option is not seen once it is chosen."""
    return field.kind is FieldKind.ONE and len(field.options) > _RADIOS and any(o.hint for o in field.options)


def _hint(field: Field) -> str:
    chosen = [o.hint for o in field.options if o.value in field.value and o.hint]
    return chosen[0] if explained(field) and chosen else field.hint


def _line(field: Field) -> Block:
    most = max(1, min(field.max_length, b.INPUT))
    first = field.value[0][:most] if field.value and field.value[0].strip() else ""
    while b.size(first) > most:
        first = first[:-1]
    return {
        "type": "plain_text_input",
        "action_id": SAID,
        "multiline": field.kind is FieldKind.PARAGRAPH,
        "max_length": most,
        **({"initial_value": first} if first else {}),
    }


def _choice(field: Field) -> Block:
    options = [_option(o) for o in field.options if 1 <= b.size(o.value) <= 150][: b.OPTIONS * b.OPTIONS]
    first = [o for o in options if o["value"] in field.value]
    if field.kind is FieldKind.MANY:
        more = {"initial_options": first} if first else {}
        return {"type": "multi_static_select", "action_id": SAID, **_offered(options), **more}
    chosen: Block = {"initial_option": first[0]} if first else {}
    if len(options) <= _RADIOS:
        return {"type": "radio_buttons", "action_id": SAID, "options": options, **chosen}
    return {"type": "static_select", "action_id": SAID, **_offered(options), **chosen}


def _channel(field: Field) -> Block:
    """One of the workspace's channels, by Slack's own picker; not those that other organisations read too."""
    here: Block = {"default_to_current_conversation": True}
    chosen: Block = {"initial_conversation": field.value[0]} if field.value else here
    among = {"include": ["public", "private"], "exclude_external_shared_channels": True, "exclude_bot_users": True}
    return {
        "type": "conversations_select", "action_id": f"{SAID}.{field.dataset}", "filter": among,
        "placeholder": b.plain("Choose a channel", b.OPTION), **chosen,
    }  # fmt: skip


def _search(field: Field) -> Block:
    """One of many, found by typing: Slack asks us what fits. What was chosen before stands there as far as known."""
    known = {o.value: o for o in field.options}
    first = [known.get(value, Choice(value=value, label=value)) for value in field.value if 1 <= b.size(value) <= 150]
    chosen: Block = {"initial_option": _option(first[0])} if first else {}
    look = b.plain("Type to search", b.OPTION)
    return {
        "type": "external_select", "action_id": f"{SAID}.{field.dataset}", "min_query_length": 0, "placeholder": look,
        **chosen,
    }  # fmt: skip


def found(options: Sequence[Choice]) -> Block:
    """Return what fits the words that somebody is typing, as Slack takes it."""
    return {"options": [_option(o) for o in options[: b.OPTIONS]]}


def _option(choice: Choice) -> Block:
    more = {"description": b.plain(choice.hint, b.OPTION)} if choice.hint.strip() else {}
    return {"text": b.plain(choice.label, b.OPTION), "value": choice.value, **more}


def _offered(options: Sequence[Block]) -> Block:
    """Return the options, in groups where there are more than one list takes."""
    if len(options) <= b.OPTIONS:
        return {"options": list(options)}
    parts = [list(options[n : n + b.OPTIONS]) for n in range(0, len(options), b.OPTIONS)]
    return {"option_groups": [{"label": b.plain(_span(part), b.OPTION), "options": part} for part in parts]}


def _span(options: Sequence[Block]) -> str:
    return f"{options[0]['text']['text'][:30]} … {options[-1]['text']['text'][:30]}"


def about(view: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return what a modal is about: the intent (or the name it is kept under), and the room it was asked for in."""
    try:
        held = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        held = {}
    return str(held.get("intent") or ""), str(held.get("room") or "") or None


def form_of(view: Mapping[str, Any], intent: str) -> Form:
    """Return the form that a modal shows, read back from its blocks."""
    fields = tuple(_read(block) for block in view.get("blocks", ()) if block.get("type") == "input")
    return Form(intent=intent, fields=fields)


def _read(block: Mapping[str, Any]) -> Field:
    element = block["element"]
    kind = _KINDS.get(element["type"], FieldKind.LINE)
    groups = element.get("option_groups") or [{"options": element.get("options", ())}]
    options = tuple(Choice(value=o["value"], label=o["text"]["text"]) for group in groups for o in group["options"])
    return Field(
        name=block["block_id"], label=block["label"]["text"], kind=kind, required=not block.get("optional"),
        options=options, max_length=element.get("max_length", b.INPUT), dataset=_dataset(element["action_id"]),
    )  # fmt: skip


def _dataset(action: str) -> str:
    return action.partition(".")[2]


def sought(body: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what somebody searches: the field, among what, and the words typed so far."""
    return str(body.get("block_id") or ""), _dataset(str(body.get("action_id") or "")), str(body.get("value") or "")


def values_of(view: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what stands in a modal's fields."""
    held = view.get("state", {}).get("values", {})
    return {name: _said(next(iter(actions.values()), {}) or {}) for name, actions in held.items()}


def _said(held: Mapping[str, Any]) -> list[str]:
    if held.get("selected_options") is not None:
        return [o["value"] for o in held["selected_options"]]
    if held.get("selected_conversation"):
        return [held["selected_conversation"]]
    if held.get("selected_option"):
        return [held["selected_option"]["value"]]
    return [held["value"]] if held.get("value") else []


def errors_of(card: Card, view: Mapping[str, Any]) -> dict[str, str]:
    """Return a form's faults by the field they stand beside; empty when some belong to no field that is shown."""
    shown = {block.get("block_id") for block in view.get("blocks", ()) if block.get("type") == "input"}
    wrong = {f.name: f.error for f in (card.form.fields if card.form else ()) if f.error}
    return wrong if wrong and set(wrong) <= shown else {}
