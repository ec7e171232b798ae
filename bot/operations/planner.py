"""The planner's own process: reads what is asked, then the rows, and writes the plan in small parts."""

import asyncio
import gc
import os
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.domain.refusal import Refused
from bot.domain.relocation import Plan
from bot.operations.planning import Asked, framed, planned
from bot.operations.situation import situation
from bot.storage import incidents
from bot.storage.database import connect

_PART = 2_000
_NICE = 5  # a plan may wait a moment for people who call for help


async def made(asked: Asked) -> Plan:
    """Return the plan for an incident."""
    store = connect(asked.url)
    try:
        async with store.read(asked.now) as db:
            found = await situation(asked.policy, db, await incidents.get(db, asked.incident), asked.wishes)
    finally:
        await store.close()
    return planned(found)


def parts(plan: Plan) -> Iterator[object]:
    """Yield the plan without its people, then these some at a time, then nothing."""
    yield replace(plan, placements=(), unplaced=())
    for people in (plan.placements, plan.unplaced):
        yield from (people[n : n + _PART] for n in range(0, len(people), _PART))
    yield None


def main() -> None:
    """Answer one request."""
    os.nice(_NICE)
    gc.disable()  # this process ends with its plan, and looking for rings among 100,000 people takes a second
    asked: Any = pickle.load(sys.stdin.buffer)  # noqa: S301 (from the process that started this one)
    try:
        answer = list(parts(asyncio.run(made(asked))))
    except Refused as no:
        answer = [no]
    for part in answer:
        sys.stdout.buffer.write(framed(part))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
