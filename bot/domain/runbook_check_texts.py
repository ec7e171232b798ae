"""Messages of a runbook: they can be written for every incident, and say what people need to read."""

import re
from collections.abc import Iterator

from bot.domain import template
from bot.domain.facts import EXAMPLE_PERSON, FACT_NAMES, PERSON_NAMES
from bot.domain.language import CODES
from bot.domain.nearest import did_you_mean
from bot.domain.person import Audience
from bot.domain.runbook import Ask, Message, Phase, StepKind, StepPlan, Translation
from bot.domain.runbook_check_conditions import examples, names
from bot.domain.runbook_faults import Case, Fault, Name
from bot.domain.text import listed

_SAYS = (
    (Name.SAYS_NO_KNOWN, r"\bwe know\b|\bis known\b", "what is known", "What we know: …"),
    (Name.SAYS_NO_UNKNOWN, r"(?:n't|not) (?:yet )?know|not (?:yet )?known|unknown", "what is not known yet",
     "What we don't know yet: …"),
    (Name.SAYS_NO_ACTION, r"what to do|we ask|please", "what to do", "What to do: …"),
    (Name.SAYS_NO_NEXT, r"next (?:update|sitrep|check|message)|\bupdated?s?\b", "when more is heard",
     "Next update: here, as soon as anything changes for you"),
)  # fmt: skip


def check(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Yield what is wrong with a step's messages."""
    yield from _audiences(step)
    yield from _end(case, step)
    for n, message in enumerate(step.messages):
        at = ("messages", n)
        yield from (fault._replace(path=(*at, *fault.path)) for fault in _message(case, step, message))


def _audiences(step: StepPlan) -> Iterator[Fault]:
    seen = [message.audience for message in step.messages]
    for n, audience in enumerate(seen):
        if audience in seen[:n]:
            fix = "this step has a message for them already; keep one"
            yield Fault(Name.TWIN_AUDIENCE, ("messages", n, "audience"), fix)
    if step.auto and Audience.REGULATOR in seen:
        yield Fault(Name.REGULATOR_AUTO, ("auto",), "nothing goes to a regulator by itself; leave auto out")
    wanted = {Audience.AGENTS, Audience.UNPLACED}
    if step.kind is StepKind.RELOCATE and not wanted <= set(seen):
        missing = listed(sorted(wanted - set(seen)))
        yield Fault(
            Name.MESSAGES, ("messages",), f"a relocation tells agents and unplaced; add the message for {missing}", ""
        )


def _end(case: Case, step: StepPlan) -> Iterator[Fault]:
    """Everybody is told that it is over by pressing "Stand down" on one step: nothing else may tell them so."""
    telling = [s.id for s in case.book.steps if any(m.audience is Audience.EVERYONE for m in s.messages)]
    if step.phase is not Phase.STAND_DOWN and (last := [key for key in telling if key in case.earlier(step.id)]):
        fix = (
            f"{last[0]} ends the incident, and with it what is not of phase stand_down: make it that, or wait for less"
        )
        yield Fault(Name.TOO_LATE, ("phase",), fix)
    if step.id not in telling:
        return
    if step.kind is not StepKind.NOTIFY or step.phase is not Phase.STAND_DOWN:
        fix = "who tells everyone ends the incident: kind notify, phase stand_down"
        yield Fault(Name.ENDS_IT, ("messages",), fix, "")
    if step.auto:
        yield Fault(Name.ENDS_IT, ("auto",), "no incident ends by itself: leave auto out")
    if telling[0] != step.id:
        yield Fault(Name.ENDS_IT, ("messages",), f"{telling[0]} tells everyone already; keep one", "")


def _message(case: Case, step: StepPlan, message: Message) -> Iterator[Fault]:
    yield from _ask(case, step, message)
    broken = False
    for key, text in (("subject", message.subject), ("text", message.text)):
        for name, fix in _text(case, text):
            broken = True
            yield Fault(name, (key,), fix, "")
    if not broken:
        yield from _says(case, message)
        yield from _promises(message)
    for code in message.translations:
        yield from _translated(case, message, code, whole=not broken)


def _promises(message: Message) -> Iterator[Fault]:
    """The time of the next SITREP is told to those who get it; all others hear again when somebody writes to them."""
    if message.audience is not Audience.LEADERS and "next_update" in template.names_used(message.text):
        fix = f"SITREPs go to leaders alone; tell {message.audience} where they hear more, such as {_SAYS[-1][-1]!r}"
        yield Fault(Name.PROMISED_IN_VAIN, ("text",), fix, "next_update")


def _translated(case: Case, message: Message, code: str, *, whole: bool) -> Iterator[Fault]:
    """What is wrong with a message in another language; whole: the message itself can be compared with."""
    at, said = ("translations", code), message.translations[code]
    if code not in CODES:
        fix = f"two letters such as de; {did_you_mean(code, CODES)}"
        yield Fault(Name.UNKNOWN_LANGUAGE, at, fix, code)
    faults = [(key, *found) for key in ("subject", "text") for found in _text(case, getattr(said, key))]
    yield from (Fault(name, (*at, key), fix, "") for key, name, fix in faults)
    lost = _names(message) - _names(said) if whole and not faults else set()
    if lost:
        yield Fault(Name.LEFT_OUT, (*at, "text"), f"it leaves out what the message has: {listed(sorted(lost))}", "")


def _names(said: Message | Translation) -> set[str]:
    return template.names_used(said.subject) | template.names_used(said.text)


def _ask(case: Case, step: StepPlan, message: Message) -> Iterator[Fault]:
    if step.kind is StepKind.RELOCATE and message.audience is Audience.AGENTS and message.ask is not Ask.MOVE:
        yield Fault(Name.WRONG_ASK, ("ask",), "agents who are moved are asked: move")
    if step.kind is StepKind.ROLL_CALL and message.ask not in {Ask.SAFETY, Ask.MOVE}:
        yield Fault(Name.WRONG_ASK, ("ask",), "a roll-call asks: safety")
    if message.ask.answers and not case.policy.ladder.get(message.audience):
        fix = f"nobody chases {message.audience}; add them to policy.ladder in app.yaml, or ask nothing"
        yield Fault(Name.NOT_CHASED, ("ask",), fix)


def _text(case: Case, text: str) -> Iterator[tuple[Name, str]]:
    try:
        faults = list(names(case, text, FACT_NAMES | PERSON_NAMES))
        yield from faults
        for word in template.misspelt(text):
            yield Name.UNKNOWN_NAME, f"{{{word}}} names nothing; {did_you_mean(word, PERSON_NAMES)}"
        for facts in () if faults else examples(case):
            if not template.render(text, facts, EXAMPLE_PERSON).strip():
                kind = "a drill" if facts.drill else "a real incident"
                yield (
                    Name.EMPTY_MESSAGE,
                    f"nothing is left of it in {kind} of severity {facts.severity}; write what is said",
                )
                return
    except template.BadTemplate as error:
        yield Name.BAD_TEMPLATE, str(error)


def _says(case: Case, message: Message) -> Iterator[Fault]:
    """Whoever reads it learns what is known, what is not, what to do, and when they hear more."""
    said = template.render(message.text, examples(case)[0], EXAMPLE_PERSON)
    for name, pattern, what, line in _SAYS:
        if not re.search(pattern, said, re.IGNORECASE):
            yield Fault(name, ("text",), f"it does not say {what}; add a line such as {line!r}", "")
