"""Injects in words: the news in the room, what whoever runs the drill sees, the list, the table of a report."""

from collections.abc import Mapping, Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Item, Style, Table, Tone
from bot.domain.drill import Drill, DrillState
from bot.domain.inject import OUT, InjectState, Judgement, Run
from bot.domain.text import clip, listed, plural
from bot.domain.when import at, lasting, soon
from bot.domain.wording.parts import button, done, name_of

JUDGED: Mapping[Judgement, str] = {
    Judgement.OPEN: "to be judged",
    Judgement.RIGHT: "right",
    Judgement.PARTLY: "partly right",
    Judgement.WRONG: "not right",
}
RESTED = "Nothing ran for a long time, so the clock is held. Let it go on when everybody sits there again."


def news(run: Run, title: str, text: str) -> Card:
    """Return an inject as the room reads it."""
    whose = f"{run.plan.says}: " if run.plan.says else ""
    return Card(
        title=f"{whose}{run.plan.title}", tone=Tone.WARN, text=(text,), footer=f"{title} · inject {run.position}"
    )


def panel(drill: Drill, runs: Sequence[Run], why: str = "") -> Card:
    """Return what whoever runs a drill sees: what is out, what would be right, what comes, and their buttons."""
    out = [run for run in runs if run.state in OUT]
    left = [run for run in runs if run.state is InjectState.WAITING]
    title = drill.tabletop.title if drill.tabletop else ""
    return Card(
        title=f"{drill.reference}: {len(out)} of {plural(len(runs), 'inject')} out",
        tone=Tone.WARN if drill.paused_at else Tone.PLAIN,
        text=tuple(t for t in (why, f"You run “{title}”. Only you see this.") if t),
        facts=(*(_of_the_last(out[-1]) if out else ()), *_ahead(drill, left)),
        buttons=controls(drill, left),
    )  # fmt: skip


def _of_the_last(run: Run) -> tuple[Fact, ...]:
    plan = run.plan
    rows = (
        ("Out now", plan.title), ("Asked of", f"{plan.to}: {plan.question}" if plan.question else ""),
        ("Right would be", listed(plan.expected(), "or") if plan.wanted else ""),
        ("A good answer contains", "\n".join(f"– {point}" for point in plan.good)),
        ("To help them along", "\n".join(f"– {hint}" for hint in plan.hints)),
    )  # fmt: skip
    return tuple(Fact(label=label, value=value) for label, value in rows if value)


def _ahead(drill: Drill, left: Sequence[Run]) -> tuple[Fact, ...]:
    if drill.paused_at is not None:
        return (Fact(label="Clock", value=f"held since {at(drill.paused_at)}", tone=Tone.WARN),)
    if not left:
        return (Fact(label="Next", value="nothing more: talk it over, then end the exercise"),)
    return (Fact(label="Next", value=f"{soon(left[0].due_at)}: {left[0].plan.title}"),)


def controls(drill: Drill, left: Sequence[Run]) -> tuple[Button, ...]:
    """Return the buttons of whoever runs a drill."""
    if drill.state is not DrillState.RUNNING:
        return ()
    held = drill.paused_at is not None
    word = "Let the clock go on" if held else "Hold the clock"
    clock = (button(word, i.HoldClock(drill=drill.id, hold=not held)),) if left else ()
    more = (button("Next inject now", i.NextInject(drill=drill.id, inject=left[0].id), Style.PRIMARY),) if left else ()
    sure = f"End {drill.reference}? Everybody in it is told" + (
        f", and {plural(len(left), 'inject')} will be left out." if left else "."
    )
    ends = button("End the exercise", i.EndDrill(drill=drill.id), Style.NORMAL if left else Style.PRIMARY, sure)
    return (*more, *clock, button("All injects", i.Injects(drill=drill.id)), ends)


def posted(run: Run) -> Card:
    """Confirm that an inject is out."""
    return done(f"Inject {run.position} is out", run.plan.title, "Those behind it come sooner by as much.")


def held(by: str) -> Card:
    """Tell the room that nothing new comes for now."""
    return Card(
        title="The clock of the exercise is held", text=(f"{by} holds it: nothing new comes until it goes on.",)
    )


def goes_on(by: str) -> Card:
    """Tell the room that it goes on."""
    return Card(title="The clock of the exercise goes on", text=(f"{by} lets it go on.",))


def ask_judgement(run: Run, who: str) -> Card:
    """Ask whoever runs a drill how good an answer in words was."""
    points = tuple(f"– {point}" for point in run.plan.good)
    return Card(
        title=f"How good is the answer to inject {run.position}?",
        text=(run.plan.question, f"{who}: “{run.reply}”", "A good answer contains:", *points),
        buttons=_to_judge(run, who).buttons,
    )


def _to_judge(run: Run, who: str) -> Item:
    return Item(
        title=run.plan.question, text=f"{who}: “{run.reply}” A good answer contains: {'; '.join(run.plan.good)}.",
        buttons=(
            button("All of it", i.Judge(inject=run.id, judgement=Judgement.RIGHT), Style.PRIMARY),
            button("Some of it", i.Judge(inject=run.id, judgement=Judgement.PARTLY)),
            button("None of it", i.Judge(inject=run.id, judgement=Judgement.WRONG)),
        ),
    )  # fmt: skip


def judged(run: Run, how: Judgement) -> Card:
    """Confirm a judgement."""
    return done(f"Inject {run.position} is {JUDGED[how]}", run.plan.question)


def listing(drill: Drill, runs: Sequence[Run], names: Mapping[str, str]) -> Card:
    """Return every inject with its answer, those to be judged with their buttons."""
    left = [run for run in runs if run.state is InjectState.WAITING]
    rows = tuple(
        (str(run.plan.at), run.plan.title, run.plan.to, _stands(run), clip(run.reply, 80), _judgement(run))
        for run in runs
    )
    columns = ("Min", "Inject", "Asks", "State", "Answer", "Judged")
    open_ = [run for run in runs if run.judgement is Judgement.OPEN]
    return Card(
        title=f"{drill.reference}: {plural(len(runs), 'inject')}",
        tables=(Table(columns=columns, rows=rows, numeric=(0,)),), facts=_ahead(drill, left),
        items=tuple(_to_judge(run, name_of(run.answered_by, names)) for run in open_), buttons=controls(drill, left),
    )  # fmt: skip


def _stands(run: Run) -> str:
    match run.state:
        case InjectState.WAITING:
            return soon(run.due_at)
        case InjectState.LEFT_OUT:
            return "left out"
        case InjectState.POSTED if run.plan.question:
            return "not answered"
        case _:
            return "out" if not run.answered_at else "answered"


def _judgement(run: Run) -> str:
    return JUDGED[run.judgement] if run.judgement else ""


def table(runs: Sequence[Run], names: Mapping[str, str]) -> Table | None:
    """Return the injects as a report has them: what was asked, answered, by whom, how fast, and what was wanted."""
    if not runs:
        return None
    columns = ("Minute", "Inject", "Question, to whom", "Answer", "By", "After", "Wanted", "Verdict")
    return Table(columns=columns, rows=tuple(_row(run, names) for run in runs), caption="Injects", numeric=(0,))


def _row(run: Run, names: Mapping[str, str]) -> tuple[str, ...]:
    plan = run.plan
    asked = f"{plan.question} ({plan.to})" if plan.question else f"decision {plan.decision}" if plan.decision else ""
    after = lasting(run.answered_at - run.posted_at) if run.answered_at and run.posted_at else ""
    by = name_of(run.answered_by, names) if run.answered_by else ""
    stands = "left out" if run.state is InjectState.LEFT_OUT else _judgement(run)
    wanted = "\n".join(plan.expected())
    return (str(plan.at), plan.title, asked, run.reply or _lacking(run), by, after, wanted, stands)


def _lacking(run: Run) -> str:
    return "none" if run.state is InjectState.POSTED and (run.plan.question or run.plan.decision) else ""
