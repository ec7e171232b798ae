"""How intents name rows: by number, and incidents by reference too."""

from typing import Annotated

from pydantic import Field

from bot.domain.text import Key

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
IncidentRef = Id | Key | None
