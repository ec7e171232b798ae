"""Runbooks are taken up again when their files change: checked first; what is bad stays out and its owners are told."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.domain.card import Card
from bot.domain.refusal import BadConfig, Problem
from bot.domain.wording import adoptions as wording
from bot.operations.adopting import offer_all
from bot.operations.desk import Desk
from bot.storage import letters, people, versions
from bot.storage.database import Work

_log = structlog.get_logger()


async def sweep(desk: Desk) -> int:
    """Use changed runbooks if they are fine, tell their owners if not; offer what is new to open incidents."""
    files = desk.shelf.changed()
    if files is not None:
        try:
            fresh = await asyncio.to_thread(desk.shelf.read)
        except BadConfig as bad:
            return await _refuse(desk, files, bad.problems)
        before = {book.category: book.digest for book in desk.library}
        desk.shelf.library = fresh  # files that changed meanwhile are seen at the next look
        new = [book.category.value for book in fresh if before.get(book.category) != book.digest]
        _log.info("runbooks reloaded", changed=new)
        await _accept(desk, new)
    return await offer_all(desk)


async def _refuse(desk: Desk, files: str, problems: Sequence[Problem]) -> int:
    _log.warning("changed runbooks are bad", faults=len(problems))
    async with desk.work(alone=True) as work:
        if not await versions.found_bad(work, files):
            return 0
        return await _tell(desk, work, _roles(desk, problems), wording.bad_files(problems))


async def _accept(desk: Desk, new: Sequence[str]) -> None:
    async with desk.work(alone=True) as work:
        if await versions.found_good(work):
            await _tell(desk, work, _roles(desk, ()), wording.good_again(new))


def _roles(desk: Desk, problems: Sequence[Problem]) -> list[str]:
    """Return the roles that keep the bad files; for one that belongs to no runbook, those of all runbooks."""
    names = {Path(problem.file).stem for problem in problems if not problem.warning}
    owners = {book.category.value: (book.owner,) for book in desk.library}
    keepers = {**owners, "readiness": desk.policy.readiness.manager}
    known = names if names and names <= keepers.keys() else owners
    return sorted({role for name in known for role in keepers[name]})


async def _tell(desk: Desk, work: Work, roles: Sequence[str], card: Card) -> int:
    """Write to everybody who may hold these roles; to the commanders when nobody does."""
    for wanted in (roles, desk.policy.commander):
        told = [await letters.write(work, p.id, desk.platforms, card) for p in await people.in_role(work, wanted)]
        if any(told):
            return sum(told)
    return 0
