"""Writing messages at the moment they are sent, from the rows as they stand then; a batch costs a few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.card import Card
from bot.domain.delivery import Delivery, Outgoing, Subject
from bot.domain.incident import Incident
from bot.domain.wording.incidents import incident_card
from bot.domain.wording.notices import Reading, group_card, notice_card, standing
from bot.domain.wording.parts import exercised
from bot.operations import calls, helping, picture, plans, reading
from bot.operations import steps as step_cards
from bot.operations.desk import Desk
from bot.storage import deliveries, identities, incidents, notices, rooms, steps
from bot.storage.database import Db


async def outgoing(desk: Desk, db: Db, batch: Sequence[Delivery]) -> list[Outgoing]:
    """Return what is to be sent, in order; what rewrites or stands under a message that has not arrived is left out."""
    originals = await deliveries.originals(db, [d.edits or d.under or 0 for d in batch if d.edits or d.under])
    cards = await _cards(desk, db, batch)
    zones = await identities.zones_at(db, {(d.platform, d.address) for d in batch if d.address and d.person_id})
    return [
        Outgoing(
            delivery_id=d.id,
            address=d.address or "",
            tz=zones.get((d.platform, d.address or ""), ""),
            card=exercised(cards[d.id]) if d.drill else cards[d.id],
            edits=originals.get(d.edits) if d.edits else None,
            under=originals.get(d.under) if d.under else None,
            pinned=d.pinned,
            repeat=d.repeats > 0,
            since=d.queued_at,
            until=d.lease_until,
        )
        for d in batch
        if not (d.edits or d.under) or originals.get(d.edits or d.under or 0)
    ]


async def shown(desk: Desk, person: str, delivery: int) -> Card | None:
    """Return a message as it stands now, for somebody who has it before them; None when it was not for them."""
    async with desk.read() as db:
        row = await deliveries.find(db, delivery)
        if row is None or not await _theirs(db, row, person):
            return None
        return (await _cards(desk, db, [row]))[row.id]


async def _theirs(db: Db, row: Delivery, person: str) -> bool:
    """Whether a message is one's own, one's room's, or a team's, in which nothing stands that is only for some."""
    if row.room_id is not None:
        return person in await rooms.members(db, row.incident_id)
    return bool(person) and (row.person_id == person or row.team_id is not None)


async def _cards(desk: Desk, db: Db, batch: Sequence[Delivery]) -> dict[int, Card]:
    told = [d for d in batch if d.subject == Subject.NOTICE]
    cards = await _notice_cards(db, [d for d in told if d.team_id is None])
    cards |= await _posts(db, [d for d in told if d.team_id is not None])
    shown: dict[int, Incident] = {}
    for delivery in batch:
        if delivery.id not in cards:
            if delivery.incident_id not in shown:
                shown[delivery.incident_id] = await incidents.get(db, delivery.incident_id)
            cards[delivery.id] = await _card(desk, db, delivery, shown[delivery.incident_id])
    return cards


async def _card(desk: Desk, db: Db, delivery: Delivery, incident: Incident) -> Card:
    match delivery.subject:
        case Subject.STEP:
            step = await steps.find(db, delivery.step_id or 0)
            if step is None:
                return Card(title="This step is gone")
            if step.plan.restricted and delivery.room_id is not None:  # it became so after it was posted
                return Card(title=step.for_all().title, text=("Only a few see this step now.",))
            return await step_cards.card(desk, db, step, drill=incident.drill)
        case Subject.INCIDENT:
            return incident_card(await picture.picture(desk, db, incident), db.now)
        case Subject.PLAN:
            return await plans.card(desk, db, incident, delivery.plan_id or 0)
        case Subject.CALL_LIST:
            return await calls.card(desk, db, incident, delivery.person_id or "", due=True)
        case _ if delivery.about is not None:
            return await helping.page(db, delivery)
        case _:
            return Card.model_validate(delivery.card or {"title": ""})


async def _posts(db: Db, batch: Sequence[Delivery]) -> dict[int, Card]:
    known = await notices.several(db, [d.notice_id for d in batch if d.notice_id])
    return {d.id: group_card(known[d.notice_id or 0]) for d in batch}


async def _notice_cards(db: Db, batch: Sequence[Delivery]) -> dict[int, Card]:
    if not batch:
        return {}
    known = await notices.several(db, [d.notice_id for d in batch if d.notice_id])
    cards: dict[int, Card] = {}
    for incident in {d.incident_id for d in batch}:
        mine = [d for d in batch if d.incident_id == incident]
        seen = await reading.readings(db, incident, [(known[d.notice_id or 0], d.person_id or "") for d in mine])
        copies = await deliveries.copies(db, [d.recipient_id for d in mine if d.recipient_id])
        for delivery, one in zip(mine, seen, strict=True):
            full = replace(_copy(one, delivery, copies), repeat=delivery.repeats > 0)
            cards[delivery.id] = notice_card(known[delivery.notice_id or 0], full)
    return cards


def _copy(one: Reading, delivery: Delivery, copies: Mapping[tuple[int, str], tuple[int, int]]) -> Reading:
    """Say of a message that was sent more than once whether this copy is a reminder, and whether it is the last."""
    me = delivery.edits or delivery.id
    first, last = copies.get((delivery.recipient_id or 0, delivery.platform), (me, me))
    return replace(one, chase=first < me, sent_again=me < last)


async def notice_again(db: Db, delivery: int, person: str) -> Card | None:
    """Return a delivered notice as it stands now for whom it was sent to; None for anything or anybody else."""
    rows = [d for d in await deliveries.notices_among(db, [delivery]) if d.person_id == person]
    return (await _notice_cards(db, rows)).get(delivery)


async def as_they_stand(db: Db, cards: Mapping[int, Card]) -> dict[int, Card]:
    """Return delivered notices, by delivery id, with the words they were sent with and how they stand now."""
    rows = await deliveries.notices_among(db, list(cards))
    known = await notices.several(db, [d.notice_id for d in rows if d.notice_id])
    shown: dict[int, Card] = {}
    for incident in {d.incident_id for d in rows}:
        mine = [(d, known[d.notice_id or 0]) for d in rows if d.incident_id == incident]
        seen = await reading.readings(db, incident, [(notice, d.person_id or "") for d, notice in mine])
        copies = await deliveries.copies(db, [d.recipient_id for d, _ in mine if d.recipient_id])
        for (delivery, notice), one in zip(mine, seen, strict=True):
            lines, buttons = standing(notice, _copy(one, delivery, copies))
            sent = cards[delivery.id]
            shown[delivery.id] = sent.evolve(text=(*sent.text, *lines), buttons=buttons)
    return shown
