"""The step that moves contacts: what the live agents can take, and what may follow."""

from collections.abc import Sequence

from bot.domain import intent as i
from bot.domain.card import Button, Card, Fact, Field, Form, Style, Table, Tone
from bot.domain.coupling import STEP, Guard, Line
from bot.domain.step import Step
from bot.domain.text import plural
from bot.domain.wording.figures import Figures
from bot.domain.wording.parts import button


def figures(step: Step, guard: Guard, lines: Sequence[Line]) -> Figures:
    """Return what the step's card shows: contacts against live agents, queue by queue, and the next share."""
    rows = tuple((x.name, f"{x.had:,}", f"{x.live:,}", f"{x.arrived:,}", f"{x.coming:,}") for x in lines)
    columns = ("Queue", "Agents before", "Live now", "Arrived", "On the way")
    early = guard.ahead or guard.missing > 0
    facts = (
        Fact(label="Contacts moved", value=f"{guard.moved} %", tone=Tone.BAD if guard.ahead else Tone.PLAIN),
        Fact(label="The live agents can take", value=f"{guard.can} % ({guard.live:,} of {guard.had:,} are live)"),
        Fact(label=f"The next {STEP} %", value=_next(guard), tone=Tone.WARN if early else Tone.GOOD),
    )
    share = button("Another share…", i.Reroute(step=step.id))
    target = [_target(step, guard)] if guard.target is not None else []
    return Figures(
        text=said(guard)[:1] if guard.ahead else (),
        facts=facts,
        tables=(Table(columns=columns, rows=rows, caption="Contacts follow their agents", numeric=(1, 2, 3, 4)),),
        buttons=(*target, share),
        sure=f"{_early(guard)} Is the step done all the same?" if guard.ahead else "",
    )


def _target(step: Step, guard: Guard) -> Button:
    confirm = f"{_early(guard)} Did you move them all the same?" if guard.missing else ""
    percent = guard.target or 100
    return button(f"Contacts are at {percent} %", i.Reroute(step=step.id, percent=percent), Style.NORMAL, confirm)


def _early(guard: Guard) -> str:
    return f"{guard.live:,} of {guard.had:,} agents are live: contacts beyond {guard.can} % may ring unanswered."


def _next(guard: Guard) -> str:
    """Say when the next share may follow: from what people have confirmed, never from the plan."""
    if guard.target is None:
        return "all are moved"
    if not guard.missing:
        return f"move on to {guard.target} % now"
    more = plural(guard.missing, "agent")
    if guard.missing <= guard.arrived:
        return f"to {guard.target} % when {more} of the {guard.arrived:,} who arrived have logged in"
    return f"to {guard.target} % when {more} more {'is' if guard.missing == 1 else 'are'} live"


def said(guard: Guard) -> tuple[str, ...]:
    """Say how contacts and agents stand to each other."""
    if guard.ahead:
        return (f"Contacts are ahead of their agents. {_early(guard)}", "Bring some back, or get more agents live.")
    return (f"Next: {_next(guard)}.",)


def noted(guard: Guard) -> Card:
    """Confirm how many of the contacts are moved: in green only as far as the live agents can take them."""
    tone = Tone.WARN if guard.ahead else Tone.GOOD
    return Card(title=f"Contacts at {guard.moved} %", tone=tone, text=said(guard))


def ask_percent(step: Step) -> Card:
    """Ask how many of the contacts are moved."""
    field = Field(name="percent", label="Percent of the contacts that are moved by now", value=(str(step.percent),))
    form = Form(intent=i.encode(i.Reroute(step=step.id)), fields=(field,), submit="Note it")
    return Card(title=f"{step.code}: contacts moved", form=form)
