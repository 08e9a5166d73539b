"""Every answer on small random towns equals that of an oracle which is slow and obvious."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.development.lifecircle.engine import graph as graphs
from liren.development.lifecircle.engine import near
from liren.development.lifecircle.engine.graph import Pace
from liren.development.lifecircle.engine.kernels import NEVER_DS

from .conftest import WAYS, kernels_named
from .worlds import WALK, between_nodes, between_places, world

SEEDS = st.integers(0, 2**32 - 1)
LIMITS = st.sampled_from([0, 1, 900, 5_000, 32_766, 32_767, 360_000])
PACES = st.sampled_from([WALK, Pace(1111, 0), Pace(700, 300)])


@pytest.mark.requirement("R244")
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40)
@given(seed=SEEDS, limit=LIMITS, pace=PACES, directed=st.booleans())
def test_times_of_compounds_equal_the_oracle(way, seed, limit, pace, directed):
    w = world(seed, directed=directed)
    graph = graphs.build(w.net, [w.homes, w.facilities], pace, kernels=kernels_named(way))
    homes, facilities = graph.seats
    times = near.nearest(
        graph, facilities, w.category, categories=w.categories, limit=limit, kernels=kernels_named(way)
    )
    own = near.at_origins(times, homes, w.homes.owners)
    truth = between_places(w, pace)
    for c in range(w.categories):
        best = truth[:, w.category == c].min(axis=1, initial=NEVER_DS)
        assert own.values[:, c].tolist() == np.where(best <= limit, best, limit + 1).tolist()


@pytest.mark.requirement("R244")
@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25)
@given(seed=SEEDS, limit=LIMITS, directed=st.booleans())
def test_full_lists_equal_the_oracle(way, seed, limit, directed):
    w = world(seed, directed=directed)
    graph = graphs.build(w.net, [w.homes, w.facilities], WALK, kernels=kernels_named(way))
    found = near.lists(graph, *graph.seats, limit=limit, kernels=kernels_named(way))
    truth = between_places(w, WALK)
    origin, source = np.nonzero((truth <= limit) & (truth < NEVER_DS))
    assert found.origin.tolist() == origin.tolist()
    assert found.source.tolist() == source.tolist()
    assert found.time.tolist() == truth[origin, source].tolist()


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=25)
@given(seed=SEEDS, limit=st.sampled_from([900, 32_766, 40_000]), directed=st.booleans())
def test_counts_and_capacity_of_nodes_equal_the_oracle(way, seed, limit, directed):
    w = world(seed, directed=directed)
    n = w.net.nodes
    rng = np.random.default_rng(seed)
    at, category = rng.integers(0, n, 8), rng.integers(0, 3, 8).astype(np.int32)
    capacity, cost = rng.integers(0, 10**12, 8), rng.integers(0, 60, 8)
    graph = graphs.build(w.net, [w.homes], WALK, kernels=kernels_named(way))
    sources = near.Seeds(graph.of_node[at], np.arange(8, dtype=np.int32), cost.astype(np.int32))
    within = np.array([limit // 3, limit // 2, limit], np.int32)
    counts, sums = near.counts_at_nodes(
        graph, sources, category, categories=3, within=within, capacity=capacity, kernels=kernels_named(way)
    )
    time = between_nodes(w.net, WALK)[:, at] + cost
    for c in range(3):
        for t, limit_t in enumerate(within):
            hit = time[:, category == c] <= limit_t
            assert counts[graph.of_node, c, t].tolist() == hit.sum(axis=1).tolist()
            assert sums[graph.of_node, c, t].tolist() == (hit * capacity[category == c]).sum(axis=1).tolist()


@settings(max_examples=25)
@given(seed=SEEDS, limit=st.sampled_from([900, 32_766, 40_000]))
def test_counts_of_compounds_are_their_lists_summed_up(seed, limit):
    w = world(seed)
    graph = graphs.build(w.net, [w.homes, w.facilities], WALK)
    within = np.array([limit // 2, limit], np.int32)
    capacity = np.arange(w.facilities.owners, dtype=np.int64) * 7
    found = near.lists(graph, *graph.seats, limit=limit)
    counts, sums = near.counts_of(
        found, w.category, owners=w.homes.owners, categories=w.categories, within=within, capacity=capacity
    )
    truth = between_places(w, WALK)
    for c in range(w.categories):
        for t, limit_t in enumerate(within):
            hit = truth[:, w.category == c] <= limit_t
            assert counts[:, c, t].tolist() == hit.sum(axis=1).tolist()
            assert sums[:, c, t].tolist() == (hit * capacity[w.category == c]).sum(axis=1).tolist()


@settings(max_examples=40)
@given(seed=SEEDS, directed=st.booleans(), pace=PACES)
def test_a_place_that_comes_later_is_seated_exactly(seed, directed, pace):
    w = world(seed, directed=directed)
    graph = graphs.build(w.net, [w.homes], pace)
    seat = graph.seat(w.facilities)
    times = near.nearest(graph, seat, w.category, categories=w.categories, limit=360_000)
    own = near.at_origins(times, graph.seats[0], w.homes.owners)
    truth = between_places(w, pace)
    for c in range(w.categories):
        best = truth[:, w.category == c].min(axis=1, initial=NEVER_DS)
        assert own.values[:, c].tolist() == np.where(best <= 360_000, best, 360_001).tolist()
