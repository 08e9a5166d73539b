"""Gates: a new estate's housing goes no further than its service facilities, by the declaration that the packs hold."""

import json
import tomllib
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from liren.foundation.kernel.engine.quantities import UNITS, Quantity
from liren.foundation.registers import queries, services
from liren.foundation.registers.engine.declaration import check, parse
from liren.foundation.registers.engine.gates import lacking, refused
from liren.foundation.registers.engine.samples import sample
from liren.foundation.registers.models import Entry
from liren.foundation.registers.services import BadEntry
from tests.conftest import ROOT
from tests.make import registers as build

CONTENT = tomllib.loads(
    (ROOT / "packs/common/registers/new_estate.toml").read_text(encoding="utf-8"), parse_float=Decimal
)
SPEC = parse(CONTENT)
NUMBERS = {
    "service_room_area_per_1000_people": Quantity(Decimal(100), UNITS["m2_per_1000_people"]),
    "service_room_area_min_total": Quantity(Decimal(600), UNITS["m2"]),
    "childcare_in_new_estates": Quantity(Decimal(100), UNITS["percent"]),
}
GOOD = {
    "planned_people": 8000,
    "service_area_planned": 800,
    "childcare_facility": True,
    "stage": "planning",
    "facility_stage": "planning",
    "in_step": True,
}
DELIVERED = {
    **GOOD,
    "stage": "delivered",
    "facility_stage": "delivered",
    "service_area_built": "800.5",
    "handed_over_on": "2026-05-20",
    "civil_affairs_check": "met",
}


def held(numbers=NUMBERS, **changed) -> set[tuple[str, str]]:
    """Gate and field of everything that is lacking."""
    values = {key: value for key, value in {**DELIVERED, **changed}.items() if value is not None}
    return {(one.gate.code, one.need.condition.field) for one in lacking(SPEC, values, numbers)}


@pytest.mark.requirement("R240")
@pytest.mark.requirement("R247")
@pytest.mark.requirement("R248")
@pytest.mark.requirement("R267")
@pytest.mark.parametrize(
    ("changed", "lacks"),
    [
        ({}, set()),
        ({"planned_people": 8001}, {("planning", "service_area_planned")}),
        ({"planned_people": 100, "service_area_planned": 599, "service_area_built": 599},
         {("planning", "service_area_planned")}),
        ({"childcare_facility": False}, {("planning", "childcare_facility")}),
        ({"facility_stage": "acceptance"}, {("delivery", "facility_stage")}),
        ({"facility_stage": None}, {(one, "facility_stage") for one in
                                    ("design", "construction", "acceptance", "delivery")}),
        ({"stage": "construction", "facility_stage": "design", "handed_over_on": None},
         {("construction", "facility_stage")}),
        ({"service_area_built": 799}, {("acceptance", "service_area_built")}),
        ({"service_area_built": None}, {("acceptance", "service_area_built")}),
        ({"handed_over_on": None}, {("delivery", "handed_over_on")}),
        ({"civil_affairs_check": "not_yet"}, {("delivery", "civil_affairs_check")}),
        ({"civil_affairs_check": "short"}, {("delivery", "civil_affairs_check"), ("correction", "correction_due")}),
        ({"plan_changed": True}, {("change_of_plan", "civil_affairs_reply")}),
        ({"plan_changed": True, "civil_affairs_reply": "同意"}, set()),
        ({"stage": "planning", "planned_people": 90_000, "facility_stage": None}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "lacks",
)  # fmt: skip
def test_each_gate_holds_back_exactly_what_lacks_something(changed, lacks):
    assert held(**changed) == lacks


@pytest.mark.requirement("R240")
def test_the_number_of_the_place_counts_and_none_is_asked_where_no_document_sets_one():
    stricter = NUMBERS | {"service_room_area_min_total": Quantity(Decimal("0.09"), UNITS["hectare"])}
    assert held(stricter) == {("planning", "service_area_planned")}
    least = next(iter(lacking(SPEC, DELIVERED, stricter))).least
    assert (least.zh, least.en) == ("900 平方米", "900 m²")
    assert held({}, planned_people=10**6, childcare_facility=False) == set()
    # Of another dimension: the declared number counts.
    odd = NUMBERS | {"service_room_area_min_total": Quantity(Decimal(5), UNITS["month"])}
    assert held(odd, planned_people=100, service_area_planned=590) == {("planning", "service_area_planned")}


@pytest.mark.requirement("R247")
def test_what_an_older_entry_lacks_is_marked_but_it_goes_no_further():
    short = {**GOOD, "service_area_planned": 100, "stage": "construction", "facility_stage": "construction"}
    assert refused(SPEC, None, short, NUMBERS)
    assert refused(SPEC, short, {**short, "developer": 3}, NUMBERS) == []
    further = {**short, "stage": "acceptance", "facility_stage": "acceptance", "service_area_built": 100}
    assert {one.gate.code for one in refused(SPEC, short, further, NUMBERS)} == {"planning"}
    assert refused(SPEC, short, {**short, "stage": "planning"}, NUMBERS) == []
    assert {one.gate.code for one in refused(SPEC, short, {**short, "childcare_facility": False}, NUMBERS)} == {
        "planning"
    }


def test_samples_pass_the_gates_they_stand_behind():
    for seed in range(60):
        made = sample(SPEC, seed, today=build.NOW.date())
        assert lacking(SPEC, made.values, NUMBERS) == []


@pytest.mark.parametrize(
    ("gate", "says"),
    [
        ({"when": []}, "0 when are too few or too many"),
        ({"needs": []}, "0 needs are too few or too many"),
        ({"when": [{"field": "no", "is": True}]}, "“no” is no field of this register"),
        ({"needs": [{"field": "open_daily", "is": True}]}, "is missing"),
        ({"needs": [{"field": "desk_phone", "filled": True, "says": {"zh": "甲", "en": "a"}}]},
         "“desk_phone” is seen by fewer than the register"),
        ({"code": "1"}, "“1” is no code"),
        ({"more": 1}, "this key is not known here"),
    ],
    ids=str,
)  # fmt: skip
def test_a_gate_that_cannot_be_meant_is_told(gate, says):
    good = {
        "code": "one", "name": {"zh": "关", "en": "Gate"}, "when": [{"field": "open_daily", "is": True}],
        "needs": [{"field": "area", "at_least": 3, "says": {"zh": "面积", "en": "area"}}],
    }  # fmt: skip
    assert check(build.content(gates=[good])) == []
    assert any(says in fault.says for fault in check(build.content(gates=[{**good, **gate}])))
    assert any("borne by two gates" in fault.says for fault in check(build.content(gates=[good, good])))


@pytest.fixture
def estates(town):
    build.declared(**{**dict.fromkeys(build.PLAIN), **json.loads(json.dumps(CONTENT, default=str))})
    for code, number in NUMBERS.items():
        build.parameter(code, str(number.value), number.unit.code)
    return town


def entered(town, **changed) -> Entry:
    return build.room(town.willow, of="new_estate", name="柳岸花园", lon=104.1, lat=30.6, **{**GOOD, **changed})


@pytest.mark.requirement("R247")
@pytest.mark.requirement("R248")
def test_the_form_refuses_what_is_held_back_and_says_why(estates):
    with pytest.raises(BadEntry, match=r"规划关.*900 平方米") as caught:
        entered(estates, stage="design", facility_stage="design", planned_people=9000)
    assert set(caught.value.by_field) == {"service_area_planned"}
    number = entered(estates).number
    ahead = {"stage": "design"}
    with pytest.raises(BadEntry, match="配套设施还没有同步设计"):
        services.change_entry("new_estate", number, values=ahead, by=build.SYSTEM, at=build.NOW)
    both = {"stage": "design", "facility_stage": "design"}
    services.change_entry("new_estate", number, values=both, by=build.SYSTEM, at=build.NOW)
    with pytest.raises(BadEntry) as caught:
        services.change_entry("new_estate", number, values={"stage": "delivered"}, by=build.SYSTEM, at=build.NOW)
    assert set(caught.value.by_field) == {
        "facility_stage", "service_area_built", "handed_over_on", "civil_affairs_check",
    }  # fmt: skip
    services.change_entry("new_estate", number, values=DELIVERED, by=build.SYSTEM, at=build.NOW)
    assert queries.detail(queries.register("new_estate"), number, build.SYSTEM).held == ()


@pytest.mark.requirement("R247")
def test_a_file_is_held_back_line_by_line_and_an_older_entry_is_marked(estates, tmp_path, client):
    entry = entered(estates)
    file = build.csv_file(
        tmp_path / "estates.csv",
        "编号,单元代码,名称,经度,纬度,规划人口,规划服务用房面积,配建托育设施,住宅建设进度,与住宅同步",
        f"1,{estates.willow.code},柳岸花园,104.1,30.6,8000,800,是,验收,是",
        f",{estates.willow.code},梅岸花园,104.1,30.6,800,50,是,规划,是",
    )
    at = datetime(2026, 6, 2, tzinfo=UTC)
    report = services.import_entries("new_estate", file, by=build.SYSTEM, at=at, source="试")
    assert {fault.line for fault in report.faults} == {2}
    assert "配套设施还没有同步验收" in str(report.faults)
    assert Entry.objects.count() == 1
    Entry.objects.filter(pk=entry.pk).update(values={**GOOD, "stage": "acceptance"})
    marked = queries.detail(queries.register("new_estate"), 1, build.SYSTEM).held
    assert [one.gate.code for one in marked] == ["design", "construction", "acceptance", "acceptance"]
    page = client.get("/registers/new_estate/1/").content.decode()
    assert "还不能往下走：有欠缺" in page
    assert "配套设施还没有同步验收" in page
