"""Tabletops of the made-up year: who answered what, and how good it was."""

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.inject import InjectState, Judgement, Run
from bot.domain.runbook import Category
from bot.domain.tabletop import Inject, Tabletop, resolved
from bot.operations.desk import Desk
from bot.storage import injects, people
from bot.storage.database import Work


class Played(NamedTuple):
    """A tabletop that was played: its name, as it was told, what came of each inject."""

    scenario: str
    told: Tabletop
    runs: tuple[Run, ...]


async def play(desk: Desk, work: Work, category: Category, at: datetime, of_ten: int) -> Played | None:
    """Make a tabletop of a category up, so many of ten answers right; None where there is none of it."""
    name = next((key for key, told in desk.library.tabletops.items() if told.category is category), None)
    book = desk.library.get(category)
    if name is None or book is None:
        return None
    told = resolved(desk.library.tabletops[name], book, worked=False)
    return Played(name, told, tuple([await _run(work, n, inject, at, of_ten) for n, inject in enumerate(told.injects)]))


async def _run(work: Work, n: int, inject: Inject, at: datetime, of_ten: int) -> Run:
    out = at + timedelta(minutes=inject.at)
    base = Run(
        id=1, drill_id=1, key=inject.id, position=n + 1, plan=inject, state=InjectState.ANSWERED, due_at=out,
        posted_at=out, posted_by="bot",
    )  # fmt: skip
    if not inject.question:
        return base.evolve(state=InjectState.POSTED)
    able = await people.in_role(work, [inject.to])
    well = n * 7 % 10 < of_ten
    said = {
        "answer": _answer(inject, well=well), "answered_by": able[0].id if able else None,
        "answered_at": out + timedelta(minutes=2 + n % 3),
    }  # fmt: skip
    less = Judgement.PARTLY if inject.good else Judgement.WRONG
    return base.evolve(**said, judgement=Judgement.RIGHT if well else less)


def _answer(inject: Inject, *, well: bool) -> str:
    if inject.options:
        return next(reply.value for reply in inject.options if reply.right is well)
    return ". ".join(inject.good if well else inject.good[:1]) + "."


async def keep(work: Work, drill: int, played: Played) -> None:
    """Write down what came of its injects."""
    rows = [run.model_dump(mode="python", exclude={"id", "plan"}) for run in played.runs]
    plans = [run.plan.model_dump(mode="json") for run in played.runs]
    await injects.add(work, [{**row, "drill_id": drill, "plan": plan} for row, plan in zip(rows, plans, strict=True)])
