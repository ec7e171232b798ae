"""The World on Teams: the same stories, told through a fake Teams out of process that signs, limits and refuses."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from pydantic import SecretStr

from bot import app
from bot.domain.pace import Pace
from bot.operations.roster import import_roster
from bot.settings import Console, Settings, TeamsKeys
from bot.settings import Teams as TeamsSettings
from bot.storage import tables as t
from bot.storage.database import Store
from tests.chats import Chat, NotTaken, Seen
from tests.databases import SqliteFiles
from tests.fakes.teams import client, seen
from tests.fakes.teams.client import Teams
from tests.fakes.teams.pressing import action_of
from tests.stories import STORIES, templates
from tests.world import (
    START,
    World,
    library,
    product_settings,
    roster,
)  # fmt: skip

Tale = Callable[[Store, Teams], Awaitable[None]]
FREE = Pace(floor=4000, start=4000, cap=4000)


def account(person: str) -> str:
    """Return somebody's id in the directory."""
    return f"aad-{person}"


def users() -> list[dict[str, Any]]:
    """Return everybody of the roster as a user of Teams."""
    return [
        {"aad": account(p.id), "name": p.name, "email": p.email or f"{p.id}@example.org", "tz": p.tz}
        for p in roster().people
    ]


def settings_of(teams: Teams, **more: Any) -> Settings:
    """Return the installation's settings, with this tenant and without the console; all is taken at once."""
    base = product_settings()
    chat = TeamsSettings(
        enabled=True, team=teams.team, channel=teams.channel, service_url=teams.url,
        login_url=f"{teams.base}/login", keys_url=f"{teams.base}/keys/openid",
        graph_url=f"{teams.base}/graph", **more,
    )  # fmt: skip
    policy = base.policy.model_copy(update={"paces": {**base.policy.paces, "teams": FREE}})
    return base.model_copy(update={"teams": chat, "policy": policy, "console": Console(enabled=False)})


def keys_of(teams: Teams) -> TeamsKeys:
    """Who the bot is."""
    return TeamsKeys(app_id=teams.app_id, app_password=SecretStr(teams.password), tenant_id=teams.id)


@dataclass
class Served:
    """An application at a port of this machine, in this loop."""

    server: uvicorn.Server

    @classmethod
    async def start(cls, app: Any) -> "Served":
        """Serve it."""
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off")
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        return cls(server)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Stop it."""
        self.server.should_exit = True
        await self.server.shutdown()


class TeamsChat:
    """What people do on Teams, through its windows."""

    platform = "teams"

    def __init__(self, teams: Teams, store: Store) -> None:
        self.teams, self._store = teams, store
        self._zones = {account(p.id): p.tz for p in roster().people}
        self._drawn: dict[tuple[str, str, str], Any] = {}

    async def places(self, person: str) -> list[str]:
        """Return the one-to-one chat, and the threads that name somebody."""
        names = {address: name for name, address in (await self._threads()).items()}
        found = await self.teams.see("places", user=account(person))
        return [p if p == "dm" else f"room-{names[p]}" for p in found if p == "dm" or p in names]

    async def _threads(self) -> dict[str, str]:
        async with self._store.engine.connect() as db:
            rows = await db.execute(sa.select(t.teams_threads.c.name, t.teams_threads.c.address))
            return {row.name: row.address for row in rows}

    async def _address(self, place: str) -> str:
        return place if place == "dm" else (await self._threads())[place.removeprefix("room-")]

    async def look(self, person: str, place: str) -> list[Seen]:
        """Return what somebody sees in a place, the oldest first; what they were answered beside what it answers."""
        where = await self._address(place)
        found: list[Seen] = []
        for m in await self.teams.see("messages", user=account(person), place=where):
            card = m["card"]
            if m.get("own"):
                found.append(self._seen(person, place, m | {"order": m["since"]}, m["own"]))
                card = await self._refreshed(person, where, m) or card
            found.append(self._seen(person, place, m, card))
        return sorted(found, key=lambda s: s.order)

    async def _refreshed(self, person: str, where: str, message: Any) -> Any:
        """Ask as Teams does when somebody comes back to a card."""
        if "refresh" not in (message["card"] or {}):
            return None
        answer = await self._act("refresh", person, place=where, message=message["id"], keep=True)
        return answer.get("card")

    def _seen(self, person: str, place: str, message: Any, card: Any) -> Seen:
        by = "bot" if message["by"] == "bot" else message["by"].removeprefix("aad-")
        if card is None:
            return Seen(message["id"], place, message["order"], message["text"], by)
        tz = self._zones[account(person)]
        text = "\n".join(part for part in (message["text"], seen.words(card, tz)) if part)
        self._drawn[person, message["id"], text] = card
        return Seen(
            message["id"], place, message["order"], text, by, seen.buttons(card), seen.fields(card, tz),
            seen.submit(card),
        )  # fmt: skip

    async def say(self, person: str, place: str, line: str) -> Seen | None:
        """Type a line; what is meant for the bot names it."""
        where = await self._address(place)
        before = {s.id for s in await self.look(person, "dm")}
        mention = line.lower().startswith("/disaster")
        await self._act("say", person, place=where, text=line, mention=mention)
        new = [s for s in await self.look(person, "dm") if s.id not in before and s.by == "bot"]
        return new[-1] if new else None

    async def press(self, person: str, seen: Seen, button: str) -> Seen:
        """Press a button as it stood when it was seen."""
        return await self._pressed(person, seen, button, {})

    async def submit(self, person: str, seen: Seen, values: Mapping[str, Sequence[str]]) -> Seen:
        """Send a form."""
        return await self._pressed(
            person, seen, seen.submit, {f"f.{name}": ",".join(said) for name, said in values.items()}
        )

    async def _pressed(self, person: str, at: Seen, button: str, values: Mapping[str, str]) -> Seen:
        where = await self._address(at.place)
        card = self._drawn[person, at.id, at.text]
        if at.id == "dialog" and not await self._open(person):
            raise NotTaken("the dialog is closed")
        said = {"place": where, "message": at.id, "button": button, "values": values, "action": action_of(card, button)}
        answer = await self._act("press", person, **said)
        shown = {"id": "dialog" if answer.get("dialog") else at.id, "order": at.order, "by": "bot", "text": ""}
        if answer.get("card") is None:
            return Seen(at.id, at.place, at.order, answer.get("message", ""))
        return self._seen(person, "dm" if answer.get("dialog") else at.place, shown, answer["card"])

    async def _open(self, person: str) -> bool:
        return any(s.id == "dialog" for s in await self.look(person, "dm"))

    async def _act(self, verb: str, person: str, **said: Any) -> Any:
        try:
            return await self.teams.act(verb, user=account(person), **said)
        except client.Refused as no:
            raise NotTaken(str(no)) from no


@dataclass
class TeamsWorld(World):
    """The story's world on Teams."""

    teams: Teams = field(kw_only=True)
    served: Served | None = None

    def build(self) -> app.Product:
        """Return the product."""
        chosen, keys = settings_of(self.teams), keys_of(self.teams)
        return app.build(chosen, self.store, library(), "a secret for tests", clock=self.clock, teams_keys=keys)

    def talk(self) -> Chat:
        """Return how people talk."""
        return TeamsChat(self.teams, self.store)

    async def opens(self) -> None:
        """Serve the bot where Teams can call it."""
        self.served = await Served.start(self.product.web)
        await self.teams.change(bot_url=f"{self.served.url}/api/messages")

    async def closes(self) -> None:
        """Hang up."""
        await self.http.aclose()
        if self.served is not None:
            await self.served.stop()
        assert self.product.on_teams is not None
        await self.product.on_teams.messenger.close()


async def linked(store: Store, teams: Teams) -> None:
    """Fill a database with the roster, and link its people to their accounts."""
    await import_roster(store, START, roster(), platforms=[])
    world = TeamsWorld(store, teams=teams)
    assert world.product.on_teams is not None
    await world.product.on_teams.members.sync()
    await world.closes()


class TeamsStories(SqliteFiles):
    """SQLite files, each with a tenant as the same story left it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.base, self._tenants = url, {"people": client.tenant(url, users())}
        super().__init__(folder, templates(self._link, self._begin))

    async def _link(self, store: Store) -> None:
        await linked(store, self._tenants["people"])

    def _begin(self, store: Store, story: str) -> World:
        self._tenants[story] = self.tenant(STORIES[story].before)
        return TeamsWorld(store, teams=self._tenants[story])

    def tenant(self, name: str) -> Teams:
        """Return a tenant of one's own, as the story left it."""
        return client.twin(self._tenants[name])
