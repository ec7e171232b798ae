"""Asking, reminding, telling the lead; the forms with which people answer."""

from collections.abc import Sequence
from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Card, Choice, Field, FieldKind, Form, Item, Tone
from bot.domain.duty import Act, Duty, Outcome
from bot.domain.readiness import Kind
from bot.domain.text import plural
from bot.domain.wording.forms import who
from bot.domain.wording.parts import button, done
from bot.domain.wording.readiness import OUTCOMES, SCORES, day, see, sentence, standing, task, titled

SHOWN = 8
_HINTS = (
    "nothing is there",
    "somebody says so; nothing is written",
    "it is written down: say where",
    "evidence that is not older than the interval: say which, and its day",
    "it was tried in an exercise or for real, and it held",
)
_NOUNS = {
    Kind.QUESTION: "question", Kind.REVIEW: "review", Kind.MAINTENANCE: "maintenance task",
    Kind.OVERLAP: "agreement", Kind.ATTESTATION: "attestation",
}  # fmt: skip
Pairs = Sequence[tuple[Duty, Entry]]


def _counted(some: Pairs) -> str:
    kinds = {kind: sum(duty.kind is kind for duty, _ in some) for kind in _NOUNS}
    return ", ".join(plural(n, _NOUNS[kind]) for kind, n in kinds.items() if n)


def asked(act: Act, some: Pairs, *, gap: bool) -> Card:
    """Ask the owner, or remind them, of all that is due from them at this moment."""
    more = len(some) - SHOWN
    again = "Reminder: due from you" if act is Act.REMIND else "Due from you"
    text = ["You are asked because whoever should own this has left, or nobody holds the role."] if gap else []
    text += [f"… and {more} more: see all of them."] if more > 0 else []
    return Card(
        title=f"{again}: {_counted(some)}",
        tone=Tone.WARN if act is Act.REMIND else Tone.PLAIN,
        text=tuple(text),
        items=tuple(task(duty, entry) for duty, entry in some[:SHOWN]),
        buttons=(button("See all of mine", i.MyDuties()),) if more > 0 else (),
        footer="Between disasters, this is what keeps the plan true. Not yours? Open it and give it to somebody.",
    )


def escalated(some: Pairs, silent: Sequence[str]) -> Card:
    """Tell the lead what somebody has left unanswered."""
    lines = [_told(duty, entry, who) for (duty, entry), who in zip(some[:SHOWN], silent, strict=False)]
    more = len(some) - SHOWN
    return Card(
        title=f"Not answered by your people: {_counted(some)}",
        tone=Tone.BAD,
        text=("They were asked and reminded. It lowers the readiness score until it is done.",)
        + ((f"… and {more} more.",) if more > 0 else ()),
        items=tuple(lines),
    )


def _told(duty: Duty, entry: Entry, who: str) -> Item:
    return Item(title=titled(entry), text=f"Asked: {who}. {sentence(standing(duty))}", buttons=(see(duty),))


def answer_form(duty: Duty, entry: Entry, want: i.AnswerDuty, today: date) -> Card:
    """Ask for an answer with its evidence."""
    options = tuple(Choice(value=str(n), label=f"{n} – {word}", hint=_HINTS[n]) for n, word in enumerate(SCORES))
    chosen = want.score if want.score is not None else duty.score
    score = Field(
        name="score", label="How is it today?", kind=FieldKind.ONE, options=options,
        value=() if chosen is None else (str(chosen),),
    )  # fmt: skip
    return Card(
        title=titled(entry),
        text=tuple(t for t in (entry.why, f"It stands at: {standing(duty)}.") if t),
        form=Form(
            intent=i.encode(i.AnswerDuty(duty=duty.id)), submit="Answer",
            fields=(score, *_evidence(entry, today, want.text, want.link)),
        ),
    )  # fmt: skip


def _evidence(entry: Entry, today: date, text: str | None = None, link: str | None = None) -> tuple[Field, ...]:
    return (
        Field(
            name="text", label="Evidence", kind=FieldKind.PARAGRAPH, max_length=2000, required=False,
            hint=entry.evidence + (". From 2 on, say where it stands." if entry.kind is Kind.QUESTION else ""),
            value=(text,) if text else (),
        ),
        Field(
            name="link", label="Link to it", required=False, hint="https://…", value=(link,) if link else (),
        ),
        Field(
            name="dated", label="Day of the evidence", required=False,
            hint=f"{today.isoformat()} for today, which it is when left empty",
        ),
    )  # fmt: skip


def end_form(duty: Duty, entry: Entry, want: i.EndDuty, today: date) -> Card:
    """Ask what was found or changed."""
    label = {Outcome.CHANGED: "Record the change", Outcome.DONE: "Done"}.get(want.outcome, "Record it")
    return Card(
        title=f"{titled(entry)}: {OUTCOMES[want.outcome]}",
        text=(f"It stands at: {standing(duty)}.",),
        form=Form(
            intent=i.encode(i.EndDuty(duty=duty.id, outcome=want.outcome)), submit=label,
            fields=_evidence(entry, today),
        ),
    )  # fmt: skip


def give_form(duty: Duty, entry: Entry, people: Sequence[tuple[str, str]]) -> Card:
    """Ask to whom a duty goes."""
    field = who(people)
    return Card(
        title=f"Give it to somebody: {titled(entry)}",
        form=Form(intent=i.encode(i.GiveDuty(duty=duty.id)), fields=(field,), submit="Give it"),
    )


def given(duty: Duty, entry: Entry, by: str) -> Card:
    """Tell somebody that a duty is theirs now."""
    return Card(
        title=f"{by} gave you: {titled(entry)}", text=(entry.why,) if entry.why else (), items=(task(duty, entry),)
    )


def recorded(entry: Entry, outcome: Outcome, due: date, was: int | None, now: int | None) -> Card:
    """Say that it is recorded, when it comes back, and what it did to the score."""
    text = [f"It comes back on {day(due)}."]
    if was is not None and now is not None:
        text.append(f"The score was {was} and is {now}." if was != now else f"The score stays at {now}.")
    return done(f"{titled(entry)}: {OUTCOMES[outcome]}", *text)
