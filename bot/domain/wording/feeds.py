"""What is said of somebody's own calendar."""

from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Card, Fact, Style
from bot.domain.wording.parts import button, done
from bot.domain.wording.readiness import day

ENDED = "This calendar link has ended"
ENDED_TEXT = "It is too old, a newer one replaced it, or it was ended."
INSTEAD = "Type /disaster calendar in chat: it gives you a new one. Then remove this one from your calendar."
WRONG = "This calendar link does not work"
WRONG_TEXT = "It was copied wrongly, or is not ours."
_WHAT = (
    "What falls to you between disasters: questions, reviews, maintenance, drills and their findings. "
    "Your calendar looks it up by itself every few hours."
)


def link(address: str, until: datetime, *, new: bool) -> Card:
    """Give somebody the link to their calendar."""
    first = ("This is your new link; the one before it opens nothing any more.",) if new else ()
    return Card(
        title="Your calendar",
        text=(*first, _WHAT, f"Subscribe to this address: {address}"),
        facts=(
            Fact(label="Outlook", value="Add calendar, Subscribe from web"),
            Fact(label="Google", value="Other calendars, From URL"),
            Fact(label="Apple", value="File, New Calendar Subscription"),
            Fact(label="Works until", value=day(until.date())),
        ),
        buttons=(
            button("New link", i.Calendar(act="new"), confirm="The link that you have opens nothing any more then."),
            button("End it", i.Calendar(act="end"), Style.DANGER, confirm="Calendars that read it are told no more."),
        ),
        footer="Whoever has the link can read it: keep it to yourself. A new link ends this one.",
    )  # fmt: skip


def ended() -> Card:
    """Say that a calendar is ended."""
    return done("Your calendar link has ended", "Whoever opens it reads nothing. /disaster calendar makes a new one.")
