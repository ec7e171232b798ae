"""What every chat's Messenger must keep to. A new chat adds its own Bench here and nothing else.

A Bench is a platform as a test can look at it: what stands in a place, and how to make it fail.
"""

from typing import Protocol

import pytest

from bot.chat.console.sender import ConsoleMessenger, place_of
from bot.domain.card import Card
from bot.domain.delivery import Outcome, Outgoing, Sought
from bot.engine.ports import Messenger
from bot.storage import console
from bot.storage.database import Store
from tests.fakes.teams.seen import words
from tests.pages import made_up
from tests.slack_chat import user_of
from tests.teams_world import TeamsWorld, account
from tests.world import START, ManualClock, World


class Bench(Protocol):
    """A platform under test; here: an address on it that takes messages."""

    messenger: Messenger
    here: str

    async def titles(self, address: str) -> list[str]:
        """Return the titles of the cards that stand at an address, the oldest first."""

    async def members(self, address: str) -> list[str]:
        """Return who is in a room."""


class ConsoleBench:
    """The demo's console."""

    here = "S001"

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, ManualClock()
        self.messenger = ConsoleMessenger(store, self.clock)

    async def titles(self, address: str) -> list[str]:
        """Return the titles of the cards that stand at an address, the oldest first."""
        async with self.store.read(self.clock.now()) as db:
            return [row["card"]["title"] for row in await console.seen(db, place_of(address), "S001", 100)]

    async def members(self, address: str) -> list[str]:
        """Return who is in a room."""
        async with self.store.read(self.clock.now()) as db:
            return next(list(room["members"]) for room in await console.rooms(db) if room["address"] == address)


class SlackBench:
    """Slack: the real slack_sdk against a workspace of the fake."""

    here = user_of("S001")

    def __init__(self, world: World) -> None:
        self.world, self.messenger = world, world.product.engine.messengers["slack"]

    async def titles(self, address: str) -> list[str]:
        """Return the titles of the cards that stand at an address, the oldest first."""
        place = "dm" if address == self.here else next(r for r in await self.world.chat.places("S001") if r != "dm")
        shown = [s for s in await self.world.chat.look("S001", place) if s.by == "bot"]
        return [next(line for line in s.text.splitlines() if line and not line.startswith("EXERCISE")) for s in shown]

    async def members(self, address: str) -> list[str]:
        """Return who is in a room."""
        channels = await self.world.slack.see("channels")
        (room,) = [c for c in channels if c["id"] == address]
        return [user.removeprefix("U") for user in room["members"] if user != self.world.slack.bot]


class TeamsBench:
    """Teams: our connector against a tenant of the fake."""

    here = account("S001")

    def __init__(self, world: TeamsWorld) -> None:
        self.world, self.messenger = world, world.product.engine.messengers["teams"]

    async def titles(self, address: str) -> list[str]:
        """Return the titles of the cards that stand at an address, the oldest first."""
        place = "dm" if address == self.here else address
        seen = await self.world.teams.see("messages", user=self.here, place=place)
        return [next(w for w in words(m["card"], "UTC").splitlines() if "EXERCISE" not in w) for m in seen if m["card"]]

    async def members(self, address: str) -> list[str]:
        """Return who is named in a thread."""
        named = await self.world.teams.see("members", place=address)
        return [user.removeprefix("aad-") for user in named]


pytestmark = pytest.mark.every_chat


@pytest.fixture
def bench(world: World) -> Bench:
    """Each platform in its turn."""
    if isinstance(world, TeamsWorld):
        return TeamsBench(world)
    return SlackBench(world) if world.slack else ConsoleBench(world.store)


def out(bench: Bench, n: int, title: str = "", **more) -> Outgoing:
    return Outgoing(
        delivery_id=n, address=more.pop("address", bench.here), card=Card(title=title or f"card {n}"), **more
    )


def sought(bench: Bench, n: int) -> Sought:
    return Sought(delivery_id=n, address=bench.here, since=START)


async def test_every_message_gets_one_outcome_and_arrives_in_order(bench):
    sent = await bench.messenger.send([out(bench, n) for n in (3, 1, 2)])
    assert sorted(s.delivery_id for s in sent) == [1, 2, 3]
    assert {s.outcome for s in sent} == {Outcome.SENT}
    assert all(s.external_id for s in sent)
    assert await bench.titles(bench.here) == ["card 3", "card 1", "card 2"]


async def test_sending_nothing_is_nothing(bench):
    assert await bench.messenger.send([]) == []
    assert await bench.messenger.found([]) == {}


async def test_an_edit_takes_the_place_of_what_it_rewrites(bench):
    (first,) = await bench.messenger.send([out(bench, 1)])
    (edit,) = await bench.messenger.send([out(bench, 2, "rewritten", edits=first.external_id)])
    assert (edit.delivery_id, edit.outcome) == (2, Outcome.SENT)
    assert await bench.titles(bench.here) == ["rewritten"]


async def test_new_messages_and_edits_can_share_a_batch(bench):
    (first,) = await bench.messenger.send([out(bench, 1)])
    sent = await bench.messenger.send([out(bench, 2, "rewritten", edits=first.external_id), out(bench, 3)])
    assert {s.delivery_id for s in sent} == {2, 3}
    assert await bench.titles(bench.here) == ["rewritten", "card 3"]


async def test_a_platform_that_remembers_never_doubles_and_knows_what_arrived(bench):
    (first,) = await bench.messenger.send([out(bench, 7)])
    if bench.messenger.remembers:
        (again,) = await bench.messenger.send([out(bench, 7, repeat=True)])
        assert again.external_id == first.external_id
        assert await bench.titles(bench.here) == ["card 7"]
        assert await bench.messenger.found([sought(bench, n) for n in (7, 8)]) == {7: first.external_id, 8: None}
    else:
        assert await bench.messenger.found([sought(bench, 7)]) == {}


async def test_a_room_is_opened_once_and_people_are_brought_in_once(bench):
    address = await bench.messenger.open_room("inc-2026-0001", ["S001"])
    assert await bench.messenger.open_room("inc-2026-0001", []) == address
    await bench.messenger.invite(address, ["S002", "S001"])
    await bench.messenger.invite(address, ["S002"])
    assert sorted(await bench.members(address)) == ["S001", "S002"]
    (sent,) = await bench.messenger.send([out(bench, 1, address=address, pinned=True)])
    assert sent.outcome is Outcome.SENT
    assert await bench.titles(address) == ["card 1"]


async def test_a_card_with_everything_on_it_can_be_sent(bench):
    cards = [
        made_up.declare_form(wrong=True),
        made_up.incident_card(drill=True),
        made_up.step_card(),
        made_up.chart_card(),
    ]
    sent = await bench.messenger.send(
        [Outgoing(delivery_id=n, address=bench.here, card=card) for n, card in enumerate(cards, 1)]
    )
    assert {s.outcome for s in sent} == {Outcome.SENT}
    assert await bench.titles(bench.here) == [card.title for card in cards]
