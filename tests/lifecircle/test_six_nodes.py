"""A town of six nodes, worked out by hand.

      2 ──────── 3 ──────── 5          1 m takes 9 deciseconds at 4 km/h (1,111 mm a second: 100 m = 900)
      │  100 m   │  300 m
100 m │          │ 100 m               A kindergarten stands at 5, a clinic half way between 0 and 1.
      │          │                     Homes at 0 and 4, and one 50 m from the way 2–3, opposite its middle.
      0 ──────── 1      4 (island: 4 alone is joined to nothing)
        200 m
"""

import numpy as np
import pytest

from liren.development.lifecircle import engine as e

LAT = 30.0
EAST, NORTH = 96_486.28, 110_852.46  # metres of a degree at 30° north (Snyder's tables)
KINDERGARTEN, CLINIC = 0, 1


@pytest.fixture(scope="module")
def town() -> e.Network:
    x = np.array([0, 200, 0, 100, 900, 400]) / EAST
    y = np.array([0, 0, 100, 100, 900, 100]) / NORTH
    a, b = np.array([0, 0, 2, 1, 3]), np.array([1, 2, 3, 3, 5])
    return e.network(104 + x, LAT + y, a, b, length_m=np.array([200.0, 100.0, 100.0, 100.0, 300.0]), name="six nodes")


@pytest.fixture(scope="module")
def graph(town) -> e.Graph:
    homes = e.Places(
        edge=np.array([0, 3, 2], np.int32),
        along_mm=np.array([0, 0, 50_000], np.int32),
        access_mm=np.array([0, 0, 50_000], np.int32),
        owner=np.arange(3, dtype=np.int32),
        owners=3,
    )
    facilities = e.Places(
        edge=np.array([4, 0], np.int32),
        along_mm=np.array([300_000, 100_000], np.int32),
        access_mm=np.zeros(2, np.int32),
        owner=np.arange(2, dtype=np.int32),
        owners=2,
    )
    return e.build(town, [homes, facilities], e.Pace(1111))


@pytest.mark.requirement("R244")
def test_minutes_are_those_counted_by_hand(graph):
    times = e.nearest(graph, graph.seats[1], np.array([0, 1], np.int32), categories=2, limit=9_000)
    own = e.at_origins(times, graph.seats[0], 3)
    # Home 0 to the kindergarten: 0–2–3–5 = 500 m = 4,500; to the clinic: half of 200 m = 900.
    assert own.values[0].tolist() == [4_500, 900]
    # Home 1 stands at node 1: 1–3–5 = 400 m; clinic 100 m.
    assert own.values[1].tolist() == [3_600, 900]
    # Home 2: 50 m to the way, 50 m to node 3, 300 m; to the clinic 50 + 50 + 100 (3–1) + 100, or over 2 and 0 the same.
    assert own.values[2].tolist() == [3_600, 2_700]
    assert own.minutes()[0].tolist() == [7.5, 1.5]


def test_an_island_is_reached_from_nowhere_and_said_so(graph):
    times = e.nearest(graph, graph.seats[1], np.array([0, 1], np.int32), categories=2, limit=9_000)
    assert times.values[graph.of_node[4]].tolist() == [9_001, 9_001]
    assert not times.reached[graph.of_node[4]].any()
    assert np.isnan(times.minutes()[graph.of_node[4]]).all()


def test_exactly_the_limit_is_reached_and_one_decisecond_more_is_not(graph):
    for limit, reached in ((3_600, True), (3_599, False)):
        times = e.nearest(graph, graph.seats[1], np.array([0, 1], np.int32), categories=2, limit=limit)
        own = e.at_origins(times, graph.seats[0], 3)
        assert bool(own.reached[1, KINDERGARTEN]) is reached
        assert own.values[1, KINDERGARTEN] == (3_600 if reached else limit + 1)


def test_lengths_without_measurement_are_those_of_the_ellipsoid(town):
    measured = e.network(town.lon, town.lat, town.a, town.b)
    assert measured.length_mm[:3].tolist() == pytest.approx([200_000, 100_000, 100_000], abs=3)


def test_a_distance_of_a_standard_becomes_a_limit():
    assert e.metres_to_ds(300, e.Pace(1111)) == 2_700
    assert e.metres_to_ds(500, e.Pace(1111)) == 4_500


def test_a_wheelchair_takes_no_steps(town):
    steps = e.network(
        town.lon, town.lat, town.a, town.b,
        length_m=town.length_mm / 1000.0, flags=np.array([0, 0, 0, 0, e.Flag.STEPS]),
    )  # fmt: skip
    spot = e.Places(*(np.array([v], np.int32) for v in (4, 300_000, 0, 0)), 1)
    home = e.Places(*(np.array([v], np.int32) for v in (3, 0, 0, 0)), 1)
    for pace, expected in ((e.Pace(1111), 3_600), (e.Pace(1111, 0), 9_001), (e.Pace(1111, 555), 900 + 5_405)):
        graph = e.build(steps, [home, spot], pace)
        times = e.nearest(graph, graph.seats[1], np.zeros(1, np.int32), categories=1, limit=9_000)
        assert e.at_origins(times, graph.seats[0], 1).values.tolist() == [[expected]]


def test_of_two_gates_the_better_counts(town):
    two = e.Places(
        edge=np.array([0, 4], np.int32),
        along_mm=np.array([0, 250_000], np.int32),
        access_mm=np.array([0, 20_000], np.int32),
        owner=np.zeros(2, np.int32),
        owners=1,
    )
    spot = e.Places(*(np.array([v], np.int32) for v in (4, 300_000, 0, 0)), 1)
    graph = e.build(town, [two, spot], e.Pace(1111))
    times = e.nearest(graph, graph.seats[1], np.zeros(1, np.int32), categories=1, limit=9_000)
    assert e.at_origins(times, graph.seats[0], 1).values.tolist() == [[450 + 180]]
    found = e.lists(graph, *graph.seats, limit=9_000)
    assert (found.origin.tolist(), found.source.tolist(), found.time.tolist()) == ([0], [0], [630])
