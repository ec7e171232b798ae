"""Wishes that clash, in people's words: the planner knows ids, the rows know names."""

from bot.domain.relocation_clashes import Clash
from bot.storage import people, places
from bot.storage.database import Db


async def named(db: Db, no: Clash) -> Clash:
    """Return the same clash with the names of all that it is about."""
    about: dict[str, set[str]] = {}
    for kind, one in no.about:
        about.setdefault(kind, set()).add(one)
    names = {("person", one): name for one, name in (await people.named(db, about.get("person", set()))).items()}
    names |= {("team", one): team.name for one, team in (await people.teams(db, about.get("team", set()))).items()}
    names |= {("queue", one): queue.name for one, queue in (await places.queues(db)).items()}
    names |= {("place", one): site.name for one, site in (await places.sites(db)).items()}
    return Clash(no.marked, no.misfits, names)
