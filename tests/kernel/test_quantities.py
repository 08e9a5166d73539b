"""Quantities: exact, converted within a dimension, never mixed."""

from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.kernel.engine.quantities import UNITS, Quantity, WrongUnits, exact, plain, quantity, ratio, unit

NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
CODES = st.sampled_from(sorted(UNITS))


@pytest.mark.parametrize(
    ("number", "code", "other", "result"),
    [
        (1, "yuan", "fen", "100"),
        ("0.01", "yuan", "fen", "1"),
        (30, "wan_yuan", "yuan", "300000"),
        (90, "minute", "hour", "1.5"),
        (2, "km2", "hectare", "200"),
        (15, "percent", "one", "0.15"),
        (5, "permille", "percent", "0.5"),
        (2, "year", "month", "24"),
        (30, "m2_per_100_households", "m2_per_household", "0.3"),
        (100, "m2_per_1000_people", "m2_per_person", "0.1"),
        (3, "quarter", "percent", "75"),
        (1, "half", "fifth", "2.5"),
        (2, "tenth", "one", "0.2"),
        (30000, "yuan_per_1000_households", "yuan_per_household", "30"),
    ],
)
def test_conversion_within_a_dimension_is_exact(number: object, code: str, other: str, result: str) -> None:
    converted = quantity(number, code).to(other)
    assert (converted.value, converted.unit.code) == (Decimal(result), other)
    assert converted == quantity(number, code)


def test_the_two_rules_for_service_space_agree_at_three_people_to_a_household() -> None:
    """30 m² per 100 households and 100 m² per 1,000 people are the same at 3.0 people per household."""
    per_household = quantity(30, "m2_per_100_households").to("m2_per_household").value
    per_person = quantity(100, "m2_per_1000_people").to("m2_per_person").value
    assert per_household == per_person * 3


@given(NUMBERS, CODES, CODES)
def test_conversion_there_and_back_changes_nothing_and_mixing_is_refused(
    number: Decimal, code: str, other: str
) -> None:
    start = quantity(number, code)
    if start.unit.measures != unit(other).measures:
        with pytest.raises(WrongUnits):
            start.to(other)
        return
    try:
        assert start.to(other).to(code) == start
    except Inexact:
        assert Fraction(unit(code).factor) / Fraction(unit(other).factor)


@given(CODES, CODES)
def test_only_like_is_added_compared_and_taken_off(code: str, other: str) -> None:
    one, two = quantity(1, code), quantity(1, other)
    if one.unit.measures == two.unit.measures:
        assert (one < two) == (one.unit.factor < two.unit.factor)
        return
    assert one != two
    for mix in (lambda: one + two, lambda: one - two, lambda: one < two, lambda: one >= two, lambda: one <= two):
        with pytest.raises(WrongUnits):
            mix()


def test_arithmetic_keeps_the_unit_of_the_left() -> None:
    assert str(quantity(1, "hour") + quantity(30, "minute")) == "1.5 hours"
    assert str(quantity(1, "yuan") - quantity(1, "fen")) == "0.99 yuan"
    assert str(3 * quantity("0.1", "m2")) == "0.3 m²"
    assert str(-quantity(2, "km")) == "-2 km"
    assert quantity(60, "minute") >= quantity(1, "hour") > quantity(59, "minute")
    assert len({quantity(60, "minute"), quantity(1, "hour")}) == 1


def test_two_thirds_of_the_law_are_exact() -> None:
    """No decimal is two thirds: one of a million more or less must fall on its own side."""
    bar = quantity(2, "third")
    assert quantity("66.6666666666666666", "percent") < bar < quantity("66.6666666666666667", "percent")
    assert quantity(1, "half") < bar < quantity(3, "quarter")
    with pytest.raises(Inexact):
        bar.to("percent")
    assert bar.rounded_to("percent", 2).value == Decimal("66.67")


def test_workers_are_counted_over_urban_residents_only() -> None:
    workers, city = quantity(52, "person"), quantity(20000, "urban_resident")
    assert str(ratio(workers, city, "per_10000_urban_residents", 1)) == "26 per 10,000 urban residents"
    with pytest.raises(WrongUnits):
        ratio(workers, quantity(20000, "person"), "per_10000_urban_residents", 1)


def test_what_communities_have_is_counted_per_community() -> None:
    assert str(ratio(quantity(9, "piece"), quantity(2, "community"), "pieces_per_community", 1)) == "4.5 per community"
    assert str(ratio(quantity(3, "person"), quantity(3, "community"), "people_per_community", 1)) == (
        "1 person per community"
    )
    assert str(ratio(quantity(3, "piece"), quantity(4, "village"), "pieces_per_village", 2)) == "0.75 per village"


def test_a_bare_number_is_no_quantity() -> None:
    with pytest.raises(WrongUnits):
        quantity(1, "m2") < 3  # noqa: B015  # the comparison itself is the fault under test
    assert quantity(1, "m2") != 1


@pytest.mark.parametrize("wrong", [0.1, True, None, b"1"])
def test_floats_and_their_like_are_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        exact(wrong)


@pytest.mark.parametrize("wrong", ["", "x", "NaN", "Infinity", "1,5", "１２x"])
def test_what_is_no_finite_number_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="number"):
        quantity(wrong, "m2")


def test_an_unknown_unit_is_an_error() -> None:
    with pytest.raises(KeyError):
        quantity(1, "furlong")


def test_what_has_no_finite_decimal_is_said_or_rounded() -> None:
    with pytest.raises(Inexact):
        quantity(1, "minute").to("day")
    assert quantity(1, "minute").rounded_to("day", 5).value == Decimal("0.00069")
    assert quantity("2.5", "m2").rounded_to("m2", 0).value == 3
    assert quantity("-2.5", "m2").rounded_to("m2", 0).value == -3


@pytest.mark.parametrize(
    ("number", "code", "zh", "en"),
    [
        (30, "m2_per_100_households", "30 平方米/百户", "30 m² per 100 households"),
        ("12.50", "percent", "12.5%", "12.5%"),
        (1, "household", "1 户", "1 household"),
        (1200, "household", "1200 户", "1,200 households"),
        ("1E+3", "m2", "1000 平方米", "1,000 m²"),
        (5, "working_day", "5 个工作日", "5 working days"),
        (0, "yuan", "0 元", "0 yuan"),
        ("0.15", "one", "0.15", "0.15"),
        (2, "third", "2/3", "2/3"),
        (1, "tenth", "1/10", "1/10"),
        (1, "percentage_point", "1 个百分点", "1 percentage point"),
        (8, "hours_per_day", "8 小时/日", "8 hours a day"),
        (4, "occasions_per_year", "4 次/年", "4 times a year"),
        (30000, "yuan_per_1000_households", "30000 元/千户", "30,000 yuan per 1,000 households"),
        (23, "matter", "23 项", "23 matters"),
    ],
)
def test_quantities_are_written_as_people_write_them(number: object, code: str, zh: str, en: str) -> None:
    assert (quantity(number, code).text("zh"), quantity(number, code).text("en")) == (zh, en)


def test_a_ratio_has_its_own_unit() -> None:
    space, homes = quantity(5400, "m2"), quantity(15000, "household")
    assert str(ratio(space, homes, "m2_per_100_households", 1)) == "36 m² per 100 households"
    assert str(ratio(quantity(1, "person"), quantity(3, "person"), "percent", 1)) == "33.3%"
    assert ratio(quantity(2, "person"), quantity(3, "person"), "third", 0) == quantity(2, "third")
    assert ratio(space, homes, "m2_per_100_households", 1) >= quantity(30, "m2_per_100_households")


@pytest.mark.parametrize(
    ("over", "under", "code"),
    [
        (quantity(1, "m2"), quantity(1, "person"), "m2_per_100_households"),
        (quantity(1, "m2"), quantity(1, "household"), "percent"),
        (quantity(1, "m2_per_household"), quantity(1, "household"), "m2_per_household"),
        (quantity(1, "m2"), quantity(1, "household"), "m2"),
    ],
)
def test_a_ratio_of_other_things_is_refused(over: Quantity, under: Quantity, code: str) -> None:
    with pytest.raises(WrongUnits):
        ratio(over, under, code, 1)


def test_nothing_is_divided_by_nobody() -> None:
    with pytest.raises(ZeroDivisionError):
        ratio(quantity(1, "m2"), quantity(0, "household"), "m2_per_household", 1)


@given(NUMBERS)
def test_plain_writing_keeps_the_number(number: Decimal) -> None:
    assert plain(number) == number
    assert "E" not in f"{plain(number):f}"


def test_every_unit_is_written_in_both_languages_and_has_a_positive_size() -> None:
    wrong = [u.code for u in UNITS.values() if u.factor <= 0 or (u.code != "one" and not (u.zh and u.en))]
    assert wrong == []
