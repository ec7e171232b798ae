"""YAML files that people write: read with line numbers, every fault named with its place and what would be right."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.domain.complaints import fix_for, short
from bot.domain.refusal import BadConfig, Problem

MAX_BYTES = 1 << 20
MAX_DEPTH = 20
_TYPED = frozenset({"int", "float", "bool", "null"})
_TAGS = _TYPED | {"str", "timestamp", "map", "seq"}
_CORE = "tag:yaml.org,2002:"

Place = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


class Spot(NamedTuple):
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return it as editors take it."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """A file as read: its plain data, and where each key stands; what it takes from another file stands there."""

    file: str
    data: Any
    spots: Mapping[Place, Spot]

    def spot(self, path: Place, *, here: bool = False) -> Spot:
        """Return where a key stands, or the nearest thing around it; here: in this very file."""
        while path and (path not in self.spots or (here and self.spots[path].file != self.file)):
            path = path[:-1]
        return self.spots.get(path, Spot(self.file, 1))

    def value(self, path: Place) -> Any:
        """Return what stands at a place; None when nothing does."""
        found = self.data
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def key(self, path: Place) -> str:
        """Return a place as people say it: steps[LS1].due, items of a list by their id."""
        said = ""
        for depth, part in enumerate(path):
            if isinstance(part, int):
                item = self.value(path[: depth + 1])
                said += f"[{item['id'] if isinstance(item, dict) and item.get('id') else part + 1}]"
            else:
                said += f".{part}" if said else part
        return said

    def problem(self, path: Place, fix: str, value: str | None = None, *, warning: bool = False) -> Problem:
        """Return a fault at a place; the value shown is what stands there unless another is given."""
        shown = short(self.value(path)) if value is None else value
        spot, mine = self.spot(path), self.spot(path, here=True)
        used = "" if spot.file == self.file else str(mine)
        return Problem(spot.file, spot.line, self.key(path), shown, fix, warning, used)

    def into(self, model: type[M]) -> M:
        """Return the data as a model; raises BadConfig with every fault."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise BadConfig(self.problems(error, model)) from error

    def problems(
        self, error: ValidationError, model: type[BaseModel], but_missing: Collection[int] = ()
    ) -> list[Problem]:
        """Return Pydantic's complaints as faults of this file; not what is missing in these items of a list."""
        schema = model.model_json_schema()
        every = [dict(fault) for fault in error.errors(include_url=False)]
        told = [e for e in every if not _beside_the_point(e, but_missing)]
        found = [self._problem_of(fault, schema) for fault in told]
        return list({(p.file, p.line, p.key): p for p in reversed(found)}.values())[::-1]

    def _problem_of(self, fault: dict[str, Any], schema: dict[str, Any]) -> Problem:
        path = self._place(tuple(part for part in fault["loc"] if part != "[key]"), fault)
        return self.problem(path, fix_for(fault, path, schema))

    def _place(self, loc: Place, fault: dict[str, Any]) -> Place:
        """Cut off what Pydantic adds behind a value: the branch of a union."""
        while loc and fault["type"] != "missing" and self.value(loc[:-1]) is fault["input"]:
            loc = loc[:-1]
        return loc


def _beside_the_point(fault: Mapping[str, Any], but_missing: Collection[int]) -> bool:
    """Whether a complaint is about what was not asked, or that a list is too short because its items have faults."""
    if fault["type"] == "too_short":
        return len(fault["input"]) >= int(fault["ctx"]["min_length"])
    return fault["type"] == "missing" and len(fault["loc"]) == 3 and fault["loc"][1] in but_missing


def as_far(
    model: type[BaseModel], written: Mapping[str, Any], base: Mapping[str, Any]
) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the keys that are right each by itself, over stand-ins for what must be there; and which they are."""
    made, kept = dict(base), set[str]()
    for key, value in written.items():
        try:
            model.model_validate({**made, key: value})
        except ValidationError:
            continue
        made[key] = value
        kept.add(key)
    return made, frozenset(kept)


def read(path: Path) -> Source:
    """Return a YAML file's data with its lines; raises BadConfig when it can't be read or is no plain YAML."""
    text = _text(path)
    spots: dict[Place, Spot] = {(): Spot(str(path), 1)}
    try:
        yaml = YAML(typ="safe", pure=True)
        root = yaml.compose(text)
        data = _Plain(yaml, str(path), spots).value(root, ()) if root is not None else {}
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _raise(path, mark.line + 1 if mark else 1, str(error.problem or error.context))
    except YAMLError as error:
        _raise(path, 1, str(error).splitlines()[0])
    except RecursionError:
        _raise(path, 1, f"nested too deeply; at most {MAX_DEPTH} levels")
    return Source(str(path), data, spots)


def load(path: Path, model: type[M]) -> M:
    """Return a YAML file as a model; raises BadConfig with every fault."""
    return read(path).into(model)


class _Plain:
    """Turns parsed YAML into plain dicts, lists and scalars; refuses what could hide or multiply."""

    def __init__(self, yaml: YAML, file: str, spots: dict[Place, Spot]) -> None:
        self.yaml, self.file, self.spots, self.seen = yaml, file, spots, set[int]()

    def value(self, node: Node, path: Place) -> Any:
        self._check(node, path)
        match node:
            case MappingNode():
                return {key.value: self._item(key, item, (*path, key.value)) for key, item in self._pairs(node)}
            case SequenceNode():
                return [self._item(item, item, (*path, n)) for n, item in enumerate(node.value)]
            case _:
                return self._scalar(node)

    def _item(self, at: Node, item: Node, path: Place) -> Any:
        self.spots[path] = Spot(self.file, at.start_mark.line + 1)
        return self.value(item, path)

    def _pairs(self, node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
        keys: set[str] = set()
        for key, item in node.value:
            if not isinstance(key, ScalarNode):
                _refuse(key, "a key must be a plain word")
            if key.value in keys:
                _refuse(key, f"{key.value} is written twice; keep one")
            keys.add(key.value)
            yield key, item

    def _check(self, node: Node, path: Place) -> None:
        if id(node) in self.seen or node.anchor:
            _refuse(node, "anchors and aliases (& and *) are not used here; write the text out")
        if str(node.tag).removeprefix(_CORE) not in _TAGS:
            _refuse(node, f"the tag {node.tag} is not used here; remove it")
        if len(path) > MAX_DEPTH:
            _refuse(node, f"nested too deeply; at most {MAX_DEPTH} levels")
        self.seen.add(id(node))

    def _scalar(self, node: Node) -> Any:
        """Return numbers, yes-or-no and nothing as such, all else as the text that was written."""
        if str(node.tag).removeprefix(_CORE) in _TYPED:
            with suppress(ValueError):
                return self.yaml.constructor.construct_object(node)
        return node.value


def _refuse(node: Node, fix: str) -> NoReturn:
    raise MarkedYAMLError(problem=fix, problem_mark=node.start_mark)


def _raise(path: Path, line: int, fix: str) -> NoReturn:
    raise BadConfig([Problem(str(path), line, "YAML", "", fix)])


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            _raise(path, 1, f"the file is larger than {MAX_BYTES // 1024:,} KiB; split it")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        _raise(path, 1, "there is no such file")
    except UnicodeDecodeError:
        _raise(path, 1, "the file is not UTF-8 text; save it as UTF-8")
    except OSError as error:
        _raise(path, 1, f"the file can't be read: {error.strerror}")
