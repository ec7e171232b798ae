"""One organisation on Slack and on Teams at once: people answer once, and what happens in one shows in the other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot import app
from bot.operations.roster import import_roster
from bot.storage import incidents
from bot.storage.database import Store
from tests.chats import Chat
from tests.fakes.slack.client import Slack, workspace
from tests.slack_chat import SlackChat, accounts
from tests.slack_stories import GENEROUS
from tests.teams_world import TeamsChat, TeamsWorld, settings_of
from tests.teams_world import keys_of as teams_keys
from tests.world import START, Somebody, World, keys_of, library, on_slack, roster

LINE = '/disaster declare facility_loss leeds sev1 "fire on floor 2"'
pytestmark = pytest.mark.one_database


@dataclass
class TwoChats(TeamsWorld):
    """The story's world with both platforms behind one product."""

    workspace: Slack = field(kw_only=True)

    def build(self) -> app.Product:
        """Return the product."""
        chosen = settings_of(self.teams)
        paces = chosen.policy.paces | {"slack": on_slack().policy.paces["slack"]}
        chosen = chosen.model_copy(update={"policy": chosen.policy.model_copy(update={"paces": paces})})
        keys = {"slack_keys": keys_of(self.workspace), "teams_keys": teams_keys(self.teams)}
        return app.build(chosen, self.store, library(), "a secret for tests", clock=self.clock, **keys)

    async def opens(self) -> None:
        """Connect to both, and link everybody."""
        await super().opens()
        assert self.product.slack is not None
        await self.product.slack.connect()
        await self.product.slack.look_after()
        assert self.product.on_teams is not None
        await self.product.on_teams.members.sync()

    async def closes(self) -> None:
        """Hang up."""
        await super().closes()
        assert self.product.slack is not None
        await self.product.slack.close()

    def on_slack(self, person: str) -> Somebody:
        """Return somebody at their Slack."""
        return Somebody(Through(self, SlackChat(self.workspace, self.product.desk)), self.person(person).person)

    def on_teams(self, person: str) -> Somebody:
        """Return somebody at their Teams."""
        return Somebody(Through(self, TeamsChat(self.teams, self.store)), self.person(person).person)


class Through:
    """The same world, through one of its chats."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.chat, self.settles = chat, world.settles


@pytest.fixture
async def both(store: Store, slack_url: str, on_teams) -> AsyncIterator[TwoChats]:
    """Everybody has an account on both."""
    await import_roster(store, START, roster(), platforms=[])
    world = TwoChats(
        store, teams=on_teams().tenant("people"), workspace=workspace(slack_url, accounts(roster()), **GENEROUS)
    )
    await world.opens()
    try:
        yield world
    finally:
        await world.closes()
        await world.teams.ends()
        await world.workspace.ends()
    await world.adds_up()


async def test_one_incident_with_a_room_on_both(both):
    slack, teams = both.on_slack("S001"), both.on_teams("S001")
    await slack.types(LINE)
    for commander in (slack, teams):
        assert "Phase: declared" in await commander.sees("INC-2026-0001", "Phase")
        await commander.sees("LS1 ·")
    safety = both.person(await holder(both, "SO")).id
    await both.on_teams(safety).presses("Done…", on="LS1 ·")
    await both.on_teams(safety).fills("Done", evidence="08:58, all out")
    for commander in (slack, teams):
        await commander.sees("LS1 ·", "08:58, all out")
        assert "Phase: active" in await commander.sees("INC-2026-0001", "Phase")
    assert (await slack.types("/disaster status")).text.split("\n")[1:4] == (
        await teams.types("/disaster status")
    ).text.split("\n")[1:4], "commanders on either see the same"


async def holder(world: World, role: str) -> str:
    """Return who holds a role."""
    async with world.product.desk.read() as db:
        return (await incidents.roles(db, 1))[role]


async def test_one_person_on_both_answers_once_and_counts_once(both):
    await both.on_slack("S001").types(LINE)
    safety = await holder(both, "SO")
    await both.on_slack(safety).presses("Done…", on="LS1 ·")
    await both.on_slack(safety).fills("Done", evidence="08:58, all out")
    await both.on_teams(safety).presses("Preview and send…", on="LS3 ·")
    await both.on_teams(safety).presses("Send to 60 people")
    agent = both.agents("leeds", 1)[0].id
    asked = [
        s
        for at in (both.on_slack(agent), both.on_teams(agent))
        for s in await at.everything()
        if "I'm safe" in s.buttons
    ]
    assert len(asked) == 1, "one question, on one of the two"
    await both.on_slack(agent).presses("I'm safe")
    assert " 1 of 60" in await both.on_teams("S001").types("/disaster status")
    there = await both.on_teams(agent).types("where")
    assert "Answered: I'm safe" in there, "the other chat knows"
    assert "We are calling" in await both.on_teams(agent).presses("Need help")
    assert "Answered: Need help" in await both.on_slack(agent).sees("Are you safe?"), "and the first knows what is new"
    for commander in (both.on_slack("S001"), both.on_teams("S001")):
        assert " 1 of 60" in await commander.types("/disaster status")
