"""What people read who answer by text message."""

from bot.domain.card import Card, Tone
from bot.domain.notice import ANSWERS
from bot.domain.runbook import Ask
from bot.domain.text import listed
from bot.domain.wording.notices import answer_word
from bot.domain.wording.parts import banner


def choices(ask: Ask, hotline: str, *, drill: bool) -> Card:
    """Ask again, with what can be answered."""
    may = listed([f"{n} {answer_word(answer, ask)}" for n, answer in enumerate(ANSWERS[ask], 1)], "or")
    text = f"Reply {may}. In danger, call the emergency services, then {hotline}."
    title = "We are not sure what you mean. Please reply with one digit"
    return Card(title=title, banner=banner(drill=drill), tone=Tone.WARN, text=(text,))


def nothing_asked(hotline: str) -> Card:
    """Tell somebody that no answer is waited for, and whom to call."""
    text = f"In danger, call the emergency services, then {hotline}. Nobody reads texts to this number."
    return Card(title="Nothing is asked of you now", text=(text,))
