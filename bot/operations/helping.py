"""Calls for help: never refused, paged at once, and truthful about who was called."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import partial

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Delivery, Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.person import Person
from bot.domain.refusal import Refused, Why
from bot.domain.roll import RollState
from bot.domain.text import listed
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import done
from bot.domain.wording.people import help_needed, help_over, was_helped
from bot.operations import outbox
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, journal, notices, people, places, roll, tallies
from bot.storage.database import Db, Work

_MOMENT = timedelta(minutes=1)  # who presses twice in fear is not two calls
_MOST = 200


async def call(desk: Desk, work: Work, incident: Incident, person: Person, by: str, *, fresh: bool = True) -> list[str]:
    """Page the team lead and the safety officer before all else; return the names of those who are being called.

    fresh: nobody knew of it; else a press right after the last page repeats what that one did, a later one pages again.
    """
    last = None if fresh else await journal.last_at(work, incident.id, Verb.HELP, _subject(person))
    whom = await _nearest(desk, work, incident, person)
    if last is None or last <= work.now - _MOMENT:
        await _page(desk, work, incident, person, whom, by)
    names = await people.named(work, whom)
    return [names.get(p, p) for p in whom]


async def sweep(desk: Desk) -> int:
    """Page again for everybody who still waits, and the deputy and the commander too; return for how many."""
    async with desk.read() as db:
        held = [i for i in await incidents.opened(db) if tallies.need_help(await tallies.of(db, i.id))]
    return await apart("help", [(incident.id, partial(_sweep, desk, incident)) for incident in held])


async def _sweep(desk: Desk, incident: Incident) -> int:
    count, long = 0, timedelta(minutes=desk.policy.help_again_min)
    async with desk.work(alone=True) as work:
        for row in await roll.needing_help(work, incident.id, None, _MOST):
            person = await people.find(work, row["person_id"])
            last = await journal.last_at(work, incident.id, Verb.HELP, f"person:{row['person_id']}")
            if person is None or (last or row["said_at"]) > work.now - long:
                continue
            near = await _nearest(desk, work, incident, person)
            whom = [*near, *await _commanders(work, incident, {*near, person.id})]
            await _page(desk, work, incident, person, whom, since=row["said_at"])
            count += 1
    return count


def _subject(person: Person) -> str:
    return f"person:{person.id}"


async def _nearest(desk: Desk, work: Work, incident: Incident, person: Person) -> list[str]:
    """Return the lead, or their deputy, and the safety officer, or who stands in: the first of each with an address."""
    team = await people.team(work, person.team) if person.team else None
    roles, found = await incidents.roles(work, incident.id), list[str]()
    for order in ([team.lead, team.deputy] if team else [], [roles[r] for r in ("SO", "DEP", "IC") if r in roles]):
        for somebody in (p for p in order if p and p != person.id and p not in found):
            if await outbox.reaches(desk, work, incident, somebody):
                found.append(somebody)
                break
    return found


async def _commanders(work: Work, incident: Incident, but: AbstractSet[str]) -> list[str]:
    roles = await incidents.roles(work, incident.id)
    return list(dict.fromkeys(roles[r] for r in ("DEP", "IC") if r in roles and roles[r] not in but))


async def _page(
    desk: Desk,
    work: Work,
    incident: Incident,
    person: Person,
    whom: Sequence[str],
    by: str = "bot",
    since: datetime | None = None,
) -> None:
    team = await people.team(work, person.team) if person.team else None
    site = (await places.sites(work)).get(person.site)
    card = help_needed(incident, person, team.name if team else "", site.name if site else "", since)
    for somebody in whom:
        await outbox.help_to(desk, work, incident, somebody, card, person.id)
    names = await people.named(work, whom)
    words = listed([names.get(p, p) for p in whom]) or "nobody could be reached"
    again = " again" if since else ""
    work.note(incident.id, by, Verb.HELP, f"help was called for{again}: {words}", _subject(person))


async def over(work: Work, incident: int, person: str, team: str) -> None:
    """Redraw what called people to somebody: their team's call lists, and every page, wherever it is shown."""
    await deliveries.refresh_call_list(work, incident, team)
    await deliveries.refresh(work, incident, Subject.CARD, about=person)


async def page(db: Db, delivery: Delivery) -> Card:
    """Return a call for help as it stands: live while it waits, afterwards by whom it was ended and when."""
    card = Card.model_validate(delivery.card)
    entry = await roll.find(db, delivery.incident_id, delivery.about or "")
    if entry is None or entry.state is RollState.HELP:
        return card
    return help_over(card, entry, await people.named(db, {entry.said_by} if entry.said_by else set()))


async def helped(scene: Scene, intent: i.Helped) -> Card:
    """Somebody who needed help is safe now."""
    entry = await roll.find(scene.work, scene.incident.id, intent.person)
    if entry is None:
        raise Refused("They are not on this incident's roll.", instead="/disaster roll shows who is.")
    if entry.state is not RollState.HELP:
        names = await people.named(scene.db, {entry.said_by} if entry.said_by else set())
        text = taken(f"They are marked {entry.state.value} already, by", entry.said_by, entry.said_at, names)
        raise Refused(text, why=Why.TAKEN)
    await roll.say(scene.work, scene.incident.id, intent.person, RollState.SAFE, scene.actor.id)
    them = await people.find(scene.db, intent.person)
    name = them.name if them else intent.person
    await over(scene.work, scene.incident.id, intent.person, them.team if them else "")
    last = await notices.latest_for(scene.db, scene.incident.id, intent.person)
    card = was_helped(scene.incident, scene.actor.name, scene.work.now, last, scene.desk.policy.hotline)
    told = await outbox.to_person(scene.desk, scene.work, scene.incident, intent.person, card)
    scene.work.note(
        scene.incident.id, scene.actor.id, Verb.HELP, f"{name} was helped and is safe", f"person:{intent.person}"
    )
    return done(f"{name} is marked safe", f"Thank you. {name.split()[0]} is told so too." if told else "Thank you.")
