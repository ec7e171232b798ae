"""Answers over time against what was expected when the message went out: the chart of the board and of SITREPs."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.card import Image, Series
from bot.domain.course import shares_over_time
from bot.domain.forecast import cut
from bot.domain.notice import Notice, RecipientState
from bot.domain.person import Audience
from bot.domain.wording.sitreps import chart
from bot.operations.picture import Ground
from bot.storage import notices, tallies
from bot.storage.database import Db
from bot.storage.tallies import Counts, Times

_LINES = 3


def asked(notice: Notice, counts: Counts) -> int:
    """Return how many a notice asked for an answer: those whom a newer one freed still count, and who volunteered."""
    part = str(notice.id)
    told = counts.get("recipient", {}).get(part, {})
    owing = sum(n for state, n in told.items() if state != RecipientState.TOLD)
    return max(sum(counts.get("asked", {}).get(part, {}).values()), owing) if notice.ask.answers else 0


def lines(told: Sequence[Notice], times: Times, counts: Counts, until: datetime) -> tuple[Series, ...]:
    """Return answers over time of the largest message that asked agents for one, its forecast, the newest others."""
    asking = [n for n in told if n.audience is Audience.AGENTS and n.ask.answers and n.size]
    if not asking:
        return ()
    main = max(asking, key=lambda n: (n.size, n.number))
    others = [n for n in reversed(asking) if n is not main]
    found = [_line(main, times, counts, until, "Answered #"), *_forecast(main, until)]
    return (*found, *(_line(n, times, counts, until, "#") for n in others[: _LINES - len(found)]))


def _line(notice: Notice, times: Times, counts: Counts, until: datetime, words: str) -> Series:
    changes = times.get(tallies.ANSWERED, {}).get(str(notice.id), [])
    points = shares_over_time(changes, notice.sent_at, asked(notice, counts), until)
    return Series(label=f"{words}{notice.number}", points=points)


def _forecast(notice: Notice, until: datetime) -> list[Series]:
    minutes = (until - notice.sent_at).total_seconds() / 60
    return [Series(label="Forecast", points=cut(notice.forecast, minutes))] if notice.forecast else []


async def picture(db: Db, rows: Ground, now: datetime) -> Image | None:
    """Return the chart of an incident for a SITREP; None while nobody was asked anything."""
    told = await notices.of(db, rows.incident.id)
    times = await tallies.by_minute(db, rows.incident.id)
    return chart(lines(told, times, rows.counts, now))
