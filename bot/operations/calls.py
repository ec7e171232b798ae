"""Who calls whom: a lead their own people, a deputy when the lead is silent too, operations whom nobody else calls."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.card import Card
from bot.domain.incident import Incident
from bot.domain.move import Move
from bot.domain.notice import RANK, RecipientState
from bot.domain.person import Audience
from bot.domain.place import Site
from bot.domain.policy import ChaseBy, Policy
from bot.domain.roll import RollState
from bot.domain.runbook import Ask
from bot.domain.when import soon
from bot.domain.wording.calls import InNeed, ToCall
from bot.domain.wording.calls import call_list as call_list_card
from bot.operations.desk import Desk
from bot.storage import incidents, moves, people, places, roll, silent
from bot.storage.database import Db

OVERSEERS = ("OPS", "SO", "IC")
_INSIDE = (Audience.AGENTS, Audience.UNPLACED)
_MOST = 500


async def callers(db: Db, incident: Incident, group: Sequence[Any]) -> list[str]:
    """Return who is to call these people (rows with person_id, lead and deputy).

    That is their leads; for a lead who is silent too, somebody beside them who is not.
    """
    asked = {row[who] for row in group for who in ("lead", "deputy") if row[who]}
    quiet = await silent.silent_among(db, incident.id, sorted(asked))
    found = {row["lead"] for row in group if row["lead"] and row["lead"] != row["person_id"]}
    stand_ins = {_stand_in(row, quiet) for row in group if not row["lead"] or row["lead"] in quiet}
    if None in stand_ins:
        stand_ins.add(await _overseer(db, incident))
    return sorted({person for person in found | stand_ins if person})


def _stand_in(row: Any, quiet: set[str]) -> str | None:
    """The deputy; None: only operations can."""
    free = row["deputy"] and row["deputy"] not in quiet and row["deputy"] != row["person_id"]
    return row["deputy"] if free and row["lead"] != row["person_id"] else None


async def _overseer(db: Db, incident: Incident) -> str | None:
    roles = await incidents.roles(db, incident.id)
    holders = [roles[role] for role in OVERSEERS if role in roles]
    quiet = await silent.silent_among(db, incident.id, holders)
    return next((person for person in holders if person not in quiet), holders[0] if holders else None)


async def card(desk: Desk, db: Db, incident: Incident, person: str, *, due: bool = False) -> Card:
    """Return somebody's call list as it stands: each silent person once, with what matters most to hear of them.

    due: only those whose turn to be called has come.
    """
    led = [team.id for team in await people.teams_led_by(db, person)]
    rows = list(await silent.waiting_of(db, incident.id, led, _MOST)) if led else []
    if await _oversees(db, incident, person):
        rows += await silent.uncalled(db, incident.id, _INSIDE, _MOST)
    in_need = await _in_need(db, incident, person, led)
    listed = {person, *(one.person for one in in_need)}
    rows = [row for row in rows if row["person_id"] not in listed and (not due or _due(row, desk.policy))]
    most = {row["person_id"]: row for row in sorted(rows, key=_weight)}
    going = await moves.current(db, incident.id, list(most)) if most else {}
    sites = await places.sites(db)
    found = [_to_call(row, going, sites) for row in most.values()]
    return call_list_card(incident, sorted(found, key=lambda one: (not one.lost, one.name)), in_need)


async def _in_need(db: Db, incident: Incident, person: str, led: Sequence[str]) -> list[InNeed]:
    """Who needs help: to a lead those of their teams, to the safety officer and the commander all; to others nobody."""
    roles = await incidents.roles(db, incident.id)
    teams = None if person in (roles.get("SO"), roles.get("IC")) else led
    rows = await roll.needing_help(db, incident.id, teams, _MOST) if teams is None or teams else []
    return [InNeed(r["person_id"], r["name"], r["phone"], r["said_at"]) for r in rows if r["person_id"] != person]


async def _oversees(db: Db, incident: Incident, person: str) -> bool:
    roles = await incidents.roles(db, incident.id)
    return person in (roles.get("OPS"), roles.get("SO")) or person == await _overseer(db, incident)


def _due(row: Any, policy: Policy) -> bool:
    """Whether the ladder has come to the call, or no message reaches them."""
    ladder = policy.ladder.get(Audience(row["audience"]), ())
    call = next((n for n, rung in enumerate(ladder) if rung.by is ChaseBy.LEAD), len(ladder))
    return bool(row["state"] == RecipientState.UNREACHABLE or row["rung"] > call)


def _weight(row: Any) -> tuple[int, int]:
    return RANK[Ask(row["ask"])], row["notice_id"]


def _to_call(row: Any, going: Mapping[str, Move], sites: Mapping[str, Site]) -> ToCall:
    move = going.get(row["person_id"])
    site = sites.get(move.destination_id or "") if move and row["ask"] == Ask.MOVE else None
    by = f", by {soon(move.report_at)}" if move and site and move.report_at else ""
    return ToCall(
        person=row["person_id"],
        name=row["name"],
        phone=row["phone"],
        notice=row["notice_id"],
        ask=Ask(row["ask"]),
        silent=row["said"] == RollState.SILENT,
        lost=row["state"] == RecipientState.UNREACHABLE,
        goes=f"{site.name}{by}" if site else "",
        role="team lead" if row["lead"] == row["person_id"] else "",
    )
