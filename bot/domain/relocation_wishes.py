"""What planners wish of a plan before it is made: seats held back, places closed, people locked or left out."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.domain.card import Frozen


class Lock(Frozen):
    """Who goes where, whatever it costs: one person, a team, or the usual people of a queue.

    to is the destination and works the queue that they get; "" leaves that to the plan. fitting: only those of them who
    can be there; the others go where the plan sends them.
    """

    person: str = ""
    team: str = ""
    queue: str = ""
    to: str = ""
    works: str = ""
    fitting: bool = False


class Wishes(Frozen):
    """What was wished; the empty wishes leave everything to the plan.

    people_out and teams_out are not moved: who was told of a seat keeps that one, the others get none. queues_out get
    nobody. held_back are seats by destination that stay free.
    tiers are the tiers that queues count as in this plan, whatever their own.
    """

    locked: tuple[Lock, ...] = ()
    people_out: tuple[str, ...] = ()
    teams_out: tuple[str, ...] = ()
    queues_out: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    held_back: Mapping[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    tiers: Mapping[str, Annotated[int, Field(ge=1, le=9)]] = Field(default_factory=dict)


NO_WISHES = Wishes()
