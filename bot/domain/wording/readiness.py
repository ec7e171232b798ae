"""How ready we are, in words: the score, what would raise it, one question with its history."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.domain import intent as i
from bot.domain.agenda import Entry
from bot.domain.card import Button, Card, Fact, Item, Meter, Style, Tone
from bot.domain.duty import Duty, Outcome, Record
from bot.domain.readiness import Kind
from bot.domain.readiness_score import EXERCISE, Audit, Band, Raise, Score, why_capped
from bot.domain.runbook import Category
from bot.domain.text import clip, listed, plural
from bot.domain.wording.parts import button, name_of
from bot.domain.wording.shown import often, words

SCORES = ("none", "stated", "documented", "evidence in date", "exercised and met")
SAMPLE = "Some of this is sample data, made up for the demo."
_SHOWN = 6
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.ANSWERED: "answered", Outcome.APPROVED: "approved as it is", Outcome.CHANGED: "changed",
    Outcome.DONE: "done", Outcome.AGREED: "agreed", Outcome.ATTESTED: "attested", Outcome.MISSED: "missed",
}  # fmt: skip


def day(when: date) -> str:
    """Return a day as people write it: 3 Dec 2026."""
    return f"{when.day} {when:%b %Y}"


def scored(one: Score) -> str:
    """Return "54 of 100, amber", and what holds it down."""
    if one.value is None:
        return "nothing to score yet"
    held = why_capped(one)
    return f"{one.whole} of 100, {one.band}" + (f" (held there: {held})" if held else "")


def meter(category: Category, one: Score) -> Meter:
    """Return a category's score as a meter."""
    return Meter(label=words(category), value=one.whole, total=100, tone=one.band.tone)


def overview(found: Audit, overdue: int, mine: int, link: str, *, sample: bool) -> Card:
    """Show the whole: overall beside the worst category, and what would raise it most."""
    if found.overall.value is None:
        return _nothing(link)
    text = [SAMPLE] if sample else []
    text += [f"The whole page, with calendar and history: {link}"]
    return Card(
        title=f"Readiness: {scored(found.overall)}",
        tone=found.overall.band.tone,
        text=tuple(text),
        facts=_facts(found, overdue),
        meters=tuple(meter(c, s) for c, s in _worst_first(found)),
        items=tuple(raising(r) for r in found.raises[:_SHOWN]),
        buttons=(button(f"What is due from me ({mine})", i.MyDuties(), Style.PRIMARY),),
        footer="Above the button: what would raise the score most, first things first.",
    )


def _worst_first(found: Audit) -> list[tuple[Category, Score]]:
    scored_ = [(c, s) for c, s in found.categories.items() if s.value is not None]
    return sorted(scored_, key=lambda pair: pair[1].whole)


EMPTY = (
    "The register is empty: no question applies to what the roster has. Import the roster, and look whether "
    "runbooks/readiness.yaml has questions; disaster check says what is wrong with it."
)


def _nothing(link: str) -> Card:
    return Card(title="Readiness: nothing to score yet", text=(EMPTY, f"The page: {link}"))


def _facts(found: Audit, overdue: int) -> tuple[Fact, ...]:
    worst = found.worst
    facts = [Fact(label="Overall", value=scored(found.overall), tone=found.overall.band.tone)]
    if worst is not None:
        one = found.categories[worst]
        facts.append(Fact(label="Worst category", value=f"{words(worst)}: {scored(one)}", tone=one.band.tone))
    asked = len(found.items)
    facts.append(Fact(label="Answered", value=f"{asked - found.unanswered} of {asked} questions"))
    facts.append(Fact(label="Overdue", value=f"{overdue:,}", tone=Tone.BAD if overdue else Tone.GOOD))
    drilled = len(found.categories) - len(found.undrilled)
    facts.append(
        Fact(
            label="Drilled within two years",
            value=f"{drilled} of {plural(len(found.categories), 'category', 'categories')}",
            tone=Tone.BAD if found.undrilled else Tone.GOOD,
        )
    )
    return tuple(facts)


def raising(one: Raise) -> Item:
    """Return one thing that would raise the score, and by how much."""
    return Item(title=one.title if one.key == EXERCISE else f"{one.key} {one.title}", text=gain(one))


def gain(one: Raise) -> str:
    """Return what it brings, and where: "+4.2 points; Leeds and York"."""
    names = [subject.name for subject in one.subjects]
    more = f", {len(names) - 4} more" if len(names) > 4 else ""
    where = f"; {', '.join(names[:4])}{more}" if names else ""
    if one.gain >= 0.05:
        return f"+{one.gain:.1f} points{' and frees the score' if one.frees and one.key != EXERCISE else ''}{where}"
    if one.frees:
        return f"it holds the score down together with others; then +{one.earns:.1f} points{where}"
    return f"+{one.earns:.1f} points, once nothing holds the score down{where}"


def category_card(category: Category, found: Audit, asked: Sequence[tuple[Duty, Entry]], link: str) -> Card:
    """Show one category with its questions, the weakest first."""
    one = found.categories[category]
    last = found.exercised.get(category)
    drilled = day(last) if last else "never"
    undrilled = category in found.undrilled
    weak = sorted(asked, key=lambda pair: (pair[0].score is not None, pair[0].score or 0, pair[0].due_on))
    return Card(
        title=f"{words(category)}: {scored(one)}",
        tone=one.band.tone,
        facts=(
            Fact(label="Last drilled", value=drilled, tone=Tone.BAD if undrilled else Tone.GOOD),
            Fact(label="Questions", value=f"{sum(d.score is not None for d, _ in asked)} of {len(asked)} answered"),
        ),
        items=tuple(_line(duty, entry) for duty, entry in weak[:_SHOWN]),
        text=(f"All of them: {link}",) if len(weak) > _SHOWN else (),
    )


def _line(duty: Duty, entry: Entry) -> Item:
    return Item(title=f"{entry.key} {entry.label}", text=standing(duty), buttons=(see(duty),))


def see(duty: Duty) -> Button:
    """Return the button that shows a duty."""
    return button("See it…", i.ShowDuty(duty=duty.id))


def standing(duty: Duty) -> str:
    """Return how a duty stands: "2 documented, evidence of 3 Dec 2026; due 3 Jun 2027"."""
    due = f"due {day(duty.due_on)}"
    if duty.score is not None:
        seen = f", evidence of {day(duty.evidence_on)}" if duty.evidence_on else ""
        return f"{duty.score} {SCORES[duty.score]}{seen}; {due}"
    if duty.kind is Kind.QUESTION:
        return f"never answered; {due}"
    return f"last done {day(duty.evidence_on)}; {due}" if duty.evidence_on else f"not done yet; {due}"


def sentence(text: str) -> str:
    """Return words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."


def mine(some: Sequence[tuple[Duty, Entry]], page: int, size: int, today: date) -> Card:
    """Show what is asked of somebody, the oldest first."""
    if not some:
        return Card(title="Nothing is due from you", tone=Tone.GOOD, text=("You will be asked when something is.",))
    shown = some[page * size : (page + 1) * size]
    late = sum(duty.overdue(today) for duty, _ in some)
    more = (button("More…", i.MyDuties(page=page + 1)),) if len(some) > (page + 1) * size else ()
    return Card(
        title=f"Due from you: {plural(len(some), 'thing')}" + (f", {late} overdue" if late else ""),
        tone=Tone.WARN if late else Tone.PLAIN,
        items=tuple(task(duty, entry) for duty, entry in shown),
        buttons=more,
    )


def task(duty: Duty, entry: Entry) -> Item:
    """Return one thing to do, with its buttons."""
    evidence = f"Evidence: {entry.evidence}. " if entry.evidence else ""
    return Item(title=titled(entry), text=f"{evidence}{sentence(standing(duty))}", buttons=acts(duty))


def titled(entry: Entry) -> str:
    """Return a duty's title, a question's with its id."""
    return f"{entry.key} {entry.label}" if entry.kind is Kind.QUESTION else entry.label


def acts(duty: Duty) -> tuple[Button, ...]:
    """Return the buttons that end a duty."""
    match duty.kind:
        case Kind.QUESTION:
            return (button("Answer…", i.AnswerDuty(duty=duty.id), Style.PRIMARY),)
        case Kind.REVIEW:
            return (_ends(duty, "Still right: approve", Outcome.APPROVED), _ends(duty, "Changed…", Outcome.CHANGED))
        case Kind.MAINTENANCE:
            return (_ends(duty, "Done…", Outcome.DONE),)
        case Kind.OVERLAP:
            return (_ends(duty, "Agreed…", Outcome.AGREED), _ends(duty, "Changed…", Outcome.CHANGED))
        case Kind.ATTESTATION:
            passed_on = button("Link for their contact…", i.AttestLink(duty=duty.id), Style.PRIMARY)
            return (passed_on, button("Attest for them…", i.Attest(duty=duty.id)))


def _ends(duty: Duty, label: str, outcome: Outcome) -> Button:
    style = Style.NORMAL if outcome is Outcome.CHANGED else Style.PRIMARY
    return button(label, i.EndDuty(duty=duty.id, outcome=outcome), style)


def duty_card(
    duty: Duty, entry: Entry, history: Sequence[Record], names: Mapping[str, str], owner: str, *, keeps: bool
) -> Card:
    """Show one duty: why it is asked, what counts as evidence, who owns it, how it stood over time."""
    gap = Fact(
        label="Gap", value="whoever should own this has left, or can't be asked: give it to somebody", tone=Tone.BAD
    )
    return Card(
        title=titled(entry),
        tone=Band.RED.tone if duty.gap else Tone.PLAIN,
        text=tuple(t for t in (entry.why, f"Evidence: {entry.evidence}." if entry.evidence else "") if t),
        facts=(
            Fact(label="Stands at", value=standing(duty)),
            Fact(label="Comes back", value=often(entry.every)),
            Fact(label="Owner", value=owner),
            *((gap,) if duty.gap else ()),
        ),
        items=tuple(_past(record, names) for record in history[:5]),
        buttons=(*acts(duty), button("Give it to…", i.GiveDuty(duty=duty.id))) if keeps else (),
    )


def _past(record: Record, names: Mapping[str, str]) -> Item:
    score = f" {record.score} {SCORES[record.score]}" if record.score is not None else ""
    sample = " (sample data)" if record.sample else ""
    seen = f"evidence of {day(record.evidence_on)}" if record.evidence_on else ""
    said = "; ".join(part for part in (clip(record.text, 300), record.link, seen) if part)
    title = f"{day(record.at.date())}: {OUTCOMES[record.outcome]}{score}, {name_of(record.by, names)}{sample}"
    return Item(title=title, text=said)


def listed_roles(codes: Sequence[str], names: Mapping[str, str]) -> str:
    """Return roles in words."""
    return listed([names.get(code, code) for code in codes], "or")
