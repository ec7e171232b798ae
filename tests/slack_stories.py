"""Stories played on Slack once, and copied: a database and the workspace that belongs to it."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from bot.storage.database import Store
from tests.databases import Fill, SqliteFiles
from tests.fakes.slack.client import Slack, twin, workspace
from tests.slack_chat import accounts
from tests.world import roster

# Scenarios press faster than people do: what Slack takes at most is tested by itself.
GENEROUS = {
    "rates": dict.fromkeys(("2", "3", "4", "special"), 600_000), "per_channel": 10_000.0, "burst": 10_000,
}  # fmt: skip
Tale = Callable[[Store, Slack], Awaitable[None]]


class SlackStories(SqliteFiles):
    """SQLite files, each with a workspace as the same story left it."""

    def __init__(self, url: str, folder: Path, tales: Mapping[str, Tale]) -> None:
        self._spaces = {name: workspace(url, accounts(roster()), **GENEROUS) for name in tales}
        super().__init__(folder, {name: self._fill(name, tale) for name, tale in tales.items()})

    def _fill(self, name: str, tale: Tale) -> Fill:
        async def fill(store: Store) -> None:
            await tale(store, self._spaces[name])

        return fill

    def workspace(self, name: str) -> Slack:
        """Return a workspace of one's own, as the story left it."""
        return twin(self._spaces[name])
