"""Who can be reached by how many ways that are proven."""

import asyncio
import csv

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli.commands import cli
from bot.domain.delivery import Gone
from bot.domain.wording.delivery import lane_name
from bot.storage import identities
from bot.storage import tables as t
from bot.storage.addresses import lose
from tests.world import roster

pytestmark = pytest.mark.one_database


@pytest.mark.every_chat
@pytest.mark.one_database
async def test_an_answer_proves_its_way_and_leads_see_their_own(world, called):
    ana, ben = world.agents("leeds", 2)
    assert "Thank you" in await ana.presses("I'm safe")
    async with world.store.work(world.now) as work:
        row = {"person_id": ana.id, "platform": "email", "address": ana.person.email, "outside": False}
        await work.add_all(t.identities, [row])
        here = world.chat.platform
        address = (await identities.addresses(work, here, [ben.id]))[ben.id]
        await lose(work, {here: [(address, Gone.LEFT)]})
        on = await work.value(sa.select(t.recipients.c.answered_on).where(t.recipients.c.person_id == ana.id))
    assert on == here
    seen = await called.commander.types("/disaster reach")
    assert "with fewer than 2 proven ways" in seen
    assert f"{lane_name(here)}: takes no messages" in seen
    by_team = await called.commander.types("/disaster reach team")
    assert world.team_of(ana).name in by_team
    theirs = await world.lead_of(ana).types("/disaster reach")
    assert f"{ana.name}" in theirs
    assert world.agents("york", 1)[0].name not in theirs
    deputies = {team.deputy for team in roster().teams}
    plain = next(agent for agent in world.agents("leeds", 20) if agent.id not in deputies)
    assert "This is for responders and leaders" in await plain.types("/disaster reach")
    assert "reach team, or reach site" in await called.commander.types("/disaster reach everybody")


async def test_the_command_line_writes_a_file_without_addresses(world, called, tmp_path, monkeypatch):
    ana = world.agents("leeds", 1)[0]
    await ana.presses("I'm safe")
    async with world.store.work(world.now) as work:
        await work.run(sa.update(t.people).where(t.people.c.id == ana.id).values(name="=cmd()"))
    monkeypatch.setenv("DISASTER_DATABASE_URL", world.store.engine.url.render_as_string(hide_password=False))
    file = tmp_path / "reach.csv"
    arguments = ["reach", "--by", "team", "--csv", str(file), "--data", str(tmp_path)]
    said = await asyncio.to_thread(CliRunner().invoke, cli, arguments)
    assert said.exit_code == 0, said.output
    assert "have fewer than 2 proven ways" in said.output
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    (mine,) = [row for row in rows if row["id"] == ana.id]
    assert (mine["name"], mine["proven"], mine["console"]) == ("'=cmd()", "1", "answered")
    assert "@" not in file.read_text(encoding="utf-8")
