"""Templates: a message is framed once for its incident, then made personal for each reader.

frame() runs the sandboxed Jinja2 and leaves per-person names as `{first_name}`, a closed list that people can read
and move about while they reword. A `{first_name}` that came out of somebody's words gets its braces doubled, so that
personal(), one pass that only knows the closed list, gives it back verbatim: nobody's words are ever interpreted.
A line whose per-person names are all empty is left out. There are no loops, calls or powers: work stays bounded.
"""

import re
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.environment import Template, TemplateExpression
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain.facts import MAPS, PERSON_NAMES, Facts, PersonFacts

MAX_TEMPLATE = 6_000
MAX_RENDERED = 12_000
_TOKEN = re.compile(r"(\{+)(" + "|".join(sorted(PERSON_NAMES, key=len, reverse=True)) + r")(\}+)")
_TOKENISH = re.compile(r"(?<!\{)\{\s*([A-Za-z_]{2,40})\s*\}(?!\})")
_FILTERS = ("capitalize", "default", "length", "lower", "round", "title", "trim", "upper")
_TESTS = ("defined", "undefined")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem,
    nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub,
    nodes.Div, nodes.Neg, nodes.Concat, nodes.Filter, nodes.Test, nodes.Tuple, nodes.List, nodes.Assign,
)  # fmt: skip


class BadTemplate(ValueError):
    """A template or condition that can't be used; its text is a sentence for the person who wrote it."""


class _Later:
    """A per-person name while the incident's text is framed: it can be shown, nothing else."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _refuse(self, *_: object) -> NoReturn:
        msg = f"{self.name} differs from person to person: it can be shown, not tested or changed"
        raise BadTemplate(msg)

    __str__ = __bool__ = __len__ = __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __add__ = _refuse
    __hash__ = None  # type: ignore[assignment]


_LATER: dict[str, Any] = {name: _Later(name) for name in PERSON_NAMES}


def _shown(value: Any) -> Any:
    """Say a value as people do; braces of a word that looks like a per-person name are doubled."""
    match value:
        case str():
            return _TOKEN.sub(lambda m: "{" + m[0] + "}", value)
        case _Later():
            return "{" + value.name + "}"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,g}"
        case _:
            return value


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 with only what a message needs."""

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined, autoescape=False, finalize=_shown, trim_blocks=True, lstrip_blocks=True
        )
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.tests = {name: self.tests[name] for name in _TESTS}

    def _generate(self, source: nodes.Template, *rest: Any, **named: Any) -> str:
        _check_nodes(source)
        return super()._generate(source, *rest, **named)


def _check_nodes(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            msg = f"line {node.lineno}: {type(node).__name__.lower()} is not allowed in a template"
            raise BadTemplate(msg)
        if isinstance(node, nodes.Getattr | nodes.Getitem) and getattr(node.node, "name", "") not in MAPS:
            msg = f"line {node.lineno}: only {', '.join(sorted(MAPS))} have parts"
            raise BadTemplate(msg)


_JINJA = _Sandbox()


# What the engine says, and what it means to somebody who has never programmed.
_PLAIN = (
    (r"innermost block that needs to be closed is '(\w+)'", r"{% \1 %} is not closed; add {% end\1 %}"),
    (r"unexpected 'end of template'", "something is missing at the end"),
    (r"unexpected end of template, expected", "it is not closed at the end; look for a missing }} or %}"),
    (r"not supported between instances of '(?:str|_Later)' and '(?:int|float)'|between .* and 'str'$",
     "text and a number can't be compared"),
    (r"can only concatenate str|unsupported operand", "text and a number can't be added; put ~ between them"),
    (r"expected token '.+', got '(.+)'", r"\1 is not expected there; look for a missing sign or quote before it"),
    (r"unknown tag '(\w+)'", r"{% \1 %} is not known here"),
)  # fmt: skip


def _bad(error: Exception) -> BadTemplate:
    said, line = str(error), getattr(error, "lineno", None)
    plain = next((found.expand(to) for at, to in _PLAIN if (found := re.search(at, said, re.IGNORECASE))), said)
    return BadTemplate(f"in line {line}: {plain}" if line and line > 1 else plain)


_WRONG = (TemplateError, TypeError, ArithmeticError, AttributeError, RecursionError)


@lru_cache(maxsize=1024)
def _template(text: str) -> Template:
    if len(text) > MAX_TEMPLATE:
        msg = f"the template has {len(text):,} characters; at most {MAX_TEMPLATE:,} are allowed"
        raise BadTemplate(msg)
    try:
        return _JINJA.from_string(text)
    except _WRONG as error:
        raise _bad(error) from error


@lru_cache(maxsize=1024)
def _expression(text: str) -> TemplateExpression:
    try:
        return _JINJA.compile_expression(text, undefined_to_none=False)
    except _WRONG as error:
        raise _bad(error) from error


def frame(text: str, facts: Facts) -> str:
    """Return the template's text for one incident, per-person names kept as `{first_name}`; raises BadTemplate."""
    template = _template(text)
    try:
        framed = template.render(_LATER | facts.names())
    except _WRONG as error:
        raise _bad(error) from error
    if len(framed) > MAX_RENDERED:
        msg = f"the message would have {len(framed):,} characters; at most {MAX_RENDERED:,} are allowed"
        raise BadTemplate(msg)
    return framed


def personal(framed: str, person: PersonFacts) -> str:
    """Return framed text for one reader; a line whose per-person names are all empty is left out."""
    if "{" not in framed:
        return framed
    said = dict(person)
    lines = (_personal_line(line, said) if "{" in line else line for line in framed.split("\n"))
    return "\n".join(line for line in lines if line is not None)


def _personal_line(line: str, said: dict[str, str]) -> str | None:
    named = [m[2] for m in _TOKEN.finditer(line) if _is_name(m)]
    if named and not any(said[name] for name in named):
        return None
    filled = _TOKEN.sub(lambda m: m[1][1:] + (said[m[2]] if _is_name(m) else m[2]) + m[3][1:], line)
    return filled.rstrip(" ") if named else filled


def _is_name(match: re.Match[str]) -> bool:
    """Whether `{name}` stands there, not the doubled braces of somebody's words."""
    return len(match[1]) == 1 or len(match[3]) == 1


def render(text: str, facts: Facts, person: PersonFacts | None = None) -> str:
    """Return the template's whole text for one reader; raises BadTemplate."""
    return personal(frame(text, facts), person or PersonFacts())


def literal(text: str) -> str:
    """Return a template that frames to exactly this text: for words that a person put in a template's place."""
    return re.sub(r"\{(?=[{%#])", '{{ "{" }}', text)


def verbatim(text: str) -> str:
    """Return a template that frames to exactly this text for every reader: a `{first_name}` in it is only words."""
    return literal(_TOKEN.sub(lambda m: "{" + m[0] + "}", text))


def misspelt(text: str) -> list[str]:
    """Return the words in single braces that are no per-person name: `{firstname}` in a reworded message."""
    return [m[1] for m in _TOKENISH.finditer(text) if m[1] not in PERSON_NAMES]


def holds(expression: str, facts: Facts) -> bool:
    """Whether a condition is true of the facts; raises BadTemplate, also for an unknown name."""
    compiled = _expression(expression)
    try:
        return bool(compiled(facts.names()))
    except _WRONG as error:
        raise _bad(error) from error


def check_condition(expression: str) -> None:
    """Refuse a condition that could never be asked; raises BadTemplate."""
    _expression(expression)


def names_used(text: str) -> set[str]:
    """Return the names that a template asks for; raises BadTemplate. For a condition, wrap it with `asked`."""
    return meta.find_undeclared_variables(_tree(text))


def parts_used(text: str, of: str) -> set[str]:
    """Return the parts that a template asks of answers, evidence or values: {"Q1"} for `answers.Q1`."""
    found: set[str] = set()
    for node in _tree(text).find_all(nodes.Expr):
        match node:
            case nodes.Getattr(node=nodes.Name(name=name), attr=part) if name == of:
                found.add(part)
            case nodes.Getitem(node=nodes.Name(name=name), arg=nodes.Const(value=str(part))) if name == of:
                found.add(part)
    return found


def compared(text: str, of: str) -> set[tuple[str, str]]:
    """Return what parts are compared with: {("Q1", "yes")} for `answers.Q1 == "yes"`."""
    found: set[tuple[str, str]] = set()
    for node in _tree(text).find_all(nodes.Compare):
        parts = [n for n in (node.expr, *(o.expr for o in node.ops)) if isinstance(n, nodes.Getattr)]
        names = [p.attr for p in parts if isinstance(p.node, nodes.Name) and p.node.name == of]
        words = [c.value for c in node.find_all(nodes.Const) if isinstance(c.value, str)]
        found |= {(name, word) for name in names for word in words}
    return found


def asked(condition: str) -> str:
    """Return a condition as a template, for names_used and its like."""
    return "{{ " + condition + " }}"


def expression(condition: str) -> nodes.Expr:
    """Return a condition as it is built; raises BadTemplate."""
    found = _tree(asked(condition)).find(nodes.Output)
    if found is None:
        raise BadTemplate("write a condition")
    return found.nodes[0]


@lru_cache(maxsize=4096)
def _tree(text: str) -> nodes.Template:
    try:
        return _JINJA.parse(text)
    except _WRONG as error:
        raise _bad(error) from error
