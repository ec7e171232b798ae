"""A world whose people are reached by e-mail, SMS and phone too: the real Apprise, against services of another process."""

from collections import Counter

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app
from bot.chat.outreach.sender import OutreachMessenger
from bot.domain.pace import Pace
from bot.operations.outreach import sweep
from bot.settings import Outreach
from bot.storage import tables as t
from tests.chats import ConsoleChat
from tests.fakes.outreach.client import Services
from tests.world import Somebody, World, library, product_settings, roster

SECRET = "what the gateway knows"
FREE = Pace(floor=400, start=400, cap=4000)


def some_agents(world: World, n: int = 1) -> list[Somebody]:
    """Agents of Leeds whose number is theirs alone: an address that two share is nobody's."""
    phones = Counter(person.phone for person in roster().people)
    return [a for a in world.agents("leeds", 60) if phones[a.person.phone] == 1][:n]


async def with_outreach(world: World, services: Services, *routes: str, people: int = 2, secret: str = SECRET) -> World:
    """Give a world these routes, and so many agents their addresses on them."""
    base = product_settings()
    urls = {route: SecretStr(services.urls[route]) for route in routes}
    policy = base.policy.model_copy(update={"paces": base.policy.paces | dict.fromkeys(routes, FREE)})
    chosen = base.model_copy(update={"outreach": Outreach(**urls, secret=SecretStr(secret)), "policy": policy})
    await _reachable(world, people)
    await world.http.aclose()
    world.product = app.build(chosen, world.store, library(), "a secret for tests", clock=world.clock)
    transport = httpx.ASGITransport(world.product.web, client=("203.0.113.7", 50000))
    world.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
    world.chat = ConsoleChat(world.http)
    await sweep(world.product.desk)
    return world


async def _reachable(world: World, people: int) -> None:
    """Only few have a mailbox and a phone: a mail costs 30 ms."""
    few = [a.id for a in some_agents(world, people)]
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id.not_in(few)).values(email="", phone=""))


def close(world: World) -> None:
    """Let the threads of its routes end."""
    for messenger in world.product.engine.messengers.values():
        if isinstance(messenger, OutreachMessenger):
            messenger.close()
