"""Paces hold whatever happens, a lane finds what a workspace takes, and nobody waits for ever."""

from collections import Counter, deque
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import pace as p
from bot.domain.pace import Held, LaneKey, Pace, Room, Waiting
from tests.world import START, product_settings

SHARE = 0.1
LEARNT = 120  # seconds
PACE = Pace(floor=1, start=5, cap=20)
KEY = LaneKey("slack", "T1")
seconds = st.floats(0, 90, allow_nan=False)
acts = st.lists(st.tuples(seconds, st.integers(0, 60), st.sampled_from(["", "", "limited", "closed"])), max_size=40)


def sent_within(sent: list[tuple[float, int]], start: float, end: float) -> int:
    return sum(n for at, n in sent if start <= at <= end)


@given(acts)
def test_a_lane_never_goes_faster_than_its_cap_and_never_owes(story):
    lane, at, sent = p.begun(KEY, PACE, SHARE, START), 0.0, []
    for pause, wanted, said in story:
        at += pause
        now = START + timedelta(seconds=at)
        lane = p.refilled(lane, PACE, SHARE, now)
        n = min(wanted, p.room(lane, PACE, SHARE, now).urgent)
        assert not (n and lane.held(now))
        lane = p.grown(p.spent(lane, n), PACE, n, now)
        sent.append((at, n))
        if said:
            lane = p.pushed(lane, PACE, Held(now + timedelta(seconds=7), "429", said == "limited", now), now)
        assert lane.tokens >= 0
        assert PACE.floor <= lane.rate <= PACE.cap
    saved = p.capacity(lane.evolve(rate=PACE.cap), PACE, SHARE)
    for n, (start, _) in enumerate(sent):
        for end, _ in sent[n:]:
            assert sent_within(sent, start, end) <= PACE.cap * (end - start) + saved


class Workspace:
    """A platform with a limit that nobody is told: so many a second, a little of it saved up; else 429."""

    def __init__(self, limit: float) -> None:
        self.limit, self.left, self.at = limit, limit, 0.0
        self.refused: list[float] = []
        self.taken, self.wait = 0, 1

    def takes(self, at: float) -> bool:
        self.left = min(self.limit, self.left + (at - self.at) * self.limit)
        self.at = at
        if self.left < 1:
            self.refused.append(at)
            return False
        self.left -= 1
        self.taken += 1
        return True


class ByTheMinute(Workspace):
    """A platform that counts what it took within the last minute; told not before that many are a minute old."""

    def __init__(self, limit: float) -> None:
        super().__init__(limit)
        self.window = deque[float]()

    def takes(self, at: float) -> bool:
        while self.window and self.window[0] <= at - 60:
            self.window.popleft()
        if len(self.window) >= self.limit * 60:
            self.refused.append(at)
            self.wait = max(1, round(self.window[0] + 60 - at + 0.5))
            return False
        self.window.append(at)
        self.taken += 1
        return True


def run(workspace: Workspace, pace: Pace, until: float) -> None:
    """Send as much as the lane lets go, for so many seconds."""
    lane, at, lately = p.begun(KEY, pace, SHARE, START), 0.0, deque[float]()
    while at < until:
        now = START + timedelta(seconds=at)
        lane = p.refilled(lane, pace, SHARE, now)
        n = p.room(lane, pace, SHARE, now).patient
        taken = sum(workspace.takes(at) for _ in range(n))
        lane = p.grown(p.spent(lane, n), pace, taken, now) if taken else p.spent(lane, n)
        lately.extend([at] * taken)
        while lately and lately[0] <= at - 60:
            lately.popleft()
        if taken < n:
            held = Held(now + timedelta(seconds=workspace.wait), "429", limited=True, claimed_at=now)
            lane = p.pushed(lane, pace, held, now, len(lately))
        at = max(at + 0.001, (p.next_at(lane, pace, SHARE, now) - START).total_seconds())


@pytest.mark.parametrize("limit", [6.5, 10.0, 19.0])
def test_a_lane_finds_what_a_workspace_takes_and_stays_just_below(limit):
    learning, whole = Workspace(limit), Workspace(limit)
    run(learning, PACE, LEARNT)
    run(whole, PACE, LEARNT + 1000)
    later = [at for at in whole.refused if at > LEARNT]
    assert len(learning.refused) <= 6
    assert len(later) <= 3
    assert whole.taken - learning.taken >= 0.98 * limit * 1000


@pytest.mark.parametrize(("a_minute", "cap"), [(600, 10), (300, 10), (480, 20), (90, 10)])
def test_a_limit_that_counts_by_the_minute_is_found_at_its_first_edge(a_minute, cap):
    """However fast the lane was until then: what went through within the minute is what the minute takes."""
    workspace = ByTheMinute(a_minute / 60)
    run(workspace, Pace(floor=1, start=5, cap=cap), 1000)
    assert len([at for at in workspace.refused if at > workspace.refused[0] + 1]) <= 4
    assert len([at for at in workspace.refused if at > LEARNT]) <= 3
    assert workspace.taken >= 0.98 * a_minute / 60 * 1000


def test_a_limit_that_rises_is_found_though_the_lane_asks_ever_more_rarely():
    lane = p.begun(KEY, PACE, SHARE, START).evolve(ceiling=6.5, rate=6.4, cut_at=START, met=p.MOST_RARE)
    rare = p.QUIET * p.RARER**p.MOST_RARE
    for minute in range(120):
        lane = p.grown(lane, PACE, int(lane.rate * 60), START + timedelta(minutes=minute))
        if timedelta(minutes=minute) < rare:
            assert lane.rate <= 6.5
    assert lane.rate == PACE.cap


def test_a_lane_that_is_never_refused_reaches_its_cap():
    workspace = Workspace(1000)
    run(workspace, PACE, 200)
    assert workspace.refused == []
    assert workspace.taken > 0.85 * PACE.cap * 200


def test_a_hold_ends_though_the_clock_went_back_and_none_is_endless():
    lane = p.begun(KEY, PACE, SHARE, START)
    lane = p.pushed(
        lane, PACE, Held(START + timedelta(days=2), "come back on Monday", limited=False, claimed_at=START), START
    )
    assert lane.held_until == START + p.LONGEST
    back = p.refilled(lane.evolve(refilled_at=START + timedelta(hours=3)), PACE, SHARE, START - timedelta(hours=1))
    assert back.held_until == START - timedelta(hours=1) + p.LONGEST
    later = START - timedelta(hours=1) + p.LONGEST + timedelta(seconds=1)
    assert p.room(p.refilled(back, PACE, SHARE, later), PACE, SHARE, later).patient >= 1


def test_many_answers_of_429_to_one_burst_are_one_lesson():
    lane = p.begun(KEY, PACE, SHARE, START)
    for n in range(5):
        lane = p.pushed(
            lane, PACE, Held(START + timedelta(seconds=30 + n), "429", limited=True, claimed_at=START), START
        )
    assert lane.rate == pytest.approx(PACE.start * p.HARD)
    assert (lane.limited, lane.held_until) == (5, START + timedelta(seconds=34))


messages = st.lists(
    st.builds(
        Waiting, st.just(0), st.integers(1, 3), st.sampled_from([0, 10, 20, 50, 51]), st.sampled_from("abcdefgh")
    ),
    max_size=60,
).map(lambda found: [m._replace(id=n) for n, m in enumerate(found)])


@given(messages, st.integers(0, 20), st.integers(0, 20))
def test_the_more_urgent_go_first_incidents_in_turn_and_one_a_conversation(waiting, urgent, patient):
    picked = p.chosen(waiting, Room(urgent, min(urgent, patient)), apart=True)
    assert len(picked) <= urgent
    assert len({one.address for one in picked}) == len(picked)
    assert [one.priority for one in picked] == sorted(one.priority for one in picked)
    assert len([one for one in picked if one.priority >= 50]) <= patient


@given(messages, st.integers(1, 9))
def test_two_incidents_share_fairly(waiting, most):
    picked = p.chosen(waiting, Room(most, most), apart=False)
    last = picked[-1].priority if picked else 0
    had, left = Counter(), Counter()
    for one in waiting:
        if one.priority == last:
            (had if one in picked else left)[one.incident] += 1
    hungry = [had[incident] for incident in left]
    assert not hungry or max(had.values(), default=0) - min(hungry) <= 1


@given(messages)
def test_everybody_goes_in_the_end(waiting):
    rounds = 0
    while waiting:
        picked = p.chosen(waiting, Room(2, 1), apart=True)
        assert picked
        waiting = [one for one in waiting if one not in picked]
        rounds += 1
        assert rounds <= 60


@pytest.mark.parametrize("woken_at_once", [False, True])
def test_teams_gets_no_more_in_any_second_than_it_takes_and_hardly_less(woken_at_once):
    """However often somebody wakes the lane: what can wait goes some at a time."""
    pace, at, sent = product_settings().policy.paces["teams"], 0.0, []
    lane = p.begun(KEY, pace, SHARE, START)
    while at < 60:
        now = START + timedelta(seconds=at)
        lane = p.refilled(lane, pace, SHARE, now)
        n = p.room(lane, pace, SHARE, now).patient
        lane = p.grown(p.spent(lane, n), pace, n, now) if n else lane
        sent += [at] * n
        at = at + 0.003 if woken_at_once else (p.next_at(lane, pace, SHARE, now) - START).total_seconds()
    assert all(sent_within(list(Counter(sent).items()), second, second + 0.999) <= 50 for second in set(sent))
    assert len(sent) >= 0.98 * 50 * 60
