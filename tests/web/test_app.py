"""The web application: headers on everything, errors that help, and whether it is ready said truly."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from bot import settings
from bot.engine.forecast import Model
from bot.engine.lanes import LaneLoop
from bot.engine.ticker import Engine
from bot.operations.desk import Desk
from bot.storage.database import connect, sqlite_url
from bot.storage.migration import migrate
from bot.storage.runbooks import Library
from bot.storage.shelf import Shelf
from bot.web import app as web

NOW = datetime(2026, 6, 14, 13, 42, tzinfo=UTC)
HERE = "http://127.0.0.1:8080"


@dataclass
class Clock:
    """A clock moved by hand."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def steady(self) -> float:
        return self.at.timestamp()


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine that sends nowhere, over an empty database."""
    store = connect(sqlite_url(str(tmp_path / "test.db")))
    await migrate(store)
    policy = settings.load(Path("app.yaml")).policy
    desk = Desk(store, Clock(), policy, Shelf(Library({})), (), lambda person, *_: person, lambda: None)
    yield Engine(desk, {}, asyncio.Event(), last_tick=NOW)
    await store.close()


def broken() -> APIRouter:
    """Pages that go wrong in every way."""
    pages = APIRouter()

    @pages.get("/broken")
    @pages.post("/broken")
    async def _broken(why: str = "oh no", n: int = 0) -> None:
        raise RuntimeError(why)

    @pages.get("/late")
    async def _late() -> StreamingResponse:
        async def body() -> AsyncIterator[str]:
            yield "begun"
            raise RuntimeError("too late for a page")

        return StreamingResponse(body())

    return pages


def client(engine: Engine, *, console: bool = False) -> httpx.AsyncClient:
    app = web.create(engine.desk, engine, [broken()], console=console)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HERE)


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/broken", "/static/style.css?v=1", "/"])
async def test_every_answer_has_the_security_headers(engine: Engine, path: str):
    async with client(engine) as http:
        headers = (await http.get(path)).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_only_what_has_a_version_is_kept(engine: Engine):
    async with client(engine) as http:
        assert "immutable" in (await http.get("/static/style.css?v=abc")).headers["cache-control"]
        assert (await http.get("/static/style.css")).headers["cache-control"] == "no-cache"
        assert (await http.get("/healthz")).headers["cache-control"] == "no-store"
        assert (await http.get("/static/../board.html")).status_code == 404


@pytest.mark.parametrize(("console", "home"), [(True, "/console"), (False, "/board")])
async def test_the_front_door_leads_on(engine: Engine, console, home: str):
    async with client(engine, console=console) as http:
        assert (await http.get("/")).headers["location"] == home


async def test_health_names_the_version(engine: Engine):
    async with client(engine) as http:
        assert (await http.get("/healthz")).json() == {"ok": True, "version": "0.1.0"}


async def test_ready_when_everything_works(engine: Engine):
    async with client(engine) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "faults": {}, "sweeps": {}, "lanes": []})


@pytest.mark.parametrize(("silent", "words"), [(None, "No sweep has run yet."), (95, "No sweep has run for 95 s.")])
async def test_not_ready_when_the_engine_stands(engine: Engine, silent: int | None, words: str):
    engine.last_tick = None if silent is None else NOW - timedelta(seconds=silent)
    async with client(engine) as http:
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["faults"]) == (503, {"engine": words})


async def test_not_ready_when_one_sweep_or_one_lane_stands(engine: Engine):
    late = NOW - timedelta(seconds=95)
    engine.begun_at = NOW - timedelta(hours=1)
    engine.ticks = dict.fromkeys(engine.sweeps(), NOW) | {"followups": late, "places": late + timedelta(seconds=9)}
    engine.loops = [
        LaneLoop(engine.dispatcher, Model(engine.desk.clock, p, 1), turned_at=at) for p, at in _TURNS.items()
    ]
    async with client(engine) as http:
        faults = (await http.get("/readyz")).json()["faults"]
    assert faults == {
        "sweep followups": "It has not ended well for 95 s.",
        "lane slack": "Nothing was claimed for it for 61 s.",
    }, "places beats every half minute, and may miss two"


_TURNS = {"slack": NOW - timedelta(seconds=61), "teams": NOW - timedelta(seconds=30)}


async def test_not_ready_without_its_migrations(engine: Engine, tmp_path: Path):
    bare = connect(sqlite_url(str(tmp_path / "bare.db")))
    away = connect(sqlite_url(str(tmp_path / "no" / "such" / "folder.db")))
    for store, words in ((bare, "Run: disaster migrate"), (away, "Does its folder exist")):
        desk = Desk(**{**vars(engine.desk), "store": store})
        async with client(Engine(desk, {}, asyncio.Event(), last_tick=NOW)) as http:
            answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert words in answer.json()["faults"]["database"]
        await store.close()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nowhere<b>", 404, "There is no such page"),
        ("/broken?n=many", 422, "That was not understood"),
        ("/broken", 500, "Something went wrong here"),
        ("/broken?why=(sqlite3.OperationalError) database is locked", 503, "Another program holds the database."),
        ("/broken?why=attempt to write a readonly database", 503, "read-only"),
        ("/broken?why=database or disk is full", 503, "Free some space"),
        ("/broken?why=no such table: incidents", 503, "Run: disaster migrate"),
    ],
)
async def test_errors_are_pages_that_help(engine: Engine, path: str, status: int, words: str):
    async with client(engine) as http:
        page = await http.get(path)
        script = await http.get(path, headers={"accept": "application/json"})
    assert page.status_code == script.status_code == status
    assert words in page.text
    assert "<h1>" in page.text
    assert "Traceback" not in page.text
    assert "<b>" not in page.text
    assert script.json()["error"]


async def test_an_error_after_the_beginning_is_not_hidden(engine: Engine):
    async with client(engine) as http:
        with pytest.raises(RuntimeError, match="too late"):
            await http.get("/late")


async def test_a_page_of_another_site_changes_nothing(engine: Engine):
    async with client(engine) as http:
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 500), ("none", 500)):
            assert (await http.post("/broken", headers={"sec-fetch-site": site})).status_code == status
        assert (await http.post("/broken")).status_code == 500


async def test_with_the_console_only_this_machine_is_answered(engine: Engine):
    async with client(engine, console=True) as http:
        assert (await http.get("/healthz", headers={"host": "rebound.example"})).status_code == 403
        assert (await http.get("/healthz", headers={"host": "localhost:8080"})).status_code == 200
    async with client(engine) as http:
        assert (await http.get("/healthz", headers={"host": "disaster.example"})).status_code == 200
