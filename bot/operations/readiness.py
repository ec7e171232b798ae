"""Looking at readiness: the audit from the rows, what is due from somebody, one question with its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Card
from bot.domain.duty import Duty
from bot.domain.permission import keeps
from bot.domain.person import Person
from bot.domain.readiness import Kind
from bot.domain.readiness_score import Audit, Given, audit, freshness
from bot.domain.refusal import Refused
from bot.domain.runbook import Category
from bot.domain.text import listed
from bot.domain.wording import readiness as wording
from bot.operations.agenda import Name, entries, named, register, today
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import duties, people
from bot.storage.database import Db

PAGE = 8


@dataclass(frozen=True)
class Seen:
    """All there is to see: the audit, and every duty with what it asks for."""

    audit: Audit
    pairs: Sequence[tuple[Duty, Entry]]
    on: date
    sample: bool

    @property
    def overdue(self) -> int:
        """How many duties are late."""
        return sum(duty.overdue(self.on) for duty, _ in self.pairs)


async def seen(desk: Desk, db: Db) -> Seen:
    """Return how ready we are, from the rows as they stand."""
    pairs = named(await entries(desk, db), await with_gaps(db, await duties.standing(db)))
    on = today(desk, db.now)
    exercised = {Category(c): at.date() for c, at in (await duties.exercised(db)).items()}
    found = audit(
        desk.library.readiness, await register(desk, db), _given(pairs), exercised, on, _fresh(pairs, on)
    )  # fmt: skip
    return Seen(found, pairs, on, sample=await duties.is_sample(db))


async def with_gaps(db: Db, some: Sequence[Duty]) -> list[Duty]:
    """Return duties that say of themselves when whoever owned them has left: at once, not only when they fall due."""
    if not some:
        return []
    held = {role for person in await people.in_role(db, sorted({d.role for d in some})) for role in person.roles}
    here = {person.id for person in await people.still_here(db, {d.owner_id for d in some if d.owner_id})}
    lost = {d.id for d in some if (d.owner_id not in here if d.owner_id else d.role not in held)}
    return [duty.evolve(gap=True) if duty.id in lost and not duty.gap else duty for duty in some]


def _given(pairs: Sequence[tuple[Duty, Entry]]) -> dict[tuple[str, str], Given]:
    return {
        (d.key, d.subject): Given(score=d.score, on=d.evidence_on)
        for d, _ in pairs
        if d.kind is Kind.QUESTION and d.score is not None and d.evidence_on is not None
    }


def _fresh(pairs: Sequence[tuple[Duty, Entry]], on: date) -> Mapping[Kind, Sequence[float]]:
    """Return how fresh reviews, agreements and so on are, by kind; what was never done is not fresh at all."""
    found: dict[Kind, list[float]] = {}
    for duty, entry in pairs:
        last = freshness(duty.evidence_on, entry.every, on) if duty.evidence_on else 0.0
        found.setdefault(duty.kind, []).append(last)
    return found


def open_for(person: Person, pairs: Sequence[tuple[Duty, Entry]], on: date) -> list[tuple[Duty, Entry]]:
    """Return what is due from somebody."""
    return [(duty, entry) for duty, entry in pairs if duty.open(on) and duty.falls_to(person.id, person.roles)]


async def show(scene: Scene, intent: i.Readiness) -> Card:
    """Show the score, or one category."""
    found = await seen(scene.desk, scene.db)
    link = scene.desk.link(scene.actor.id, "readiness")
    if intent.category is not None:
        asked = [(d, e) for d, e in found.pairs if d.kind is Kind.QUESTION and intent.category in e.categories]
        return wording.category_card(intent.category, found.audit, asked, link)
    mine_ = len(open_for(scene.actor, found.pairs, found.on))
    return wording.overview(found.audit, found.overdue, mine_, link, sample=found.sample)


async def mine(scene: Scene, intent: i.MyDuties) -> Card:
    """Show what is due from the asker."""
    pairs = named(await entries(scene.desk, scene.db), await duties.standing(scene.db))
    on = today(scene.desk, scene.db.now)
    return wording.mine(open_for(scene.actor, pairs, on), intent.page, PAGE, on)


async def show_duty(scene: Scene, intent: i.ShowDuty) -> Card:  # noqa: ARG001
    """Show one duty with its history."""
    duty, entry = await asked(scene)
    (duty,) = await with_gaps(scene.db, [duty])
    history = await duties.history(scene.db, duty.id)
    names = await people.named(scene.db, {r.by for r in history} | {p for p in (duty.owner_id, duty.asked_id) if p})
    mine_ = keeps(scene.actor, duty, scene.desk.policy)
    return wording.duty_card(duty, entry, history, names, await owner(scene, duty, names), keeps=mine_)


async def owner(scene: Scene, duty: Duty, names: Mapping[str, str]) -> str:
    """Return who owns a duty, in words: the person if one is named, the role with its holders."""
    role = scene.desk.policy.role_name(duty.role)
    if duty.owner_id:
        left = ", who has left" if duty.gap else ""
        return f"{names.get(duty.owner_id, duty.owner_id)}{left}, for the {role}"
    holders = [p.name for p in await people.in_role(scene.db, [duty.role])]
    return f"{role}: {listed(holders[:3]) if holders else 'nobody holds this role'}"


async def asked(scene: Scene) -> tuple[Duty, Entry]:
    """Return the duty that is meant with what it asks for; raises Refused when it is asked no more."""
    wanted: Mapping[Name, Entry] = await entries(scene.desk, scene.db)
    duty = scene.duty
    if duty.name not in wanted:
        raise Refused("That is asked no more.", instead="/disaster readiness shows what is.")
    return duty, wanted[duty.name]
