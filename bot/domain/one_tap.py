"""What somebody may do through a link that was sent to them: answer, and say how far they are. Nothing else."""

from pydantic import ValidationError

from bot.domain import intent as i
from bot.domain.card import Button, Card


def for_link(card: Card) -> Card:
    """Return a card as it is shown to whoever has the link: no form, no list, only buttons about themselves."""
    return card.evolve(buttons=tuple(b for b in card.buttons if own(b)), items=(), form=None)


def own(button: Button) -> bool:
    """Whether a press is about whoever presses, and no more than an answer."""
    try:
        intent = i.decode(button.intent)
    except ValidationError:
        return False
    return isinstance(intent, i.SetMove | i.TakeBack) or (isinstance(intent, i.Say) and intent.person is None)


def answers(card: Card) -> tuple[str, ...]:
    """Return the words of the answers that a card takes, in their order."""
    return tuple(b.label for b in card.buttons if own(b) and isinstance(i.decode(b.intent), i.Say))
