"""The demo's console: what one person sees, and what becomes of what they type, press and send."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from bot.domain import console as view
from bot.domain.card import Card
from bot.domain.command import VERBS
from bot.domain.person import OUTSIDE, Person, PersonKind
from bot.domain.policy import Policy
from bot.domain.refusal import Refused
from bot.domain.text import clean, clip, listed
from bot.domain.wording.drill_stop import is_call
from bot.domain.wording.help import said_to_all
from bot.domain.wording.parts import refusal
from bot.operations import compose, perform
from bot.operations.desk import Desk
from bot.operations.scene import Place
from bot.storage import console, notices, people
from bot.storage.database import Db, Work

PLATFORM = "console"
_SHOWN, _MATCHES, _MAX_TEXT = 60, 60, 3000
_STAFF = (
    "/disaster status",
    "/disaster steps",
    "/disaster roll",
    "/disaster moves",
    "/disaster board",
    "/disaster help",
)


def address_of(key: str, person: str) -> str:
    """Return the place behind a page's key: "dm" or "room-inc-2026-0001"."""
    return f"dm:{person}" if key == "dm" else key.replace("-", ":", 1)


def key_of(address: str) -> str:
    """Return a page's key for a place."""
    return "dm" if address.startswith("dm:") else address.replace(":", "-", 1)


def _where(address: str) -> Place:
    return Place(PLATFORM, address if address.startswith("room:") else None)


async def _member(db: Db, person: str, address: str) -> None:
    """Refuse whoever is not in the place, or nowhere at all."""
    if await people.find(db, person) is None:
        raise Refused("There is nobody with that id.", instead="Pick somebody from the list.")
    if address == f"dm:{person}" or any(room["address"] == address for room in await console.rooms_of(db, person)):
        return
    raise Refused("You are not in that room.", instead="Its commander can bring you in, or /disaster status.")


async def say(desk: Desk, person: str, address: str, text: str) -> None:
    """Take a typed line: a command is answered privately, other words in a room are for everybody there."""
    async with desk.read() as db:
        await _member(db, person, address)
    words = clean(text)
    command = address.startswith("dm:") or words.lower().startswith("/disaster") or is_call(words)
    if not words:
        return
    async with desk.work() as work:
        await console.say(work, address, person, text=clip(words, _MAX_TEXT), only_for=person if command else None)
    if command:
        card = await perform.typed(desk, person, text, _where(address))
        await _answer(desk, person, address, card)
    elif words.lower().removeprefix("/") in VERBS:
        await _answer(desk, person, address, said_to_all(words.lower().removeprefix("/")))


async def press(desk: Desk, person: str, message: int, button: str) -> Card:
    """Take a button press; the answer is for the one who pressed.

    button: what it carries, so that a card that changed meanwhile never makes it mean something else; or its number.
    """
    row, card = await _shown(desk, person, message)
    if button.isdecimal():
        number = int(button)
        carried = card.presses[number].intent if number < len(card.presses) else ""
    else:
        carried = button
    reply = await perform.pressed(desk, person, carried, _where(row["place"]))
    await _answer(desk, person, row["place"], reply)
    return await _read_by(desk, person, reply)


async def submit(desk: Desk, person: str, message: int, values: Mapping[str, Sequence[str]]) -> Card:
    """Take a filled-in form, once: its place is taken by the answer, or by the form with its faults."""
    async with _FORMS.setdefault(message, asyncio.Lock()):
        return await _submit(desk, person, message, values)


_FORMS: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()


async def _submit(desk: Desk, person: str, message: int, values: Mapping[str, Sequence[str]]) -> Card:
    row, card = await _shown(desk, person, message)
    if card.form is None:
        reply = refusal(Refused("That form was sent already."))
        await _answer(desk, person, row["place"], reply)
        return reply
    reply = await perform.submitted(desk, person, card.form, values, _where(row["place"]))
    async with desk.work() as work:
        await console.rewrite(work, {message: reply.model_dump(mode="json")})
    return await _read_by(desk, person, reply)


async def _read_by(desk: Desk, person: str, card: Card) -> Card:
    async with desk.read() as db:
        reader = await people.find(db, person)
        return card.read_in(reader.tz if reader else desk.policy.tz, db.now)


async def _shown(desk: Desk, person: str, message: int) -> tuple[Any, Card]:
    async with desk.read() as db:
        row = await console.message(db, message)
        if row is None or row["card"] is None or row["only_for"] not in (None, person):
            raise Refused("That message is not there.", instead="Load the page again.")
        await _member(db, person, row["place"])
        row = (await _as_it_stands(db, [row]))[0]
    return row, Card.model_validate(row["card"])


async def _answer(desk: Desk, person: str, address: str, card: Card) -> None:
    async with desk.work() as work:
        await _reply(work, person, address, card)


async def _reply(work: Work, person: str, address: str, card: Card) -> None:
    await console.say(work, address, "bot", card=card.model_dump(mode="json"), only_for=person)


async def simulation(db: Db) -> view.Simulation:
    """Return how the simulated people live now."""
    speed = view.Speed(await console.setting(db, "speed") or view.Speed.OFF)
    return view.Simulation(speed=speed, people=await people.count_agents(db))


async def page(desk: Desk, db: Db, person: str | None, key: str, query: str) -> view.ConsoleView:
    """Return the whole page for somebody in a place; without somebody it is the welcome."""
    chat = await conversation(desk, db, person, key) if person else None
    groups, found = await _groups(desk, db, query)
    return view.ConsoleView(
        organisation=desk.policy.organisation,
        now=db.now,
        simulation=await simulation(db),
        groups=groups,
        query=query,
        found=found,
        conversation=chat,
        start=await _start(desk, db) if chat is None else None,
    )


def row_of(person: Person, policy: Policy, unread: int = 0) -> view.PersonRow:
    """Return a person as the list shows them."""
    return view.PersonRow(id=person.id, name=person.name, about=_about(person, policy), unread=unread)


def _about(person: Person, policy: Policy) -> str:
    match person.kind:
        case PersonKind.AGENT:
            return f"agent · {person.team or person.site}"
        case PersonKind.OUTSIDE:
            return f"outside · {person.audience.replace('_', ' ')} · {person.organisation}"
        case _:
            roles = [policy.role_name(role) for role in person.roles]
            return listed(roles) or person.organisation or person.audience


async def conversation(desk: Desk, db: Db, person_id: str, key: str) -> view.Conversation:
    """Return one person in one place; raises Refused for somebody or somewhere unknown."""
    person = await people.find(db, person_id)
    if person is None:
        raise Refused("There is nobody with that id.", instead="Pick somebody from the list.")
    address = address_of(key, person.id)
    await _member(db, person.id, address)
    rooms = await console.rooms_of(db, person.id)
    new = await console.unread(db, person.id, [f"dm:{person.id}", *(r["address"] for r in rooms)])
    directly = view.Place(key="dm", name="Direct messages", unread=new.get(f"dm:{person.id}", 0))
    places = (directly, *(_room(r, new.get(r["address"], 0)) for r in rooms))
    rows = await console.seen(db, address, person.id, _SHOWN)
    pin = await console.pinned(db, address)
    authors = await people.several(db, {r["author"] for r in rows if r["author"] != "bot"})
    rows = await _as_it_stands(db, rows) if key == "dm" else rows
    return view.Conversation(
        person=row_of(person, desk.policy),
        zone=person.tz,
        places=places,
        place=next(p for p in places if p.key == key),
        messages=tuple(_message(r, person, authors, desk.policy, db.now) for r in rows if not r["pinned"]),
        pinned=_message(pin, person, authors, desk.policy, db.now) if pin else None,
        earlier=await console.earlier(db, address, person.id, rows[0]["id"]) if len(rows) == _SHOWN else 0,
        suggestions=_suggestions(person),
    )


async def _as_it_stands(db: Db, rows: Sequence[Any]) -> list[Any]:
    """Notices show whether they were answered, by whomever and on whichever device."""
    sent = {r["delivery_id"]: Card.model_validate(r["card"]) for r in rows if r["delivery_id"] and r["card"]}
    now = await compose.as_they_stand(db, sent)
    return [
        {**r, "card": now[r["delivery_id"]].model_dump(mode="json")} if r["delivery_id"] in now else r for r in rows
    ]


def _room(row: Any, unread: int) -> view.Place:
    key = key_of(row["address"])
    return view.Place(key=key, name=row["name"], topic=row["topic"], members=len(row["members"]), unread=unread)


async def looked(desk: Desk, seen: view.ConsoleView) -> None:
    """Remember what was on the screen, where it shows something new."""
    chat = seen.conversation
    if chat is not None and chat.place.unread and chat.messages:
        newest = max(m.id for m in (*chat.messages, *([chat.pinned] if chat.pinned else [])))
        async with desk.work() as work:
            await console.looked(work, chat.person.id, address_of(chat.place.key, chat.person.id), newest)


def _message(row: Any, reader: Person, authors: Mapping[str, Person], policy: Policy, now: datetime) -> view.Message:
    author = authors.get(row["author"])
    return view.Message(
        id=row["id"],
        at=row["at"],
        author=row_of(author, policy) if author else None,
        mine=row["author"] == reader.id,
        private=row["only_for"] is not None and not row["place"].startswith("dm:"),
        text=row["text"] or "",
        card=Card.model_validate(row["card"]).read_in(reader.tz, now) if row["card"] else None,
        edited_at=row["edited_at"],
        repeats=row["repeats"],
    )


def _suggestions(person: Person) -> tuple[view.Suggestion, ...]:
    if person.kind is PersonKind.AGENT:
        return (
            view.Suggestion(text="/disaster where", label="Where do I go?"),
            view.Suggestion(text="/disaster help", label="Help"),
        )
    declare = view.Suggestion(text="/disaster declare", label="Declare…")
    lead = (view.Suggestion(text="/disaster calls", label="Calls"),) if "TL" in person.roles else ()
    return (declare, *lead, *(view.Suggestion(text=line, label=line.split()[1].capitalize()) for line in _STAFF))


async def _groups(desk: Desk, db: Db, query: str) -> tuple[tuple[view.PeopleGroup, ...], int]:
    policy = desk.policy
    if query.strip():
        found = await people.search(db, query, _MATCHES)
        return await _marked(db, policy, [("Found", found)]), await people.count_found(db, query)
    shown = [
        ("People to try first", await _first(db)),
        ("Responders", await people.in_role(db, policy.room_roles)),
        ("Leaders", await people.of_audience(db, ("leaders",), 12)),
        ("Outside", await people.of_audience(db, sorted(OUTSIDE), 40)),
    ]
    return await _marked(db, policy, shown), 0


async def _marked(
    db: Db, policy: Policy, shown: Sequence[tuple[str, Sequence[Person]]]
) -> tuple[view.PeopleGroup, ...]:
    """Return groups of people, each with how much is new to them."""
    new = await console.unread_directly(db, {p.id for _, rows in shown for p in rows})
    return tuple(
        view.PeopleGroup(title=title, people=tuple(row_of(p, policy, new.get(p.id, 0)) for p in rows))
        for title, rows in shown
        if rows
    )


async def _first(db: Db) -> list[Person]:
    """A commander, the communications lead, the safety officer, a team lead, two agents and a leader.

    The responders work elsewhere than the agents, as they will when that site is hit.
    """
    lead = next(iter(await people.in_role(db, ["TL"])), None)
    chosen: list[Person] = []
    for role in ("IC", "PIO", "SO"):
        able = await people.in_role(db, [role])
        elsewhere = [p for p in able if lead is None or p.site != lead.site]
        chosen += [p for p in elsewhere or able if p not in chosen][:1]
    chosen += [lead, *await people.team_members(db, lead.id, 2)] if lead else []
    return chosen + await people.of_audience(db, ("leaders",), 1)


async def _start(desk: Desk, db: Db) -> view.Start | None:
    first = await _first(db)
    commander = next((p for p in first if "IC" in p.roles), None)
    lead = next((p for p in first if "TL" in p.roles), None)
    agent = next((p for p in first if p.kind is PersonKind.AGENT), None)
    if not (commander and lead and agent):
        return None
    return view.Start(
        commander=row_of(commander, desk.policy), lead=row_of(lead, desk.policy), agent=row_of(agent, desk.policy)
    )


async def begin_speed(desk: Desk, speed: view.Speed) -> None:
    """Choose how the simulated people begin; off is off, else what was chosen before goes on."""
    async with desk.work() as work:
        if speed is view.Speed.OFF or await console.setting(work, "speed") in (None, view.Speed.OFF):
            await console.set_setting(work, "speed", speed.value)


async def set_speed(desk: Desk, speed: view.Speed) -> None:
    """Turn the simulated people on, off, or faster."""
    async with desk.work() as work:
        await console.set_setting(work, "speed", speed.value)


async def stamp(db: Db, person: str, key: str) -> tuple[object, ...]:
    """Return what changes whenever a person's page would: messages, rooms, the switch."""
    place = await console.stamp(db, address_of(key, person), person)
    return (
        *place,
        await notices.last_answer(db, person),
        len(await console.rooms_of(db, person)),
        await console.newest(db),
        await console.setting(db, "speed"),
    )
