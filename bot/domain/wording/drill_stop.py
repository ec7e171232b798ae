"""What is said when a drill is stopped because something real has happened."""

import re
from collections.abc import Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Style, Tone
from bot.domain.incident import Incident
from bot.domain.text import listed
from bot.domain.wording.parts import button

STOPPED = "EXERCISE STOPPED – something real was reported – EXERCISE STOPPED"
CALL = "REAL INCIDENT"
_CALL = re.compile(r"\W*(?:(?:this|it) is |we have )?(?:an? )?real[\s_-]+incident\b.{0,100}", re.IGNORECASE | re.DOTALL)


def is_call(text: str) -> bool:
    """Whether a line begins with the words that stop a drill."""
    return _CALL.fullmatch(re.sub(r"^/?disaster\b", "", text.strip(), flags=re.IGNORECASE)) is not None


def stop_button() -> Button:
    """Return the button that says the same."""
    sure = "Has something real happened? The exercise stops at once and everybody in it is told."
    return button(CALL, i.RealIncident(), Style.DANGER, sure)


def to_everyone(incident: Incident, hotline: str, real: Incident | None = None) -> Card:
    """Tell everybody who was told anything that the drill is over, and what holds now; real: what was declared."""
    why = f"{real.reference} is real" if real else "something real was reported"
    known = "a real incident was declared where it ran" if real else "somebody in the exercise said REAL INCIDENT"
    return Card(
        title=f"{incident.reference}: the exercise is stopped, {why}", banner=STOPPED, tone=Tone.BAD,
        text=(
            f"What we know: {known}. Nothing that the exercise told you holds.",
            "What we don't know yet: what happened, and whom it concerns.",
            "What to do: in danger, get to safety and call the emergency services. Else drop the exercise and work on.",
            f"Real instructions come without the word EXERCISE. Questions: {hotline}.",
        ),
    )  # fmt: skip


def which(drill: Incident, want: i.Declare) -> Card:
    """Ask somebody who declares where a drill runs whether theirs is real: whoever plays along may have forgotten."""
    real = want.model_copy(update={"drill": False})
    return Card(
        title=f"Is this real? The exercise {drill.reference} runs there", tone=Tone.BAD,
        text=(
            "Nothing was declared yet. If it is real, one press declares it, stops the exercise and tells all in it.",
            "If it belongs to the exercise, go on in its room: nobody outside is told anything.",
        ),
        buttons=(
            button("It is real: stop the exercise", real, Style.DANGER),
            button("It belongs to the exercise", i.Join(incident=drill.id)),
        ),
    )  # fmt: skip


def joins(drill: Incident, real: Incident) -> Card:
    """Show those who ran the drill where the real one is."""
    return Card(
        title=f"{drill.reference} is stopped: {real.reference} is real", banner=STOPPED, tone=Tone.BAD,
        text=("Its own room is where the work is done now. Everybody in the exercise is told that this is real.",),
        buttons=(button(f"Join {real.reference}", i.Join(incident=real.id), Style.PRIMARY),),
    )  # fmt: skip


def _declares(incident: Incident) -> Button:
    places = {"sites": incident.sites, "systems": incident.systems, "queues": incident.queues}
    return button("Declare the real one…", i.Declare(drill=False, **places), Style.DANGER)


def offer(incident: Incident, who: str) -> Card:
    """Offer those who run the drill to declare what is real."""
    text = f"{who} said REAL INCIDENT. The exercise is stopped and everybody who was told anything is told so."
    return Card(
        title=f"{incident.reference} is stopped: has something real happened?", banner=STOPPED, tone=Tone.BAD,
        text=(text, f"Ask {who} what they saw. Then declare it: the form asks for what is known."),
        buttons=(_declares(incident),),
    )  # fmt: skip


def stopped(found: Sequence[Incident], hotline: str, *, able: bool) -> Card:
    """Confirm it to whoever said so, with what they do next."""
    names = listed([one.reference for one in found])
    said = ("The exercise is stopped: everybody who was told anything is told so.", otherwise(hotline, able=able))
    buttons = (_declares(found[0]),) if able else ()
    return Card(title=f"{names} is stopped", banner=STOPPED, tone=Tone.BAD, text=said, buttons=buttons)


def otherwise(hotline: str, *, able: bool) -> str:
    """Return what somebody does who has seen something real."""
    if able:
        return "If something real has happened, declare it now: /disaster declare"
    return f"In danger, get to safety and call the emergency services. Then call {hotline} and say what you saw."
