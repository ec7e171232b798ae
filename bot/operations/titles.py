"""What an incident is called when people have to tell it from others: what happened, and where."""

from collections.abc import Mapping, Sequence

from bot.domain.incident import Incident
from bot.domain.text import listed
from bot.storage import places
from bot.storage.database import Db


async def titled(db: Db, some: Sequence[Incident]) -> list[tuple[Incident, str]]:
    """Return incidents, each with its title."""
    if not some:
        return []
    names = {key: queue.name for key, queue in (await places.queues(db)).items()}
    names |= {key: system.name for key, system in (await places.systems(db)).items()}
    names |= {key: site.name for key, site in (await places.sites(db)).items()}
    return [(one, title(one, names)) for one in some]


def title(incident: Incident, names: Mapping[str, str]) -> str:
    """Return what happened and where: "Loss of a building, Leeds"; names: of sites, systems and queues."""
    where = listed([names.get(key, key) for key in incident.sites or incident.systems or incident.queues])
    return f"{incident.runbook_title}, {where}" if where else incident.runbook_title
