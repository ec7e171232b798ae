"""SITREPs: on the severity's cadence, by themselves unless held; the communications lead is nagged when one is late."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.person import Audience
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Ask, Message, StepKind, StepPlan
from bot.domain.step import LIVE, StepState
from bot.domain.template import frame
from bot.domain.text import plural
from bot.domain.wording import sitreps as wording
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import done
from bot.operations import answers, live, outbox, picture, progress, sending
from bot.operations.apart import apart
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import crowds, incidents, notices, people, roll, steps
from bot.storage.crowds import Crowd
from bot.storage.database import Db, Work

_ONCE = timedelta(minutes=1)  # two people, or two presses, mean one SITREP
_PLAIN = Message(
    audience=Audience.LEADERS,
    subject="SITREP {{ sitrep_number }} · {{ reference }}",
    text="{{ latest or known }}",
    ask=Ask.ACK,
)
_FINAL = (
    "This is the last SITREP: {{ reference }} is over. The newest: {{ latest or known }}\n"
    "The figures are those of its end. What to do: nothing more; no answer is needed. Questions go to {{ commander }}."
)


def by_itself(plans: Iterable[StepPlan]) -> SitrepState:
    """Whether SITREPs go by themselves: what the runbook's status step says."""
    auto = any(plan.auto for plan in plans if plan.kind is StepKind.STATUS)
    return SitrepState.AUTO if auto else SitrepState.HELD


def _message(rows: picture.Ground) -> Message:
    """The wording of the runbook's status step."""
    return next(
        (
            m
            for s in rows.steps
            if s.plan.kind is StepKind.STATUS
            for m in s.plan.messages
            if m.audience is Audience.LEADERS
        ),
        _PLAIN,
    )


async def _send(
    desk: Desk, work: Work, rows: picture.Ground, by: str, next_at: datetime | None, *, final: bool = False
) -> int:
    """Write one SITREP with the figures of this moment; return how many leaders it goes to."""
    incident, message = rows.incident.model_copy(update={"sitrep_due_at": next_at}), _message(rows)
    seen = picture.draw(desk, picture.with_incident(rows, incident), work.now)
    said = message.model_copy(update={"ask": Ask.NOTHING, "text": _FINAL}) if final else message
    text = frame(said.text, seen.facts).strip()
    number = rows.incident.sitrep_count + 1
    drawn = await answers.picture(work, rows, work.now)
    unasked = await roll.unasked(work, incident.id) if seen.facts.unaccounted else 0
    off = await live.off_shift(work, incident, rows.counts, rows.now)
    card = wording.sitrep_card(seen, number, text, work.now, next_at, unasked, off).evolve(image=drawn)
    crowd = Crowd(incident=rows.incident, audience=Audience.LEADERS)
    notice = await sending.send(desk, work, crowd, said, seen.facts, by, card=card)
    await incidents.write(work, incident.id, sitrep_count=number)
    work.note(
        incident.id, by, Verb.SITREP, f"SITREP {number} to {plural(notice.size, 'leader')}", f"notice:{notice.id}"
    )
    return notice.size


async def _go(desk: Desk, work: Work, incident: Incident, by: str) -> int:
    """Send a SITREP, set the next one's time, and end the runbook's first-SITREP step."""
    rows = await picture.ground(work, incident)
    next_at = work.now + desk.policy.cadence[incident.severity].every
    await incidents.write(work, incident.id, sitrep_due_at=next_at, sitrep_state=by_itself(s.plan for s in rows.steps))
    size = await _send(desk, work, rows, by, next_at)
    for step in rows.steps:
        if step.plan.kind is StepKind.STATUS and step.state in (*LIVE, StepState.WAITING):
            await _end_step(desk, work, incident, step.id, by)
    return size


async def _end_step(desk: Desk, work: Work, incident: Incident, step_id: int, by: str) -> None:
    step = await steps.find(work, step_id)
    if step is None or step.state not in LIVE:
        return
    said = f"SITREP {incident.sitrep_count + 1} was sent"
    if await steps.move(work, step, StepState.DONE, ended_at=work.now, ended_by=by, evidence=said):
        await progress.changed(desk, work, incident, step)


async def send(scene: Scene, intent: i.Sitrep) -> Card:  # noqa: ARG001
    """Send it now, whatever the time; but not when one has only just gone."""
    last = await notices.last_sitrep(scene.work, scene.incident.id)
    if last is not None and scene.work.now - last["sent_at"] < _ONCE:
        names = await people.named(scene.work, [last["sent_by"]])
        said = f"SITREP {scene.incident.sitrep_count} has just been sent by"
        text = taken(said, last["sent_by"], last["sent_at"], names)
        raise Refused(text, instead="If something is new, record it with /disaster update.", why=Why.TAKEN)
    size = await _go(scene.desk, scene.work, scene.incident, scene.actor.id)
    fresh = await incidents.get(scene.work, scene.incident.id)
    return done(f"SITREP {fresh.sitrep_count} is on its way to {plural(size, 'leader')}")


async def hold(scene: Scene, intent: i.HoldSitrep) -> Card:
    """Hold the next one back, or let it go by itself."""
    state = SitrepState.HELD if intent.hold else SitrepState.AUTO
    await incidents.write(scene.work, scene.incident.id, sitrep_state=state, sitrep_nagged_for=None)
    text = "held the next SITREP" if intent.hold else "let the next SITREP go by itself"
    scene.work.note(scene.incident.id, scene.actor.id, Verb.SITREP, text, f"incident:{scene.incident.id}")
    return done("It is held: it waits for you" if intent.hold else "It goes by itself when it is due")


async def last(desk: Desk, work: Work, rows: picture.Ground, by: str, state: IncidentState) -> None:
    """Close the series of SITREPs when an incident ends."""
    if rows.incident.sitrep_count:
        await _send(desk, work, picture.ended(rows, state), by, None, final=True)


async def sweep(desk: Desk) -> int:
    """Send what is due, show drafts, nag about what is late; however late it runs, once."""
    async with desk.read() as db:
        opened, now = await incidents.opened(db), db.now
    soon = now + timedelta(minutes=desk.policy.sitrep_draft_min)
    due = [o.id for o in opened if o.sitrep_due_at is not None and o.sitrep_due_at <= soon]
    return await apart("sitreps", [(key, partial(_attend, desk, key)) for key in due])


async def _attend(desk: Desk, key: int) -> bool:
    async with desk.work(alone=True) as work:
        incident = await incidents.get(work, key)
        due = incident.sitrep_due_at
        if due is None or not incident.open:
            return False
        if due > work.now:
            return await incidents.claim_once(work, key, "sitrep_drafted_for", due) and await _to_voice(
                desk, work, incident, due
            )
        if incident.sitrep_state is SitrepState.AUTO:
            if not await incidents.claim_once(work, key, "sitrep_nagged_for", due):
                return False
            await _go(desk, work, incident, "bot")
            return True
        return await incidents.claim_once(work, key, "sitrep_nagged_for", due) and await _to_voice(
            desk, work, incident, due
        )


async def _to_voice(desk: Desk, work: Work, incident: Incident, due: datetime) -> bool:
    """Show the communications lead the draft before it is due, or nag after."""
    seen = await picture.picture(desk, work, incident)
    voice = seen.roles.get("PIO") or seen.roles.get("IC")
    if voice is None:
        return False
    if due > work.now:
        auto = incident.sitrep_state is SitrepState.AUTO
        card = wording.draft(seen, due, await _leaders(desk, work, incident), auto=auto)
    else:
        card = wording.overdue(seen, due)
        work.note(
            incident.id, "bot", Verb.SITREP, f"SITREP {incident.sitrep_count + 1} is overdue", f"incident:{incident.id}"
        )
    return await outbox.to_person(desk, work, incident, voice, card)


async def _leaders(desk: Desk, db: Db, incident: Incident) -> int:
    people, lost = await crowds.count(db, Crowd(incident=incident, audience=Audience.LEADERS), desk.platforms)
    return people - lost
