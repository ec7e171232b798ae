"""The draft of a notification to an authority: what the rows say, for a person to complete, to take and to file.

Nothing is stated that nobody wrote down. What is not known stands in brackets, as something to be filled in.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Card, Style
from bot.domain.clock import before_detection
from bot.domain.facts import Facts
from bot.domain.incident import Incident
from bot.domain.regime import Stage
from bot.domain.text import listed, plural
from bot.domain.when import day_and_time
from bot.domain.wording.clocks import DISCLAIMER, Case
from bot.domain.wording.parts import EXERCISE, banner, button

_WE = {"you": "we", "your": "our"}


def gap(what: str) -> str:
    """Return the mark of something that a person has to fill in."""
    return f"[to be filled in: {what}]"


def draft(case: Case, stage: Stage, facts: Facts, contact: str, now: datetime) -> str:
    """Return the notification's text. Facts only: no word on the cause."""
    incident = case.incident
    lines = [
        EXERCISE if incident.drill else "",
        f"To: {stage.to}",
        f"From: {facts.organisation}",
        f"Subject: {stage.title} under {case.regime.title}, our reference {incident.reference}",
        f"Type of event: {incident.runbook_title}, severity {incident.severity} of 3 (1 is worst)",
        f"Detected: {day_and_time(incident.detected_at)}",
        *_moments(case),
        f"Continuity plan: {_plan(incident)}",
        *_submitted(case),
        f"What we know: {incident.latest or incident.known}",
        f"Effect: {_effect(facts)}",
        f"Users: {_users(facts)}",
        f"Action taken: {facts.actions or gap('what was done so far; no step of the plan is recorded as done')}",
        *([f"Staff moved: {_moved(facts)}"] if facts.relocated else []),
        f"Cause and full extent: {gap('only what is established by now; no speculation')}",
        f"Contact: {contact or gap('who answers for it, and their number')}",
        f"As of {day_and_time(now)}",
        EXERCISE if incident.drill else "",
    ]
    return "\n".join(line for line in lines if line)


def _moments(case: Case) -> Iterator[str]:
    """Yield the moments from which the regime counts, in their order; those that nobody entered are gaps."""
    for name, at in sorted(case.anchors.items(), key=lambda one: one[1]):
        early = before_detection(name, at, case.incident.detected_at)
        odd = f" {gap('this is before we detected it; put right the one that is wrong')}" if early else ""
        yield f"When {_ours(case.anchor(name))}: {day_and_time(at)}{odd}"
    for name in case.regime.entered:
        if name not in case.anchors:
            yield f"When {_ours(case.anchor(name))}: {gap('when that was')}"


def _ours(words: str) -> str:
    """Say an anchor as the organisation says it of itself: "we became aware of it"."""
    return re.sub(r"\b(your?)\b", lambda found: _WE[found[1]], words)


def _submitted(case: Case) -> Iterator[str]:
    for clock in case.clocks:
        if clock.submitted_at is not None:
            title = f"{clock.what.title} submitted"
            yield f"{title}: {day_and_time(clock.submitted_at)}, reference {clock.reference}"


def _plan(incident: Incident) -> str:
    return f"activated {day_and_time(incident.declared_at)}, runbook version {incident.runbook_version}"


def _effect(facts: Facts) -> str:
    places = listed([p for p in (facts.sites, facts.systems) if p])
    parts = [
        f"{places} hit" if places else "",
        f"queues concerned: {facts.queues}" if facts.queues else "",
        f"{facts.seats_lost:,} seats lost ({facts.seats_lost_percent} % of our own)" if facts.seats_lost else "",
        f"{plural(facts.tier1_below_mbco, 'critical service')} below the least acceptable level"
        if facts.tier1_below_mbco
        else "",
    ]
    return "; ".join(p for p in parts if p) or gap("what is hit, or that this is being established")


def _users(facts: Facts) -> str:
    staff = f"{plural(facts.agents_expected, 'member')} of staff concerned" if facts.agents_expected else ""
    many = gap("how many customers or records are concerned, or that this is being established")
    return "; ".join(p for p in (many, staff) if p)


def _moved(facts: Facts) -> str:
    return f"{plural(facts.relocated, 'agent')} told where to work instead"


def draft_card(case: Case, stage: Stage, text: str) -> Card:
    """Show the draft to copy; nothing is sent to anybody."""
    about = {"incident": case.incident.id, "regime": case.regime.id}
    return Card(
        title=f"Draft: {stage.title.lower()} under {case.regime.title}",
        banner=banner(drill=case.incident.drill),
        text=("Copy this, fill in what stands in brackets, and file it yourself.", text),
        buttons=(button(f"{stage.title} submitted…", i.SubmitStage(**about, stage=stage.id), Style.PRIMARY),),
        footer=DISCLAIMER,
    )
