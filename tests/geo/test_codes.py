"""Division codes: what twelve digits say."""

import pytest

from liren.foundation.territory.engine import codes


@pytest.mark.parametrize(
    ("code", "level", "parent", "reach"),
    [
        ("620000000000", codes.PROVINCE, None, "62"),
        ("620200000000", codes.CITY, "620000000000", "6202"),
        ("510104000000", codes.DISTRICT, "510100000000", "510104"),
        ("510104020000", codes.STREET, "510104000000", "510104020"),
        ("510104020001", codes.COMMUNITY, "510104020000", "510104020001"),
        ("441900003000", codes.STREET, "441900000000", "441900003"),
    ],
)
def test_a_code_says_its_level_its_parent_and_its_reach(code, level, parent, reach):
    assert (codes.level(code), codes.parent(code), codes.significant(code)) == (level, parent, reach)


@pytest.mark.parametrize("short", ["62", "6202", "510104", "510104020", "510104020001"])
def test_a_short_code_is_filled_with_zeros(short):
    assert codes.parse(short) == short.ljust(12, "0")


@pytest.mark.parametrize(
    "wrong",
    ["", "6", "620", "62020", "62a2", "６２０２", "000000000000", "620002000000", "620200000001", "9" * 13, "-1"],
)
def test_what_is_no_code_is_refused(wrong):
    with pytest.raises(codes.CodeFault):
        codes.parse(wrong)


def test_a_code_lies_under_those_above_it_and_under_itself():
    assert codes.is_under("510104020001", "510100000000")
    assert codes.is_under("510104020001", "510104020001")
    assert not codes.is_under("510104020001", "510105000000")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("510104020001", "community"), ("510104020201", "village"), ("510104020401", "community_like")],
)
def test_the_last_digits_tell_residents_from_villagers(code, kind):
    assert codes.committee_kind(code) == kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("510104020000", "street"),
        ("510104100000", "town"),
        ("510104200000", "township"),
        ("510104400000", "street_like"),
    ],
)
def test_the_middle_digits_tell_street_town_and_township(code, kind):
    assert codes.street_kind(code) == kind


def test_rows_that_only_gather_counties_are_known():
    assert codes.place_name_only("1101", "市辖区")
    assert codes.place_name_only("4190", "省直辖县级行政区划")
    assert not codes.place_name_only("6202", "嘉峪关市")
