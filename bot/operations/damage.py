"""What more is hit, and what can be used again: an update changes where people may be sent and who is on the roll."""

from datetime import timedelta

from bot.domain import intent as i
from bot.domain.incident import Incident
from bot.domain.missing import handing_over
from bot.domain.place import Site, SiteKind
from bot.domain.refusal import Refused
from bot.domain.runbook import StepKind
from bot.domain.step import ENDED
from bot.domain.text import listed, plural
from bot.operations import clocks, progress, steps
from bot.operations.scene import Scene
from bot.storage import incidents, places, roll
from bot.storage import steps as step_rows

_SOON = timedelta(minutes=10)


async def change(scene: Scene, intent: i.Update) -> list[str]:
    """Take sites onto an incident, or off it; return what that means, in words."""
    if not (intent.hit or intent.restored):
        return []
    work, incident = scene.work, scene.incident
    sites = await places.sites(work)
    fresh = [key for key in dict.fromkeys(intent.hit) if key not in incident.sites]
    back = [key for key in incident.sites if key in intent.restored]
    _check(intent, incident, sites)
    now = [*(key for key in incident.sites if key not in back), *fresh]
    await incidents.write(work, incident.id, sites=now)
    wider = incident.model_copy(update={"sites": tuple(now)})
    said = [await _spared(scene, wider, back, sites)] if back else []
    if fresh:
        said.append(await _spread(scene, wider, fresh, sites))
        said += await clocks.extend(scene.desk, work, wider, scene.actor.id)
    return [*said, "The plan of moves shows what that means for it."]


def _check(intent: i.Update, incident: Incident, sites: dict[str, Site]) -> None:
    unknown = [key for key in (*intent.hit, *intent.restored) if key not in sites or sites[key].kind is SiteKind.HOME]
    if unknown:
        raise Refused(f"There is no site {listed(unknown, 'or')}.", fields={"hit": "choose from the list"})
    if both := set(intent.hit) & set(intent.restored):
        name = listed(sorted(sites[key].name for key in both))
        raise Refused(f"{name} can't be both.", fields={"restored": "hit, or usable again: not both"})
    left = set(incident.sites) - set(intent.restored) | set(intent.hit)
    if not (left or incident.systems or incident.queues):
        instead = "Press Begin the return: people then go back in waves."
        raise Refused("Nothing would be hit any more.", instead=instead, fields={"restored": instead})


async def _spread(scene: Scene, incident: Incident, fresh: list[str], sites: dict[str, Site]) -> str:
    """Put the people of sites that are hit now too on the roll as hit, and have them called."""
    work = scene.work
    more = await roll.widen(work, incident.id, fresh)
    called = await _call_again(scene, incident)
    where = listed([sites[key].name for key in fresh])
    asks = f" {called} calls those who were not heard from." if called else ""
    return f"{where} is hit too: {plural(more, 'person', 'people')} more are on the roll.{asks}"


async def _spared(scene: Scene, incident: Incident, back: list[str], sites: dict[str, Site]) -> str:
    """Take the people of sites that can be used again off the roll of those hit; who was told elsewhere returns."""
    fewer = await roll.narrow(scene.work, incident, back)
    said = f"{listed([sites[key].name for key in back])} can be used again"
    return f"{said}: {plural(fewer, 'person', 'people')} keep their place." if fewer else f"{said}."


async def _call_again(scene: Scene, incident: Incident) -> str:
    """Lay the roll-call out once more, for those who are silent, and the question who looks for them; return its key.

    One that still waits serves all.
    """
    rows = await step_rows.of(scene.work, incident.id)
    calls = [s for s in rows if s.plan.kind is StepKind.ROLL_CALL]
    if not calls or any(s.state not in ENDED and s.started_at is None for s in calls):
        return ""
    key = await steps.again(scene.work, incident, calls[-1], scene.work.now + _SOON)
    if (search := handing_over(rows)) is not None:
        await steps.again(scene.work, incident, search, scene.work.now + 2 * _SOON)
    await progress.advance(scene.desk, scene.work, incident)
    return key
