"""The draft of a notification to an authority: filled in from the incident, for a person to take and file."""

from datetime import datetime

from bot.domain import intent as i
from bot.domain.card import Card, Style
from bot.domain.facts import Facts
from bot.domain.incident import Incident
from bot.domain.regime import Stage
from bot.domain.text import listed, plural
from bot.domain.when import day_and_time
from bot.domain.wording.clocks import DISCLAIMER, Case
from bot.domain.wording.parts import EXERCISE, banner, button


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
        *(f"When {case.anchor(name)}: {day_and_time(at)}" for name, at in sorted(case.anchors.items())),
        f"What we know: {incident.latest or incident.known}",
        f"Effect: {_effect(facts)}",
        f"Users: {_users(facts)}",
        f"Action taken: {_action(facts)}",
        f"Continuity plan: {_plan(incident)}",
        "Not known yet: the cause, and the full extent. We do not speculate on either.",
        f"Contact: {contact}",
        f"As of {day_and_time(now)}",
        EXERCISE if incident.drill else "",
    ]
    return "\n".join(line for line in lines if line)


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
    return "; ".join(p for p in parts if p) or "[being established]"


def _users(facts: Facts) -> str:
    staff = f"{plural(facts.agents_expected, 'member')} of staff concerned" if facts.agents_expected else ""
    return "; ".join(p for p in ("[number of customers or records: fill in, or say being established]", staff) if p)


def _action(facts: Facts) -> str:
    moved = f"; {plural(facts.relocated, 'agent')} told to work from elsewhere" if facts.relocated else ""
    return f"incident command is in place, contacts are being served another way where that is possible{moved}"


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
