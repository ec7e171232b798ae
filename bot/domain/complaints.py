"""Pydantic's complaints in words that help the person who wrote the file."""

import re
from collections.abc import Mapping
from typing import Any

from bot.domain.nearest import did_you_mean

Schema = Mapping[str, Any]


def fix_for(fault: Mapping[str, Any], path: tuple[str | int, ...], schema: Schema) -> str:
    """Return what would be right; schema is the whole model's JSON schema."""
    word = str(path[-1]) if path else ""
    match fault["type"]:
        case "extra_forbidden":
            return f"no such key; {did_you_mean(word, _keys_at(schema, path[:-1]))}"
        case "missing":
            return "it is missing; add it"
        case "enum" | "literal_error":
            choices = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
            return did_you_mean(str(fault["input"]), choices)
        case "string_type" if isinstance(fault["input"], int | float):
            return "should be text; put it in quotes"
        case "greater_than_equal":
            return f"should be {fault['ctx']['ge']} or more"
        case "less_than_equal":
            return f"should be {fault['ctx']['le']} or less"
        case "too_short":
            return "should not be empty"
        case _:
            return _sentence(str(fault["msg"]))


def short(value: object) -> str:
    """Return a value as it is shown beside its key: nothing for what is long or has parts."""
    if value is None or isinstance(value, dict | list):
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "should")


def _keys_at(schema: Schema, path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that a model knows at a place."""
    here: list[Schema] = [schema]
    for part in path:
        here = [deeper for node in here for deeper in _step(_branches(node, schema), part)]
    return [key for node in here for branch in _branches(node, schema) for key in branch.get("properties", {})]


def _branches(node: Schema, schema: Schema) -> list[Schema]:
    """Return what a node may be, references followed."""
    if "$ref" in node:
        return _branches(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    if "anyOf" in node:
        return [branch for option in node["anyOf"] for branch in _branches(option, schema)]
    return [node]


def _step(branches: list[Schema], part: str | int) -> list[Schema]:
    found = []
    for node in branches:
        inner = node.get("items") if isinstance(part, int) else node.get("properties", {}).get(part)
        inner = inner or node.get("additionalProperties")
        if isinstance(inner, Mapping):
            found.append(inner)
    return found
