"""The honest estimate: today's paces, what waits already, who goes by which route."""

from collections.abc import Mapping

from bot.domain.estimate import Estimate, Route, Standing
from bot.domain.followup import groups
from bot.domain.pace import Lane
from bot.domain.runbook import Ask
from bot.operations import rerouting
from bot.operations.desk import Desk
from bot.storage import crowds, deliveries, lanes
from bot.storage.crowds import Crowd
from bot.storage.database import Db


def channels_first(desk: Desk, crowd: Crowd, ask: Ask) -> list[str]:
    """Return the platforms on which a message to a crowd goes to the teams' channels first."""
    ladder = desk.policy.ladder.get(crowd.audience, ()) if ask is not Ask.NOTHING else ()
    first = groups(ladder, crowd.incident.severity)
    return [p for p in desk.platforms if p in desk.policy.group_first] if first else []


async def estimate(desk: Desk, db: Db, crowd: Crowd, ask: Ask) -> Estimate:
    """Return what sending something to a crowd would take now."""
    group = channels_first(desk, crowd, ask)
    ways = await rerouting.ways(desk, db)
    found = await crowds.by_route(db, crowd, ways, group)
    waiting, known = await deliveries.waiting(db), {lane.platform: lane for lane in await lanes.of(db)}
    routes = [
        Route(
            platform=platform, rate=_rate(desk, known, platform), ahead=waiting.get(platform, 0),
            posts=found.posts.get(platform, 0), posted=found.posted.get(platform, 0),
            direct=found.direct.get(platform, 0),
        )
        for platform in desk.platforms
    ]  # fmt: skip
    return Estimate(routes=tuple(routes), lost=found.lost)


async def standing(desk: Desk, db: Db) -> list[Standing]:
    """Return the lanes on which something waits or that are held."""
    waiting, known = await deliveries.waiting(db), {lane.platform: lane for lane in await lanes.of(db)}
    rows = [_standing(desk, db, platform, waiting.get(platform, 0), known) for platform in desk.platforms]
    return [row for row in rows if row.waiting or row.held_for or row.down_for]


def _standing(desk: Desk, db: Db, platform: str, waiting: int, known: Mapping[str, Lane]) -> Standing:
    lane = known.get(platform)
    held = (lane.held_until - db.now).total_seconds() if lane and lane.held_until and lane.held(db.now) else 0.0
    seconds = held + waiting / _rate(desk, known, platform)
    since = lane.down_since if lane else None
    return Standing(
        platform=platform,
        waiting=waiting,
        seconds=seconds,
        held_for=held,
        why=lane.why if lane and (held or since) else "",
        down_for=(db.now - since).total_seconds() if since else 0.0,
    )


def _rate(desk: Desk, known: Mapping[str, Lane], platform: str) -> float:
    pace = desk.policy.pace(platform)
    return min(pace.cap, max(pace.floor, known[platform].rate)) if platform in known else pace.start
