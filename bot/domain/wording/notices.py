"""What audiences read: a notice as one person gets it, and its preview before it goes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Style, Tone
from bot.domain.estimate import Estimate
from bot.domain.facts import PersonFacts
from bot.domain.notice import ANSWERS, Answer, Notice, NoticeState, RecipientState
from bot.domain.person import Audience
from bot.domain.runbook import Ask
from bot.domain.step import Step, StepState
from bot.domain.template import personal
from bot.domain.text import listed, plural
from bot.domain.wording.drill_stop import stop_button
from bot.domain.wording.parts import banner, button, how_long
from bot.domain.wording.shown import anybody

ANSWER_WORDS = {
    Answer.SAFE: "I'm safe",
    Answer.HELP: "Need help",
    Answer.UNABLE: "Can't work",
    Answer.ACK: "I have read this",
}
_OURS: Mapping[Answer, str] = {}
_STYLES = {Answer.SAFE: Style.PRIMARY, Answer.HELP: Style.DANGER, Answer.ACK: Style.PRIMARY}


@dataclass(frozen=True)
class NewQueue:
    """A queue that is not somebody's usual one: its script pack, and whom they ask about it."""

    name: str
    url: str = ""
    version: str = ""
    lead: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Reading:
    """What one person sees of one notice: what they answered, what came after it, whether it may be a repeat.

    chase: it reminds of an earlier copy; sent_again: a later copy reminds of it. languages: those in which they would
    read it, the dearest first.
    """

    person: PersonFacts
    answer: Answer | None = None
    state: RecipientState | None = None
    replaces: int | None = None
    replaced_by: int | None = None
    repeat: bool = False
    chase: bool = False
    sent_again: bool = False
    new_queue: NewQueue | None = None
    languages: tuple[str, ...] = ()


def answer_word(answer: Answer, ask: Ask, said: Mapping[Answer, str] = _OURS) -> str:
    """Return the words on the button; said: what a runbook says instead."""
    if answer in said:
        return said[answer]
    return "I'm safe and moving" if answer is Answer.SAFE and ask is Ask.MOVE else ANSWER_WORDS[answer]


def notice_card(notice: Notice, reading: Reading) -> Card:
    """Return a notice as one person gets it."""
    if notice.card is not None:
        return _frozen_card(notice, notice.card, reading)
    said = notice.said_in(reading.languages)
    text = [personal(said.text, reading.person), *_briefing(notice, reading)]
    if reading.replaces is not None:
        text.insert(0, f"This replaces message {reading.replaces}.")
    text = _again(text, reading)
    state, buttons = standing(notice, reading)
    tone = Tone.WARN if notice.ask is not Ask.NOTHING else Tone.PLAIN
    return Card(
        title=personal(said.subject, reading.person),
        banner=banner(drill=notice.drill),
        tone=tone,
        text=(*text, *state),
        buttons=buttons,
        footer=f"Message {notice.number}",
    )


def group_card(notice: Notice) -> Card:
    """Return a notice as a whole team reads it in its channel; each presses for what differs from one to the other."""
    own = "Where do I go?" if notice.ask is Ask.MOVE else "Show me my message"
    look = button(own, i.WhereDoIGo(notice=notice.id), Style.PRIMARY if notice.ask is Ask.MOVE else Style.NORMAL)
    open_ = notice.state is NoticeState.LIVE
    return Card(
        title=anybody(notice.subject),
        banner=Card.model_validate(notice.card).banner if notice.card else banner(drill=notice.drill),
        tone=Tone.WARN,
        text=(*_for_all(notice), "Each of you: press a button. Only you see the answer, and what is meant for you."),
        buttons=(look, *_buttons(notice, ANSWERS[notice.ask])) if open_ else (),
        footer=f"Message {notice.number}",
    )


def _briefing(notice: Notice, reading: Reading) -> list[str]:
    """Brief somebody who is sent to a queue that is not their usual one."""
    new = reading.new_queue
    if new is None or notice.ask is not Ask.MOVE:
        return []
    pack = f"Script pack: {new.url}" + (f" (version {new.version})" if new.version else "") if new.url else ""
    ask = f"Questions about it: {new.lead} {new.phone}".strip() if new.lead else ""
    lines = (f"{new.name} is not your usual queue. Read its script pack before you take contacts.", pack, ask)
    return ["\n".join(line for line in lines if line)]


def _for_all(notice: Notice) -> tuple[str, ...]:
    """What a channel reads; where people go differs so much that it stands only in what each sees alone."""
    if notice.ask is Ask.MOVE:
        return ("Some of you are told now where you work. “Where do I go?” shows you what you do: go, or wait.",)
    return (anybody(notice.text),)


def _again(text: Sequence[str], reading: Reading) -> list[str]:
    """Say why somebody gets a message once more."""
    chased = (
        ["We have not heard from you. Please answer with a button."] if reading.chase and not reading.answer else []
    )
    return [*chased, *text, *(["You may have had this message already."] if reading.repeat else [])]


def standing(notice: Notice, reading: Reading) -> tuple[tuple[str, ...], tuple[Button, ...]]:
    """Return how a notice stands for one person: what is said below its text, and the buttons it still has."""
    lines, buttons = _answering(notice, reading)
    board = (button("Board", i.Board()),) if notice.card is not None and notice.audience is Audience.LEADERS else ()
    return lines, (*buttons, *board)


def _answering(notice: Notice, reading: Reading) -> tuple[tuple[str, ...], tuple[Button, ...]]:
    words = notice.said_in(reading.languages).answers
    buttons = _buttons(notice, ANSWERS[notice.ask], words)
    answered = answer_word(reading.answer, notice.ask, words) if reading.answer is not None else ""
    if reading.replaced_by is not None:
        said = f"Answered: {answered}. " if answered else ""
        return (f"{said}This message is out of date: message {reading.replaced_by} replaces it.",), ()
    if notice.state is NoticeState.CLOSED:
        return ("No answer is needed any more.",), ()
    if reading.answer is not None:
        if reading.sent_again:
            return (f"Answered: {answered}. It was sent again: to change it, use the newest copy.",), ()
        change = "You can change it." if len(ANSWERS[notice.ask]) > 1 else ""
        return (f"Answered: {answered}. {change}".strip(),), buttons if change else ()
    return (), buttons if reading.state is not RecipientState.TOLD else ()


def _buttons(notice: Notice, answers: Sequence[Answer], words: Mapping[Answer, str] = _OURS) -> tuple[Button, ...]:
    """The answers; in a drill also the way out of it."""
    said = tuple(
        button(answer_word(a, notice.ask, words), i.Say(notice=notice.id, answer=a), _STYLES.get(a, Style.NORMAL))
        for a in answers
    )
    return (*said, stop_button()) if notice.drill and said else said


@dataclass(frozen=True)
class Draft:
    """One message as it would go out: to whom, how many, how many can't be reached, how many a drill leaves alone.

    reader: somebody whom it goes to, as whom the preview reads it. languages: those that it has beside its own.
    """

    audience: str
    subject: str
    text: str
    reader: PersonFacts
    ask: Ask
    kept_out: int
    estimate: Estimate
    languages: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """Everybody whom it is for."""
        return self.estimate.people


_SENT_WORDS = {
    StepState.WAITING: "Nothing has been sent yet: the step is not ready.",
    StepState.READY: "Nothing has been sent yet.",
    StepState.SKIPPED: "It was not sent: the step was skipped.",
    StepState.NOT_APPLICABLE: "It was not sent: the step does not apply.",
}


def preview(step: Step, drafts: Sequence[Draft], *, drill: bool, may_send: bool) -> Card:
    """Show exactly what a step would say, to how many, and how long that takes."""
    text = tuple(part for draft in drafts for part in _as_read(draft))
    facts = tuple(
        Fact(label=_name(d.audience), value=_reach(d), tone=Tone.WARN if d.estimate.lost else Tone.PLAIN)
        for d in drafts
    )
    total = sum(d.people for d in drafts)
    label = f"Send to {plural(total, 'person', 'people')}" if total else "Go on: nobody to write to"
    sends = button(label, i.SendStep(step=step.id), Style.PRIMARY)
    reword = tuple(
        button(f"Change: {_name(d.audience)}…", i.Reword(step=step.id, audience=d.audience)) for d in drafts[:4]
    )
    return Card(
        title=f"Preview of {step.code} · {step.title}",
        banner=banner(drill=drill),
        text=text,
        facts=facts,
        buttons=(sends, *reword) if may_send and step.state is StepState.READY else (),
        footer=_SENT_WORDS.get(step.state, "It was sent; a correction needs a new message."),
    )


def nobody(*, drill: bool) -> str:
    """Say why a step wrote to nobody."""
    if drill:
        return "Those outside are left alone in an exercise. Say what you would have done when the step is done."
    return "The roster has nobody of that audience. Tell them another way, and note it when the step is done."


def _as_read(draft: Draft) -> tuple[str, ...]:
    subject, text = draft.subject, draft.text
    if draft.reader.person:
        subject, text = personal(subject, draft.reader), personal(text, draft.reader)
    differs = (subject, text) != (draft.subject, draft.text)
    who = (f"As {draft.reader.person} will read it; everybody reads their own:",) if differs else ()
    also = (f"Whoever reads {listed(draft.languages, 'or')} gets it in that language.",) if draft.languages else ()
    return (f"— {_name(draft.audience)}: {subject} —", *also, *who, text)


def _name(audience: str) -> str:
    return audience.replace("_", " ")


def _reach(draft: Draft) -> str:
    if draft.kept_out and not draft.people:
        return f"exercise: {plural(draft.kept_out, 'outside contact')} left alone"
    asked = ", each asked to answer" if draft.ask is not Ask.NOTHING else ""
    return f"{plural(draft.people, 'person', 'people')}{asked}{how_reached(draft.estimate)}"


def how_reached(found: Estimate) -> str:
    """Return by which route and until when, honestly: ": 41 channels now, 12 direct messages; takes about …"."""
    channels = f": {plural(found.posts, 'channel')} first" if found.posts else ""
    alone = f", {plural(found.direct, 'direct message')}" if found.posts and found.direct else ""
    lost = f", {found.lost:,} have no address" if found.lost else ""
    seconds = found.until(100)
    parts = f" (half in {_short(found.until(50))}, 90 % in {_short(found.until(90))})" if seconds >= _LONG else ""
    return f"{channels}{alone}{lost}; takes {how_long(seconds)}{parts}"


_LONG = 60  # seconds from which on it matters when a half is reached


def _short(seconds: float) -> str:
    return how_long(seconds).removeprefix("about ")


def _called(called: Sequence[str], hotline: str) -> Card:
    """Tell somebody who needs help who is being called."""
    if not called:
        text = f"We could not reach anybody for you. Call {hotline} now; in danger, the emergency services first."
        return Card(title="Please call now", tone=Tone.BAD, text=(text,))
    text = f"We are calling {listed(called)} to you now. {_DANGER} {hotline}."
    return Card(title="We have your call for help", tone=Tone.WARN, text=(text,))


_DANGER = "In danger, call the emergency services first. You can also call"


def thanks(answer: Answer, ask: Ask, where: str, hotline: str, called: Sequence[str]) -> Card:
    """Confirm an answer to the person who gave it."""
    match answer:
        case Answer.HELP:
            return _called(called, hotline)
        case Answer.UNABLE:
            text = "Thank you for telling us. Nobody will ask you why. Your team plans without you today."
            return Card(title="Noted: you can't work", tone=Tone.GOOD, text=(text,))
        case Answer.ACK:
            return Card(title="Thank you, noted", tone=Tone.GOOD)
        case Answer.SAFE:
            safe = "Thank you: you are marked safe and moving" if ask is Ask.MOVE else "Thank you: you are marked safe"
            return Card(title=safe, tone=Tone.GOOD, text=(where,) if where else ())


def _frozen_card(notice: Notice, stored: Mapping[str, Any], reading: Reading) -> Card:
    """Return a SITREP as its figures stood when it was sent, with this person's button."""
    card = Card.model_validate(stored)
    state, buttons = standing(notice, reading)
    text = [personal(each, reading.person) for each in card.text]
    return card.evolve(text=(*_again(text, reading), *state), buttons=buttons)
