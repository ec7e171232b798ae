"""What an after-action report is made from, and its sections: pure, from rows that were read once.

Who asked for help is restricted: it is counted, never named, and no line of the timeline gives it away.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from bot.domain.board import IncidentBoard, QueueRow
from bot.domain.board_roll import RollCount
from bot.domain.card import Fact, Table
from bot.domain.chart import answers_chart
from bot.domain.incident import Incident
from bot.domain.journal import Entry, Verb
from bot.domain.notice import Answer, Notice
from bot.domain.policy import Policy
from bot.domain.report import Chart, Quote, Report, Section
from bot.domain.runbook import StepKind
from bot.domain.step import Step, StepState
from bot.domain.text import plural
from bot.domain.when import lasting
from bot.domain.wording.notices import answer_word
from bot.domain.wording.parts import name_of
from bot.domain.wording.shown import anybody, words

SHARES = (50, 90, 100)
ON_TIME = timedelta(minutes=1)  # a sweep may be some seconds behind


@dataclass(frozen=True)
class Heard:
    """What came back on one notice: how many were asked, when each answer that stands came, what was said."""

    asked: int = 0
    proxied: int = 0
    unreachable: int = 0
    times: Sequence[datetime] = ()
    said: Mapping[Answer, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanRow:
    """One version of the plan of moves."""

    version: int
    made_by: str
    made_at: datetime
    placed: int
    unplaced: int
    approved_by: str | None
    approved_at: datetime | None


@dataclass(frozen=True)
class Trouble:
    """A message that did not go as it should; notice is its number, 0 for what is none."""

    person: str
    notice: int
    platform: str
    state: str
    repeats: int
    error: str


@dataclass(frozen=True)
class Sent:
    """One SITREP: when it was due and sent; sent_at is None for one that was due and never came."""

    number: int
    due_at: datetime
    sent_at: datetime | None
    size: int = 0


@dataclass(frozen=True)
class Story:
    """Everything that is known of an incident; zone is where it happened, names are by person."""

    incident: Incident
    board: IncidentBoard
    policy: Policy
    zone: str
    names: Mapping[str, str]
    roles: Mapping[str, str]
    steps: Sequence[Step]
    notices: Sequence[Notice]
    heard: Mapping[int, Heard]
    spoke_for: Mapping[str, int]
    plans: Sequence[PlanRow]
    sitreps: Sequence[Sent]
    trouble: Sequence[Trouble]
    delivered: Mapping[int, Mapping[str, int]]
    entries: Sequence[Entry]
    counted: Sequence[tuple[datetime, Verb, str]]
    asked_help: int
    made_at: datetime

    @property
    def until(self) -> datetime:
        """When it ended, or the moment of writing."""
        return self.incident.ended_at or self.made_at

    def name(self, person: str | None) -> str:
        """Somebody's name; "the bot" for what it did by itself."""
        return name_of(person, self.names) if person else ""

    def local(self, at: datetime | None) -> str:
        """A time where it happened: "21 Nov 14:05:09 GMT"; nothing for none."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%-d %b %H:%M:%S %Z") if at else ""

    def role(self, role: str) -> str:
        """A role in words."""
        return self.policy.role_name(role)


def report(story: Story) -> Report:
    """Return the whole document."""
    incident = story.incident
    parts = (
        _summary(story), _told(story), _heard(story), _steps(story), _decisions(story), _moves(story),
        _sitreps(story), _help(story), _deliveries(story), _timeline(story),
    )  # fmt: skip
    return Report(reference=incident.reference, title=story.board.title, drill=incident.drill, sections=parts)


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(label=label, value=value) for label, value in pairs if value)


def _summary(story: Story) -> Section:
    incident, board = story.incident, story.board
    ended = f"{words(incident.state)}, {story.local(incident.ended_at)}" if incident.ended_at else "still open"
    holders = ",\n".join(f"{story.role(role)} {story.name(person)}" for role, person in story.roles.items())
    return Section(
        title="Summary",
        text=(
            _outcome(story),
            f"Written {story.local(story.made_at)}. Times are those of {story.zone}; the timeline has UTC too.",
        ),
        facts=_facts(
            ("What happened", f"{board.title} ({words(incident.category).lower()})"),
            ("Known at declaration", incident.known), ("Latest", incident.latest), ("Severity", str(incident.severity)),
            ("Drill or real", "drill: nobody outside was told" if incident.drill else "real"),
            ("Detected", story.local(incident.detected_at)),
            ("Declared", f"{story.local(incident.declared_at)}, by {story.name(incident.declared_by)}"),
            ("Ended", ended), ("Lasted", lasting(story.until - incident.declared_at)), ("Roles", holders),
            ("Runbook", f"{incident.runbook_title}, version {incident.runbook_version}"),
            ("Accounted for", _accounted(board.roll)),
            ("At a working seat", f"{board.relocation.seated:,} of {plural(board.relocation.total, 'agent')}"),
            ("Messages", f"{len(story.notices):,} notices; {board.deliveries.sent:,} messages sent"),
            ("Refused requests", str(sum(e.verb is Verb.REFUSED for e in story.entries))),
        ),
    )  # fmt: skip


def _outcome(story: Story) -> str:
    """The board's one question, answered as it stood at the end."""
    hit, move, roll = story.board.hit, story.board.relocation, story.board.roll
    late = sum(q.clock(story.until).word == "met late" for q in hit)
    queues = f"{sum(q.at_minimum for q in hit):,} of {plural(len(hit), 'hit queue')} at their minimum"
    queues += f", {late:,} of them later than the RTO" if late else ""
    people = _accounted(roll)
    if _called(roll):
        people = f"{roll.accounted:,} of {plural(roll.expected, 'person', 'people')} accounted for"
    when = "At the end" if story.incident.ended_at else "So far"
    seated = f"{move.seated:,} of {plural(move.total, 'agent')} at a working seat" if move.total else "nobody was moved"
    return f"{when}: {queues}; {seated}; {people}."


def _accounted(roll: RollCount) -> str:
    return f"{roll.accounted:,} of {roll.expected:,}" if _called(roll) else "the roll was not called"


def _called(roll: RollCount) -> bool:
    """Whether anybody was asked: a drill may talk about people without asking them."""
    return roll.called or roll.accounted > 0


def _told(story: Story) -> Section:
    counts = {n.number: n for n in story.board.notices}
    rows = tuple(
        (str(n.number), story.local(n.sent_at), words(n.audience), anybody(n.subject), f"{n.size:,}",
         f"{counts[n.number].delivered:,}", f"{story.heard[n.id].unreachable:,}", story.name(n.sent_by))
        for n in story.notices
    )  # fmt: skip
    columns = ("No.", "Sent", "To", "Subject", "People", "Reached", "No address", "Sent by")
    return Section(
        title="Who was told what, when",
        text=() if rows else ("Nobody was told anything.",),
        tables=(Table(columns=columns, rows=rows, numeric=(4, 5, 6)),) if rows else (),
        quotes=tuple(
            Quote(heading=f"Message {n.number}: {anybody(n.subject)}", text=anybody(n.text)) for n in story.notices
        ),
    )


def _heard(story: Story) -> Section:
    asking = [n for n in story.notices if n.ask.answers]
    rows = tuple(_heard_row(n, story.heard[n.id]) for n in asking)
    columns = ("No.", "To", "Asked", "Answered", "By proxy", *(f"{s} % after" for s in SHARES), "They said")
    tables = [Table(columns=columns, rows=rows, numeric=(2, 3, 4))] if rows else []
    if story.spoke_for:
        spoke = tuple((story.name(p), f"{n:,}") for p, n in sorted(story.spoke_for.items(), key=lambda i: -i[1]))
        tables.append(Table(columns=("Who spoke for others", "Times"), rows=spoke, caption="Proxies", numeric=(1,)))
    return Section(
        title="Who answered, when", text=() if rows else ("Nobody was asked for an answer.",),
        tables=tuple(tables), chart=_chart(story),
    )  # fmt: skip


def _heard_row(notice: Notice, heard: Heard) -> tuple[str, ...]:
    said = ", ".join(
        f"{answer_word(answer, notice.ask)}: {heard.said[answer]:,}" for answer in Answer if answer in heard.said
    )
    reached = tuple(time_to(heard, notice.sent_at, share) for share in SHARES)
    took = (lasting(t) if t is not None else "not reached" for t in reached)
    asked, answered = f"{heard.asked:,}", f"{len(heard.times):,}"
    return (str(notice.number), words(notice.audience), asked, answered, f"{heard.proxied:,}", *took, said)


def time_to(heard: Heard, sent_at: datetime, share: int) -> timedelta | None:
    """Return how long it took until so many percent of those asked had answered; None if they never did."""
    needed = ceil(heard.asked * share / 100)
    return heard.times[needed - 1] - sent_at if 0 < needed <= len(heard.times) else None


def _chart(story: Story) -> Chart | None:
    series = story.board.answers
    if not series or not series[0].points[-1].percent:
        return None
    title = "Answers over time"
    ends = ", ".join(f"{s.label}: {s.points[-1].percent:.0f} %" for s in series)
    file = f"{story.incident.reference}-answers.svg"
    return Chart(svg=answers_chart(series, title=title), file=file, alt=f"{title}. {ends}")


def _steps(story: Story) -> Section:
    rows = tuple(_step_row(story, s) for s in story.steps if s.state is not StepState.NOT_APPLICABLE)
    left_out = sum(s.state is StepState.NOT_APPLICABLE for s in story.steps)
    late = sum(row[5].endswith("late") for row in rows)
    columns = ("Step", "Owner", "Done by", "Due", "Ended", "Against due", "State", "Evidence or reason")
    text = f"{plural(len(rows), 'step')}, {late:,} late. {plural(left_out, 'step')} did not apply."
    return Section(title="Steps against their due times", text=(text,), tables=(Table(columns=columns, rows=rows),))


def _step_row(story: Story, step: Step) -> tuple[str, ...]:
    by = story.name(step.ended_by or step.assignee)
    how = against(step, story.until)
    title, when = f"{step.code} {step.title}", (story.local(step.due_at), story.local(step.ended_at))
    return (title, story.role(step.role), by, *when, how, words(step.state), step.outcome)


def against(step: Step, until: datetime) -> str:
    """Return how a step stood against its due time: "on time", "12 min late", or nothing where none was set."""
    if step.due_at is None:
        return ""
    behind = (step.ended_at or until) - step.due_at
    if step.state is StepState.SKIPPED:
        return f"left out, {lasting(behind)} after it was due" if behind > timedelta() else ""
    if behind > timedelta():
        return f"{lasting(behind)} late"
    return "on time" if step.ended_at else "not due yet"


def _decisions(story: Story) -> Section:
    asked = [s for s in story.steps if s.plan.kind is StepKind.DECISION and s.ready_at]
    rows = tuple(_decision_row(story, s) for s in asked)
    columns = ("Decision", "Answer", "By", "Asked", "Taken", "After")
    tables = (Table(columns=columns, rows=rows),) if rows else ()
    return Section(title="Decisions", text=() if rows else ("No decision was asked for.",), tables=tables)


def _decision_row(story: Story, step: Step) -> tuple[str, ...]:
    answer = step.outcome if step.state is StepState.DONE else words(step.state) if step.ended_at else "not taken"
    after = lasting(step.ended_at - step.ready_at) if step.ended_at and step.ready_at else ""
    times = (story.local(step.ready_at), story.local(step.ended_at))
    return (step.title, answer, story.name(step.ended_by), *times, after)


def _moves(story: Story) -> Section:
    move = story.board.relocation
    if not move.total:
        return Section(title="Moves", text=("Nobody was moved.",))
    plans = tuple(
        (str(p.version), story.local(p.made_at), story.name(p.made_by), f"{p.placed:,}", f"{p.unplaced:,}",
         story.local(p.approved_at) or "never", story.name(p.approved_by)) for p in story.plans
    )  # fmt: skip
    queues = tuple(_queue_row(story, q) for q in story.board.hit)
    stages = ", ".join(f"{word.lower()} {n:,}" for word, n in move.reached)
    text = f"Of {plural(move.total, 'agent')}: {stages}; could not move {move.failed:,}, no seat {move.unplaced:,}."
    made = ("Version", "Made", "By", "Placed", "No seat", "Approved", "By")
    shown = ("Queue", "Tier", "Live", "Minimum", "Full", "RTO", "Minimum reached", "In time")
    return Section(
        title="Moves", text=(text,),
        tables=(Table(columns=made, rows=plans, caption="Plans", numeric=(3, 4)),
                Table(columns=shown, rows=queues, caption="Hit queues", numeric=(2, 3, 4))),
    )  # fmt: skip


def _queue_row(story: Story, queue: QueueRow) -> tuple[str, ...]:
    at_minimum = queue.clock(story.until).word
    back = story.local(queue.back_at) or ("never below" if queue.at_minimum else "not reached")
    took = f" (after {lasting(queue.back_at - queue.from_at)})" if queue.back_at and queue.from_at else ""
    figures = (f"{queue.live:,}", f"{queue.mbco:,}", f"{queue.full:,}")
    return (queue.name, str(queue.tier), *figures, story.local(queue.rto_at), back + took, at_minimum)


def _sitreps(story: Story) -> Section:
    rows = tuple(
        (str(s.number), story.local(s.due_at), story.local(s.sent_at) or "not sent", _lateness(s, story), f"{s.size:,}")
        for s in story.sitreps
    )
    tables = (Table(columns=("No.", "Due", "Sent", "On time", "Leaders"), rows=rows, numeric=(4,)),) if rows else ()
    return Section(title="SITREPs", text=() if rows else ("None was due.",), tables=tables)


def _lateness(sitrep: Sent, story: Story) -> str:
    behind = (sitrep.sent_at or story.until) - sitrep.due_at
    return f"{lasting(behind)} late" if behind > ON_TIME else "on time"


def _help(story: Story) -> Section:
    asked, still = story.asked_help, story.board.roll.waiting
    text = f"{plural(asked, 'person', 'people')} asked for help; {still:,} still marked as needing it."
    return Section(title="Calls for help", text=(text, "Who they are is restricted and not written here."))


def _deliveries(story: Story) -> Section:
    counts = story.board.deliveries
    facts = _facts(
        ("Sent", f"{counts.sent:,}"), ("On their way", f"{counts.queued + counts.sending:,}"),
        ("Failed", f"{counts.failed:,}"), ("Unknown", f"{counts.unknown:,}"),
        ("May have come twice", f"{counts.repeats:,}"),
    )  # fmt: skip
    states = ("sent", "queued", "failed", "unknown")
    rows = tuple(
        (str(n.number), anybody(n.subject), *(f"{story.delivered.get(n.id, {}).get(s, 0):,}" for s in states))
        for n in story.notices
    )
    tables = [Table(columns=("No.", "Subject", *map(words, states)), rows=rows, numeric=(2, 3, 4, 5))] if rows else []
    if story.trouble:
        wrong = tuple(
            (story.name(t.person) or "a room", str(t.notice or ""), words(t.platform), words(t.state),
             "yes" if t.repeats else "no", t.error) for t in story.trouble
        )  # fmt: skip
        columns = ("Whom", "No.", "Route", "State", "May have come twice", "Why")
        tables.append(Table(columns=columns, rows=wrong, caption="What did not go as it should"))
    return Section(title="Deliveries", facts=facts, tables=tuple(tables))


def _timeline(story: Story) -> Section:
    lines = [(e.at, story.name(e.actor), f"{words(e.verb)}: {e.text}") for e in story.entries]
    lines += folded(story.counted, story.name)
    rows = tuple(
        (story.local(at), at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ"), who, what)
        for at, who, what in sorted(lines, key=lambda line: line[0])
    )
    text = "Every line of the journal; answers, reported moves and calls for help are counted by the minute."
    columns = (f"Time ({story.zone})", "UTC", "Who", "What")
    return Section(title="Timeline", text=(text,), tables=(Table(columns=columns, rows=rows),))


_MANY = {
    Verb.ANSWER: ("answer", "answers"),
    Verb.MOVE: ("step of a move reported", "steps of moves reported"),
    Verb.HELP: ("call for help, or its end", "calls for help, or their ends"),
    Verb.PROXY: ("word for somebody else", "words for other people"),
}
COUNTED = tuple(_MANY)


def folded(
    counted: Sequence[tuple[datetime, Verb, str]], name: Callable[[str], str]
) -> list[tuple[datetime, str, str]]:
    """Return what many did as one line a minute: nobody named but those who spoke for others."""
    minutes: Counter[tuple[datetime, Verb, str]] = Counter()
    for at, verb, actor in counted:
        minutes[at.replace(second=0, microsecond=0), verb, actor if verb is Verb.PROXY else ""] += 1
    return [(at, name(who) if who else "", plural(n, *_MANY[verb])) for (at, verb, who), n in minutes.items()]
