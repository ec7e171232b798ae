"""Answers: what people say of themselves, and what a lead says for them."""

from typing import Any

from bot.domain import intent as i
from bot.domain.card import Button, Card
from bot.domain.delivery import Subject
from bot.domain.followup import written
from bot.domain.journal import Verb
from bot.domain.move import MoveState
from bot.domain.notice import ANSWERS, RANK, Answer, RecipientState, outdated
from bot.domain.person import Audience
from bot.domain.refusal import Refused, Why
from bot.domain.roll import RollState
from bot.domain.runbook import Ask
from bot.domain.when import soon
from bot.domain.wording import notices as wording
from bot.domain.wording.incidents import taken
from bot.domain.wording.parts import banner, done
from bot.domain.wording.people import progress_buttons
from bot.operations import helping
from bot.operations.scene import Scene
from bot.storage import deliveries, incidents, moves, notices, people, places, roll, tallies

_ROLL = {Answer.SAFE: RollState.SAFE, Answer.HELP: RollState.HELP, Answer.UNABLE: RollState.UNABLE}


async def say(scene: Scene, intent: i.Say) -> Card:
    """Take an answer: the recipient, the roll and the move become true together."""
    person = intent.person or scene.actor.id
    proxied = person != scene.actor.id
    row = await notices.recipient(scene.work, intent.notice, person) if proxied else scene.asked_notice
    if row is None and intent.answer is Answer.HELP and not proxied:
        return await _unasked(scene, intent.notice)
    if row is None:
        raise Refused("That message was not for you.", instead="/disaster where tells what you do now.")
    await _check(scene, row, person, intent.answer)
    state = RecipientState.PROXIED if proxied else RecipientState.ANSWERED
    on = None if proxied else scene.place.platform  # it proves that they are reached there
    if not await notices.answer(scene.work, row["id"], row["state"], state, intent.answer, scene.actor.id, on):
        raise await _beaten(scene, intent.notice, person)
    scene.work.shift(row["incident_id"], "recipient", str(intent.notice), old=row["state"], new=state)
    if proxied:  # they see on their own message that somebody answered for them
        theirs = row["incident_id"], Subject.NOTICE
        await deliveries.refresh(scene.work, *theirs, person_id=person, notice_id=intent.notice)
    elif len(scene.desk.platforms) > 1:  # they may have been asked on another chat than they answer on
        where = {"but": scene.place.platform, "recipient_id": row["id"]}
        await deliveries.refresh(scene.work, row["incident_id"], Subject.NOTICE, **where)
    if row["answer"] is None:
        minute = tallies.minute(scene.work.now)
        scene.work.shift(row["incident_id"], tallies.ANSWERED, str(intent.notice), old=None, new=minute)
    return await _follow(scene, row, person, intent.answer, proxied=proxied)


async def _unasked(scene: Scene, notice_id: int) -> Card:
    """Somebody who was not asked calls for help, from their team's channel: they are heard like everybody."""
    notice = await notices.find(scene.work, notice_id)
    if notice is None:
        raise Refused("That message is gone.", instead=f"Call {scene.desk.policy.hotline}.")
    incident, me = await incidents.get(scene.work, notice.incident_id), scene.actor
    await roll.say(scene.work, incident.id, me.id, RollState.HELP, me.id)
    called = await helping.call(scene.desk, scene.work, incident, me, me.id)
    said = wording.answer_word(Answer.HELP, notice.ask)
    scene.work.note(incident.id, me.id, Verb.ANSWER, f"{said} (message {notice.number}, not asked)", f"person:{me.id}")
    thanks = wording.thanks(Answer.HELP, notice.ask, "", scene.desk.policy.hotline, called)
    return thanks.evolve(banner=banner(drill=incident.drill))


async def _check(scene: Scene, row: Any, person: str, answer: Answer) -> None:
    """Refuse an answer to what asks no more, and one that stands already."""
    if answer not in ANSWERS[Ask(row["ask"])]:
        raise Refused("That is no answer to this message.", instead="Press one of its buttons.")
    if answer is Answer.HELP:
        return  # a call for help is never refused: not late, not twice, not for anybody
    if row["notice_state"] != "live":
        help_ = (
            f"If you need help, call your team lead or {scene.desk.policy.hotline}; in danger, the emergency services."
        )
        raise Refused("No answer is needed any more: it is over.", instead=help_)
    if outdated(RecipientState(row["state"]), Ask(row["ask"])):
        await _check_newest(scene, row, person)
    answered = row["state"] in (RecipientState.ANSWERED, RecipientState.PROXIED)
    theirs = scene.actor.id in (person, row["answered_by"])  # a person may change their own word, a proxy theirs
    if answered and (row["answer"] == answer or not theirs):
        raise await _beaten(scene, 0, person, row)


async def _check_newest(scene: Scene, row: Any, person: str) -> None:
    mine = (await notices.numbers_of(scene.db, row["incident_id"], [person], row["audience"])).get(person, [])
    newer = [n for n, ask in mine if n > row["number"] and RANK[ask] >= RANK[Ask(row["ask"])]]
    if newer:
        instead = f"Message {newer[-1]} replaces it: answer that one."
        raise Refused(f"Message {row['number']} is out of date.", instead=instead, why=Why.TAKEN)


async def _beaten(scene: Scene, notice: int, person: str, row: Any = None) -> Refused:
    row = row or await notices.recipient(scene.db, notice, person)
    names = await people.named(scene.db, {row["answered_by"]} if row["answered_by"] else set())
    said = wording.answer_word(Answer(row["answer"]), Ask(row["ask"])) if row["answer"] else ""
    text = taken(f"“{said}” was answered already by", row["answered_by"], row["answered_at"], names)
    return Refused(text, why=Why.TAKEN)


async def _follow(scene: Scene, row: Any, person: str, answer: Answer, *, proxied: bool) -> Card:
    """After the answer is written: roll, move, help, journal, confirmation."""
    work, incident_id = scene.work, row["incident_id"]
    waits = answer is Answer.UNABLE and row["roll_state"] == RollState.HELP  # who can't work has not said: I am safe
    says = answer in _ROLL and not waits
    changed = says and await roll.say(work, incident_id, person, _ROLL[answer], scene.actor.id, seen=row)
    moving = row["ask"] == Ask.MOVE
    where, buttons = await _move(scene, incident_id, person, answer) if moving else ("", ())
    who = scene.actor if not proxied else await people.find(work, person)
    called: list[str] = []
    if answer is Answer.HELP and who is not None:
        about = await incidents.get(work, incident_id)
        called = await helping.call(scene.desk, work, about, who, scene.actor.id, fresh=changed)
    if changed and who is not None and row["roll_state"] == RollState.HELP:
        await helping.over(work, incident_id, who.id, who.team)
    elif changed and who is not None and answer is Answer.HELP:
        await deliveries.refresh_call_list(work, incident_id, who.team)
    said = wording.answer_word(answer, Ask(row["ask"]))
    text = f"{said} (message {row['number']})" + (f", said for {who.name if who else person}" if proxied else "")
    work.note(incident_id, scene.actor.id, Verb.PROXY if proxied else Verb.ANSWER, text, f"person:{person}")
    if proxied:
        await deliveries.refresh(work, incident_id, Subject.CALL_LIST, person_id=scene.actor.id)
        return done(f"Noted for {who.name if who else person}: {said}", "It is logged that you answered for them.")
    if row["rung"] > written(scene.desk.policy.ladder.get(Audience(row["audience"]), ())):
        await deliveries.withdraw_for(work, row["id"])
        await deliveries.refresh(work, incident_id, Subject.NOTICE, person_id=person, notice_id=row["notice_id"])
        await deliveries.refresh_call_list(work, incident_id, scene.actor.team)
    thanks = wording.thanks(answer, Ask(row["ask"]), where, scene.desk.policy.hotline, called)
    return thanks.evolve(banner=banner(drill=row["drill"]), buttons=buttons)


async def _move(scene: Scene, incident: int, person: str, answer: Answer) -> tuple[str, tuple[Button, ...]]:
    """Take the person's move on, or end it; return where they go in words, and what they can report next."""
    move = (await moves.current(scene.work, incident, [person])).get(person)
    if move is None and answer is Answer.SAFE:
        return _NO_SEAT, ()
    if move is None or move.state is MoveState.UNPLACED:
        return "", ()
    if answer is Answer.UNABLE:
        await moves.step_on(scene.work, move, MoveState.FAILED)
    if answer is not Answer.SAFE:
        return "", ()
    if move.state is MoveState.TOLD and await moves.step_on(scene.work, move, MoveState.MOVING):
        move = move.model_copy(update={"state": MoveState.MOVING})
    site = (await places.sites(scene.db)).get(move.destination_id or "")
    when = f", by {soon(move.report_at)}" if move.report_at else ""
    text = (
        f"You work at {site.name}{when}. When you are there, press the button, or type /disaster where." if site else ""
    )
    return text, progress_buttons(move)


_NO_SEAT = "Your seat was given back. Stay where you are safe: you get a message when there is a new place for you."
