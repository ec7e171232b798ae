"""Stories played on Slack once, and copied: a database and the workspace that belongs to it."""

from collections.abc import Callable, Mapping

from bot.operations.roster import import_roster
from bot.storage.database import Store
from tests.databases import Server, Template
from tests.fakes.slack.client import Slack, twin, workspace
from tests.slack_chat import accounts
from tests.stories import STORIES, templates
from tests.world import START, World, roster

# Scenarios press faster than people do: what Slack takes at most is tested by itself.
GENEROUS = {
    "rates": dict.fromkeys(("2", "3", "4", "special"), 600_000), "per_channel": 10_000.0, "burst": 10_000,
}  # fmt: skip


async def linked(store: Store, slack: Slack) -> None:
    """Fill a database with the roster, and link its people to their accounts."""
    await import_roster(store, START, roster(), platforms=[])
    world = World(store, slack=slack)
    assert world.product.slack is not None
    await world.product.slack.look_after()
    await world.closes()


class SlackStories:
    """Databases, each with a workspace as the same story left it."""

    def __init__(self, url: str, databases: Callable[[Mapping[str, Template]], Server]) -> None:
        self._spaces = {"people": workspace(url, accounts(roster()), **GENEROUS)}
        databases_ = databases(templates(self._link, self._begin))
        self.url, self.copy, self.drop = databases_.url, databases_.copy, databases_.drop

    async def _link(self, store: Store) -> None:
        await linked(store, self._spaces["people"])

    def _begin(self, store: Store, story: str) -> World:
        self._spaces[story] = self.workspace(STORIES[story].before)
        return World(store, slack=self._spaces[story])

    def workspace(self, name: str) -> Slack:
        """Return a workspace of one's own, as the story left it."""
        return twin(self._spaces[name])
