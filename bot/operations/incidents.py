"""Incidents: declared, joined, updated, given roles, returned from, stood down."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.clock import ClockState
from bot.domain.delivery import Subject
from bot.domain.drill import Scope
from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.person import Audience, Person
from bot.domain.refusal import Refused, Why
from bot.domain.roll import RollState
from bot.domain.runbook import Ask, Category, Message, Phase, Runbook
from bot.domain.step import ENDED, Step
from bot.domain.template import verbatim
from bot.domain.text import listed
from bot.domain.wording import drill_stop as stop_words
from bot.domain.wording import forms
from bot.domain.wording import incidents as wording
from bot.domain.wording.parts import done
from bot.operations import clocks, damage, drill_gate, drill_stop, outbox, picture, progress, sitreps, titles, waves
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.ending import end, everyone
from bot.operations.scene import Scene
from bot.operations.steps import candidates, lay_out, someone
from bot.storage import (
    crowds,
    deliveries,
    incidents,
    people,
    places,
    roll,
    rooms,
    tallies,
    versions,
)
from bot.storage.database import Db


async def declare(scene: Scene, intent: i.Declare) -> Card:
    """Declare: incident, roster, steps, room and first messages become true together."""
    if intent.ask or None in (intent.category, intent.severity, intent.known):
        return await _declare_form(scene, intent)
    book = runbook(scene.desk, intent.category)
    await check_places(scene.db, intent, book.title)
    if intent.drill:
        await drill_gate.closed_beside_real(scene.db, intent)
    elif intent.drill is None and (practised := await drill_gate.drills_beside(scene.db, intent)):
        return stop_words.which(practised[0], intent)
    twin = await _twin(scene, intent)
    if twin is not None and not intent.apart:
        by = (await people.named(scene.db, [twin.declared_by])).get(twin.declared_by, twin.declared_by)
        return wording.already_open(twin, intent, by)
    incident, ready = await begin(scene, intent, book)
    if intent.drill:
        await drill_gate.record(scene, incident)
    else:
        await drill_stop.make_way(scene, incident)
    facts = (await picture.picture(scene.desk, scene.work, incident)).facts
    return wording.declared(incident, facts, ready, incident.reference.lower())


async def begin(
    scene: Scene, intent: i.Declare, book: Runbook, scope: Scope | None = None
) -> tuple[Incident, list[Step]]:
    """Write an incident and set it going; scope: what a drill leaves out; return it and what became ready."""
    scope = scope or Scope()
    incident = await _open(scene, intent, book, scope)
    await _roles(
        scene,
        incident,
        [r for r in scene.desk.policy.room_roles if scope.team is None or r in scope.team],
        beside=scope.beside,
    )
    await lay_out(scene.work, incident, book.steps)
    if scope.clocks:
        await clocks.start(scene.desk, scene.work, incident)
    await _room(scene, incident)
    said = f"declared {book.title}: {incident.known}"
    scene.work.note(incident.id, scene.actor.id, Verb.DECLARED, said, f"incident:{incident.id}")
    return incident, await progress.advance(scene.desk, scene.work, incident)


async def _declare_form(scene: Scene, intent: i.Declare) -> Card:
    titles = {book.category: book.title for book in scene.desk.library}
    sites, systems, queues = await places.sites(scene.db), await places.systems(scene.db), await places.queues(scene.db)
    return forms.declare(intent, titles, [*sites.values()], [*systems.values()], [*queues.values()])


def runbook(desk: Desk, category: Category | None) -> Runbook:
    """Return a category's runbook; raises Refused."""
    book = desk.library.get(category) if category else None
    if book is None:
        have = listed([c.value for c in desk.library.categories], "or")
        raise Refused(
            f"There is no runbook for {category} yet.",
            instead=f"Use the nearest of {have}.",
            fields={"category": "no runbook yet"},
        )
    return book


async def check_places(db: Db, intent: i.Declare | i.Drill, title: str) -> None:
    """Refuse places that nobody knows, and a declaration of none."""
    known: dict[str, Mapping[str, object]] = {
        "sites": await places.sites(db),
        "systems": await places.systems(db),
        "queues": await places.queues(db),
    }
    wrong = {
        what: f"there is no {listed(list(lost), 'or')}"
        for what, rows in known.items()
        if (lost := set(getattr(intent, what)) - set(rows))
    }
    if not wrong and not (intent.sites or intent.systems or intent.queues):
        wrong = {"sites": "tick at least one site, system or queue: it decides who is on the roll"}
    if wrong:
        raise Refused(f"{title} can't be declared like this.", instead=listed(list(wrong.values())), fields=wrong)


async def _twin(scene: Scene, intent: i.Declare) -> Incident | None:
    """An open incident of the same category at one of the same places, and as real or as much a drill."""
    drill = bool(intent.drill)
    for other in await incidents.opened(scene.db):
        shared = (
            set(other.sites) & set(intent.sites)
            or set(other.systems) & set(intent.systems)
            or set(other.queues) & set(intent.queues)
        )
        if other.category == intent.category and other.drill == drill and shared:
            return other
    return None


async def _open(scene: Scene, intent: i.Declare, book: Runbook, scope: Scope) -> Incident:
    work, policy = scene.work, scene.desk.policy
    severity = intent.severity or 1
    values: dict[str, Any] = {
        "reference": await incidents.next_reference(work),
        "category": book.category,
        "severity": severity,
        "drill": bool(intent.drill),
        "state": IncidentState.DECLARED,
        "sites": list(intent.sites),
        "systems": list(intent.systems),
        "queues": await _queues_hit(scene, intent),
        "known": intent.known,
        "latest": "",
        "declared_by": scene.actor.id,
        "detected_at": work.now - timedelta(minutes=intent.detected_min_ago),
        "declared_at": work.now,
        "runbook_title": book.title,
        "runbook_version": book.version,
        "runbook_values": dict(book.values),
        "runbook_digest": book.digest,
        "sitrep_state": sitreps.by_itself(book.steps) if scope.sitreps else SitrepState.ENDED,
        "sitrep_due_at": work.now + policy.cadence[severity].first if scope.sitreps else None,
        "sitrep_count": 0,
        "roster_count": 0,
        "private": book.quiet,
    }
    key = await incidents.add(work, **values)
    await versions.keep(work, book)
    incident = Incident.model_validate({**values, "id": key})
    count = await roll.freeze(work, incident)
    await incidents.write(work, key, roster_count=count)
    return incident.model_copy(update={"roster_count": count})


async def _queues_hit(scene: Scene, intent: i.Declare) -> list[str]:
    systems = await places.systems(scene.db)
    through = [queue for key in intent.systems for queue in systems[key].queues]
    return list(dict.fromkeys((*intent.queues, *through)))


async def _roles(scene: Scene, incident: Incident, team: Sequence[str], *, beside: bool = False) -> None:
    """Give each role to somebody who may hold it, where possible at a site that is not hit, and one role each.

    beside: the declarer holds none, if somebody else can command.
    """
    if not team:
        await incidents.give_role(scene.work, incident.id, "IC", scene.actor.id)
        return
    staff = [p for p in await people.in_role(scene.db, team) if not (beside and p.id == scene.actor.id)]
    taken: set[str] = set()
    for role in team:
        chosen = _pick(role, staff, taken, incident, scene.actor)
        if chosen is None and role == "IC":
            chosen = scene.actor  # nobody else can: whoever declared commands until they give the role on
        if chosen is not None:
            taken.add(chosen.id)
            await incidents.give_role(scene.work, incident.id, role, chosen.id)


def _pick(role: str, staff: Sequence[Person], taken: set[str], incident: Incident, declarer: Person) -> Person | None:
    able = [p for p in staff if role in p.roles or (role == "DEP" and "IC" in p.roles)]
    free = [p for p in able if p.id not in taken]
    ranked = sorted(
        free or able, key=lambda p: (p.id != declarer.id, p.roles[:1] != (role,), p.site in incident.sites, p.id)
    )
    return ranked[0] if ranked else None


async def _room(scene: Scene, incident: Incident) -> None:
    roles = await incidents.roles(scene.db, incident.id)
    for platform in scene.desk.chats:
        room = await rooms.want(scene.work, incident.id, platform, incident.reference.lower())
        await rooms.invite(scene.work, room, {*roles.values(), scene.actor.id})
    await outbox.to_rooms(scene.work, incident, Subject.INCIDENT, pinned=True)
    for person in sorted({*roles.values()} - {scene.actor.id}):
        held = [scene.desk.policy.role_name(role) for role, holder in roles.items() if holder == person]
        await outbox.to_person(scene.desk, scene.work, incident, person, wording.called_in(incident, held))


async def invite(scene: Scene, person: str) -> None:
    """Bring somebody into the incident's rooms."""
    for room in await rooms.of(scene.db, scene.incident.id):
        await rooms.invite(scene.work, room["id"], [person])


async def join(scene: Scene, intent: i.Join) -> Card:  # noqa: ARG001
    """Bring the asker into the room; into a private one, only who belongs there."""
    belongs = scene.actor.id in (*scene.roles.values(), *await rooms.members(scene.db, scene.incident.id))
    if scene.incident.private and not belongs:
        commander = scene.names.get(scene.roles.get("IC", ""), "its commander")
        raise Refused("Its room is for those who are invited.", instead=f"Ask {commander} to give you a role in it.")
    await invite(scene, scene.actor.id)
    scene.work.note(scene.incident.id, scene.actor.id, Verb.JOINED, "joined the room", f"incident:{scene.incident.id}")
    return done(f"You are in the room of {scene.incident.reference}", scene.incident.reference.lower())


async def update(scene: Scene, intent: i.Update) -> Card:
    """Record what is newly known."""
    if intent.text is None or intent.draft:
        return forms.update(intent, scene.incident.sites, list((await places.sites(scene.db)).values()))
    await incidents.write(scene.work, scene.incident.id, latest=intent.text)
    if intent.hit and scene.incident.drill:
        await drill_gate.closed_beside_real(scene.db, i.Declare(sites=intent.hit))
    said = await damage.change(scene, intent)
    if intent.hit and not scene.incident.drill:
        await drill_stop.make_way(scene, await incidents.get(scene.work, scene.incident.id))
    text = " ".join([intent.text, *said[:-1]])
    scene.work.note(scene.incident.id, scene.actor.id, Verb.UPDATE, text, f"incident:{scene.incident.id}")
    card = done(f"Update by {scene.actor.name}", intent.text, *said)
    await outbox.to_rooms(scene.work, scene.incident, Subject.CARD, card=card)
    recorded = "It stands on the board now and in the next SITREP. /disaster sitrep sends that at once."
    return done("Recorded", *said, recorded)


async def give_role(scene: Scene, intent: i.AssignRole) -> Card:
    """Give a role of the incident to somebody, and tell them."""
    policy = scene.desk.policy
    if not (intent.role and intent.person):
        return forms.give_role(intent, policy.roles, await candidates(scene))
    role = intent.role.upper()
    if role not in policy.roles:
        raise Refused(
            f"There is no role {role}.", instead=f"Roles: {', '.join(policy.roles)}.", fields={"role": "choose one"}
        )
    person = await someone(scene.db, intent.person)
    await incidents.give_role(scene.work, scene.incident.id, role, person.id)
    await invite(scene, person.id)
    name = policy.role_name(role)
    scene.work.note(scene.incident.id, scene.actor.id, Verb.ROLE, f"{person.name} is now {name}", f"person:{person.id}")
    card = wording.called_in(scene.incident, [name])
    await outbox.to_person(scene.desk, scene.work, scene.incident, person.id, card)
    await progress.redraw(scene.desk, scene.work, scene.incident)
    return done(f"{person.name} is now {name}")


async def recover(scene: Scene, intent: i.Recover) -> Card:
    """Begin the return to normal: the return steps can become ready."""
    incident, work = scene.incident, scene.work
    if not intent.sure and incident.state is not IncidentState.RECOVERING:
        return wording.really_recover(incident)
    if incident.state is IncidentState.DECLARED:
        await incidents.move(work, incident, IncidentState.ACTIVE)
        incident = incident.model_copy(update={"state": IncidentState.ACTIVE})
    if not await incidents.move(work, incident, IncidentState.RECOVERING, recovering_at=work.now):
        raise Refused(f"{incident.reference} is {wording.STATE_WORDS[incident.state]} already.", why=Why.TAKEN)
    work.note(incident.id, scene.actor.id, Verb.STATE, "began the return to normal", f"incident:{incident.id}")
    fresh = incident.model_copy(update={"state": IncidentState.RECOVERING})
    said = list(progress.summary(await progress.advance(scene.desk, work, fresh)))
    if await waves.put_off(work, incident, scene.actor.id):
        said.append("Waves that were not told yet are held: nobody is sent outward by itself any more.")
    await outbox.to_rooms(work, fresh, Subject.CARD, card=done("The return to normal has begun", *said))
    return done("The return has begun", *said)


_OVER = Message(
    audience=Audience.EVERYONE,
    subject="{{ reference }} is over",
    text="{{ reference }} ({{ sites or systems or queues }}) is over.\n"
    "What we know: the incident is stood down. What to do: work as usual, unless your team lead says otherwise.\n"
    "No further updates follow. Questions: {{ hotline }}.",
    ask=Ask.NOTHING,
)


async def stand_down(scene: Scene, intent: i.StandDown) -> Card:
    """End the incident: everyone ever told is told, seats are given back, what is open ends."""
    rows = await picture.ground(scene.db, scene.incident)
    told, _ = await crowds.count(scene.db, everyone(scene.incident), scene.desk.platforms)
    if not intent.sure:
        silent = tallies.total(rows.counts, "roll", RollState.SILENT)
        going = [s for s in rows.steps if s.state not in ENDED and s.plan.phase is not Phase.STAND_DOWN]
        help_ = tallies.need_help(rows.counts)
        running = sum(c.ticking or c.state is ClockState.NOT_STARTED for c in rows.clocks)
        title = (await titles.titled(scene.db, [scene.incident]))[0][1]
        return wording.really_stand_down(scene.incident, title, told, len(going), silent, help_, running)
    message = next((m for s in rows.steps for m in s.plan.messages if m.audience is Audience.EVERYONE), _OVER)
    await end(scene, rows, IncidentState.STOOD_DOWN, message, "stood down")
    return wording.ended(scene.incident, "stood down", told, "")


async def cancel(scene: Scene, intent: i.Cancel) -> Card:
    """Call it off; everyone told is told why."""
    if intent.reason is None:
        return forms.cancel(intent)
    rows = await picture.ground(scene.db, scene.incident)
    told, _ = await crowds.count(scene.db, everyone(scene.incident), scene.desk.platforms)
    text = (
        f"{scene.incident.reference} is called off: {intent.reason}\n"
        f"What to do: work as usual. No further updates follow. Questions: {scene.desk.policy.hotline}."
    )
    message = _OVER.model_copy(update={"subject": "{{ reference }} is called off", "text": verbatim(text)})
    await end(scene, rows, IncidentState.CANCELLED, message, f"cancelled: {intent.reason}")
    return wording.ended(scene.incident, "cancelled", told, "")


async def refresh_cards(desk: Desk) -> int:
    """Bring the pinned cards of open incidents up to date where they have changed; return how many."""
    async with desk.read() as db:
        shown, opened = await incidents.digests(db), await incidents.opened(db)
    return await apart("cards", [(o.id, partial(_refresh_card, desk, o, shown.get(o.id))) for o in opened])


async def _refresh_card(desk: Desk, incident: Incident, shown: str | None) -> int:
    async with desk.read() as db:
        seen = await picture.picture(desk, db, incident)
    digest = _digest(seen, desk.clock.now())
    if shown == digest:
        return 0
    async with desk.work(alone=True) as work:
        if await incidents.card_shown(work, incident.id, digest):
            return await deliveries.refresh(work, incident.id, Subject.INCIDENT)
    return 0


def _digest(seen: wording.Picture, now: datetime) -> str:
    """What the card shows, but for the passing of time itself: what is late by now it shows."""
    facts = seen.facts.model_dump(exclude={"minutes_since_declared", "hours_to_rto"})
    late = seen.incident.sitrep_due_at is not None and seen.incident.sitrep_due_at < now
    steps_ = [(s.state, s.overdue(now)) for s in seen.steps]
    shown = repr((sorted(facts.items()), seen.incident.sitrep_state, late, steps_))
    return sha256(shown.encode()).hexdigest()
