"""The leaders' board: its views, built from counts and small tables, at the same cost for any number of people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.board import (
    BoardView,
    ClosedRow,
    DecisionRow,
    DeliveryCount,
    IncidentBoard,
    NoticeCount,
    QueueRow,
    Relocation,
    SitrepRow,
    StepRow,
    StepsCount,
    SupplyRow,
)
from bot.domain.board_moves import OffShift
from bot.domain.board_roll import RollCount
from bot.domain.course import reached_for_good
from bot.domain.delivery import Gone
from bot.domain.incident import Incident, IncidentState, SitrepState
from bot.domain.journal import Verb
from bot.domain.missing import roll_called
from bot.domain.move import MoveState
from bot.domain.notice import RANK, Notice, RecipientState
from bot.domain.person import Audience
from bot.domain.place import SiteKind
from bot.domain.policy import Policy
from bot.domain.roll import RollScope, RollState
from bot.domain.runbook import Ask, Phase, StepKind
from bot.domain.step import ENDED, LIVE, Step, StepState
from bot.domain.when import told
from bot.domain.wording.delivery import doubt, remedy, room_shut, unseen
from bot.domain.wording.shown import anybody, words
from bot.operations import answers, board_moves, estimating, live, picture, titles
from bot.operations.board_clocks import clock_rows
from bot.operations.desk import Desk
from bot.storage import deliveries, incidents, journal, notices, rooms, tallies
from bot.storage.database import Db
from bot.storage.tallies import Counts, Times, total

_CLOSED = 5
_NEXT_STEPS = 3
_AGENTS = frozenset({Audience.AGENTS, Audience.UNPLACED})
_NEVER = timedelta(days=3650)
SITE_WORDS = {
    SiteKind.SITE: "site",
    SiteKind.HOME: "home",
    SiteKind.RECOVERY: "recovery site",
    SiteKind.OUTSOURCER: "outsourcer",
}


@dataclass(frozen=True)
class Rows:
    """What one incident's board is drawn from; held: seats that incidents hold, by incident and site."""

    policy: Policy
    ground: picture.Ground
    notices: Sequence[Notice]
    latest_at: datetime | None
    times: Times
    held: Mapping[int, Mapping[str, int]]
    now: datetime
    force: board_moves.InForce
    off_shift: OffShift

    @property
    def incident(self) -> Incident:
        """The incident itself."""
        return self.ground.incident

    @property
    def counts(self) -> Counts:
        """How many of what, kept by the units of work."""
        return self.ground.counts

    @property
    def until(self) -> datetime:
        """The end of what is shown: a closed incident stands as it ended."""
        return self.incident.ended_at or self.now

    def said_by(self, role: str) -> str:
        """A role in words, as it stands at the beginning of a line."""
        name = self.policy.role_name(role)
        return name[:1].upper() + name[1:]

    def name(self, person: str | None) -> str:
        """Somebody's name, nothing for nobody."""
        return self.ground.names.get(person, "") if person else ""


async def boards(desk: Desk, db: Db) -> BoardView:
    """Return every open incident, the newest first, and the few that ended last."""
    held = await tallies.seats_held(db)
    opened = [draw(await rows_of(desk, db, incident, held)) for incident in await incidents.opened(db)]
    return await _view(desk, db, opened, await _closed(db))


async def one(desk: Desk, db: Db, reference: str) -> BoardView | None:
    """Return one incident, open or over, as the view's only one; None when there is none of this name."""
    incident = await incidents.find(db, reference)
    if incident is None:
        return None
    return await _view(desk, db, [draw(await rows_of(desk, db, incident, await tallies.seats_held(db)))], ())


async def _view(desk: Desk, db: Db, shown: Sequence[IncidentBoard], closed: Sequence[ClosedRow]) -> BoardView:
    policy = desk.policy
    return BoardView(
        organisation=policy.organisation,
        zone=policy.tz,
        now=db.now,
        incidents=await _with_troubles(db, shown),
        closed=tuple(closed),
        lanes=tuple(await estimating.standing(desk, db)),
    )


async def rows_of(desk: Desk, db: Db, incident: Incident, held: Mapping[int, Mapping[str, int]]) -> Rows:
    """Read what one incident's board is drawn from; the number of statements does not grow with people."""
    ground = await picture.ground(db, incident)
    ground = replace(ground, steps=[s.for_all() for s in ground.steps])
    told = await notices.of(db, incident.id)
    latest_at = await journal.last_at(db, incident.id, Verb.UPDATE)
    times = await tallies.by_minute(db, incident.id)
    force = await board_moves.in_force(db, incident)
    off = await live.off_shift(db, incident, ground.counts, ground.now)
    return Rows(desk.policy, ground, told, latest_at, times, held, db.now, force, off)


async def _closed(db: Db) -> list[ClosedRow]:
    return [
        ClosedRow(
            reference=i.reference, title=said, drill=i.drill,
            ended_at=i.ended_at or i.declared_at, cancelled=i.state is IncidentState.CANCELLED,
        )
        for i, said in await titles.titled(db, await incidents.closed(db, _CLOSED))
    ]  # fmt: skip


def draw(rows: Rows) -> IncidentBoard:
    """Return one incident's board from its rows."""
    incident, ground = rows.incident, rows.ground
    return IncidentBoard(
        reference=incident.reference, title=title(ground), category=words(incident.category),
        severity=incident.severity, drill=incident.drill, state=incident.state, phase=_phase(incident, ground.steps),
        declared_at=incident.declared_at, commander=rows.name(ground.roles.get("IC")), latest=incident.latest,
        latest_at=rows.latest_at, roll=_roll(rows), relocation=_relocation(rows), queues=_queues(rows),
        notices=tuple(_notice(rows, n) for n in rows.notices), steps=_steps(rows), sitrep=_sitrep(incident),
        decisions=_decisions(rows), supply=_supply(rows), deliveries=_deliveries(rows.counts),
        undelivered=undelivered(rows.counts), unseen=_unseen(rows.counts),
        answers=answers.lines(rows.notices, rows.times, rows.counts, rows.until),
        coverage=board_moves.covered(ground, rows.times, rows.until), waves=board_moves.waves(rows.force),
        returning=rows.force.back,
        clocks=clock_rows(ground.clocks, lambda role: rows.name(ground.roles.get(role)), rows.said_by, rows.now),
        ended_at=incident.ended_at, off_shift=rows.off_shift,
    )  # fmt: skip


def title(ground: picture.Ground) -> str:
    """Return what happened and where: "Loss of a building, Leeds"."""
    names = {line.queue.id: line.queue.name for line in ground.queues}
    names |= {key: system.name for key, system in ground.systems.items()}
    names |= {key: site.name for key, site in ground.sites.items()}
    return titles.title(ground.incident, names)


def _phase(incident: Incident, steps: Sequence[Step]) -> str:
    """The first phase with something left to do; once the return has begun, of the return."""
    going = [s.plan.phase for s in steps if s.state in LIVE]
    if incident.state is IncidentState.RECOVERING:
        going = [p for p in going if p in (Phase.RECOVER, Phase.STAND_DOWN)] or [Phase.RECOVER]
    return words(min(going, key=list(Phase).index)) if going else ""


def _roll(rows: Rows) -> RollCount:
    counts = rows.counts
    return RollCount(
        expected=total(counts, "roll"), safe=total(counts, "roll", RollState.SAFE),
        help=total(counts, "roll", RollState.HELP), unable=total(counts, "roll", RollState.UNABLE),
        help_beside=total(counts, tallies.BESIDE),
        called=roll_called(rows.ground.steps), asked=any(RANK[n.ask] >= RANK[Ask.SAFETY] for n in rows.notices),
    )  # fmt: skip


def _relocation(rows: Rows) -> Relocation:
    standing = rows.counts.get("move", {}).values()
    stages = ("told", "moving", "arrived", "logged_in", "taking_contacts", "unplaced")
    return Relocation(
        planned=sum(states.get(MoveState.APPROVED, 0) for states in standing),
        failed=sum(states.get(MoveState.FAILED, 0) for states in (rows.force.waves or {}).values()),
        lost=sum(line.lost for line in rows.ground.queues),
        **{stage: sum(states.get(stage, 0) for states in standing) for stage in stages},
    )


def _queues(rows: Rows) -> tuple[QueueRow, ...]:
    return tuple(queue_row(rows.incident, line, rows.times, rows.until) for line in rows.ground.queues)


def queue_row(incident: Incident, line: picture.QueueLine, times: Times, until: datetime) -> QueueRow:
    """Return a queue with its clock: when it began, when it runs out, when the minimum was live again."""
    queue, start = line.queue, incident.detected_at
    return QueueRow(
        id=queue.id, name=queue.name, tier=queue.tier, live=line.live,
        mbco=queue.mbco, full=queue.full_seats, hit=line.hit, from_at=start,
        rto_at=start + timedelta(minutes=queue.rto_min), mtpd_at=start + timedelta(minutes=queue.mtpd_min),
        back_at=reached_for_good(line.changes(times, until), line.beside, queue.mbco),
    )  # fmt: skip


def _notice(rows: Rows, notice: Notice) -> NoticeCount:
    states = rows.counts.get("recipient", {}).get(str(notice.id), {})
    reached = sum(rows.counts.get("reached", {}).get(str(notice.id), {}).values())
    return NoticeCount(
        number=notice.number, subject=told(anybody(notice.subject), rows.policy.tz, rows.now),
        audience=words(notice.audience),
        targeted=notice.size, delivered=min(reached, notice.size),
        posted=sum(rows.counts.get("posted", {}).get(str(notice.id), {}).values()), answered=_answered(states),
        asks=notice.ask.answers, replaced=_replaced(notice, rows.notices, states),
    )  # fmt: skip


def _answered(states: Mapping[str, int]) -> int:
    return states.get(RecipientState.ANSWERED, 0) + states.get(RecipientState.PROXIED, 0)


def _replaced(notice: Notice, everything: Sequence[Notice], states: Mapping[str, int]) -> bool:
    """Whether a newer message stands in its place. Waves go to different agents: there it shows in who was freed."""
    if not notice.ask.answers:
        return False
    if notice.audience in _AGENTS:
        return bool(states.get(RecipientState.TOLD)) and not states.get(RecipientState.WAITING)
    later = [n for n in everything if n.number > notice.number and n.audience is notice.audience]
    return any(RANK[n.ask] >= RANK[notice.ask] for n in later)


def _steps(rows: Rows) -> StepsCount:
    shown = (s.state for s in rows.ground.steps if s.state is not StepState.NOT_APPLICABLE)
    states: Counter[StepState] = Counter(shown)
    going = _most_urgent(rows)
    drawn = tuple(_step(rows, s) for s in going)
    return StepsCount(
        total=states.total(),
        ended=sum(states[s] for s in ENDED),
        open=len(going),
        overdue=sum(s.overdue(rows.now) for s in going),
        unowned=sum(not row.assignee for row in drawn),
        waiting=states[StepState.WAITING],
        next=drawn[:_NEXT_STEPS],
    )


def _most_urgent(rows: Rows) -> list[Step]:
    """The open steps, the first due first; those without a due time last."""
    going = [s for s in rows.ground.steps if s.state in LIVE]
    return sorted(going, key=lambda s: (s.due_at or rows.now + _NEVER, s.position))


def _step(rows: Rows, step: Step) -> StepRow:
    holder = step.holder(rows.ground.roles)
    return StepRow(
        title=f"{step.code} {step.title}", owner=rows.said_by(step.role),
        assignee=rows.name(step.assignee or holder), due_at=step.due_at,
    )  # fmt: skip


def _sitrep(incident: Incident) -> SitrepRow:
    held = incident.sitrep_state is SitrepState.HELD
    return SitrepRow(due_at=incident.sitrep_due_at, count=incident.sitrep_count, held=held)


def _decisions(rows: Rows) -> tuple[DecisionRow, ...]:
    open_ = [s for s in rows.ground.steps if s.plan.kind is StepKind.DECISION and s.state in LIVE]
    return tuple(
        DecisionRow(title=s.title, owner=rows.said_by(s.role), since=s.ready_at or rows.incident.declared_at)
        for s in open_
    )


def _supply(rows: Rows) -> tuple[SupplyRow, ...]:
    """Every place that nothing open hit: its own people who work on there, and the seats that incidents hold."""
    incident = rows.incident
    here = rows.counts.get("seat", {})
    found = []
    for key, site in rows.ground.sites.items():
        used = here.get(key, {}).get(RollScope.REST, 0) + sum(held.get(key, 0) for held in rows.held.values())
        ready = incident.declared_at + timedelta(minutes=site.ready_min) if site.ready_min else None
        row = SupplyRow(
            name=site.name, kind=SITE_WORDS[site.kind], seats=site.seats, used=used, ready_at=ready,
            parts=board_moves.parts(key, rows.ground, rows.held),
        )  # fmt: skip
        hit = key in rows.ground.now.elsewhere or (key in incident.sites and not rows.force.back)
        found += [] if hit else [row]
    return tuple(found)


def _deliveries(counts: Counts) -> DeliveryCount:
    """Messages by state; rewrites of a message that is there already are none of them."""
    new = {"delivery": {part: states for part, states in counts.get("delivery", {}).items() if part != "edit"}}
    states = ("queued", "sending", "sent", "failed", "unknown")
    return DeliveryCount(**{s: total(new, "delivery", s) for s in states}, repeats=total(counts, "repeat"))


def undelivered(counts: Counts) -> tuple[tuple[str, int], ...]:
    """What a person can do about addresses that took no message, and about how many."""
    found = {Gone(reason): n for reason, states in counts.get("gone", {}).items() if (n := sum(states.values()))}
    return tuple((remedy(reason), n) for reason, n in sorted(found.items(), key=lambda item: -item[1]))


def _unseen(counts: Counts) -> tuple[tuple[str, int], ...]:
    """What was sent once more because nobody lets us see whether it had come, and what a person can do about that."""
    found = {tuple(part.split(":", 1)): sum(states.values()) for part, states in counts.get("unseen", {}).items()}
    return tuple((unseen(*part), n) for part, n in sorted(found.items()))


async def rooms_shut(db: Db) -> list[tuple[str, str]]:
    """What is said of each room that can't be opened, with its incident's reference."""
    return [(r["reference"], room_shut(r["platform"], r["name"], r["trouble"])) for r in await rooms.not_opened(db)]


async def doubts(db: Db) -> list[tuple[str, str]]:
    """What is said of messages of which nobody knows whether they arrived, with their incident's reference."""
    return [(r["reference"], doubt(r["platform"], r["error"], r["n"])) for r in await deliveries.in_doubt(db)]


async def _with_troubles(db: Db, shown: Sequence[IncidentBoard]) -> tuple[IncidentBoard, ...]:
    """Say of each what keeps its own messages from arriving."""
    said = await rooms_shut(db)
    said += await doubts(db) if any(one.deliveries.unknown for one in shown) else []
    return tuple(one.evolve(troubles=tuple(w for ref, w in said if ref == one.reference)) for one in shown)


async def stamp(db: Db) -> tuple[object, ...]:
    """Return what changes whenever anything on the board does, but for the passing of time."""
    return await journal.newest(db), *await tallies.stamp(db)
