"""Helsinki as it is: every value of every node against SciPy, which knows nothing of our order and elimination."""

import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Relation
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine.causes import Cause
from liren.development.lifecircle.engine.network import Flag
from liren.development.lifecircle.engine.readers.pbf import read_pbf
from liren.development.lifecircle.engine.readers.rules import rules

from .conftest import kernels_named

CATEGORIES, LIMIT = 40, 9_000
RNG = np.random.default_rng(12)


@pytest.fixture(scope="module")
def helsinki(shared_data):
    return e.clean(read_pbf(shared_data / "geo" / "helsinki_centre.osm.pbf", rules("walk")))[0]


@pytest.fixture(scope="module")
def facilities(helsinki):
    node = RNG.integers(0, helsinki.nodes, 200)
    return node, RNG.integers(0, CATEGORIES - 1, 200).astype(np.int32)  # the last category stays empty


def by_scipy(net, pace, node) -> np.ndarray:
    """Times from every facility's node to every node, straight from the network's own arrays."""
    time = pace.deciseconds(net.length_mm)
    pairs = np.concatenate([np.stack([net.a, net.b]), np.stack([net.b, net.a])], axis=1)
    order = np.lexsort((np.tile(time, 2), pairs[1], pairs[0]))
    pairs, weights = pairs[:, order], np.tile(time, 2)[order].astype(float)
    first = np.append(True, (np.diff(pairs, axis=1) != 0).any(axis=0))
    graph = csr_array((weights[first], (pairs[0][first], pairs[1][first])), shape=(net.nodes, net.nodes))
    return dijkstra(graph, directed=True, indices=node)


@pytest.mark.needs_data
@pytest.mark.requirement("R244")
def test_every_time_count_and_list_of_a_real_town_equals_scipy(helsinki, facilities):
    node, category = facilities
    pace = e.Pace(1111)
    graph = e.build(helsinki, [], pace)
    seats = e.seeds(graph.of_node[node], np.arange(len(node)))
    truth = by_scipy(helsinki, pace, node)
    times = e.nearest(graph, seats, category, categories=CATEGORIES, limit=LIMIT).values[graph.of_node]
    counts, _ = e.counts_at_nodes(graph, seats, category, categories=CATEGORIES, within=np.array([3_000, LIMIT]))
    for c in range(CATEGORIES):
        mine = truth[category == c]
        best = mine.min(axis=0, initial=np.inf)
        assert (times[:, c] == np.where(best <= LIMIT, best, LIMIT + 1)).all()
        for t, within in enumerate((3_000, LIMIT)):
            assert (counts[graph.of_node, c, t] == (mine <= within).sum(axis=0)).all()
    homes = np.arange(0, helsinki.nodes, 7)
    found = e.lists(graph, e.seeds(graph.of_node[homes], np.arange(len(homes))), seats, limit=LIMIT)
    origin, source = np.nonzero(truth[:, homes].T <= LIMIT)
    assert (found.origin == origin).all()
    assert (found.source == source).all()
    assert (found.time == truth[source, homes[origin]]).all()


@pytest.mark.needs_data
@pytest.mark.parametrize("limit", [0, 360_000], ids=["nothing", "ten hours"])
def test_a_limit_of_nothing_and_of_ten_hours_have_right_answers(helsinki, facilities, limit):
    node, category = facilities
    graph = e.build(helsinki, [], e.Pace(100))  # so slow that ten hours do not cross the town
    seats = e.seeds(graph.of_node[node], np.arange(len(node)))
    times = e.nearest(graph, seats, category, categories=CATEGORIES, limit=limit).values[graph.of_node]
    best = by_scipy(helsinki, e.Pace(100), node[category == 0]).min(axis=0)
    assert best.max() > 32_767
    assert (times[:, 0] == np.where(best <= limit, best, limit + 1)).all()


@pytest.mark.needs_data
@pytest.mark.parametrize("limit", [32_766, 32_767, 65_534, 65_535, 65_536])
def test_nothing_overflows_where_sixteen_bits_end(helsinki, facilities, limit):
    node, category = facilities
    graph = e.build(helsinki, [], e.Pace(60))
    seats = e.seeds(graph.of_node[node], np.arange(len(node)), np.full(len(node), 30_000))
    kept = np.where(category < 3, category, -1).astype(np.int32)
    ours = e.nearest(graph, seats, kept, categories=3, limit=limit)
    plain = e.nearest(graph, seats, kept, categories=3, limit=limit, kernels=kernels_named("plain"))
    assert (ours.values == plain.values).all()
    assert ours.reached.any()
    assert not ours.reached.all()


@pytest.mark.needs_data
def test_wide_and_narrow_instructions_give_the_same_bits(helsinki, facilities):
    node, category = facilities
    answers = []
    for way in ("native-avx2", "native"):
        kernels = kernels_named(way)
        graph = e.build(helsinki, [], e.Pace(1111), kernels=kernels)
        seats = e.seeds(graph.of_node[node], np.arange(len(node)))
        answers.append(e.nearest(graph, seats, category, categories=CATEGORIES, limit=40_000, kernels=kernels).values)
    assert (answers[0] == answers[1]).all()


@pytest.mark.needs_data
def test_more_time_never_loses_a_facility_and_a_faster_pace_is_never_slower(helsinki, facilities):
    node, category = facilities
    graph, quick = (e.build(helsinki, [], e.Pace(pace)) for pace in (1111, 1400))
    seats = [e.seeds(g.of_node[node], np.arange(len(node))) for g in (graph, quick)]
    near, far = (e.nearest(graph, seats[0], category, categories=CATEGORIES, limit=limit) for limit in (3_000, LIMIT))
    assert (far.reached | ~near.reached).all()
    assert (far.values[near.reached] == near.values[near.reached]).all()
    faster = e.nearest(quick, seats[1], category, categories=CATEGORIES, limit=LIMIT)
    assert faster.reached.sum() > far.reached.sum()


@pytest.mark.needs_data
def test_a_river_and_walls_are_known_from_the_extract(helsinki):
    assert len(helsinki.barriers.kind) > 1_000
    assert (helsinki.flags & Flag.STEPS).any()


@pytest.mark.needs_data
def test_gates_of_compounds_and_a_wall_that_is_opened(helsinki):
    """From points to people, with a gate that siting would choose and the what-if confirms."""
    rng = np.random.default_rng(3)
    inside = [rng.uniform(side.min(), side.max(), 300) for side in (helsinki.lon, helsinki.lat)]
    homes = e.snap(helsinki, *inside, within_m=250)
    spots = e.snap(helsinki, *(side[:6] for side in inside), within_m=250)
    graph = e.build(helsinki, [homes, spots], e.Pace(1111))
    category, people = np.zeros(6, np.int32), rng.integers(1, 900, 300)
    city = e.WhatIf(graph, graph.seats[0], graph.seats[1], category, owners=300, categories=1, limit=3_000)
    units = e.tree([np.arange(300) % 5, np.zeros(5, int)], (300, 5, 1))
    board = e.Board(city.times, people, np.array([3_000]), units)
    before = int(board.levels[-1][0, 0, 0])
    a, b = rng.choice(graph.arcs.nodes, (2, 60)).astype(np.int32)
    labels = e.Times(city.labels, city.limit)
    found = e.lists(graph, graph.seats[0], e.ways(a, b, np.full(60, 300, np.int32), labels, 0), limit=3_000)
    need = e.unmet(city.times, people, 3_000)
    best = e.certified(e.problem(*e.of_sites(found, 0, 1), need, candidates=60, budget=1))
    assert best.gap == 0.0
    chosen = int(best.chosen[0])
    for step in city.open_way(int(a[chosen]), int(b[chosen]), 300):
        board.change(step.origin, step.category, step.was, step.now)
    assert int(board.levels[-1][0, 0, 0]) - before == best.people > 0
    assert (city.labels == city.fresh().values).all()


@pytest.fixture(scope="module")
def by_relations(shared_data, tmp_path_factory):
    """Helsinki as if its waters were drawn by relations alone: their ways say nothing, the relations what they said."""
    source, path = shared_data / "geo" / "helsinki_centre.osm.pbf", tmp_path_factory.mktemp("osm") / "by.osm.pbf"
    waters: dict[str, list[int]] = {}
    with osmium.SimpleWriter(str(path)) as writer:
        for one in osmium.FileProcessor(str(source)):
            said = one.tags.get("natural", "") if one.is_way() else ""
            if said in ("water", "coastline"):
                waters.setdefault(said, []).append(one.id)
                writer.add(one.replace(tags={}))
            elif not one.is_relation():
                writer.add(one)
        for number, (said, ways) in enumerate(waters.items(), 1):
            members = [("w", way, "outer") for way in ways]
            tags = {"type": "multipolygon", "natural": said}
            writer.add_relation(Relation(id=number, version=1, members=members, tags=tags))
    assert sum(map(len, waters.values())) == 10
    return read_pbf(path, rules("walk"))


def pieces(net):
    """The barriers as a set: in which order they were read is nobody's business."""
    return sorted(map(tuple, np.column_stack([net.barriers.kind, net.barriers.ends]).tolist()))


@pytest.mark.needs_data
@pytest.mark.requirement("R244")
def test_water_that_only_relations_know_is_named_as_the_cause(shared_data, by_relations):
    whole = read_pbf(shared_data / "geo" / "helsinki_centre.osm.pbf", rules("walk"))
    assert pieces(by_relations) == pieces(whole)
    shore = by_relations.barriers.ends[by_relations.barriers.kind == e.Barrier.WATER]
    middle, across = (shore[:, :2] + shore[:, 2:]) / 2, (shore[:, 2:] - shore[:, :2])[:, ::-1] * [1, -1]
    here, there = middle + across, middle - across
    asked = *here.T, *there.T, np.ones(len(shore), np.bool_)
    named = e.causes(by_relations, *asked)
    assert (named == e.causes(whole, *asked)).all()
    assert (named == Cause.WATER).sum() > 50  # a bridge near by, or a wall on the quay, names the others
