"""Cards as wild as the types allow, for properties of every renderer."""

from hypothesis import strategies as st

from bot.domain import card as c
from bot.domain.intent import Declare, Help, encode

_NASTY = (
    "<!channel> *bold* _x_ ~y~ `z` & < >",
    "<script>alert(1)</script>",
    "https://a.example/?b=<i>&c='\"",
    "\n\n",
    "👩‍🚒" * 90,
)
WORDS = st.text(max_size=60) | st.sampled_from(_NASTY)
LONG = WORDS | st.sampled_from(["word " * 1500, "x" * 9000, "é\n" * 3000, "🔥" * 4000])
_LONG_INTENT = encode(Declare(known="й" * 2000, sites=tuple(f"site-{n}" for n in range(40))))
INTENTS = st.sampled_from([encode(Help()), _LONG_INTENT])
NAMES = st.lists(st.from_regex(r"[a-z]{1,12}", fullmatch=True), max_size=12, unique=True)
CHOICES = st.builds(c.Choice, value=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True), label=WORDS, hint=LONG)


def _options(most: int) -> st.SearchStrategy[tuple[c.Choice, ...]]:
    unique = st.lists(CHOICES, max_size=most, unique_by=lambda o: o.value).map(tuple)
    many = st.integers(90, 350).map(lambda n: tuple(c.Choice(value=f"v{i}", label=f"Site {i}") for i in range(n)))
    return unique | many


def fields(name: str) -> st.SearchStrategy[c.Field]:
    """Fields of one name."""
    return _options(6).flatmap(
        lambda options: st.builds(
            c.Field, name=st.just(name), label=LONG, kind=st.sampled_from(c.FieldKind), required=st.booleans(),
            hint=LONG, dataset=st.just("people"), options=st.just(options), max_length=st.integers(1, 4000), error=WORDS,
            value=st.lists(LONG | st.sampled_from([o.value for o in options] or ["v"]), max_size=3).map(tuple),
        )
    )  # fmt: skip


FORMS = NAMES.filter(bool).flatmap(
    lambda names: st.builds(c.Form, intent=INTENTS, submit=WORDS, fields=st.tuples(*(fields(name) for name in names)))
)
ROWS = st.lists(st.tuples(LONG, WORDS, WORDS), max_size=6).map(tuple) | st.integers(100, 900).map(
    lambda n: tuple((f"Person {i}", "x" * 50, str(i)) for i in range(n))
)
_RISES = tuple(c.Point(minute=m, percent=m % 101) for m in range(1500))
_SERIES = tuple(c.Series(label=word, points=_RISES[:n]) for word, n in (("Answered", 40), ("<b> " * 90, 1500), ("", 0)))
LINES = st.sampled_from([(), _SERIES[:1], _SERIES, (*_SERIES, *_SERIES)])  # few, because each is drawn
CARDS = st.builds(
    c.Card,
    title=LONG,
    tone=st.sampled_from(c.Tone),
    banner=WORDS,
    text=st.lists(LONG, max_size=8).map(tuple),
    facts=st.lists(st.builds(c.Fact, label=LONG, value=LONG, tone=st.sampled_from(c.Tone)), max_size=12).map(tuple),
    meters=st.lists(st.builds(c.Meter, label=WORDS, value=st.integers(0, 9), total=st.integers(0, 9)), max_size=3).map(
        tuple
    ),
    tables=st.lists(
        st.builds(
            c.Table, columns=st.just(("Name", "What", "How many")), rows=ROWS, caption=WORDS, numeric=st.just((2,))
        ),
        max_size=3,
    ).map(tuple),
    items=st.lists(
        st.builds(
            c.Item,
            title=LONG,
            text=LONG,
            buttons=st.lists(st.builds(c.Button, label=WORDS, intent=INTENTS), max_size=7).map(tuple),
        ),
        max_size=30,
    ).map(tuple),
    image=st.none() | st.builds(c.Image, title=WORDS, series=LINES, alt=LONG),
    buttons=st.lists(
        st.builds(c.Button, label=LONG, intent=INTENTS, style=st.sampled_from(c.Style), confirm=LONG), max_size=60
    ).map(tuple),
    form=st.none() | FORMS,
    footer=LONG,
)
