"""What is said of a drill in which nobody does anything any more."""

from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Card, Style, Tone
from bot.domain.drill import Drill
from bot.domain.incident import Incident
from bot.domain.person import Audience
from bot.domain.runbook import Ask, Message
from bot.domain.template import verbatim
from bot.domain.text import plural
from bot.domain.when import day_and_time
from bot.domain.wording.drills import title
from bot.domain.wording.parts import button, done


def ask(drill: Drill, last: datetime, ends_at: datetime) -> Card:
    """Ask those who run a drill whether it still goes on; while its clock is held it does not end by itself."""
    ends = f"If nobody does, it ends by itself {day_and_time(ends_at)}, and everybody in it is told."
    held = f"Its clock is held, so it does not end by itself. You are asked again {day_and_time(ends_at)}."
    return Card(
        title=f"Does {drill.reference} still run?",
        tone=Tone.WARN,
        text=(
            f"Nobody has done anything in {title(drill)} since {day_and_time(last)}.",
            held if drill.paused_at else ends,
        ),
        buttons=(
            button("It still runs", i.KeepDrill(drill=drill.id), Style.PRIMARY),
            button("End the exercise", i.EndDrill(drill=drill.id), Style.NORMAL, f"End {drill.reference} for all?"),
        ),
    )


def kept(drill: Drill, hours: int) -> Card:
    """Confirm that it goes on."""
    return done(f"{drill.reference} goes on", f"You are asked again after {plural(hours, 'hour')} without a word.")


def over(incident: Incident, hotline: str) -> Message:
    """Tell everybody in a drill that it has ended by itself."""
    text = (
        f"The exercise {incident.reference} is over.\n"
        "What we know: nobody did anything in it any more, so it has ended by itself. Nothing real happened.\n"
        f"What to do: work as usual; nothing that the exercise told you holds. Questions: {hotline}."
    )
    subject = f"The exercise {incident.reference} is over"
    return Message(audience=Audience.EVERYONE, subject=subject, text=verbatim(text), ask=Ask.NOTHING)


def ended(drill: Drill, asked_at: datetime, *, scored: bool) -> Card:
    """Tell whoever organised a drill that it has ended by itself."""
    how = "What was done in it is scored." if scored else "Nobody did anything in it: it is called off, and not scored."
    text = f"You were asked {day_and_time(asked_at)}, and nobody has done anything since. Everybody in it is told."
    return Card(title=f"{title(drill)} has ended by itself", tone=Tone.WARN, text=(text, how))


def not_let_go(drill: Drill) -> Card:
    """Tell the organiser that a drill was held for too long."""
    text = f"It was due {day_and_time(drill.planned_at)}, and nobody let it go ahead beside the real incident."
    return Card(title=f"{title(drill)} is called off", tone=Tone.WARN, text=(text, "Plan it again: /disaster drill"))
