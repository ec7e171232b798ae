"""Line 7: leaders look at the board through a link that the bot gives them; it says what the rows say."""

import re


async def test_without_a_link_there_is_no_board_but_a_way_to_get_one(world, fire):
    async with world.browser() as browser:
        for path in ("/board", "/board/INC-2026-0001", "/board/stream", "/board?key=forged"):
            answer = await browser.get(path)
            assert answer.status_code == 401
            assert "/disaster board" in answer.text
            assert "INC-2026-0001" not in answer.text


async def test_a_leader_opens_it_with_the_link_from_chat(world, fire):
    leader = world.of_audience("leaders")[0]
    page = await world.board(leader)
    assert "INC-2026-0001 Loss of a building, Leeds" in page
    assert "Is everybody safe? ▲ Urgent: Not all accounted for 60 of 60 people have not been asked yet." in page


async def test_an_agent_gets_no_link(world, fire):
    assert "http" not in (await world.agents("leeds", 2)[1].types("/disaster board")).text


async def test_the_link_ends_after_its_hours(world, fire):
    link = re.search(r"http\S+", (await fire.commander.types("/disaster board")).text)[0]
    await world.sleeps(minutes=13 * 60)
    async with world.browser() as browser:
        assert (await browser.get(link)).status_code == 401


async def test_it_shows_queues_clocks_steps_and_seats(world, fire):
    page = await world.board(fire.commander, "INC-2026-0001")
    for words in (
        "Declared Life safety Severity 1 Real", f"Commander: {fire.commander.name}", "Emergency line Tier 1 0 live of 9 minimum",
        "in 30 min 09:30 GMT", "Tier-1 queues", "SITREP 1", "due in 15 min",
        "Decisions outstanding Are chat and sign-on up and trusted?", "LS1 Evacuate, shelter or lock down", "3 open, 0 overdue",
        "Bradford recovery site recovery site 0 of 9",
    ):  # fmt: skip
        assert words in page
    status = await fire.commander.types("/disaster status")
    live = re.search(r"Seats live against MBCO: \S+ (\d+) of 47", status.text)[1]
    assert f"Hit: {live} of 47 seats of their minimum are live." in page, "one figure, wherever one looks"


async def test_it_follows_what_people_do(world, fire):
    await fire.safety.presses("Skip…", on="LS1 ·")
    await fire.safety.fills("Skip this step", reason="all are out already")
    await fire.safety.presses("Preview and send…", on="LS3 ·")
    await fire.safety.presses("Send to 60 people")
    ana, bo = world.agents("leeds", 2)
    await ana.presses("I'm safe")
    await bo.presses("Need help")
    page = await world.board(fire.commander, "INC-2026-0001")
    assert "Help needed 1 person needs help. 58 of 60 people have not been heard from yet. Working seats: " in page
    assert "Accounted for 2 of 60" in page
    assert "Safe 1 Need help ▲ Urgent: 1 Can't work 0 Not heard from 58" in page


async def test_what_is_late_is_said_in_words_not_only_in_red(world, fire):
    await world.passes(minutes=10, step=5)
    await fire.voice.presses("Hold it back")
    await world.passes(minutes=10, step=5)
    page = await world.board(fire.commander, "INC-2026-0001")
    assert "SITREP 1 ▲ Urgent: held back : was due 5 min ago" in page
    assert "3 overdue" in page


async def test_an_exercise_says_so(world, drill):
    assert "EXERCISE" in (await world.board(drill.commander, "INC-2026-0001")).upper()


async def test_all_incidents_or_one_or_none(world):
    ines = world.person("S001")
    assert "No open incident" in await world.board(ines)
    await ines.types('/disaster declare facility_loss york sev2 "flood"')
    await ines.types('/disaster declare application_failure acd sev1 "no calls"')
    page = await world.board(ines)
    assert "INC-2026-0001" in page
    assert "INC-2026-0002" in page
    async with world.browser() as browser:
        link = re.search(r"http\S+", (await ines.types("/disaster board")).text)[0]
        await browser.get(link)
        assert (await browser.get("/board/INC-2026-0099")).status_code == 404


async def test_what_people_wrote_is_text_on_the_board_too(world, fire):
    await fire.commander.types("/disaster update <script>alert(1)</script> {{ 7*7 }} & <b>bold</b>")
    page = await world.board(fire.commander, "INC-2026-0001")
    assert "49" not in re.sub(r"\b\d+ (min|of)\b", "", page) or "{{ 7*7 }}" in page
    async with world.browser() as browser:
        link = re.search(r"http\S+", (await fire.commander.types("/disaster board")).text)[0]
        await browser.get(link)
        raw = (await browser.get("/board/INC-2026-0001")).text
    assert "<script>alert" not in raw
    assert "<b>bold" not in raw
