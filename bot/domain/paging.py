"""Long tables, a page at a time: each chat knows how many rows it shows, all turn the pages alike."""

from bot.domain import intent as i
from bot.domain.card import Button, Card, Table


def page(card: Card, most: int) -> Card:
    """Return a card with no more than so many rows of each table, and buttons for the rows before and after.

    Only what can be asked for again is paged; a later page shows only the tables that go on.
    """
    longest = max((len(table.rows) for table in card.tables), default=0)
    if not card.again or longest <= most:
        return card
    tables = tuple(_part(t, card.row, most) for t in card.tables if card.row == 0 or len(t.rows) > card.row)
    turns = [
        ("Previous rows", card.row - most, card.row > 0),
        ("Next rows", card.row + most, card.row + most < longest),
    ]
    more = tuple(_turn(label, card.again, max(0, start)) for label, start, there in turns if there)
    return card.evolve(tables=tables, buttons=(*more, *card.buttons))


def _part(table: Table, start: int, most: int) -> Table:
    if len(table.rows) <= most and start == 0:
        return table
    shown = table.rows[start : start + most]
    part = f"Rows {start + 1:,} to {start + len(shown):,} of {len(table.rows):,}"
    return table.evolve(rows=shown, caption=f"{table.caption} · {part}" if table.caption else part)


def _turn(label: str, again: str, start: int) -> Button:
    return Button(label=label, intent=i.encode(i.MoreRows(of=again, start=start)))
