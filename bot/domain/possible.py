"""What a condition can come out as, given what may be true rather than what is: for finding what can never happen."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from math import inf
from typing import Any, NamedTuple

from jinja2 import nodes

from bot.domain.facts import Facts
from bot.domain.template import expression

BOTH = frozenset({True, False})
Outcomes = frozenset[bool]


class Span(NamedTuple):
    """A number that lies somewhere between two."""

    low: float
    high: float


# What a name may stand for: a span, a word, yes or no, a map of such; None when nothing is known of it.
World = Mapping[str, Any]


def worlds(**known: Any) -> Iterator[World]:
    """Yield a drill and a real incident of each severity, with all that may be true of them otherwise."""
    spans = {name: _span(name, field.annotation) for name, field in Facts.model_fields.items()}
    for severity, drill in product((1, 2, 3), (False, True)):
        yield {**spans, "severity": number(severity), "drill": drill, **known}


def number(value: float) -> Span:
    """Return a number that is known."""
    return Span(value, value)


def _span(name: str, kind: object) -> Span | None:
    if kind not in {int, float}:
        return None
    return Span(0, 100 if name.endswith("_percent") else inf)


def outcomes(condition: str, world: World) -> Outcomes:
    """Return what the condition can come out as; more rather than less, where it can't be told."""
    return _truth(expression(condition), world)


def _truth(node: nodes.Node, world: World) -> Outcomes:
    match node:
        case nodes.And():
            return _pairs(operator.and_, _truth(node.left, world), _truth(node.right, world))
        case nodes.Or():
            return _pairs(operator.or_, _truth(node.left, world), _truth(node.right, world))
        case nodes.Not():
            return frozenset(not each for each in _truth(node.node, world))
        case nodes.Compare():
            return _compare(node, world)
        case _:
            return _is_true(_value(node, world))


def _pairs(how: Callable[[bool, bool], bool], left: Outcomes, right: Outcomes) -> Outcomes:
    return frozenset(how(a, b) for a, b in product(left, right))


def _is_true(value: Any) -> Outcomes:
    match value:
        case None:
            return BOTH
        case Span(low=low, high=high):
            return frozenset({True} if low > 0 or high < 0 else {False} if low == high == 0 else BOTH)
        case _:
            return frozenset({bool(value)})


def _compare(node: nodes.Compare, world: World) -> Outcomes:
    values = [_value(node.expr, world), *(_value(operand.expr, world) for operand in node.ops)]
    found: Outcomes = frozenset({True})
    for operand, left, right in zip(node.ops, values, values[1:], strict=False):
        found = _pairs(operator.and_, found, _one(operand.op, left, right))
    return found


_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "lteq": operator.le, "gt": operator.gt, "gteq": operator.ge,
}  # fmt: skip


def _one(how: str, left: Any, right: Any) -> Outcomes:
    """Return what one comparison can come out as."""
    match how, left, right:
        case "lt" | "lteq" | "gt" | "gteq", Span(), Span():
            return frozenset(_ORDERS[how](a, b) for a, b in product(left, right))  # the ends decide
        case "eq", Span(), Span():
            return _meet(left, right)
        case "eq", str() | bool(), str() | bool():
            return frozenset({left == right})
        case "ne", _, _:
            return frozenset(not each for each in _one("eq", left, right))
        case "in", str(), list():
            return _any(_one("eq", left, each) for each in right)
        case "notin", _, _:
            return frozenset(not each for each in _one("in", left, right))
        case _:
            return BOTH


def _meet(left: Span, right: Span) -> Outcomes:
    if left.high < right.low or right.high < left.low:
        return frozenset({False})
    return frozenset({True}) if left.low == left.high == right.low == right.high else BOTH


def _any(found: Iterable[Outcomes]) -> Outcomes:
    whole: Outcomes = frozenset({False})
    for each in found:
        whole = _pairs(operator.or_, whole, each)
    return whole


def _value(node: nodes.Node, world: World) -> Any:
    match node:
        case nodes.Const(value=bool() | str() as value):
            return value
        case nodes.Const(value=int() | float() as value):
            return number(value)
        case nodes.List(items=items) | nodes.Tuple(items=items):
            return [_value(item, world) for item in items]
        case nodes.Name(name=name):
            return world.get(name)
        case nodes.Getattr(node=nodes.Name(name=name), attr=part):
            return (world.get(name) or {}).get(part)
        case nodes.Getitem(node=nodes.Name(name=name), arg=nodes.Const(value=part)):
            return (world.get(name) or {}).get(part)
        case nodes.Add() | nodes.Sub():
            return _sum(node, world)
        case _:
            return None


def _sum(node: nodes.BinExpr, world: World) -> Span | None:
    left, right = _value(node.left, world), _value(node.right, world)
    if not (isinstance(left, Span) and isinstance(right, Span)):
        return None
    if isinstance(node, nodes.Add):
        return Span(left.low + right.low, left.high + right.high)
    return Span(left.low - right.high, left.high - right.low)
