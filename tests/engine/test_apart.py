"""What is broken in one incident holds up no other, and the beat still counts as failed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.operations import figures, incidents, progress, reminders, sitreps
from bot.operations.apart import apart
from bot.storage import tables as t
from tests.storage.test_seats import declared


async def test_every_part_is_run_and_the_failure_comes_at_the_end():
    ran = []

    async def part(n: int) -> int:
        ran.append(n)
        if n == 1:
            raise LookupError("broken")
        return n

    with capture_logs() as logs, pytest.raises(ExceptionGroup, match="waves: 1 failed") as no:
        await apart("waves", [(n, lambda n=n: part(n)) for n in range(3)])
    assert ran == [0, 1, 2] and isinstance(no.value.exceptions[0], LookupError)
    assert [(line["sweep"], line["incident"], line["error"]) for line in logs] == [("waves", 1, "LookupError")]
    assert await apart("waves", []) == 0


@pytest.mark.one_database
async def test_an_incident_with_broken_rows_does_not_starve_the_other(world):
    desk = world.product.desk
    broken, whole = await declared(world, "leeds"), await declared(world, "manchester")
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.steps).where(t.steps.c.incident_id == broken).values(plan={}))
    world.clock.moment += timedelta(minutes=90)
    for sweep in (sitreps.sweep, progress.sweep, reminders.sweep, incidents.refresh_cards, figures.sweep):
        with pytest.raises(ExceptionGroup):
            await sweep(desk)
    async with world.store.read(world.now) as db:
        sent = await db.column(sa.select(t.incidents.c.id).where(t.incidents.c.sitrep_count > 0))
        reminded = await db.column(sa.select(t.steps.c.incident_id).where(t.steps.c.reminded > 0).distinct())
    assert (sent, reminded) == ([whole], [whole])
