"""The start-the-standby steps of an incident: who starts which system's standby, from the register as it is now."""

from bot.domain.card import Card, Fact
from bot.domain.redundancy import start
from bot.domain.step import LIVE, Step
from bot.storage import incidents, people, places
from bot.storage.database import Db


async def with_starters(db: Db, step: Step, card: Card) -> Card:
    """Return a step's card; of a step about the standby, with what to do for each system that is hit."""
    if not step.plan.standby or step.state not in LIVE:
        return card
    incident = await incidents.get(db, step.incident_id)
    known = await places.systems(db)
    hit = [known[key] for key in incident.systems if key in known]
    named = {key for system in hit for key in (system.starter, system.starter_deputy) if key}
    here = {person.id: person for person in await people.still_here(db, named)}
    said = [start(system, here) for system in hit]
    return card.evolve(facts=(*card.facts, *(Fact(label=s.system, value=s.text, tone=s.tone) for s in said)))
