"""Finding what a press does on a card."""

from typing import Any

from tests.fakes.teams.cards import walk


def action_of(card: Any, title: str) -> Any:
    """Return the action of a button; of one that asks first, what its yes does."""
    found = [one for one in walk(card) if str(one.get("type", "")).startswith("Action.") and one.get("title") == title]
    if not found:
        raise LookupError(f"There is no button {title!r}.")
    return found[0] if found[0]["type"] != "Action.ShowCard" else action_of(found[0]["card"], f"Yes: {title}")
