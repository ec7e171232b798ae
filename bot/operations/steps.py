"""Steps: what becomes ready, and what people do with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import due as due_times
from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.incident import Incident, IncidentState
from bot.domain.journal import Verb
from bot.domain.missing import hands_over
from bot.domain.person import Person
from bot.domain.progress import waits_for
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import EvidenceKind, Phase, StepKind, StepPlan
from bot.domain.step import ENDED, LIVE, Step, StepState, again_of
from bot.domain.text import listed
from bot.domain.wording import forms
from bot.domain.wording import steps as wording
from bot.domain.wording.figures import NONE
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import done
from bot.domain.wording.steps import STATE_WORDS, step_card
from bot.operations import evidence, figures, outbox, progress, standbys, triage
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, people, steps
from bot.storage.database import Db, Work


async def _owned(db: Db, step: Step) -> tuple[str | None, dict[str, str]]:
    roles = await incidents.roles(db, step.incident_id)
    owner = step.holder(roles)
    ids = {p for p in (owner, step.assignee, step.ended_by) if p}
    return owner, await people.named(db, ids)


async def card(desk: Desk, db: Db, step: Step, *, drill: bool) -> Card:
    """Return a step's card as it stands."""
    owner, names = await _owned(db, step)
    shown = await figures.of(db, await incidents.get(db, step.incident_id), step) or NONE
    drawn = step_card(step, names, owner, desk.policy, db.now, drill=drill, figures=shown)
    return await standbys.with_starters(db, step, await triage.with_regimes(db, step, drawn))


async def _changed(scene: Scene, step: Step, state: StepState, text: str) -> Card:
    """After a step moved: journal, redraw, let others become ready, confirm."""
    work, incident = scene.work, scene.incident
    said = f"a restricted step is {STATE_WORDS[state]}" if step.plan.restricted else text
    work.note(incident.id, scene.actor.id, Verb.STEP, said, f"step:{step.id}")
    await outbox.under_step(work, incident, step, wording.happened(step, scene.actor.name, text))
    ready = await progress.changed(scene.desk, work, incident, step)
    held = await _held_up(scene, step) if state in ENDED else ()
    return done(f"{step.code} is {STATE_WORDS[state]}", step.title, *progress.summary(ready), *held)


async def _held_up(scene: Scene, step: Step) -> tuple[str, ...]:
    """Say what a plan of moves that this step lets through waits for still, and whom to ask."""
    all_steps = await steps.of(scene.db, step.incident_id)
    names = await people.named(scene.db, scene.roles.values())
    found = []
    for one in all_steps:
        mine = one.plan.kind is StepKind.RELOCATE and step.key in one.plan.after
        first = waits_for(one, all_steps) if mine and one.state is StepState.WAITING else []
        found += [wording.waits(one, [w.for_all() for w in first], scene.roles, names)] if first else []
    return tuple(found)


async def _lost(scene: Scene) -> Refused:
    """Say who was first."""
    step = await steps.find(scene.db, scene.step.id) or scene.step
    has = step.assignee or step.holder(scene.roles)
    names = await people.named(scene.db, {p for p in (step.ended_by, has) if p})
    if step.state in LIVE:
        return Refused(
            f"{step.code} was started already.",
            instead=f"{names.get(has or '', 'Somebody')} has it.",
            why=Why.TAKEN,
        )
    if step.state is StepState.WAITING:
        waits = waits_for(step, await steps.of(scene.db, step.incident_id))
        first = listed([f"{s.code} {s.title}" for s in (w.for_all() for w in waits)]) or "its turn"
        return Refused(f"{step.code} is not ready yet.", instead=f"It waits for {first}.")
    text = taken(f"{step.code} is {STATE_WORDS[step.state]} already:", step.ended_by, step.ended_at, names)
    return Refused(text, why=Why.TAKEN)


async def show(scene: Scene, intent: i.ShowStep) -> Card:  # noqa: ARG001
    """Show a step."""
    return await card(scene.desk, scene.db, scene.step, drill=scene.incident.drill)


async def start(scene: Scene, intent: i.StartStep) -> Card:  # noqa: ARG001
    """Begin a step; it stays with its owner, whoever begins it."""
    step = scene.step
    _check_kind(step)
    who = step.taken_by(scene.actor.id, scene.roles)
    if step.state is not StepState.READY or not await steps.move(
        scene.work, step, StepState.IN_PROGRESS, started_at=scene.work.now, assignee=who
    ):
        raise await _lost(scene)
    has = who or step.holder(scene.roles) or scene.actor.id
    name = (await people.named(scene.db, [has])).get(has, has)
    others = () if has == scene.actor.id else (f"It stays with {name}.",)
    said = f"started {step.code} {step.title}" + (f" for {name}" if others else "")
    card_ = await _changed(scene, step, StepState.IN_PROGRESS, said)
    return card_.evolve(text=(*card_.text, *others))


_BEGINS_WITH = {
    StepKind.NOTIFY: "Press Preview and send on its card.",
    StepKind.ROLL_CALL: "Press Preview and send on its card.",
    StepKind.RELOCATE: "Press See the plan on its card.",
    StepKind.STATUS: "Press Send the SITREP now on its card.",
    StepKind.DECISION: "Press one of its answers on its card.",
}


def _check_kind(step: Step) -> None:
    """Only a task is begun and ended by word alone."""
    if step.plan.kind is not StepKind.TASK:
        raise Refused(f"{step.code} is no task to start or finish by itself.", instead=_BEGINS_WITH[step.plan.kind])


async def finish(scene: Scene, intent: i.FinishStep) -> Card:
    """Report a step done, with the evidence it asks for."""
    step = scene.step
    if step.state not in LIVE:
        raise await _lost(scene)
    if step.state is StepState.READY or step.plan.kind is StepKind.DECISION:
        _check_kind(step)
    if step.plan.evidence.kind is not EvidenceKind.NONE and intent.evidence is None:
        return forms.finish(step)
    given = evidence.parse(step.plan.evidence.kind, intent.evidence or "", scene.actor.tz, scene.work.now)
    await _end(scene, step, StepState.DONE, given)
    return await _changed(
        scene, step, StepState.DONE, f"finished {step.code} {step.title}" + (f": {given}" if given else "")
    )


async def _end(scene: Scene, step: Step, state: StepState, said: str) -> None:
    work = scene.work
    if not await steps.move(work, step, state, ended_at=work.now, ended_by=scene.actor.id, evidence=said):
        raise await _lost(scene)
    if state in (StepState.DONE, StepState.SKIPPED):
        await repeat(work, scene.incident, step)


_BEFORE_RETURN = frozenset({IncidentState.DECLARED, IncidentState.ACTIVE})
_IN_RETURN = frozenset({Phase.SUSTAIN, Phase.RECOVER})


async def repeat(work: Work, incident: Incident, step: Step) -> None:
    """A step that repeats comes back, due one interval later: in the return only what sustains it, then no more."""
    goes_on = incident.state in _BEFORE_RETURN or (
        incident.state is IncidentState.RECOVERING and step.plan.phase in _IN_RETURN
    )
    if not step.plan.repeat_every or not goes_on:
        return
    await again(work, incident, step, work.now + due_times.duration(step.plan.repeat_every))


async def again(work: Work, incident: Incident, step: Step, due: datetime, **changed: object) -> str:
    """Lay a step out once more, to be worked at once unless changed otherwise; return its key."""
    key = again_of(step.key)
    plan = step.plan.model_copy(update={"after": (), "when": "", "due": "", **changed})
    await steps.add(work, [row(incident, key, plan, step.position, due)])
    return key


def row(incident: Incident, key: str, plan: StepPlan, position: int, due: datetime | None) -> dict[str, object]:
    """Return a new step of an incident as it is written."""
    return {
        "incident_id": incident.id, "key": key, "position": position, "plan": plan.model_dump(mode="json"),
        "state": StepState.WAITING, "due_at": due, "reminded": 0,
    }  # fmt: skip


async def lay_out(work: Work, incident: Incident, plans: Sequence[StepPlan]) -> None:
    """Write a runbook's steps down as this incident's own."""
    rows = [
        row(incident, plan.id, plan, n * 10, progress.due_at(incident, plan, None)) for n, plan in enumerate(plans, 1)
    ]
    await steps.add(work, rows)


async def skip(scene: Scene, intent: i.SkipStep) -> Card:
    """Leave a step out."""
    step = scene.step
    if step.state not in (*LIVE, StepState.WAITING):
        raise await _lost(scene)
    if hands_over(step.key):
        raise Refused(f"{step.code} holds moves back: it can't be left out.", instead="Press one of its answers.")
    if intent.reason is None:
        return forms.skip(step)
    if step.plan.phase is Phase.LIFE_SAFETY and len(intent.reason) < 4:
        raise Refused(
            "People's safety depends on this step.", fields={"reason": "Say in a few words why it is not needed."}
        )
    await _end(scene, step, StepState.SKIPPED, intent.reason)
    return await _changed(scene, step, StepState.SKIPPED, f"skipped {step.code} {step.title}: {intent.reason}")


async def decide(scene: Scene, intent: i.Decide) -> Card:
    """Answer a decision; what follows depends on it."""
    step = scene.step
    option = next((o for o in step.plan.options if o.value == intent.option), None)
    if option is None:
        raise Refused(
            "That is no answer to this decision.",
            instead=f"Answers: {listed([o.label for o in step.plan.options], 'or')}.",
        )
    if step.state not in LIVE:
        raise await _lost(scene)
    await _end(scene, step, StepState.DONE, option.value)
    said = "a restricted decision was taken" if step.plan.restricted else f"{step.title}: {option.label}"
    scene.work.note(step.incident_id, scene.actor.id, Verb.DECISION, said, f"step:{step.id}")
    card_ = await _changed(scene, step, StepState.DONE, f"decided {step.code}: {option.label}")
    return card_.evolve(text=(f"{step.title} {option.label}.", *card_.text[1:]))


async def assign(scene: Scene, intent: i.AssignStep) -> Card:
    """Give a step to somebody, and tell them."""
    step = scene.step
    if step.state not in LIVE:
        raise await _lost(scene)
    if intent.person is None:
        return forms.assign(step, await candidates(scene))
    person = await someone(scene.db, intent.person)
    await steps.write(scene.work, step.id, assignee=person.id)
    fresh = step.model_copy(update={"assignee": person.id})
    mine = await card(scene.desk, scene.db, fresh, drill=scene.incident.drill)
    reached = await outbox.to_person(scene.desk, scene.work, scene.incident, person.id, mine)
    said = f"assigned {'a restricted step' if step.plan.restricted else step.code} to {person.name}"
    scene.work.note(step.incident_id, scene.actor.id, Verb.STEP, said, f"step:{step.id}")
    await deliveries.refresh(scene.work, step.incident_id, Subject.STEP, step_id=step.id)
    told = wording.happened(step, scene.actor.name, f"gave this to {person.name}")
    await outbox.under_step(scene.work, scene.incident, step, told)
    return done(
        f"{step.code} is with {person.name}",
        "They have been told." if reached else "They have no address: tell them yourself.",
    )


async def candidates(scene: Scene) -> list[tuple[str, str]]:
    """Return those who could take a step or a role: id and name with their roles."""
    staff = await people.in_role(scene.db, scene.desk.policy.room_roles)
    return [(p.id, f"{p.name} ({', '.join(p.roles)})") for p in staff]


async def someone(db: Db, word: str) -> Person:
    """Return the one person meant by an id or a name."""
    exact = await people.find(db, word)
    if exact is not None and not exact.outside:
        return exact
    found = await people.search(db, word, 6, ("agent", "staff"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"I know nobody called {word}.",
            instead="Type more of the name, or the person's id.",
            fields={"person": "nobody of that name"},
        )
    names = listed([f"{p.name} ({p.id})" for p in found[:5]], "or")
    raise Refused(f"Which {word}?", instead=f"Type the id: {names}.", fields={"person": "several people match"})


async def add(scene: Scene, intent: i.AddStep) -> Card:
    """Add a step by hand; it is ready at once."""
    if not (intent.title and intent.role):
        return forms.add_step(intent, scene.desk.policy.roles)
    role = intent.role.upper()
    if role not in scene.desk.policy.roles:
        raise Refused(f"There is no role {role}.", fields={"role": f"one of {', '.join(scene.desk.policy.roles)}"})
    there = await steps.of(scene.db, scene.incident.id)
    key = f"H{sum(s.key.startswith('H') and s.key[1:].isdigit() for s in there) + 1}"
    plan = StepPlan(
        id=key,
        title=intent.title,
        phase=_phase(scene.incident),
        owner=role,
        evidence={"kind": "text", "ask": "what was done"},
    )
    when = scene.work.now + timedelta(minutes=intent.due_min or 30)
    await steps.add(scene.work, [row(scene.incident, key, plan, (there[-1].position if there else 0) + 10, when)])
    scene.work.note(scene.incident.id, scene.actor.id, Verb.STEP, f"added {key} {intent.title}", f"step:{key}")
    await progress.advance(scene.desk, scene.work, scene.incident)
    return done(f"{key} is added", intent.title)


def _phase(incident: Incident) -> Phase:
    return Phase.RECOVER if incident.state is IncidentState.RECOVERING else Phase.SUSTAIN
