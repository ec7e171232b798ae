"""Logs: one JSON object a line, with ids and words of state; no message texts, no people's data, no secrets."""

import logging
import sys
from pathlib import Path
from typing import TextIO

import structlog


def configure(file: Path | None) -> None:
    """Send the log to a file, or to standard error."""
    stream: TextIO = sys.stderr
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("a", encoding="utf-8", buffering=1)
    logging.basicConfig(
        stream=stream, level=logging.WARNING, format='{"level": "%(levelname)s", "event": "%(message)s"}', force=True
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
