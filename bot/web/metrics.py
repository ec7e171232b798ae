"""/metrics for Prometheus: what this process measured, and how incidents and lanes stand, which all processes share."""

import secrets
from collections.abc import Iterable, Iterator, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from bot.operations.desk import Desk
from bot.operations.standing import Standing, standing
from bot.web.access import at_this_machine

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_WHO = "Only this machine may read it, or whoever shows DISASTER_METRICS_TOKEN as a bearer token.\n"


def router(desk: Desk, token: str) -> APIRouter:
    """Return the page; token: what lets others than this machine in, if anything does."""
    pages = APIRouter()

    @pages.get("/metrics")
    async def _metrics(request: Request) -> Response:
        if not may_read(request, token):
            return PlainTextResponse(_WHO, 401 if token else 403, {"www-authenticate": "Bearer"} if token else None)
        shared = CollectorRegistry()
        shared.register(_Shared(await standing(desk)))
        return Response(generate_latest(desk.meter.registry) + generate_latest(shared), media_type=CONTENT_TYPE_LATEST)

    return pages


def may_read(request: Request, token: str) -> bool:
    """With a token: whoever shows it. Without: this machine, asked directly, not by a proxy for somebody else."""
    if token:
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        return secrets.compare_digest(shown.encode(), token.encode())
    return at_this_machine(request) and not any(name in request.headers for name in _FORWARDED)


class _Shared(Collector):
    """What the rows say, as Prometheus wants it; the same from every process."""

    def __init__(self, now: Standing) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield every gauge."""
        yield _gauge("disaster_open_incidents", "Incidents that are not over", (), [((), self._now.incidents)])
        for noun, states in self._now.counts.items():
            rows = [((state,), n) for state, n in states.items()]
            yield _gauge(f"disaster_open_{noun}", f"By state, in open incidents: {noun}", ("state",), rows)
        lane = ("platform", "tenant")
        keys = [(one.platform, one.tenant) for one in self._now.lanes]
        for name, words, values in (
            ("rate", "Messages a second that the lane lets go", [one.rate for one in self._now.lanes]),
            ("held", "1 while nothing may be sent", [one.held(self._now.at) for one in self._now.lanes]),
            ("limited", "Answers of 429 so far", [one.limited for one in self._now.lanes]),
        ):
            yield _gauge(f"disaster_lane_{name}", words, lane, zip(keys, values, strict=True))
        ages = [((platform,), age) for platform, age in self._now.oldest.items()]
        yield _gauge("disaster_oldest_queued_seconds", "Age of the oldest that could go now", ("platform",), ages)


def _gauge(name: str, words: str, labels: tuple[str, ...], rows: Iterable[tuple[Sequence[str], float]]) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=labels)
    for key, value in rows:
        gauge.add_metric(key, float(value))
    return gauge
