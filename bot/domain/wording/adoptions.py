"""Versions of a runbook: a newer one is offered, looked at, adopted; a file that is bad is told to its owners."""

from collections.abc import Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Style, Tone
from bot.domain.incident import Incident
from bot.domain.refusal import Problem
from bot.domain.runbook import Runbook
from bot.domain.runbook_diff import Change, Diff
from bot.domain.text import clip, plural
from bot.domain.wording.parts import button, done

_SHOWN = 12


def newest(incident: Incident) -> Card:
    """Say that the incident runs what is in force."""
    return done(f"{incident.reference} runs version {incident.runbook_version}", "That is the newest there is.")


def offer(incident: Incident, book: Runbook, found: Diff) -> Card:
    """Tell the room that another version has come into force."""
    return Card(
        title=f"A new version of this runbook: {book.version}",
        tone=Tone.WARN,
        text=(
            f"{incident.reference} goes on with version {incident.runbook_version}, with which it was declared.",
            f"What differs: {found.summary()}. The commander can adopt the new one; what is done stays done.",
        ),
        buttons=(button("See what changes…", i.ReviewRunbook(incident=incident.id)),),
    )


def review(incident: Incident, book: Runbook, found: Diff) -> Card:
    """Show what adopting a version changes, before it is done."""
    lines = [*found.head, *(line for change in found.steps for line in _lines(change))]
    more = f"… and {plural(len(lines) - _SHOWN, 'more line')}: disaster runbook diff {book.category}"
    shown = [clip(line, 200) for line in lines[:_SHOWN]] + ([more] if len(lines) > _SHOWN else [])
    return Card(
        title=f"Adopt version {book.version} of “{book.title}”?",
        tone=Tone.WARN,
        text=(
            f"{incident.reference} runs version {incident.runbook_version}. {found.summary()}:",
            "\n".join(shown),
            _KEPT,
        ),
        buttons=(_adopt(incident, book),),
    )


_KEPT = (
    "What is done stays done, steps added by hand stay, and so does wording changed in this incident. Steps that fall "
    "away and were not begun are marked as not needed; new ones become ready when their turn comes."
)


def _adopt(incident: Incident, book: Runbook) -> Button:
    intent = i.AdoptRunbook(incident=incident.id, digest=book.digest)
    return button(f"Adopt version {book.version}", intent, Style.PRIMARY)


def _lines(change: Change) -> list[str]:
    if change.step.restricted:  # the room has more eyes than the step
        return [f"{change.kind}: a step that only its owner and the commanders see"]
    first = f"{change.kind}: {change.step.id} {change.step.title}"
    return [first, *(f"– {what}" for what in change.what)]


def adopted(book: Runbook, who: str, found: Diff) -> Card:
    """Tell the room that the incident runs another version now."""
    text = f"{who} adopted it: {found.summary()}. What was done stays done."
    return done(f"The incident runs version {book.version} of its runbook now", text)


def bad_files(problems: Sequence[Problem]) -> Card:
    """Tell those who keep the runbooks that a file can't be used, and where."""
    wrong = [problem for problem in problems if not problem.warning]
    more = f"… and {len(wrong) - _SHOWN} more: disaster check lists all"
    lines = [clip(_short(p), 300) for p in wrong[:_SHOWN]] + ([more] if len(wrong) > _SHOWN else [])
    return Card(
        title="A changed runbook can't be used",
        tone=Tone.BAD,
        text=(
            "The runbooks as they were before stay in force; nothing is lost. To be put right:",
            "\n".join(lines),
            "Save the file again when it is corrected: it is checked and used by itself. disaster check does the same.",
        ),
    )


def _short(problem: Problem) -> str:
    """Return a fault without the machine's folders."""
    file = problem.file.replace("\\", "/").rsplit("/", 1)[-1]
    shown = f" is {problem.value!r}" if problem.value else ""
    return f"{file}, line {problem.line}: {problem.key}{shown}: {problem.fix}"


def good_again(changed: Sequence[str]) -> Card:
    """Tell them that the files are in force now."""
    text = f"Changed: {', '.join(changed)}." if changed else "They say what they said before."
    return done("The runbooks are fine again and in force", text)
