"""What must hold of every plan: proven best level by level, nothing exceeded, every reason true."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from bot.domain.relocation import Lock, Method, Plan, Situation, Wishes, plan, plan_greedily
from bot.domain.relocation_clashes import Clash
from tests.bench.situations import made
from tests.domain import relocation_oracle as oracle
from tests.domain.relocation_cases import NOW, situation
from tests.domain.relocation_truth import lies


def test_scarce_team_leads_are_shared_out_to_proof() -> None:
    for leads in (2, 4, 6):
        bare = made(100)
        asked = replace(bare, leads=leads, destinations=[d._replace(leads=0) for d in bare.destinations])
        found = plan(asked)
        assert (found.method, found.gap) == (Method.OPTIMUM, None)
        assert sum(line.leads for line in found.destinations) == leads
        assert oracle.broken(asked, oracle.ways_of(asked, found)) == []


RANDOM = st.randoms(use_true_random=False)


@pytest.mark.parametrize("part", range(3))
def test_a_plan_is_as_good_on_every_level_as_one_agent_at_a_time_solved_to_proof(part: int) -> None:
    proven = 0
    for seed in range(part * 130, part * 130 + 130):
        asked = situation(Random(seed))
        try:
            found = plan(asked)
        except Clash as no:
            assert oracle.at_odds(asked) or oracle.best(asked) is None, (seed, no)
            names_the_misfits(asked, no)
            continue
        ways = oracle.ways_of(asked, found)
        assert oracle.broken(asked, ways) == [], seed
        assert oracle.levels(asked, ways) == oracle.best(asked) == [level.value for level in found.levels], seed
        assert (found.method, found.gap, oracle.at_odds(asked)) == (Method.OPTIMUM, None, False), seed
        assert list(lies(asked, found)) == [], seed
        proven += 1
    assert proven >= 100


def names_the_misfits(asked: Situation, no: Clash) -> None:
    """Those who are said not to fit a lock are those who can't be there, and the others can."""
    for odd in no.misfits if not oracle.at_odds(asked) else ():
        members = [a for a in asked.agents if not oracle.is_out(asked, a) and oracle.wish_of(asked, a) == odd.lock]
        cannot = {a.id for a in members if not oracle.can_be(asked, a, odd.lock)}
        assert (odd.n, odd.fit) == (len(cannot), len(members) - len(cannot))
        assert {one for group in odd.groups for one in group.ids} <= cannot
        assert all(group.reason and len(group.ids) == min(3, group.n) for group in odd.groups)


def planned(asked: Situation) -> Plan:
    """The plan; where those who are to stay can't all, that is said, and there is nothing to look at."""
    try:
        return plan(asked)
    except Clash as no:
        assert oracle.at_odds(asked) or oracle.best(asked) is None, no
        return reject()


@given(RANDOM)
def test_every_plan_keeps_the_rules_gives_true_reasons_adds_up_and_is_the_same_again(random: Random) -> None:
    asked = situation(random, most=30)
    found = planned(asked)
    assert oracle.broken(asked, oracle.ways_of(asked, found)) == []
    assert oracle.broken(asked, oracle.ways_of(asked, plan_greedily(asked))) == []
    named = [p.agent for p in found.placements] + [u.agent for u in found.unplaced]
    assert sorted(named) == sorted(agent.id for agent in asked.agents)
    assert list(lies(asked, found)) == []
    added = Counter(p.queue for p in found.placements)
    assert all(line.after == line.before + added[line.id] for line in found.queues)
    has_waves_in_size_and_time(asked, found)
    assert plan(asked) == found


def has_waves_in_size_and_time(asked: Situation, found: Plan) -> None:
    """No wave but the first is larger than the rules say, and nobody reports too soon."""
    sizes = found.waves
    assert list(sizes) == list(range(1, len(sizes) + 1))
    assert all(n <= asked.rules.wave_size for wave, n in sizes.items() if wave > 1)
    tier_1 = {queue.id for queue in asked.queues if oracle.tier(asked, queue) == 1}
    assert sizes.get(1, 0) <= asked.rules.wave_size or {p.queue for p in found.new if p.wave == 1} <= tier_1
    for (agent, queue, place), p in zip(oracle.ways_of(asked, found), found.placements, strict=True):
        if p.report_at is not None:
            least = oracle.ready(asked, asked.agents[agent], asked.queues[queue], asked.destinations[place])
            assert (p.report_at - NOW).total_seconds() >= 60 * least


@given(RANDOM)
@settings(max_examples=40)
def test_placing_somebody_without_a_place_is_impossible_or_no_better(random: Random) -> None:
    asked = situation(random, most=7)
    found = planned(asked)
    people = {agent.id: n for n, agent in enumerate(asked.agents)}
    for one in found.unplaced:
        forced = oracle.best(asked, must=people[one.agent])
        assert forced is None or forced >= [level.value for level in found.levels]


@given(RANDOM)
@settings(max_examples=60)
def test_a_second_plan_after_nothing_happened_keeps_everybody(random: Random) -> None:
    asked = replace(situation(random, most=20), wishes=Wishes())
    first = {p.agent: p for p in plan(asked).placements}
    told = [
        a._replace(
            sent_to=first[a.id].destination,
            sent_for=first[a.id].queue,
            sent_state=a.sent_state if first[a.id].kept else "told",
        )
        if a.id in first
        else a._replace(sent_to="", sent_for="", sent_state="")
        for a in asked.agents
    ]
    again = plan(replace(asked, agents=told))
    assert again.changes == 0
    assert len(again.placements) == len(first)


@given(RANDOM, st.data())
def test_locked_people_go_where_they_are_locked_or_the_clash_is_named(random: Random, data: st.DataObject) -> None:
    asked = situation(random, most=10)
    to = data.draw(st.sampled_from([d.id for d in asked.destinations]))
    lock = Lock(team="t1", to=to)
    try:
        found = plan(replace(asked, wishes=asked.wishes.model_copy(update={"locked": (lock,)})))
    except Clash as no:
        assert f"team t1 locked to {to}" in no.clashes[0] or "left where they are" in no.clashes[0]
        return
    team = {
        a.id for a in asked.agents if a.team == "t1" and not oracle.is_off(asked, a) and not oracle.is_left(asked, a)
    }
    assert {p.agent for p in found.placements if p.agent in team and p.destination == to} == team
