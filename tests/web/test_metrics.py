"""What is seen from outside: figures for those who may read them, spans for a collector, logs without anybody's words."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from bot import app, logs
from bot.settings import Settings, load
from bot.traces import tracing
from tests.world import library, product_settings, roster

HERE, ELSEWHERE = ("127.0.0.1", 50000), ("203.0.113.7", 50000)


def asking(product: app.Product, caller: tuple[str, int] = HERE) -> httpx.AsyncClient:
    """Somebody at an address."""
    transport = httpx.ASGITransport(product.web, client=caller)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")


async def figures(world) -> dict[tuple[str, ...], float]:
    """What Prometheus would read: {(name, each label's value …): value}."""
    async with asking(world.product) as http:
        answer = await http.get("/metrics")
    assert answer.status_code == 200
    found = text_string_to_metric_families(answer.text)
    return {(s.name, *s.labels.values()): s.value for family in found for s in family.samples}


async def test_a_played_incident_can_be_read_in_figures(world, fire):
    await world.product.engine.tick()
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="08:58, all out")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    await world.sleeps(minutes=2)
    before = await figures(world)
    assert before["disaster_oldest_queued_seconds", "console"] == 120
    assert before["disaster_open_incidents",] == 1
    waiting = before["disaster_open_delivery", "queued"]
    assert waiting >= 60
    await world.settles()
    for agent in world.agents("leeds", 2):
        await agent.presses("I'm safe")
    found = await figures(world)
    assert found["disaster_oldest_queued_seconds", "console"] == 0
    sent = found["disaster_messages_total", "sent", "console", ""]
    assert sent - before["disaster_messages_total", "sent", "console", ""] >= waiting
    assert found["disaster_lane_wait_seconds_count", "console", ""] == sent
    assert found["disaster_open_roll", "safe"] == 2
    assert found["disaster_handler_seconds_count", "answer"] == found["disaster_requests_total", "answer", "done"] == 2
    assert {key[1] for key in found if key[0] == "disaster_sweep_seconds_count"} == set(world.product.engine.sweeps())
    assert found["disaster_lane_rate", "console", ""] > 0
    assert found["process_resident_memory_bytes",] > 1e6


@pytest.mark.one_database
async def test_who_may_read_them(world, monkeypatch):
    async with asking(world.product, ELSEWHERE) as http:
        assert (await http.get("/metrics")).status_code == 403
    async with asking(world.product) as http:
        assert (await http.get("/metrics")).status_code == 200
        assert (await http.get("/metrics", headers={"x-forwarded-for": "203.0.113.7"})).status_code == 403
    monkeypatch.setenv("DISASTER_METRICS_TOKEN", "for the monitoring")
    token = load(app.ROOT / "app.yaml").metrics_token
    chosen: Settings = product_settings().model_copy(update={"metrics_token": token})
    product = app.build(chosen, world.store, library(), "secret", clock=world.clock)
    async with asking(product, ELSEWHERE) as http:
        assert (await http.get("/metrics")).status_code == 401
        assert (await http.get("/metrics", headers={"authorization": "Bearer of news"})).status_code == 401
        answer = await http.get("/metrics", headers={"authorization": "Bearer for the monitoring"})
        assert answer.status_code == 200


@pytest.fixture
def logged(tmp_path) -> Iterator[list[dict]]:
    """The lines that the block logs, at its end."""
    before, lines = structlog.get_config(), []
    logs.configure(tmp_path / "log")
    yield lines
    structlog.configure(**before)


@pytest.mark.one_database
async def test_the_log_tells_what_happened_and_quotes_nobody(world, fire, logged, tmp_path):
    agent = world.agents("leeds", 1)[0]
    await fire.commander.types("/disaster update thick smoke, the roof is down")
    await fire.safety.presses("Done…", on="LS1 ·")
    await fire.safety.fills("Done", evidence="Ana counted them behind the hedge")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    await agent.presses("Need help")
    await agent.types("/disaster cancel everything for Tomás")
    world.product.engine.sweeps = lambda: {"broken": (1, broken)}
    await world.product.engine.tick()
    text = (tmp_path / "log").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    recorded = [line for line in lines if line["event"] == "recorded"]
    assert sum(len(line["deliveries"]) for line in recorded) > 60
    assert {line["incident"] for line in recorded} == {1}
    assert {"step.done", "step.send"} <= {line["intent"] for line in lines if line["event"] == "done"}
    (failed,) = [line for line in lines if line["event"] == "sweep failed"]
    assert failed["trace"][0] == "ValueError"
    assert any("broken" in place for place in failed["trace"])
    people = [p for p in roster().people if p.name in text or (p.phone and p.phone in text)]
    assert not people
    for words in ("smoke", "hedge", "Tomás", "Are you safe", "helpless", "@"):
        assert words not in text


async def broken() -> int:
    """A sweep that fails with somebody's words."""
    raise ValueError("helpless")


@contextmanager
def collector() -> Iterator[tuple[str, list]]:
    """An OpenTelemetry collector; yield its address and the spans that it gets."""
    spans: list = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["content-length"])))
            spans.extend(s for r in said.resource_spans for scope in r.scope_spans for s in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", spans
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.one_database
async def test_spans_go_where_the_environment_says(world, fire, monkeypatch):
    meter = world.product.desk.meter
    async with tracing(meter):
        assert meter.tracer is None
    with collector() as (url, spans):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        async with tracing(meter):
            await fire.commander.types("/disaster update the sprinklers hold")
            await world.settles()
    assert {s.name for s in spans} == {"handle", "send"}
    said = {a.key: a.value.string_value for s in spans for a in s.attributes}
    assert said["disaster.platform"] == "console"
    assert "sprinklers" not in str(spans)


def test_nothing_of_it_is_loaded_unless_it_is_wanted():
    code = "import bot.traces, sys; sys.exit('opentelemetry.sdk' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=app.ROOT, check=True)
