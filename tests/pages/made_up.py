"""Made-up views for looking at the pages: nothing here is a real person or place."""

from datetime import UTC, datetime, timedelta

from bot.domain.card import (
    Button,
    Card,
    Choice,
    Fact,
    Field,
    FieldKind,
    Form,
    Image,
    Meter,
    Point,
    Series,
    Style,
    Table,
    Tone,
)
from bot.domain.console import (
    ConsoleView,
    Conversation,
    Message,
    PeopleGroup,
    PersonRow,
    Place,
    Simulation,
    Speed,
    Start,
    Suggestion,
)

NOW = datetime(2026, 6, 14, 13, 42, tzinfo=UTC)
NASTY = "<script>alert(1)</script> & “quotes” {{ 7*7 }} @everyone"


def ago(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


DANA = PersonRow(id="dana.okafor", name="Dana Okafor", about="Incident commander, Leeds", unread=2)
LEE = PersonRow(id="lee.hart", name="Lee Hart", about="Deputy commander, Leeds")
SAM = PersonRow(id="sam.ito", name="Sam Ito", about="Chief operating officer", unread=1)
RUTH = PersonRow(id="ruth.mensah", name="Ruth Mensah", about="Team lead, Claims A, Leeds", unread=14)
ANA = PersonRow(
    id="ana.silva", name="Ana Beatriz da Silva Cavalcanti de Albuquerque", about="Agent, Claims, Leeds", unread=1
)
GROUPS = (
    PeopleGroup(title="People to try first", people=(DANA, LEE, SAM, RUTH, ANA)),
    PeopleGroup(
        title="Responders",
        people=tuple(
            PersonRow(id=f"r{i}", name=n, about=a)
            for i, (n, a) in enumerate(
                [
                    ("Priya Nair", "Operations lead, Leeds"),
                    ("Tom Whitfield", "Workforce planning, Leeds"),
                    ("Marek Novák", "IT and facilities, Leeds"),
                    ("Grace Adeyemi", "Safety officer, Leeds"),
                    ("Iris Chen", "Communications, Leeds"),
                    ("Noor Rahman", "Compliance, Cebu"),
                ]
            )
        ),
    ),
    PeopleGroup(
        title="Agents",
        people=tuple(PersonRow(id=f"a{i}", name=f"Agent Number {i}", about="Agent, Billing, Cebu") for i in range(12)),
    ),
)
CATEGORIES = (
    ("facility_loss", "Facility loss", "The building is damaged or unusable: fire, flood, collapse."),
    ("access_denied", "Access denied", "The building is fine, but people cannot get to it."),
    ("utility_loss", "Utility loss", "No power, water or cooling."),
    ("regional_disaster", "Regional disaster", "Storm, flood or earthquake across a region."),
    ("life_safety_event", "Life-safety event", "Somebody was hurt, or is in danger."),
    ("workforce_loss", "Workforce loss", "Too few people can work: illness, strike."),
    ("demand_surge", "Demand surge", "Far more contacts than we can take."),
    ("component_failure", "Component failure", "One part is broken; the standby may carry on."),
    ("application_failure", "Application failure", "Telephony, CRM or desktop does not work."),
    ("network_failure", "Network failure", "Data or voice lines are down."),
    ("data_loss", "Data loss", "Data is gone or wrong."),
    ("security_breach", "Security breach", "Somebody is in who should not be."),
    ("vendor_failure", "Vendor failure", "A supplier or outsourcer is down."),
)
QUEUES = [
    "Emergency medical line",
    "Claims",
    "Billing",
    "Bookings",
    "Repairs",
    "Complaints",
    "Renewals",
    "New customers",
    "Prescriptions",
    "Outbound care",
    "Web chat",
    "E-mail",
    "Business accounts",
]


def declare_form(*, wrong: bool = False) -> Card:
    """The form that opens a disaster."""
    fields = (
        Field(
            name="category",
            label="What has happened?",
            kind=FieldKind.ONE,
            value=("facility_loss",) if wrong else (),
            options=tuple(Choice(value=v, label=n, hint=h) for v, n, h in CATEGORIES),
            hint="Choose what is lost. It decides which runbook is followed.",
        ),
        Field(
            name="severity",
            label="How bad is it?",
            kind=FieldKind.ONE,
            options=(
                Choice(
                    value="1",
                    label="Severity 1",
                    hint="A tier-1 queue is down, or people are in danger. Leaders hear in 15 min, then every 30.",
                ),
                Choice(
                    value="2", label="Severity 2", hint="Service is reduced. Leaders hear in 30 min, then every hour."
                ),
                Choice(value="3", label="Severity 3", hint="Service holds, without its safety margin."),
            ),
            error="Choose a severity: it decides how often the leaders hear." if wrong else "",
        ),
        Field(
            name="sites",
            label="Which sites are hit?",
            kind=FieldKind.MANY,
            required=False,
            options=tuple(
                Choice(value=s, label=n) for s, n in [("leeds", "Leeds"), ("cebu", "Cebu"), ("porto", "Porto")]
            ),
            value=("leeds",) if wrong else (),
        ),
        Field(
            name="queues",
            label="Which queues are hit?",
            kind=FieldKind.MANY,
            required=False,
            options=tuple(Choice(value=f"q{i}", label=q) for i, q in enumerate(QUEUES)),
            hint="Leave empty for all queues that are worked at the sites.",
        ),
        Field(
            name="detected",
            label="When was it noticed?",
            hint="Minutes ago. 0 means just now.",
            value=("yesterday",) if wrong else ("0",),
            error="Write a whole number of minutes, such as 10." if wrong else "",
        ),
        Field(
            name="team",
            label="Who scribes?",
            kind=FieldKind.ONE,
            required=False,
            options=tuple(Choice(value=str(i), label=f"Person {i}") for i in range(30)),
        ),
        Field(
            name="known",
            label="What is known?",
            kind=FieldKind.PARAGRAPH,
            max_length=2000,
            value=(NASTY,) if wrong else (),
            hint="Facts, not causes. Everybody in the room reads this.",
        ),
        Field(
            name="drill",
            label="Is it real?",
            kind=FieldKind.ONE,
            options=(
                Choice(value="no", label="Real", hint="Everybody concerned is told, inside and outside."),
                Choice(value="yes", label="Exercise", hint="The same, but it cannot reach anybody outside."),
            ),
        ),
    )
    return Card(
        title="Declare a disaster",
        text=("Your answers open the incident room, start the runbook and freeze the roster.",),
        form=Form(intent="x", fields=fields, submit="Declare"),
    )


def incident_card(*, drill: bool = False) -> Card:
    """The pinned card of an incident room."""
    return Card(
        title="INC-2026-0001 Facility loss, Leeds",
        tone=Tone.BAD,
        banner="EXERCISE EXERCISE EXERCISE" if drill else "",
        text=("Fire on floor 2. The building is evacuated; the brigade is on site.",),
        facts=(
            Fact(label="Phase", value="Relocate"),
            Fact(label="Claims RTO", value="18 min left", tone=Tone.BAD),
            Fact(label="Next SITREP", value="14:55 BST"),
            Fact(label="Commander", value="Dana Okafor"),
            Fact(label="Steps", value="9 open, 1 overdue", tone=Tone.WARN),
            Fact(label="Tier-1 coverage", value="2 of 3 queues at minimum", tone=Tone.WARN),
        ),
        meters=(
            Meter(label="Accounted for", value=1003, total=1200, tone=Tone.WARN),
            Meter(label="At a working seat", value=412, total=640),
        ),
        buttons=(
            Button(label="Steps", intent="s"),
            Button(label="Roll", intent="r"),
            Button(label="Moves", intent="m"),
            Button(label="Write an update", intent="u", style=Style.PRIMARY),
            Button(
                label="Stand down",
                intent="d",
                style=Style.DANGER,
                confirm="This ends the incident and tells all 1,268 people who were ever told. It can't be undone.",
            ),
        ),
        footer="Runbook: Facility loss 1.2. Kept current by the bot.",
    )


def agent_card(*, drill: bool = False) -> Card:
    """What an agent gets."""
    return Card(
        title="Leeds is closed. Work from the Bradford recovery site.",
        tone=Tone.WARN,
        banner="EXERCISE EXERCISE EXERCISE" if drill else "",
        text=("There was a fire at Leeds; everybody is out. Do not go back in for belongings.",),
        facts=(
            Fact(label="Where", value="Bradford recovery site, floor 1, any green desk"),
            Fact(label="Report at", value="14:30 BST"),
            Fact(label="Log in", value="https://login.example.org/bradford"),
            Fact(label="Call", value="Ruth Mensah, +44 113 496 0111"),
        ),
        buttons=(
            Button(label="I'm safe and moving", intent="a", style=Style.PRIMARY),
            Button(label="Need help", intent="b", style=Style.DANGER),
            Button(label="Can't work", intent="c"),
        ),
        footer="Your travel is paid. Next update by 15:00 BST.",
    )


def step_card() -> Card:
    """A step with a decision and a table."""
    return Card(
        title="RL1 Plan the moves",
        text=(
            "Owner: workforce planning. Due 14:05 BST. Evidence: the plan’s version.",
            "Tier 1 first, then what is left.",
        ),
        tables=(
            Table(
                columns=("Queue", "Tier", "Live", "Minimum", "Full", "Where", "Why not more"),
                rows=(
                    (
                        "Emergency medical line",
                        "1",
                        "38",
                        "40",
                        "60",
                        "Bradford 30, home 8",
                        "2 lack a log-in test at home",
                    ),
                    ("Claims", "1", "52", "90", "140", "Bradford 52", "no more seats with card-safe desks"),
                    ("Billing", "2", "66", "60", "110", "Porto 66", ""),
                ),
                numeric=(1, 2, 3, 4),
                caption="Plan version 2",
            ),
        ),
        buttons=(
            Button(
                label="Approve",
                intent="a",
                style=Style.PRIMARY,
                confirm="640 people are told where to go. Channels at once, direct messages in 2 min.",
            ),
            Button(label="Plan again", intent="b"),
            Button(label="Skip", intent="c"),
        ),
    )


def answers() -> tuple[Series, ...]:
    """Answers as they come in."""
    told = tuple(Point(minute=m, percent=min(99, 40 + m * 9)) for m in range(0, 34, 2))
    safe = tuple(Point(minute=m, percent=84 * (1 - 0.90**m)) for m in range(34))
    return Series(label="Answered", points=safe), Series(label="Delivered", points=told)


def chart_card() -> Card:
    """A card with our chart."""
    words = "81 % of 1,200 people answered within 33 minutes."
    return Card(title="SITREP 2", tone=Tone.GOOD, image=Image(title="Answers", series=answers(), alt=words))


PLACES = (
    Place(key="dm", name="Direct messages", unread=2),
    Place(key="room-5", name="inc-2026-0001-facility-loss-leeds", topic="Facility loss, Leeds, severity 1", members=13),
)
SUGGESTIONS = tuple(
    Suggestion(text=f"/disaster {w}")
    for w in ("help", "declare", "status", "steps", "roll", "moves", "update", "board")
)


def room_messages() -> tuple[Message, ...]:
    """What was said in the room."""
    return (
        Message(
            id=1,
            at=ago(1500),
            card=Card(title="Monthly check passed", tone=Tone.GOOD, text=("Every address answered.",)),
        ),
        Message(
            id=2,
            at=ago(38),
            author=DANA,
            mine=True,
            text='/disaster declare facility_loss leeds sev1 "fire on floor 2"',
        ),
        Message(id=3, at=ago(37), card=incident_card(), edited_at=ago(2)),
        Message(
            id=4,
            at=ago(30),
            author=LEE,
            text=f"Brigade says two hours at least.\nSecond line: {NASTY}\nSee https://example.org/a?b=1&c=2.",
        ),
        Message(id=5, at=ago(22), card=step_card(), repeats=1),
        Message(
            id=6,
            at=ago(12),
            private=True,
            card=Card(
                title="You can’t approve the plan",
                tone=Tone.BAD,
                text=("Only the incident commander can: Dana Okafor. Ask them, or press Assign.",),
            ),
        ),
        Message(id=7, at=ago(3), card=chart_card()),
        Message(id=8, at=ago(1), author=DANA, mine=True, text="Wave 1 goes at 14:50."),
    )


def console(
    person: PersonRow = DANA, place: Place = PLACES[1], messages: tuple[Message, ...] = (), **more: object
) -> ConsoleView:
    """A conversation in the console."""
    pin = Message(id=3, at=ago(37), card=incident_card()) if place.is_room else None
    chat = Conversation(
        person=person,
        zone="Europe/London",
        places=PLACES,
        place=place,
        messages=messages,
        pinned=pin,
        suggestions=SUGGESTIONS,
    )
    return welcome().model_copy(update={"conversation": chat, **more})


def welcome() -> ConsoleView:
    """The console before anybody is chosen."""
    return ConsoleView(
        organisation="Northwind Care",
        now=NOW,
        simulation=Simulation(speed=Speed.FAST, people=1180),
        groups=GROUPS,
        start=Start(commander=DANA, lead=RUTH, agent=ANA),
    )
