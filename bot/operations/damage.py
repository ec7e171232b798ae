"""What more is hit, and what can be used again: an update changes where people may be sent and who is on the roll."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain import intent as i
from bot.domain.incident import Incident
from bot.domain.missing import handing_over, last_of
from bot.domain.place import Site, SiteKind
from bot.domain.refusal import Refused
from bot.domain.runbook import FIRST, StepKind
from bot.domain.step import ENDED, Step, StepState, base_of
from bot.domain.text import clip, listed, plural
from bot.operations import clocks, progress, steps
from bot.operations.scene import Scene
from bot.storage import incidents, places, roll
from bot.storage import steps as step_rows

_AT_ONCE, _SOON = timedelta(minutes=1), timedelta(minutes=10)
_TITLE = 120  # characters


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
    where = listed([sites[key].name for key in fresh])
    there = await roll.anybody_of(work, incident.id, fresh)
    laid = [f"“{title}”" for title in await _look_after(scene, incident, where if there else "")]
    asks = f" Laid out for that: {listed(laid)}." if laid else ""
    be = "is" if len(fresh) == 1 else "are"
    return f"{where} {be} hit too: {plural(more, 'person', 'people')} more on the roll.{asks}"


async def _spared(scene: Scene, incident: Incident, back: list[str], sites: dict[str, Site]) -> str:
    """Take the people of sites that can be used again off the roll of those hit; who was told elsewhere returns."""
    fewer = await roll.narrow(scene.work, incident, back)
    said = f"{listed([sites[key].name for key in back])} can be used again"
    return f"{said}: {plural(fewer, 'person', 'people')} keep their place." if fewer else f"{said}."


async def _look_after(scene: Scene, incident: Incident, where: str) -> list[str]:
    """Lay out once more what makes people safe and calls the roll, for a place that is hit later; return the titles.

    where: the place, "" when nobody on the roll belongs there.
    """
    rows = await step_rows.of(scene.work, incident.id)
    safe = await _safe_again(scene, incident, rows, where)
    called = await _call_again(scene, incident, rows, safe)
    await progress.advance(scene.desk, scene.work, incident)
    return [title for _, title in (*safe, *called)]


_Laid = list[tuple[str, str]]  # keys and titles of what was laid out


async def _safe_again(scene: Scene, incident: Incident, rows: Sequence[Step], where: str) -> _Laid:
    """Have people of this place brought to safety too, where the runbook begins with that; what waits serves all.

    One that can be worked on is of the place that was hit first: whoever does it may be done with it already.
    """
    first, last = next((s for s in rows if s.key == FIRST), None), last_of(rows, FIRST)
    if first is None or last is None or not where or last.state is StepState.WAITING:
        return []
    title = clip(f"{first.title}: {where}", _TITLE)
    return [(await steps.again(scene.work, incident, last, scene.work.now + _AT_ONCE, title=title), title)]


async def _call_again(scene: Scene, incident: Incident, rows: Sequence[Step], safe: _Laid) -> _Laid:
    """Call the roll once more, for those who are silent, and ask who looks for them; what waits serves all."""
    calls = [s for s in rows if s.plan.kind is StepKind.ROLL_CALL]
    if not calls:
        return []
    follows = any(base_of(key) == FIRST for key in calls[-1].plan.after)
    after = tuple(key for key, _ in safe) if follows else ()
    if any(_serves_all(s) for s in calls):
        await _wait(scene, [s for s in calls if s.state is StepState.WAITING], after)
        return []
    key = await steps.again(scene.work, incident, calls[-1], scene.work.now + _SOON, after=after)
    if (search := handing_over(rows)) is not None:
        await steps.again(scene.work, incident, search, scene.work.now + 2 * _SOON)
    return [(key, calls[-1].title)]


async def _wait(scene: Scene, calls: Sequence[Step], after: tuple[str, ...]) -> None:
    """Have roll-calls that are still to come wait for these steps too."""
    for call in calls if after else ():
        plan = call.plan.model_copy(update={"after": (*call.plan.after, *after)})
        await step_rows.write(scene.work, call.id, plan=plan.model_dump(mode="json"))


def _serves_all(step: Step) -> bool:
    return step.state not in ENDED and step.started_at is None
