"""Making a plan: all that it depends on is read and weighed beside the loop that answers people.

A plan for many is made by a process of its own (bot/operations/planner.py), which reads the rows itself: nothing of it
runs in the loop, and all of its memory goes back. A plan for few is made in a thread.
"""

import asyncio
import pickle
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from bot.domain import relocation
from bot.domain.incident import Incident
from bot.domain.policy import Policy
from bot.domain.refusal import Refused
from bot.domain.relocation import Placement, Plan, Situation, Unplaced, Wishes
from bot.domain.relocation_clashes import Clash
from bot.domain.wish import Wish
from bot.domain.wish import asked as as_asked
from bot.operations import clashes
from bot.operations.desk import Desk
from bot.operations.situation import situation
from bot.storage import tallies
from bot.storage.database import Db
from bot.storage.wishes import standing

FEW = 2_000
_FRAME = 4  # bytes before each part that say how long it is
_STOP_S = 5


class Asked(NamedTuple):
    """What the planner's process is asked for: where the rows are, whose plan, by which rules, at which moment."""

    url: str
    incident: int
    wishes: Wishes
    policy: Policy
    now: datetime


async def made(desk: Desk, db: Db, incident: Incident, wished: Sequence[Wish] | None = None) -> Plan:
    """Return a plan for an incident as it stands; raises Refused when there is nobody to move, or wishes clash.

    wished: other wishes than those that stand.
    """
    wishes = as_asked(await standing(db, incident.id) if wished is None else wished)
    try:
        return await _made(desk, db, incident, wishes)
    except Clash as no:
        raise await clashes.named(db, no) from None


async def _made(desk: Desk, db: Db, incident: Incident, wishes: Wishes) -> Plan:
    counts = (await tallies.of(db, incident.id)).get("agents", {})
    if sum(states.get("hit", 0) for states in counts.values()) > FEW:
        url = desk.store.engine.url.render_as_string(hide_password=False)
        return await beside(Asked(url, incident.id, wishes, desk.policy, db.now))
    asked = await situation(desk.policy, db, incident, wishes)
    return await asyncio.to_thread(planned, asked)


def planned(asked: Situation) -> Plan:
    """Return the plan for a situation; raises Refused when there is nobody to move."""
    if not asked.agents:
        raise Refused("No agent works where it hit.", instead="There is nobody to move.")
    return relocation.plan(asked)


async def beside(asked: Asked) -> Plan:
    """Return the plan that a process of its own makes; it ends with the task that waits for it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.operations.planner",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us: we end it
    )
    try:
        return await _talk(process, asked)
    except asyncio.IncompleteReadError:
        raise Refused(
            "The plan could not be made: its process ended early.", instead="Plan again; with less memory in use."
        ) from None
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.wait(), _STOP_S)


async def _talk(process: asyncio.subprocess.Process, asked: Asked) -> Plan:
    to, back = process.stdin, process.stdout
    if to is None or back is None:
        raise RuntimeError("a process without its pipes")
    to.write(pickle.dumps(asked))
    to.write_eof()
    first = await _part(back)
    if isinstance(first, Refused):
        raise first
    placed: list[Placement] = []
    lost: list[Unplaced] = []
    while part := await _part(back):
        if isinstance(part[0], Placement):
            placed += part
        else:
            lost += part
    plan: Plan = replace(first, placements=placed, unplaced=lost)
    return plan


async def _part(back: asyncio.StreamReader) -> Any:
    """Return the next part; each is small, so that the loop never waits for one to be read."""
    size = int.from_bytes(await back.readexactly(_FRAME), "big")
    return pickle.loads(await back.readexactly(size))  # noqa: S301 (from our own process)


def framed(part: object) -> bytes:
    """Return a part as it goes through the pipe."""
    body = pickle.dumps(part)
    return len(body).to_bytes(_FRAME, "big") + body
