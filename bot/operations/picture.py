"""Gathering what is true of an incident: the facts that conditions, messages, cards and the board are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.board_moves import covered
from bot.domain.clock import UNDECIDED, Clock, by_regime
from bot.domain.facts import Facts
from bot.domain.incident import Incident, IncidentState
from bot.domain.move import MoveState
from bot.domain.place import Queue, Site, SiteKind, System
from bot.domain.roll import ACCOUNTED, RollState
from bot.domain.runbook import Ask, Phase, StepKind
from bot.domain.step import ENDED, Step, StepState
from bot.domain.step import LIVE as LIVE_STEPS
from bot.domain.text import listed
from bot.domain.when import soon
from bot.domain.wording.clocks import summary
from bot.domain.wording.incidents import Picture
from bot.domain.wording.steps import actions
from bot.operations import live
from bot.operations.desk import Desk
from bot.storage import clocks, incidents, notices, people, places, steps, tallies
from bot.storage.database import Db
from bot.storage.tallies import SEATED, Counts, Times, total

_TOLD = ("told", "moving", "arrived", "logged_in", "taking_contacts")


@dataclass(frozen=True)
class QueueLine:
    """A queue as it stands: whether it is hit, live seats now, without this incident's moves, of these lost again."""

    queue: Queue
    hit: bool
    live: int
    beside: int
    lost: int = 0

    @property
    def below(self) -> bool:
        """Whether it is served below the least acceptable."""
        return self.hit and self.live < self.queue.mbco

    def changes(self, times: Times, until: datetime) -> list[tuple[datetime, int]]:
        """Return how its live seats changed as people who moved came to work; who was hit again there left now."""
        seen = times.get(SEATED, {}).get(self.queue.id, [])
        return [*seen, (until, -self.lost)] if self.lost else list(seen)


@dataclass(frozen=True)
class Ground:
    """The rows behind a picture, read once."""

    incident: Incident
    sites: Mapping[str, Site]
    queues: Sequence[QueueLine]
    systems: Mapping[str, System]
    roles: Mapping[str, str]
    names: Mapping[str, str]
    steps: Sequence[Step]
    counts: Counts
    now: live.Live
    acknowledged_percent: int
    clocks: Sequence[Clock] = ()


async def ground(db: Db, incident: Incident) -> Ground:
    """Read all that an incident's picture needs; the number of statements does not grow with people."""
    counts = await tallies.of(db, incident.id)
    now = await live.live(db, incident, counts)
    roles = await incidents.roles(db, incident.id)
    step_rows = await steps.of(db, incident.id)
    ids = {
        *roles.values(),
        *(s.assignee for s in step_rows if s.assignee),
        *(s.ended_by for s in step_rows if s.ended_by),
    }
    return Ground(
        incident=incident,
        sites=await places.sites(db),
        queues=_queue_lines(incident, await places.queues(db), counts, now),
        systems=await places.systems(db),
        roles=roles,
        names=await people.named(db, {*ids, incident.declared_by}),
        steps=step_rows,
        counts=counts,
        now=now,
        acknowledged_percent=await _acknowledged(db, incident, counts),
        clocks=await clocks.of(db, incident.id),
    )


def _queue_lines(incident: Incident, queues: Mapping[str, Queue], counts: Counts, now: live.Live) -> list[QueueLine]:
    agents = counts.get("agents", {})
    return [
        QueueLine(
            queue=queue, hit=key in incident.queues or bool(agents.get(key, {}).get("hit")),
            live=now.seats(key, counts), beside=now.beside.get(key, 0), lost=now.lost.get(key, 0),
        )
        for key, queue in queues.items()
    ]  # fmt: skip


async def _acknowledged(db: Db, incident: Incident, counts: Counts) -> int:
    mine = counts.get("recipient", {})
    asked = [n for n in await notices.of(db, incident.id) if n.audience == "agents" and n.ask.answers]
    whole = [n for n in asked if n.ask is not Ask.MOVE] or asked  # a wave is only some of the agents
    if not whole:
        return 0
    states = mine.get(str(whole[-1].id), {})
    answered = states.get("answered", 0) + states.get("proxied", 0)
    return answered * 100 // max(1, sum(states.values()))


async def picture(desk: Desk, db: Db, incident: Incident) -> Picture:
    """Return the incident as it stands now."""
    return draw(desk, await ground(db, incident), db.now)


def draw(desk: Desk, rows: Ground, now: datetime) -> Picture:
    """Return the picture that these rows make at a moment."""
    return Picture(
        incident=rows.incident,
        facts=facts(desk, rows, now),
        steps=rows.steps,
        roles=rows.roles,
        names=rows.names,
        rto=_next_rto(rows),
        clocks=rows.clocks,
    )


def _next_rto(rows: Ground) -> tuple[str, datetime] | None:
    late = [
        (rows.incident.detected_at + timedelta(minutes=line.queue.rto_min), line.queue.name)
        for line in rows.queues
        if line.below
    ]
    return (min(late)[1], min(late)[0]) if late else None


def facts(desk: Desk, rows: Ground, now: datetime) -> Facts:
    """Return every fact by its documented name."""
    incident = rows.incident
    return Facts(
        organisation=desk.policy.organisation,
        hotline=desk.policy.hotline,
        reference=incident.reference,
        category=incident.category,
        severity=incident.severity,
        drill=incident.drill,
        state=incident.state,
        known=incident.known,
        latest=incident.latest,
        declared_at=soon(incident.declared_at),
        detected_at=soon(incident.detected_at),
        minutes_since_declared=int((now - incident.declared_at).total_seconds() // 60),
        next_update=soon(incident.sitrep_due_at) if incident.sitrep_due_at else "when there is something to say",
        commander=_holder(rows, "IC"),
        deputy=_holder(rows, "DEP"),
        room=incident.reference.lower(),
        sitrep_number=incident.sitrep_count + 1,
        actions=actions(rows.steps),
        decisions=_decisions(rows.steps),
        answers={
            s.key: s.evidence for s in rows.steps if s.plan.kind is StepKind.DECISION and s.state is StepState.DONE
        },
        evidence={s.key: s.outcome for s in rows.steps if s.evidence and not s.plan.restricted},
        values=incident.runbook_values,
        **_places(rows),
        **_roll(rows.counts),
        **_service(rows, now),
        **_regulators(rows, now),
        acknowledged_percent=rows.acknowledged_percent,
    )


def _holder(rows: Ground, role: str) -> str:
    person = rows.roles.get(role)
    return rows.names.get(person, "") if person else ""


def _decisions(all_steps: Sequence[Step]) -> str:
    asked = [s for s in all_steps if s.plan.kind is StepKind.DECISION and s.state in LIVE_STEPS]
    return listed([s.title for s in asked if not s.plan.restricted])


def _places(rows: Ground) -> dict[str, str]:
    hit = [rows.sites[s] for s in rows.incident.sites if s in rows.sites]
    queues = {line.queue.id: line.queue.name for line in rows.queues}
    return {
        "sites": listed([s.name for s in hit]),
        "addresses": "\n".join(f"{s.name}: {s.address}" for s in hit if s.address),
        "systems": listed([rows.systems[s].name for s in rows.incident.systems if s in rows.systems]),
        "queues": listed([queues[q] for q in rows.incident.queues if q in queues]),
    }


def _roll(counts: Counts) -> dict[str, int]:
    expected = total(counts, "roll")
    accounted = total(counts, "roll", *ACCOUNTED)
    return {
        "agents_expected": expected,
        "accounted": accounted,
        "unaccounted": expected - accounted,
        "accounted_percent": accounted * 100 // expected if expected else 0,
        "need_help": tallies.need_help(counts),
        "unable": total(counts, "roll", RollState.UNABLE),
    }


def _service(rows: Ground, now: datetime) -> dict[str, int | float]:
    own = [s for s in rows.sites.values() if s.kind is SiteKind.SITE]
    lost = sum(s.seats for s in own if s.id in rows.incident.sites)
    rto = _next_rto(rows)
    left = (rto[1] - now).total_seconds() / 3600 if rto else 0.0
    hit = [line for line in rows.queues if line.hit]
    live_seats, least = covered((q.live, q.queue.mbco) for q in hit)
    return {
        "seats_lost": lost,
        "seats_lost_percent": lost * 100 // max(1, sum(s.seats for s in own)),
        "hours_to_rto": round(max(0.0, left), 1),
        "tier1_below_mbco": sum(q.below and q.queue.tier == 1 for q in hit),
        "mbco": least,
        "live": live_seats,
        "relocated": total(rows.counts, "move", *_TOLD),
        "unplaced": total(rows.counts, "move", MoveState.UNPLACED),
    }


def _regulators(rows: Ground, now: datetime) -> dict[str, Any]:
    undecided = [some for some in by_regime(rows.clocks).values() if any(c.state in UNDECIDED for c in some)]
    return {
        "regulator_due": summary(rows.clocks, now),
        "regulator_overdue": sum(c.overdue(now) for c in rows.clocks),
        "regimes_undecided": len(undecided),
    }


def ended(rows: Ground, state: IncidentState) -> Ground:
    """Return the same rows as they are once the incident has ended: what is still open ends with it.

    The clocks of authorities run on after a real one; those of a drill, or of what was cancelled, end too.
    """
    incident = rows.incident.model_copy(update={"state": state})
    left = [s for s in rows.steps if s.state in ENDED or s.plan.phase is Phase.STAND_DOWN]
    runs_on = state is IncidentState.STOOD_DOWN and not incident.drill
    return replace(rows, incident=incident, steps=left, clocks=rows.clocks if runs_on else ())


def with_incident(rows: Ground, incident: Incident) -> Ground:
    """Return the same rows seen with a changed incident."""
    return replace(rows, incident=incident)
