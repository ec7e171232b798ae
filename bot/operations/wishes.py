"""Changing a plan: a wish is priced by planning with and without it; taken, it stands until it is undone."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Literal

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.journal import Verb
from bot.domain.move import PlanKind
from bot.domain.price import price
from bot.domain.refusal import Refused, Why
from bot.domain.relocation_clashes import Clash
from bot.domain.relocation_misfits import Misfits
from bot.domain.text import listed
from bot.domain.wish import Target, Wish, WishKind, WishState, joined
from bot.domain.wish import asked as as_asked
from bot.domain.wording import wishes as wording
from bot.operations import drafting, planning, plans, seats, staleness
from bot.operations.drafting import Draft
from bot.operations.scene import Scene
from bot.operations.situation import sites_hit
from bot.operations.steps import someone
from bot.storage import people, places, wishes
from bot.storage import plans as plan_rows


async def change(scene: Scene, intent: i.ChangePlan) -> Card:
    """Ask what is to be changed, then for what that needs."""
    row = await plan_rows.find(scene.db, intent.plan)
    if row is None or row["kind"] == PlanKind.RETURN:
        raise seats.GONE
    sites, queues = await places.sites(scene.db), await places.queues(scene.db)
    hit = await sites_hit(scene.db, scene.incident)
    free = [site for key, site in sites.items() if key not in hit]
    match intent.what:
        case "hold":
            return wording.hold(intent.plan, free)
        case "close":
            return wording.close(intent.plan, free)
        case "people":
            return wording.people(intent.plan, free)
        case "priority":
            return wording.priority(intent.plan, list(queues.values()))
        case None:
            return wording.menu(scene.incident, intent.plan, row["version"])


_ASKED: Mapping[WishKind, Literal["hold", "close", "people", "priority"]] = {
    WishKind.HOLD: "hold", WishKind.CLOSE: "close", WishKind.LOCK: "people", WishKind.EXCLUDE: "people",
    WishKind.PRIORITY: "priority",
}  # fmt: skip


async def wish_for(scene: Scene, intent: i.WishFor) -> Card:
    """Ask what the wish is about; show what it costs; or take it, and plan again with it."""
    if intent.subject is None:
        return await change(scene, i.ChangePlan(plan=intent.plan, what=_ASKED[intent.wish]))
    db, incident = scene.db, scene.incident
    wish = await _wish(scene, intent)
    basis, before = await staleness.basis(db, incident), await wishes.standing(db, incident.id)
    words = await plans.in_words(db, wish)
    asked = joined(before, wish)
    settled = intent.model_copy(update={"target": wish.target, "subject": wish.subject, "n": wish.n})
    try:
        made = await planning.made(scene.desk, db, incident, asked)
    except Clash as no:
        if odd := _misfits(wish, no):
            return wording.not_for_all(incident, settled, words, odd, no.names)
        raise
    worth = price(await planning.made(scene.desk, db, incident, before), made)
    costs = worth.words(scene.desk.policy.currency)
    if not intent.take:
        return wording.priced(incident, settled, words, costs, free=worth.free)
    draft = await drafting.drafted(scene.desk, incident, made, basis, scene.actor.id)
    async with scene.desk.work(alone=True) as work:
        taken = await wishes.take(work, wish, costs, scene.actor.id)
        work.note(incident.id, scene.actor.id, Verb.PLAN, f"wished: {words}. {costs}", f"plan:{intent.plan}")
        return await plans.propose(scene, work, _with(draft, [w.id or taken for w in asked]))


def _misfits(wish: Wish, no: Clash) -> Misfits | None:
    """Return those of a team or queue to be locked who can't be there; None where that is not what clashes."""
    if wish.kind is not WishKind.LOCK or wish.target is Target.PERSON:
        return None
    locks = as_asked([wish]).locked
    return next((odd for odd in no.misfits if odd.lock in locks), None)


async def undo(scene: Scene, intent: i.UndoWish) -> Card:
    """Take a wish back, and plan again without it."""
    incident, wish = scene.incident, await wishes.find(scene.db, intent.undone)
    if wish is None or wish.incident_id != incident.id:
        raise Refused("That wish does not exist.", instead="Press Plan again.")
    words = await plans.in_words(scene.db, wish)
    if wish.state is not WishState.STANDING:
        raise Refused(f"“{words}” was undone already.", instead="The newest plan is without it.", why=Why.TAKEN)
    basis = await staleness.basis(scene.db, incident)
    left = [w for w in await wishes.standing(scene.db, incident.id) if w.id != wish.id]
    made = await planning.made(scene.desk, scene.db, incident, left)
    draft = await drafting.drafted(scene.desk, incident, made, basis, scene.actor.id)
    async with scene.desk.work(alone=True) as work:
        if not await wishes.undo(work, wish.id, scene.actor.id):
            raise Refused(f"“{words}” was undone already.", why=Why.TAKEN)
        work.note(incident.id, scene.actor.id, Verb.PLAN, f"undid: {words}", f"plan:{intent.plan}")
        return await plans.propose(scene, work, _with(draft, [w.id for w in left]))


def _with(draft: Draft, counted: Sequence[int]) -> Draft:
    """Return a draft that counts on these wishes."""
    return draft._replace(basis=draft.basis._replace(wishes=tuple(counted)))


async def _wish(scene: Scene, intent: i.WishFor) -> Wish:
    """Return the wish that is meant, what it is about found by id or name."""
    target, subject = await _meant(scene, intent.target, intent.subject or "")
    _check(intent)
    lock = intent.wish is WishKind.LOCK
    return Wish(
        incident_id=scene.incident.id,
        kind=intent.wish,
        target=target,
        subject=subject,
        n=intent.n,
        destination=(intent.destination or "") if lock else "",
    )


def _check(intent: i.WishFor) -> None:
    if intent.wish is WishKind.HOLD and not intent.n:
        raise Refused("How many seats?", fields={"n": "At least 1."})
    if intent.wish is WishKind.PRIORITY and not 1 <= intent.n <= 9:
        raise Refused("Which tier?", fields={"n": "A tier from 1 to 9."})


_MOVABLE = (Target.PERSON, Target.TEAM, Target.QUEUE)


async def _meant(scene: Scene, target: Target, word: str) -> tuple[Target, str]:
    """Return what is meant: what was picked says what it is; a typed name is a person's, else a team's or queue's."""
    kind, _, key = word.partition(":")
    if target is not Target.PERSON:
        return target, await _subject(scene, target, word)
    if kind in _MOVABLE and key:
        return Target(kind), await _subject(scene, Target(kind), key)
    try:
        return target, await _subject(scene, target, word)
    except Refused as no:
        for other in (Target.TEAM, Target.QUEUE):
            with suppress(Refused):
                return other, await _subject(scene, other, word)
        raise no from None


async def _subject(scene: Scene, target: Target, word: str) -> str:
    match target:
        case Target.PERSON:
            return await _person(scene, word)
        case Target.TEAM:
            known = {team.id: team.name for team in await people.all_teams(scene.db)}
        case Target.QUEUE:
            known = {key: queue.name for key, queue in (await places.queues(scene.db)).items()}
        case Target.DESTINATION:
            known = {key: site.name for key, site in (await places.sites(scene.db)).items()}
    low = word.casefold()
    exact = [key for key, name in known.items() if low in (key.casefold(), name.casefold())]
    found = exact or [key for key, name in known.items() if low in name.casefold()]
    if len(found) == 1:
        return found[0]
    few = listed([known[key] for key in found[:4]], "or")
    said = f"several match: {few}" if found else f"no {target} of that name"
    raise Refused(f"Which {target} is “{word}”?", fields={"subject": said})


async def _person(scene: Scene, word: str) -> str:
    try:
        return (await someone(scene.db, word)).id
    except Refused as no:
        raise Refused(no.text, instead=no.instead, fields={"subject": f"{no.text} {no.instead}".strip()}) from no
