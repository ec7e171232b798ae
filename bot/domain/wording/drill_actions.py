"""Findings of drills in words: to their owners, to those above them, when they are closed."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain import intent as i
from bot.domain.card import Card, Fact, Field, FieldKind, Form, Item, Style, Table, Tone
from bot.domain.drill_action import Action, ActionState
from bot.domain.text import clip
from bot.domain.wording.parts import button, done


def day(action: Action) -> str:
    """Return its day in words."""
    return action.due_on.strftime("%-d %b %Y")


def given(action: Action) -> Card:
    """Tell somebody of a finding that is theirs now."""
    return _card(action, f"A finding of {action.reference} is yours", Tone.WARN)


def reminder(action: Action, *, late: bool) -> Card:
    """Remind its owner."""
    title = f"Overdue: a finding of {action.reference}" if late else f"A finding of {action.reference} is due soon"
    return _card(action, title, Tone.BAD if late else Tone.WARN)


def to_lead(action: Action, owner: str) -> Card:
    """Tell whoever leads the owner that it is still open."""
    card = _card(action, f"{owner} has not closed a finding of {action.reference}", Tone.BAD)
    return card.evolve(text=(*card.text, f"{owner} was reminded before it was due, and when it was. Please see to it."))


def _card(action: Action, title: str, tone: Tone) -> Card:
    finished = button("Done…", i.CloseAction(action=action.id), Style.PRIMARY)
    return Card(
        title=title, tone=tone, text=(action.text,), facts=(Fact(label="Due", value=day(action)),), buttons=(finished,)
    )


def item(action: Action, owner: str) -> Item:
    """Return it as a line of a list."""
    finished = button("Done…", i.CloseAction(action=action.id))
    return Item(
        title=clip(action.text, 200), text=f"{action.reference}, {owner}, due {day(action)}", buttons=(finished,)
    )


def table(actions: Sequence[Action], names: Mapping[str, str], today: date) -> Table | None:
    """Return what a drill found wanting, whose it is and what became of it; None where nothing was."""
    rows = tuple((a.text, names.get(a.owner, a.owner), day(a), _standing(a, today)) for a in actions)
    columns = ("What is to be done", "Whose", "Due", "Where it stands")
    return Table(columns=columns, rows=rows, caption="Findings") if rows else None


def _standing(action: Action, today: date) -> str:
    if action.state is ActionState.DONE:
        return f"closed: {action.evidence}" if action.evidence else "closed"
    return "overdue" if action.due_on < today else "open"


def ask(action: Action) -> Card:
    """Ask what was done about it."""
    hint = "It stands beside the drill. A link is fine."
    field = Field(name="evidence", label="What was done", kind=FieldKind.PARAGRAPH, max_length=2000, hint=hint)
    form = Form(intent=i.encode(i.CloseAction(action=action.id)), fields=(field,), submit="Close it")
    return Card(title=f"Close a finding of {action.reference}", text=(action.text,), form=form)


def closed(action: Action) -> Card:
    """Confirm that it is closed."""
    return done(f"A finding of {action.reference} is closed", action.text)
