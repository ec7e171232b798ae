"""What Slack takes: the models of slack_sdk check most of it, the rest is here."""

import json
import time
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.fakes.slack.state import SlackError, Workspace

MESSAGE_BLOCKS, VIEW_BLOCKS, TEXT, ALL_TEXT = 50, 100, 40_000, 13_000
_OPTIONS = {"static_select": 100, "multi_static_select": 100, "radio_buttons": 10, "checkboxes": 10, "overflow": 5}
_OPTION = {"text": 75, "description": 75}
_PNG = b"\x89PNG".hex()
_HOME_OR_MODAL = {"modal", "home"}


def _no(error: str, why: str) -> SlackError:
    return SlackError(error, response_metadata={"messages": [f"[ERROR] {why}"]})


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def check_blocks(blocks: Any, most: int) -> None:
    """Raise what Slack would say of these blocks."""
    if not isinstance(blocks, list) or len(blocks) > most:
        raise _no("invalid_blocks", f"no more than {most} items allowed")
    named = [b["block_id"] for b in blocks if b.get("block_id")]
    if len(named) != len(set(named)):
        raise _no("invalid_blocks", "block_id already exists")
    for block in blocks:
        _check_block(block)


def _check_block(block: dict[str, Any]) -> None:
    try:
        parsed = Block.parse(block)
        if parsed is None:
            raise _no("invalid_blocks", f"unsupported type: {block.get('type')}")
        parsed.to_dict()
    except SlackObjectFormationError as wrong:
        raise _no("invalid_blocks", str(wrong)) from wrong
    for one in walk(block):
        _check_text(one)
        _check_options(one)
    if block["type"] == "actions":
        ids = [e["action_id"] for e in block["elements"]]
        if len(ids) != len(set(ids)):
            raise _no("invalid_blocks", "action_id already exists")


def _check_text(one: dict[str, Any]) -> None:
    kind, text = one.get("type"), one.get("text")
    if kind in ("plain_text", "mrkdwn", "text") and not text:
        raise _no("invalid_blocks", "must be more than 0 characters")
    if kind == "text" and len(str(text)) > 3000:
        raise _no("invalid_blocks", "must be less than 3001 characters")
    if kind == "plain_text_input":
        most = one.get("max_length", 3000)
        if not 1 <= most <= 3000 or len(one.get("initial_value", "")) > most:
            raise _no("invalid_blocks", "initial_value must be at most max_length, and that at most 3000")
    if kind == "confirm" and len(one["text"]["text"]) > 300:
        raise _no("invalid_blocks", "confirm text must be less than 301 characters")


def _check_options(one: dict[str, Any]) -> None:
    kind = str(one.get("type"))
    if kind not in _OPTIONS:
        return
    groups = one.get("option_groups")
    if groups is not None and not (1 <= len(groups) <= 100 and kind.endswith("static_select")):
        raise _no("invalid_blocks", "option_groups: 1 to 100")
    lists = [g["options"] for g in groups] if groups else [one.get("options", [])]
    if not all(1 <= len(options) <= _OPTIONS[kind] for options in lists):
        raise _no("invalid_blocks", f"{kind}: options 1 to {_OPTIONS[kind]}")
    options = [o for some in lists for o in some]
    for option in options:
        _check_option(option)
    first = one.get("initial_options", []) + ([one["initial_option"]] if "initial_option" in one else [])
    if any(o not in options for o in first) or ("initial_options" in one and not first):
        raise _no("invalid_blocks", "an initial option is none of the options")


def _check_option(option: dict[str, Any]) -> None:
    for part, most in _OPTION.items():
        if part in option and not 1 <= len(option[part]["text"]) <= most:
            raise _no("invalid_blocks", f"option {part} must be 1 to {most} characters")
    if not 1 <= len(option["value"]) <= 150:
        raise _no("invalid_blocks", "option value must be 1 to 150 characters")


def check_offered(options: Any) -> None:
    """Raise what Slack would say of what an app offers for the words typed."""
    if not isinstance(options, list) or len(options) > _OPTIONS["static_select"]:
        raise _no("invalid_arguments", "options: at most 100")
    for option in options:
        _check_option(option)


def check_message(text: str, blocks: Any, metadata: Any) -> None:
    """Raise what Slack would say of a message."""
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > TEXT:
        raise SlackError("msg_too_long")
    if blocks is not None:
        check_blocks(blocks, MESSAGE_BLOCKS)
        if sum(len(one["text"]) for one in walk(blocks) if isinstance(one.get("text"), str)) > ALL_TEXT:
            raise _no("msg_blocks_too_long", "blocks are too long")
    if metadata is not None and not ({"event_type", "event_payload"} <= metadata.keys()):
        raise SlackError("invalid_metadata_format")


def check_pictures(space: Workspace, blocks: Any) -> None:
    """Raise what Slack would say of pictures: each a file of its own, completed, looked at by now, and an image."""
    for one in walk(blocks):
        if one.get("type") != "image":
            continue
        if len(str(one.get("alt_text", ""))) > 2000 or not one.get("alt_text"):
            raise _no("invalid_blocks", "alt_text must be 1 to 2000 characters")
        file = space.files.get((one.get("slack_file") or {}).get("id", ""))
        shown = file is not None and 0 < file.ready_at <= time.monotonic()
        if file is None or not shown or not file.content.startswith(_PNG):
            raise _no("invalid_blocks", "invalid slack file")


def check_view(view: Any, kinds: set[str] = _HOME_OR_MODAL) -> None:
    """Raise what Slack would say of a view."""
    if not isinstance(view, dict) or view.get("type") not in kinds:
        raise _no("invalid_arguments", "view: wrong type")
    check_blocks(view.get("blocks"), VIEW_BLOCKS)
    try:
        View(**view).to_dict()
    except SlackObjectFormationError as wrong:
        raise _no("invalid_arguments", str(wrong)) from wrong
    for part in ("title", "submit", "close"):
        if part in view and not 1 <= len(view[part]["text"]) <= 24:
            raise _no("invalid_arguments", f"{part} must be 1 to 24 characters")
    if view["type"] == "modal" and "title" not in view:
        raise _no("invalid_arguments", "a modal needs a title")
    if view["type"] == "modal" and any(b["type"] == "input" for b in view["blocks"]) and "submit" not in view:
        raise _no("invalid_arguments", "a submit button is required when there is an input block")
    if len(view.get("private_metadata", "")) > 3000 or len(json.dumps(view)) > 250_000:
        raise _no("invalid_arguments", "view is too large")
