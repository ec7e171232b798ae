"""A story in which the product shows the cards that it can make; they are taken from the console's own rows."""

import re
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from bot.domain import intent as i
from bot.domain.card import Card
from bot.domain.command import VERBS
from bot.domain.wording.team_channels import choosing
from bot.storage import tables_console as t
from bot.storage.database import connect
from tests.chats import NotTaken, Seen
from tests.databases import SqliteFiles
from tests.stories import CONSOLE
from tests.world import Somebody, World, roster, those_of

_TALES = ("people", "called", "planned", "drill")
_NAMES = re.compile(r"[A-Z][\w'’-]+ [A-Z][\w'’-]+|INC-[\d-]+|[\d:.,%]+|“[^”]*”")
_ENDS = ("sitrep", "recover", "resume", "stand-down", "cancel", "plan", "take-command")  # they change: typed last
_LOOKS = tuple(verb for verb in VERBS if verb not in _ENDS)


async def cards(folder: Path) -> dict[str, Card]:
    """Play it; return one card of each kind by a name that can be a file's, the largest of the kind."""
    files = SqliteFiles(folder, CONSOLE)
    found = [choosing(roster().teams[:3], {}, i.TeamChannel())]  # asked on Slack alone
    for tale in _TALES:
        name = await files.copy(tale)
        store = connect(files.url(name))
        world = World(store)
        await world.opens()
        await _played(world, tale)
        async with store.read(world.now) as db:
            kept = await db.column(sa.select(t.messages.c.card).where(t.messages.c.card.is_not(None)))
            found += [Card.model_validate(card) for card in kept]
        await world.closes()
        await store.close()
    return _kinds(found)


async def _played(world: World, tale: str) -> None:
    fire = those_of(world)
    everybody = [fire.commander, fire.planner, fire.compliance, fire.safety, fire.voice, *world.agents("leeds", 2)]
    everybody += [world.lead_of(everybody[-1]), world.of_audience("leaders")[0]]
    for somebody in everybody[: 9 if tale == "planned" else 2]:
        await _looks_around(somebody)
    agent = world.agents("leeds", 3)[-1]
    for label in ("I'm safe", "I'm safe and moving", "I have arrived", "I'm logged in", "Need help", "Can't work"):
        await _tries(agent, label)
    await world.passes(minutes=45, step=15)
    for verb in ("update the sprinklers have put it out", *_ENDS):
        await _says(fire.commander, f"/disaster {verb}")
        await _opens_forms(fire.commander)
    await _tries(fire.commander, "Stand down")
    await world.settles()


async def _looks_around(somebody: Somebody) -> None:
    for verb in _LOOKS:
        await _says(somebody, f"/disaster {verb}")
    await _opens_forms(somebody)


async def _opens_forms(somebody: Somebody) -> None:
    """Press every button that asks for more: nothing is changed by it."""
    tried: set[str] = set()
    for seen in reversed(await somebody.everything()):
        for label in seen.buttons:
            kind = _NAMES.sub("", label) + seen.text.split("\n")[0][:3]
            if label.endswith(("…", "?")) and kind not in tried:
                tried.add(kind)
                await _pressed(somebody, seen, label)


async def _pressed(somebody: Somebody, seen: Seen, label: str) -> None:
    try:
        await somebody.world.chat.press(somebody.id, seen, label)
    except NotTaken:
        return  # the card has changed since: its newer self is looked at too


async def _says(somebody: Somebody, line: str) -> None:
    await somebody.world.chat.say(somebody.id, "dm", line)


async def _tries(somebody: Somebody, label: str) -> None:
    found = [seen for seen in await somebody.everything() if label in seen.buttons]
    if found:
        await _pressed(somebody, found[-1], label)


def _kinds(found: Iterable[Card]) -> dict[str, Card]:
    kinds: dict[str, Card] = {}
    for card in found:
        words = _NAMES.sub("", f"{card.banner[:8]} {card.title}").split()
        asked = "-form" if card.form else ""
        name = re.sub(r"[^a-z0-9]+", "-", " ".join(words[:7]).lower()).strip("-") + asked
        if name not in kinds or len(card.model_dump_json()) > len(kinds[name].model_dump_json()):
            kinds[name] = card
    return dict(sorted(kinds.items()))
