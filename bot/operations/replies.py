"""Answers: what people say of themselves, and what a lead says for them."""

from typing import Any

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.delivery import Priority, Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.move import MoveState
from bot.domain.notice import ANSWERS, Answer, RecipientState
from bot.domain.person import Person
from bot.domain.refusal import Refused, Why
from bot.domain.roll import RollState
from bot.domain.runbook import Ask
from bot.domain.text import listed
from bot.domain.when import at
from bot.domain.wording import notices as wording
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import banner, done
from bot.domain.wording.people import help_needed
from bot.operations import outbox
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, moves, notices, people, places, roll, tallies

_ROLL = {Answer.SAFE: RollState.SAFE, Answer.HELP: RollState.HELP, Answer.UNABLE: RollState.UNABLE}


async def say(scene: Scene, intent: i.Say) -> Card:
    """Take an answer: the recipient, the roll and the move become true together."""
    person = intent.person or scene.actor.id
    row = await notices.recipient(scene.work, intent.notice, person)
    if row is None:
        raise Refused("That message was not for you.", instead="/disaster where tells what you do now.")
    await _check(scene, row, person, intent.answer)
    proxied = person != scene.actor.id
    state = RecipientState.PROXIED if proxied else RecipientState.ANSWERED
    if not await notices.answer(scene.work, row["id"], row["state"], state, intent.answer, scene.actor.id):
        raise await _beaten(scene, intent.notice, person)
    scene.work.shift(row["incident_id"], "recipient", str(intent.notice), old=row["state"], new=state)
    if row["answer"] is None:
        minute = tallies.minute(scene.work.now)
        scene.work.shift(row["incident_id"], tallies.ANSWERED, str(intent.notice), old=None, new=minute)
    return await _follow(scene, row, person, intent.answer, proxied=proxied)


async def _check(scene: Scene, row: Any, person: str, answer: Answer) -> None:
    """Refuse an answer to what asks no more, and one that stands already."""
    if answer not in ANSWERS[Ask(row["ask"])]:
        raise Refused("That is no answer to this message.", instead="Press one of its buttons.")
    if row["notice_state"] != "live":
        help_ = (
            f"If you need help, call your team lead or {scene.desk.policy.hotline}; in danger, the emergency services."
        )
        raise Refused("No answer is needed any more: it is over.", instead=help_)
    numbers = (await notices.numbers_of(scene.db, row["incident_id"], [person], row["audience"])).get(person, [])
    if row["state"] == RecipientState.TOLD and numbers and numbers[-1] > row["number"]:
        raise Refused(
            f"Message {row['number']} is out of date.",
            instead=f"Message {numbers[-1]} replaces it: answer that one.",
            why=Why.TAKEN,
        )
    answered = row["state"] in (RecipientState.ANSWERED, RecipientState.PROXIED)
    theirs = scene.actor.id in (person, row["answered_by"])  # a person may change their own word, a proxy theirs
    if answered and (row["answer"] == answer or not theirs):
        raise await _beaten(scene, 0, person, row)


async def _beaten(scene: Scene, notice: int, person: str, row: Any = None) -> Refused:
    row = row or await notices.recipient(scene.db, notice, person)
    names = await people.named(scene.db, {row["answered_by"]} if row["answered_by"] else set())
    said = wording.answer_word(Answer(row["answer"]), Ask(row["ask"])) if row["answer"] else ""
    text = taken(f"“{said}” was answered already by", row["answered_by"], row["answered_at"], names, scene.desk.policy)
    return Refused(text, why=Why.TAKEN)


async def _follow(scene: Scene, row: Any, person: str, answer: Answer, *, proxied: bool) -> Card:
    """After the answer is written: roll, move, help, journal, confirmation."""
    work, incident_id = scene.work, row["incident_id"]
    if answer in _ROLL:
        await roll.say(work, incident_id, person, _ROLL[answer], scene.actor.id)
    where = await _move(scene, incident_id, person, answer) if row["ask"] == Ask.MOVE else ""
    who = scene.actor if not proxied else await people.find(work, person)
    if answer is Answer.HELP and who is not None:
        await _call_help(scene, await incidents.get(work, incident_id), who)
    said = wording.answer_word(answer, Ask(row["ask"]))
    text = f"{said} (message {row['number']})" + (f", said for {who.name if who else person}" if proxied else "")
    work.note(incident_id, scene.actor.id, Verb.PROXY if proxied else Verb.ANSWER, text, f"person:{person}")
    if proxied:
        await deliveries.refresh(work, incident_id, Subject.CALL_LIST, person_id=scene.actor.id)
        return done(f"Noted for {who.name if who else person}: {said}", "It is logged that you answered for them.")
    thanks = wording.thanks(answer, Ask(row["ask"]), where, "Your team lead", scene.desk.policy.hotline)
    return thanks.evolve(banner=banner(drill=row["drill"]))


async def _move(scene: Scene, incident: int, person: str, answer: Answer) -> str:
    """Take the person's move on, or end it; return where they go, in words."""
    move = (await moves.current(scene.work, incident, [person])).get(person)
    if move is None or move.state is MoveState.UNPLACED:
        return ""
    if answer is Answer.UNABLE:
        await moves.step_on(scene.work, move, MoveState.FAILED)
        return ""
    if answer is Answer.SAFE and move.state is MoveState.TOLD:
        await moves.step_on(scene.work, move, MoveState.MOVING)
    site = (await places.sites(scene.db)).get(move.destination_id or "")
    when = f", by {at(move.report_at, scene.desk.policy.tz)}" if move.report_at else ""
    return f"You work at {site.name}{when}. Tell us with /disaster where when you have arrived." if site else ""


async def _call_help(scene: Scene, incident: Incident, person: Person) -> None:
    """Page the team lead and the safety officer, before everything else that waits to be sent."""
    team = await people.team(scene.db, person.team) if person.team else None
    roles = await incidents.roles(scene.db, incident.id)
    site = (await places.sites(scene.db)).get(person.site)
    card = help_needed(
        incident, person.name, person.phone, team.name if team else "", site.name if site else "", person.id
    )
    officer = roles.get("SO") or roles.get("DEP") or roles.get("IC")
    called = [p for p in dict.fromkeys((team.lead if team else None, officer)) if p and p != person.id]
    for somebody in called:
        await outbox.to_person(scene.desk, scene.work, incident, somebody, card, Priority.LIFE_SAFETY)
    names = await people.named(scene.db, called)
    text = f"help was called for: {listed([names.get(p, p) for p in called]) or 'nobody could be told'}"
    scene.work.note(incident.id, scene.actor.id, Verb.HELP, text, f"person:{person.id}")


async def helped(scene: Scene, intent: i.Helped) -> Card:
    """Somebody who needed help is safe now."""
    entry = await roll.find(scene.work, scene.incident.id, intent.person)
    if entry is None:
        raise Refused("They are not on this incident's roll.", instead="/disaster roll shows who is.")
    if entry.state is not RollState.HELP:
        names = await people.named(scene.db, {entry.said_by} if entry.said_by else set())
        text = taken(
            f"They are marked {entry.state.value} already, by", entry.said_by, entry.said_at, names, scene.desk.policy
        )
        raise Refused(text, why=Why.TAKEN)
    await roll.say(scene.work, scene.incident.id, intent.person, RollState.SAFE, scene.actor.id)
    name = (await people.named(scene.db, [intent.person])).get(intent.person, intent.person)
    scene.work.note(
        scene.incident.id, scene.actor.id, Verb.HELP, f"{name} was helped and is safe", f"person:{intent.person}"
    )
    return done(f"{name} is marked safe", "Thank you.")
