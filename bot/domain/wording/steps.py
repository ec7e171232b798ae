"""Steps: the card of one, and the list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Style, Table, Tone
from bot.domain.missing import hands_over
from bot.domain.person import Audience
from bot.domain.policy import Policy
from bot.domain.runbook import EvidenceKind, Phase, StepKind
from bot.domain.step import ENDED, HIDDEN, LIVE, Step, StepState, base_of
from bot.domain.text import clip, listed, plural
from bot.domain.when import at, day_and_time, soon
from bot.domain.wording.figures import NONE, Figures
from bot.domain.wording.parts import banner, button, name_of

STATE_WORDS = {
    StepState.WAITING: "waiting",
    StepState.READY: "ready",
    StepState.IN_PROGRESS: "in progress",
    StepState.DONE: "done",
    StepState.SKIPPED: "skipped",
    StepState.NOT_APPLICABLE: "not needed",
}


_ACTIONS = 30  # told to outsiders: with all repetitions of a long week a message would be too long to be sent
_RESTRICTED = "Restricted: only its owner and the commanders see this. Don't pass it on."


def step_card(
    step: Step,
    names: Mapping[str, str],
    owner: str | None,
    policy: Policy,
    now: datetime,
    *,
    drill: bool,
    figures: Figures = NONE,
) -> Card:
    """Return a step as it stands, with the buttons that its state allows; figures: what changes while it is worked."""
    facts = [
        Fact(label="Owner", value=_owner(step, names, owner, policy)),
        Fact(label="State", value=STATE_WORDS[step.state]),
    ]
    if step.due_at is not None and step.state not in ENDED:
        late = step.overdue(now)
        facts.append(Fact(label="Due", value=soon(step.due_at), tone=Tone.BAD if late else Tone.PLAIN))
    if step.plan.evidence.kind not in (EvidenceKind.NONE, EvidenceKind.ANSWER) and step.state not in ENDED:
        facts.append(Fact(label="Done when you give", value=step.plan.evidence.ask))
    facts += [*_ending(step, names), *figures.facts]
    guidance = (step.plan.guidance,) if step.plan.guidance and step.state not in ENDED else ()
    return Card(
        title=f"{step.code} · {step.title}",
        tone=Tone.BAD if figures.text else _tone(step, now),
        banner=banner(drill=drill),
        facts=tuple(facts),
        text=(*figures.text, *guidance),
        meters=figures.meters,
        tables=figures.tables,
        buttons=(*figures.buttons, *_surely(_buttons(step), step, figures.sure)),
        footer=_RESTRICTED if step.plan.restricted else "",
    )


def _surely(buttons: tuple[Button, ...], step: Step, sure: str) -> tuple[Button, ...]:
    """Ask before a step is called done whose figures say that it is not."""
    done = _finish(step).intent
    return tuple(b.model_copy(update={"confirm": sure}) if b.intent == done and sure else b for b in buttons)


def _owner(step: Step, names: Mapping[str, str], owner: str | None, policy: Policy) -> str:
    role = policy.role_name(step.role)
    return f"{name_of(step.assignee or owner, names)} ({role})"


def _tone(step: Step, now: datetime) -> Tone:
    if step.state in ENDED:
        return Tone.GOOD if step.state is StepState.DONE else Tone.PLAIN
    return Tone.BAD if step.overdue(now) else Tone.PLAIN


def _ending(step: Step, names: Mapping[str, str]) -> list[Fact]:
    if step.ended_at is None:
        return []
    facts = [Fact(label="Ended", value=f"{at(step.ended_at)} by {name_of(step.ended_by, names)}")]
    answers = step.plan.kind is StepKind.DECISION or step.plan.evidence.kind is EvidenceKind.ANSWER
    label = "Answer" if answers else "Evidence"
    label = "Reason" if step.state is StepState.SKIPPED else label
    return [*facts, Fact(label=label, value=step.outcome)] if step.evidence else facts


def _buttons(step: Step) -> tuple[Button, ...]:
    if step.state not in LIVE:
        return ()
    buttons = _main_buttons(step)
    asks = step.plan.evidence.kind is EvidenceKind.ANSWER
    if step.state is StepState.READY and step.plan.kind is StepKind.TASK and not asks:
        buttons = [button("Start", i.StartStep(step=step.id)), *buttons]
    if not hands_over(step.key):  # what holds moves back can't be left out
        buttons = [*buttons, button("Skip…", i.SkipStep(step=step.id))]
    return (*buttons, button("Assign…", i.AssignStep(step=step.id)))


def _main_buttons(step: Step) -> list[Button]:
    incident = step.incident_id
    match step.plan.kind:
        case StepKind.DECISION:
            return [button(o.label, i.Decide(step=step.id, option=o.value), Style.PRIMARY) for o in step.plan.options]
        case StepKind.STATUS:
            return [button("Send the SITREP now", i.Sitrep(step=step.id), Style.PRIMARY)]
        case StepKind.NOTIFY if any(m.audience is Audience.EVERYONE for m in step.plan.messages):
            return [button("Stand down…", i.StandDown(incident=incident), Style.DANGER)]
        case _:
            return _first_buttons(step) if step.state is StepState.READY else _ending_buttons(step)


def _first_buttons(step: Step) -> list[Button]:
    match step.plan.kind:
        case StepKind.NOTIFY | StepKind.ROLL_CALL:
            return [button("Preview and send…", i.Preview(step=step.id), Style.PRIMARY)]
        case StepKind.RELOCATE:
            return [button("See the plan…", i.PlanAgain(step=step.id), Style.PRIMARY)]
        case _:
            return [_finish(step)]


def _ending_buttons(step: Step) -> list[Button]:
    match step.plan.kind:
        case StepKind.ROLL_CALL:
            return [button("Who is silent?", i.Roll(incident=step.incident_id)), _finish(step)]
        case StepKind.RELOCATE:
            return [button("Moves", i.Moves(incident=step.incident_id)), _finish(step)]
        case _:
            return [_finish(step)]


def _finish(step: Step) -> Button:
    word = {EvidenceKind.NONE: "Done", EvidenceKind.ANSWER: "Answer…"}.get(step.plan.evidence.kind, "Done…")
    return button(word, i.FinishStep(step=step.id), Style.PRIMARY)


def waits(step: Step, first: Sequence[Step], roles: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Say what a step waits for, and who does that."""
    who = [name_of(s.assignee or s.holder(roles), names) for s in first]
    parts = [f"{s.code} “{s.title}” ({person})" for s, person in zip(first, who, strict=True)]
    return f"{step.code} {step.title}: waits for {listed(parts)}."


def happened(step: Step, who: str, what: str) -> str:
    """Say what happened to a step where its card stands above."""
    return f"{who} {what.replace(f'{step.code} {step.title}', 'this')}"


def reminder(step: Step, policy: Policy, who: str, *, drill: bool) -> Card:
    """Tell an owner, or the commander, that a step is overdue."""
    when = soon(step.due_at) if step.due_at else ""
    buttons = _buttons(step)
    return Card(
        title=f"Overdue: {step.code} · {step.title}",
        tone=Tone.BAD,
        banner=banner(drill=drill),
        text=(who,) if who else (),
        facts=(Fact(label="Due", value=when, tone=Tone.BAD), Fact(label="Owner", value=policy.role_name(step.role))),
        buttons=buttons,
    )


def step_list(
    steps: Sequence[Step],
    names: Mapping[str, str],
    roles: Mapping[str, str],
    now: datetime,
    *,
    drill: bool,
) -> Card:
    """Return every step, those that can be worked first."""
    live = [s for s in steps if s.state in LIVE]
    ended = [s for s in steps if s.state in ENDED]
    rows = tuple(_row(s, names, roles) for s in [*live, *(s for s in steps if s.state is StepState.WAITING), *ended])
    late = sum(s.overdue(now) for s in live)
    text = f"{plural(len(live), 'step')} to work on, {late} overdue; {len(ended)} of {len(steps)} ended."
    table = Table(columns=("Step", "What", "Owner", "State", "Due"), rows=rows)
    return Card(
        title="Steps",
        banner=banner(drill=drill),
        text=(text,),
        tables=(table,),
        tone=Tone.BAD if late else Tone.PLAIN,
        buttons=tuple(
            button(clip(f"{s.code} · {s.title}", 70), i.ShowStep(step=s.id))
            for s in [s for s in live if s.key != HIDDEN][:8]
        ),
    )


def actions(steps: Sequence[Step]) -> str:
    """Say what was done so far, as outsiders may read it: each step that was reported done, with when it last was."""
    last: dict[tuple[str, str], tuple[datetime, int, str]] = {}
    for step in steps:
        if step.ended_at is not None and _is_action(step):
            key = (base_of(step.key), step.title)
            last[key] = max(last.get(key, (step.ended_at, 0, "")), (step.ended_at, step.position, step.title))
    said = [f"{day_and_time(when)} {title}" for when, _, title in sorted(last.values())]
    shown = said[-_ACTIONS:]
    more = f"{len(said) - len(shown)} earlier ones; " if len(said) > len(shown) else ""
    return more + "; ".join(shown)


def _is_action(step: Step) -> bool:
    """Whether something was done for the disaster: no question, nothing for few eyes, nothing after the end."""
    plan = step.plan
    asked = plan.kind is StepKind.DECISION or plan.evidence.kind is EvidenceKind.ANSWER
    return step.state is StepState.DONE and not (asked or plan.restricted or plan.phase is Phase.STAND_DOWN)


def _row(step: Step, names: Mapping[str, str], roles: Mapping[str, str]) -> tuple[str, ...]:
    when = soon(step.due_at) if step.due_at and step.state not in ENDED else ""
    who = name_of(step.assignee or step.holder(roles), names)
    return (step.code, step.title, f"{who} ({step.role})", STATE_WORDS[step.state], when)
