"""Moves: reported step by step, by the agents themselves or their leads."""

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.journal import Verb
from bot.domain.refusal import Refused, Why
from bot.domain.wording.parts import banner, done
from bot.domain.wording.people import MOVE_WORDS, moved
from bot.operations.scene import Scene
from bot.storage import incidents, moves, places


async def report(scene: Scene, intent: i.SetMove) -> Card:
    """Take a move on: the agent's own word, or the lead's for them."""
    move, work = scene.asked_move, scene.work
    if move is None:
        raise Refused("That move does not exist.", instead="/disaster where tells what you do now.")
    if not await moves.step_on(work, move, intent.state):
        fresh = await moves.find(work, move.id) or move
        raise Refused(
            f"That is out of date: the move is “{MOVE_WORDS[fresh.state]}” now.",
            instead="/disaster where shows the next step.",
            why=Why.TAKEN,
        )
    proxied = scene.actor.id != move.person_id
    text = f"{MOVE_WORDS[intent.state]}" + (", said by their lead" if proxied else "")
    work.note(move.incident_id, scene.actor.id, Verb.PROXY if proxied else Verb.MOVE, text, f"person:{move.person_id}")
    site = (await places.sites(work)).get(move.destination_id or "")
    card = moved(move, intent.state, site.name if site else "", work.now)
    return card.evolve(banner=banner(drill=(await incidents.get(work, move.incident_id)).drill))


async def take_back(scene: Scene, intent: i.TakeBack) -> Card:
    """Take the last report of a move back: somebody pressed by mistake."""
    move, work = scene.asked_move, scene.work
    if move is None or move.state != intent.state:
        raise Refused("That was changed meanwhile.", instead="/disaster where shows how it stands.", why=Why.TAKEN)
    before = await moves.step_back(work, move)
    if before is None:
        raise Refused("That can't be taken back.", instead="Ask your team lead.")
    text = f"took back “{MOVE_WORDS[move.state]}”"
    work.note(move.incident_id, scene.actor.id, Verb.MOVE, text, f"person:{move.person_id}")
    return done(f"Taken back: {MOVE_WORDS[before]}")
