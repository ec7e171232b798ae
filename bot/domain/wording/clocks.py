"""Regulatory clocks: what may have to be told to whom, how long is left, and the draft that a person takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Style, Table, Tone
from bot.domain.clock import REPORTABLE, UNDECIDED, Clock, ClockState, Decision, by_regime, soonest
from bot.domain.incident import Incident
from bot.domain.regime import Regime, Stage, Unit, Weekend, span, submitted
from bot.domain.text import clip, plural
from bot.domain.when import day_and_time, lasting, soon
from bot.domain.wording.parts import banner, button, name_of

DISCLAIMER = "The bot counts and drafts; a person decides and files. This is no legal advice."
STATE_WORDS = {
    ClockState.TRIAGE: "to be decided",
    ClockState.NOT_YET_KNOWN: "not yet known whether it is reportable",
    ClockState.NOT_REPORTABLE: "not reportable",
    ClockState.NOT_STARTED: "reportable",
    ClockState.RUNNING: "reportable",
    ClockState.SUBMITTED: "reportable",
}
TELL_NOW = "overdue: tell the authority now"
_MOST_BUTTONS = 8
_NO_MORE = frozenset({ClockState.SUBMITTED, ClockState.NOT_REPORTABLE})


@dataclass(frozen=True)
class Case:
    """One regime in one incident: its clocks, the anchors entered, and everybody's names; words: anchors in words."""

    incident: Incident
    clocks: Sequence[Clock]
    anchors: Mapping[str, datetime]
    names: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def regime(self) -> Regime:
        """The regime as it stood at declaration."""
        return self.clocks[0].plan

    def anchor(self, name: str) -> str:
        """Return an anchor in words: "you became aware of it", "the initial notification is submitted"."""
        stage = self.regime.stage(submitted(name))
        if stage is not None:
            return f"the {stage.title.lower()} is submitted"
        return self.words.get(name, name.replace("_", " "))

    @property
    def state(self) -> ClockState:
        """Where the regime as a whole stands: one reportable stage makes it so."""
        return next((c.state for c in self.clocks if c.state in REPORTABLE), self.clocks[0].state)


def standing(clock: Clock, case: Case, now: datetime) -> str:
    """Return how one clock stands, in a line."""
    match clock.state:
        case ClockState.SUBMITTED if clock.submitted_at is not None:
            return f"submitted {soon(clock.submitted_at)}, reference {clock.reference}"
        case ClockState.NOT_REPORTABLE:
            return "not reportable"
        case _ if clock.due_at is None:
            return f"clock not started: it counts from when {case.anchor(clock.what.after)}"
        case _:
            return _left(clock, now)


def _left(clock: Clock, now: datetime) -> str:
    if clock.due_at is None:
        return ""
    if clock.at_once:
        return f"due at once: tell {clock.what.to} now"
    if clock.overdue(now):
        return f"overdue since {soon(clock.due_at)}: tell {clock.what.to} now"
    return f"due {soon(clock.due_at)}, {lasting(clock.due_at - now)} left"


def summary(clocks: Sequence[Clock], now: datetime) -> str:
    """Return all clocks in a line, the most urgent first; empty when no regime may apply."""
    if not clocks:
        return ""
    late = [c for c in clocks if c.overdue(now)]
    first = late[0] if late else soonest(clocks)
    waiting = sum(c.state is ClockState.NOT_STARTED for c in clocks)
    undecided = sum(any(c.state in UNDECIDED for c in some) for some in by_regime(clocks).values())
    parts = [
        f"{plural(len(late), 'notification')} overdue" if late else "",
        f"{first.plan.title}, {first.what.title.lower()}: {_when(first, now)}" if first else "",
        f"{plural(undecided, 'regime')} to decide" if undecided else "",
        f"{plural(waiting, 'clock')} not started" if waiting else "",
    ]
    return "; ".join(p for p in parts if p) or "nothing is due"


def _when(clock: Clock, now: datetime) -> str:
    if clock.due_at is None:
        return ""
    if clock.at_once:
        return "due at once"
    return f"{'was due' if clock.overdue(now) else 'due'} {soon(clock.due_at)}"


def tone(clocks: Sequence[Clock], now: datetime) -> Tone:
    """Return how urgent clocks are together."""
    tones = {c.tone(now) for c in clocks}
    return next((t for t in (Tone.BAD, Tone.WARN) if t in tones), Tone.PLAIN)


def figures(clocks: Sequence[Clock], now: datetime) -> list[Fact]:
    """Return a line for each clock that runs or waits for its start: for SITREPs."""
    open_ = [c for c in clocks if c.ticking or c.state is ClockState.NOT_STARTED]
    return [
        Fact(
            label=f"{c.plan.title} · {c.what.title}",
            value=f"{TELL_NOW} ({_when(c, now)})" if c.overdue(now) else _when(c, now) or "clock not started",
            tone=c.tone(now),
        )
        for c in open_
    ]


def overview(incident: Incident, cases: Sequence[Case], now: datetime) -> Card:
    """Return every regime that may apply, with a button for each."""
    if not cases:
        text = "No regime of the table applies to this category, these sites and this organisation."
        return Card(title="No regulatory clock", banner=banner(drill=incident.drill), text=(text, DISCLAIMER))
    rows = [(c.regime.title, k.what.title, k.what.to, _line(k, c, now)) for c in cases for k in c.clocks]
    buttons = [button(clip(f"{c.regime.title}…", 70), _show(c)) for c in sorted(cases, key=_undecided_first)]
    every = [k for c in cases for k in c.clocks]
    return Card(
        title=f"Regulatory clocks · {incident.reference}",
        banner=banner(drill=incident.drill),
        tone=tone(every, now),
        text=("Say for each regime whether it is reportable.",) if any(k.state in UNDECIDED for k in every) else (),
        tables=(Table(columns=("Regime", "Stage", "To", "How it stands"), rows=tuple(rows)),),
        buttons=tuple(buttons[:_MOST_BUTTONS]),
        footer=DISCLAIMER,
    )


def _line(clock: Clock, case: Case, now: datetime) -> str:
    undecided = f"{STATE_WORDS[clock.state]}; " if clock.state in UNDECIDED else ""
    return f"{undecided}{standing(clock, case, now)}"


def _undecided_first(case: Case) -> bool:
    return case.state not in UNDECIDED


def _show(case: Case) -> i.Intent:
    return i.ShowRegime(incident=case.incident.id, regime=case.regime.id)


def regime_card(case: Case, now: datetime) -> Card:
    """Return one regime: what it asks, how its clocks stand, and what can be done."""
    regime = case.regime
    facts = [
        Fact(label="Reportable when", value=regime.reportable_when),
        Fact(label="Decision", value=_decision(case), tone=Tone.WARN if case.state in UNDECIDED else Tone.PLAIN),
        *(
            Fact(label=f"{c.what.title} to {c.what.to}", value=standing(c, case, now), tone=c.tone(now))
            for c in case.clocks
            if case.state is not ClockState.NOT_REPORTABLE
        ),
        *(Fact(label=f"When {case.anchor(a)}", value=day_and_time(at)) for a, at in case.anchors.items()),
    ]
    return Card(
        title=f"{regime.title} · {case.incident.reference}",
        banner=banner(drill=case.incident.drill),
        tone=tone(case.clocks, now),
        facts=tuple(facts),
        text=tuple(t for t in (_limits(case), regime.note) if t),
        buttons=_buttons(case),
        footer=f"Source {regime.source_url}, compared {regime.verified_on}, certainty {regime.certainty}. {DISCLAIMER}",
    )


def _decision(case: Case) -> str:
    first = case.clocks[0]
    by = f", {name_of(first.decided_by, case.names)} {soon(first.decided_at)}" if first.decided_at else ""
    because = f" because {first.reason}" if first.reason else ""
    return f"{STATE_WORDS[case.state]}{because}{by}"


def limit(stage: Stage, case: Case) -> str:
    """Return a stage's limit in words: "72 hours after you became aware of it"."""

    def said(within: str, after: str) -> str:
        how = "at once when" if span(within).unit is Unit.AT_ONCE else f"{within} after"
        return f"{how} {case.anchor(after)}"

    cap = stage.at_latest
    second = f", at the latest {said(cap.within, cap.after)}" if cap else ""
    return f"{stage.title}: {said(stage.within, stage.after)}{second}.{f' {stage.note}' if stage.note else ''}"


def weekend(stage: Stage, regime: Regime) -> str:
    """Say what a weekend or a public holiday makes of a stage's deadline; empty where the regime has no word on it."""
    if stage.weekend is Weekend.NOON:
        days = f"a weekend day or public holiday ({regime.calendar})" if regime.calendar else "a Saturday or Sunday"
        return f"A deadline on {days} is put off to {stage.weekend.value}."
    return "A weekend or holiday does not put it off: you are exempt from that relief." if stage.weekend_not_for else ""


def _limits(case: Case) -> str:
    """Every stage's limit, and what a weekend makes of them: once for all where it is the same for each."""
    stages, regime = case.regime.stages, case.regime
    rules = [weekend(stage, regime) for stage in stages]
    if len(set(rules)) == 1:
        return "\n".join([*(limit(stage, case) for stage in stages), *rules[:1]]).strip()
    both = zip(stages, rules, strict=True)
    return "\n".join(" ".join(filter(None, (limit(stage, case), rule))) for stage, rule in both)


def _buttons(case: Case) -> tuple[Button, ...]:
    return (*_decisions(case), *_anchors(case), *_stages(case))


def _decisions(case: Case) -> list[Button]:
    def decide(decision: Decision) -> i.Intent:
        return i.DecideRegime(incident=case.incident.id, regime=case.regime.id, decision=decision)

    yes = button("Reportable…", decide(Decision.REPORTABLE), Style.PRIMARY)
    no = button("Not reportable because…", decide(Decision.NOT_REPORTABLE))
    unknown = button("Not yet known", decide(Decision.NOT_YET_KNOWN))
    match case.state:
        case ClockState.TRIAGE:
            return [yes, no, unknown]
        case ClockState.NOT_YET_KNOWN:
            return [yes, no]
        case ClockState.NOT_REPORTABLE:
            return [button("Reportable after all…", decide(Decision.REPORTABLE)), unknown]
        case _ if all(c.state is ClockState.SUBMITTED for c in case.clocks):
            return []
        case _:
            return [button("Not reportable after all because…", decide(Decision.NOT_REPORTABLE))]


def _anchors(case: Case) -> list[Button]:
    """From when it counts: asked as long as it is not known, and open to correction while a clock depends on it."""
    if case.state is ClockState.NOT_REPORTABLE:
        return []
    open_ = {a for c in case.clocks if c.state is not ClockState.SUBMITTED for a in c.what.anchors}
    return [
        button(
            f"{'Correct when' if a in case.anchors else 'Enter when'} {case.anchor(a)}…",
            i.SetAnchor(incident=case.incident.id, regime=case.regime.id, anchor=a),
            Style.NORMAL if a in case.anchors or case.state in UNDECIDED else Style.PRIMARY,
        )
        for a in case.regime.entered
        if a in open_
    ]


def _stages(case: Case) -> list[Button]:
    """What can be submitted next, with its draft; what was submitted can be put right, or submitted again."""
    if case.state not in REPORTABLE:
        return []
    about = {"incident": case.incident.id, "regime": case.regime.id}
    found: list[Button] = []
    for clock in case.clocks:
        stage = clock.what
        if clock.state is ClockState.SUBMITTED:
            found.append(button(f"{stage.title}: submitted again…", i.SubmitStage(**about, stage=stage.id)))
        elif _reached(clock, case):
            found.append(button(f"{stage.title} submitted…", i.SubmitStage(**about, stage=stage.id), Style.PRIMARY))
            found.append(button(f"Draft of the {stage.title.lower()}", i.DraftStage(**about, stage=stage.id)))
    return found


def _reached(clock: Clock, case: Case) -> bool:
    """Whether nothing has to be submitted before it."""
    before = [submitted(a) for a in clock.what.anchors if submitted(a)]
    return all(c.state is ClockState.SUBMITTED for c in case.clocks if c.stage in before)


def on_step(card: Card, incident: int, clocks: Sequence[Clock], now: datetime) -> Card:
    """Return the triage step's card with the regimes that may apply."""
    facts = [
        Fact(label=some[0].plan.title, value=_on_step(some, now), tone=tone(some, now))
        for some in by_regime(clocks).values()
    ]
    first = button("Decide on each regime…", i.Clocks(incident=incident), Style.PRIMARY)
    others = tuple(b.model_copy(update={"style": Style.NORMAL}) for b in card.buttons)
    return card.evolve(facts=(*card.facts, *facts), buttons=(first, *others))


def _on_step(clocks: Sequence[Clock], now: datetime) -> str:
    state = next((c.state for c in clocks if c.state in REPORTABLE), clocks[0].state)
    next_ = soonest(clocks)
    relief = any(c.what.weekend is Weekend.NOON for c in clocks if c.state not in _NO_MORE)
    return "".join(
        (
            STATE_WORDS[state],
            f", {_when(next_, now)}" if next_ else "",
            "; a deadline on a weekend or holiday is put off to noon of the next business day" if relief else "",
        )
    )


def doubt(case: Case, name: str, at: datetime, early: timedelta, typed: str) -> Card:
    """Ask whether a moment is right at which nobody had noticed anything yet; typed: the same as it can be typed."""
    about = {"incident": case.incident.id, "regime": case.regime.id, "anchor": name}
    noticed = f"the incident was noticed: {day_and_time(case.incident.detected_at)}, by its declaration"
    goes_on = "If it is right, the deadline counts from then, and the draft asks you to put the two times in order."
    return Card(
        title=f"{case.regime.title}: is that time right?",
        banner=banner(drill=case.incident.drill),
        tone=Tone.WARN,
        text=(
            f"You say that {case.anchor(name)} {day_and_time(at)}. That is {lasting(early)} before {noticed}.",
            f"Nothing was entered yet. {goes_on}",
        ),
        buttons=(
            button(f"Yes, count from {typed}", i.SetAnchor(**about, at=typed, sure=True), Style.PRIMARY),
            button("Enter another time…", i.SetAnchor(**about)),
        ),
    )


def told(case: Case, what: str, by: str, now: datetime) -> Card:
    """Tell the room what was decided, entered or submitted, and what follows from it."""
    facts = tuple(
        Fact(label=c.what.title, value=standing(c, case, now), tone=c.tone(now))
        for c in case.clocks
        if c.state in REPORTABLE or c.ticking
    )
    return Card(
        title=f"{case.regime.title}: {what}",
        banner=banner(drill=case.incident.drill),
        tone=tone(case.clocks, now),
        text=(f"By {by}.",),
        facts=facts,
        buttons=(button(f"{case.regime.title}…", _show(case)),),
    )


def reminder(clock: Clock, incident: Incident, who: str, now: datetime) -> Card:
    """Remind of a clock: half, a quarter or a tenth is left, or it is overdue."""
    stage, late = clock.what, clock.overdue(now)
    undecided = clock.state in UNDECIDED
    ask = "Nobody has decided yet whether it is reportable: decide, and write down why." if undecided else ""
    since = f"at once, since {soon(clock.due_at)}" if clock.at_once and clock.due_at else ""
    due = Fact(
        label="Due", value=since or _when(clock, now).removeprefix("due "), tone=Tone.BAD if late else clock.tone(now)
    )
    about = {"incident": incident.id, "regime": clock.regime}
    return Card(
        title=f"{_urgency(clock, now)}: {clock.plan.title}, {stage.title.lower()}",
        banner=banner(drill=incident.drill),
        tone=Tone.BAD if late else Tone.WARN,
        text=tuple(t for t in (_urge(clock, now), ask, who) if t),
        facts=(due, Fact(label="To", value=stage.to), Fact(label="Incident", value=incident.reference)),
        buttons=(
            button(f"{clock.plan.title}…", i.ShowRegime(**about), Style.PRIMARY),
            *(() if undecided else (button("The draft", i.DraftStage(**about, stage=stage.id)),)),
        ),
        footer=DISCLAIMER,
    )


def _urgency(clock: Clock, now: datetime) -> str:
    if clock.at_once:
        return "Due at once"
    return "Overdue" if clock.overdue(now) else "Running out"


def _urge(clock: Clock, now: datetime) -> str:
    if clock.due_at is None:
        return ""
    if clock.at_once:
        return f"Tell {clock.what.to} now."
    if clock.overdue(now):
        return f"{TELL_NOW[0].upper()}{TELL_NOW[1:]}." + (f" {clock.what.note}" if clock.what.note else "")
    return f"{lasting(clock.due_at - now)} left."
