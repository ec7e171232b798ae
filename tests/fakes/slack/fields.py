"""Fields of a modal: what stands in them, and what a person can put there."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack.state import View


class CantDo(Exception):
    """Slack's window would not let a person do that."""


def inputs(view: View) -> dict[str, dict[str, Any]]:
    """Return the blocks that are filled in, by name."""
    return {b["block_id"]: b for b in view.payload["blocks"] if b["type"] == "input"}


def _options(element: dict[str, Any]) -> list[dict[str, Any]]:
    groups = element.get("option_groups")
    return [o for g in groups for o in g["options"]] if groups else element.get("options", [])


def value_of(block: dict[str, Any], said: list[str], found: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return what a filled-in field holds; a person can only choose what is offered, in the field or by a search."""
    element = block["element"]
    kind, offered = element["type"], {o["value"]: o for o in [*_options(element), *found]}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": said[0] if said else None}
    if kind == "plain_text_input":
        text = said[0] if said else None
        if text and len(text) > element.get("max_length", 3000):
            raise CantDo(f"{block['block_id']}: the field takes no more")
        return {"type": kind, "value": text}
    if not set(said) <= offered.keys():
        raise CantDo(f"{block['block_id']}: {said} is not offered")
    chosen = [offered[v] for v in said]
    if kind in ("multi_static_select", "checkboxes"):
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


def said_in(block: dict[str, Any], view: View) -> list[str]:
    """Return what stands in a field: what was chosen or typed, else what it was offered with."""
    element = block["element"]
    held = view.values.get(block["block_id"], {}).get(element["action_id"])
    if element["type"] == "conversations_select":
        first = (held or {}).get("selected_conversation") or element.get("initial_conversation")
        return [first] if first else []
    if held is None:
        first = element.get("initial_option")
        chosen = element.get("initial_options", [first] if first else [])
        return [element["initial_value"]] if element.get("initial_value") else [o["value"] for o in chosen]
    if "value" in held:
        return [held["value"]] if held["value"] else []
    one = held.get("selected_option")
    return [o["value"] for o in held.get("selected_options", [one] if one else [])]


def _picked(said: str, offered: Sequence[dict[str, Any]]) -> str:
    """A person picks by what they see: the option's value, its name, or the id that it stands for."""
    fits = (o["value"] for o in offered if said in (o["value"], o["text"]["text"], o["value"].partition(":")[2]))
    return next(fits, said)


def fill(view: View, values: dict[str, list[str]]) -> None:
    """Put values into a modal's fields; the others hold what they were offered with."""
    blocks = inputs(view)
    unknown = set(values) - set(blocks)
    if unknown:
        raise CantDo(f"there is no field {', '.join(sorted(unknown))}")
    for name, block in blocks.items():
        first = block["element"].get("initial_option")
        offered = [*view.found.get(name, ()), *([first] if first else [])]
        said = [_picked(v, offered) for v in values.get(name, said_in(block, view))]
        held = value_of(block, said, offered)
        view.values[name] = {block["element"]["action_id"]: held}
