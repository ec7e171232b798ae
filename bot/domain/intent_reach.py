"""What somebody wants to know of how people are reached."""

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.card import Frozen


class Reach(Frozen):
    """Show who has fewer than two ways that are proven, counted by site or by team; a team lead sees their own."""

    kind: Literal["reach"] = "reach"
    by: Literal["site", "team"] = "site"
    page: Annotated[int, Field(ge=0, le=10_000)] = 0
