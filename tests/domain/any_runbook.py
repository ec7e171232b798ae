"""Runbooks as somebody might write them: every kind of step, every form of due time and condition, shared steps too."""

from datetime import date

from hypothesis import strategies as st

from bot.domain.person import Audience
from bot.domain.runbook import FIRST, HANDED_OVER, Ask, Phase, Runbook, StepKind
from bot.domain.runbook_check import check
from bot.domain.runbook_faults import Name
from bot.storage.files import Source, Spot
from bot.storage.shared import Shared, splice
from tests.world import product_settings

POLICY = product_settings().policy
HEAD = {"category": "facility_loss", "title": "t", "version": "1", "owner": "SO", "reviewed_on": date(2026, 1, 1)}
PHASES = st.sampled_from(
    [Phase.ACTIVATE, Phase.NOTIFY, Phase.SERVE, Phase.SERVE, Phase.SUSTAIN, Phase.RECOVER, Phase.STAND_DOWN]
)
KINDS = st.sampled_from([*StepKind, StepKind.DECISION, StepKind.DECISION, StepKind.TASK])
OPTIONS = [{"value": value, "label": value} for value in ("yes", "no", "later")]
TEXT = "What we know: x. What we don't know yet: y. What to do: z. Next update: {{ next_update }}"


def said(audience, ask=Ask.NOTHING):
    """A message for one audience."""
    return {"audience": audience, "ask": ask, "subject": "s", "text": TEXT}


LEADERS, CALL = [said(Audience.LEADERS)], [said(Audience.AGENTS, Ask.SAFETY)]
MOVED = [said(Audience.AGENTS, Ask.MOVE), said(Audience.UNPLACED, Ask.ACK)]
TOLD = st.sampled_from(
    [
        LEADERS,
        [said(Audience.AGENTS, Ask.ACK)],
        [said(Audience.EVERYONE)],
        [said(Audience.EVERYONE)],
        [said(Audience.REGULATOR)],
    ]
)
FACTS = st.sampled_from([
    "drill", "not drill", "severity == 1", "severity <= 2", "unaccounted > 0", "unplaced == 0", "seats_lost_percent > values.few",
    "acknowledged_percent < 60", "hours_to_rto < 2", "minutes_since_declared >= 15", "minutes_since_declared > values.few",
    "minutes_since_declared < 90", 'state == "active"', "known", "latest == ''", "seats_lost_percent > 100", "live >= mbco",
    "not sites", "tier1_below_mbco > 0 or severity == 3", "relocated + unplaced > 0", "severity in [1, 3]",
])  # fmt: skip
WORDS, JOINS = (
    st.sampled_from(["== 'yes'", "== 'no'", "!= 'no'", "== 'later'", "in ['yes', 'no']"]),
    st.sampled_from(["and", "or"]),
)


@st.composite
def conditions(draw, names):
    """A condition on facts, and on answers and evidence of steps, perhaps of steps that come too late."""
    asks = st.one_of(FACTS, st.builds("answers.{} {}".format, names, WORDS), st.builds("evidence.{}".format, names))
    first, form = draw(asks), draw(st.integers(0, 5))
    if form < 2:
        return f"{first} {draw(JOINS)} {draw(asks)}"
    return f"not ({first})" if form == 2 else first


def dues(names):
    """Every form of due time."""
    minutes = st.integers(0, 200)
    return st.one_of(
        minutes.map("T+{}m".format), minutes.map("D+{}m".format), minutes.map("{}% of rto".format),
        st.builds("after: {} +{}m".format, names, minutes),
    )  # fmt: skip


@st.composite
def steps(draw, ids, n, decisions):
    """One step, after earlier ones; now and then with what the checker must find."""
    key = ids[n]
    kind = {FIRST: StepKind.TASK, HANDED_OVER: StepKind.DECISION}.get(key) or draw(KINDS)
    phase = Phase.LIFE_SAFETY if key == FIRST else draw(PHASES)
    names = st.sampled_from([*ids[:n] * 4, *ids[n : n + 2], "S0"])  # rarely itself or a later one: a ring, perhaps
    after = draw(st.lists(names, max_size=2, unique=True)) if n else []
    step = {
        "id": key,
        "title": "t",
        "kind": kind,
        "phase": phase,
        "owner": "OPS",
        "after": after,
        **draw(of_kind(kind)),
    }
    if decisions and draw(st.booleans()):  # a sound question after a decision
        asked = draw(st.sampled_from(decisions))
        step |= {"after": sorted({*after, asked}), "when": f"answers.{asked} {draw(WORDS)}"}
    for name, write in (("when", conditions), ("once", conditions), ("due", dues)):
        if name not in step and draw(st.integers(0, 2)) == 0:
            step[name] = draw(write(names))
    return step


@st.composite
def of_kind(draw, kind):
    """What a step of a kind has of its own, and now and then what does nothing there."""
    extras = {"auto": draw(st.booleans()), "repeat_every": draw(st.sampled_from(["", "", "15m", "1d"]))}
    evidence = {"kind": draw(st.sampled_from(["none", "none", "text", "time"]))}
    match kind:
        case StepKind.DECISION:
            return {**extras, "options": OPTIONS[: draw(st.integers(2, 3))]}
        case StepKind.NOTIFY:
            return {**extras, "evidence": evidence, "messages": draw(TOLD)}
        case StepKind.STATUS:
            return {**extras, "messages": LEADERS}
        case StepKind.TASK:
            return {**extras, "evidence": evidence}
        case _:
            return {**extras, "evidence": evidence, "messages": CALL if kind is StepKind.ROLL_CALL else MOVED}


@st.composite
def written(draw):
    """A runbook as somebody might write it, some of its steps taken from a library with overrides."""
    count = draw(st.integers(1, 9))
    ids = [f"S{n}" for n in range(count)]
    if draw(st.booleans()):
        ids[0] = FIRST
    if count > 1 and draw(st.booleans()):
        ids[draw(st.integers(1, count - 1))] = HANDED_OVER
    made = []
    for n in range(count):
        made.append(draw(steps(ids, n, [s["id"] for s in made if "options" in s])))
    spliced = draw(taken_from_a_library(made))
    assert spliced == made
    return Runbook.model_validate({**HEAD, "values": {"few": 20}, "steps": spliced})


@st.composite
def taken_from_a_library(draw, made):
    """The same steps, each written out or used, with what the library has otherwise overridden."""
    other = {
        "title": "another",
        "owner": "IC",
        "due": "T+1m",
        "auto": True,
        "after": ["nobody"],
        "when": "drill",
        "once": "drill",
    }
    mine, theirs = [], []
    for step, keys in zip(
        made,
        draw(st.lists(st.sets(st.sampled_from(sorted(other))), min_size=len(made), max_size=len(made))),
        strict=True,
    ):
        own = {key: step[key] for key in keys if key in step}
        if not keys:
            mine.append(step)
            continue
        theirs.append({**step, **{key: other[key] for key in own}})
        mine.append({"use": step["id"], **own})
    whole, used, *_ = splice(
        source({**HEAD, "steps": mine}), Shared(source({"steps": theirs}), {s["id"]: n for n, s in enumerate(theirs)})
    )
    assert used == {step["id"] for step in theirs}
    return whole.data["steps"]


def source(data):
    """A file that was read."""
    return Source("x.yaml", data, {(): Spot("x.yaml", 1)})


def errors(book):
    """Why the checker refuses a runbook; nothing for one that passes."""
    return [fault for fault in check(book, POLICY) if not fault.warning]


def mended(book):
    """The runbook with whatever the checker complains of put right: what is left passes."""
    for turn in range(20):
        found = errors(book)
        if not found:
            return book
        data = book.model_dump()
        for fault in found:
            _put_right(data["steps"], fault, turn)
        book = Runbook.model_validate(data)
    raise AssertionError(found)


def _put_right(steps_, fault, turn):
    _, n, key, *_ = fault.path
    step, rolls = steps_[n], [s["id"] for s in steps_[:n] if s["kind"] is StepKind.ROLL_CALL]
    match fault.name:
        case Name.PEOPLE_FIRST if turn or n % 2:
            step["before_safety"] = True
        case Name.PEOPLE_FIRST:
            step["after"] = [*step.get("after", ()), FIRST]
        case Name.ROLL_FIRST if key == "after" and rolls and not turn:
            step["after"] = [*step.get("after", ()), rolls[-1]]
        case Name.ROLL_FIRST:
            step |= {"kind": StepKind.TASK, "messages": []}
        case Name.ENDS_IT if key == "messages":
            step["messages"] = LEADERS
        case Name.TOO_LATE:
            step["phase"] = Phase.STAND_DOWN
        case _:
            step.pop(key, None)
