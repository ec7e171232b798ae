"""What Teams takes as a card: the JSON Schema of Adaptive Cards 1.5, and Teams' own limits."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import fastjsonschema

MOST_BYTES = 28 * 1024
MOST_WATCHING = 60


class BadCard(Exception):
    """A card that Teams would refuse, or show broken."""


@cache
def _validate() -> Callable[[Any], Any]:
    schema = json.loads(files("adaptive_cards").joinpath("schemas/schema-1.5.json").read_text(encoding="utf-8"))
    return fastjsonschema.compile(schema, use_default=False)


def walk(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a card."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def _plain(part: Any) -> Any:
    """A card without what Teams adds to the schema: a list of choices that is searched by the bot."""
    if isinstance(part, list):
        return [_plain(one) for one in part]
    if not isinstance(part, dict):
        return part
    query = part.get("choices.data", {"type": "Data.Query", "dataset": "x"})
    if set(query) != {"type", "dataset"} or query["type"] != "Data.Query" or not query["dataset"]:
        raise BadCard(f"choices.data: {query}")
    plain = {key: _plain(value) for key, value in part.items() if key != "choices.data"}
    return plain | ({"style": "compact"} if plain.get("style") == "filtered" else {})


def check(card: Any) -> None:
    """Raise BadCard for a card that breaks the schema or a limit."""
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard" or card.get("version") != "1.5":
        raise BadCard("no AdaptiveCard of version 1.5")
    try:
        _validate()(_plain({key: value for key, value in card.items() if key != "msteams"}))
    except fastjsonschema.JsonSchemaException as wrong:
        raise BadCard(str(wrong)[:500]) from wrong
    took = len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())
    if took > MOST_BYTES:
        raise BadCard(f"{took:,} bytes")
    ids = [one["id"] for one in walk(card) if str(one.get("type", "")).startswith("Input.")]
    if len(ids) != len(set(ids)) or not all(ids):
        raise BadCard(f"inputs without an id of their own: {ids}")
    watched = (card.get("refresh") or {"userIds": ["x"]}).get("userIds")
    if not watched or len(watched) > MOST_WATCHING:
        raise BadCard(f"refresh.userIds: {watched}")
    for one in walk(card):
        if one.get("type") in ("Action.Execute", "Action.Submit", "Action.ShowCard") and "verb" in one | {"verb": ""}:
            _check_action(one)


def _check_action(action: dict[str, Any]) -> None:
    if not action.get("title") and action.get("verb") != "look":
        raise BadCard("an action without a title")
