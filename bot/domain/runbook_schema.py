"""The JSON schema of runbooks, made from the models, so that editors complete keys and mark what is wrong."""

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.readiness import Questionnaire
from bot.domain.regime import Regimes
from bot.domain.runbook import Runbook, StepLibrary, StepPlan, Written
from bot.domain.tabletop import Tabletop

_USE = {
    "description": "a step of library.yaml by its id; each key beside it replaces the library's",
    "title": "Use", "type": "string",
}  # fmt: skip
# Which model a file of the folder has, by the name of its schema.
FILES: Mapping[str, type[Written]] = {
    "schema.json": Runbook, "library.schema.json": StepLibrary, "regimes.schema.json": Regimes,
    "readiness.schema.json": Questionnaire, "tabletop.schema.json": Tabletop,
}  # fmt: skip


def schema(model: type[Written]) -> dict[str, Any]:
    """Return a model's schema; in a runbook a step may also be taken from the library."""
    made = model.model_json_schema()
    made["$schema"] = "http://json-schema.org/draft-07/schema#"
    if model is Runbook:
        step = made["$defs"][StepPlan.__name__]
        step["properties"] = {"use": _USE, **step["properties"]}
        step["anyOf"] = [{"required": ["use"]}, {"required": step.pop("required")}]
    return made


def files() -> dict[str, str]:
    """Return every schema file of the folder with its text."""
    return {
        name: json.dumps(schema(model), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        for name, model in FILES.items()
    }
