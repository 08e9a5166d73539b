"""A planned estate held against a run: area phase by phase, services by who owes them, kept as it was asked."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import EstateCheck
from liren.development.lifecircle.services import Phase, Plan
from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from tests.make import holder
from tests.make import lifecircle as build
from tests.make.registers import parameter

FAR = build.spot(14, 1)
PLAN = Plan("东岸一期", *FAR, households=300, people=900, phases=(Phase(100, 300, "2027-03", "2028-06"),
                                                              Phase(200, 400, "2027-09", "2029-01")))  # fmt: skip


@pytest.fixture
def norms(worked_out):
    for code, value, unit in (
        ("service_room_area_per_1000_people", "100", "m2_per_1000_people"),
        ("service_room_area_min_total", "600", "m2"),
        ("facility_area_per_100_households", "30", "m2_per_100_households"),
    ):
        parameter(code, value, unit)
    return worked_out[1]


def checked(run, plan=PLAN, by=build.SYSTEM, **changes) -> EstateCheck:
    return services.check_estate(run, replace(plan, **changes), by=by, at=build.NOW)


def states(one: EstateCheck) -> dict[str, tuple[str, int | None]]:
    return {each["code"]: (each["state"], each["phase"]) for each in one.found["services"]}


@pytest.mark.requirement("R239")
@pytest.mark.requirement("R240")
def test_area_is_due_phase_by_phase_and_the_least_with_the_first(norms):
    made = checked(norms)
    assert [(p["people"], p["due_m2"], p["planned_m2"], p["lacking_m2"]) for p in made.found["phases"]] == [
        (300, 600, 300, 300),
        (900, 600, 700, 0),
    ]
    assert (made.found["due_people_m2"], made.found["due_households_m2"]) == (600, 90)
    assert made.found["per_100_households_m2"] == 233.33
    assert not made.passes
    big = checked(norms, households=3000, people=9001, phases=(Phase(3000, 900),))
    # 9,001 people at 100 m² for 1,000 are 900.1 m²: a whole square metre more, and as many by the households.
    assert (big.found["due_people_m2"], big.found["due_households_m2"], big.found["lacking_m2"]) == (901, 900, 1)


@pytest.mark.requirement("R240")
@pytest.mark.requirement("R261")
def test_what_is_lacking_is_owed_by_size_and_due_with_a_phase(norms):
    assert states(checked(norms)) == {"market": ("there", None), "shop": ("build", 2), "park": ("open", None)}
    assert states(checked(norms, own=("shop",)))["shop"] == ("planned", 2)
    small = {"households": 150, "people": 450, "phases": (Phase(150, 700),)}
    alone = checked(norms, **small)
    assert states(alone)["shop"] == ("street", None)
    assert alone.passes


@pytest.mark.requirement("R267")
def test_what_every_estate_needs_is_owed_whatever_lies_near(norms):
    parameter("childcare_in_new_estates", "100", "percent", operator="=")
    near = dict(zip(("lon", "lat"), build.spot(4, 1), strict=True))
    small = {"households": 10, "people": 30, "phases": (Phase(10, 700),)}
    assert states(checked(norms, **near, **small))["shop"] == ("build", 1)
    kept = checked(norms, **near, **small, own=("shop",))
    assert (states(kept)["shop"], kept.passes) == (("planned", 1), True)
    assert kept.asked["norms"]["childcare_in_new_estates"]["provision"] == "cn/test#1"


@pytest.mark.requirement("R244")
def test_its_times_are_those_of_the_run_at_the_same_place(worked_out):
    quarter, run = worked_out
    for compound in quarter.compounds[:3]:
        seen = queries.seen(run, compound, actor=build.SYSTEM)
        made = checked(run, lon=seen.lon, lat=seen.lat)
        mine = {one["code"]: one for one in made.found["services"]}
        for cell in seen.cells:
            there = mine[cell.category.code]
            assert there["time_ds"] == (None if cell.minutes is None else round(cell.minutes * 600))
            assert tuple(there["counts"]) == cell.counts
            assert abs(there["straight_m"] - cell.straight_m) <= 3  # ellipsoid and sphere


def test_where_no_document_sets_a_norm_none_is_asked(worked_out):
    made = checked(worked_out[1])
    assert made.found["due_people_m2"] is made.found["due_households_m2"] is None
    assert [one["lacking_m2"] for one in made.found["phases"]] == [0, 0]


def test_a_check_is_kept_with_what_was_asked_and_comes_out_the_same_again(norms):
    first, again = checked(norms), checked(norms)
    assert (first.digest, first.number, again.number) == (again.digest, 1, 2)
    assert first.asked["phases"][1] == {"households": 200, "area_m2": 400, "starts": "2027-09", "ends": "2029-01"}
    assert checked(norms, people=901).digest != first.digest
    assert AuditEntry.objects.filter(action="lifecircle.estate").count() == 3
    for change in ({"passes": True}, {"found": {}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            EstateCheck.objects.filter(pk=first.pk).update(**change)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"households": 0, "phases": (Phase(0, 1),)}, "households"),
        ({"people": 2_000_000}, "people"),
        ({"lon": float("nan")}, "degrees"),
        ({"lat": 91.0}, "degrees"),
        ({"lon": 110.0}, "does not lie in"),
        ({"own": ("casino",)}, "casino"),
        ({"phases": ()}, "phases"),
        ({"phases": (Phase(100, 1), Phase(100, 1))}, "add up"),
        ({"phases": (Phase(400, 1), Phase(-100, 1))}, "whole numbers"),
        ({"phases": (Phase(300, 1, "2027-13"),)}, "2027-03"),
        ({"phases": (Phase(300, 1, "2028-01", "2027-01"),)}, "after it begins"),
        ({"phases": (Phase(100, 1, "", "2029-01"), Phase(200, 1, "", "2028-01"))}, "order"),
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_meant_is_refused_by_name(norms, changes, says):
    with translation.override("en"), pytest.raises(BadInput, match=says):
        checked(norms, **changes)
    assert not EstateCheck.objects.exists()


def test_only_planners_of_the_city_check_and_drafts_are_theirs(norms):
    for by in (ANONYMOUS, holder("lifecircle.import", norms.city)):
        with pytest.raises(NotAllowed):
            checked(norms, by=by)
    planner = holder("lifecircle.run", norms.city)
    draft, public = checked(norms, by=planner), checked(norms, register_number=7)
    assert {one.pk for one in queries.estates(norms.city, actor=planner)} == {draft.pk, public.pk}
    assert [one.pk for one in queries.estates(norms.city, actor=ANONYMOUS)] == [public.pk]
    assert queries.estate_of(norms.city, draft.pk, actor=ANONYMOUS) is None


def test_a_place_is_found_by_what_is_on_record(worked_out):
    quarter, run = worked_out
    seen = queries.seen(run, quarter.compounds[0], actor=build.SYSTEM)
    for words in (quarter.compounds[0].name_zh, quarter.compounds[0].code):
        assert queries.place_named(run, f" {words} ") == (round(seen.lon, 5), round(seen.lat, 5))
    with translation.override("en"), pytest.raises(BadInput, match="Nothing is on record"):
        queries.place_named(run, "天上")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("estate_check_number_is_given_once", {}),
        ("estate_check_is_of_a_place_where_people_will_live", {"number": 9, "households": 0}),
        ("estate_check_is_of_a_place_where_people_will_live", {"number": 9, "lat": 91.0}),
        ("estate_check_digest_is_one", {"number": 9, "digest": "x"}),
        ("estate_check_has_a_name", {"number": 9, "name": " "}),
        ("estate_check_names_its_maker", {"number": 9, "made_by": ""}),
        ("estate_check_says_by_which_code", {"number": 9, "code_version": ""}),
    ],
)
def test_the_database_refuses_impossible_checks(norms, name, wrong):
    one = checked(norms)
    one.pk, one._state.adding = None, True
    for field, value in wrong.items():
        setattr(one, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        one.save()
