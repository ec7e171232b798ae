"""What every test can ask for: a database of either kind, and a world to tell a story in."""

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial

import pytest
import structlog
from hypothesis import settings

from bot.logs import without_words
from bot.storage.database import Store
from tests.databases import KINDS, PostgresServer, Server, SqliteFiles, again, postgres
from tests.fakes.slack.client import running
from tests.fakes.teams import client as teams_client
from tests.slack_stories import SlackStories
from tests.stories import CONSOLE, STORIES
from tests.teams_world import TeamsStories, TeamsWorld
from tests.world import Fire, World, those_of

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
structlog.configure(  # the log has tests of its own
    processors=[structlog.processors.add_log_level, without_words, structlog.processors.JSONRenderer()],
    wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What asks for a database runs on each kind; one marked one_database on SQLite alone; on every chat: more of them.

    Slack is told on PostgreSQL, the console and Teams on SQLite: so both databases hear what every chat is told. What
    asks for the same servers runs in the same process, so that each is started once.
    """
    if "server" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("every_chat")
        chats = [chat for chat in ("slack", "teams") if marked and chat not in marked.kwargs.get("but", ())]
        names = {mark.name for mark in metafunc.definition.iter_markers()}
        kinds = KINDS[:1] if "one_database" in names or "slack" in chats else KINDS
        alone = [one for one in (*KINDS, "slack", "teams") if f"on_{one}" in names]
        told = alone or (*kinds, *chats)
        metafunc.parametrize("server", [_beside_its_like(one) for one in told], indirect=True)


def _beside_its_like(kind: str) -> object:
    marks = [pytest.mark.xdist_group(kind)] if kind != "sqlite" else []
    return pytest.param(kind, marks=marks)


@pytest.fixture(scope="session")
def slack_url() -> Iterator[str]:
    """The fake Slack, started when it is first asked for."""
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def on_slack(servers: Callable[[str], Server], request: pytest.FixtureRequest) -> Callable[[], SlackStories]:
    """The stories as they are played on Slack, on PostgreSQL, made when they are first asked for."""
    made: list[SlackStories] = []

    def stories() -> SlackStories:
        if not made:
            server = servers("postgresql")
            assert isinstance(server, PostgresServer)
            made.append(SlackStories(request.getfixturevalue("slack_url"), partial(server.beside, "slack_")))
        return made[0]

    return stories


@pytest.fixture(scope="session")
def on_teams(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], TeamsStories]]:
    """The stories as they are played on Teams; the fake is started when they are first asked for."""
    made: list[TeamsStories] = []
    with ExitStack() as stack:

        def stories() -> TeamsStories:
            if not made:
                url = stack.enter_context(teams_client.running())
                made.append(TeamsStories(url, tmp_path_factory.mktemp("teams")))
            return made[0]

        yield stories


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Each kind of database server, started when it is first asked for, stopped at the end."""
    made: dict[str, Server] = {}
    with ExitStack() as stack:

        def server(kind: str) -> Server:
            if kind not in made:
                sqlite = kind == "sqlite"
                folder = tmp_path_factory.mktemp("databases") if sqlite else None
                made[kind] = SqliteFiles(folder, CONSOLE) if folder else stack.enter_context(postgres(CONSOLE))
            return made[kind]

        yield server


@pytest.fixture
def server(
    request: pytest.FixtureRequest,
    servers: Callable[[str], Server],
    on_slack: Callable[[], SlackStories],
    on_teams: Callable[[], TeamsStories],
) -> Server:
    """Where this test's databases come from: every test that asks runs on each kind."""
    if request.param == "teams":
        return on_teams()
    return on_slack() if request.param == "slack" else servers(request.param)


@pytest.fixture
async def store(server: Server) -> AsyncIterator[Store]:
    """An empty, migrated database."""
    async with _fresh(server, "empty") as fresh:
        yield fresh


@pytest.fixture
async def peopled(server: Server) -> AsyncIterator[Store]:
    """A database with the small contact centre of tests/world.py."""
    async with _fresh(server, "people") as fresh:
        yield fresh


@pytest.fixture
async def world(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A contact centre on an ordinary Monday, burning if the story asks; at its end its counts must add up."""
    template = next((name for name in STORIES if name in request.fixturenames), "people")
    async with _fresh(server, template) as fresh:
        made = _world(fresh, server, template)
        await made.opens()
        try:
            yield made
        finally:
            await made.closes()
            for platform in (made.slack, made.teams if isinstance(made, TeamsWorld) else None):
                if platform is not None:
                    await platform.ends()
        await made.adds_up()


def _world(store: Store, server: Server, template: str) -> World:
    if isinstance(server, TeamsStories):
        return TeamsWorld(store, teams=server.tenant(template))
    return World(store, slack=server.workspace(template) if isinstance(server, SlackStories) else None)


@pytest.fixture
def fire(world: World) -> Fire:
    """A real fire at Leeds, declared at nine by its commander: the world is copied from one where that was done."""
    return those_of(world)


@pytest.fixture
def drill(world: World) -> Fire:
    """The same as an exercise."""
    return those_of(world)


@pytest.fixture(name="called")
def _called(fire: Fire) -> Fire:
    """The roll is called: everybody of Leeds has been asked whether they are safe."""
    return fire


@pytest.fixture(name="planned")
def _planned(called: Fire) -> Fire:
    """A plan of moves is approved, its first wave told."""
    return called


@asynccontextmanager
async def _fresh(server: Server, template: str) -> AsyncIterator[Store]:
    name = await server.copy(template)
    fresh = again(server.url(name))
    try:
        yield fresh
    finally:
        await fresh.close()
        await server.drop(name)
