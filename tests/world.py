"""A contact centre to tell stories about: people who type, press and read, and a clock that is moved by hand.

Everything behind the people is the real product on a real database; only the clock is ours. How they talk is the
Chat's business (tests/chats.py), so the same scenario can be told on every chat.
"""

import html
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from pydantic import SecretStr

from bot import app, settings
from bot.domain.missing import hands_over
from bot.domain.pace import Pace
from bot.domain.person import Person, Team
from bot.domain.roster import Roster
from bot.engine import rooms
from bot.operations import sample
from bot.operations.roster import load
from bot.settings import Console, Settings, SlackKeys
from bot.storage import steps
from bot.storage import tables as t
from bot.storage.database import Store
from bot.storage.runbooks import Library
from tests import ledger
from tests.chats import Chat, ConsoleChat, Seen
from tests.fakes.slack.client import Slack
from tests.slack_chat import SlackChat

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday, nine o'clock in London
ROOM = "room-inc-2026-0001"
_ROUNDS = 30
_SLOW = 5  # seconds: what comes back more seldom is not waited for by people who press a button


@dataclass
class ManualClock:
    """A clock that stands still until somebody moves it."""

    moment: datetime = START
    set_by: float = 0.0

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def steady(self) -> float:
        """Return the seconds that went by."""
        return self.moment.timestamp() - self.set_by

    def jumps(self, **span: float) -> None:
        """Somebody sets the clock; no time goes by."""
        self.moment += timedelta(**span)
        self.set_by += timedelta(**span).total_seconds()


@cache
def product_settings() -> Settings:
    """The installation's settings, with the console."""
    return settings.load(app.ROOT / "app.yaml").model_copy(update={"console": Console(enabled=True)})


@cache
def library() -> Library:
    """The runbooks."""
    return app.library(product_settings())


@cache
def roster() -> Roster:
    """The people: 120 agents and those around them."""
    with tempfile.TemporaryDirectory() as folder:
        sample.write(Path(folder), 120, seed=7, on=START.date())
        return load(Path(folder), product_settings().policy)[0]


@cache
def on_slack() -> Settings:
    """The same with Slack instead, which takes all at once: how it is paced has tests of its own."""
    chosen = product_settings()
    paces = chosen.policy.paces | {"slack": Pace(floor=400, start=400, cap=4000)}
    policy = chosen.policy.model_copy(update={"paces": paces})
    return chosen.model_copy(update={"console": Console(enabled=False), "policy": policy})


def keys_of(slack: Slack) -> SlackKeys:
    """What opens a workspace of the fake."""
    return SlackKeys(
        bot_token=SecretStr(slack.token), signing_secret=SecretStr(slack.secret), app_token=SecretStr(slack.app_token),
        api_url=slack.api,
    )  # fmt: skip


async def call_the_roll(fire: "Fire") -> None:
    """Ask everybody of Leeds whether they are safe."""
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")


async def ask_for_a_plan(fire: "Fire") -> None:
    """End the roll-call, decide to relocate, and have the moves planned."""
    await fire.safety.presses("Done…", on="LS3 ·")
    await fire.safety.fills("Done", evidence="60 on the roster, 60 badges, no visitors")
    await fire.commander.presses("Done…", on="DA2 ·")
    await fire.commander.fills("Done", evidence="as the card says; real")
    await fire.commander.presses("Relocate now")
    await fire.safety.presses("The names are with the first responders")
    await fire.planner.presses("See the plan…")


async def plan_the_moves(fire: "Fire") -> None:
    """Plan the moves, approve them, tell the first wave."""
    await ask_for_a_plan(fire)
    await fire.planner.presses("Approve and tell wave 1")


@dataclass
class Somebody:
    """One person of the story."""

    world: "World"
    person: Person

    @property
    def id(self) -> str:
        """Their id."""
        return self.person.id

    @property
    def name(self) -> str:
        """Their name."""
        return self.person.name

    async def types(self, line: str, place: str = "dm") -> Seen:
        """Type a line; return what the bot answers."""
        answer = await self.world.chat.say(self.id, place, line)
        assert answer is not None, f"the bot did not answer {self.name}'s {line!r}"
        return answer

    async def says(self, line: str, place: str) -> None:
        """Say something to people, not to the bot."""
        answer = await self.world.chat.say(self.id, place, line)
        assert answer is None, f"the bot answered {self.name}'s {line!r}: {answer}"

    async def sees(self, *words: str) -> Seen:
        """Return the newest message with these words, wherever it is."""
        return await self._newest(lambda s: all(w in s for w in words), f"{' and '.join(map(repr, words))}")

    async def does_not_see(self, words: str) -> None:
        """Make sure that these words are nowhere."""
        found = [s for s in await self.everything() if words in s]
        assert not found, f"{self.name} sees {words!r}: {found[-1]}"

    async def presses(self, button: str, on: str = "") -> Seen:
        """Press a button of the newest message that has it (and these words); return what the bot answers."""
        seen = await self._newest(
            lambda s: button in s.buttons and on in s, f"a button [{button}]" + (f" on {on!r}" if on else "")
        )
        return await self.world.chat.press(self.id, seen, button)

    async def presses_again(self, button: str, seen: Seen) -> Seen:
        """Press a button of a message seen earlier, whatever it shows by now."""
        return await self.world.chat.press(self.id, seen, button)

    async def fills(self, submit: str, **values: str | Sequence[str]) -> Seen:
        """Fill in the newest form with this button; what is not named stays as it was offered."""
        seen = await self._newest(lambda s: s.submit == submit, f"a form [{submit}]")
        said = {name: asked.value for name, asked in seen.fields.items()}
        for name, value in values.items():
            assert name in seen.fields, f"the form has no field {name}: {list(seen.fields)}"
            said[name] = (value,) if isinstance(value, str) else tuple(value)
        return await self.world.chat.submit(self.id, seen, said)

    async def everything(self) -> list[Seen]:
        """Return all that somebody sees, the oldest first."""
        await self.world.settles()
        found = [
            s for place in await self.world.chat.places(self.id) for s in await self.world.chat.look(self.id, place)
        ]
        return sorted(found, key=lambda s: s.order)

    async def _newest(self, fits: Any, wanted: str) -> Seen:
        seen = await self.everything()
        found = [s for s in seen if fits(s)]
        shown = "\n".join(f"— {s}" for s in seen[-8:]) or "nothing at all"
        assert found, f"{self.name} ({self.id}) does not see {wanted}. What they saw last:\n{shown}"
        return found[-1]


@dataclass
class World:
    """The story's world: its product, its clock, its people."""

    store: Store
    clock: ManualClock = field(default_factory=ManualClock)
    slack: Slack | None = None
    product: app.Product = field(init=False)
    http: httpx.AsyncClient = field(init=False)
    chat: Chat = field(init=False)

    def __post_init__(self) -> None:
        """Build the product."""
        self.product = self.build()
        transport = httpx.ASGITransport(self.product.web, client=("203.0.113.7", 50000))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
        self.chat = self.talk()

    def build(self) -> app.Product:
        """Return the product."""
        chosen, keys = (on_slack(), keys_of(self.slack)) if self.slack else (product_settings(), None)
        return app.build(chosen, self.store, library(), "a secret for tests", clock=self.clock, slack_keys=keys)

    def talk(self) -> Chat:
        """Return how people talk."""
        return SlackChat(self.slack, self.product.desk) if self.slack else ConsoleChat(self.http)

    async def opens(self) -> None:
        """Connect to the chat, where it is not our own."""
        if self.product.slack is not None:
            await self.product.slack.line.me()
            await self.product.slack.connect()

    async def closes(self) -> None:
        """Hang up."""
        await self.http.aclose()
        if self.product.slack is not None:
            await self.product.slack.close()

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.clock.moment

    def person(self, person: str) -> Somebody:
        """Return somebody by id."""
        return Somebody(self, next(p for p in roster().people if p.id == person))

    def cast(self, *ids: str) -> list[Somebody]:
        """Return several people by id."""
        return [self.person(p) for p in ids]

    def agents(self, site: str, n: int) -> list[Somebody]:
        """Return some agents of a site."""
        found = [p for p in roster().people if p.kind == "agent" and p.site == site]
        return [Somebody(self, p) for p in found[:n]]

    async def told_to_move(self) -> "list[Somebody]":
        """Return the agents who were told where to go and have not said a word yet."""
        told = sa.select(t.moves.c.person_id).where(t.moves.c.state == "told").order_by(t.moves.c.person_id)
        async with self.store.read(self.now) as db:
            return self.cast(*await db.column(told))

    def of_audience(self, audience: str, near: str = "leeds") -> list[Somebody]:
        """Return everybody of an audience whom something at a site concerns."""
        elsewhere = audience in ("vendors", "outsourcers")
        return [
            Somebody(self, p) for p in roster().people
            if p.audience == audience and (elsewhere or p.site in ("", near))
        ]  # fmt: skip

    def lead_of(self, agent: Somebody) -> Somebody:
        """Return an agent's team lead."""
        return self.person(self.team_of(agent).lead)

    def team_of(self, agent: Somebody) -> Team:
        """Return an agent's team."""
        return next(t for t in roster().teams if t.id == agent.person.team)

    async def passes(self, *, minutes: float, step: float = 1) -> None:
        """Let time go by in small steps; at each everything that is due happens."""
        end = self.now + timedelta(minutes=minutes)
        while self.now < end:
            self.clock.moment = min(end, self.now + timedelta(minutes=step))
            self.product.engine.woken.set()
            await self.settles()

    async def sleeps(self, *, minutes: float) -> None:
        """Let time go by while nothing runs."""
        self.clock.moment = self.now + timedelta(minutes=minutes)

    async def waits_a_moment(self) -> None:
        """Give the slow sweeps their turn too, though no time goes by that anybody would tell of."""
        self.product.engine.last_tick = None
        self.product.engine.woken.set()
        await self.settles()

    async def settles(self) -> None:
        """Run sweeps and the dispatcher until nothing more is to be done at this moment."""
        engine = self.product.engine
        if not engine.woken.is_set():
            return
        moved = engine.last_tick is None or engine.last_tick < self.now
        for seconds, sweep in engine.sweeps().values():
            if moved or seconds < _SLOW:
                await sweep()
        for _ in range(_ROUNDS):
            opened = await rooms.sweep(self.product.desk, engine.messengers)
            if not await engine.dispatcher.drain() + opened:
                engine.last_tick = self.now
                engine.woken.clear()
                return
        raise AssertionError(f"after {_ROUNDS} rounds there was still something to send")

    async def restarts(self) -> None:
        """Stop the product where it stands and start it again on the same rows."""
        await self.closes()
        self.__post_init__()
        await self.opens()
        await self.product.engine.dispatcher.take_over()
        await self.product.engine.dispatcher.recover()
        self.product.engine.woken.set()

    def browser(self) -> httpx.AsyncClient:
        """Return a browser of somebody's own, with no cookies yet."""
        transport = httpx.ASGITransport(self.product.web, client=("203.0.113.7", 50000))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", follow_redirects=True)

    async def board(self, reader: Somebody, reference: str = "") -> str:
        """Return the words of the board as somebody sees it through the link that the bot gives them."""
        link = next(word for word in (await reader.types("/disaster board")).text.split() if word.startswith("http"))
        async with self.browser() as browser:
            answer = await browser.get(link)
            answer = await browser.get(f"/board/{reference}") if reference else answer
        assert answer.status_code == httpx.codes.OK, answer.text
        return words_of(answer.text)

    async def journal(self) -> list[str]:
        """Return the journal's lines, the oldest first: "verb actor text"."""
        async with self.store.read(self.now) as db:
            return await ledger.journal(db)

    async def searched(self, incident: int = 1) -> None:
        """Others look for whoever is missing: for stories about moves that do not tell of the roll-call."""
        async with self.store.work(self.now) as work:
            for step in (s for s in await steps.of(work, incident) if hands_over(s.key)):
                await steps.write(
                    work, step.id, state="done", evidence="handed_over", ended_at=self.now, ended_by="S014"
                )

    async def adds_up(self) -> None:
        """Make sure that every count is what the rows say, and that nobody was sent anything twice."""
        async with self.store.read(self.now) as db:
            await ledger.check(db)


@dataclass
class Fire:
    """The incident INC-2026-0001 and those who run it, by what they do."""

    commander: Somebody
    deputy: Somebody
    scribe: Somebody
    operations: Somebody
    planner: Somebody
    it: Somebody
    voice: Somebody
    safety: Somebody
    liaison: Somebody
    compliance: Somebody
    vendors: Somebody


def words_of(page: str) -> str:
    """Return what a page says, without its tags."""
    body = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", " ", page.split("<body", 1)[-1])
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def those_of(world: World) -> Fire:
    """Return who runs the fire at Leeds."""
    return Fire(*world.cast("S001", "S003", "S004", "S005", "S007", "S009", "S011", "S014", "S015", "S016", "S017"))
