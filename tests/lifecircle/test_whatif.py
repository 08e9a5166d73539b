"""Whatever changes, the state equals a computation from nothing, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.development.lifecircle.engine import graph as graphs
from liren.development.lifecircle.engine import near
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.graph import Pace
from liren.development.lifecircle.engine.rollup import Board, tree
from liren.development.lifecircle.engine.snap import Places
from liren.development.lifecircle.engine.whatif import WhatIf

from .conftest import WAYS, kernels_named
from .worlds import WALK, World, world


def started(w: World, limit: int, way: str) -> WhatIf:
    kernels = kernels_named(way)
    graph = graphs.build(w.net, [w.homes, w.facilities], WALK, kernels=kernels)
    return WhatIf(
        graph, graph.seats[0], graph.seats[1], w.category,
        owners=w.homes.owners, categories=w.categories, limit=limit, kernels=kernels,
    )  # fmt: skip


PACES = st.builds(Pace, st.integers(200, 3_000), st.one_of(st.none(), st.just(0), st.integers(1, 2_000)))


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), first=PACES, then=PACES)
def test_a_graph_at_another_pace_is_one_built_for_it(seed, first, then):
    """Steps included, whichever of both can use them; what comes later is seated alike too."""
    w = world(seed, directed=True)
    moved = graphs.build(w.net, [w.homes, w.facilities], first).at(then, [w.homes, w.facilities])
    fresh = graphs.build(w.net, [w.homes, w.facilities], then)
    cities = [
        WhatIf(graph, *graph.seats, w.category, owners=w.homes.owners, categories=w.categories, limit=40_000)
        for graph in (moved, fresh)
    ]
    rng = np.random.default_rng(seed)
    points, time = two_points(w, rng), int(rng.integers(0, 900))
    for city in cities:
        city.add(city.graph.seat(points), 0)
        city.open_between(points, time)
    assert (cities[0].times.values == cities[1].times.values).all()
    nodes = [city.labels[city.graph.of_node] for city in cities]
    assert (nodes[0] == nodes[1]).all()


def test_steps_keep_their_own_pace_when_the_way_is_gone_faster():
    assert Pace(800, 500).walking(1_600) == Pace(1_600, 500)
    assert Pace(800, 0).walking(1_600) == Pace(1_600, 0)
    assert Pace(1_111, 1_111).walking(900) == Pace(900, 900)
    assert Pace(1_111).walking(900) == Pace(900, 900)


def two_points(w: World, rng: np.random.Generator) -> Places:
    """Two points on edges, with some way to them."""
    edge = rng.integers(0, w.net.edges, 2).astype(np.int32)
    along = np.rint(w.net.length_mm[edge] * rng.choice([0.0, 0.3, 1.0], 2)).astype(np.int32)
    return Places(edge, along, rng.integers(0, 9_000, 2).astype(np.int32), np.arange(2, dtype=np.int32), 2)


def act(city: WhatIf, w: World, rng: np.random.Generator) -> list:
    """One change of any kind."""
    n = city.graph.arcs.nodes
    kind = rng.choice(["add", "close", "move", "open_way", "close_way", "open_between", "shut"])
    seat = city.graph.seat(w.homes)
    one = near.Seeds(seat.at[:2], np.zeros(min(2, len(seat)), np.int32), seat.cost[:2])
    standing = np.flatnonzero(city.category >= 0)
    if kind == "add":
        return [city.add(one, int(rng.integers(0, city.categories)))[1]]
    if kind in ("close", "move") and len(standing):
        facility = int(rng.choice(standing))
        return [city.close(facility)] if kind == "close" else city.move(facility, one)[1]
    if kind == "open_way":
        a, b = rng.choice(n, 2, replace=False)
        return city.open_way(int(a), int(b), int(rng.integers(0, 900)), back=int(rng.integers(0, 900)))
    if kind in ("open_between", "shut"):
        opened, steps = city.open_between(two_points(w, rng), int(rng.integers(0, 900)))
        return steps + (city.shut(opened) if kind == "shut" else [])
    a = int(rng.integers(0, n))
    ends = city.graph.arcs.to[city.graph.arcs.ptr[a] : city.graph.arcs.ptr[a + 1]]
    return city.close_way(a, int(ends[0])) if len(ends) else []


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), limit=st.sampled_from([0, 900, 5_000, 40_000]), directed=st.booleans())
def test_after_any_changes_all_labels_times_and_sums_are_those_of_a_fresh_run(way, seed, limit, directed):
    w = world(seed, directed=directed)
    rng = np.random.default_rng(seed)
    city = started(w, limit, way)
    people = rng.integers(0, 1_000, w.homes.owners)
    units = tree([rng.integers(0, 2, w.homes.owners), np.zeros(2, np.int64)], [w.homes.owners, 2, 1])
    within = np.array([limit // 2, limit] if limit else [0])
    board = Board(city.times, people, within, units)
    for _ in range(3):
        for step in act(city, w, rng):
            board.change(step.origin, step.category, step.was, step.now)
    fresh = city.fresh()
    assert (city.labels == fresh.values).all()
    assert (city.times.values == near.at_origins(fresh, city.origins, w.homes.owners).values).all()
    again = Board(city.times, people, within, units)
    assert all((one == other).all() for one, other in zip(board.levels, again.levels, strict=True))


def test_a_step_says_whose_time_changed_and_how():
    w = world(11)
    city = started(w, 360_000, "plain")
    before = city.times.values.copy()
    seat = city.graph.seat(w.homes)
    _, step = city.add(near.Seeds(seat.at, np.zeros(len(seat), np.int32), np.zeros(len(seat), np.int32)), 0)
    changed = np.flatnonzero(before[:, 0] != city.times.values[:, 0])
    assert len(changed) > 0
    assert step.origin.tolist() == changed.tolist()
    assert step.was.tolist() == before[changed, 0].tolist()
    assert step.now.tolist() == city.times.values[changed, 0].tolist()


def test_closing_what_was_opened_leads_back():
    w = world(5)
    city = started(w, 40_000, "plain")
    before = city.labels.copy()
    known = set(city.graph.arcs.to[city.graph.arcs.ptr[0] : city.graph.arcs.ptr[1]].tolist())
    other = next(v for v in range(1, city.graph.arcs.nodes) if v not in known)
    city.open_way(0, other, 1)
    city.close_way(other, 0)
    assert (city.labels == before).all()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda city: city.close(99),
        lambda city: city.add(city.origins, 99),
        lambda city: city.open_way(0, 0, 5),
        lambda city: city.open_way(0, 10**6, 5),
        lambda city: city.close_way(0, 0),
        lambda city: city.open_between(Places(*(np.array([-1, 0], np.int32) for _ in range(3)), np.arange(2), 2), 5),
        lambda city: city.shut(np.array([[0, 1, 5]], np.int32)),
    ],
)
def test_a_change_that_cannot_be_meant_is_refused(wrong):
    city = started(world(3), 900, "plain")
    with pytest.raises(BadParameter):
        wrong(city)


def test_a_facility_cannot_be_closed_twice():
    w = next(w for seed in range(99) if (w := world(seed)).category.max(initial=-1) >= 0)
    city = started(w, 900, "plain")
    facility = int(np.flatnonzero(city.category >= 0)[0])
    city.close(facility)
    with pytest.raises(BadParameter, match="to close"):
        city.close(facility)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1), directed=st.booleans())
def test_a_gate_between_two_points_is_like_an_edge_that_was_always_there(seed, directed):
    """Compounds reach through it what they would reach in a network that has it from the start."""
    w = world(seed, directed=directed)
    rng = np.random.default_rng(seed)
    city = started(w, 40_000, "plain")
    points, time = two_points(w, rng), int(rng.integers(0, 900))
    opened, _ = city.open_between(points, time)
    graph = graphs.build(w.net, [w.homes, w.facilities, points], WALK)
    gate = graph.seats[2]
    whole = time + int(gate.cost.sum())
    truth = WhatIf(graph, graph.seats[0], graph.seats[1], w.category,
                   owners=w.homes.owners, categories=w.categories, limit=40_000)  # fmt: skip
    if gate.at[0] != gate.at[1]:
        truth.open_way(int(gate.at[0]), int(gate.at[1]), whole)
    assert (city.times.values == truth.times.values).all()
    before = started(w, 40_000, "plain").times.values
    city.shut(opened)
    assert (city.times.values == before).all()
