"""All figures of one database and one size, in a process of its own so that its memory is its own."""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from bot import logs
from bot.storage.database import connect
from tests.bench import incident
from tests.bench.databases import known, template
from tests.bench.scene import Scene, opened
from tests.databases import Server

_ROUNDS, _ANSWERS = 5, 500
Found = dict[str, list[float]]


async def measured(kind: str, where: str, size: int, runs: int) -> dict[str, dict[str, float]]:
    """Return {figure: {median, min, max, runs}}."""
    found: Found = defaultdict(list)
    place = known(kind, where, size)
    for run in range(runs):
        await _run(place, size, found, first=run == 0, last=run == runs - 1)
    return {figure: incident.spread(values) for figure, values in found.items()}


async def _run(place: Server, size: int, found: Found, *, first: bool, last: bool) -> None:
    """One incident on a database that nobody has used; memory in the first, answers and the board in the last."""
    name = await place.copy(template(size))
    store = connect(place.url(name))
    async with opened(store) as scene:
        before = incident.memory()
        _note(found, await incident.declared(scene))
        _note(found, await incident.sent(scene))
        if first:
            _note(found, {"memory_before": before, "memory_after": incident.memory()})
        if last:
            await _answers_and_board(scene, found)
    await store.close()
    await place.drop(name)


async def _answers_and_board(scene: Scene, found: Found) -> None:
    for figures in await incident.stormed(scene, _ROUNDS, _ANSWERS):
        _note(found, figures)
    for figure, values in (await incident.refreshed(scene)).items():
        found[figure] += values


def _note(found: Found, figures: Mapping[str, float]) -> None:
    for figure, value in figures.items():
        found[figure].append(value)


if __name__ == "__main__":
    kind_, where_, size_, runs_ = sys.argv[1:]
    logs.configure(Path(os.devnull))  # lines are made as in a real run; what is printed here is the figures alone
    print(json.dumps(asyncio.run(measured(kind_, where_, int(size_), int(runs_)))))
