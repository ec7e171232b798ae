"""OpenTelemetry: spans go to the collector that the environment names; without one nothing of it is even loaded."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

import structlog

from bot.meter import Meter

_log = structlog.get_logger()
_WHERE = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_GOODBYE = 2.0  # seconds; a stop does not wait longer for a collector


def wanted() -> bool:
    """Whether the environment names a collector."""
    return any(os.environ.get(name) for name in _WHERE)


@asynccontextmanager
async def tracing(meter: Meter) -> AsyncIterator[None]:
    """Send the meter's spans to the collector while the block runs; what is left of them at its end, for a moment."""
    provider = _provider() if wanted() else None
    if provider is None:
        yield
        return
    meter.tracer = provider.get_tracer("disaster")
    try:
        yield
    finally:
        meter.tracer = None
        last = Thread(target=provider.shutdown, daemon=True)
        last.start()
        await asyncio.to_thread(last.join, _GOODBYE)


def _provider() -> Any:
    """Return what makes tracers, None where the extra is not installed: no disaster waits for a trace."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - only here
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        _log.warning("traces are wanted and can't be made", remedy="pip install disaster-bot[traces]")
        return None
    name = os.environ.get("OTEL_SERVICE_NAME") or "disaster-bot"
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
