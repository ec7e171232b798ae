"""Calls for help: never refused, paged at once, and truthful about who was called."""

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Priority
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.person import Person
from bot.domain.refusal import Refused, Why
from bot.domain.roll import RollState
from bot.domain.text import listed
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import done
from bot.domain.wording.people import help_needed, was_helped
from bot.operations import outbox
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, notices, people, places, roll


async def call(scene: Scene, incident: Incident, person: Person) -> list[str]:
    """Page the team lead and the safety officer before all else; return the names of those who are being called."""
    team = await people.team(scene.db, person.team) if person.team else None
    roles = await incidents.roles(scene.db, incident.id)
    site = (await places.sites(scene.db)).get(person.site)
    where = site.name if site else ""
    card = help_needed(incident, person.name, person.phone, team.name if team else "", where, person.id)
    officers = [roles[role] for role in ("SO", "DEP", "IC") if role in roles]
    lead = await _page(scene, incident, [team.lead, team.deputy] if team else [], person.id, card)
    officer = await _page(scene, incident, [o for o in officers if o != lead], person.id, card)
    called = [p for p in (lead, officer) if p]
    names = await people.named(scene.db, called)
    words = listed([names.get(p, p) for p in called]) or "nobody could be reached"
    scene.work.note(incident.id, scene.actor.id, Verb.HELP, f"help was called for: {words}", f"person:{person.id}")
    return [names.get(p, p) for p in called]


async def _page(scene: Scene, incident: Incident, order: list[str], hurt: str, card: Card) -> str | None:
    """Page the first of these who has an address."""
    for somebody in order:
        mine = bool(somebody) and somebody != hurt
        if mine and await outbox.to_person(scene.desk, scene.work, incident, somebody, card, Priority.LIFE_SAFETY):
            return somebody
    return None


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
    await deliveries.refresh_call_list(scene.work, scene.incident.id, them.team if them else "")
    last = await notices.latest_for(scene.db, scene.incident.id, intent.person)
    card = was_helped(scene.incident, scene.actor.name, scene.work.now, last, scene.desk.policy.hotline)
    told = await outbox.to_person(scene.desk, scene.work, scene.incident, intent.person, card)
    scene.work.note(
        scene.incident.id, scene.actor.id, Verb.HELP, f"{name} was helped and is safe", f"person:{intent.person}"
    )
    return done(f"{name} is marked safe", f"Thank you. {name.split()[0]} is told so too." if told else "Thank you.")
