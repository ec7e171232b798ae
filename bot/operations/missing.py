"""Moves wait while people are missing where they begin or end, whatever the order of the runbook's steps."""

from bot.domain.incident import Incident
from bot.domain.missing import handing_over, holds_moves, missing_at
from bot.domain.refusal import Refused
from bot.domain.roll import RollState
from bot.domain.text import listed, plural
from bot.storage import incidents, moves, places, steps, tallies
from bot.storage.database import Work


async def check(work: Work, incident: Incident, plan: int) -> None:
    """Refuse moves to or from a site where people are unaccounted for and nobody has taken the search over."""
    touched = await moves.places_touched(work, plan)
    for other in await incidents.opened(work):
        if other.id == incident.id or not other.drill:
            await _check(work, other, touched)


async def _check(work: Work, other: Incident, touched: set[str]) -> None:
    rows = await steps.of(work, other.id)
    if not holds_moves(rows):
        return
    roll = (await tallies.of(work, other.id)).get("roll", {})
    silent = {site: states.get(RollState.SILENT, 0) for site, states in roll.items()}
    missing = missing_at(silent, touched, await places.sites(work))
    if missing:
        said = listed([f"{plural(n, 'person', 'people')} of {site}" for site, n in missing.items()])
        last = handing_over(rows)
        asked = f"“{last.title}”" if last else "whether they were found, or others look for them"
        raise Refused(
            f"Nobody is moved yet: {said} unaccounted for in {other.reference}.",
            instead=f"End the roll-call, then answer {asked}.",
        )
