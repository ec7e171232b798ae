"""What one person reads in a notice: their own place, lead and answer; read a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.domain.facts import PersonFacts
from bot.domain.move import Move
from bot.domain.notice import RANK, Answer, Notice, RecipientState, outdated
from bot.domain.person import Person, Team
from bot.domain.place import Queue, Site, SiteKind
from bot.domain.relocation_reasons import as_told
from bot.domain.runbook import Ask
from bot.domain.when import soon, told
from bot.domain.wording.notices import NewQueue, Reading
from bot.storage import identities, moves, notices, people, places
from bot.storage.database import Db


@dataclass(frozen=True)
class _Ground:
    """What personal texts are made from, read once a batch."""

    people: Mapping[str, Person]
    moves: Mapping[str, Move]
    sites: Mapping[str, Site]
    queues: Mapping[str, Queue]
    teams: Mapping[str, Team]
    leads: Mapping[str, Person]
    now: datetime


async def readings(db: Db, incident: int, pairs: Sequence[tuple[Notice, str]]) -> list[Reading]:
    """Return what each person sees of a notice of one incident."""
    ground = await _ground(db, incident, {person for _, person in pairs})
    answers = await notices.answers(db, [n.id for n, _ in pairs], [p for _, p in pairs])
    numbers: dict[str, dict[str, list[tuple[int, Ask]]]] = {}
    for audience in {n.audience for n, _ in pairs if n.ask.answers}:
        numbers[audience] = await notices.numbers_of(
            db, incident, [p for n, p in pairs if n.audience == audience], audience
        )
    several = any(notice.words for notice, _ in pairs)
    told = await identities.languages(db, {p for _, p in pairs}) if several else {}
    seen = [_reading(notice, person, ground, answers, numbers) for notice, person in pairs]
    languages = [_languages(ground.people.get(person), told.get(person, "")) for _, person in pairs]
    return [replace(one, languages=wanted) for one, wanted in zip(seen, languages, strict=True)]


def _languages(person: Person | None, told: str) -> tuple[str, ...]:
    """What somebody would read: as the roster says, else as their chat is set, else the first that they speak."""
    return tuple(filter(None, (person.language or told, *person.languages))) if person else ()


async def person(db: Db, incident: int, who: str | None) -> PersonFacts:
    """Return what is true of one reader; of nobody, nothing."""
    return _facts(who, await _ground(db, incident, {who})) if who else PersonFacts()


def _reading(
    notice: Notice,
    person: str,
    ground: _Ground,
    answers: Mapping[tuple[int, str], Any],
    numbers: Mapping[str, Mapping[str, list[tuple[int, Ask]]]],
) -> Reading:
    row = answers.get((notice.id, person))
    mine = numbers.get(notice.audience, {}).get(person, [])
    state = RecipientState(row["state"]) if row else None
    over = outdated(state, notice.ask)
    newer = [n for n, ask in mine if n > notice.number and RANK[ask] >= RANK[notice.ask]] if over else []
    older = [n for n, ask in mine if n < notice.number and RANK[ask] <= RANK[notice.ask]]
    return Reading(
        person=_facts(person, ground),
        answer=Answer(row["answer"]) if row and row["answer"] else None,
        state=state,
        replaces=older[-1] if older and notice.ask.answers else None,
        replaced_by=newer[-1] if newer else None,
        new_queue=_new_queue(person, ground),
    )


def _new_queue(person_id: str, ground: _Ground) -> NewQueue | None:
    """The queue that somebody is sent to, when it is not their usual one."""
    person, move = ground.people.get(person_id), ground.moves.get(person_id)
    queue = ground.queues.get(move.queue_id) if move and move.destination_id else None
    if queue is None or person is None or queue.id == person.queue:
        return None
    lead = ground.leads.get(queue.lead)
    return NewQueue(
        name=queue.name,
        url=queue.script_url,
        version=queue.script_version,
        lead=lead.name if lead else "",
        phone=lead.phone if lead else "",
    )


async def _ground(db: Db, incident: int, ids: set[str]) -> _Ground:
    known = await people.several(db, ids)
    teams = await people.teams(db, {p.team for p in known.values() if p.team})
    queues = await places.queues(db)
    leads = {team.lead for team in teams.values()} | {queue.lead for queue in queues.values() if queue.lead}
    return _Ground(
        people=known,
        moves=await moves.current(db, incident, list(ids)),
        sites=await places.sites(db),
        queues=queues,
        teams=teams,
        leads=await people.several(db, leads),
        now=db.now,
    )


def _facts(person_id: str, ground: _Ground) -> PersonFacts:
    person = ground.people.get(person_id)
    if person is None:
        return PersonFacts()
    team = ground.teams.get(person.team)
    lead = ground.leads.get(team.lead) if team else None
    move = ground.moves.get(person_id)
    site = ground.sites.get(move.destination_id or "") if move else None
    queue = ground.queues.get(move.queue_id if move else person.queue)
    return PersonFacts(
        person=person.name,
        first_name=person.name.split()[0],
        team_lead=lead.name if lead else "",
        team_lead_phone=lead.phone if lead else "",
        destination=site.name if site else "",
        destination_address=site.address if site else "",
        report_time=_report_time(move, site, person, ground),
        log_in=site.log_in if site else "",
        queue=queue.name if queue else "",
        script_url=queue.script_url if queue else "",
        script_version=queue.script_version if queue else "",
        reason=as_told(move.reason) if move else "",
    )


def _report_time(move: Move | None, site: Site | None, person: Person, ground: _Ground) -> str:
    """When to be there, in the reader's own time; where the place's differs, in both."""
    if move is None or move.report_at is None:
        return ""
    there = site.tz if site and site.kind is not SiteKind.HOME else person.tz
    local = f" ({told(soon(move.report_at), there, ground.now)} there)" if there != person.tz else ""
    return soon(move.report_at) + local
