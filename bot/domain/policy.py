"""What an organisation decides for itself: roles, cadences, the chase ladder, paces. Read from app.yaml."""

from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.domain.pace import UNPACED, Pace
from bot.domain.person import Audience
from bot.domain.runbook import Written

Minutes = Annotated[int, Field(ge=0, le=14 * 24 * 60)]
Percent = Annotated[int, Field(ge=0, le=100)]
Weight = Annotated[int, Field(ge=1, le=100)]


class Cadence(Written):
    """When leaders get a SITREP: the first after declaration, then every so often; minutes."""

    first_min: Annotated[int, Field(ge=1, le=1440)]
    every_min: Annotated[int, Field(ge=1, le=1440)]

    @property
    def first(self) -> timedelta:
        """From declaration to the first."""
        return timedelta(minutes=self.first_min)

    @property
    def every(self) -> timedelta:
        """From one to the next."""
        return timedelta(minutes=self.every_min)


class ChaseBy(StrEnum):
    """How somebody is reached, and what is done when they have not answered."""

    GROUP = "group"
    DIRECT = "direct"
    RESEND = "resend"
    LEAD = "lead"
    SAFETY_OFFICER = "safety_officer"


class Rung(Written):
    """One rung of the ladder: minutes after the message, what is done then, and for which severities.

    routes: by which platforms a message goes again; none named: by all that there are.
    """

    after_min: Minutes
    by: ChaseBy
    routes: tuple[str, ...] = ()
    severities: tuple[Annotated[int, Field(ge=1, le=3)], ...] = (1, 2, 3)


class Quiet(Written):
    """Hours of the reader's own day in which what can wait does, for incidents of these severities.

    Life safety and people of a site that is hit are never held back.
    """

    from_: Annotated[time, Field(alias="from")] = time(22)
    until: time = time(7)
    severities: tuple[Annotated[int, Field(ge=1, le=3)], ...] = ()


class Profile(Written):
    """What decides which authorities may have to be told: see runbooks/regimes.yaml.

    calendar: whose public holidays are no business days (GB-ENG); countries: where rules apply whatever site is hit;
    traits: what the organisation is and does, in the words of regimes.yaml.
    """

    calendar: str = ""
    countries: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()


class Hours(Written):
    """The working day, for drills that are to come out of it."""

    from_: Annotated[time, Field(alias="from")] = time(8)
    until: time = time(18)


class DrillRules(Written):
    """How drills are run and judged; late_min: started no later than so long after its time, else not at all.

    quiet_hours: after so long without anything done in it a drill is asked about; end_hours: then it ends by itself.
    """

    hours: Hours = Hours()
    late_min: Minutes = 60
    quiet_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 4
    end_hours: Annotated[int, Field(ge=1, le=24 * 14)] = 12
    acknowledged: dict[Annotated[int, Field(ge=1, le=1440)], Percent] = Field(
        default_factory=lambda: {15: 60, 30: 80, 60: 95}
    )
    bad_contacts_percent: Percent = 3
    roll_percent: Percent = 95
    roll_resolved_min: Minutes = 30
    declare_min: Minutes = 10
    notify_min: Minutes = 15
    mbco_percent: Percent = 90
    decisions_percent: Percent = 80
    right_percent: Percent = 80
    judge_hours: Annotated[int, Field(ge=0, le=24 * 14)] = 24
    clocks_percent: Percent = 100
    category_months: Annotated[int, Field(ge=1, le=120)] = 24
    action_days: Annotated[int, Field(ge=1, le=365)] = 30
    chase_days: Annotated[int, Field(ge=1, le=60)] = 7


class Readiness(Written):
    """How people are asked between disasters. manager: who keeps the whole plan, and is asked when nobody else can be.

    ask_at: at what time of the day there; remind_days, lead_days: after so many days of silence the owner is reminded,
    then their lead is told; spread_days: over so many days what is new is first asked for; link_days: how long a
    vendor's link works; calendar_days: how long somebody's own link to their calendar does; auditors: who may take the
    evidence away, as CSV and PDF.
    """

    manager: Annotated[tuple[str, ...], Field(min_length=1)] = ("CM",)
    ask_at: time = time(9)
    remind_days: Annotated[int, Field(ge=1, le=90)] = 3
    lead_days: Annotated[int, Field(ge=2, le=180)] = 7
    spread_days: Annotated[int, Field(ge=0, le=365)] = 28
    link_days: Annotated[int, Field(ge=1, le=90)] = 14
    calendar_days: Annotated[int, Field(ge=1, le=1100)] = 365
    auditors: tuple[str, ...] = ("CM", "VM", "REG")


class Weekday(StrEnum):
    """On which day of the week; never: on none."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    NEVER = "never"


class Weekly(Written):
    """When the digest of readiness goes out, and to whom beside those who keep the plan: leaders, holders of roles.

    tz: whose clock that is, the policy's when empty.
    """

    weekday: Weekday = Weekday.MONDAY
    at: time = time(8)
    tz: str = ""
    leaders: bool = True
    roles: tuple[str, ...] = ()


class Policy(Written):
    """The organisation's own rules; every value is explained in docs/settings.md."""

    organisation: str
    hotline: str
    tz: str
    roles: dict[str, str]
    may_declare: tuple[str, ...]
    commander: tuple[str, ...]
    room_roles: tuple[str, ...]
    cadence: dict[int, Cadence]
    ladder: dict[Audience, tuple[Rung, ...]]
    step_reminders_min: tuple[Minutes, ...]
    help_again_min: Annotated[int, Field(ge=1, le=60)] = 5
    sitrep_draft_min: Minutes
    paces: dict[str, Pace]
    group_first: tuple[str, ...] = ()
    quiet: Quiet = Quiet()
    keep_share: Annotated[float, Field(ge=0, le=0.5)]
    payments_from_home: bool
    home_test_days: Annotated[int, Field(ge=1)]
    max_travel_min: Minutes
    wave_size: Annotated[int, Field(ge=1)]
    wave_every_min: Minutes = 15
    script_days: Annotated[int, Field(ge=1)] = 90
    profile: Profile = Profile()
    drills: DrillRules = DrillRules()
    proof_days: Annotated[int, Field(ge=1, le=3650)] = 90
    phone_country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    readiness: Readiness = Readiness()
    digest: Weekly = Weekly()
    call_in: bool = False
    shift_left_min: Minutes = 60
    span: Annotated[int, Field(ge=0, le=1000)] = 15
    tier_weights: Annotated[tuple[Weight, ...], Field(min_length=1, max_length=9)] = (8, 4, 2, 1)
    off_skill_min: Minutes = 30
    cost_min: Minutes = 1
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "en"
    plan_seconds: Annotated[float, Field(gt=0, le=600)] = 60

    def pace(self, platform: str) -> Pace:
        """Return what a platform takes."""
        return self.paces.get(platform, UNPACED)

    def role_name(self, code: str) -> str:
        """Return the role's full name: "IC" is "incident commander"."""
        return self.roles.get(code, code)
