"""Regulatory clocks: which regimes may apply, what is decided of them, from when they count, what was submitted."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.clock import (
    REPORTABLE,
    Clock,
    ClockState,
    Decision,
    before_detection,
    by_regime,
    for_profile,
    known_anchors,
    timed,
)
from bot.domain.delivery import Subject
from bot.domain.incident import Incident
from bot.domain.journal import Verb
from bot.domain.place import Site, SiteKind
from bot.domain.refusal import Refused, Why
from bot.domain.regime import Stage
from bot.domain.runbook import Category
from bot.domain.step import ENDED, LIVE, base_of
from bot.domain.text import listed
from bot.domain.typed_time import parse, shown
from bot.domain.wording import clock_forms as forms
from bot.domain.wording import clocks as wording
from bot.domain.wording.notifications import draft, draft_card
from bot.domain.wording.parts import done
from bot.operations import outbox, picture, progress, triage
from bot.operations import steps as laid_out
from bot.operations.desk import Desk
from bot.operations.scene import Scene
from bot.storage import clocks, deliveries, people, places, steps
from bot.storage.database import Db, Work

_SOON = timedelta(minutes=30)


async def start(desk: Desk, work: Work, incident: Incident) -> list[str]:
    """Lay out a clock for every stage of every regime that may apply to an incident and has none; return their titles.

    What applied once stays, though its country may be hit no more: what must be told is told of what happened.
    """
    profile = desk.policy.profile
    countries = {*profile.countries, *_countries(incident, (await places.sites(work)).values())}
    found = desk.library.regimes.applying(
        Category(incident.category), countries, profile.traits, incident.declared_at.date()
    )
    there = await clocks.of(work, incident.id)
    known, first = {clock.regime for clock in there}, len(there)
    fresh = [for_profile(r, profile.traits, profile.calendar, desk.policy.tz) for r in found if r.id not in known]
    rows: list[dict[str, object]] = []
    for regime in fresh:
        plan = regime.model_dump(mode="json")
        rows += [
            {
                "incident_id": incident.id, "regime": regime.id, "stage": stage.id, "position": first + len(rows) + n,
                "plan": plan, "state": ClockState.TRIAGE, "reminded": 0,
            }
            for n, stage in enumerate(regime.stages)
        ]  # fmt: skip
    await clocks.add(work, rows)
    return [regime.title for regime in fresh]


async def extend(desk: Desk, work: Work, incident: Incident, by: str) -> list[str]:
    """Start what newly applies to an incident that has spread, and have it decided; return that in words."""
    fresh = await start(desk, work, incident)
    if not fresh:
        return []
    work.note(incident.id, by, Verb.DECISION, f"may apply now, to be decided: {listed(fresh)}", "clocks")
    await deliveries.refresh(work, incident.id, Subject.INCIDENT)
    asked = await _asked(desk, work, incident)
    who = f"“{asked}” asks whether it must be told" if asked else "/disaster clocks decides whether it must be told"
    return [f"{listed(fresh)} may apply now: {who}."]


async def _asked(desk: Desk, work: Work, incident: Incident) -> str:
    """Have what newly applies decided in the triage step, once more if that has ended; return the step's title."""
    every = [s for s in await steps.of(work, incident.id) if triage.is_triage(s)]
    live = [s for s in every if s.state in LIVE]
    for step in live:
        await deliveries.refresh(work, incident.id, Subject.STEP, step_id=step.id)
    comes = live or [s for s in every if s.key == triage.KEY and s.state not in ENDED]
    if comes or not every:
        return comes[0].title if comes and not comes[0].plan.restricted else ""
    last = [s for s in every if base_of(s.key) == triage.KEY] or every
    await laid_out.again(work, incident, last[-1], work.now + _SOON)
    await progress.advance(desk, work, incident)
    return "" if last[-1].plan.restricted else last[-1].title


def _countries(incident: Incident, sites: Collection[Site]) -> set[str]:
    """Where the disaster hit: the sites named, else every site of one's own, for what hits a system hits them all."""
    hit = [s for s in sites if s.id in incident.sites] or [s for s in sites if s.kind is SiteKind.SITE]
    return {site.country for site in hit if site.country}


async def cases(desk: Desk, db: Db, incident: Incident) -> list[wording.Case]:
    """Return every regime that may apply to an incident, with its clocks and anchors."""
    every = by_regime(await clocks.of(db, incident.id))
    entered = await clocks.anchors(db, incident.id)
    deciders = {c.decided_by for some in every.values() for c in some if c.decided_by}
    names = await people.named(db, deciders)
    words = desk.library.regimes.anchors
    return [wording.Case(incident, some, entered.get(key, {}), names, words) for key, some in every.items()]


async def _case(scene: Scene, regime: str) -> wording.Case:
    found = next((c for c in await cases(scene.desk, scene.db, scene.incident) if c.regime.id == regime), None)
    if found is None:
        raise Refused(
            f"That regime is not on the list of {scene.incident.reference}.",
            instead=f"/disaster clocks {scene.incident.reference} shows the list.",
        )
    return found


def _stage(case: wording.Case, key: str) -> Stage:
    stage = case.regime.stage(key)
    if stage is None:
        raise Refused(f"{case.regime.title} has no such stage.", instead="Look at the regime again.")
    return stage


async def show_all(scene: Scene, intent: i.Clocks) -> Card:  # noqa: ARG001
    """Show every regime that may apply."""
    return wording.overview(scene.incident, await cases(scene.desk, scene.db, scene.incident), scene.db.now)


async def show(scene: Scene, intent: i.ShowRegime) -> Card:
    """Show one regime with what can be done."""
    return wording.regime_card(await _case(scene, intent.regime), scene.db.now)


async def drafted(scene: Scene, intent: i.DraftStage) -> Card:
    """Show the draft of a notification."""
    case = await _case(scene, intent.regime)
    stage = _stage(case, intent.stage)
    seen = await picture.picture(scene.desk, scene.db, scene.incident)
    owner = scene.roles.get(case.regime.owner) or scene.roles.get("IC")
    person = await people.find(scene.db, owner) if owner else None
    contact = ", ".join(p for p in (person.name, person.phone) if p) if person else ""
    text = draft(case, stage, seen.facts, contact or scene.desk.policy.hotline, scene.db.now)
    return draft_card(case, stage, text)


async def decide(scene: Scene, intent: i.DecideRegime) -> Card:
    """Record whether a regime's authority must be told, by whom and why."""
    case = await _case(scene, intent.regime)
    if intent.decision is Decision.REPORTABLE and intent.reason is None:
        return forms.reportable(case, scene.actor.tz)
    if intent.decision is Decision.NOT_REPORTABLE and intent.reason is None:
        return forms.not_reportable(case)
    said = wording.STATE_WORDS[ClockState(intent.decision)] if intent.decision != "reportable" else "reportable"
    because = f" because {intent.reason}" if intent.reason else ""
    first = case.regime.entered[0]
    asks = _doubt(scene, case, first, intent.at) if intent.at is not None else None
    if intent.at is not None and asks is None:
        case = await _entered(scene, case, first, intent.at)
    by = {"decided_by": scene.actor.id, "decided_at": scene.work.now, "reason": intent.reason or ""}
    await _retime(scene, case, intent.decision, by)
    scene.work.note(
        scene.incident.id,
        scene.actor.id,
        Verb.DECISION,
        f"{case.regime.title}: {said}{because}",
        f"regime:{case.regime.id}",
    )
    card = await _changed(scene, case, f"{said}{because}")
    return card if asks is None else asks.evolve(text=(f"It is recorded: {said}{because}.", *asks.text))


async def set_anchor(scene: Scene, intent: i.SetAnchor) -> Card:
    """Record from when a regime's clocks count."""
    case = await _case(scene, intent.regime)
    if intent.anchor not in case.regime.entered:
        raise Refused(f"{case.regime.title} does not count from that.", instead="Look at the regime again.")
    if intent.at is None:
        known = case.anchors.get(intent.anchor) or await _elsewhere(scene, intent.anchor)
        value = shown(known, scene.actor.tz) if known else ""
        return forms.anchor(case, intent.anchor, scene.actor.tz, value)
    asks = None if intent.sure else _doubt(scene, case, intent.anchor, intent.at)
    if asks is not None:
        return asks
    case = await _entered(scene, case, intent.anchor, intent.at)
    await _retime(scene, case, None, {})
    return await _changed(scene, case, f"{case.anchor(intent.anchor)}: entered")


def _doubt(scene: Scene, case: wording.Case, name: str, typed: str) -> Card | None:
    """Return the question whether a moment is right that can hardly be; None for any other."""
    at = _time(scene, typed)
    early = before_detection(name, at, case.incident.detected_at)
    return wording.doubt(case, name, at, early, shown(at, scene.actor.tz)) if early else None


async def _elsewhere(scene: Scene, name: str) -> datetime | None:
    """What was entered for another regime is offered, never taken over by itself."""
    every = await clocks.anchors(scene.db, scene.incident.id)
    return next((named[name] for named in every.values() if name in named), None)


async def _entered(scene: Scene, case: wording.Case, name: str, typed: str) -> wording.Case:
    at = _time(scene, typed)
    await clocks.anchor(scene.work, scene.incident.id, case.regime.id, name, at, scene.actor.id)
    scene.work.note(
        scene.incident.id,
        scene.actor.id,
        Verb.DECISION,
        f"{case.regime.title}: {case.anchor(name)} {at:%Y-%m-%d %H:%M} UTC",
        f"regime:{case.regime.id}",
    )
    return wording.Case(case.incident, case.clocks, {**case.anchors, name: at}, case.names, case.words)


def _time(scene: Scene, typed: str) -> datetime:
    try:
        return parse(typed, scene.actor.tz, scene.work.now)
    except ValueError as wrong:
        raise Refused(str(wrong), fields={"at": str(wrong)}) from None


async def submit(scene: Scene, intent: i.SubmitStage) -> Card:
    """Record that a person submitted a stage; what counts from it starts."""
    case = await _case(scene, intent.regime)
    stage = _stage(case, intent.stage)
    clock = next(c for c in case.clocks if c.stage == stage.id)
    if case.state not in REPORTABLE:
        raise Refused(
            f"{case.regime.title} is {wording.STATE_WORDS[case.state]}.", instead="Say first that it is reportable."
        )
    if intent.at is None or intent.reference is None:
        now = shown(scene.work.now, scene.actor.tz)
        return forms.submission(case, stage, scene.actor.tz, now, clock.reference)
    at = _time(scene, intent.at)
    _after_its_start(clock, at)
    by = {"submitted_at": at, "submitted_by": scene.actor.id, "reference": intent.reference}
    filed = clock.model_copy(update={"state": ClockState.SUBMITTED, **by})
    if not await clocks.put(scene.work, clock, filed, **by):
        raise _raced(case)
    scene.work.note(
        scene.incident.id,
        scene.actor.id,
        Verb.DECISION,
        f"{case.regime.title}: {stage.title.lower()} to {stage.to} submitted {at:%Y-%m-%d %H:%M} UTC, "
        f"reference {intent.reference}",
        f"regime:{case.regime.id}",
    )
    others = [filed if c.id == clock.id else c for c in case.clocks]
    case = wording.Case(case.incident, others, case.anchors, case.names, case.words)
    await _retime(scene, case, None, {})
    return await _changed(scene, case, f"{stage.title.lower()} submitted, reference {intent.reference}")


def _after_its_start(clock: Clock, at: datetime) -> None:
    if clock.started_at is not None and at < clock.started_at:
        text = "That is before the clock started. One of the two times is wrong."
        raise Refused(text, fields={"at": text})


def _raced(case: wording.Case) -> Refused:
    return Refused(f"Somebody changed {case.regime.title} at this moment.", instead="Look at it again.", why=Why.TAKEN)


async def _retime(
    scene: Scene, case: wording.Case, decision: Decision | None, values: Mapping[str, object]
) -> Sequence[Clock]:
    """Bring a regime's clocks to what anchors, submissions and the decision make of them."""
    anchors = known_anchors(case.clocks, case.anchors)
    now = [timed(clock, anchors, decision) for clock in case.clocks]
    for was, then in zip(case.clocks, now, strict=True):
        if (then != was or values) and not await clocks.put(scene.work, was, then, **values):
            raise _raced(case)
    return now


async def _changed(scene: Scene, case: wording.Case, what: str) -> Card:
    """After a change: tell the room, redraw what shows it, end the triage step when all is decided."""
    work, incident = scene.work, scene.incident
    fresh = await _case(scene, case.regime.id)
    said = wording.told(fresh, what, scene.actor.name, work.now)
    await outbox.to_rooms(work, incident, Subject.CARD, card=said)
    await deliveries.refresh(work, incident.id, Subject.INCIDENT)
    ended = await triage.close(scene.desk, work, incident, await clocks.of(work, incident.id), scene.actor.id)
    card = wording.regime_card(fresh, work.now)
    return card.evolve(text=(*done("", *ended).text, *card.text))
