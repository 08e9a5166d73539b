"""Sums from compounds to the city, nested circles and their gaps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.development.lifecircle import engine as e

# Six compounds in four communities, two streets, one district, one city.
PARENTS = ([0, 0, 1, 2, 3, 3], [0, 0, 1, 1], [0, 0], [0])
SIZES = (6, 4, 2, 1, 1)
UNITS = e.tree([np.array(parent) for parent in PARENTS], SIZES)
PEOPLE = np.array([100, 50, 0, 7, 1_000, 3])
LIMIT = 9_000
TIMES = e.Times(
    np.array([[2_999, 9_001], [3_000, 9_000], [1, 1], [3_001, 6_000], [9_001, 9_001], [6_001, 0]], np.uint16), LIMIT
)
WITHIN = np.array([3_000, 6_000, 9_000])


@pytest.mark.requirement("R244")
def test_people_served_are_counted_at_every_level():
    compounds, communities, streets, district, city = e.summed(e.served(TIMES, PEOPLE, WITHIN), UNITS)
    assert compounds[0].tolist() == [[100, 100, 100], [0, 0, 0]]
    assert communities[:, 0].tolist() == [[150, 150, 150], [0, 0, 0], [0, 7, 7], [0, 0, 3]]
    assert streets[:, 1].tolist() == [[0, 0, 50], [3, 10, 10]]
    assert district.tolist() == city.tolist() == [[[150, 157, 160], [3, 10, 60]]]


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_sums_are_exact_whatever_the_tree(seed):
    rng = np.random.default_rng(seed)
    sizes = [int(rng.integers(1, 40)), int(rng.integers(1, 8)), int(rng.integers(1, 4)), 1]
    parents = [rng.integers(0, above, below) for below, above in zip(sizes, sizes[1:], strict=False)]
    values = rng.integers(-(10**12), 10**12, (sizes[0], 2))
    for level in e.summed(values, e.tree(parents, sizes)):
        assert level.sum(axis=0).tolist() == values.sum(axis=0).tolist()
    middle = e.summed(values, e.tree(parents, sizes))[1]
    for unit in range(sizes[1]):
        assert middle[unit].tolist() == [sum(values[i, k] for i in np.flatnonzero(parents[0] == unit)) for k in (0, 1)]


@pytest.mark.parametrize(
    ("parents", "sizes", "said"),
    [
        ([[0, 5]], (2, 1), "Level 0: unit 1"),
        ([[0, -1]], (2, 1), "Level 0: unit 1"),
        ([[0]], (2, 1), "Level 0: unit 1"),
        ([[0, 0]], (2,), "sizes"),
    ],
)
def test_a_unit_without_a_parent_is_named(parents, sizes, said):
    with pytest.raises(e.BadParameter, match=said):
        e.tree([np.array(parent) for parent in parents], sizes)


def test_sums_that_would_not_be_exact_are_refused():
    with pytest.raises(e.BadParameter, match="exact"):
        e.summed(np.full(6, 2**52), UNITS)
    with pytest.raises(e.BadParameter, match="5 rows for 6"):
        e.summed(np.zeros(5, np.int64), UNITS)


def test_a_threshold_beyond_what_was_worked_out_is_refused():
    with pytest.raises(e.BadParameter, match="wider than the times"):
        e.served(TIMES, PEOPLE, np.array([LIMIT + 1]))
    with pytest.raises(e.BadParameter, match="wider than the times"):
        e.Board(TIMES, PEOPLE, np.array([LIMIT + 1]), UNITS)
    none = np.zeros(0, np.int32)
    with pytest.raises(e.BadParameter, match="wider than the lists"):
        e.counts_of(e.Found(none, none, none, 5), none, owners=1, categories=1, within=np.array([6]))


@pytest.mark.requirement("R239")
def test_service_area_for_each_hundred_households_and_what_is_missing():
    area, households = np.array([600, 250, 0, 30]), np.array([2_000, 1_000, 0, 101])
    assert e.per(area, households, 100).tolist()[:2] == [30.0, 25.0]
    assert np.isnan(e.per(area, households, 100)[2])
    assert e.shortfall(area, households, 30, 100).tolist() == [0, 50, 0, 1]


@pytest.mark.requirement("R240")
def test_rooms_required_of_a_new_estate():
    assert e.required(np.array([0, 6_000, 6_001, 20_000]), 100, 1_000, 600).tolist() == [600, 600, 601, 2_000]


CIRCLES = (e.Circle("15", 9_000, (1,)), e.Circle("5", 3_000, (0,)))


@pytest.mark.requirement("R245")
def test_each_circle_is_judged_by_its_own_services_and_limit():
    judged = e.judge(TIMES, CIRCLES)
    assert judged.reached[:, 0].tolist() == [True, True, True, False, False, False]  # within 5 minutes
    assert judged.reached[:, 1].tolist() == [False, True, True, True, False, True]  # within 15
    assert judged.complete[:, 0].tolist() == judged.reached[:, 1].tolist()
    assert judged.missing[:, 1].tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.requirement("R245")
def test_a_facility_of_one_level_never_serves_another():
    with pytest.raises(e.BadParameter, match="does not serve another"):
        e.judge(TIMES, (e.Circle("15", 9_000, (0, 1)), e.Circle("5", 3_000, (1,))))


def test_a_circle_beyond_the_times_or_the_categories_is_refused():
    with pytest.raises(e.BadParameter, match="reaches 9001"):
        e.judge(TIMES, (e.Circle("15", 9_001, (0,)),))
    with pytest.raises(e.BadParameter, match="not one of 2"):
        e.judge(TIMES, (e.Circle("15", 9_000, (2,)),))


def test_gaps_come_by_people_and_empty_compounds_have_none():
    found = e.gaps(e.judge(TIMES, CIRCLES), CIRCLES, PEOPLE)
    rows = list(zip(found.origin.tolist(), found.category.tolist(), found.people.tolist(), strict=True))
    assert rows == [(4, 0, 1_000), (4, 1, 1_000), (0, 1, 100), (3, 0, 7), (5, 0, 3)]


@pytest.mark.requirement("R244")
def test_urban_residents_walk_and_rural_ones_cycle():
    fast = e.Times(np.zeros((6, 2), np.uint16), LIMIT)
    own = e.by_residence(np.array([True, False] * 3), TIMES, fast)
    assert own.values[0].tolist() == [2_999, 9_001]
    assert own.values[1].tolist() == [0, 0]
    with pytest.raises(e.BadParameter):
        e.by_residence(np.array([True]), TIMES, e.Times(np.zeros((6, 2), np.uint16), 5))
