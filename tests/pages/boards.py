"""Made-up boards: a bad day, a good one, a drill, nothing hit, too much of everything."""

from datetime import timedelta

from made_up import NASTY, NOW, QUEUES, ago, answers

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
from bot.domain.board_roll import RollCount
from bot.domain.delivery import Gone
from bot.domain.incident import IncidentState
from bot.domain.wording.delivery import remedy, unseen


def queue(i: int, name: str, tier: int, live: int, mbco: int, full: int, rto: int | None = None) -> QueueRow:
    """A queue that is hit when it has an rto, in minutes from the beginning 38 minutes ago."""
    start = ago(38)
    if rto is None:
        return QueueRow(id=f"q{i}", name=name, tier=tier, live=live, mbco=mbco, full=full)
    return QueueRow(
        id=f"q{i}",
        name=name,
        tier=tier,
        live=live,
        mbco=mbco,
        full=full,
        hit=True,
        from_at=start,
        rto_at=start + timedelta(minutes=rto),
        mtpd_at=start + timedelta(minutes=rto * 4),
        back_at=ago(6) if live >= mbco else None,
    )


BAD_DAY = (
    queue(1, "Emergency medical line", 1, 41, 40, 60, 30),
    queue(2, "Claims", 1, 52, 90, 140, 50),
    queue(3, "Billing", 2, 66, 60, 110, 120),
    queue(4, "Repairs and home emergencies", 2, 12, 45, 80, 240),
    queue(5, "Bookings", 3, 0, 20, 50, 480),
    *(queue(6 + i, n, 2 + i % 2, 40, 30, 44) for i, n in enumerate(QUEUES[5:])),
)
STEPS = StepsCount(
    total=31,
    ended=12,
    open=9,
    overdue=1,
    unowned=2,
    waiting=10,
    next=(
        StepRow(title="NT4 Regulator triage", owner="Compliance", assignee="Noor Rahman", due_at=ago(8)),
        StepRow(
            title="RL2 Wave 1: tier-1 queues to their minimum",
            owner="Operations lead",
            assignee="Priya Nair",
            due_at=ago(-7),
        ),
        StepRow(title="NT6 Landlord, utility, police, local authority", owner="Liaison", due_at=ago(-19)),
    ),
)
BASE = IncidentBoard(
    reference="INC-2026-0001",
    title="Facility loss, Leeds",
    category="Facility loss",
    severity=1,
    drill=False,
    state=IncidentState.ACTIVE,
    phase="Relocate",
    declared_at=ago(36),
    commander="Dana Okafor",
    latest="Brigade says the building stays closed for at least two days. Bradford opens its second floor at 15:00.",
    latest_at=ago(4),
    roll=RollCount(expected=1200, safe=962, help=12, unable=29),
    relocation=Relocation(
        planned=60, told=71, moving=81, arrived=16, logged_in=104, taking_contacts=308, unplaced=27, failed=3
    ),
    queues=BAD_DAY,
    steps=STEPS,
    sitrep=SitrepRow(due_at=ago(-13), count=1),
    notices=(
        NoticeCount(
            number=1,
            subject="Leeds is closed: are you safe?",
            audience="Agents",
            targeted=640,
            delivered=631,
            answered=548,
            asks=True,
        ),
        NoticeCount(
            number=2, subject="SITREP 1", audience="Leaders", targeted=14, delivered=14, answered=11, asks=True
        ),
        NoticeCount(
            number=3,
            subject="Go to Bradford or home",
            audience="Agents",
            targeted=580,
            delivered=563,
            answered=474,
            asks=True,
            replaced=True,
        ),
        NoticeCount(
            number=4, subject="We cannot staff the overflow line", audience="Outsourcers", targeted=2, delivered=1
        ),
    ),
    decisions=(
        DecisionRow(title="Suspend tier 3 until 18:00?", owner="Incident commander", since=ago(24)),
        DecisionRow(title="Invoke the second floor at Bradford?", owner="IT and facilities", since=ago(6)),
    ),
    supply=(
        SupplyRow(name="Bradford", kind="recovery site", seats=220, used=212),
        SupplyRow(name="Home", kind="home", seats=800, used=301),
        SupplyRow(name="Porto", kind="site", seats=66, used=66),
        SupplyRow(name="Talkwell", kind="outsourcer", seats=60, used=0, ready_at=ago(-42)),
    ),
    deliveries=DeliveryCount(queued=4, sending=2, sent=1231, failed=3, unknown=5, repeats=2),
    undelivered=((remedy(Gone.NO_ADDRESS), 3),),
    unseen=((unseen("slack", "missing_scope"), 2),),
    answers=answers(),
)
GOOD = BASE.model_copy(
    update={
        "queues": tuple(q.model_copy(update={"live": q.mbco + 2, "back_at": None}) for q in BAD_DAY),
        "roll": RollCount(expected=1200, safe=1188, unable=12),
        "decisions": (),
        "deliveries": DeliveryCount(sent=1900),
        "steps": StepsCount(total=31, ended=28, open=3, next=STEPS.next[1:2]),
    }
)
LATE = BASE.model_copy(
    update={
        "queues": (
            queue(1, "Emergency medical line", 1, 12, 40, 60, 8),
            queue(2, "Claims", 1, 52, 90, 140, 30),
            *BAD_DAY[2:],
        ),
        "sitrep": SitrepRow(due_at=ago(6), count=1),
        "drill": True,
        "reference": "INC-2026-0002",
    }
)
START = IncidentBoard(
    reference="INC-2026-0003",
    title="Application failure, telephony",
    category="Application failure",
    severity=2,
    drill=False,
    state=IncidentState.DECLARED,
    phase="Activate",
    declared_at=ago(0.3),
    roll=RollCount(expected=1200),
    queues=tuple(q for q in BAD_DAY if not q.hit),
    sitrep=SitrepRow(due_at=ago(-30)),
)
MUCH = BASE.model_copy(
    update={
        "title": f"{NASTY} " + "A title that goes on and on, longer than anybody should write but somebody will " * 2,
        "queues": tuple(
            queue(
                i,
                f"{QUEUES[i % 13]} {'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch' if i == 3 else i}",
                1 + i % 3,
                i * 3,
                40,
                90,
                40 + i * 9,
            )
            for i in range(40)
        ),
        "latest": NASTY + " \n" + "Word " * 120,
    }
)
OVER = BASE.model_copy(
    update={"state": IncidentState.STOOD_DOWN, "ended_at": ago(2), "queues": GOOD.queues, "sitrep": SitrepRow(count=7)}
)
CLOSED = (
    ClosedRow(
        reference="INC-2026-0001", title="Full relocation exercise, Leeds to Bradford", drill=True, ended_at=ago(9000)
    ),
    ClosedRow(reference="INC-2025-0009", title="Network failure, Cebu", drill=False, ended_at=ago(90000)),
)


def board(*incidents: IncidentBoard, closed: tuple[ClosedRow, ...] = ()) -> BoardView:
    """A page of the board."""
    return BoardView(organisation="Northwind Care", zone="Europe/London", now=NOW, incidents=incidents, closed=closed)


def views() -> dict[str, BoardView]:
    """The pages of several incidents, by name."""
    return {"board-none": board(closed=CLOSED), "board-blank": board(), "board-two": board(BASE, LATE, START)}


def ones() -> dict[str, IncidentBoard]:
    """The pages of one incident, by name."""
    return {
        "board-one": BASE,
        "board-good": GOOD,
        "board-late": LATE,
        "board-start": START,
        "board-much": MUCH,
        "board-over": OVER,
    }
