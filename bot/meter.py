"""What a process measures of itself, for Prometheus, and the spans of its traces where somebody wants them."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LONG = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600)
_LANE = ("platform", "tenant")


class Meter:
    """The figures of one process; ids and words of state alone are ever its labels."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        self.tracer: Any = None
        self._messages = Counter("disaster_messages", "Outcomes recorded", (*_LANE, "outcome"), registry=own)
        self._waits = Histogram(
            "disaster_lane_wait_seconds", "From being queued to being claimed", _LANE, buckets=_LONG, registry=own
        )
        self._seconds = Histogram(
            "disaster_handler_seconds", "What a request took", ("intent",), buckets=_QUICK, registry=own
        )
        self._requests = Counter("disaster_requests", "Requests by how they ended", ("intent", "result"), registry=own)
        self._heard = Counter("disaster_heard", "What chats told us", ("platform", "what"), registry=own)
        self._sweeps = Histogram(
            "disaster_sweep_seconds", "What a sweep took", ("sweep",), buckets=_QUICK, registry=own
        )
        self._failures = Counter("disaster_sweep_failures", "Sweeps that failed", ("sweep",), registry=own)
        self._swept = Gauge("disaster_sweep_last_seconds", "When a sweep last ended well", ("sweep",), registry=own)
        ProcessCollector(registry=own)

    def recorded(self, platform: str, tenant: str, outcome: str, n: int) -> None:
        """Count messages of a lane by what became of them."""
        self._messages.labels(platform, tenant, outcome).inc(n)

    def waited(self, platform: str, tenant: str, seconds: Iterable[float]) -> None:
        """Note how long messages had waited when their lane claimed them."""
        lane = self._waits.labels(platform, tenant)
        for one in seconds:
            lane.observe(max(0.0, one))

    @contextmanager
    def handling(self, intent: str, refusals: tuple[type[Exception], ...]) -> Iterator[None]:
        """Measure one request; a refusal is an answer too."""
        begun, result = perf_counter(), "done"
        with self.span("handle", intent=intent):
            try:
                yield
            except BaseException as error:
                result = "refused" if isinstance(error, refusals) else "failed"
                raise
            finally:
                self._seconds.labels(intent).observe(perf_counter() - begun)
                self._requests.labels(intent, result).inc()

    def heard(self, platform: str, what: str) -> None:
        """Count something that a chat told us: what it was, or why it was not listened to."""
        self._heard.labels(platform, what).inc()

    @contextmanager
    def sweeping(self, sweep: str, at: float) -> Iterator[None]:
        """Measure one run of a sweep that began at this time."""
        begun = perf_counter()
        with self.span("sweep", sweep=sweep):
            try:
                yield
            except BaseException:
                self._failures.labels(sweep).inc()
                raise
        self._sweeps.labels(sweep).observe(perf_counter() - begun)
        self._swept.labels(sweep).set(at)

    def span(self, name: str, **ids: str | int) -> AbstractContextManager[Any]:
        """Open a span of the trace; nothing where nobody traces. Ids and words of state alone: never people's data."""
        if self.tracer is None:
            return nullcontext()
        opened: AbstractContextManager[Any] = self.tracer.start_as_current_span(
            name, attributes={f"disaster.{key}": value for key, value in ids.items()}, record_exception=False
        )
        return opened
