"""A runbook to read: as the sections of a page, and as a picture of its flow."""

import re
from collections.abc import Iterator

from bot.domain import due
from bot.domain.card import Fact
from bot.domain.due import Anchor
from bot.domain.policy import Policy
from bot.domain.report import Quote, Section
from bot.domain.runbook import Ask, EvidenceKind, Message, Phase, Runbook, StepKind, StepPlan
from bot.domain.text import clip, listed
from bot.domain.when import lasting

_MEANS = {
    StepKind.TASK: "a task", StepKind.NOTIFY: "messages", StepKind.ROLL_CALL: "a roll-call",
    StepKind.RELOCATE: "a plan of moves", StepKind.DECISION: "a decision", StepKind.STATUS: "SITREPs to the leaders",
}  # fmt: skip
_ASKS = {
    Ask.NOTHING: "no answer", Ask.ACK: "that they have read it", Ask.SAFETY: "whether they are safe",
    Ask.MOVE: "whether they are safe and moving",
}  # fmt: skip
# How mermaid draws each kind: what stands before and behind the words.
_SHAPES = {
    StepKind.TASK: ("[", "]"), StepKind.NOTIFY: ("[/", "/]"), StepKind.ROLL_CALL: ("([", "])"),
    StepKind.RELOCATE: ("[[", "]]"), StepKind.DECISION: ("{", "}"), StepKind.STATUS: ("[/", "/]"),
}  # fmt: skip


def sections(book: Runbook, policy: Policy) -> list[Section]:
    """Return the whole runbook: what it is, its values, then each step in its phase's order of the file."""
    return [_head(book, policy), *(_step(step, policy) for step in book.steps)]


def _head(book: Runbook, policy: Policy) -> Section:
    values = "\n".join(f"{name} = {value}" for name, value in book.values.items())
    late = due.review_by(book.reviewed_on, book.review_every)
    return Section(
        title="What it is",
        text=(" ".join(book.summary.split()),) if book.summary else (),
        facts=_facts(
            ("Category", book.category.value), ("Version", book.version),
            ("Kept by", _role(book.owner, policy)),
            ("Reviewed", f"{book.reviewed_on}, next by {late}"),
            ("Rooms", "private: for those who are invited" if book.quiet else ""),
            ("Values", values),
        ),
    )  # fmt: skip


def _facts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    return tuple(Fact(label=label, value=value) for label, value in pairs if value)


def _role(code: str, policy: Policy) -> str:
    return f"{policy.role_name(code)} ({code})"


def _step(step: StepPlan, policy: Policy) -> Section:
    options = "\n".join(f"{o.label} ({o.value}){f': {o.hint}' if o.hint else ''}" for o in step.options)
    others = listed([_role(code, policy) for code in step.fallback], "or")
    evidence = "" if step.evidence.kind is EvidenceKind.NONE else f"{step.evidence.ask} ({_word(step.evidence.kind)})"
    return Section(
        title=f"{step.id} · {step.title}",
        text=(" ".join(step.guidance.split()),) if step.guidance else (),
        facts=_facts(
            ("Phase", _word(step.phase)), ("What it is", _MEANS[step.kind]), ("Owner", _role(step.owner, policy)),
            ("If nobody holds that", others), ("Due", due_in_words(step.due)), ("After", listed(step.after)),
            ("Waits until", step.once), ("Only if", step.when), ("Answers", options), ("Done when you give", evidence),
            ("By itself", "yes" if step.auto else ""), ("Comes back every", step.repeat_every),
            ("Seen by", "its owner and the commanders only" if step.restricted else ""),
        ),
        quotes=tuple(_quote(message) for message in step.messages),
    )  # fmt: skip


def _quote(message: Message) -> Quote:
    heading = f"To {_word(message.audience)}, asked: {_ASKS[message.ask]}"
    return Quote(heading=heading, text=f"{message.subject}\n\n{message.text.strip()}")


def _word(code: str) -> str:
    return code.replace("_", " ")


def due_in_words(text: str) -> str:
    """Return a due time as people say it: "15 min after declaration"; nothing for none."""
    parsed = due.parse(text)
    span = lasting(parsed.offset)
    match parsed.anchor:
        case Anchor.NOTHING:
            return ""
        case Anchor.DECLARED:
            return f"{span} after declaration" if parsed.offset else "at declaration"
        case Anchor.DETECTED:
            return f"{span} after detection"
        case Anchor.STEP:
            return f"{span} after {parsed.step} has ended" if parsed.offset else f"when {parsed.step} has ended"
        case Anchor.RTO:
            return f"at {parsed.percent} % of the RTO"


def mermaid(book: Runbook) -> str:
    """Return the flow as a mermaid flowchart: phases as boxes, decisions as diamonds, conditions on the arrows."""
    lines = ["flowchart TD", f"%% {book.title}, version {book.version}"]
    for phase in Phase:
        nodes = [f"    {_node(step)}" for step in book.steps if step.phase is phase]
        if nodes:
            lines += [f'  subgraph {phase.value}["{_word(phase)}"]', *nodes, "  end"]
    return "\n".join([*lines, *(f"  {arrow}" for step in book.steps for arrow in _arrows(step))]) + "\n"


def _node(step: StepPlan) -> str:
    left, right = _SHAPES[step.kind]
    own = [step.owner, *([step.due] if step.due else [])]
    return f'n_{step.id}{left}"{_quoted(f"{step.id} {step.title}")}<br/>{_quoted(" · ".join(own))}"{right}'


def _arrows(step: StepPlan) -> Iterator[str]:
    said = " and ".join(part for part in (step.once, step.when) if part)
    label = f'|"{_quoted(clip(said, 60))}"|' if said else ""
    for key in step.after:
        yield f"n_{key} -->{label} n_{step.id}"


def _quoted(text: str) -> str:
    """Return text that can stand between double quotes in mermaid."""
    return re.sub(r'[#";<>]', lambda m: f"#{ord(m[0])};", " ".join(text.split()))
