"""What is wrong with readiness.yaml beyond its form: every fault with its place, so that the loader adds the line."""

from collections.abc import Iterator, Sequence

from bot.domain.nearest import did_you_mean
from bot.domain.policy import Policy
from bot.domain.readiness import Kind, Question, Questionnaire, Recurring, Scope
from bot.domain.regime_check import Fault

_FRESHENING = (Kind.REVIEW, Kind.OVERLAP, Kind.ATTESTATION, Kind.MAINTENANCE)


def check(file: Questionnaire, policy: Policy) -> list[Fault]:
    """Return every fault of the file."""
    parts: dict[str, Sequence[Recurring]] = {
        "questions": file.questions,
        "reviews": file.reviews,
        "maintenance": file.maintenance,
        "attestations": file.attestations,
        "overlaps": file.overlaps,
    }
    faults = [*_bands(file), *_twins({**parts, "roadmap": file.roadmap})]
    for name, duties in parts.items():
        for n, duty in enumerate(duties):
            faults += [fault._replace(path=(name, n, *fault.path)) for fault in _duty(duty, policy)]
    for n, task in enumerate(file.attestations):
        if task.of not in (Scope.VENDOR, Scope.OUTSOURCER):
            faults.append(Fault(("attestations", n, "of"), "asked of those outside alone; write vendor or outsourcer"))
    return faults


def _bands(file: Questionnaire) -> Iterator[Fault]:
    if file.bands.amber_from >= file.bands.green_from:
        yield Fault(("bands", "amber_from"), f"should be below green_from, which is {file.bands.green_from}")
    if file.questions and not any(q.gate for q in file.questions):
        yield Fault(("questions",), "no question is a gate; mark those that keep a score from green", "", warning=True)


def _twins(parts: dict[str, Sequence[object]]) -> Iterator[Fault]:
    """Ids are keys of stored answers, so each is given once in its list."""
    for name, listed in parts.items():
        seen: set[str] = set()
        for n, one in enumerate(listed):
            key = str(getattr(one, "id", ""))
            if key in seen:
                yield Fault((name, n, "id"), "another one has this id; give each its own")
            seen.add(key)


def _duty(duty: Recurring, policy: Policy) -> Iterator[Fault]:
    if duty.owner not in policy.roles:
        yield Fault(("owner",), f"no such role in app.yaml's policy.roles; {did_you_mean(duty.owner, policy.roles)}")
    if isinstance(duty, Question):
        yield from _question(duty)


def _question(question: Question) -> Iterator[Fault]:
    if question.standby and question.of is not Scope.SYSTEM:
        yield Fault(("standby",), "only systems have a standby; write of: system, or remove it", "")
    if question.fresh_by is not None and question.fresh_by not in _FRESHENING:
        yield Fault(("fresh_by",), did_you_mean(question.fresh_by, [kind.value for kind in _FRESHENING]))
