"""What is wrong with regimes.yaml beyond its form: every fault with its place, so that the loader adds the line."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from bot.domain import calendars
from bot.domain.nearest import did_you_mean
from bot.domain.policy import Policy
from bot.domain.regime import GROUPS, Certainty, Regime, Regimes, Unit, Weekend, span, submitted
from bot.domain.runbook_faults import Place
from bot.domain.zones import zones


class Fault(NamedTuple):
    """One fault: where in the file, what would be right, and the word that is wrong."""

    path: Place
    fix: str
    value: str | None = None
    warning: bool = False


_FRESH = timedelta(days=366)


@dataclass(frozen=True)
class _Case:
    """The file under examination, and the policy that it is to fit."""

    file: Regimes
    policy: Policy
    today: date | None = None


def check(file: Regimes, policy: Policy, today: date | None = None) -> list[Fault]:
    """Return every fault of the file; today: rows that are long unverified too."""
    case = _Case(file, policy, today)
    faults = [*_twins(("regimes",), [r.id for r in file.regimes]), *_vocabulary(case)]
    for n, regime in enumerate(file.regimes):
        for part in _PARTS:
            faults += [fault._replace(path=("regimes", n, *fault.path)) for fault in part(case, regime)]
    return faults


def _twins(at: tuple[str | int, ...], ids: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, key in enumerate(ids):
        if key in seen:
            yield Fault((*at, n, "id"), "another one has this id; give each its own")
        seen.add(key)


def _vocabulary(case: _Case) -> Iterator[Fault]:
    """Words that app.yaml uses and this file lacks, and words that nothing uses."""
    known = case.file.profile
    for trait in case.policy.profile.traits:
        if trait not in known:
            yield Fault(("profile",), f"app.yaml's policy.profile.traits has it; {did_you_mean(trait, known)}", trait)
    used = {word for r in case.file.regimes for word in (*r.profile, *(w for s in r.stages for w in s.weekend_not_for))}
    for word in sorted(set(known) - used):
        yield Fault(("profile", word), "no regime asks for it", "", warning=True)
    for word in sorted(set(case.file.anchors) - {a for r in case.file.regimes for a in r.entered}):
        yield Fault(("anchors", word), "no stage counts from it", "", warning=True)


def _places(case: _Case, regime: Regime) -> Iterator[Fault]:  # noqa: ARG001
    countries = GROUPS.keys() | calendars.countries()
    for n, word in enumerate(regime.jurisdictions):
        if word not in countries:
            yield Fault(
                ("jurisdictions", n), f"no such country; two letters, EU or EEA: {did_you_mean(word, countries)}"
            )
    if regime.calendar and regime.calendar not in calendars.known():
        yield Fault(("calendar",), f"no such calendar; {did_you_mean(regime.calendar, calendars.known())}")
    if regime.tz and regime.tz not in zones():
        yield Fault(("tz",), f"no such time zone; {did_you_mean(regime.tz, zones())}")
    if not (regime.jurisdictions or regime.profile):
        yield Fault(("jurisdictions",), "it would apply to everybody; name jurisdictions, or traits in profile", "")


def _words(case: _Case, regime: Regime) -> Iterator[Fault]:
    for n, trait in enumerate(regime.profile):
        if trait not in case.file.profile:
            yield Fault(("profile", n), f"no such trait at the file's top; {did_you_mean(trait, case.file.profile)}")
    if regime.owner not in case.policy.roles:
        yield Fault(("owner",), f"no such role; {did_you_mean(regime.owner, case.policy.roles)}")


def _certain(case: _Case, regime: Regime) -> Iterator[Fault]:
    if case.today and regime.enabled and case.today - regime.verified_on > _FRESH:
        fix = "nobody has compared it with its source for a year; do, and set the day"
        yield Fault(("verified_on",), fix, warning=True)
    if regime.certainty is Certainty.C and regime.enabled:
        fix = "a row of certainty C stays off; read the source, raise the certainty, then enable it"
        yield Fault(("enabled",), fix)


def _stages(case: _Case, regime: Regime) -> Iterator[Fault]:
    yield from _twins(("stages",), [s.id for s in regime.stages])
    before: list[str] = []
    for n, stage in enumerate(regime.stages):
        for at, anchor in zip(((), ("at_latest",)), stage.anchors, strict=False):
            yield from _anchor(case, ("stages", n, *at, "after"), anchor, before)
        for m, trait in enumerate(stage.weekend_not_for):
            if trait not in case.file.profile:
                fix = f"no such trait at the file's top; {did_you_mean(trait, case.file.profile)}"
                yield Fault(("stages", n, "weekend_not_for", m), fix)
        before.append(stage.id)


def _anchor(case: _Case, at: tuple[str | int, ...], anchor: str, before: Collection[str]) -> Iterator[Fault]:
    stage = submitted(anchor)
    if stage and stage not in before:
        yield Fault(at, f"no stage above has this id; {did_you_mean(stage, before)}")
    elif not stage and anchor not in case.file.anchors:
        yield Fault(at, f"no such anchor at the file's top; {did_you_mean(anchor, case.file.anchors)}")


def _business(case: _Case, regime: Regime) -> Iterator[Fault]:
    """Business days without a calendar know of no holiday."""
    if regime.calendar or case.policy.profile.calendar or not regime.enabled:
        return
    for n, stage in enumerate(regime.stages):
        if span(stage.within).unit is Unit.BUSINESS_DAYS or stage.weekend is Weekend.NOON:
            fix = "its holidays are not known; set calendar here, or policy.profile.calendar in app.yaml"
            yield Fault(("stages", n, "within"), fix, warning=True)


_PARTS: tuple[Callable[[_Case, Regime], Iterator[Fault]], ...] = (_places, _words, _certain, _stages, _business)
