"""Logs: one JSON object a line, with ids and words of state; no message texts, no people's data, no secrets."""

import io
import json
import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, TextIO

import structlog

_OURS = ("uvicorn", "apscheduler", "alembic")  # whose words are about themselves; others' may quote what people wrote


class Calm(io.FileIO):
    """A log's file that takes what it can: a line that a full disk refuses is lost, and nothing else for its sake."""

    def write(self, line: Any) -> int:
        """Write a line, or let it go."""
        with suppress(OSError):
            super().write(line)
        return len(line)


def configure(file: Path | None) -> None:
    """Send the log to a file, or to standard error."""
    stream: TextIO = sys.stderr
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = io.TextIOWrapper(io.BufferedWriter(Calm(file, "a")), encoding="utf-8", line_buffering=True)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Foreign())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def without_words(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say where an exception came from and of which kind it was; its words may quote what people wrote."""
    given = line.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        line["trace"] = traced(error)
    return line


def traced(error: BaseException) -> list[str]:
    """Return an exception's kind and the places that it passed, and those of what caused it, without their words."""
    lines: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(lines) < 200:
        lines += [type(cause).__qualname__, *_places(cause.__traceback__)]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return lines


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame, number in walk_tb(trace):
        code = frame.f_code
        yield f"{'/'.join(Path(code.co_filename).parts[-3:])}:{number} {code.co_name}"


class Foreign(logging.Formatter):
    """Lines of libraries: whose, where, which kind of error; the words only of those that speak of themselves."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {"level": record.levelname.lower(), "logger": record.name}
        line["place"] = f"{record.module}:{record.lineno} {record.funcName}"
        if record.name.split(".")[0] in _OURS:
            line["event"] = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["trace"] = traced(error)
        return json.dumps(line)
