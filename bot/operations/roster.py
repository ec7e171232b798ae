"""Importing a roster: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.domain.policy import Policy
from bot.domain.refusal import BadConfig, Problem, Refused
from bot.domain.roster import Difference, Roster, difference
from bot.storage import roster as rows
from bot.storage.csvfiles import read_folder
from bot.storage.database import Db, Store


def load(folder: Path, policy: Policy) -> tuple[Roster, list[Problem]]:
    """Return the roster of a folder and its warnings; raises BadConfig with every fault when there is an error."""
    roster, problems = read_folder(folder, policy)
    if any(not problem.warning for problem in problems):
        raise BadConfig(problems)
    return roster, problems


async def plan_import(db: Db, roster: Roster) -> Difference:
    """Return what an import would change, and change nothing."""
    if not roster.people:
        raise Refused("This roster has no people: nothing was imported.", instead="Correct the files first.")
    return difference(await rows.read(db), roster)


async def import_roster(store: Store, now: datetime, roster: Roster, platforms: Sequence[str] = ()) -> Difference:
    """Make the stored roster this one; people who are missing are marked as having left. Return what changed.

    platforms: those where a person's address is their id (the console); everybody gets theirs in the same transaction.
    """
    async with store.work(now) as work:
        found = await plan_import(work, roster)
        if not found.empty:
            await rows.write(work, roster, found)
        for platform in platforms:
            await rows.ensure_identities(work, platform)
    return found
