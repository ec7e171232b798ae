"""Every intent survives its button, and fits on one."""

from functools import cache
from operator import add
from string import ascii_letters, digits
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain import intent as i
from bot.domain.card import Frozen
from bot.domain.permission import RULES
from bot.operations import perform

INTENTS = tuple(get_args(get_args(i.Intent)[0]))
_ALPHANUMERIC = ascii_letters + digits
KEYS = st.builds(add, st.sampled_from(_ALPHANUMERIC), st.text(_ALPHANUMERIC + "_.:-", max_size=59))
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60)
IDS = st.integers(min_value=1, max_value=2**63 - 1)
TYPED = frozenset(
    {"known", "text", "evidence", "reason", "title", "subject"}
)  # asked by forms, never carried by a button


def values(name: str, annotation: object) -> st.SearchStrategy[object]:
    """Return what a field of an intent can hold."""
    if name in ("step", "notice", "move", "plan", "wave"):
        return IDS
    if name == "incident":
        return st.one_of(IDS, KEYS) if "Key" in str(annotation) or "str" in str(annotation) else IDS
    match get_origin(annotation):
        case origin if origin in (Union, UnionType):
            parts = [a for a in get_args(annotation) if a is not type(None)]
            return st.one_of(st.none(), *(values(name, part) for part in parts))
        case origin if origin is Annotated:
            return values(name, get_args(annotation)[0])
        case origin if origin is Literal:
            return st.sampled_from(get_args(annotation))
        case origin if origin is tuple:
            return st.lists(values(name, get_args(annotation)[0]), max_size=3).map(tuple)
    if isinstance(annotation, type) and issubclass(annotation, str) and annotation is not str:
        return st.sampled_from(list(annotation))
    return {bool: st.booleans(), int: st.integers(1, 3)}.get(annotation, KEYS if name not in TYPED else LINES)


@cache
def made(kind: type[Frozen]) -> st.SearchStrategy[Frozen]:
    """Return intents of a kind."""
    fields = {n: values(n, f.annotation) for n, f in kind.model_fields.items() if n != "kind"}
    return st.fixed_dictionaries(fields).map(kind.model_validate)


@pytest.mark.parametrize("kind", INTENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_it_survives_its_button(kind, data):
    intent = data.draw(made(kind))
    carried = i.encode(intent)
    assert i.decode(carried) == intent
    assert len(carried) <= 2000


@pytest.mark.parametrize("kind", INTENTS, ids=lambda kind: kind.__name__)
def test_it_has_a_rule_and_somebody_who_does_it(kind):
    assert kind in RULES
    assert (kind in perform._LOOKS) != (kind in perform._CHANGES)


def test_kinds_are_told_apart():
    kinds = [kind.model_fields["kind"].default for kind in INTENTS]
    assert len(set(kinds)) == len(kinds) == len(RULES)


@given(st.one_of(st.text(), st.binary().map(lambda b: b.decode("latin-1"))))
def test_what_a_button_never_carried_is_refused(text):
    with pytest.raises(ValidationError):
        i.decode("x" + text)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_no_row_has_such_a_number(number):
    with pytest.raises(ValidationError):
        i.decode(f'{{"kind":"step.start","step":{number}}}')
