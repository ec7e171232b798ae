"""All figures of one database and one size, in a process of its own so that its memory is its own."""

import asyncio
import json
import sys
from collections import defaultdict

from bot.storage.database import connect
from tests.bench import incident
from tests.bench.databases import known, template
from tests.bench.scene import opened

_ROUNDS, _ANSWERS = 5, 500


async def measured(kind: str, where: str, size: int, runs: int) -> dict[str, dict[str, float]]:
    """Return {figure: {median, min, max, runs}}."""
    found: dict[str, list[float]] = defaultdict(list)
    place = known(kind, where, size)
    for run in range(runs):
        name = await place.copy(template(size))
        store = connect(place.url(name))
        async with opened(store) as scene:
            if not run:
                found["memory_before"].append(incident.memory())
            figures = await incident.declared(scene) | await incident.sent(scene)
            if not run:
                found["memory_after"].append(incident.memory())
            for figure, value in figures.items():
                found[figure].append(value)
            if run == runs - 1:
                for figures in await incident.stormed(scene, _ROUNDS, _ANSWERS):
                    for figure, value in figures.items():
                        found[figure].append(value)
                for figure, values in (await incident.refreshed(scene)).items():
                    found[figure] += values
        await store.close()
        await place.drop(name)
    return {figure: incident.spread(values) for figure, values in found.items()}


if __name__ == "__main__":
    kind_, where_, size_, runs_ = sys.argv[1:]
    print(json.dumps(asyncio.run(measured(kind_, where_, int(size_), int(runs_)))))
