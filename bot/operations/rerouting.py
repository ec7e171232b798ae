"""Ways that are down: their people are written to the next way, and the order of the ways follows."""

from collections import Counter
from collections.abc import Sequence

from bot.domain.breaker import down
from bot.domain.delivery import Delivery
from bot.domain.journal import Verb
from bot.domain.text import plural
from bot.domain.wording.delivery import lane_name
from bot.operations.desk import Desk
from bot.storage import addresses, lanes, posts, rerouting
from bot.storage.database import Db, Work

_BATCH = 1000


async def closed_ways(db: Db) -> set[str]:
    """Return the platforms on which people are better not written to now."""
    return {lane.platform for lane in await lanes.of(db) if down(lane, db.now)}


async def ways(desk: Desk, db: Db) -> tuple[str, ...]:
    """Return the platforms in the order in which people are reached now: what is down comes last."""
    shut = await closed_ways(db)
    return tuple(sorted(desk.platforms, key=lambda platform: platform in shut))


async def sweep(desk: Desk) -> int:
    """Take messages off lanes that are down, to each person's next way; return how many."""
    async with desk.read() as db:
        shut = await closed_ways(db)
    total = 0
    for platform in [p for p in desk.platforms if p in shut]:
        after = desk.platforms[desk.platforms.index(platform) + 1 :]
        total += await _leave(desk, platform, [p for p in after if p not in shut])
    return total


async def _leave(desk: Desk, platform: str, others: Sequence[str]) -> int:
    if not others:
        return 0
    error, total = f"{platform} is down: sent another way", 0
    while True:
        async with desk.work() as work:
            taken = await rerouting.take_off(work, platform, others, _BATCH, error)
            unsure = await rerouting.unsure(work, platform, others, _BATCH)
            shouted = await rerouting.take_posts_off(work, platform, _BATCH, error)
            await addresses.move_on(work, taken, [platform, *others])
            await addresses.move_on(work, unsure, [platform, *others], repeat=True)
            await posts.direct_instead(work, shouted, [*others, platform])
            _note(work, platform, [*taken, *unsure, *shouted])
        total += len(taken) + len(unsure) + len(shouted)
        if max(len(taken), len(unsure), len(shouted)) < _BATCH:
            return total


def _note(work: Work, platform: str, moved: Sequence[Delivery]) -> None:
    for incident, n in Counter(d.incident_id for d in moved).items():
        text = f"{lane_name(platform)} can't be used: {plural(n, 'message')} sent another way"
        work.note(incident, "bot", Verb.DELIVERY, text)
