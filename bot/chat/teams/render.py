"""A card as an Adaptive Card 1.5: always valid, never over 28 KB, whatever people wrote."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.chat.teams import inputs
from bot.chat.teams.elements import (
    LEVELS,
    MOST_BYTES,
    Limits,
    Native,
    Reader,
    coloured,
    columns,
    line,
    lines,
    signed,
    size,
)
from bot.domain import chart_png
from bot.domain.card import Button, Card, Fact, Image, Item, Meter, Style, Table, Tone
from bot.domain.paging import page
from bot.domain.text import clip, plural

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
CONTENT = "application/vnd.microsoft.card.adaptive"
MOST_WATCHING = 60
_A_ROW = 5
_WIDEST = 30
_FRAMES = {Tone.PLAIN: "emphasis", Tone.GOOD: "good", Tone.WARN: "warning", Tone.BAD: "attention"}
_STYLES = {Style.PRIMARY: "positive", Style.DANGER: "destructive", Style.NORMAL: "default"}


@dataclass(frozen=True)
class About:
    """What a card's buttons say beside their intent: which delivery it is, and the room that it was asked for in.

    watching: the users for whom Teams asks again how it stands whenever they see it. back: it stands in the place of
    another, to which one can go back. dialogs: buttons that ask for more open a dialog; inside: it is in one itself.
    """

    delivery: int = 0
    room: str = ""
    watching: tuple[str, ...] = ()
    back: bool = False
    dialogs: bool = True
    inside: bool = False

    def data(self, **more: str) -> Native:
        """Return what a button carries."""
        known = {"d": self.delivery, "at": self.room}
        return {key: value for key, value in known.items() if value} | more


def drawn(card: Card, reader: Reader, about: About) -> Native:
    """Return the Adaptive Card: as much as fits of a card that is too large, and that it is not all."""
    native: Native = {}
    for level, limits in enumerate(LEVELS):
        native = _drawn(page(card, limits.rows), reader, about, limits, cut=level > (2 if card.again else 1))
        if size(native) <= MOST_BYTES:
            break
    return native


def _drawn(card: Card, reader: Reader, about: About, limits: Limits, *, cut: bool) -> Native:
    native: Native = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": "1.5",
        "fallbackText": clip(reader.plain(card.plain()), min(limits.words, 800)) or " ",
        "body": [*_body(card, reader, about, limits, cut=cut)],
    }
    if about.watching:
        asked = {"type": "Action.Execute", "verb": "look", "data": about.data()}
        native["refresh"] = {"type": "Refresh", "action": asked, "userIds": list(about.watching[:MOST_WATCHING])}
    return native


def _body(card: Card, reader: Reader, about: About, limits: Limits, *, cut: bool) -> Iterator[Native]:
    banner = lines(reader.told(card.banner), limits, color="Attention", weight="Bolder")
    yield from banner
    yield _head(card, reader, limits)
    for text in card.text[: limits.pieces]:
        yield from lines(reader.told(text), limits)
    yield from (_fact(fact, reader, limits) for fact in card.facts[: limits.pieces])
    yield from (_meter(meter, reader, limits) for meter in card.meters[: limits.pieces])
    for table in card.tables[: limits.pieces]:
        yield from _table(table, reader, limits)
    shown = card.items[: limits.rows]
    for item in shown:
        yield from _item(item, reader, about, limits, limits.actions // len(shown))
    if card.image is not None:
        yield from _picture(card.image, reader, limits)
    if card.form is not None:
        yield from inputs.drawn(card.form, reader, limits)
    yield from lines(reader.told(card.footer), limits, isSubtle=True, size="Small")
    yield from banner
    if cut or len(card.items) > limits.rows:
        yield line("Not all of it fits into one message: the board shows the rest.", isSubtle=True, italic=True)
    yield from _actions(card, reader, about, limits)


def _head(card: Card, reader: Reader, limits: Limits) -> Native:
    title = lines(reader.told(card.title), limits, size="Medium", weight="Bolder") or [line(" ")]
    return {"type": "Container", "style": _FRAMES[card.tone], "bleed": True, "items": title}


def _fact(fact: Fact, reader: Reader, limits: Limits) -> Native:
    label = [line(signed(clip(reader.told(fact.label), limits.words), fact.tone), isSubtle=True)]
    value = lines(reader.told(fact.value), limits, weight="Bolder", **coloured(fact.tone)) or [line("–")]
    return columns(("110px", label), ("stretch", value))


def _meter(meter: Meter, reader: Reader, limits: Limits) -> Native:
    label = line(signed(clip(reader.told(meter.label), limits.words), meter.tone), isSubtle=True)
    words = f"{meter.bar} {meter.value:,} of {meter.total:,} ({meter.percent} %)"
    return columns(("110px", [label]), ("stretch", [line(words, weight="Bolder", **coloured(meter.tone))]))


def _table(table: Table, reader: Reader, limits: Limits) -> Iterator[Native]:
    if table.caption:
        yield from lines(reader.told(table.caption), limits, weight="Bolder")
    widths = _widths(table)
    if not widths:
        return
    rows = [_row(table, row, reader, limits) for row in (table.columns, *table.rows[: limits.rows])]
    yield {
        "type": "Table",
        "firstRowAsHeader": True,
        "showGridLines": False,
        "gridStyle": "default",
        "columns": [
            {"width": width, "horizontalCellContentAlignment": "Right" if n in table.numeric else "Left"}
            for n, width in enumerate(widths)
        ],
        "rows": rows,
    }
    if len(table.rows) > limits.rows:
        yield line(f"… and {plural(len(table.rows) - limits.rows, 'more row')}", isSubtle=True)


def _widths(table: Table) -> list[int]:
    """Return how wide each column is against the others: its longest word stays whole, long cells take two lines."""
    each = [[*column] for column in zip(table.columns, *table.rows, strict=False)]
    return [max(_room(cell) for cell in column) for column in each]


def _room(cell: str) -> int:
    return min(_WIDEST, max(-(-len(cell) // 2), *(len(word) for word in cell.split()), 1) + 2)


def _row(table: Table, row: Sequence[str], reader: Reader, limits: Limits) -> Native:
    style = {"weight": "Bolder"} if row is table.columns else {}
    cells = [lines(reader.told(cell), limits, **style) or [line(" ")] for cell in row]
    return {"type": "TableRow", "cells": [{"type": "TableCell", "items": cell} for cell in cells]}


def _picture(image: Image, reader: Reader, limits: Limits) -> Iterator[Native]:
    """Yield a chart inside the card itself: no address of ours needs to be public. Where it is too much, its words."""
    if limits.picture:
        png = b64encode(chart_png.drawn(image)).decode()
        alt = clip(reader.plain(image.alt), limits.words) or " "
        yield {"type": "Image", "url": f"data:image/png;base64,{png}", "altText": alt, "size": "Stretch"}
    yield from lines(reader.told(image.alt), limits, isSubtle=True, size="Small")


def _item(item: Item, reader: Reader, about: About, limits: Limits, room: int) -> Iterator[Native]:
    text = [*lines(reader.told(item.title), limits, weight="Bolder"), *lines(reader.told(item.text), limits)]
    yield {"type": "Container", "separator": True, "items": text or [line(" ")]}
    yield from _sets(_within([_action(b, reader, about, limits) for b in item.buttons], room, least=0))


def _actions(card: Card, reader: Reader, about: About, limits: Limits) -> Iterator[Native]:
    actions: list[Native] = []
    if card.form is not None:
        data = about.data(i=card.form.intent)
        actions.append(_press(clip(card.form.submit, 40) or "Send", "positive", data, about, limits, verb="send"))
    actions += [_action(b, reader, about, limits) for b in card.buttons]
    kept = _within(actions, limits.actions)
    if about.back:
        kept.append(_press("Back", "default", about.data(), about, limits, verb="look"))
    yield from _sets(kept)
    if len(kept) < len(actions):
        yield line(f"{plural(len(actions) - len(kept), 'button')} more: type /disaster help", isSubtle=True)


def _within(actions: Sequence[Native], most: int, least: int = 1) -> list[Native]:
    """Return as many actions as take no more bytes than this, but so many at least."""
    kept: list[Native] = []
    for action in actions:
        most -= size(action)
        if most >= 0 or len(kept) < least:
            kept.append(action)
    return kept


def _sets(actions: Sequence[Native]) -> Iterator[Native]:
    """Teams shows few actions of one set, so there are several."""
    for start in range(0, len(actions), _A_ROW):
        yield {"type": "ActionSet", "actions": list(actions[start : start + _A_ROW])}


def _action(button: Button, reader: Reader, about: About, limits: Limits) -> Native:
    label = clip(reader.plain(button.label), min(limits.words, 80)) or "…"
    data = about.data(i=button.intent)
    if about.dialogs and not about.inside and label.endswith("…"):
        fetch = data | {"msteams": {"type": "task/fetch"}}
        return {"type": "Action.Submit", "title": label, "data": fetch, "associatedInputs": "none"}
    press = _press(label, _STYLES[button.style], data, about, limits, verb="do")
    if not button.confirm:
        return press
    sure = _press("Yes: " + clip(label, 60), "destructive", data, about, limits, verb="do")
    words = lines(reader.told(button.confirm), limits)
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [*words, {"type": "ActionSet", "actions": [sure]}]}
    return {"type": "Action.ShowCard", "title": label, "style": _STYLES[button.style], "card": card}


def _press(title: str, style: str, data: Native, about: About, limits: Limits, *, verb: str) -> Native:
    """Return an action that is answered in its place; in a dialog, and where Teams is too old, one that is sent."""
    common: Native = {"title": title, "associatedInputs": "auto" if verb == "send" else "none"}
    older = {"type": "Action.Submit", **common, "data": data | {"verb": verb}}
    if about.inside:
        return older | {"style": style}
    execute = {"type": "Action.Execute", "verb": verb, "style": style, **common, "data": data}
    return execute | {"fallback": older} if limits.fallback else execute
