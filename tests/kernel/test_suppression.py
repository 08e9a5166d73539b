"""Small counts are hidden, and so is what would give them away."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.foundation.kernel.suppression import published, suppress


@pytest.mark.requirement("R378")
@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (6, 6)])
def test_a_count_that_could_single_out_a_person_is_not_published(count: int, shown: int | None) -> None:
    assert published(count) == shown


def test_the_floor_can_be_raised() -> None:
    assert (published(9, floor=10), published(10, floor=10)) == (None, 10)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([], []),
        ([10, 20], [10, 20]),
        ([10, 0, 20], [10, 0, 20]),
        ([3, 10, 20], [None, None, 20]),
        ([3, 4, 20], [None, None, 20]),
        ([1, 1, 20, 0], [None, None, None, 0]),
        ([3], [None]),
        ([3, 0], [None, None]),
        ([1, 0, 0], [None, None, None]),
    ],
)
def test_a_hidden_count_can_not_be_worked_out_from_the_total(counts: list[int], shown: list[int | None]) -> None:
    assert suppress(counts) == shown


@pytest.mark.requirement("R378")
@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
def test_the_total_and_the_shown_parts_leave_every_small_part_open(counts: list[int]) -> None:
    """An attacker who knows the total and the rule's floor still finds two answers for each small hidden part."""
    shown = suppress(counts)
    assert all(
        value is None or value in (0, count) or value == count for value, count in zip(shown, counts, strict=True)
    )
    hidden = [place for place, value in enumerate(shown) if value is None]
    rest = sum(counts) - sum(value for value in shown if value is not None)
    if not hidden or len(hidden) == len(counts):
        return
    answers = [guess for guess in itertools.product(range(rest + 1), repeat=len(hidden)) if sum(guess) == rest]
    for position, place in enumerate(hidden):
        if 0 < counts[place] < 5:
            assert len({guess[position] for guess in answers}) > 1


@given(st.lists(st.integers(0, 40), max_size=12))
def test_nothing_small_is_ever_shown_and_nothing_shown_is_changed(counts: list[int]) -> None:
    for count, value in zip(counts, suppress(counts), strict=True):
        assert value is None or (value == count and not 0 < value < 5)
