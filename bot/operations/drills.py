"""Drills: run or planned, started by the heartbeat, held beside a real incident, called off; the same code as real."""

from functools import partial

from bot.domain import drill as rules
from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.drill import AHEAD, EXERCISES, Drill, DrillKind, DrillState, narrowed, scope, usual
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.person import Person
from bot.domain.place import SiteKind
from bot.domain.refusal import Refused
from bot.domain.runbook import Category
from bot.domain.typed_time import ahead
from bot.domain.wording import drill_actions as action_words
from bot.domain.wording import drill_scores as score_words
from bot.domain.wording import drills as wording
from bot.domain.wording import incidents as incident_words
from bot.domain.wording.parts import exercised
from bot.operations import drill_gate, injects, outbox, picture, tabletops
from bot.operations import incidents as incident_verbs
from bot.operations.apart import Part, apart
from bot.operations.desk import Desk
from bot.operations.scene import Place, Scene
from bot.storage import drill_actions, drills, incidents, letters, people, places
from bot.storage.database import Db, Work

_OF_ALL = frozenset({SiteKind.SITE, SiteKind.HOME})


async def plan(scene: Scene, intent: i.Drill) -> Card:
    """Run a drill, or plan it for a time to come."""
    desk, work = scene.desk, scene.work
    intent = tabletops.filled(desk, intent)
    if _lacks(intent):
        return await _form(scene, intent)
    category = intent.category or Category.FACILITY_LOSS
    book = incident_verbs.runbook(desk, category)
    wanted = await _everywhere(work, intent)
    await incident_verbs.check_places(work, wanted, book.title)
    drill = await _write(scene, wanted, category)
    if drill.planned_at > work.now:
        await _announce(scene, drill)
        return wording.planned(drill, outside_hours=await outside_hours(desk, work, drill))
    return await _begin(scene, drill)


def _lacks(intent: i.Drill) -> bool:
    """Whether a form has to ask: of an exercise what is practised, and as what story."""
    lacks = intent.ask or intent.what is None
    return lacks or (intent.what in EXERCISES and (intent.category is None or intent.story is None))


async def _form(scene: Scene, intent: i.Drill) -> Card:
    titles = {book.category: book.title for book in scene.desk.library}
    sites, systems, queues = await places.sites(scene.db), await places.systems(scene.db), await places.queues(scene.db)
    told = scene.desk.library.tabletops
    card = wording.form(intent, titles, told, [*sites.values()], [*systems.values()], [*queues.values()])
    return wording.lacking(card, intent) if intent.what in EXERCISES else card


async def _everywhere(db: Db, intent: i.Drill) -> i.Drill:
    """A notification test or a roll-call of no place is one of every site."""
    if intent.what in EXERCISES or intent.sites or intent.systems or intent.queues:
        return intent
    every = tuple(key for key, site in (await places.sites(db)).items() if site.kind in _OF_ALL)
    return intent.model_copy(update={"sites": every})


async def _write(scene: Scene, intent: i.Drill, category: Category) -> Drill:
    kind = intent.what or DrillKind.NOTIFICATION
    work, told = scene.work, scene.desk.library.tabletops.get(intent.scenario or "")
    try:
        when = ahead(intent.when or "now", scene.actor.tz, work.now)
    except ValueError as wrong:
        raise Refused(str(wrong), fields={"when": str(wrong)}) from wrong
    drill = await drills.add(
        work, reference=await drills.next_reference(work), kind=kind, state=DrillState.PLANNED, category=category,
        severity=intent.severity, sites=list(intent.sites), systems=list(intent.systems), queues=list(intent.queues),
        audiences=list(intent.audiences or usual(kind)), story=intent.story or wording.KIND_WORDS[kind].capitalize(),
        objectives=intent.objectives or "", announced=intent.announced, organiser=scene.actor.id, made_at=work.now,
        planned_at=when, allowed=[], sample=False, scenario=intent.scenario or "",
        tabletop=told.model_dump(mode="json") if told else None,
    )  # fmt: skip
    work.note(None, scene.actor.id, Verb.STATE, f"planned {wording.title(drill)}", f"drill:{drill.id}")
    return drill


async def _announce(scene: Scene, drill: Drill) -> None:
    """Tell the responders of an announced drill that it comes; of the others nobody hears before it starts."""
    team = scope(drill.kind).team
    roles = scene.desk.policy.room_roles if team is None else team
    if drill.announced and roles:
        card = exercised(wording.announced(drill, scene.actor.name))
        for person in await people.in_role(scene.db, roles):
            if person.id != scene.actor.id:
                await letters.write(scene.work, person.id, scene.desk.platforms, card)


async def outside_hours(desk: Desk, db: Db, drill: Drill) -> bool:
    """Whether a drill is out of hours, by the clock of the first site that it is at."""
    sites = await places.sites(db)
    tz = next((sites[s].tz for s in drill.sites if s in sites), desk.policy.tz)
    hours = desk.policy.drills.hours
    return rules.out_of_hours(drill.started_at or drill.planned_at, tz, hours.from_, hours.until)


async def start(scene: Scene, intent: i.StartDrill) -> Card:
    """Start a planned drill now."""
    return await _begin(scene, await _still_ahead(scene, intent.drill))


async def _still_ahead(scene: Scene, key: int) -> Drill:
    drill = await drills.find(scene.db, key)
    if drill is None:
        raise Refused("There is no such drill.", instead="/disaster drills lists them.")
    if drill.state not in AHEAD:
        raise wording.gone(drill)
    return drill


async def call_off(scene: Scene, intent: i.CallOffDrill) -> Card:
    """Call off a drill that has not begun."""
    drill = await _still_ahead(scene, intent.drill)
    if not await drills.move(scene.work, drill, DrillState.CALLED_OFF, ended_at=scene.work.now):
        raise wording.gone(drill)
    scene.work.note(None, scene.actor.id, Verb.STATE, f"called off {drill.reference}", f"drill:{drill.id}")
    return wording.called_off(drill)


async def _begin(scene: Scene, drill: Drill) -> Card:
    """Start a drill, unless something real goes on at its place: then that one's commander is asked."""
    work = scene.work
    for real in await drill_gate.real_beside(work, drill):
        if real.id not in drill.allowed:
            return await _hold(scene, drill, real)
    if drill.state is DrillState.HELD and await drills.move(work, drill, DrillState.PLANNED):
        drill = drill.model_copy(update={"state": DrillState.PLANNED})
    if not await drills.move(work, drill, DrillState.RUNNING, started_at=work.now):
        raise wording.gone(await drills.find(work, drill.id) or drill)
    book = incident_verbs.runbook(scene.desk, drill.category)
    narrow = narrowed(drill.kind, book, drill.audiences)
    beside = scope(drill.kind, beside=drill.tabletop is not None)
    incident, ready = await incident_verbs.begin(scene, _declaration(drill), narrow, beside)
    await drills.write(work, drill.id, incident_id=incident.id)
    await injects.begin(scene.desk, work, tabletops.played(scene.desk, drill, book), incident)
    facts = (await picture.picture(scene.desk, work, incident)).facts
    card = incident_words.declared(incident, facts, ready, incident.reference.lower())
    return card.evolve(text=(f"It is {wording.title(drill)}.", *card.text))


def _declaration(drill: Drill) -> i.Declare:
    return i.Declare(
        category=drill.category, severity=drill.severity, sites=drill.sites, systems=drill.systems,
        queues=drill.queues, known=drill.story, drill=True, apart=True,
    )  # fmt: skip


async def _hold(scene: Scene, drill: Drill, real: Incident) -> Card:
    """Ask the commander of the real incident; whoever asked is that commander answers at once."""
    work, desk = scene.work, scene.desk
    await drills.move(work, drill, DrillState.HELD)
    roles = await incidents.roles(work, real.id)
    commanders = [roles[role] for role in desk.policy.commander if role in roles]
    card = wording.ask_commander(drill, real, scene.actor.name)
    work.note(real.id, scene.actor.id, Verb.STATE, f"{drill.reference} is held: it would run beside this", "")
    if scene.actor.id in commanders:
        return card
    for person in commanders[:1]:
        await outbox.to_person(desk, work, real, person, card)
    names = await people.named(work, commanders[:1])
    return wording.held(drill, real, names.get(commanders[0], commanders[0]) if commanders else "nobody yet")


async def allow(scene: Scene, intent: i.AllowDrill) -> Card:
    """The commander of a real incident lets a drill go ahead beside it, or not."""
    work, real = scene.work, scene.incident
    drill = await _still_ahead(scene, intent.drill)
    word = "let go ahead" if intent.allow else "not allowed"
    work.note(real.id, scene.actor.id, Verb.DECISION, f"{drill.reference} is {word}", f"drill:{drill.id}")
    if not intent.allow:
        await drills.move(work, drill, DrillState.CALLED_OFF, ended_at=work.now)
        await _tell(scene.desk, work, drill, wording.not_allowed(drill, real, scene.actor.name))
        return wording.called_off(drill)
    await drills.write(work, drill.id, allowed=[*drill.allowed, real.id])
    fresh = drill.model_copy(update={"allowed": (*drill.allowed, real.id)})
    return await _unattended(scene.desk, work, fresh)


async def _unattended(desk: Desk, work: Work, drill: Drill) -> Card:
    """Start a drill without its organiser at the keys; whoever keeps the plan runs it when they have left."""
    organiser = next(iter(await people.still_here(work, [drill.organiser])), None)
    if organiser is not None:
        return await _begin(_seen_by(desk, work, organiser), drill)
    heir = next(iter(await heirs(desk, work)), None)
    if heir is None:
        raise Refused("Nobody organises it any more.")
    card = await _begin(_seen_by(desk, work, heir), await hand_over(work, drill, heir))
    return card.evolve(text=("Whoever organised it has left: you run it now.", *card.text))


async def heirs(desk: Desk, db: Db) -> list[Person]:
    """Return who runs a drill that nobody runs any more: who keeps the plan, else who may command."""
    rules = desk.policy
    return await people.in_role(db, rules.readiness.manager) or await people.in_role(db, rules.commander)


async def hand_over(work: Work, drill: Drill, heir: Person) -> Drill:
    """Give a drill to somebody who runs it from now on."""
    await drills.write(work, drill.id, organiser=heir.id)
    work.note(drill.incident_id, "bot", Verb.ROLE, f"{drill.reference} goes to {heir.name}", f"drill:{drill.id}")
    return drill.evolve(organiser=heir.id)


def _seen_by(desk: Desk, work: Work, organiser: Person) -> Scene:
    return Scene(desk=desk, db=work, actor=organiser, place=Place(""), roles={}, names={})


async def _tell(desk: Desk, work: Work, drill: Drill, card: Card) -> None:
    await letters.write(work, drill.organiser, desk.platforms, exercised(card))


async def sweep(desk: Desk) -> int:
    """Start the drills whose time has come, post the injects of those that run; however many look, each comes once."""
    async with desk.read() as db:
        found = await drills.due(db)
    coming = [drill for drill in found if drill.state is DrillState.PLANNED]
    running: list[Part] = [(0, partial(injects.sweep, desk))] if len(coming) < len(found) else []
    return await apart("drills", [*running, *((0, partial(_attend, desk, drill.id)) for drill in coming)])


async def _attend(desk: Desk, key: int) -> bool:
    try:
        async with desk.work(alone=True) as work:
            drill = await drills.find(work, key)
            if drill is None or drill.state is not DrillState.PLANNED:
                return False
            if rules.too_late(drill.planned_at, work.now, desk.policy.drills.late_min):
                return await _drop(desk, work, drill, wording.missed(drill))
            card = await _unattended(desk, work, drill)
            await _tell(desk, work, await drills.find(work, key) or drill, card)
            return True
    except Refused as no:
        async with desk.work(alone=True) as work:
            drill = await drills.find(work, key)
            return drill is not None and await _drop(desk, work, drill, wording.could_not(drill, no.text))


async def _drop(desk: Desk, work: Work, drill: Drill, card: Card) -> bool:
    if not await drills.move(work, drill, DrillState.CALLED_OFF, ended_at=work.now):
        return False
    await _tell(desk, work, drill, card)
    return True


async def show(scene: Scene, intent: i.Drills) -> Card:  # noqa: ARG001
    """List the drills; of those that nobody is told of beforehand only those that have begun, for most."""
    sees = bool(set(scene.actor.roles) & set(scene.desk.policy.may_declare))
    coming = [d for d in await drills.in_state(scene.db, AHEAD) if d.announced or sees]
    past = await drills.in_state(scene.db, set(DrillState) - AHEAD)
    open_ = await drill_actions.opened(scene.db)
    names = await people.named(scene.db, {action.owner for action in open_})
    rules = scene.desk.policy.drills
    red = score_words.never_lately(
        score_words.due_categories(past, scene.db.now.date(), rules.category_months), rules.category_months
    )
    return wording.drills_card(
        coming[::-1], past, [action_words.item(a, names.get(a.owner, a.owner)) for a in open_], red
    )
