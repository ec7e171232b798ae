"""Finding whom or what a field means, while somebody types: people; or people, teams and queues."""

from bot.domain.card import Choice
from bot.domain.person import Person
from bot.domain.wish import Target
from bot.domain.wording.forms import MOVABLE, PEOPLE
from bot.operations.desk import Desk
from bot.storage import people, places
from bot.storage.database import Db

MOST = 50
_INSIDE = ("agent", "staff")


async def offered(desk: Desk, asker: str, dataset: str, words: str) -> list[Choice]:
    """Return what fits the words typed so far; nothing for somebody outside, or whom the roster does not know."""
    async with desk.read() as db:
        known = await people.find(db, asker) if asker else None
        if known is None or known.outside or dataset not in (PEOPLE, MOVABLE):
            return []
        found = [_person(p) for p in await people.search(db, words, MOST, _INSIDE)]
        if dataset == PEOPLE:
            return found
        groups = [choice for choice in await _groups(db) if _fits(choice, words)]
        mine = [choice.evolve(value=f"{Target.PERSON}:{choice.value}") for choice in found]
    return [*groups, *mine][:MOST]


def _person(person: Person) -> Choice:
    """A person with what tells them from others of the same name."""
    where = ", ".join(person.roles) or person.team or person.site
    return Choice(value=person.id, label=person.name, hint=" · ".join(filter(None, (person.id, where))))


async def _groups(db: Db) -> list[Choice]:
    teams = [
        Choice(value=f"{Target.TEAM}:{team.id}", label=team.name, hint="a team") for team in await people.all_teams(db)
    ]
    lines = (await places.queues(db)).items()
    return [*teams, *(Choice(value=f"{Target.QUEUE}:{key}", label=q.name, hint="a queue's people") for key, q in lines)]


def _fits(choice: Choice, words: str) -> bool:
    said = f"{choice.value} {choice.label}".casefold()
    return all(word in said for word in words.casefold().split())
