"""The seat ledger in a table."""

from collections.abc import Mapping

from bot.domain.card import Table
from bot.domain.place import Site
from bot.domain.seat import SEAT_WORDS, TAKEN, ledger


def ledger_table(seats: Mapping[str, Mapping[str, int]], sites: Mapping[str, Site]) -> Table:
    """Return how far the seats of each destination are that an incident holds, and those that its plan gave back."""
    books = {key: ledger(states) for key, states in seats.items()}
    rows = tuple(
        (sites[key].name if key in sites else key, *(f"{n:,}" for n in book.values()))
        for key, book in sorted(books.items())
        if any(book.values())
    )
    columns = ("Destination", *(words.capitalize() for words in SEAT_WORDS.values()))
    return Table(
        columns=columns,
        rows=rows,
        caption="Seats of this incident; released: by this plan",
        numeric=tuple(range(1, len(TAKEN) + 2)),
    )
