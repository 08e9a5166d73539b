"""The service radius beside the network, and the name of the difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine.causes import Cause
from liren.development.lifecircle.engine.network import Barrier, Flag, Lines

LON, LAT = 104.0, 30.0


def town(kinds, *, flags=0, bridge_at=0.0):
    """A way far round, and barriers across the straight line from the south to the north of a street."""
    ends = [[LON - 0.001, LAT + 0.0005, LON + 0.001, LAT + 0.0005]] * len(kinds)
    return e.network(
        np.array([LON + bridge_at, LON + bridge_at, LON + 0.02]),
        np.array([LAT, LAT + 0.001, LAT]),
        np.array([0, 1]),
        np.array([1, 2]),
        flags=np.array([flags, 0]),
        barriers=Lines(np.array(kinds, np.uint8), np.array(ends, np.float64).reshape(-1, 4)),
    )


def asked(net):
    here, there = (np.array([LON]), np.array([LAT])), (np.array([LON]), np.array([LAT + 0.001]))
    return e.causes(net, *here, *there, np.array([True])).tolist()


@pytest.mark.parametrize(
    ("kinds", "cause"),
    [
        ([], Cause.DETOUR),
        ([Barrier.WALL], Cause.WALL),
        ([Barrier.WATER], Cause.WATER),
        ([Barrier.RAIL], Cause.RAIL),
        ([Barrier.ROAD], Cause.CROSSING),
        ([Barrier.ROAD, Barrier.WALL, Barrier.WATER], Cause.WALL),
        ([Barrier.ROAD, Barrier.WATER], Cause.WATER),
    ],
    ids=str,
)
def test_what_lies_across_the_straight_line_is_named(kinds, cause):
    assert asked(town(kinds)) == [cause]


@pytest.mark.parametrize(
    ("kind", "flags", "away", "cause"),
    [
        (Barrier.WATER, Flag.BRIDGE, 0.0, Cause.DETOUR),
        (Barrier.WATER, Flag.BRIDGE, 0.0005, Cause.DETOUR),
        (Barrier.WATER, Flag.BRIDGE, 0.002, Cause.WATER),
        (Barrier.ROAD, Flag.CROSSING, 0.0, Cause.DETOUR),
        (Barrier.WALL, Flag.BRIDGE, 0.0, Cause.WALL),
    ],
)
def test_a_bridge_or_crossing_near_the_line_leads_over_but_not_through_a_wall(kind, flags, away, cause):
    assert asked(town([kind], flags=flags, bridge_at=away)) == [cause]


def test_where_nothing_differs_there_is_no_cause():
    point = np.array([LON]), np.array([LAT])
    assert e.causes(town([Barrier.WALL]), *point, *point, np.array([False])).tolist() == [Cause.NONE]


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_radius_is_that_of_the_ellipsoid_within_half_a_percent(seed):
    rng = np.random.default_rng(seed)
    homes = LON + rng.random(6) / 20, LAT + rng.random(6) / 20
    spots = LON + rng.random(9) / 20, LAT + rng.random(9) / 20
    owner, category = np.array([0, 0, 1, 2, 3, 4], np.int32), np.array([0, 0, 1, 1, 1], np.int32)
    facility = np.array([0, 0, 1, 2, 2, 3, 3, 4, 4], np.int32)
    found = e.straight(*homes, owner, 5, *spots, facility, category, categories=3)
    grid = [np.repeat(side, 9) for side in homes] + [np.tile(side, 6) for side in spots]
    metres = np.array(Geod(ellps="WGS84").inv(*grid)[2]).reshape(6, 9)
    for o in range(5):
        for c in range(2):
            pairs = metres[np.ix_(owner == o, category[facility] == c)]
            assert found.metres[o, c] == pytest.approx(pairs.min(), rel=0.005)
    assert np.isinf(found.metres[:, 2]).all()
    assert (found.facility[:, 2] == -1).all()


def test_a_radius_holds_up_to_its_last_metre_and_without_one_any_facility_will_do():
    spot = np.array([LON]), np.array([LAT])
    found = e.straight(*spot, np.array([0]), 1, *spot, np.array([0], np.int32), np.array([0], np.int32), categories=2)
    assert found.within(np.array([0.0, 500.0])).tolist() == [[True, False]]
    assert found.within(np.array([np.nan, np.nan])).tolist() == [[True, False]]


@pytest.mark.requirement("R305")
def test_compounds_with_green_within_300_metres_and_a_park_within_500_are_told_from_others():
    north = LAT + np.array([0, 0.002, 0.004, 0.006, 0.008])  # 222 m from one to the next
    found = e.straight(
        np.full(5, LON), north, np.arange(5, dtype=np.int32), 5,
        np.full(2, LON), north[:2], np.array([0, 1], np.int32), np.array([0, 1], np.int32), categories=2,
    )  # fmt: skip
    green, park = found.within(np.array([300.0, 500.0])).T.tolist()
    assert green == [True, True, False, False, False]
    assert park == [True, True, True, True, False]


def test_facilities_without_a_category_are_refused():
    spot = np.array([LON]), np.array([LAT])
    with pytest.raises(e.BadParameter, match="no category"):
        e.straight(*spot, np.array([0]), 1, *spot, np.array([4], np.int32), np.array([0], np.int32), categories=1)
