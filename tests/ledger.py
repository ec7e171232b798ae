"""Counting afresh: what the tallies must say, and what must never be found in the rows."""

from collections import Counter

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.storage import tables as t
from bot.storage.database import Db

Key = tuple[int, str, str, str]


async def check(db: Db) -> None:
    """Compare every tally with a fresh count, and look for what must not be."""
    over = {r["id"] for r in await db.rows(sa.select(t.incidents.c.id).where(t.incidents.c.ended_at.is_not(None)))}
    kept = {key: n for key, n in (await _kept(db)).items() if n and key[1] in _COUNTED}
    # What was live at the end of an incident stays counted, though its seats are given back.
    kept = {key: n for key, n in kept.items() if not (key[1] == "seated" and key[0] in over)}
    fresh = {key: n for key, n in (await counted(db)).items() if n}
    wrong = {
        key: (kept.get(key, 0), fresh.get(key, 0)) for key in {*kept, *fresh} if kept.get(key, 0) != fresh.get(key, 0)
    }
    assert not wrong, f"tally, then fresh count: {wrong}"
    again = await doubled(db)
    assert not again, f"recipient, platform, how often: {again}"
    assert not await db.rows(sa.select(t.deliveries.c.id).where(t.deliveries.c.drill, t.deliveries.c.outside))


_COUNTED = frozenset(
    {"recipient", "delivery", "reached", "roll", "agents", "seat", "move", "answered", "seated", "shift", "help_beside"}
)


async def _kept(db: Db) -> Counter[Key]:
    """The tallies; what is counted by the minute is added up."""
    found: Counter[Key] = Counter()
    for row in await db.rows(sa.select(t.tallies)):
        state = "" if row["noun"] in ("answered", "seated") else row["state"]
        found[row["incident_id"], row["noun"], row["part"], state] += row["n"]
    return found


async def counted(db: Db) -> Counter[Key]:
    """Return what the tallies should be."""
    found: Counter[Key] = Counter()
    for row in await db.rows(sa.select(t.recipients)):
        found[row["incident_id"], "recipient", str(row["notice_id"]), row["state"]] += 1
        found[row["incident_id"], "answered", str(row["notice_id"]), ""] += row["answer"] is not None
    await _deliveries(db, found)
    await _roll(db, found)
    await _moves(db, found)
    return found


async def _deliveries(db: Db, found: Counter[Key]) -> None:
    reached = set()
    for row in await db.rows(sa.select(t.deliveries)):
        part = "edit" if row["edits"] is not None else str(row["notice_id"] or "other")
        found[row["incident_id"], "delivery", part, row["state"]] += 1
        if row["recipient_id"] and row["edits"] is None and row["state"] == DeliveryState.SENT:
            reached.add((row["incident_id"], part, row["recipient_id"]))
    for incident, part, _ in reached:
        found[incident, "reached", part, "sent"] += 1


async def _roll(db: Db, found: Counter[Key]) -> None:
    people = t.roll.join(t.people, t.people.c.id == t.roll.c.person_id)
    for row in await db.rows(sa.select(t.roll, t.people.c.shift, t.people.c.tz).select_from(people)):
        if row["scope"] == "hit":
            found[row["incident_id"], "roll", row["site_id"], row["state"]] += 1
        if row["scope"] == "rest" and row["state"] == "help":
            found[row["incident_id"], "help_beside", row["site_id"], "help"] += 1
        if row["kind"] == "agent":
            found[row["incident_id"], "agents", row["queue_id"], row["scope"]] += 1
            found[row["incident_id"], "seat", row["site_id"], "rest"] += row["scope"] == "rest"
            found[row["incident_id"], "shift", row["queue_id"], f"{row['shift']}|{row['tz']}"] += row["scope"] == "rest"


async def _moves(db: Db, found: Counter[Key]) -> None:
    approved = t.moves.join(t.plans, t.plans.c.id == t.moves.c.plan_id)
    query = sa.select(t.moves, t.incidents.c.ended_at).select_from(
        approved.join(t.incidents, t.incidents.c.id == t.moves.c.incident_id)
    )
    for row in await db.rows(query.where(t.plans.c.state == "approved")):
        found[row["incident_id"], "move", row["queue_id"], row["state"]] += 1
        if row["destination_id"] is not None:
            found[row["incident_id"], "seat", row["destination_id"], row["state"]] += 1
        if row["ended_at"] is None:
            found[row["incident_id"], "seated", row["queue_id"], ""] += row["state"] in ("logged_in", "taking_contacts")


async def doubled(db: Db) -> list[tuple[int, str, int]]:
    """Return who was sent a notice more often than the chase ladder and counted repeats explain."""
    d = t.deliveries.c
    own = sa.and_(d.recipient_id.is_not(None), d.edits.is_(None))
    query = sa.select(d.recipient_id, d.platform, t.recipients.c.rung, sa.func.count().label("n"))
    query = query.select_from(t.deliveries.join(t.recipients, t.recipients.c.id == d.recipient_id)).where(own)
    rows = await db.rows(query.group_by(d.recipient_id, d.platform, t.recipients.c.rung))
    return [(r["recipient_id"], r["platform"], r["n"]) for r in rows if r["n"] > 1 + min(1, r["rung"])]


async def journal(db: Db) -> list[str]:
    """Return the journal's lines, the oldest first: "verb actor text"."""
    c = t.journal.c
    return [
        f"{r['verb']} {r['actor']} {r['text']}"
        for r in await db.rows(sa.select(c.verb, c.actor, c.text).order_by(c.id))
    ]
