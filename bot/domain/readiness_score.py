"""How ready we are: 100·Σ(weight·score·freshness) / (4·Σweight), with gates; every part can be worked by hand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum
from math import floor

from bot.domain.card import Frozen, Tone
from bot.domain.due import review_by
from bot.domain.readiness import BEST, PASSES_A_GATE, Bands, Kind, Question, Questionnaire, Register, Subject, subjects
from bot.domain.runbook import Category
from bot.domain.text import listed

AT_TWICE, BEYOND = 0.5, 0.25
EXERCISE = "exercise"


class Band(StrEnum):
    """How a score looks; none: nothing could be asked."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"

    @property
    def tone(self) -> Tone:
        """The tone that says it."""
        return {Band.GREEN: Tone.GOOD, Band.AMBER: Tone.WARN, Band.RED: Tone.BAD, Band.NONE: Tone.PLAIN}[self]


class Given(Frozen):
    """An answer as it stands: 0 to 4, and the day of its evidence, from which it ages."""

    score: int
    on: date


class Cap(Frozen):
    """What holds a score down: a question's id or "exercise", and to how much."""

    key: str
    most: float


class Score(Frozen):
    """One score: what the answers come to, and what remains under the caps; None when there was nothing to ask."""

    earned: float | None
    caps: tuple[Cap, ...] = ()
    band: Band = Band.NONE

    @property
    def value(self) -> float | None:
        """The score that counts."""
        return None if self.earned is None else min([self.earned, *(c.most for c in self.caps)])

    @property
    def whole(self) -> int:
        """The score as people read it: rounded down, so that 80 is never said too soon; 0 when there is none."""
        return floor(round(self.value or 0, 6))

    @property
    def capped(self) -> bool:
        """Whether a cap holds it below what was earned."""
        return self.earned is not None and (self.value or 0) < self.earned


class Item(Frozen):
    """One question asked of one subject: what was answered (None: nothing yet), how fresh it is, its weight."""

    question: Question
    subject: Subject
    score: int | None
    fresh: float
    weight: float

    @property
    def points(self) -> float:
        """What it brings: score times freshness; nothing while it has no answer."""
        return (self.score or 0) * self.fresh

    @property
    def fails(self) -> bool:
        """Whether it is a gate that is not passed."""
        return self.question.gate and (self.score or 0) < PASSES_A_GATE


class Raise(Frozen):
    """Something that would raise the whole: by how much at once, and what it earns once no cap is in the way.

    subjects: of which it is not yet the best; frees: it is a gate that holds the score down.
    """

    key: str
    title: str
    subjects: tuple[Subject, ...] = ()
    gain: float
    earns: float
    frees: bool = False


class Audit(Frozen):
    """The whole picture: overall, by category, when each was last exercised, what would raise it most."""

    overall: Score
    categories: dict[Category, Score]
    exercised: dict[Category, date]
    undrilled: tuple[Category, ...]
    items: tuple[Item, ...]
    raises: tuple[Raise, ...]
    empty: tuple[str, ...] = ()

    @property
    def worst(self) -> Category | None:
        """The category that is worst off; None when none has a score."""
        scored = [(s.value, n, c) for n, (c, s) in enumerate(self.categories.items()) if s.value is not None]
        return min(scored)[2] if scored else None

    @property
    def unanswered(self) -> int:
        """How many questions have no answer."""
        return sum(item.score is None for item in self.items)


def freshness(on: date, every: str, today: date) -> float:
    """Return 1 within the interval, falling to 0.5 at twice the interval, 0.25 beyond."""
    due, twice = review_by(on, every), review_by(on, every, 2)
    if today <= due:
        return 1.0
    if today > twice:
        return BEYOND
    return 1 - (1 - AT_TWICE) * (today - due).days / (twice - due).days


def items(
    form: Questionnaire,
    register: Register,
    given: Mapping[tuple[str, str], Given],
    today: date,
    fresh_by: Mapping[Kind, Sequence[float]],
) -> tuple[Item, ...]:
    """Return every question with each of its subjects; a question's weight is shared among them."""
    found = []
    for q in form.questions:
        asked = subjects(q, register)
        most = _mean(fresh_by.get(q.fresh_by, ())) if q.fresh_by else 1.0
        for subject in asked:
            answer = given.get((q.id, subject.id))
            fresh = min(freshness(answer.on, q.every, today), most) if answer else 0.0
            score = answer.score if answer else None
            found.append(Item(question=q, subject=subject, score=score, fresh=fresh, weight=q.weight / len(asked)))
    return tuple(found)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 1.0


def score(some: Collection[Item], caps: Sequence[Cap], bands: Bands) -> Score:
    """Return the score of some items under these caps; of none there is none."""
    weight = sum(item.weight for item in some)
    if not weight:
        return Score(earned=None)
    earned = 100 * sum(item.weight * item.points for item in some) / (BEST * weight)
    made = Score(earned=earned, caps=tuple(caps))
    return made.evolve(band=band(made.value or 0, bands))


def band(value: float, bands: Bands) -> Band:
    """Return the colour of a score."""
    if value >= bands.green_from:
        return Band.GREEN
    return Band.AMBER if value >= bands.amber_from else Band.RED


def audit(
    form: Questionnaire,
    register: Register,
    given: Mapping[tuple[str, str], Given],
    exercised: Mapping[Category, date],
    today: date,
    fresh_by: Mapping[Kind, Sequence[float]] | None = None,
) -> Audit:
    """Return the scores, and what would raise the overall one most. exercised: the last exercise by category."""
    asked = items(form, register, given, today, fresh_by or {})
    exercise = _exercise_cap(form, exercised, today)
    categories = {
        category: score(_of(asked, category), [*_gates(_of(asked, category), form.bands), *exercise], form.bands)
        for category in Category
    }
    overall = score(asked, [*_gates(asked, form.bands), *exercise], form.bands)
    return Audit(
        overall=overall,
        categories=categories,
        exercised=dict(exercised),
        undrilled=tuple(c for c in Category if not _drilled(exercised.get(c), form.exercises.category_months, today)),
        items=asked,
        raises=_raises(asked, overall, form),
        empty=tuple(q.id for q in form.questions if not subjects(q, register)),
    )


def _of(asked: Collection[Item], category: Category) -> list[Item]:
    return [item for item in asked if category in item.question.categories]


def _gates(some: Collection[Item], bands: Bands) -> list[Cap]:
    """A gate that is not passed keeps what it stands before from green."""
    failing = dict.fromkeys(item.question.id for item in some if item.fails)
    return [Cap(key=key, most=bands.green_from - 1) for key in failing]


def _exercise_cap(form: Questionnaire, exercised: Mapping[Category, date], today: date) -> list[Cap]:
    last = max(exercised.values(), default=None)
    if _drilled(last, form.exercises.within_months, today):
        return []
    return [Cap(key=EXERCISE, most=form.exercises.cap)]


def _drilled(last: date | None, months: int, today: date) -> bool:
    return last is not None and today <= review_by(last, f"{months} months")


def _raises(asked: Sequence[Item], overall: Score, form: Questionnaire) -> tuple[Raise, ...]:
    """Return what is worth doing, the most first: what frees a cap that holds, then what earns most."""
    weight = sum(item.weight for item in asked)
    by_question: dict[str, list[Item]] = {}
    for item in asked:
        by_question.setdefault(item.question.id, []).append(item)
    found = [_one(some, overall, weight) for some in by_question.values() if any(i.points < BEST for i in some)]
    if any(cap.key == EXERCISE for cap in overall.caps):
        found.append(_an_exercise(overall, form))
    return tuple(sorted(found, key=lambda r: (-round(r.gain, 9), not r.frees, -round(r.earns, 9))))


def _one(some: Sequence[Item], overall: Score, weight: float) -> Raise:
    """What answering one question "exercised and met" today brings, for all of its subjects."""
    question = some[0].question
    earns = 100 * sum(item.weight * (BEST - item.points) for item in some) / (BEST * weight)
    caps = [cap.most for cap in overall.caps if cap.key != question.id]
    after = min([(overall.earned or 0) + earns, *caps])
    holds = any(cap.key == question.id and cap.most < (overall.earned or 0) for cap in overall.caps)
    return Raise(
        key=question.id,
        title=question.question,
        subjects=tuple(item.subject for item in some if item.points < BEST and item.subject.id),
        gain=max(after - (overall.value or 0), 0.0),
        earns=earns,
        frees=holds,
    )


def _an_exercise(overall: Score, form: Questionnaire) -> Raise:
    rest = [cap.most for cap in overall.caps if cap.key != EXERCISE]
    gain = max(min([overall.earned or 0, *rest]) - (overall.value or 0), 0.0)
    title = f"Hold an exercise: there was none in {form.exercises.within_months} months"
    return Raise(key=EXERCISE, title=title, gain=gain, earns=gain, frees=overall.capped)


def why_capped(one: Score) -> str:
    """Return why a score is held down, in a few words; nothing when it is not."""
    if not one.capped:
        return ""
    lowest = min(cap.most for cap in one.caps)
    keys = [cap.key for cap in one.caps if cap.most == lowest]
    return "no exercise" if EXERCISE in keys else f"{listed(keys)} below {PASSES_A_GATE}"
