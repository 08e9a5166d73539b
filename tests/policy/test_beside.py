"""Places and provisions side by side."""

from datetime import date

import pytest

from liren.foundation.policy import queries
from tests.make import policy as make

pytestmark = pytest.mark.django_db
DAY = make.DAY
IN_NORTH, IN_SOUTH, ELSEWHERE = "980101001001-X001", "980201001001", "110000000000"


@pytest.fixture
def loaded(root):
    make.load(root)
    return root


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        (IN_NORTH, ["north", "cn"]),
        (IN_SOUTH, ["south", "cn"]),
        (ELSEWHERE, ["cn"]),
        ("", ["cn"]),
        ("north", ["north", "cn"]),
        ("junk", ["cn"]),
    ],
)
def test_what_reaches_a_place_is_named_from_the_narrowest_up(loaded, where, codes):
    assert [one.code for one in queries.jurisdictions_at(where)] == codes


def test_nothing_reaches_a_place_while_no_packs_are_loaded(db):
    assert queries.jurisdictions_at(IN_NORTH) == []


def test_several_numbers_are_asked_for_at_once_and_each_answers_as_if_alone(loaded, django_assert_num_queries):
    codes = [make.AREA, "notice_days", "quorum", "years", "no_such"]
    queries.parameters_at([], "", on=DAY)
    with django_assert_num_queries(1):
        found = queries.parameters_at(codes, IN_NORTH, on=DAY)
    assert {code: found[code] for code in found} == {
        code: queries.parameter(code, IN_NORTH, on=DAY) for code in codes[:3]
    }


def test_numbers_are_shown_with_their_provision_and_whether_they_are_drafted(loaded):
    rows = queries.document("north/draft-2024").parameters + queries.document("north/opinion-2017").parameters
    shown = [(one.code, one.provision.key, one.is_draft) for one in queries.answered(rows, on=DAY)]
    assert shown == [("quorum", "north/draft-2024#4", True), (make.AREA, "north/opinion-2017#4", False)]


def test_every_text_of_a_provision_is_kept_the_newest_first(loaded):
    make.edit(loaded, "north/opinion-2017/provisions.toml", "Some office must act.", "Two offices must act.")
    make.load(loaded, 1)
    found = queries.provision_history("north/opinion-2017#4")
    assert [(one.duty_en, one.retired_at is None) for one in found] == [
        ("Two offices must act.", True),
        ("Some office must act.", False),
    ]
    assert list(queries.provision_history("north/opinion-2017#99")) == []


@pytest.mark.requirement("R020")
def test_who_asks_for_the_same_thing_stands_side_by_side(loaded):
    make.edit(loaded, "south/plan-2022/provisions.toml", '["R239"]', '["R239", "R250"]')
    make.load(loaded, 1)
    found = queries.asked_in_both("north", "south", DAY)
    assert [(one.requirement, len(one.left), len(one.right), one.is_shared) for one in found] == [
        ("R239", 3, 1, True),
        ("R250", 0, 1, False),
    ]


def test_a_provision_asks_only_on_the_days_on_which_it_counts(loaded):
    assert queries.asked_in_both("north", "south", date(2016, 1, 1)) == []
    assert [len(one.left) for one in queries.asked_in_both("north", "south", date(2018, 1, 1))] == [2]
