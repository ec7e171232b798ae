"""A drill's score in words: its marks, its findings, how drills went one after the other, what is not practised."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from bot.domain.card import Card, Fact, Meter, Table, Tone
from bot.domain.chart_drill import Gauged, drill_chart
from bot.domain.drill import EXERCISES, Drill, DrillState
from bot.domain.drill_score import Gauge, Mark, Score
from bot.domain.report import Chart, Section
from bot.domain.runbook import Category
from bot.domain.text import listed, plural
from bot.domain.wording.drills import title

_NAMES: Mapping[Gauge, str] = {
    Gauge.ACKNOWLEDGED: "Answered by {} min",
    Gauge.CONTACTS: "Bad contacts",
    Gauge.ROLL: "Roll answered by {} min",
    Gauge.RESOLVED: "Roll resolved",
    Gauge.DECLARED: "Detected to declared",
    Gauge.NOTIFIED: "Declared to first message",
    Gauge.RESTORED: "Callers served again",
    Gauge.MBCO: "MBCO live within RTO",
    Gauge.DECISIONS: "Decisions taken in time",
    Gauge.RIGHT: "Questions answered rightly",
    Gauge.CLOCKS: "Clocks decided and counting",
}
_MEND: Mapping[Gauge, str] = {
    Gauge.ACKNOWLEDGED: "Find out why people answer late, and what reaches them sooner",
    Gauge.CONTACTS: "Mend the contact data of those whom nothing reached",
    Gauge.ROLL: "Find out why the roll-call is answered late",
    Gauge.RESOLVED: "Find out why the roll was not resolved in time, and who looks for the missing",
    Gauge.DECLARED: "Agree on what is declared when, and by whom",
    Gauge.NOTIFIED: "Get the first message out sooner: wording ready, sender named",
    Gauge.RESTORED: "Bring the path for callers back within the RTO",
    Gauge.MBCO: "Close the gap to the least acceptable seats within the RTO",
    Gauge.DECISIONS: "Go through the decisions that were late",
    Gauge.RIGHT: "Go through the questions that were not answered rightly, and say in the plan what is right",
    Gauge.CLOCKS: "Go through the regimes that were not decided, or whose clocks never started",
}


def name(mark: Mark) -> str:
    """Return what was measured: "Answered by 15 min"."""
    return _NAMES[mark.gauge].format(mark.at_min)


def value(mark: Mark) -> str:
    """Return what it came to: "72 %", "12 min", or that it never did."""
    if mark.value is None:
        return "not reached"
    return f"{mark.value:.0f} min" if mark.in_minutes else f"{mark.value:.0f} %"


def goal(mark: Mark) -> str:
    """Return the threshold: "at least 60 %"."""
    unit = "min" if mark.in_minutes else "%"
    return f"{'at least' if mark.more_is_better else 'at most'} {mark.goal:g} {unit}"


def mend(mark: Mark) -> str:
    """Return what is to be done about a mark that was missed."""
    return f"{_MEND[mark.gauge]} ({name(mark).lower()}: {value(mark)}, wanted {goal(mark)})"


def summary(found: Score) -> str:
    """Return it in a sentence."""
    if found.percent is None:
        return "Nothing that has a threshold was measured."
    met = sum(mark.met for mark in found.marks)
    return f"{met} of {plural(len(found.marks), 'threshold')} met: {found.percent} %."


def chart(found: Score, file: str) -> Chart | None:
    """Return the marks as a picture; None where there are none."""
    if not found.marks:
        return None
    bars = tuple(
        Gauged(
            label=name(m),
            value=m.value,
            goal=m.goal,
            full=2 * m.goal if m.in_minutes else 100,
            said=value(m),
            met=m.met,
        )
        for m in found.marks
    )
    return Chart(svg=drill_chart(bars, title="What the drill showed"), file=file, alt=summary(found))


def section(drill: Drill, found: Score, hours: str, *more: Table | None) -> Section:
    """Return the report's part about what was practised, and how it went; more: injects and answers, findings."""
    rows = tuple((name(m), value(m), goal(m), "met" if m.met else "missed") for m in found.marks)
    table = Table(columns=("What", "Came to", "Wanted", "Verdict"), rows=rows, caption="Against the thresholds")
    said = (
        ("Drill", title(drill)), ("Tabletop", drill.tabletop.title if drill.tabletop else ""),
        ("Known before", _known(drill)), ("When", hours), ("Should show", drill.objectives),
    )  # fmt: skip
    return Section(
        title="What the drill showed",
        text=(summary(found),),
        facts=tuple(Fact(label=label, value=value) for label, value in said if value),
        tables=tuple(t for t in (table if rows else None, *more) if t),
        chart=chart(found, f"{drill.reference}-score.svg"),
    )


def _known(drill: Drill) -> str:
    return "announced" if drill.announced else "unannounced"


def scored(drill: Drill, found: Score, incident: str, link: str = "") -> Card:
    """Tell those who ran a drill how it went; link: the reader's own to its page."""
    rows = tuple(
        Fact(label=name(m), value=f"{value(m)}, wanted {goal(m)}", tone=Tone.GOOD if m.met else Tone.BAD)
        for m in found.marks
    )
    met = sum(mark.met for mark in found.marks)
    meters = (Meter(label="Thresholds met", value=met, total=len(found.marks)),) if found.marks else ()
    report = f"The whole report, with its chart: disaster report {incident}"
    page = (f"Its page, with every answer: {link}",) if link else ()
    return Card(title=f"{title(drill)}: how it went", text=(summary(found), *page, report), facts=rows, meters=meters)


def due_categories(past: Sequence[Drill], today: date, months: int) -> list[tuple[Category, datetime | None, bool]]:
    """Return every category with when it was practised last, and whether that is within so many months."""
    last: dict[Category, datetime] = {}
    for drill in past:
        if drill.kind in EXERCISES and drill.state is DrillState.DONE:
            at = drill.ended_at or drill.planned_at
            last[drill.category] = max(at, last.get(drill.category, at))
    return [(c, last.get(c), c in last and _months(last[c].date(), today) < months) for c in Category]


def _months(day: date, today: date) -> int:
    """Whole months from one day to a later one."""
    return (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)


def never_lately(found: Sequence[tuple[Category, datetime | None, bool]], months: int) -> Fact:
    """Return the categories that are not practised, red when there are any."""
    red = [c.replace("_", " ") for c, _, fresh in found if not fresh]
    if not red:
        return Fact(label="Categories", value=f"all practised within {months} months", tone=Tone.GOOD)
    return Fact(label=f"Not practised for {months} months", value=listed(red), tone=Tone.BAD)
