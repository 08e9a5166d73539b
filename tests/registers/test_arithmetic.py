"""Adding coverage up the tree, against a slow and obvious reckoning; hidden sums, against somebody who subtracts."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.registers.engine import coverage
from liren.foundation.registers.engine.coverage import (
    FITS,
    MICRO,
    VALUE,
    Counted,
    Tree,
    exact,
    gap,
    hidden_sums,
    quotients,
)
from liren.foundation.registers.engine.spec import MeasureSpec, Words


class Figure(NamedTuple):
    unit: int
    numerator: int
    denominator: int | None
    value: int | None
    withheld: bool = False


def figures(*given: Any) -> list[Figure]:
    """Unit by unit what comes column by column."""
    return [Figure(*row) for row in zip(*coverage.figures(*given), strict=True)]


SIZES = [10**3, 10**9, 10**15, 10**25]
#: Small ones, round ones, and such as no machine number holds.
WHOLE = st.one_of(
    st.integers(-20, 20), st.integers(-(10**6), 10**6).map(lambda n: n * MICRO), st.integers(-(10**25), 10**25)
)


def tree(parents: list[int], levels: list[int], of: list[str] | None = None) -> Tree:
    size = len(parents)
    return Tree(
        ids=np.arange(100, 100 + size, dtype=np.int64),
        level=np.array(levels, dtype=np.int64),
        parent=np.array(parents, dtype=np.int64),
        of=np.array(of or [""] * size, dtype="U8"),
    )


def counted(size: int, **given: list[int]) -> Counted:
    whole = {name: np.array(given.get(name, [0] * size), dtype=np.int64) for name in ("matching", "entries", "few")}
    sums = {name: exact([n * MICRO for n in given.get(name, [0] * size)]) for name in ("sum", "over", "few_sum")}
    return Counted(**whole, **sums)


def measure(kind: str, unit: str = "percent", **facts: Any) -> MeasureSpec:
    return MeasureSpec("it", Words("率", "Share"), kind, unit, **{"level": "community", **facts})


@st.composite
def trees(draw: Any) -> Tree:
    """A city, districts, streets, communities, grids; every unit hangs from one of a higher level."""
    levels, parents, of = [2], [-1], [""]
    for level in (3, 4, 5, 7):
        for _ in range(draw(st.integers(0, 5))):
            above = [place for place, one in enumerate(levels) if one < level]
            parent = draw(st.sampled_from(above))
            levels.append(level)
            parents.append(parent)
            of.append(draw(st.sampled_from(["urban", "rural", ""])) if level == 5 else of[parent] if level > 5 else "")
    return tree(parents, levels, of)


def below(one: Tree, place: int) -> list[int]:
    """The unit and everything under it, by walking up from each."""
    found = []
    for start in range(len(one.ids)):
        at = start
        while at not in (-1, place):
            at = int(one.parent[at])
        if at == place:
            found.append(start)
    return found


@given(trees(), st.data(), st.sampled_from(["all", "urban", "rural"]), st.integers(1, 3))
def test_shares_of_units_are_what_counting_gives(one, data, of, at_least):
    size = len(one.ids)
    matching = data.draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    found = figures(measure("units", of=of, at_least=at_least), one, counted(size, matching=matching), {})
    expected = []
    for place in range(size):
        meant = [p for p in below(one, place) if one.level[p] == 5 and of in ("all", one.of[p])]
        if one.level[place] <= 5 and meant:
            covered = sum(sum(matching[q] for q in below(one, p)) >= at_least for p in meant)
            share = (Decimal(100 * covered) / len(meant)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            expected.append((int(one.ids[place]), covered * MICRO, len(meant) * MICRO, int(share * VALUE)))
    assert [figure[:4] for figure in found] == expected


@given(trees(), st.data())
def test_rates_ratios_counts_and_shares_of_entries_are_what_adding_gives(one, data):
    size = len(one.ids)
    most = {"matching": 10**9, "entries": 10**9, **dict.fromkeys(("sum", "over"), data.draw(st.sampled_from(SIZES)))}
    given_ = {
        name: data.draw(st.lists(st.integers(0, top), min_size=size, max_size=size)) for name, top in most.items()
    }
    numbers = counted(size, **given_)
    known = {int(pk): 1000 for pk in one.ids if pk % 2}
    rate = figures(
        measure("rate", "m2_per_100_households", per="households", sum="a", scale=Decimal(100)), one, numbers, known
    )
    ratio = figures(measure("ratio", sum="a", over="b", scale=Decimal(100)), one, numbers, {})
    share = figures(measure("entries"), one, numbers, {})
    count = figures(measure("count", "piece"), one, numbers, {})
    places = [place for place in range(size) if one.level[place] <= 5]
    for at, place in enumerate(places):
        total = {name: sum(given_[name][p] for p in below(one, place)) for name in given_}
        unit = int(one.ids[place])
        assert rate[at] == Figure(
            unit,
            total["sum"] * MICRO,
            1000 * MICRO if unit in known else None,
            total["sum"] * 100 * VALUE // 1000 if unit in known else None,
        )
        assert ratio[at][:3] == (unit, total["sum"] * MICRO, total["over"] * MICRO)
        assert (ratio[at].value is None) == (total["over"] == 0)
        assert share[at][:3] == (unit, total["matching"] * MICRO, total["entries"] * MICRO)
        assert count[at] == Figure(unit, total["matching"] * MICRO, None, total["matching"] * VALUE)


def test_halves_are_rounded_away_from_zero():
    one = tree([-1], [2])
    for above, below_, value in ((1, 3, 333_333), (2, 3, 666_667), (1, 8, 125_000), (-1, 3, -333_333)):
        found = figures(
            measure("ratio", sum="a", over="b", scale=Decimal(100), level="city"),
            one,
            counted(1, sum=[above], over=[below_]),
            {},
        )
        assert found[0].value == value


def test_sums_larger_than_any_machine_number_stay_exact():
    one = tree([-1, 0, 0], [2, 5, 5])
    most = 10**15
    found = figures(measure("count", "m2", sum="a"), one, counted(3, sum=[0, most, most]), {})
    assert found[0].numerator == 2 * most * MICRO


def test_numbers_are_those_of_the_machine_as_long_as_their_sum_is_one():
    half = FITS // 2
    for numbers, kind in (([], "int64"), ([half - 1, -half], "int64"), ([half, half], "object"), ([10**40], "object")):
        made = exact(numbers)
        assert (made.tolist(), str(made.dtype)) == (numbers, kind)


@given(st.lists(st.tuples(WHOLE, WHOLE.filter(bool)), max_size=5), st.fractions(Fraction(1, 10**6), 10**9))
def test_quotients_of_any_size_are_those_of_fractions(pairs, scale):
    found = quotients(exact([one for one, _ in pairs]), exact([one for _, one in pairs]), scale)
    for (above, below_), quotient in zip(pairs, found.tolist(), strict=True):
        whole = Fraction(above, below_) * scale
        rounded = (2 * abs(whole) + 1) // 2
        assert quotient == (rounded if whole > 0 else -rounded)


@pytest.mark.requirement("R378")
@given(trees(), st.data())
def test_nobody_finds_a_small_number_by_subtracting(one, data):
    """Whatever sums are shown: taking from each what is shown below it leaves nothing small, and nothing alone."""
    size = len(one.ids)
    numbers = [data.draw(st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 9]), max_size=3)) for _ in range(size)]
    few = [[n for n in many if 0 < n < 5] for many in numbers]
    hidden = hidden_sums(one, counted(size, few=[len(n) for n in few], few_sum=[sum(n) for n in few]))
    for place in range(size):
        if hidden[place]:
            continue
        left: list[int] = []
        queue = [place]
        while queue:  # own numbers, and those of hidden sums below, down to sums that are shown
            at = queue.pop()
            left += few[at]
            queue += [p for p in range(size) if one.parent[p] == at and hidden[p]]
        assert left == [] or (len(left) >= 2 and sum(left) >= 5)


@pytest.mark.parametrize(
    ("operator", "value", "low", "high", "result"),
    [
        (">=", 30, 30, None, (True, 0)), (">=", 29, 30, None, (False, 1)), (">", 30, 30, None, (False, 0)),
        ("<=", 31, 30, None, (False, 1)), ("<", 29, 30, None, (True, 0)), ("<", 30, 30, None, (False, 0)),
        ("=", 30, 30, None, (True, 0)), ("=", 28, 30, None, (False, 2)),
        ("range", 4, 3, 5, (True, 0)), ("range", 2, 3, 5, (False, 1)), ("range", 9, 3, 5, (False, 4)),
    ],
)  # fmt: skip
def test_the_gap_to_a_target(operator, value, low, high, result):
    assert gap(operator, value, low, high) == result
