"""Answers beside the circles, from the real declarations: figures, counts by kind, yes or no, kinds side by side."""

import copy
import json
import re
import tomllib
from decimal import Decimal

import pytest
from django.utils import translation

from liren.development.lifecircle import queries
from liren.development.lifecircle.standard.reading import check, parse
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries as register_queries
from liren.foundation.registers import services as registers
from tests import make
from tests.conftest import ROOT
from tests.make import bodies
from tests.make import lifecircle as build
from tests.make import registers as books

PACKS = ROOT / "packs/common"
BOOKS = (
    "service_facility", "community_floor_area", "facility_layout", "health_facility", "elder_care_provider",
    "parcel_point", "recycling_point", "daily_service_outlet",
)  # fmt: skip


def declared_in(name: str) -> dict:
    text = (PACKS / name).read_text(encoding="utf-8")
    return json.loads(json.dumps(tomllib.loads(text, parse_float=Decimal), default=str))


ANSWERS = declared_in("lifecircle/life_circle.toml")["answers"]
LAYOUT = ("older_first", "minors_first", "disabled_first", "open_office", "less_fixed_space", "more_activity",
          "complementary")  # fmt: skip


def entered(of: str, unit, number: int, *, at=(2.0, 1.0), **values):
    spot = dict(zip(("lon", "lat"), build.spot(*at), strict=True)) if of not in PLACELESS else {}
    return books.room(unit, of=of, name=f"{of}{number}", **spot, **values)


PLACELESS = ("community_floor_area", "facility_layout")


def scene() -> tuple[build.Quarter, dict[str, object]]:
    """The quarter with its registers, all but what needs a body; and what all care for older people says alike."""
    quarter = build.quarter()
    for code in BOOKS:
        books.declared(**{**dict.fromkeys(books.PLAIN), **declared_in(f"registers/{code}.toml")})
    build.declared(answers=ANSWERS)
    first, second, village = quarter.communities
    books.parameter("facility_coverage_urban", "100", "percent", operator="=")
    books.parameter("commercial_and_service_area_share", "10", "percent")
    facility = {"tier": "comprehensive", "fields_served": "文化", "address": "一号", "floor_area": 500,
                "activity_area": 300, "built_year": 2020, "hours_a_day": 10, "volunteer_station": "是"}  # fmt: skip
    entered("service_facility", first, 1, **facility, barrier_free="是", age_friendly="否")
    entered("service_facility", village, 2, **facility, barrier_free="否")
    for unit, both in ((first, 90), (second, 120)):
        facts = {"total_area": 1000, "both_area": both, "measured_on": "2026-01-05", "source": "测"}
        entered("community_floor_area", unit, both, **facts)
    for number, unit, no in ((1, first, ()), (2, second, ("open_office", "more_activity"))):
        rules = {one: "否" if one in no else "是" for one in LAYOUT}
        entered("facility_layout", unit, number, facility="中心", **rules, checked_on="2026-02-01")
    health = {"working": "是", "hours": "全天", "services": "全科门诊", "doctor_posts": 3, "insurance_settled": "是",
              "phone": "0000-5000000"}  # fmt: skip
    care = {"provider_kind": "日间照料中心", "operator": "", "places": 10, "price": "100", "licence": "一",
            "inspection_result": "合格", "phone": "0000-5000000"}  # fmt: skip
    entered("health_facility", first, 1, at=(2.0, 1.0), facility_kind="社区卫生服务站", **health, barrier_free="是")
    entered("health_facility", second, 2, at=(15.0, 1.0), facility_kind="社区卫生服务中心", **health)
    entered("health_facility", second, 3, at=(3.0, 1.0), facility_kind="诊所", **health)  # no station: not asked about
    return quarter, care


@pytest.fixture(scope="module")
def built_answers(django_db_setup, django_db_blocker):
    def made():
        quarter, care = scene()
        body = bodies.body(quarter.district, "department", name_zh="民政局")
        care["operator"] = str(body.pk)
        for number, spot in ((1, (3.5, 1.0)), (2, (10.0, 1.0))):
            entered("elder_care_provider", quarter.communities[2], number, at=spot, **care)
        parcel = {"operator": str(body.pk), "hours": "全天"}
        for number, kind in enumerate(("智能快件箱", "智能快件箱", "邮政末端综合服务站"), 1):
            unit = quarter.communities[0 if number < 3 else 2]
            entered("parcel_point", unit, number, facility_kind=kind, **parcel)
        entered("recycling_point", quarter.communities[1], 1, facility_kind="回收点", takes="纸类", hours="全天",
                door_to_door="是", phone="0000-5000000")  # fmt: skip
        entered("daily_service_outlet", quarter.communities[0], 1, outlet_kind="蔬菜", hours="全天")
        registers.recompute_coverage(by=build.SYSTEM, at=build.NOW)
        return quarter

    with make.standing(django_db_blocker, made) as standing:
        yield standing


@pytest.fixture
def quarter(built_answers, db):
    return copy.deepcopy(built_answers)


def answered(quarter, code, unit=None, **more):
    spec = next(one for one in queries.answers() if one.code == code)
    return queries.answered(spec, unit or quarter.city, actor=ANONYMOUS, day=build.DAY, **more)


def figures(found, line=None):
    """By column: value, of it, of all."""
    pairs = zip(found.columns, (line or found.whole).figures, strict=True)
    return {column.code: (one.value, one.part, one.whole) for column, one in pairs}


@pytest.mark.requirement("R241")
def test_towns_and_villages_are_covered_apart(quarter):
    found = answered(quarter, "facility_coverage")
    mine = figures(found)
    assert mine["facility_coverage_urban"] == (50.0, 1.0, 2.0)
    assert mine["facility_coverage_rural"] == (100.0, 1.0, 1.0)
    assert mine["facility_total_area"][0] == 1000.0
    assert [one.met for one in found.whole.figures][0] is False
    streets = answered(quarter, "facility_coverage", quarter.district).parts
    assert [figures(found, one)["facility_coverage_urban"][0] for one in streets] == [50.0, None]


@pytest.mark.requirement("R242")
def test_the_share_of_commerce_and_services_is_area_over_area(quarter):
    found = answered(quarter, "floor_share", quarter.communities[0].parent)
    assert figures(found)["commercial_and_service_area_share"] == (10.5, 210.0, 2000.0)
    by_part = {one.unit.pk: one.figures[0] for one in found.parts}
    first, second = (by_part[one.pk] for one in quarter.communities[:2])
    assert ((first.value, first.met), (second.value, second.met)) == ((9.0, False), (12.0, True))


@pytest.mark.requirement("R253")
def test_the_layout_is_checked_rule_by_rule_and_the_facility_that_fails_is_named(quarter):
    mine = figures(answered(quarter, "layout"))
    assert len(mine) == 7
    assert mine["facility_layout.older_first"] == (100.0, 2.0, 2.0)
    assert mine["facility_layout.open_office"] == (50.0, 1.0, 2.0)
    spec = next(one for one in queries.answers() if one.code == "layout")
    known = {one.code: one for one in books_of()}
    seen, after = queries.places(spec, known, quarter.city, build.DAY)
    assert after == 0
    short = [{field for field, value in one.says.items() if value is False} for one in seen]
    assert short == [set(), {"open_office", "more_activity"}]


def books_of():
    return register_queries.registers()


@pytest.mark.requirement("R254")
def test_health_beside_care_is_measured_and_access_is_counted_of_those_who_say(quarter):
    found = answered(quarter, "care_side_by_side")
    mine = figures(found)
    # The station lies 150 m from day care across the border of its community, the centre 500 m; a private clinic is
    # neither.
    assert mine["beside"] == (50.0, 1.0, 2.0)
    column = next(one for one in found.columns if one.kind == "beside")
    assert (column.within_m, column.is_unverified) == (200, True)
    assert mine["health_facility.barrier_free"] == (100.0, 1.0, 1.0)
    assert mine["service_facility.barrier_free"] == (50.0, 1.0, 2.0)
    assert mine["service_facility.age_friendly"] == (0.0, 0.0, 1.0)
    assert mine["service_facility.child_friendly"] == (None, 0.0, 0.0)
    one, other = (answered(quarter, "care_side_by_side", unit) for unit in quarter.communities[:2])
    assert (figures(one)["beside"][0], figures(other)["beside"][0]) == (100.0, 0.0)
    spec = next(one for one in queries.answers() if one.code == "care_side_by_side")
    seen, _after = queries.places(spec, {one.code: one for one in books_of()}, quarter.communities[0], build.DAY)
    near = next(one.near for one in seen if one.register.code == "health_facility")
    assert (near.name, near.is_beside) == ("elder_care_provider1", True)
    assert near.metres == pytest.approx(150, abs=2)


@pytest.mark.requirement("R258")
def test_everyday_services_are_counted_by_community_and_those_without_stand_out(quarter):
    found = answered(quarter, "everyday", quarter.communities[0].parent)
    mine = figures(found)
    assert (mine["vegetable_coverage"], mine["breakfast_coverage"]) == ((50.0, 1.0, 2.0), (0.0, 0.0, 2.0))
    by_part = {one.unit.pk: figures(found, one)["vegetable_coverage"][0] for one in found.parts}
    assert by_part == {quarter.communities[0].pk: 100.0, quarter.communities[1].pk: 0.0}
    assert mine["daily_service_outlet.vegetables"][0] == 1.0


@pytest.mark.requirement("R255")
def test_parcel_post_and_recycling_points_are_counted_by_community_and_kind(quarter):
    found = answered(quarter, "last_hundred_metres")
    mine = figures(found)
    assert len(mine) == 11
    assert mine["parcel_point.locker"][0] == 2.0
    assert (mine["parcel_point.post"][0], mine["recycling_point.collection"][0]) == (1.0, 1.0)
    street = answered(quarter, "last_hundred_metres", quarter.communities[0].parent)
    by_part = {one.unit.pk: figures(street, one)["parcel_point.locker"][0] for one in street.parts}
    assert by_part == {quarter.communities[0].pk: 2.0, quarter.communities[1].pk: 0.0}


def test_queries_do_not_grow_with_the_parts_and_parts_come_page_by_page(quarter, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        answered(quarter, "care_side_by_side", quarter.district)
    first = answered(quarter, "layout", quarter.district, limit=1)
    then = answered(quarter, "layout", quarter.district, limit=1, after=first.after)
    assert first.after is not None
    assert {first.parts[0].unit.pk, then.parts[0].unit.pk} == {one.parent_id for one in quarter.communities}
    assert then.after is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("code", [one["code"] for one in ANSWERS])
def test_residents_read_each_answer_with_its_denominators_and_take_it_away(quarter, client, language, code):
    start = "" if language == "zh-hans" else "/en"
    with translation.override(language):
        page = client.get(f"{start}/life-circle/{quarter.district.code}/answers/?about={code}")
        assert page.status_code == 200
        said = page.content.decode()
        assert next(one["name"]["zh" if language != "en" else "en"] for one in ANSWERS if one["code"] == code) in said
        assert ('data-table="parts"' in said) == (code in ("facility_coverage", "floor_share", "everyday"))
        file = b"".join(client.get(f"{start}/life-circle/{quarter.district.code}/answers.csv?about={code}"))
    lines = file.decode("utf-8-sig").splitlines()
    spec = next(one for one in queries.answers() if one.code == code)
    columns = len(queries.answered(spec, quarter.district, actor=ANONYMOUS, day=build.DAY).columns)
    assert len(lines) == 1 + 3 * columns  # the district and two streets


def test_the_shelf_the_places_and_their_map(quarter, client):
    url = f"/en/life-circle/{quarter.city.code}/answers"
    shelf = client.get(f"{url}/").content.decode()
    assert all(f"about={one['code']}" in shelf for one in ANSWERS)
    page = client.get(f"{url}/?about=care_side_by_side").content.decode()
    assert "figure not verified at its source" in page
    assert re.search(r"nearest: elder_care_provider1, 150 m", page)
    places = b"".join(client.get(f"{url}.csv?about=layout&part=places")).decode("utf-8-sig").splitlines()
    assert len(places) == 3
    points = client.get(f"{url}.geojson?about=last_hundred_metres").json()["features"]
    assert len(points) == 4
    assert client.get(f"{url}.geojson").json()["features"] == []
    whole = b"".join(client.get(f"{url}.csv")).decode("utf-8-sig").splitlines()
    assert len({line.split(",")[2] for line in whole[1:]}) > 20


@pytest.mark.parametrize("end", ["/?about=x", ".csv?about=x", ".geojson?about=%20", "/?about=layout%27"])
def test_an_answer_that_nobody_declared_is_not_found(quarter, client, end):
    assert client.get(f"/en/life-circle/{quarter.city.code}/answers{end}").status_code == 404


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({}, "asks nothing of any register"),
        ({"measures": [{"register": "a"}]}, "is missing"),
        ({"checks": [{"register": "a", "fields": [f"f{n}" for n in range(17)]}]}, "17 columns are too few or too many"),
        ({"beside": {"name": {"zh": "甲", "en": "a"}, "of": {"register": "a"}, "within_m": 5, "certainty": "x"}},
         "is missing"),
        ({"more": 1, "measures": [{"register": "a", "measure": "b"}]}, "this key is not known here"),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_cannot_be_meant_is_told(answer, says):
    good = {"code": "one", "name": {"zh": "一", "en": "one"}, "says": {"zh": "一", "en": "one"}}
    assert parse(build.standard(answers=ANSWERS)).answer("layout") is not None
    assert any(says in fault.says for fault in check(build.standard(answers=[{**good, **answer}])))


@pytest.mark.parametrize(
    ("estates", "says"),
    [
        ({"always": [{"category": "casino", "parameter": "x"}]}, "“casino” is not known"),
        ({"due": [{"circle": "circle_7", "dwellings": 1, "certainty": "secondary"}]}, "“circle_7” is not known"),
        ({"least": None}, "is missing"),
    ],
    ids=str,
)
def test_rules_of_estates_that_cannot_be_meant_are_told(estates, says):
    made = {key: value for key, value in {**build.STANDARD["estates"], **estates}.items() if value is not None}
    assert any(says in fault.says for fault in check(build.standard(estates=made)))
