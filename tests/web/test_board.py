"""The board in a browser: let in by a link, true by itself, at the same cost for any number of viewers."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import event

from bot.web import app, board
from bot.web.access import Access
from bot.web.live import BEAT, EVERYTHING, Live

pytestmark = pytest.mark.one_database

FIRE = '/disaster declare facility_loss leeds sev1 "fire <b>on floor 2</b>"'
ONE = "INC-2026-0001"


async def declared(world) -> None:
    await world.person("S001").types(FIRE)
    await world.settles()


async def link_of(world, person: str = "S001") -> str:
    """Return the link that the bot gives somebody in chat, as an address of this machine."""
    said = await world.person(person).types("/disaster board")
    link = next(word for word in said.text.split() if "/board?key=" in word)
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


async def targets(events: list[str]) -> dict[str, str]:
    """Return the fragments among some events: html by what it replaces."""
    found = [json.loads(e.split("data: ", 1)[1]) for e in events if e.startswith("event: fragment")]
    return {f["target"]: f["html"] for f in found}


class Turns:
    """What lies between two looks of the loop: it waits until it is told to go on."""

    def __init__(self) -> None:
        self._go = asyncio.Semaphore(0)
        self.waits = asyncio.Event()

    async def pause(self) -> None:
        self.waits.set()
        await self._go.acquire()

    async def next(self) -> None:
        """Let the loop look once more, and wait until it has."""
        self.waits.clear()
        self._go.release()
        await self.waits.wait()


async def test_without_a_link_there_is_no_page(world):
    await declared(world)
    for path in ("/board", f"/board/{ONE}", "/board/stream", "/board?key=made-up", f"/board/{ONE}?key="):
        answer = await world.http.get(path)
        assert answer.status_code == 401, path
        assert "/disaster board" in answer.text
        assert "fire" not in answer.text


async def test_the_link_from_chat_opens_it_and_leaves_no_key_in_the_address(world):
    await declared(world)
    answer = await world.http.get(await link_of(world))
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    page = await world.http.get("/board")
    assert page.status_code == 200
    assert "Loss of a building, Leeds" in page.text
    assert f'href="/board/{ONE}"' in page.text
    one = await world.http.get(f"/board/{ONE.lower()}")
    assert 'data-live="/board/stream?incident=INC-2026-0001"' in one.text
    assert "key=" not in page.text + one.text


async def test_a_link_stops_working_after_its_hours(world):
    await declared(world)
    link = await link_of(world)
    await world.http.get(link)
    world.clock.moment += timedelta(hours=13)
    assert (await world.http.get("/board")).status_code == 401
    assert (await world.http.get(link)).status_code == 401


async def test_agents_get_no_link(world):
    said = await world.agents("leeds", 1)[0].types("/disaster board")
    assert "key=" not in said.text


async def test_without_scripting_the_page_loads_itself_again(world):
    await declared(world)
    await world.http.get(await link_of(world))
    for path in ("/board", f"/board/{ONE}"):
        assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in (await world.http.get(path)).text


async def test_peoples_words_are_text_and_a_calm_day_is_calm(world):
    await world.http.get(await link_of(world))
    assert "No open incident" in (await world.http.get("/board")).text
    await declared(world)
    await world.person("S001").types("/disaster update <script>alert(1)</script>")
    page = (await world.http.get(f"/board/{ONE}")).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_an_incident_that_does_not_exist(world):
    await world.http.get(await link_of(world))
    for path in ("/board/INC-1999-0001", "/board/%3Cb%3E"):
        answer = await world.http.get(path)
        assert answer.status_code == 404
        assert "There is no such incident" in answer.text


async def test_a_change_reaches_every_viewer_and_is_drawn_once(world):
    await declared(world)
    live = Live(world.product.desk)
    alone = await statements(world, live, viewers=1)
    assert alone == await statements(world, live, viewers=40)


async def statements(world, live: Live, viewers: int) -> int:
    """Return how many statements one change costs with so many viewers, each of whom sees it."""
    counted: list[str] = []

    def count(*args) -> None:
        counted.append(args[2])

    turns = Turns()
    live.pause = turns.pause
    stack = [live.watching(ONE) for _ in range(viewers)]
    watching = [one.__enter__() for one in stack]
    await turns.waits.wait()
    for viewer in watching:
        await viewer.next()
    await world.person("S001").types(f"/disaster update with {viewers} viewers")
    event.listen(world.store.engine.sync_engine, "before_cursor_execute", count)
    await turns.next()
    event.remove(world.store.engine.sync_engine, "before_cursor_execute", count)
    for viewer in watching:
        assert f"with {viewers} viewers" in (await targets(await viewer.next()))["#head"]
    for one in stack:
        one.__exit__(None, None, None)
    return len(counted)


async def test_only_what_changed_is_sent(world):
    await declared(world)
    turns = Turns()
    live = Live(world.product.desk, turns.pause)
    with live.watching(ONE) as viewer:
        await turns.waits.wait()
        assert set(await targets(await viewer.next())) == {
            f"#{part}"
            for part in ("head", "queues", "people", "due", "clocks", "steps", "told", "supply", "answers", "coverage")
        }
        await world.person("S001").types("/disaster update smoke on floor 3")
        await turns.next()
        assert "#head" in (sent := await targets(await viewer.next()))
        assert "#queues" not in sent
        assert "#supply" not in sent
        await turns.next()
        viewer.put("mark", "nothing came before this")
        assert await viewer.next() == ["nothing came before this"]


async def test_clocks_move_though_nothing_happens(world):
    await declared(world)
    turns = Turns()
    live = Live(world.product.desk, turns.pause)
    with live.watching(EVERYTHING) as viewer:
        await turns.waits.wait()
        first = await targets(await viewer.next())
        world.clock.moment += timedelta(minutes=2)
        await turns.next()
        second = await targets(await viewer.next())
    assert first["#board-list"] != second["#board-list"]


async def test_a_slow_viewer_gets_the_newest_only_and_a_new_one_what_stands(world):
    await declared(world)
    turns = Turns()
    live = Live(world.product.desk, turns.pause)
    with live.watching(ONE) as slow:
        await turns.waits.wait()
        for n in range(5):
            await world.person("S001").types(f"/disaster update news {n}")
            await turns.next()
        events = await slow.next()
        assert len(events) == len(set(await targets(events))) + events.count(BEAT) <= 11
        assert "news 4" in (await targets(events))["#head"]
        with live.watching(ONE) as new:
            assert "news 4" in (await targets(await new.next()))["#head"]


async def test_a_beat_says_that_the_line_lives_and_none_comes_when_the_database_is_away(world):
    await declared(world)
    turns = Turns()
    live = Live(world.product.desk, turns.pause)
    with live.watching(ONE) as viewer:
        await turns.waits.wait()
        await viewer.next()
        world.clock.moment += timedelta(seconds=6)
        await turns.next()
        assert BEAT in await viewer.next()
        working, live.desk = live.desk, None
        world.clock.moment += timedelta(seconds=60)
        await turns.next()
        live.desk = working
        viewer.put("mark", "nothing came before this")
        assert await viewer.next() == ["nothing came before this"]
        await turns.next()
        assert BEAT in await viewer.next()


async def test_without_viewers_there_is_no_loop(world):
    turns = Turns()
    live = Live(world.product.desk, turns.pause)
    with live.watching(ONE):
        await turns.waits.wait()
        loop = live._task
        assert loop is not None
    with pytest.raises(asyncio.CancelledError):
        await loop
    assert live._task is None
    assert live._drawn == {}


async def test_the_stream_is_one_of_events_and_ends_when_the_viewer_goes(world):
    await declared(world)
    product, turns = world.product, Turns()
    doors = Access("s", world.clock, "http://127.0.0.1:8080", 12, open_here=True)
    live = Live(product.desk, turns.pause)
    web = app.create(product.desk, product.engine, [board.router(product.desk, doors, live)])
    gone, sent = asyncio.Event(), asyncio.Queue()
    scope = {"type": "http", "method": "GET", "path": "/board/stream", "query_string": f"incident={ONE}".encode(),
             "headers": [(b"host", b"127.0.0.1:8080")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8080),
             "scheme": "http", "http_version": "1.1", "root_path": "", "raw_path": b"/board/stream"}  # fmt: skip

    async def receive():
        await gone.wait()
        return {"type": "http.disconnect"}

    serving = asyncio.create_task(web(scope, receive, sent.put))
    start = await sent.get()
    headers = dict(start["headers"])
    assert (start["status"], headers[b"content-type"]) == (200, b"text/event-stream; charset=utf-8")
    assert headers[b"cache-control"] == b"no-store"
    assert (await sent.get())["body"] == BEAT.encode()
    assert (await sent.get())["body"].startswith(b"event: fragment\ndata: {")
    gone.set()
    await serving
    assert live._task is None


async def test_the_demo_is_open_to_this_machine_only(world):
    product = world.product
    doors = Access("s", world.clock, "http://127.0.0.1:8080", 12, open_here=True)
    web = app.create(product.desk, product.engine, [board.router(product.desk, doors)])
    for caller, status in (("127.0.0.1", 200), ("192.168.1.7", 401)):
        transport = httpx.ASGITransport(web, client=(caller, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
            assert (await http.get("/board")).status_code == status
