"""Siting against all choices there are, and against HiGHS."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.development.lifecircle.engine import graph as graphs
from liren.development.lifecircle.engine import near
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.network import Network, network
from liren.development.lifecircle.engine.siting import bound, proof, search
from liren.development.lifecircle.engine.siting import problem as problems
from liren.development.lifecircle.engine.siting.inline import Ways, in_line
from liren.development.lifecircle.engine.siting.problem import Problem
from liren.development.lifecircle.engine.snap import Places
from liren.development.lifecircle.engine.whatif import WhatIf

from .worlds import WALK, world


def instance(seed: int, *, priced: bool, paired: bool = False, candidates: int = 8, demands: int = 14) -> Problem:
    rng = np.random.default_rng(seed)
    pairs = rng.random((candidates, demands)) < rng.choice([0.1, 0.3, 0.6])
    pairs[:, rng.integers(0, demands)] = pairs[:, 0]  # demands that the same candidates serve
    candidate, demand = np.nonzero(pairs)
    return problems.problem(
        candidate,
        demand,
        rng.integers(0, 1_000, demands),
        candidates=candidates,
        budget=int(rng.integers(0, 5)) * (3 if priced else 1),
        cost=rng.integers(1, 7, candidates) if priced else None,
        together=couples(rng, candidates, demands) if paired else problems.NO_PAIRS,
    )


def couples(rng: np.random.Generator, candidates: int, demands: int) -> problems.Pairs:
    """Some pairs, each with demands of its own and some that one of the two serves anyway."""
    every = np.array(list(combinations(range(candidates), 2)))
    chosen = every[rng.random(len(every)) < rng.choice([0.1, 0.5])]
    pair, demand = np.nonzero(rng.random((len(chosen), demands)) < 0.25)
    return problems.Pairs(chosen[:, 0], chosen[:, 1], pair, demand)


def optimum(of: Problem) -> int:
    """By trying every choice that can be paid."""
    sets = (s for k in range(of.candidates + 1) for s in combinations(range(of.candidates), k))
    return max(of.value(np.array(s, np.int64)) for s in sets if of.spent(np.array(s, np.int64)) <= of.budget)


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32 - 1), priced=st.booleans(), paired=st.booleans())
def test_no_choice_is_better_than_the_bound_and_none_overspends(seed, priced, paired):
    of = instance(seed, priced=priced, paired=paired)
    best = optimum(of)
    quick, sure = search.at_once(of), bound.certified(of, rounds=60)
    for found in (quick, sure):
        assert found.people == of.value(found.chosen) <= best <= found.bound
        assert found.spent == of.spent(found.chosen) <= of.budget
    assert sure.people >= quick.people
    assert sure.gap <= quick.gap


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), priced=st.booleans(), paired=st.booleans())
def test_highs_proves_the_optimum(seed, priced, paired):
    pytest.importorskip("highspy", reason="NO PROOF: highspy is not installed")
    of = instance(seed, priced=priced, paired=paired)
    found = proof.proven(of)
    assert found.people == found.bound == optimum(of)
    assert found.spent <= of.budget


def test_without_a_solver_it_is_said_how_to_get_one(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "highspy", None)
    with pytest.raises(proof.NoSolver, match="liren"):
        proof.proven(instance(1, priced=False))


def test_demands_that_the_same_candidates_serve_are_merged_and_nobody_is_lost():
    of = problems.problem([0, 0, 1, 1, 0, 1], [0, 1, 2, 3, 3, 0], [5, 7, 11, 13, 17], candidates=2, budget=1)
    assert of.demands == 5
    assert of.out_of_reach == 17
    assert sorted(of.weight.tolist()) == [7, 11, 18]  # 0 and 3 are served by both
    assert of.value(np.array([0])) == 25
    assert of.value(np.array([0, 1])) == 36


def test_lists_that_look_alike_by_their_sum_alone_are_not_merged(monkeypatch):
    monkeypatch.setattr(problems, "_mixed", lambda lists: np.zeros(lists.rows, np.uint64))
    of = problems.problem([0, 1, 0, 2, 2], [0, 1, 2, 3, 4], [1, 2, 4, 8, 16], candidates=3, budget=3)
    assert of.value(np.array([0])) == 5
    assert of.value(np.array([2])) == 24
    assert int(of.weight.sum()) == 31


def test_a_large_choice_is_certified_close_to_the_best():
    rng = np.random.default_rng(4)
    candidate = np.repeat(np.arange(300), 40)
    demand = (candidate * 7 + rng.integers(0, 160, len(candidate))) % 2_000
    of = problems.problem(candidate, demand, rng.integers(1, 900, 2_000), candidates=300, budget=20)
    found = bound.certified(of, rounds=400, target=0.01)
    assert found.gap <= 0.05
    assert search.at_once(of).people >= 0.93 * found.bound


@pytest.mark.parametrize(
    "wrong", [{"weight": [-1]}, {"cost": [0]}, {"budget": -1}, {"cost": [1, 1]}, {"weight": [2**54]}], ids=str
)
def test_what_cannot_be_meant_is_refused(wrong):
    given_ = {"weight": [1], "cost": [1], "budget": 1} | wrong
    weight = np.array(given_.pop("weight"))
    with pytest.raises(BadParameter):
        problems.problem(np.array([0]), np.array([0]), weight, candidates=1, **given_)


def test_nothing_to_choose_from_and_nothing_to_spend_are_answered():
    empty = problems.problem(np.zeros(0), np.zeros(0), np.array([5]), candidates=0, budget=3)
    assert search.at_once(empty).people == 0
    assert empty.out_of_reach == 5
    poor = problems.problem([0], [0], np.array([5]), candidates=1, budget=0)
    assert bound.certified(poor).people == 0
    assert bound.certified(poor).gap == 0.0


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_who_reaches_a_category_through_a_new_way_is_what_opening_it_brings(seed):
    """One gate at a time: the list that siting uses equals the what-if."""
    w = world(seed)
    graph = graphs.build(w.net, [w.homes, w.facilities], WALK)
    homes, facilities = graph.seats
    limit, c = 5_000, 0
    labels = near.nearest(graph, facilities, w.category, categories=w.categories, limit=limit)
    before = near.at_origins(labels, homes, w.homes.owners)
    rng = np.random.default_rng(seed)
    a, b = rng.choice(graph.arcs.nodes, 2, replace=False)
    time = int(rng.integers(0, 3_000))
    seats = problems.ways(np.array([a]), np.array([b]), np.array([time]), labels, c)
    found = near.lists(graph, homes, seats, limit=limit)
    city = WhatIf(graph, homes, facilities, w.category, owners=w.homes.owners, categories=w.categories, limit=limit)
    city.open_way(int(a), int(b), time)
    gained = np.zeros(w.homes.owners, np.bool_)
    gained[found.origin] = True
    assert (city.times.reached[:, c] == (before.reached[:, c] | gained)).all()


def street_of(length_m: list[float]) -> Network:
    """Pieces of a street between nodes in a row; a length of 0 leaves the two apart."""
    n = len(length_m) + 1
    kept = np.array([k for k, metres in enumerate(length_m) if metres], np.int64)
    metres = np.array([length_m[k] for k in kept])
    return network(104 + np.arange(n) / 2_000, np.full(n, 30.0), kept, kept + 1, length_m=metres)


def at_nodes(net: Network, nodes: list[int]) -> Places:
    """One place at each of some nodes."""
    edge = np.array([int(np.flatnonzero((net.a == v) | (net.b == v))[0]) for v in nodes], np.int32)
    along = np.where(net.a[edge] == nodes, 0, net.length_mm[edge]).astype(np.int32)
    return Places(edge, along, np.zeros(len(nodes), np.int32), np.arange(len(nodes), dtype=np.int32), len(nodes))


def asked(graph: graphs.Graph, category: np.ndarray, gates: Ways, *, people: np.ndarray, limit: int, budget: int,
          within: int = 3_000):  # fmt: skip
    """The question of gates for category 0, with pairs, as the reckoning puts it."""
    homes, facilities = graph.seats
    labels = near.nearest(graph, facilities, category, categories=int(category.max(initial=0)) + 1, limit=30_000)
    seats = problems.ways(gates.a, gates.b, gates.deciseconds, labels, 0)
    alone = near.lists(graph, homes, seats, limit=limit)
    together, whole = in_line(graph, homes, gates, labels, 0, within=within, limit=limit)
    served = near.at_origins(labels, homes, len(people)).values[:, 0] <= limit
    weight = np.where(served, 0, people)
    made = problems.problem(alone.source, alone.origin, weight, candidates=len(gates), budget=budget, together=together)
    return made, whole, served


def test_two_gates_in_line_pay_only_together():
    """Home, wall, courtyard, wall, shop: either gate alone brings nobody there."""
    # 0 -(home street)- 1 | 2 -(courtyard)- 3 | 4 -(shop street)- 5; the way round takes an hour.
    net = street_of([100, 0, 60, 0, 100])
    far = network(net.lon, net.lat, np.append(net.a, [0, 2]), np.append(net.b, [5, 0]),
                  length_m=np.append(net.length_mm / 1000, [5_000, 5_000]))  # fmt: skip
    graph = graphs.build(far, [at_nodes(far, [0]), at_nodes(far, [5])], WALK)
    nodes = graph.of_node
    gates = Ways(nodes[[1, 3, 0]], nodes[[2, 4, 2]], np.array([100, 100, 40_000], np.int32))
    of, whole, _served = asked(graph, np.zeros(1, np.int32), gates, people=np.array([700]), limit=9_000, budget=2)
    assert whole
    assert [of.value(np.array([k])) for k in range(3)] == [0, 0, 0]
    found = bound.certified(of)
    assert (found.chosen.tolist(), found.people, found.bound) == ([0, 1], 700, 700)
    poor, _whole, _served = asked(graph, np.zeros(1, np.int32), gates, people=np.array([700]), limit=9_000, budget=1)
    assert bound.certified(poor).people == 0


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), budget=st.integers(1, 2), directed=st.booleans())
def test_up_to_two_gates_no_choice_in_the_town_itself_serves_more_than_the_bound(seed, budget, directed):
    """Every gate and every pair opened in the what-if, one after the other, against the certificate."""
    w = world(seed, directed=directed)
    graph = graphs.build(w.net, [w.homes, w.facilities], WALK)
    rng = np.random.default_rng(seed)
    ends = np.array([rng.choice(graph.arcs.nodes, 2, replace=False) for _ in range(5)], np.int32)
    gates = Ways(ends[:, 0], ends[:, 1], rng.integers(0, 900, 5).astype(np.int32))
    people = rng.integers(1, 1_000, w.homes.owners)
    of, whole, served = asked(graph, w.category, gates, people=people, limit=5_000, budget=budget, within=5_000)
    assert whole
    found = bound.certified(of, rounds=100)
    best = 0
    for chosen in combinations(range(5), budget):
        city = WhatIf(graph, *graph.seats, w.category,
                      owners=w.homes.owners, categories=w.categories, limit=30_000)  # fmt: skip
        for k in chosen:
            city.open_way(int(gates.a[k]), int(gates.b[k]), int(gates.deciseconds[k]))
        true = int(people[(city.times.values[:, 0] <= 5_000) & ~served].sum())
        assert of.value(np.array(chosen)) == true
        best = max(best, true)
    assert found.people <= best <= found.bound
