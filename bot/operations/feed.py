"""Somebody's own calendar: the link to it, and what is in it."""

from zoneinfo import ZoneInfo

from bot.domain import feed as domain
from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.drill import AHEAD, Drill
from bot.domain.feed import Event, Feed, FeedState, Wall
from bot.domain.journal import Verb
from bot.domain.person import Person, PersonKind
from bot.domain.refusal import Refused, Why
from bot.domain.runbook import Category
from bot.domain.wording import feeds as wording
from bot.operations.agenda import entries, named
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import drill_actions, drills, duties, feeds, people, vendors
from bot.storage.database import Db


async def link(scene: Scene, intent: i.Calendar) -> Card:
    """Give the link to the asker's own calendar; a new one ends those before it."""
    person, now, days = scene.actor, scene.work.now, scene.desk.policy.readiness.calendar_days
    found = await feeds.find(scene.db, person.id)
    if intent.act == "end":
        return await _end(scene)
    if found is None or intent.act == "new" or not found.good(found.serial, now, days):
        serial = found.serial + 1 if found else 1
        found = Feed(person_id=person.id, state=FeedState.OPEN, serial=serial, made_at=now)
        await feeds.put(scene.work, found)
        scene.work.note(None, person.id, Verb.UPDATE, "has a new link to their calendar", "feed")
    address = scene.desk.link(f"{person.id}:{found.serial}", "calendar")
    return wording.link(address, found.until(days), new=intent.act == "new")


async def _end(scene: Scene) -> Card:
    if not await feeds.end(scene.work, scene.actor.id):
        raise Refused("Your calendar has no link.", instead="/disaster calendar makes one.", why=Why.TAKEN)
    scene.work.note(None, scene.actor.id, Verb.UPDATE, "ended the link to their calendar", "feed")
    return wording.ended()


async def reader(desk: Desk, db: Db, person: str, serial: int) -> tuple[Person, Feed] | None:
    """Return whose calendar a link opens; None when it opens none any more, or they have left."""
    found = await feeds.find(db, person)
    days = desk.policy.readiness.calendar_days
    if found is None or not found.good(serial, db.now, days):
        return None
    here = await people.still_here(db, [person])
    return (here[0], found) if here and here[0].kind is PersonKind.STAFF else None


async def events(desk: Desk, db: Db, person: Person, feed: Feed) -> list[Event]:
    """Return all that is in somebody's calendar, the soonest first."""
    rules, tz = desk.policy.readiness, person.tz or desk.policy.tz
    wall = Wall(tz=tz, home=desk.policy.tz, ask_at=rules.ask_at, today=db.now.astimezone(ZoneInfo(tz)).date())
    pairs = named(await entries(desk, db), await duties.standing(db))
    mine = [(d, e) for d, e in pairs if d.falls_to(person.id, person.roles)]
    ahead = [one for one in await drills.in_state(db, AHEAD) if _seen(desk, person, one)]
    found = [
        *domain.of_duties(mine, wall),
        *domain.of_findings([a for a in await drill_actions.opened(db) if a.owner == person.id], wall.today),
        *domain.of_drills(ahead),
        *await _kept(desk, db, person, wall),
        domain.of_link(feed, rules.calendar_days, tz),
    ]
    return sorted(found, key=lambda e: (e.at.date() if e.at else e.day or wall.today, e.key))


def _seen(desk: Desk, person: Person, drill: Drill) -> bool:
    """Whether somebody may know of a drill beforehand."""
    return drill.announced or bool(set(person.roles) & set(desk.policy.may_declare))


async def _kept(desk: Desk, db: Db, person: Person, wall: Wall) -> list[Event]:
    """Return what those see who keep the whole plan, or the vendors."""
    manager = set(desk.policy.readiness.manager)
    found: list[Event] = []
    if manager & set(person.roles):
        exercised = {Category(c): at.date() for c, at in (await duties.exercised(db)).items()}
        found += domain.of_categories(exercised, desk.library.readiness.exercises.category_months, wall.today)
    if {"VM", *manager} & set(person.roles):
        found += domain.of_vendors((await vendors.every(db)).values())
    return found
