"""Sending: a step's messages as drafts, and as notices with a row for everyone."""

from typing import Any

from bot.domain.card import Card
from bot.domain.facts import Facts
from bot.domain.followup import starts
from bot.domain.forecast import expected
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.notice import Notice, NoticeState
from bot.domain.person import Audience
from bot.domain.runbook import Ask, EvidenceKind, Message, StepKind, Translation
from bot.domain.step import Step, StepState, times_again
from bot.domain.template import frame
from bot.domain.text import plural
from bot.domain.wording.notices import Draft
from bot.domain.wording.parts import name_of
from bot.domain.wording.steps import happened
from bot.operations import estimating, outbox, quieting, reading, rerouting
from bot.operations.desk import Desk
from bot.storage import crowds, incidents, notices, people, posts, steps
from bot.storage.crowds import Crowd
from bot.storage.database import Db, Work


def crowd_of(incident: Incident, step: Step, message: Message) -> Crowd:
    """Return whom a step's message is for; a roll that is called again asks those who were not heard from."""
    call = step.plan.kind is StepKind.ROLL_CALL
    return Crowd(
        incident=incident, audience=message.audience, roll_call=call, silent=call and bool(times_again(step.key))
    )


def seconds_for(desk: Desk, people: int) -> float:
    """Return how long reaching so many takes at today's pace of the first chat."""
    pace = desk.policy.pace(desk.platforms[0] if desk.platforms else "")
    return people / pace.start


async def drafts(desk: Desk, db: Db, incident: Incident, step: Step, facts: Facts) -> list[Draft]:
    """Return a step's messages as they would go out now."""
    return [await _draft(desk, db, crowd_of(incident, step, m), m, facts) for m in step.plan.messages]


async def _draft(desk: Desk, db: Db, crowd: Crowd, message: Message, facts: Facts) -> Draft:
    return Draft(
        audience=message.audience,
        subject=frame(message.subject, facts),
        text=frame(message.text, facts).strip(),
        reader=await reading.person(db, crowd.incident.id, await crowds.one_of(db, crowd)),
        ask=message.ask,
        kept_out=await crowds.kept_outside(db, crowd),
        estimate=await estimating.estimate(desk, db, crowd, message.ask),
        languages=tuple(message.translations),
    )


async def send(
    desk: Desk,
    work: Work,
    crowd: Crowd,
    message: Message,
    facts: Facts,
    by: str,
    *,
    step: int | None = None,
    card: Card | None = None,
) -> Notice:
    """Write a notice, a recipient for everyone it is for, and their deliveries; all become true together."""
    incident = crowd.incident
    number = await notices.next_number(work, incident.id)
    asks = message.audience is Audience.AGENTS and message.ask.answers
    forecast = expected(await estimating.estimate(desk, work, crowd, message.ask)) if asks else ()
    values = {
        "incident_id": incident.id,
        "number": number,
        "step_id": step,
        "audience": message.audience,
        "ask": message.ask,
        "subject": frame(message.subject, facts),
        "text": frame(message.text, facts).strip(),
        "drill": incident.drill,
        "state": NoticeState.LIVE,
        "sent_by": by,
        "sent_at": work.now,
        "card": card.model_dump(mode="json") if card else None,
        "forecast": forecast,
        "words": _words(message, facts, desk.policy.language),
    }
    key = await notices.add(work, **values)
    notice = Notice.model_validate({**values, "id": key, "size": 0})
    ladder = desk.policy.ladder.get(Audience(message.audience), ()) if message.ask is not Ask.NOTHING else ()
    first, group = starts(ladder, incident.severity), estimating.channels_first(desk, crowd, message.ask)
    must = message.audience is not Audience.AGENTS and message.audience is not Audience.UNPLACED
    size = await notices.address(
        work, notice, crowd, await rerouting.ways(desk, work), starts=first, only_must=must, group=group
    )
    await posts.queue(work, notice, group)
    await quieting.hold(desk, work, incident, notice.id, notice.ask)
    await notices.free_earlier(work, notice)
    many = plural(size, "person", "people")
    work.note(
        incident.id,
        by,
        Verb.NOTICE,
        f"message {number} to {message.audience.replace('_', ' ')}: {notice.subject} ({many})",
        f"notice:{key}",
    )
    return notice.model_copy(update={"size": size})


def _words(message: Message, facts: Facts, language: str) -> dict[str, dict[str, Any]]:
    """Return what a message says in each language that it has; nothing for one that has its own alone."""
    own = Translation(subject=message.subject, text=message.text)
    said = {language: own, **message.translations} if message.translations else {}
    return {
        code: {
            "subject": frame(one.subject, facts),
            "text": frame(one.text, facts).strip(),
            "answers": dict(one.answers),
        }
        for code, one in said.items()
    }


async def send_step(
    desk: Desk, work: Work, incident: Incident, step: Step, facts: Facts, by: str
) -> list[Notice] | None:
    """Send all that a step says and take the step on; None when somebody sent it first."""
    asks_evidence = step.plan.evidence.kind is not EvidenceKind.NONE or step.plan.kind is StepKind.ROLL_CALL
    state = StepState.IN_PROGRESS if asks_evidence else StepState.DONE
    mine = step.taken_by(by, await incidents.roles(work, incident.id)) if by != "bot" else step.assignee
    ending = {"started_at": work.now, "assignee": mine} if asks_evidence else {"ended_at": work.now, "ended_by": by}
    if step.state is not StepState.READY or not await steps.move(work, step, state, **ending):
        return None
    sent = [await send(desk, work, crowd_of(incident, step, m), m, facts, by, step=step.id) for m in step.plan.messages]
    said = ", ".join(f"message {n.number} to {n.size:,}" for n in sent)
    if not asks_evidence:
        await steps.write(work, step.id, evidence=said)
    who = name_of(by, await people.named(work, [by]))
    await outbox.under_step(work, incident, step, happened(step, who, f"sent {said}"))
    work.note(incident.id, by, Verb.STEP, f"sent {step.code} {step.title}", f"step:{step.id}")
    return sent
