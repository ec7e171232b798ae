"""Linking people to their accounts on a platform: by e-mail address or directory id, all at once or one at a time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.operations.desk import Desk
from bot.storage import identities
from bot.storage.database import Db


@dataclass(frozen=True)
class Linked:
    """What linking came to: people who have an account there, who have none, and how many changed.

    kept: how many are not on the list and keep their address all the same, because so many can't have gone at once.
    """

    linked: int
    unlinked: tuple[str, ...]
    changed: int
    kept: int = 0

    @property
    def doubt(self) -> str:
        """What is wrong with the list, in words; nothing when it can be believed."""
        if not self.kept:
            return ""
        return f"{self.kept:,} linked people are missing from its list, too many to be true: they keep their addresses"


_log = structlog.get_logger()
_FEW = 20


async def link_all(desk: Desk, platform: str, accounts: Mapping[str, str], ids: Collection[str] = ()) -> Linked:
    """Give everybody the account with their id in the directory, else their e-mail address; take away what is gone.

    accounts: address by e-mail, of everybody who is there; ids: addresses that are ids in the directory. Two people
    with one e-mail address or id are linked to neither.
    """
    async with desk.work() as work:
        found, unlinked = await _matched(work, accounts, ids)
        before = await identities.all_of(work, platform)
        changed = {person: to for person, to in found.items() if before.get(person) != to[0]}
        gone, kept = _gone(before, found)
        await identities.unlink(work, platform, gone)
        await identities.link(work, platform, changed)
    linked = Linked(len(found), unlinked, len(changed) + len(gone), kept)
    if kept:
        _log.warning("people linked before are missing from the list", platform=platform, kept=kept)
    return linked


def _gone(before: Collection[str], found: Collection[str]) -> tuple[list[str], int]:
    """Return who loses their address, and how many keep it: a list without addresses is no place without people."""
    gone = [person for person in before if person not in found]
    return ([], len(gone)) if len(gone) > max(_FEW, len(before) // 2) else (gone, 0)


async def compare(desk: Desk, platform: str, accounts: Mapping[str, str]) -> Linked:
    """Return what linking would come to, and change nothing."""
    async with desk.read() as db:
        found, unlinked = await _matched(db, accounts)
        _, kept = _gone(await identities.all_of(db, platform), found)
    return Linked(len(found), unlinked, 0, kept)


async def _matched(
    db: Db, accounts: Mapping[str, str], ids: Collection[str] = ()
) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    """Return account and kind by person, and the names of those who have no account there."""
    people = await identities.linkable(db)
    named = _told_apart(people, "aad_id", {address.lower(): address for address in ids})
    taken = {address for address, _ in named.values()}
    others = {email.strip().lower(): address for email, address in accounts.items() if address not in taken}
    found = _told_apart(people, "email", others) | named
    return found, tuple(p["name"] for p in people if p["id"] not in found)


def _told_apart(people: Sequence[Any], by: str, wanted: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return account and kind of those whose key nobody else has."""
    keys = [(p, p[by].strip().lower()) for p in people]
    shared = Counter(key for _, key in keys)
    return {p["id"]: (wanted[key], p["kind"]) for p, key in keys if key and key in wanted and shared[key] == 1}


async def link_one(desk: Desk, platform: str, email: str, address: str) -> bool:
    """Give one new account to the person whose directory id or e-mail address it has; whether there is one."""
    async with desk.work() as work:
        found, _ = await _matched(work, {email: address} if email.strip() else {}, [address])
        if len(found) != 1:
            return False
        await identities.link(work, platform, found)
    return True


async def speak(desk: Desk, platform: str, told: Mapping[str, str]) -> None:
    """Take down the languages in which people have a platform, by address: they are written to in these."""
    if told:
        async with desk.work() as work:
            await identities.speak(work, platform, told)


async def unlink_one(desk: Desk, platform: str, address: str) -> None:
    """Take an account away that was closed."""
    async with desk.work() as work:
        await identities.unlink(work, platform, [], addresses=[address])
