"""Sweeps look after each incident apart: what fails in one holds up no other."""

from collections.abc import Awaitable, Callable, Iterable

import structlog

# Of which incident, 0 where it has none yet; and what is to be done for it.
Part = tuple[int, Callable[[], Awaitable[int]]]
_log = structlog.get_logger()


async def apart(sweep: str, parts: Iterable[Part]) -> int:
    """Run each incident's part, however the others end; return their sum. Raises at the end if one has failed."""
    total, failed = 0, list[Exception]()
    for incident, part in parts:
        try:
            total += await part()
        except Exception as error:  # noqa: BLE001 - one incident must not stop the others
            _log.error("sweep failed for an incident", sweep=sweep, incident=incident, error=type(error).__name__)
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{sweep}: {len(failed)} failed", failed)
    return total
