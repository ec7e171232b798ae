"""Quiet hours, kept: messages wait for their reader's morning, and nobody is chased before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.incident import Incident
from bot.domain.quiet import may_wait, quiet_until
from bot.domain.roll import RollScope
from bot.domain.runbook import Ask
from bot.operations.desk import Desk
from bot.storage import quiet
from bot.storage.database import Work


async def hold(desk: Desk, work: Work, incident: Incident, notice: int, ask: Ask) -> int:
    """Let a notice's messages wait for those in whose zone it is night; return how many do."""
    hours = desk.policy.quiet
    if not may_wait(hours, incident, ask):
        return 0
    until = {zone: quiet_until(hours, zone, work.now) for zone in await quiet.zones(work)}
    return await quiet.hold(work, notice, {zone: at for zone, at in until.items() if at is not None})


def asleep(desk: Desk, incident: Incident, row: Any, now: datetime) -> datetime | None:
    """Return until when somebody who is due to be chased is left alone; None when they are not."""
    hours = desk.policy.quiet
    if row["scope"] == RollScope.HIT or not may_wait(hours, incident, Ask(row["ask"])):
        return None
    return quiet_until(hours, row["tz"], now)


def awake(
    desk: Desk, incident: Incident, group: Sequence[Any], now: datetime
) -> tuple[list[Any], dict[datetime, list[int]]]:
    """Return who of a group may be chased now, and the recipient ids of the others by when they may."""
    sleeping: dict[datetime, list[int]] = {}
    up: list[Any] = []
    for row in group:
        until = asleep(desk, incident, row, now)
        if until is None:
            up.append(row)
        else:
            sleeping.setdefault(until, []).append(row["id"])
    return up, sleeping
