"""Answering what one is asked between disasters: a score with its evidence, a review, a task that was done."""

from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Card
from bot.domain.due import review_by
from bot.domain.duty import ENDS, Duty, DutyState, Outcome, moment, next_on
from bot.domain.journal import Verb
from bot.domain.readiness import Kind
from bot.domain.refusal import Refused, Why
from bot.domain.wording import duties as wording
from bot.domain.wording.parts import done
from bot.domain.wording.readiness import OUTCOMES, titled
from bot.operations import readiness
from bot.operations.agenda import today
from bot.operations.scene import Scene
from bot.operations.steps import someone
from bot.storage import duties, letters, people

_AT_ONCE = frozenset({Outcome.APPROVED})  # a press is enough: the row says who, and when
_NEEDS_WORDS = frozenset({Outcome.CHANGED, Outcome.DONE, Outcome.AGREED, Outcome.ATTESTED})


async def answer(scene: Scene, intent: i.AnswerDuty) -> Card:
    """Record an answer of 0 to 4 with its evidence."""
    duty, entry = await readiness.asked(scene)
    on = today(scene.desk, scene.work.now)
    if duty.kind is not Kind.QUESTION:
        raise Refused("That is no question.", instead="Open it again from /disaster readiness mine.")
    if intent.score is None:
        return wording.answer_form(duty, entry, intent, on)
    dated = _dated(intent.dated, on)
    _proven(intent, entry, dated, on)
    said = {"score": intent.score, "text": intent.text or "", "link": intent.link or "", "evidence_on": dated}
    return await record(scene, duty, entry, Outcome.ANSWERED, said)


async def end(scene: Scene, intent: i.EndDuty) -> Card:
    """Record a review, a maintenance task or an agreement."""
    duty, entry = await readiness.asked(scene)
    on = today(scene.desk, scene.work.now)
    if intent.outcome not in ENDS[duty.kind]:
        raise Refused("That can't be said of this.", instead="Open it again from /disaster readiness mine.")
    if intent.outcome not in _AT_ONCE and intent.text is None and intent.link is None and intent.dated is None:
        return wording.end_form(duty, entry, intent, on)
    if intent.outcome in _NEEDS_WORDS and not (intent.text or intent.link):
        raise Refused("Say what was found.", fields={"text": "a few words, or a link below"})
    _linked(intent.link)
    said = {"text": intent.text or "", "link": intent.link or "", "evidence_on": _dated(intent.dated, on)}
    return await record(scene, duty, entry, intent.outcome, said)


def _dated(typed: str | None, on: date) -> date:
    """Return the day that was typed, today when none was."""
    if typed is None:
        return on
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        text = f"Write the day as year-month-day, such as {on.isoformat()}."
        raise Refused(text, fields={"dated": text}) from None
    if found > on:
        raise Refused("That day is yet to come.", fields={"dated": "That day is yet to come."})
    return found


def _linked(link: str | None) -> None:
    if link is not None and not link.startswith(("https://", "http://")):
        raise Refused("The link is none.", fields={"link": "A link starts with https://"})


def _proven(intent: i.AnswerDuty, entry: Entry, dated: date, on: date) -> None:
    """From "documented" on somebody must be able to look; from "evidence in date" on it must be in date."""
    _linked(intent.link)
    score = intent.score or 0
    if score >= 2 and not (intent.text or intent.link):
        text = "From 2 on, say what the evidence is, or give a link to it."
        raise Refused(text, fields={"text": text})
    if score >= 3 and review_by(dated, entry.every) < on:
        text = f"Evidence older than {entry.every} is a 2: it is documented, not in date."
        raise Refused(text, fields={"dated": text})


async def record(scene: Scene, duty: Duty, entry: Entry, outcome: Outcome, said: dict[str, object]) -> Card:
    """Write down how a duty ended; say when it comes back, and what it did to the score."""
    work, desk = scene.work, scene.desk
    before = (await readiness.seen(desk, work)).audit.overall
    on = today(desk, work.now)
    due = next_on(duty.kind, entry.every, duty.anchor_on, duty.due_on, on)
    tz = entry.subject.tz or desk.policy.tz
    values = {
        "state": DutyState.WAITING, "due_on": due, "next_at": moment(due, tz, desk.policy.readiness.ask_at),
        "evidence_on": said["evidence_on"], "ended_at": work.now, "ended_by": scene.actor.id, "gap": False,
        "asked_id": None,
    }  # fmt: skip
    if "score" in said:
        values["score"] = said["score"]
    if not await duties.put(work, duty, **values):
        raise Refused("Somebody answered it at this moment.", instead="Look at it again.", why=Why.TAKEN)
    await duties.record(work, duty.id, outcome=outcome, by=scene.actor.id, **said)
    work.note(None, scene.actor.id, Verb.ANSWER, f"{titled(entry)}: {OUTCOMES[outcome]}", f"duty:{duty.id}")
    after = (await readiness.seen(desk, work)).audit.overall
    scored = before.value is not None and after.value is not None
    return wording.recorded(
        entry, outcome, due, before.whole if scored else None, after.whole if scored else None
    )  # fmt: skip


async def give(scene: Scene, intent: i.GiveDuty) -> Card:
    """Give a duty to somebody by name, and tell them when it is due."""
    duty, entry = await readiness.asked(scene)
    if intent.person is None:
        rules = scene.desk.policy  # whom one would think of first; anybody else is found by typing
        staff = await people.in_role(scene.db, [duty.role, *rules.readiness.manager, *rules.commander])
        return wording.give_form(duty, entry, [(p.id, f"{p.name} ({', '.join(p.roles)})") for p in staff])
    person = await someone(scene.db, intent.person)
    if not await duties.put(scene.work, duty, owner_id=person.id, asked_id=None, gap=False):
        raise Refused("Somebody changed it at this moment.", instead="Look at it again.", why=Why.TAKEN)
    work = scene.work
    work.note(None, scene.actor.id, Verb.ROLE, f"gave {titled(entry)} to {person.name}", f"duty:{duty.id}")
    fresh = duty.evolve(owner_id=person.id, asked_id=None, gap=False)
    told = person.id == scene.actor.id or not await letters.write(
        work, person.id, scene.desk.chats, wording.given(fresh, entry, scene.actor.name)
    )
    return done(f"{titled(entry)} is with {person.name}", "" if told else "They have been told.")
