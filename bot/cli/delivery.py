"""What the doctor says of messages: ways that take nothing now, addresses that took none, and what to do about each."""

from pathlib import Path

from bot import app as product
from bot.cli.tools import out
from bot.domain.wording.delivery import ways_there, why_held
from bot.operations import estimating
from bot.operations.board import doubts, rooms_shut, undelivered
from bot.settings import Settings, slack_keys, teams_keys
from bot.storage import incidents, tallies


async def check_delivery(settings: Settings, data: Path) -> bool:
    """Print which ways are held or down, and what did not arrive in open incidents; whether there is neither."""
    on_slack, on_teams = slack_keys(), teams_keys(settings)
    async with product.opened(settings, data) as store:
        books = product.library(settings)
        desk = product.build(settings, store, books, "unused", slack_keys=on_slack, teams_keys=on_teams).desk
        async with desk.read() as db:
            said = [why_held(row) for row in await estimating.standing(desk, db)]
            said += [f"{reference}: {words}" for reference, words in [*await rooms_shut(db), *await doubts(db)]]
            for incident in await incidents.opened(db):
                lost = undelivered(await tallies.of(db, incident.id))
                said += [f"{incident.reference}: {n:,} did not arrive. {remedy}" for remedy, n in lost]
    wrong = [line for line in said if line]
    for line in wrong:
        out.print(f"delivery     NOT WELL: {line}", style="bold red", markup=False, highlight=False, soft_wrap=True)
    if not wrong:
        out.print(f"delivery     {ways_there(desk.platforms)}", markup=False, highlight=False, soft_wrap=True)
    return not wrong
