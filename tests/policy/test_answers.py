"""A number is asked for by code, place and day; the narrowest document in force answers, and says where it stands."""

from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import translation

from liren.foundation.kernel.engine.quantities import WrongUnits, quantity
from liren.foundation.kernel.errors import LirenError
from liren.foundation.policy import queries
from liren.foundation.policy.models import Jurisdiction, Load
from liren.foundation.policy.queries import NoParameter, NotInPacks, compared, parameter, snapshot
from tests.make import policy as make

pytestmark = pytest.mark.django_db
DAY = make.DAY
IN_NORTH, IN_SOUTH, ELSEWHERE = "980101001001-X001", "980201001001", "110000000000"


@dataclass
class Unit:
    code: str


@pytest.fixture
def loaded(root):
    make.load(root)
    return root


@pytest.mark.requirement("R020")
@pytest.mark.parametrize(
    ("code", "where", "value", "by"),
    [
        (make.AREA, IN_NORTH, 30, "north/opinion-2017#4"),
        (make.AREA, "980100000000", 30, "north/opinion-2017#4"),
        (make.AREA, Unit(IN_NORTH), 30, "north/opinion-2017#4"),
        (make.AREA, IN_SOUTH, 30, "south/plan-2022#4"),
        (make.AREA, "south", 30, "south/plan-2022#4"),
        # No city of its own, and what a city leaves to the nation.
        (make.AREA, ELSEWHERE, 20, "cn/law-2020#4"),
        (make.AREA, "", 20, "cn/law-2020#4"),
        (make.AREA, "cn", 20, "cn/law-2020#4"),
        ("notice_days", IN_NORTH, 10, "cn/law-2020#5"),
    ],
)
def test_the_narrowest_place_answers_and_then_those_above(loaded, code, where, value, by):
    answer = parameter(code, where, on=DAY)
    assert (answer.quantity.value, answer.provision.key) == (value, by)
    assert answer.provision.document.key == by.partition("#")[0]


def test_a_district_answers_before_its_city(loaded):
    make.put(loaded, "hill/jurisdiction.toml", make.jurisdiction("hill", make.HILL, "north"))
    make.put(loaded, "hill/rule/document.toml", make.document("rule", make.version("1", "2020-01-01"), kind="rule"))
    make.put(loaded, "hill/rule/provisions.toml", make.provision("4"))
    make.put(loaded, "hill/rule/parameters.toml", make.parameter(make.AREA, "33", "2020-01-01"))
    make.load(loaded, 1)
    assert parameter(make.AREA, IN_NORTH, on=DAY).quantity.value == 33
    assert parameter(make.AREA, "980102001001", on=DAY).quantity.value == 30
    assert parameter(make.AREA, IN_NORTH, on=date(2019, 12, 31)).quantity.value == 30


@pytest.mark.parametrize(
    ("on", "value", "attribute"),
    [
        (date(2020, 12, 31), 20, "binding"),  # the city's own number is a baseline that day: the nation's binds
        (date(2021, 12, 31), 20, "binding"),
        (date(2022, 1, 1), 30, "expected"),
    ],
)
def test_what_binds_or_is_expected_comes_before_a_baseline(loaded, on, value, attribute):
    answer = parameter(make.AREA, IN_SOUTH, on=on)
    assert (answer.quantity.value, answer.attribute) == (value, attribute)


def test_a_baseline_is_found_where_it_is_asked_for(loaded):
    answer = parameter(make.AREA, IN_SOUTH, on=date(2021, 6, 1), attributes=["baseline"])
    assert (answer.quantity.value, answer.attribute) == (25, "baseline")
    with pytest.raises(NoParameter):
        parameter(make.AREA, IN_SOUTH, on=DAY, attributes=["baseline"])


def test_a_baseline_answers_where_nothing_else_does(loaded):
    make.put(loaded, "cn/law-2020/parameters.toml", make.parameter("notice_days", "10", "2020-01-01", unit='"day"'))
    make.load(loaded, 1)
    assert parameter(make.AREA, IN_SOUTH, on=date(2021, 6, 1)).attribute == "baseline"


@pytest.mark.requirement("R019")
def test_a_draft_is_marked_and_stands_behind_what_is_in_force(loaded):
    in_force = parameter("quorum", IN_NORTH, on=DAY)
    assert (in_force.quantity.value, in_force.is_draft) == (50, False)
    make.put(loaded, "cn/law-2020/parameters.toml", make.parameter("notice_days", "10", "2020-01-01", unit='"day"'))
    make.load(loaded, 1)
    draft = parameter("quorum", IN_NORTH, on=DAY)
    assert (draft.quantity.value, draft.is_draft, draft.provision.document.kind) == (60, True, "regulation")


def test_a_draft_that_comes_into_force_is_none_from_that_day(loaded):
    name = "north/draft-2024/document.toml"
    versions = make.version("draft", "2024-01-01", "draft", "until = 2025-01-01\n") + make.version("2025", "2025-01-01")
    make.put(loaded, name, make.document("draft-2024", versions, kind="regulation"))
    make.load(loaded, 1)
    attributes = {"attributes": ["binding"]}
    assert parameter("quorum", IN_NORTH, on=date(2025, 1, 1), **attributes).quantity.value == 60
    assert parameter("quorum", IN_NORTH, on=date(2025, 1, 1), **attributes).is_draft is False
    assert parameter("quorum", IN_NORTH, on=date(2024, 6, 1), **attributes).quantity.value == 50


@pytest.mark.parametrize(
    ("code", "found", "meets"),
    [
        (make.AREA, ("30", "m2_per_100_households"), True),
        (make.AREA, ("29.99", "m2_per_100_households"), False),
        (make.AREA, ("0.3", "m2_per_household"), True),
        ("quorum", ("50", "percent"), False),
        ("quorum", ("50.01", "percent"), True),
        ("years", ("3", "year"), True),
        ("years", ("60", "month"), True),
        ("years", ("61", "month"), False),
        ("years", ("35", "month"), False),
    ],
)
def test_whether_what_was_found_is_enough(loaded, code, found, meets):
    assert parameter(code, IN_SOUTH, on=DAY).meets(quantity(*found)) is meets


@pytest.mark.parametrize(("sign", "at", "above"), [("=", True, False), ("<=", True, False), ("<", False, False)])
def test_other_signs(loaded, sign, at, above):
    make.put(loaded, "south/plan-2022/parameters.toml", make.parameter("depth", "5", operator=f'"{sign}"', unit='"m"'))
    make.load(loaded, 1)
    answer = parameter("depth", IN_SOUTH, on=DAY)
    assert (answer.meets(quantity(5, "m")), answer.meets(quantity(6, "m"))) == (at, above)
    assert answer.meets(quantity(4, "m")) is (sign != "=")


def test_metres_are_no_answer_to_square_metres(loaded):
    with pytest.raises(WrongUnits):
        parameter(make.AREA, IN_NORTH, on=DAY).meets(quantity(30, "m2"))


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        (make.AREA, "≥ 30 平方米/百户", "≥ 30 m² per 100 households"),
        ("quorum", "> 50%", "> 50%"),
        ("years", "3–5 年", "3–5 years"),
    ],
)
def test_a_number_reads_as_people_write_it(loaded, code, zh, en):
    answer = parameter(code, IN_SOUTH, on=DAY)
    assert (answer.text("zh"), answer.text("en")) == (zh, en)


def test_names_follow_the_readers_language(loaded):
    answer = parameter(make.AREA, IN_NORTH, on=DAY)
    with translation.override("en"):
        assert (answer.name, answer.jurisdiction.name) == (f"Number of {make.AREA}", "Place north")
    with translation.override("zh-hans"):
        assert (answer.name, answer.provision.heading) == (f"{make.AREA}的数", "第4项")


# --- what is not there ---


@pytest.mark.parametrize(
    ("code", "where", "on", "step"),
    [
        ("unheard_of", IN_NORTH, DAY, "No pack knows this number: add it to a parameters.toml"),
        ("years", IN_NORTH, DAY, "It is set only in: south."),
        (make.AREA, IN_NORTH, date(2001, 1, 1), "It holds there on other days"),
    ],
)
def test_a_number_that_is_not_there_says_code_place_day_and_the_next_step(loaded, code, where, on, step):
    with pytest.raises(NoParameter) as error:
        parameter(code, where, on=on)
    assert error.value.message == f"No document in force sets {code} for {where} on {on}."
    assert str(error.value.next_step).startswith(step)
    assert (error.value.status, isinstance(error.value, LookupError), isinstance(error.value, LirenError)) == (
        404,
        1,
        1,
    )


def test_without_packs_it_says_how_to_load_them():
    with pytest.raises(NoParameter) as error:
        parameter(make.AREA, "", on=DAY)
    assert error.value.message == f"No document in force sets {make.AREA} for the nation on 2026-06-01."
    assert error.value.next_step == "No packs are loaded: run `liren packs load`."


# --- two places side by side ---


@pytest.mark.requirement("R020")
def test_two_cities_stand_side_by_side_with_conflicts_and_gaps(loaded):
    make.put(
        loaded,
        "north/opinion-2017/parameters.toml",
        make.parameter(make.AREA, "0.3", unit='"m2_per_household"') + make.parameter("lamps", "5", unit='"piece"'),
    )
    make.edit(loaded, "south/plan-2022/parameters.toml", "years", "quorum")
    make.load(loaded, 1)
    rows = [(row.code, row.left and row.left.text(), row.right and row.right.text(), row.mark) for row in
            compared("north", "south", DAY)]  # fmt: skip
    assert rows == [
        (make.AREA, "≥ 0.3 平方米/户", "≥ 30 平方米/百户", "same"),
        ("lamps", "≥ 5 个", None, "gap"),
        ("quorum", "≥ 60%", "3–5 年", "conflict"),
    ]


def test_a_place_compared_by_its_row_and_on_another_day(loaded):
    north, south = (Jurisdiction.objects.get(code=code) for code in ("north", "south"))
    assert [(row.code, row.mark) for row in compared(north, south, date(2018, 1, 1))] == [(make.AREA, "gap")]
    assert compared(north, south, date(2001, 1, 1)) == []


def test_an_unknown_place_names_those_that_there_are(loaded):
    with pytest.raises(NotInPacks) as error:
        compared("north", "west", DAY)
    assert error.value.next_step == "Choose one of these: cn, north, south."


# --- what it costs ---


def test_an_answer_costs_one_query_however_much_is_loaded(loaded, django_assert_num_queries):
    parameter(make.AREA, IN_NORTH, on=DAY)
    with django_assert_num_queries(1):
        parameter("quorum", IN_SOUTH, on=DAY)
    with django_assert_num_queries(1):
        answer = parameter(make.AREA, IN_NORTH, on=DAY)
        assert (answer.provision.document.jurisdiction.code, answer.jurisdiction.name) == ("north", "Place north")
    with django_assert_num_queries(1):
        compared("north", "south", DAY)


@pytest.mark.parametrize("more", [1, 30])
def test_the_first_answer_after_a_load_costs_the_same_whatever_is_in_the_packs(loaded, more, django_assert_num_queries):
    text = "".join(make.parameter(f"number_{number}", "1") for number in range(more))
    make.put(loaded, "north/opinion-2017/parameters.toml", make.parameter(make.AREA, "30") + text)
    make.load(loaded, 1)
    with django_assert_num_queries(8):
        parameter(make.AREA, IN_NORTH, on=DAY)


def test_every_process_sees_a_load_at_its_next_question(loaded):
    assert parameter(make.AREA, IN_NORTH, on=DAY).quantity.value == 30
    make.edit(loaded, "north/opinion-2017/parameters.toml", "value = 30", "value = 31")
    make.load(loaded, 1)
    assert parameter(make.AREA, IN_NORTH, on=DAY).quantity.value == 31


def test_a_load_between_two_reads_is_noticed(loaded, monkeypatch):
    """The rows read before it are not kept under its name."""
    make.edit(loaded, "north/opinion-2017/parameters.toml", "value = 30", "value = 31")
    read, calls = snapshot._read, []

    def slow():
        found = read()
        if not calls:
            make.load(loaded, 1)
        calls.append(found)
        return found

    snapshot._kept.clear()
    monkeypatch.setattr(snapshot, "_read", slow)
    assert parameter(make.AREA, IN_NORTH, on=DAY).quantity.value == 31
    assert len(calls) == 2
    assert list(snapshot._kept) == [Load.objects.values_list("pk", "at", "fingerprint").first()]


def test_all_numbers_of_a_place(loaded):
    assert [(one.code, one.is_draft) for one in queries.parameters_of("north", DAY)] == [
        (make.AREA, False),
        ("quorum", True),
    ]
