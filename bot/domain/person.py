"""People and teams: who they are, what they can do, who leads them."""

from enum import StrEnum

from pydantic import Field

from bot.domain.card import Frozen
from bot.domain.text import Key, Line


class PersonKind(StrEnum):
    """Agents are moved; staff respond; outside people are only ever told."""

    AGENT = "agent"
    STAFF = "staff"
    OUTSIDE = "outside"


class Audience(StrEnum):
    """Whom a message is for."""

    AGENTS = "agents"
    UNPLACED = "unplaced"
    RESPONDERS = "responders"
    LEADERS = "leaders"
    REGULATOR = "regulator"
    FIRST_RESPONDERS = "first_responders"
    CUSTOMERS = "customers"
    VENDORS = "vendors"
    OUTSOURCERS = "outsourcers"
    LANDLORD = "landlord"
    EVERYONE = "everyone"


OUTSIDE = frozenset(
    {
        Audience.REGULATOR,
        Audience.FIRST_RESPONDERS,
        Audience.CUSTOMERS,
        Audience.VENDORS,
        Audience.OUTSOURCERS,
        Audience.LANDLORD,
    }
)


class Home(Frozen):
    """What an agent can do from home; tested is the ISO date of the last log-in test."""

    kit: bool = False
    mbps: int = 0
    tested: str = ""
    pay_ok: bool = False


class Person(Frozen):
    """Somebody the bot can speak to; skills are levels 1 to 5, travel is minutes per site id, area where they live.

    languages: those that they speak; language: the one in which they are written to, "" where their chat says it.
    aad_id: their id in Microsoft's directory, where their e-mail address does not say who they are there.
    """

    id: Key
    name: Line
    kind: PersonKind
    audience: Audience
    organisation: str = ""
    email: str = ""
    phone: str = ""
    team: str = ""
    site: str = ""
    queue: str = ""
    roles: tuple[str, ...] = ()
    tz: str = "UTC"
    languages: tuple[str, ...] = ()
    language: str = ""
    skills: dict[str, int] = Field(default_factory=dict)
    home: Home = Home()
    travel: dict[str, int] = Field(default_factory=dict)
    shift: str = ""
    mobility: bool = True
    area: str = ""
    must_answer: bool = False
    aad_id: str = ""

    @property
    def outside(self) -> bool:
        """Whether this person is outside the organisation, so never reached by a drill."""
        return self.kind is PersonKind.OUTSIDE


class Team(Frozen):
    """A team of agents; lead and deputy are person ids, channel is its group address."""

    id: Key
    name: Line
    site: str
    lead: str
    deputy: str = ""
    channel: str = ""
