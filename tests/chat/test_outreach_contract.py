"""Outreach keeps to what every Messenger must: the tests of that contract that are about writing to one person."""

import pytest

from bot.chat.outreach.sender import NoRooms
from bot.domain.card import Card
from bot.domain.delivery import Outcome, Outgoing
from tests.engine.test_messenger_contract import (
    test_a_card_with_everything_on_it_can_be_sent,
    test_a_platform_that_remembers_never_doubles_and_knows_what_arrived,
    test_every_message_gets_one_outcome_and_arrives_in_order,
    test_sending_nothing_is_nothing,
)
from tests.fakes.outreach.client import running
from tests.outreach_world import close, with_outreach

pytestmark = pytest.mark.one_database
__all__ = [
    "test_a_card_with_everything_on_it_can_be_sent",
    "test_a_platform_that_remembers_never_doubles_and_knows_what_arrived",
    "test_every_message_gets_one_outcome_and_arrives_in_order",
    "test_sending_nothing_is_nothing",
]


class MailBench:
    """E-mail: the real Apprise against a mail server of another process."""

    here = "ana@example.org"

    def __init__(self, world, services):
        self.messenger, self.services = world.product.engine.messengers["email"], services

    async def titles(self, address):
        """Return the titles of the mails that an address got."""
        subjects = [one["title"] for one in self.services.seen("email") if one["to"] == address]
        return [subject.removeprefix("EXERCISE: ") for subject in subjects]


@pytest.fixture
async def bench(world):
    with running() as services:
        yield MailBench(await with_outreach(world, services, "email", people=0), services)
    close(world)


async def test_nothing_is_rewritten_and_there_are_no_rooms(bench):
    edit = Outgoing(delivery_id=2, address=bench.here, card=Card(title="rewritten"), edits="1")
    (sent,) = await bench.messenger.send([edit])
    assert sent.outcome is Outcome.GONE
    assert await bench.titles(bench.here) == []
    for refused in (bench.messenger.open_room("inc-2026-0001", []), bench.messenger.invite("x", ["S001"])):
        with pytest.raises(NoRooms):
            await refused
