"""Plans of moves: made, shown, approved; the seats of one are taken once, whoever approves at the same moment."""

from collections.abc import Mapping
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import HOLDS_SEAT, MoveState, PlanKind, PlanState
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import StepKind
from bot.domain.step import LIVE, StepState
from bot.domain.text import plural
from bot.domain.wish import Wish
from bot.domain.wording import plans as wording
from bot.domain.wording.parts import done, how_long
from bot.domain.wording.steps import happened
from bot.operations import drafting, live, outbox, planning, progress, seats, sending, staleness, waves
from bot.operations.desk import Desk
from bot.operations.drafting import Draft
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, moves, people, places, plans, steps, tallies, wishes
from bot.storage.database import Db, Work


async def plan_again(scene: Scene, intent: i.PlanAgain) -> Card:  # noqa: ARG001
    """Make a plan beside everything else that goes on, keep it as a proposal, show it."""
    basis = await staleness.basis(scene.db, scene.incident)
    made = await planning.made(scene.desk, scene.db, scene.incident)
    draft = await drafting.drafted(scene.desk, scene.incident, made, basis, scene.actor.id)
    async with scene.desk.work(alone=True) as work:
        return await propose(scene, work, draft)


async def propose(scene: Scene, work: Work, draft: Draft) -> Card:
    """Keep a plan as a proposal and show it where it was asked for: in the room, which sees it anyway, or beside it.

    Its basis was read before it was made, so that whatever changes while it is computed or written makes it stale.
    """
    desk, incident = scene.desk, await incidents.get(work, scene.incident.id)
    if not incident.open:
        raise Refused(f"{incident.reference} ended meanwhile.", instead="No plan is needed any more.")
    before = await plans.latest(work, incident.id)
    await _keep(work, incident, draft, scene.actor.id)
    if before is not None:
        await deliveries.refresh(work, incident.id, Subject.PLAN, plan_id=before["id"])
    await outbox.to_rooms(work, incident, Subject.PLAN, plan=draft.plan)
    if scene.place.room is None:
        return await card(desk, work, incident, draft.plan)
    return done("The plan is made", "It stands in this room in a moment, to be approved, changed or made again.")


async def _keep(work: Work, incident: Incident, draft: Draft, by: str) -> None:
    step = next((s for s in await steps.of(work, incident.id) if s.plan.kind is StepKind.RELOCATE), None)
    summary = draft.summary()
    version = await plans.propose(work, draft.plan, step=step.id if step else None, summary=summary)
    text = f"plan {version}: {len(draft.made.placements)} placed, {len(draft.made.unplaced)} not"
    work.note(incident.id, by, Verb.PLAN, text, f"plan:{draft.plan}")


async def card(desk: Desk, db: Db, incident: Incident, plan_id: int) -> Card:
    """Return a plan's card as it stands."""
    row = await plans.find(db, plan_id)
    if row is None:
        raise seats.GONE
    return wording.plan_card(incident, await shown(desk, db, incident, row), desk.policy, db.now)


async def shown(desk: Desk, db: Db, incident: Incident, row: Mapping[str, Any]) -> wording.Shown:
    """Read what a plan's card is drawn from."""
    by_wave = await plans.waves(db, row["id"])
    counts = await tallies.of(db, incident.id)
    queues, sites = await places.queues(db), await places.sites(db)
    now = await live.live(db, incident, counts)
    held = waves.held_by(await plans.of(db, incident.id), PlanKind(row["kind"]))
    return wording.Shown(
        plan=row,
        waves=by_wave,
        stale=tuple((await staleness.why(db, incident, row)).values()),
        wishes=await described(db, incident),
        queues=queues,
        sites=sites,
        live={q: now.seats(q, counts) for q in queues},
        seats=await _seats(db, row, counts),
        off_shift=await live.off_shift(db, incident, counts, now),
        names=await _names(db, row, held),
        held=held,
        report=await plans.report_times(db, row["id"]),
        seconds=sending.seconds_for(desk, sum(n for states in by_wave.values() for n in states.values())),
    )


async def _seats(db: Db, row: Mapping[str, Any], counts: tallies.Counts) -> dict[str, dict[str, int]]:
    """Return the seats that the incident holds, and those that this plan gave back: older plans' are not its own."""
    back = await plans.given_back(db, row["id"])
    held = {key: {s: n for s, n in states.items() if s in HOLDS_SEAT} for key, states in counts.get("seat", {}).items()}
    return {key: {**held.get(key, {}), MoveState.RELEASED: back.get(key, 0)} for key in {*held, *back}}


async def _names(db: Db, row: Mapping[str, Any], held: str) -> dict[str, str]:
    named = row["summary"].get("difference", {})
    first = [person for part in named.values() if isinstance(part, dict) for person in part["first"]]
    return await people.named(db, {*first, row["approved_by"] or row["made_by"], *filter(None, [held])})


async def described(db: Db, incident: Incident) -> list[tuple[Wish, str]]:
    """Return an incident's wishes, each in words."""
    standing = await wishes.standing(db, incident.id)
    return [(wish, await in_words(db, wish)) for wish in standing]


async def in_words(db: Db, wish: Wish) -> str:
    """Return a wish in words, with the names of what it is about."""
    names = {key: site.name for key, site in (await places.sites(db)).items()}
    names |= {key: queue.name for key, queue in (await places.queues(db)).items()}
    names |= await people.named(db, {wish.subject})
    names |= {key: team.name for key, team in (await people.teams(db, {wish.subject})).items()}
    return wording.wish_words(wish, names)


async def reasons(scene: Scene, intent: i.PlanReasons) -> Card:
    """Show why people can't be placed, every reason."""
    row = await plans.find(scene.db, intent.plan)
    if row is None:
        raise seats.GONE
    return wording.reasons_card(scene.incident, row)


async def approve(scene: Scene, intent: i.ApprovePlan) -> Card:
    """Approve a plan: seats are taken, wave 1 and the unplaced are told, the other waves get their time."""
    desk, work, incident, by = scene.desk, scene.work, scene.incident, scene.actor.id
    row = await seats.plan_row(scene, intent.plan, PlanState.PROPOSED)
    await seats.check(work, incident, row)
    if row["kind"] == PlanKind.MOVE:
        await seats.check_leads(work, desk.policy, incident, row)
    await _replace(work, incident, row)
    if not await plans.approve(work, row["id"], by):
        raise Refused(f"Plan {row['version']} was approved already.", why=Why.TAKEN)
    if row["kind"] == PlanKind.RETURN:
        await moves.count_plan(work, row["id"], incident.id)
    else:
        await moves.hold(work, row["id"], incident.id)
    work.note(incident.id, by, Verb.PLAN, f"approved plan {row['version']}", f"plan:{row['id']}")
    begun = await waves.begin(desk, work, incident, row, by)
    await _end_step(scene, row)
    await deliveries.refresh(work, incident.id, Subject.PLAN)
    how = how_long(sending.seconds_for(desk, begun.told + begun.waiting))
    return wording.approved(row, begun.told, begun.waiting, how, begun.next_at, held=begun.held)


async def _replace(work: Work, incident: Incident, row: Mapping[str, Any]) -> None:
    """What older plans promised gives way to this one; whoever is on the way back moves when their wave is told."""
    await moves.release_elsewhere(work, row["id"], incident.id)
    if row["kind"] == PlanKind.MOVE:
        if n := await moves.seated_elsewhere(work, row["id"], incident.id):
            people_ = plural(n, "person", "people")
            raise Refused(
                f"{people_} of plan {row['version']} have a seat in another incident, which goes first.",
                instead="Press Plan again once that one has released them.",
            )
        await moves.release_replaced(work, incident.id, row["id"])
    await moves.release_untold(work, incident.id, row["id"])


async def _end_step(scene: Scene, row: Mapping[str, Any]) -> None:
    step = await steps.find(scene.work, row["step_id"]) if row["step_id"] else None
    if step is None or step.state not in LIVE or row["kind"] == PlanKind.RETURN:
        return
    lost = sum(n for _, n in row["summary"]["unplaced"])
    said = f"plan {row['version']}: {plural(row['summary']['placed'], 'agent')} placed, {lost:,} not"
    ending = {"ended_at": scene.work.now, "ended_by": scene.actor.id, "evidence": said}
    if await steps.move(scene.work, step, StepState.DONE, **ending):
        told = happened(step, scene.actor.name, f"approved {said}")
        await outbox.under_step(scene.work, scene.incident, step, told)
        await progress.changed(scene.desk, scene.work, scene.incident, step)
