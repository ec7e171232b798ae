"""A card as Slack shows it: blocks of a message, a modal or a home page, always within Slack's limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from bot.chat.slack import blocks as b
from bot.chat.slack.blocks import Block, Reader
from bot.chat.slack.tables import shown, whole
from bot.domain.card import Button, Card, Fact, Form, Item, Meter, Style, Tone
from bot.domain.paging import page

SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✅ ", Tone.WARN: "⚠️ ", Tone.BAD: "❗ "}
KEPT = "kept:"
_STYLES = {Style.PRIMARY: "primary", Style.DANGER: "danger"}
_SHORTENED = "Shortened to what fits here: the rest is on the board (/disaster board)."


@dataclass(frozen=True)
class Shown:
    """A rendered card: text is what a notification reads out; kept: intents too long for a button, by their names."""

    text: str
    blocks: list[Block]
    kept: Mapping[str, str] = field(default_factory=dict)


def message(card: Card, reader: Reader, mark: int | None = None, picture: str = "") -> Shown:
    """Return a card as a message; mark: the delivery it is, so that a press can find it again; picture: its file."""
    kept: dict[str, str] = {}
    card = _flat(card, reader)
    if card.form is not None:
        card = card.evolve(form=None, buttons=(*card.buttons, _opener(card.form)))
    shown, _ = _paged(card, _Drawing(reader, kept, mark, picture), b.MESSAGE_BLOCKS)
    return Shown(_notification(card, reader), shown, kept)


def view_blocks(card: Card, reader: Reader, kept: dict[str, str], most: int = b.VIEW_BLOCKS) -> list[Block]:
    """Return a card's blocks for a modal or a part of a home page; what is too long for a button goes into kept."""
    card = _flat(card, reader)
    return _paged(card, _Drawing(reader, kept), most)[0]


def _notification(card: Card, reader: Reader) -> str:
    """What a phone's lock screen and a screen reader say."""
    said = " – ".join(part for part in (card.banner, card.title, *card.text[:2]) if part)
    return b.escaped(b.short(reader.told(said), 900))


def _flat(card: Card, reader: Reader) -> Card:
    """Put times into words wherever Slack takes bare text only; in texts and facts they stay marks."""
    flat = card.evolve(text=(), facts=(), form=None).read_in(reader.tz, reader.now)
    return flat.evolve(text=card.text, facts=card.facts, form=card.form)


def _opener(form: Form) -> Button:
    """A form can't stand in a message: a button opens it."""
    return Button(label="Open the form…", intent=form.intent, style=Style.PRIMARY)


@dataclass(frozen=True)
class _Drawing:
    """What every part of one card needs; kept collects intents too long for a button."""

    reader: Reader
    kept: dict[str, str]
    mark: int | None = None
    picture: str = ""


_ROWS = (100, 60, 40, 25, 15, 8)


def _paged(card: Card, drawing: _Drawing, most: int) -> tuple[list[Block], bool]:
    """Return a card with its tables as far as they fit whole; buttons turn to the rows that do not."""
    framed = _framed(card, drawing, most)
    for rows in _ROWS if card.again else ():
        shown = page(card, rows)
        framed = _framed(shown, drawing, most)
        if framed[1] and all(whole(table) for table in shown.tables):
            break
    return framed


def _framed(card: Card, drawing: _Drawing, most: int) -> tuple[list[Block], bool]:
    """Return everything in order; what does not fit between title and buttons is left out, and that is said.

    The second says whether all did.
    """
    top = [_banner(card, drawing.reader)] if card.banner else []
    top += [b.header(f"{SIGNS[card.tone]}{card.title}")] if card.title.strip() else []
    actions = list(_actions(card.buttons, drawing))
    end = [b.context(card.footer)] if card.footer.strip() else []
    end += [_banner(card, drawing.reader)] if card.banner else []
    room = most - len(top) - len(actions) - len(end) - 1
    budget = b.ALL_TEXT - b.texts(top + actions + end) - b.size(_SHORTENED)
    body, fits = _fitted(_body(card, drawing), room, budget)
    note = [] if fits else [b.context(_SHORTENED)]
    return [*top, *body, *note, *actions, *end] or [b.context("–")], fits


def _fitted(parts: Iterator[list[Block]], room: int, budget: int) -> tuple[list[Block], bool]:
    """Return the parts that fit, each whole or not at all, and whether all did."""
    kept: list[Block] = []
    for part in parts:
        budget -= b.texts(part)
        if len(kept) + len(part) > room or budget < 0:
            return kept, False
        kept += part
    return kept, True


def _banner(card: Card, reader: Reader) -> Block:
    return b.rich(b.words(b.short(card.banner, 300), reader, bold=True))


def _body(card: Card, drawing: _Drawing) -> Iterator[list[Block]]:
    """Yield what stands between title and buttons, in parts that belong together."""
    reader = drawing.reader
    titles = [card.title] if b.size(f"{SIGNS[card.tone]}{card.title}") > b.HEADER else []
    for text in (*titles, *card.text):
        yield from ([block] for block in _paragraph(text, reader))
    for lines in ([_fact(f, reader) for f in card.facts], [_meter(m, reader) for m in card.meters]):
        yield from ([block] for block in b.lines(lines))
    for table in card.tables:
        yield from ([block] for block in shown(table, reader))
    for n, item in enumerate(card.items):
        yield _item(item, n, drawing)
    if card.image is not None:
        alt = card.image.alt
        yield [b.picture(drawing.picture, alt) if drawing.picture else b.context(alt)]


def _item(item: Item, number: int, drawing: _Drawing) -> list[Block]:
    title = b.words(b.short(item.title, 300), drawing.reader, bold=True)
    text = b.words(f"\n{drawing.reader.fitted(item.text, 1_500)}", drawing.reader) if item.text.strip() else []
    return [b.rich([*title, *text]), *_actions(item.buttons, drawing, f"i{number}.")]


def _paragraph(text: str, reader: Reader) -> Iterator[Block]:
    for piece in b.pieces(text if b.size(text) <= b.TEXT else reader.told(text)):
        yield b.rich(b.words(piece, reader))


def _fact(fact: Fact, reader: Reader) -> list[Block]:
    label = f"{SIGNS[fact.tone]}{reader.fitted(fact.label, 200)}: "
    return [*b.words(label, reader, bold=True), *b.words(reader.fitted(fact.value, 1_000), reader)]


def _meter(meter: Meter, reader: Reader) -> list[Block]:
    said = f"{meter.bar} {meter.value:,} of {meter.total:,}"
    label = f"{SIGNS[meter.tone]}{b.short(meter.label, 200)}: "
    return [*b.words(label, reader, bold=True), *b.words(said, reader)]


def _actions(buttons: Sequence[Button], drawing: _Drawing, part: str = "") -> Iterator[Block]:
    """Yield rows of buttons; marked rows say which delivery they belong to."""
    drawn = [_button(button, n, drawing.kept) for n, button in enumerate(buttons[: b.BUTTONS])]
    for start in range(0, len(drawn), b.IN_A_ROW):
        name = {"block_id": f"d{drawing.mark}.{part}{start}"} if drawing.mark is not None else {}
        yield {"type": "actions", **name, "elements": drawn[start : start + b.IN_A_ROW]}
    if len(buttons) > b.BUTTONS:
        yield b.context(f"{len(buttons) - b.BUTTONS} more buttons do not fit here: /disaster help says what to type.")


def _button(button: Button, number: int, kept: dict[str, str]) -> Block:
    style = {"style": _STYLES[button.style]} if button.style in _STYLES else {}
    confirm = {"confirm": _confirm(button)} if button.confirm.strip() else {}
    return {
        "type": "button",
        "action_id": f"press.{number}",
        "text": b.plain(button.label, b.BUTTON),
        "value": carried(button.intent, b.VALUE, kept),
        **style,
        **confirm,
    }


def carried(intent: str, most: int, kept: dict[str, str]) -> str:
    """Return what stands for an intent: itself, or the name under which it is kept when it is too long."""
    if b.size(intent) <= most:
        return intent
    name = f"{KEPT}{sha256(intent.encode()).hexdigest()[:32]}"
    kept[name] = intent
    return name


def _confirm(button: Button) -> Block:
    return {
        "title": b.plain("Are you sure?", 100),
        "text": b.plain(button.confirm, b.CONFIRM),
        "confirm": b.plain(button.label, 30),
        "deny": b.plain("No", 30),
        **({"style": "danger"} if button.style is Style.DANGER else {}),
    }


def delivery_of(block_id: Any) -> int | None:
    """Return the delivery that a pressed row of buttons belongs to."""
    name = str(block_id or "")
    number = name[1:].partition(".")[0]
    return int(number) if name.startswith("d") and number.isdecimal() and len(number) < 19 else None
