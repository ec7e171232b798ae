"""How stories begin: each is played once, on a copy of the one that it goes on from, and copied for whoever asks."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

from bot.operations.roster import import_roster
from bot.storage.database import Store
from bot.storage.migration import migrate
from tests.databases import Template
from tests.world import START, World, call_the_roll, plan_the_moves, roster, those_of


class Story(NamedTuple):
    """One story: the one before it, and how it goes on."""

    before: str
    goes_on: Callable[[World], Awaitable[None]]


async def _burns(kind: str, world: World) -> None:
    card = await world.person("S001").types(f'/disaster declare facility_loss leeds sev1 {kind} "fire on floor 2"')
    assert "INC-2026-0001 is declared" in card


async def _called(world: World) -> None:
    await call_the_roll(those_of(world))


async def _planned(world: World) -> None:
    await plan_the_moves(those_of(world))


STORIES: Mapping[str, Story] = {
    "planned": Story("called", _planned),  # the furthest first: a test that asks for two gets the first
    "called": Story("fire", _called),
    "fire": Story("people", partial(_burns, "")),
    "drill": Story("people", partial(_burns, "drill")),
}


async def play(world: World, story: str) -> None:
    """Let a story go on to its end."""
    await world.opens()
    await STORIES[story].goes_on(world)
    await world.settles()
    await world.closes()


def templates(people: Callable[[Store], Awaitable[None]], world: Callable[[Store, str], World]) -> dict[str, Template]:
    """Return a template for each story; people: fills an empty database; world: on a database, where a story begins."""

    def told(story: str) -> Callable[[Store], Awaitable[None]]:
        async def fill(store: Store) -> None:
            await play(world(store, story), story)

        return fill

    later = {name: Template(told(name), story.before) for name, story in STORIES.items()}
    return {"empty": Template(migrate), "people": Template(people, "empty"), **later}


async def on_the_console(store: Store) -> None:
    """Fill a database with the roster, everybody on the console."""
    await import_roster(store, START, roster(), platforms=["console"])


CONSOLE = templates(on_the_console, lambda store, _: World(store))
