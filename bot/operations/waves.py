"""Waves: who a plan moves is told in order, by a press or when the wave's time has come."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from bot.domain import intent as i
from bot.domain.card import Card, Style, Tone
from bot.domain.delivery import Subject
from bot.domain.homecoming import back_by
from bot.domain.incident import Incident, IncidentState
from bot.domain.journal import Verb
from bot.domain.move import MoveState, PlanKind, PlanState
from bot.domain.person import Audience
from bot.domain.refusal import Refused, Why
from bot.domain.relocation_terms import rules_of
from bot.domain.report_time import lateness, moved
from bot.domain.runbook import Message, StepKind
from bot.domain.step import Step
from bot.domain.text import plural
from bot.domain.when import at
from bot.domain.wording.parts import button, done, how_long
from bot.domain.wording.returning import COME_BACK
from bot.operations import outbox, picture, seats, sending
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import crowds, deliveries, incidents, moves, plans, report_times, steps
from bot.storage.crowds import Crowd
from bot.storage.database import Work

_USUAL_MIN = 15
_NOT_TOLD = (MoveState.APPROVED, MoveState.PROPOSED)


def message(all_steps: list[Step], audience: Audience, kind: PlanKind) -> Message | None:
    """Return the runbook's words for people who move; for the way back there are some where it has none."""
    here = [s for s in all_steps if (s.plan.goes_back if kind is PlanKind.RETURN else _relocates(s))]
    texts = [m for s in here for m in s.plan.messages if m.audience is audience]
    return texts[0] if texts else (COME_BACK if kind is PlanKind.RETURN else None)


def _relocates(step: Step) -> bool:
    return step.plan.kind is StepKind.RELOCATE


class Begun(NamedTuple):
    """How many of the first wave and of the unplaced are told; when the next wave goes, or that somebody held them."""

    told: int
    waiting: int
    next_at: datetime | None
    held: bool


async def begin(desk: Desk, work: Work, incident: Incident, row: Mapping[str, Any], by: str) -> Begun:
    """Tell the first wave and the unplaced; the others get their time, unless waves are held."""
    if row["kind"] == PlanKind.MOVE:
        await _in_time(desk, work, row, None, row["made_at"])
    by_wave = await plans.waves(work, row["id"])
    told = await _tell(desk, work, incident, row, min(by_wave), by) if by_wave else 0
    waiting = 0
    if row["kind"] == PlanKind.MOVE:
        waiting = await _say(desk, work, incident, row, Audience.UNPLACED, None, by)
    held = await _stay_held(work, incident, row)
    return Begun(told, waiting, None if held else await _set_next(desk, work, row, None), held)


async def _stay_held(work: Work, incident: Incident, row: Mapping[str, Any]) -> bool:
    """Waves that somebody held, or the return, stay held when a new plan takes the place of the old one."""
    kind = PlanKind(row["kind"])
    held = held_by([r for r in await plans.of(work, incident.id) if r["version"] < row["version"]], kind)
    back = kind is PlanKind.MOVE and incident.state is IncidentState.RECOVERING
    if not (held or back):
        return False
    await plans.mark(work, row, held=held, put_off=back and not held)
    return bool(untold(await plans.waves(work, row["id"])))


def held_by(rows: Iterable[Mapping[str, Any]], kind: PlanKind) -> str:
    """Return who held the waves of the newest plan of a kind in force, "" when nobody did."""
    force = [r for r in rows if r["kind"] == kind and r["state"] == PlanState.APPROVED]
    return str(force[-1]["summary"].get("held", "")) if force else ""


async def _set_next(desk: Desk, work: Work, row: Mapping[str, Any], old: datetime | None) -> datetime | None:
    """Give the next wave its time, if one is left and waves go out by themselves."""
    left = untold(await plans.waves(work, row["id"]))
    every = row["summary"].get("every_min", desk.policy.wave_every_min)
    when = work.now + timedelta(minutes=every) if left and every else None
    return when if await plans.set_wave_due(work, row["id"], old, when) else None


def untold(by_wave: Mapping[int, Mapping[str, int]]) -> list[int]:
    """Return the waves that were not told yet, in order."""
    return [n for n, states in by_wave.items() if any(states.get(state) for state in _NOT_TOLD)]


async def _say(
    desk: Desk, work: Work, incident: Incident, row: Mapping[str, Any], audience: Audience, wave: int | None, by: str
) -> int:
    said = message(await steps.of(work, incident.id), audience, PlanKind(row["kind"]))
    if said is None:
        raise Refused(
            "The runbook has no wording for telling people where to go.", instead="Add a relocate step to it."
        )
    crowd = Crowd(incident=incident, audience=audience, plan=row["id"], wave=wave)
    people, _ = await crowds.count(work, crowd, desk.platforms)
    if not people:
        return 0
    facts = (await picture.picture(desk, work, incident)).facts
    return (await sending.send(desk, work, crowd, said, facts, by, step=row["step_id"])).size


async def _in_time(desk: Desk, work: Work, row: Mapping[str, Any], wave: int | None, assumed: datetime) -> None:
    """Give whoever is told later than the plan counted on as much more time; None: people of all waves."""
    if late := lateness(assumed, work.now):
        dues = await report_times.dues(work, row["id"], wave)
        times = moved(dues, late, work.now, rules_of(desk.policy))
        await report_times.move(work, row["id"], wave, times)


async def _tell(desk: Desk, work: Work, incident: Incident, row: Mapping[str, Any], wave: int, by: str) -> int:
    if row["kind"] == PlanKind.MOVE and row["approved_at"]:
        apart = timedelta(minutes=desk.policy.wave_every_min)
        await _in_time(desk, work, row, wave, row["approved_at"] + (wave - 1) * apart)
    told = await _say(desk, work, incident, row, Audience.AGENTS, wave, by)
    if row["kind"] == PlanKind.RETURN:
        await moves.release_returning(work, row["id"], wave, incident.id)
        await _back_in_shift(desk, work, row, wave)
    await moves.tell(work, row["id"], wave, incident.id)
    work.note(incident.id, by, Verb.PLAN, f"told wave {wave} of plan {row['version']}", f"plan:{row['id']}")
    return told


async def _back_in_shift(desk: Desk, work: Work, row: Mapping[str, Any], wave: int) -> None:
    """Whoever is told now is to be back so much later than now, in their own shift."""
    rules, minutes = rules_of(desk.policy), row["summary"]["first_min"]
    dues = await report_times.dues(work, row["id"], wave)
    times = {due: back_by(work.now, minutes, due.shift, due.tz, rules) for due in dues}
    await report_times.move(work, row["id"], wave, times)


async def tell_wave(scene: Scene, intent: i.TellWave) -> Card:
    """Tell a later wave now."""
    desk, work, incident = scene.desk, scene.work, scene.incident
    row = await seats.plan_row(scene, intent.plan, PlanState.APPROVED)
    if intent.wave not in untold(await plans.waves(work, row["id"])):
        instead = "/disaster moves shows how far everybody is."
        raise Refused(f"Wave {intent.wave} was told already.", instead=instead, why=Why.TAKEN)
    await seats.check(work, incident, row)
    told = await _tell(desk, work, incident, row, intent.wave, scene.actor.id)
    next_at = await _set_next(desk, work, row, row["wave_due_at"]) if row["wave_due_at"] else None
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    takes = f"It takes {how_long(sending.seconds_for(desk, told))}."
    later = f" The next wave goes out by itself at {at(next_at)}." if next_at else ""
    return done(f"Telling wave {intent.wave}: {plural(told, 'agent')}", takes + later)


async def pace(scene: Scene, intent: i.PaceWaves) -> Card:
    """Let the waves go out by themselves, or hold them until somebody presses."""
    work, incident = scene.work, scene.incident
    row = await seats.plan_row(scene, intent.plan, PlanState.APPROVED)
    every = row["summary"].get("every_min", scene.desk.policy.wave_every_min) or _USUAL_MIN
    when = work.now + timedelta(minutes=every) if intent.go else None
    if not untold(await plans.waves(work, row["id"])):
        raise Refused("Every wave of this plan was told.", why=Why.TAKEN)
    await plans.set_wave_due(work, row["id"], row["wave_due_at"], when)
    await plans.mark(work, row, put_off=False, held="" if intent.go else scene.actor.id)
    said = "let the waves go out by themselves" if intent.go else "held the waves"
    work.note(incident.id, scene.actor.id, Verb.PLAN, f"{said}: plan {row['version']}", f"plan:{row['id']}")
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    if when is None:
        return done(
            "The waves are held", "None goes out until somebody presses Tell wave; that holds for a newer plan too."
        )
    return done("The waves go out by themselves", f"The next one at {at(when)}, then every {every} minutes.")


async def put_off(work: Work, incident: Incident, by: str) -> bool:
    """The return has begun: no wave goes outward by itself; return whether one would have."""
    row = await plans.latest(work, incident.id, PlanState.APPROVED, kind=PlanKind.MOVE)
    if row is None or row["wave_due_at"] is None:
        return False
    await plans.set_wave_due(work, row["id"], row["wave_due_at"], None)
    await plans.mark(work, row, put_off=True)
    said = f"held the waves, because the return has begun: plan {row['version']}"
    work.note(incident.id, by, Verb.PLAN, said, f"plan:{row['id']}")
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    return True


async def take_up(desk: Desk, work: Work, incident: Incident, by: str) -> datetime | None:
    """The return is put off: waves that it held go out by themselves again; return when the next one does."""
    row = await plans.latest(work, incident.id, PlanState.APPROVED, kind=PlanKind.MOVE)
    if row is None or row["wave_due_at"] is not None or not row["summary"].get("put_off"):
        return None
    await plans.mark(work, row, put_off=False)
    when = await _set_next(desk, work, row, None)
    work.note(incident.id, by, Verb.PLAN, f"let the waves go out by themselves: plan {row['version']}")
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    return when


async def sweep(desk: Desk) -> int:
    """Tell the waves whose time has come; return how many."""
    async with desk.read() as db:
        due = await plans.waves_due(db, db.now)
    return await apart("waves", [(row["incident_id"], partial(_due, desk, row["id"])) for row in due])


async def _due(desk: Desk, plan_id: int) -> bool:
    """Tell a plan's next wave. One whose seats are gone is held, and the planner is told."""
    async with desk.work(alone=True) as work:
        row = await plans.find(work, plan_id)
        if row is None or row["wave_due_at"] is None or row["wave_due_at"] > work.now:
            return False
        incident = await incidents.get(work, row["incident_id"])
        left = untold(await plans.waves(work, plan_id))
        if not (left and incident.open):
            await plans.set_wave_due(work, plan_id, row["wave_due_at"], None)
            return False
        try:
            await seats.check(work, incident, row)
        except Refused as no:
            await _hold(desk, work, incident, row, no)
            return False
        await _tell(desk, work, incident, row, left[0], "bot")
        await _set_next(desk, work, row, row["wave_due_at"])
        await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=plan_id)
        return True


async def _hold(desk: Desk, work: Work, incident: Incident, row: Mapping[str, Any], no: Refused) -> None:
    await plans.set_wave_due(work, row["id"], row["wave_due_at"], None)
    work.note(incident.id, "bot", Verb.PLAN, f"held the next wave: {no.text}", f"plan:{row['id']}")
    await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=row["id"])
    roles = await incidents.roles(work, incident.id)
    planner = roles.get("PLAN") or roles.get("OPS") or roles.get("IC")
    again = i.PlanReturn(incident=incident.id) if row["kind"] == PlanKind.RETURN else i.PlanAgain(incident=incident.id)
    card = Card(
        title="The next wave is held: plan again",
        tone=Tone.BAD,
        text=(no.text, "Nobody of that wave was told anything yet."),
        buttons=(button("Plan again", again, Style.PRIMARY),),
    )
    if planner is not None:
        await outbox.to_person(desk, work, incident, planner, card)
