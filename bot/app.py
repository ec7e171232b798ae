"""The composition root: builds everything once, in one place, and runs it until told to stop."""

import asyncio
import fcntl
import gc
import os
import secrets
import signal
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from bot.chat.console import listeners
from bot.chat.console.channels import open_channels
from bot.chat.console.sender import PLATFORM, ConsoleMessenger
from bot.chat.console.simulation import Simulation
from bot.chat.outreach import listeners as services
from bot.chat.outreach import setup as outreach
from bot.clock import Clock, LedClock, SystemClock
from bot.engine import timekeeping
from bot.engine.ports import Messenger
from bot.engine.ticker import Engine
from bot.operations.desk import Desk, Links
from bot.operations.outreach import sweep as keep_addresses
from bot.settings import Settings, SlackKeys, TeamsKeys
from bot.storage.database import Store, connect, sqlite_url
from bot.storage.migration import missing
from bot.storage.roster import ensure_identities
from bot.storage.runbooks import Library, load_all
from bot.storage.shelf import Shelf
from bot.traces import tracing
from bot.web import access, app, attest, board, console, dossier, drills, feed, metrics, one_tap, readiness

if TYPE_CHECKING:  # the platforms' kits take most of a second to import: only where a key asks for them
    from bot.chat.slack.workspace import Workspace
    from bot.chat.teams.setup import Teams

ROOT = Path(__file__).resolve().parent.parent
_RINGS = 10_000  # so many new objects more than ended, and the collector looks; Python says 700


class CannotStart(Exception):
    """The product can't start; the text says why and what to do."""


class Part(StrEnum):
    """What a process can be for: pages, the loops that send and sweep, what chats send us."""

    WEB = "web"
    ENGINE = "engine"
    CHAT = "chat"


@dataclass(frozen=True)
class Product:
    """Everything that runs."""

    settings: Settings
    desk: Desk
    engine: Engine
    web: FastAPI
    slack: "Workspace | None" = None
    on_teams: "Teams | None" = None
    simulation: Simulation | None = None
    parts: frozenset[Part] = frozenset(Part)


def open_store(settings: Settings, data: Path, name: str = "disaster") -> Store:
    """Return the store that the settings name, else the SQLite file of that name under the data folder."""
    if settings.database.url:
        return connect(settings.database.url)
    data.mkdir(parents=True, exist_ok=True)
    return connect(sqlite_url(str(data / f"{name}.db")))


@asynccontextmanager
async def opened(settings: Settings, data: Path, name: str = "disaster") -> AsyncIterator[Store]:
    """Open the store that exists, and close it whatever happens: an open SQLite file keeps a process alive."""
    if not settings.database.url and not (data / f"{name}.db").exists():
        raise CannotStart(f"There is no database under {data} yet. Run: disaster migrate (or name the folder: --data)")
    store = open_store(settings, data, name)
    try:
        lacking = await missing(store)
        if lacking:
            renew = "Start make demo on it once more." if name.startswith("demo-") else "Run: disaster migrate"
            raise CannotStart(f"The database lacks migration {lacking}. {renew}")
        yield store
    finally:
        await store.close()


def used_last(data: Path) -> str:
    """Return the name of the SQLite file that was written last: the installation's own, or a demo's."""
    files = sorted(data.glob("*.db*"), key=lambda file: file.stat().st_mtime)
    return files[-1].name.split(".db")[0] if files else "disaster"


def library(settings: Settings, folder: Path = ROOT / "runbooks", today: date | None = None) -> Library:
    """Return the runbooks; raises BadConfig. Today: also warn of reviews that are late."""
    return load_all(folder, settings.policy, today)


def secret_of(settings: Settings, data: Path) -> str:
    """Return the key that signs links: from the environment, else one made once and kept under the data folder."""
    given = settings.secret.get_secret_value()
    if given:
        return given
    kept = data / "secret"
    if not kept.exists():
        data.mkdir(parents=True, exist_ok=True)
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    return kept.read_text(encoding="ascii").strip()


def build(
    settings: Settings,
    store: Store,
    books: Library,
    secret: str,
    *,
    clock: Clock | None = None,
    open_board: bool = False,
    seed: int | None = None,
    slack_keys: SlackKeys | None = None,
    teams_keys: TeamsKeys | None = None,
    parts: Collection[Part] = tuple(Part),
) -> Product:
    """Return the product, built but not running; seed: with simulated people; parts: what this process is for."""
    clock, woken, here = clock or SystemClock(), asyncio.Event(), settings.console.enabled
    doors = access.Access(secret, clock, settings.server.public_url, settings.board.link_hours, open_here=open_board)
    platforms: tuple[str, ...] = (("slack",) if slack_keys else ()) + (("teams",) if teams_keys else ())
    platforms += ((PLATFORM,) if here else ()) + tuple(settings.outreach.routes)
    attested = attest.Attestations(secret, clock, settings.server.public_url, settings.policy.readiness.link_days)
    calendars = feed.Feeds(secret, settings.server.public_url)
    links_of = _links(doors, attested, calendars)
    desk = Desk(store, clock, settings.policy, Shelf(books, settings.policy), platforms, links_of, woken.set)
    workspace = _workspace(settings, desk, slack_keys) if slack_keys else None
    messengers: dict[str, Messenger] = {"slack": workspace.messenger} if workspace else {}
    on_teams = _on_teams(settings, desk, teams_keys) if teams_keys else None
    messengers |= {"teams": on_teams.messenger} if on_teams else {}
    messengers |= {PLATFORM: ConsoleMessenger(store, clock)} if here else {}
    links = one_tap.Links(secret, clock, settings.server.public_url, settings.outreach.link_hours)
    heard_by = settings.outreach.secret.get_secret_value()
    messengers |= outreach.messengers(desk, settings.outreach.routes, links.link_for, replies=bool(heard_by))
    engine = Engine(desk, messengers, woken)
    routers = [metrics.router(desk, settings.metrics_token.get_secret_value())]
    routers += (
        [
            board.router(desk, doors),
            readiness.router(desk, doors),
            dossier.router(desk, doors),
            attest.router(desk, attested),
            feed.router(desk, calendars),
            drills.router(desk, doors),
            one_tap.router(desk, links),
        ]
        if Part.WEB in parts
        else []
    )
    if Part.CHAT in parts:
        routers += [services.router(desk, heard_by, settings.outreach.routes)] if heard_by else []
        routers += [*(workspace.routers() if workspace else []), *([on_teams.api] if on_teams else [])]
    routers += [listeners.router(desk), console.router(desk)] if here and Part.WEB in parts else []
    web = app.create(desk, engine if Part.ENGINE in parts else None, routers, console=here)
    people = Simulation(desk, seed) if seed is not None and here else None
    return Product(settings, desk, engine, web, workspace, on_teams, people, frozenset(parts))


def _links(doors: access.Access, attested: attest.Attestations, calendars: feed.Feeds) -> Links:
    """Return what makes links: to our own pages for our people, to an attestation for a vendor's contact."""
    own = {"attest": attested.link_for, "calendar": calendars.link_for}

    def link(who: str, page: str = "board", /) -> str:
        return own[page](who) if page in own else doors.link_for(who, page)

    return link


def _on_teams(settings: Settings, desk: Desk, keys: TeamsKeys) -> "Teams":
    from bot.chat.teams import setup as teams  # noqa: PLC0415 - see above

    chat = settings.teams
    options = teams.Options(
        who=teams.Credentials(
            keys.app_id, keys.app_password.get_secret_value(), keys.tenant_id, keys.app_certificate.get_secret_value()
        ),
        cloud=chat.cloud,
        team=chat.team,
        channel=chat.channel,
        private_channel=chat.private_channel,
        dialogs=chat.dialogs,
        login=chat.login_url,
        service=chat.service_url,
        keys=chat.keys_url,
        graph=chat.graph_url,
        directory=chat.directory,
    )
    return teams.together(options, desk)


def _workspace(settings: Settings, desk: Desk, keys: SlackKeys) -> "Workspace":
    from bot.chat.slack.line import Access as SlackAccess  # noqa: PLC0415 - see above
    from bot.chat.slack.workspace import Workspace  # noqa: PLC0415

    def shown(secret: SecretStr | None) -> str:
        return secret.get_secret_value() if secret else ""

    given = SlackAccess(
        shown(keys.bot_token), shown(keys.signing_secret), shown(keys.app_token), keys.api_url, settings.slack.workspace
    )
    return Workspace(desk, given, settings.server.public_url, settings.slack.archive_hours)


async def prepare(product: Product) -> None:
    """Make sure that everybody has their addresses on the console and on outreach routes."""
    await keep_addresses(product.desk)
    if product.settings.console.enabled:
        async with product.desk.store.work(product.desk.clock.now()) as work:
            await ensure_identities(work, PLATFORM)
        if PLATFORM in product.settings.policy.group_first:
            await open_channels(product.desk)


class _Server(uvicorn.Server):
    """The web server; told to stop, it ends the pages that are kept open before it waits for the others."""

    closing: asyncio.Event

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as uvicorn calls it
        """Take a signal to stop; it is not raised again afterwards, so that the end is an ordinary one."""
        self.closing.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT  # pressed twice: at once
        self.should_exit = True


def set_aside() -> None:
    """Take what stays as long as the process out of the collector's sight.

    To look through all that was loaded stops everybody for a fifth of a second, again and again while thousands answer.
    And it is made to look less often: of what a message leaves behind hardly anything is a ring.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_RINGS, 10, 10)


async def run(product: Product) -> None:
    """Serve until stopped; then stop the loops, which leave nothing half-done."""
    set_aside()
    server = product.settings.server
    config = uvicorn.Config(
        product.web, host=server.host, port=server.port, log_config=None, access_log=False, timeout_graceful_shutdown=3
    )
    loops: list[Coroutine[Any, Any, None]] = [product.engine.run()] if Part.ENGINE in product.parts else []
    if product.slack is not None and Part.CHAT in product.parts:
        loops.append(product.slack.run())
    if product.on_teams is not None:
        loops.append(product.on_teams.run(hears=Part.CHAT in product.parts))
    if product.simulation is not None:
        loops.append(product.simulation.run())
    if isinstance(product.desk.clock, LedClock):
        loops.append(timekeeping.follow(product.desk.clock, product.desk.store))
    async with tracing(product.desk.meter):
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            web = _Server(config)
            web.closing = product.web.state.closing
            await web.serve()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await product.desk.store.close()


def only_one(data: Path, name: str = "disaster") -> TextIO:
    """Hold the data folder for this process: SQLite is for one. Raises CannotStart when another has it."""
    data.mkdir(parents=True, exist_ok=True)
    handle = (data / f"{name}.lock").open("w", encoding="ascii")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise CannotStart(
            f"Another server works on {data}. Stop it, or give this one its own folder (DATA=…)."
        ) from taken
    return handle
