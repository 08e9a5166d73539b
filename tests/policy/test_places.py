"""Which jurisdictions hold at a place: the longest beginning of its code, then their parents."""

from dataclasses import dataclass

import pytest

from liren.foundation.policy.engine.places import chain, significant


@dataclass(frozen=True)
class Place:
    division: str
    parent_code: str


PLACES = {
    "cn": Place("", ""),
    "common": Place("", "cn"),
    "province": Place("510000000000", "cn"),
    "city": Place("510100000000", "province"),
    "district": Place("510104000000", "city"),
    "other": Place("620200000000", "cn"),
}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("510104001001-X001", ["district", "city", "province", "cn"]),
        ("510104000000", ["district", "city", "province", "cn"]),
        ("510105001001", ["city", "province", "cn"]),
        ("5101", ["city", "province", "cn"]),
        ("510200000000", ["province", "cn"]),
        ("620200001001", ["other", "cn"]),
        ("440100000000", ["cn"]),
        ("", ["cn"]),
        ("cn", ["cn"]),
        ("nowhere", ["cn"]),
    ],
)
def test_the_narrowest_comes_first_and_the_nation_last(place, found):
    assert chain(place, PLACES) == found


def test_without_jurisdictions_there_is_no_chain():
    assert chain("510100000000", {}) == []


def test_a_cycle_ends():
    assert chain("", {"a": Place("", "b"), "b": Place("", "a"), "root": Place("", "")}) == ["root"]
    assert chain("510100000000", {"a": Place("510100000000", "b"), "b": Place("", "a")}) == ["a", "b"]


@pytest.mark.parametrize(
    ("division", "digits"),
    [("510000000000", "51"), ("510100000000", "5101"), ("510104001000", "510104001"), ("510104001001",) * 2, ("", "")],
)
def test_the_digits_that_count(division, digits):
    assert significant(division) == digits
