"""A rehearsal as people read it: what becomes ready when, what is decided, every message as it would be sent."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot.domain.facts import EXAMPLE_PERSON, PersonFacts
from bot.domain.notice import Notice, NoticeState, RecipientState
from bot.domain.person import OUTSIDE, Audience
from bot.domain.rehearsal import Event, Rehearsal, What
from bot.domain.runbook import Ask
from bot.domain.template import frame
from bot.domain.text import plural
from bot.domain.when import lasting, told
from bot.domain.wording.notices import Reading, notice_card

_INSIDE = frozenset({Audience.AGENTS, Audience.UNPLACED})


def lines(run: Rehearsal) -> Iterator[tuple[What, str]]:
    """Yield what happens, each with its kind: the moment, then the words; a message has many lines."""
    for n, event in enumerate(run.events):
        moment = f"T+{lasting(event.at - run.script.declared_at):<11}"
        match event.what:
            case What.SENT:
                said = _message(n, event, run.script.policy.tz)
                yield event.what, "\n".join([f"{moment} {_to(event)}", *(f"    │ {line}" for line in said)])
            case What.RETURN | What.OVER:
                yield event.what, f"{moment} ── {event.what.value} ──"
            case _:
                yield event.what, f"{moment} {event.what.value:<10} {_step(event, run)}"


def _step(event: Event, run: Rehearsal) -> str:
    step = event.step
    if step is None:
        return ""
    said = f"{step.key} {step.title}"
    match event.what:
        case What.READY:
            due = f", due at T+{lasting(step.due_at - run.script.declared_at)}" if step.due_at else ""
            return f"{said} ({run.script.policy.role_name(step.plan.owner)}{due})"
        case What.DECIDED:
            label = next((o.label for o in step.plan.options if o.value == event.text), event.text)
            return f"{said} {label} ({event.text})"
        case What.NOT_NEEDED:
            return f"{said}: {step.plan.when} is not so"
        case _:
            return f"{said}: {event.text}" if event.text else said


def _to(event: Event) -> str:
    if event.message is None or event.facts is None:
        return ""
    audience, key = event.message.audience, event.step.key if event.step else ""
    kept = " (kept inside: in a drill nobody outside gets it)" if event.facts.drill and audience in OUTSIDE else ""
    return f"{key} says to {audience.replace('_', ' ')}{kept}:"


def _message(number: int, event: Event, tz: str) -> list[str]:
    """Return a message as a reader sees it: banner, subject, text, buttons, banner."""
    if event.message is None or event.facts is None:
        return []
    message, facts = event.message, event.facts
    notice = Notice(
        id=number + 1, incident_id=1, number=1, step_id=None, audience=message.audience, ask=message.ask,
        subject=frame(message.subject, facts), text=frame(message.text, facts).strip(), drill=facts.drill,
        state=NoticeState.LIVE, sent_by="bot", sent_at=event.at, size=0,
    )  # fmt: skip
    state = RecipientState.TOLD if message.ask is Ask.NOTHING else RecipientState.WAITING
    person = EXAMPLE_PERSON if message.audience in _INSIDE else PersonFacts()
    card = notice_card(notice, Reading(person=person, state=state))
    buttons = "   ".join(f"[{button.label}]" for button in card.buttons)
    parts = [card.banner, card.title, *card.text, buttons, card.banner]
    return told("\n".join(part for part in parts if part), tz, event.at).split("\n")


def summary(run: Rehearsal) -> str:
    """Return how it went, in a sentence or two."""
    asked = sum(event.what is What.READY for event in run.events)
    sent = sum(event.what is What.SENT for event in run.events)
    took = lasting(run.now - run.script.declared_at)
    said = f"{plural(asked, 'step')} of {len(run.steps)}, {plural(sent, 'message')}, {took}. Nothing was sent."
    if run.stuck:
        return f"{said} It gets stuck: {', '.join(step.key for step in run.stuck)} can't go on."
    return said


def start_of_day(now: datetime) -> datetime:
    """Return the virtual declaration: today at 14:00 UTC, so that a rehearsal reads the same whenever it is held."""
    return datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(hours=14)
