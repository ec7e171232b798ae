"""What a drill showed, read from the story of its incident; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.clock import UNDECIDED, Clock, ClockState
from bot.domain.drill import Drill, DrillKind
from bot.domain.drill_score import Figures, Part
from bot.domain.inject import Run, right
from bot.domain.notice import Notice
from bot.domain.person import Audience
from bot.domain.runbook import Ask, Phase, StepKind
from bot.domain.step import Step, StepState
from bot.domain.story import Story
from bot.domain.tabletop import Verdict

_TELLS = frozenset({Audience.AGENTS, Audience.LEADERS})


def figures(drill: Drill, story: Story, clocks: Sequence[Clock], injects: Sequence[Run] = ()) -> Figures:
    """Return what was measured."""
    kind, wanted = drill.kind, drill.tabletop.clocks if drill.tabletop else {}
    began = story.incident.declared_at
    told = [n.sent_at for n in story.notices if n.audience in _TELLS]
    ask, roll = _largest(story, {Ask.ACK, Ask.MOVE, Ask.SAFETY}), _largest(story, {Ask.SAFETY})
    rto = min((_minutes(began, q.rto_at) for q in story.board.hit if q.rto_at), default=None)
    return Figures(
        kind=kind,
        asked=_asked(story, ask), answered=_answered(story, ask), lasted=_lasted(story, ask),
        lost=_lost(story, ask), roll=_asked(story, roll), roll_answered=_answered(story, roll),
        roll_lasted=_lasted(story, roll), declared=_minutes(story.incident.detected_at, began) or None,
        notified=_minutes(began, min(told)) if told and kind is not DrillKind.NOTIFICATION else None, rto=rto,
        restored=_restored(story.steps, began), mbco=_mbco(story), decisions=_decisions(story.steps),
        right=right(injects), clocks=in_order(at_stake(drill, clocks), wanted),
    )  # fmt: skip


def _minutes(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60)


def _largest(story: Story, asks: set[Ask]) -> Notice | None:
    """The message that asked the most people; the earliest of those."""
    found = [n for n in story.notices if n.ask in asks and _asked(story, n)]
    return max(found, key=lambda n: (_asked(story, n), -n.id), default=None)


def _asked(story: Story, notice: Notice | None) -> int:
    return story.heard[notice.id].asked if notice else 0


def _answered(story: Story, notice: Notice | None) -> tuple[float, ...]:
    return tuple(_minutes(notice.sent_at, at) for at in story.heard[notice.id].times) if notice else ()


def _lasted(story: Story, notice: Notice | None) -> float:
    return _minutes(notice.sent_at, story.until) if notice else 0


def _lost(story: Story, notice: Notice | None) -> Part | None:
    return Part(n=story.heard[notice.id].unreachable, of=notice.size) if notice else None


def _restored(steps: Iterable[Step], began: datetime) -> float | None:
    """When the last step that serves callers again was done; None while one is open, or where there is none."""
    serve = [s for s in steps if s.plan.phase is Phase.SERVE and s.state is not StepState.NOT_APPLICABLE]
    ended = [s.ended_at for s in serve if s.state is StepState.DONE and s.ended_at]
    return _minutes(began, max(ended)) if serve and len(ended) == len(serve) else None


def _mbco(story: Story) -> Part | None:
    """Seats live within the RTO against those that the hit queues need at least."""
    hit = [q for q in story.board.hit if q.mbco]
    if not hit:
        return None
    live = sum(min(q.live, q.mbco) for q in hit if q.back_at is None or q.rto_at is None or q.back_at <= q.rto_at)
    return Part(n=live, of=sum(q.mbco for q in hit))


def _decisions(steps: Iterable[Step]) -> Part | None:
    """Decisions that were asked for and taken before they were due."""
    asked = [s for s in steps if s.plan.kind is StepKind.DECISION and s.ready_at]
    taken = [
        s for s in asked if s.state is StepState.DONE and (s.due_at is None or (s.ended_at or s.due_at) <= s.due_at)
    ]
    return Part(n=len(taken), of=len(asked)) if asked else None


def at_stake(drill: Drill, clocks: Sequence[Clock]) -> Sequence[Clock]:
    """Return the clocks that are judged: at a table those that it is about, else all once somebody decided on one."""
    if drill.worked:
        return clocks
    if drill.tabletop is not None and drill.tabletop.clocks:
        return [clock for clock in clocks if clock.regime in drill.tabletop.clocks]
    return clocks if any(clock.state is not ClockState.TRIAGE for clock in clocks) else ()


def in_order(clocks: Sequence[Clock], wanted: Mapping[str, Verdict]) -> Part | None:
    """Return the stages of regimes decided, as the tabletop wants where it says so, and counting where reportable."""
    sound = [c for c in clocks if c.state not in UNDECIDED and c.state is not ClockState.NOT_STARTED]
    agree = [c for c in sound if wanted.get(c.regime, _verdict(c)) is _verdict(c)]
    return Part(n=len(agree), of=len(clocks)) if clocks else None


def _verdict(clock: Clock) -> Verdict:
    return Verdict.NOT_REPORTABLE if clock.state is ClockState.NOT_REPORTABLE else Verdict.REPORTABLE
