"""What communities carry: inventories and their cut, ledgers, the burden by month, the diary, agreements."""

import time
import tomllib
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import translation

from liren.foundation.admission import queries, services
from liren.foundation.admission.engine.fields import repeated, same_key, share
from liren.foundation.admission.models import Agreement, Burden, Ledger, LedgerEntry
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.policy.queries import parameter
from liren.foundation.territory.models import Level
from tests import make as makers
from tests.conftest import ROOT
from tests.make import admission as make
from tests.make import bodies, each, registers
from tests.make.territory import unit

pytestmark = pytest.mark.django_db
COUNTED = date(2026, 1, 1)


def burden(here, stock="organisation", name="领导小组", **changes):
    facts = {"unit_id": here.town.city.pk, "name_zh": name, "counted_on": COUNTED, **make.BY, **changes}
    return services.count_burden(stock, **facts)


def fate(row, what, **changes):
    facts = {"fate": what, "effective_on": date(2026, 3, 1), "instrument": "减负一号文", **make.BY, **changes}
    return services.decide_fate(row.pk, **facts)


#: What Changzhou counted in 2014: how many there were, how many went, and what was said of it in per cent.
CHANGZHOU = {
    "organisation": (37, 21, "cut", "burden_organisations_cut"),
    "venue": (27, 23, "cut", "burden_venues_cut"),
    "task": (100, 23, "cut", "burden_tasks_cut"),
    "system": (27, 12, "merged", "burden_systems_integrated"),
    "stamp": (80, 60, "cut", "burden_stamps_cut"),
}


@pytest.mark.requirement("R355", "R356", "R357", "R358", "R359")
def test_an_inventory_of_the_size_of_changzhou_gives_the_figures_of_changzhou(here):
    """Bases are the implied ones (21/57 % and so on); the shares to be met are those of the pack."""
    each.load_packs(make.NOW)
    for stock, (base, gone, what, _code) in CHANGZHOU.items():
        for number in range(base):
            row = burden(here, stock, f"{stock}{number}号")
            if number < gone:
                fate(row, what, route_zh="凭身份证办理" if stock == "stamp" else "")
            elif number == gone:
                fate(row, "limited")
    found = {one.stock: (one.base, one.gone, one.percent) for one in queries.cuts(here.town.city)}
    on = date(2014, 12, 31)
    said = {
        stock: tuple(int(parameter(f"{code}{end}", "changzhou", on=on).quantity.value) for end in ("", "_share"))
        for stock, (_base, _gone, _what, code) in CHANGZHOU.items()
    }
    assert {stock: (gone, percent) for stock, (_base, gone, percent) in found.items()} == said
    assert said == {
        "organisation": (21, 57), "venue": (23, 85), "task": (23, 23), "system": (12, 44), "stamp": (60, 75),
    }  # fmt: skip


def test_an_empty_inventory_has_no_cut(here):
    assert queries.cut("venue", here.town.city).percent is None


@pytest.mark.requirement("R359")
def test_a_certificate_is_cancelled_only_with_another_way_for_residents(here):
    row = burden(here, "stamp", "无犯罪记录证明")
    with pytest.raises(BadInput):
        fate(row, "cut")
    fate(row, "cut", route_zh="到派出所开具，或者网上申请")
    (found,) = queries.other_way("犯罪", here.town.willow)
    assert (found.name_zh, found.route_zh) == ("无犯罪记录证明", "到派出所开具，或者网上申请")
    assert not queries.other_way("居住", here.town.willow).exists()


def test_fates_follow_each_other_in_time_and_each_names_its_document(here):
    row = burden(here)
    fate(row, "limited")
    for wrong in ({"effective_on": date(2026, 2, 1)}, {"effective_on": date(2026, 7, 1)}, {"instrument": " "}):
        with pytest.raises(BadInput):
            fate(row, "cut", **wrong)
    fate(row, "cut", effective_on=make.TODAY)
    assert [one.fate for one in row.changes.all()] == ["limited", "cut"]
    with pytest.raises(Conflict):
        burden(here)
    with pytest.raises(NotAllowed):
        burden(here, name="别", by=makers.holder("admission.burden", here.town.east))


# --- ledgers ---


def ledger(here, **changes):
    under = make.admission(here, work_type="ledger")
    facts = {
        "community_id": here.town.willow.pk, "name_zh": "商户台账", "sender_id": here.department.pk,
        "admission_id": under.pk, "given_on": make.TODAY, **make.BY, **changes,
    }  # fmt: skip
    return services.open_ledger(**facts)


@pytest.mark.requirement("R360")
def test_cancelling_closes_every_ledger_the_same_day_and_blocks_new_entries(here):
    row = burden(here, "task", "商户巡查")
    kept = [ledger(here, burden_id=row.pk, medium=medium) for medium in ("paper", "electronic")]
    services.enter(kept[0].pk, entered_on=make.TODAY, minutes=20, **make.BY)
    fate(row, "cut", effective_on=make.TODAY)
    assert set(Ledger.objects.values_list("closed_on", flat=True)) == {make.TODAY}
    for one in kept:
        with pytest.raises(Conflict):
            services.enter(one.pk, entered_on=make.TODAY, **make.BY)
    assert LedgerEntry.objects.count() == 1
    with pytest.raises(services.NotAdmitted) as caught:
        ledger(here, burden_id=row.pk)
    assert caught.value.why == "ledger_of_what_is_cancelled_stays_closed"


@pytest.mark.requirement("R360")
def test_cancelling_by_hand_written_sql_closes_them_too(here):
    row = burden(here, "task", "商户巡查")
    kept = ledger(here, burden_id=row.pk)
    Burden.objects.filter(pk=row.pk).update(fate="stopped", fate_on=make.TODAY)
    kept.refresh_from_db()
    assert (kept.closed_on, kept.closed_why) == (make.TODAY, "商户巡查")


def test_a_ledger_closes_with_its_admission_or_by_the_body_that_asked(here):
    one, two = ledger(here), ledger(here)
    services.end_admission(one.admission_id, on=make.TODAY, reason="取消", **make.BY)
    services.close_ledger(two.pk, on=make.TODAY, why="不再需要", **make.BY)
    assert set(Ledger.objects.values_list("closed_on", flat=True)) == {make.TODAY}
    with pytest.raises(Conflict):
        services.close_ledger(two.pk, on=make.TODAY, why="再次", **make.BY)


# --- the burden by month ---


@pytest.mark.requirement("R364")
def test_the_burden_of_a_month_is_told_by_the_body_that_asked(here):
    form = make.admission(here, work_type="form", fields=["姓名", "电话", "收入"])
    meeting = make.admission(here, work_type="meeting", sender_id=here.other.pk, fields=["联系人姓名"])
    other = make.admission(here, work_type="form", sender_id=here.other.pk, fields=["户主姓名", "车牌"])
    for under, day in ((form, date(2026, 6, 2)), (form, date(2026, 6, 30)), (form, date(2026, 7, 1)),
                       (meeting, date(2026, 6, 5)), (other, date(2026, 6, 5))):  # fmt: skip
        make.handed(here, under, given_on=day, minutes=30)
    refused = make.handed(here, meeting, given_on=date(2026, 6, 9))
    services.refuse_work(refused.pk, note="不是一回事", **make.BY)
    ledger(here)
    found = queries.month(here.town.willow, date(2026, 6, 1))
    loads = {one.sender_id: (one.counts, one.ledgers, one.repeated, one.minutes) for one in found.loads}
    assert loads == {
        here.department.pk: ({"form": 2}, 1, 1, 60),
        here.other.pk: ({"meeting": 1, "form": 1}, 0, 1, 60),
    }
    assert (found.admitted, found.total("form"), found.repeated) == (4, 3, 2)
    year = queries.year(here.town.willow, 2026)
    assert (year["form"], year["meeting"], year["inspection"], year["admitted"]) == (4, 1, 0, 4)


def test_a_month_costs_the_same_however_much_was_asked(here, django_assert_num_queries):
    under = make.admission(here)
    for number in (1, 5):
        for _n in range(number):
            make.handed(here, under)
        with django_assert_num_queries(5):
            queries.month(here.town.willow, date(2026, 6, 1))


@pytest.mark.requirement("R364")
def test_questions_of_two_forms_are_compared_by_sense():
    assert same_key("联系电话（必填）") == same_key("2. 手机号码") == same_key("电 话:") == "电话"
    assert same_key("车牌") != same_key("电话")
    found = repeated({1: ["姓名", "收入"], 2: ["户主姓名"], 3: ["名字", "名字"]})
    assert [(one.key, one.forms) for one in found] == [("姓名", (1, 2, 3))]
    assert share(["姓名", "收入"], {"姓名"}) == 0.5
    assert share([], {"姓名"}) == 0.0
    kept = repeated({1: ["姓名", "收入"], 2: ["户主姓名"]}, {"b": ["家庭 收入", "收入（元）"], "a": ["收入"]})
    assert [(one.key, one.forms, one.registers) for one in kept] == [("姓名", (1, 2), ()), ("收入", (1,), ("a", "b"))]


@pytest.mark.requirement("R364")
def test_two_thousand_forms_are_compared_in_under_a_second():
    """And with every register that the packs declare."""
    kept = {}
    for path in (ROOT / "packs").glob("**/registers/*.toml"):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        kept[path.stem] = [one["name"]["zh"] for one in content["fields"]]
    asked = ["姓名", "联系电话", kept["community_worker"][0]]
    forms = {n: [f"问题{(n * 7 + k) % 5000}" for k in range(15)] + asked for n in range(2000)}
    same_key.cache_clear()
    began = time.process_time()
    found = repeated(forms, kept)
    assert time.process_time() - began < 1
    most = {one.key: (len(one.forms), "community_worker" in one.registers) for one in found[:3]}
    assert most == {"姓名": (2000, False), "电话": (2000, False), same_key(asked[2]): (2000, True)}
    assert len(kept) > 140


def test_questions_that_are_asked_most_often_come_first(here):
    make.admission(here, work_type="form", fields=["姓名", "电话"])
    make.admission(here, work_type="form", sender_id=here.other.pk, fields=["名字", "手机", "收入", "车牌"])
    make.admission(here, work_type="form", fields=["户主姓名", "民宿"])
    found = queries.repeated_fields(make.TODAY)
    assert [(one.key, one.forms, one.senders) for one in found] == [("姓名", 3, 2), ("电话", 2, 2)]


@pytest.mark.requirement("R364")
def test_a_question_that_a_register_keeps_is_told_before_it_is_asked_and_counted_when_it_is(here):
    registers.declared()
    field = registers.content()["fields"][0]["name"]["zh"]
    name = registers.content()["name"]["en"]
    plain = {"work_type": "form", "fields": [f"1. {field}（必填）", "养犬数"]}
    found = queries.findings(make.wish(here, **plain), on=make.TODAY)
    assert [(one.code, one.what, one.stops) for one in found] == [("kept_already", f"{name} 1/2", False)]
    make.admission(here, **plain)
    month = queries.month(here.town.willow, date(2026, 6, 1))
    assert month.questions == (queries.Asked(same_key(field), 1, 1, (name,)),)
    assert (month.repeated, queries.year(here.town.willow, 2026)["repeated"]) == (1, 1)
    assert queries.repeated_fields(make.TODAY) == list(month.questions)
    with translation.override("zh-hans"):
        assert queries.kept_questions()[same_key(field)] == (registers.content()["name"]["zh"],)


# --- the diary ---


@pytest.mark.requirement("R234")
def test_hours_come_from_sheets_without_a_name_and_are_shown_from_five_sheets_on(here):
    sheet = {"tasks": 120, "forms": 60, "meetings": 60, "residents": 240}
    for number in range(1, 6):
        services.fill_diary(here.town.willow.pk, day=make.TODAY, minutes=sheet, **make.BY)
        found = queries.month(here.town.willow, make.TODAY)
        assert (found.sheets, found.hours is None) == (number, number < 5)
    assert found.hours == {
        "tasks": 2.0, "forms": 1.0, "meetings": 1.0, "inspections": 0.0, "residents": 4.0, "other": 0.0,
    }  # fmt: skip
    assert _columns("admission_diarysheet") == {"id", "community_id", "day", *found.hours}
    assert AuditEntry.objects.filter(action="admission.diary_filled").latest("pk").actor == "worker"


def _columns(table):
    with connection.cursor() as cursor:
        return {one.name for one in connection.introspection.get_table_description(cursor, table)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": {"tasks": 961}}, {"minutes": {}}, {"minutes": {"tasks": -1, "forms": 9}}, {"minutes": {"naps": 10}},
        {"day": make.TODAY + timedelta(days=1)}, {"day": make.TODAY - timedelta(days=40)},
    ],
)  # fmt: skip
def test_a_sheet_that_can_not_be_is_refused(here, wrong):
    with pytest.raises(BadInput):
        services.fill_diary(here.town.willow.pk, **{"day": make.TODAY, "minutes": {"tasks": 60}, **make.BY, **wrong})


@pytest.mark.requirement("R234", "R364")
def test_whoever_dispatches_sees_what_the_community_carries(here):
    under = make.admission(here, minutes_a_month=90)
    make.admission(here, minutes_a_month=30)
    make.handed(here, under, due_on=make.TODAY + timedelta(days=3))
    make.handed(here, under, due_on=make.TODAY + timedelta(days=30))
    bodies.services.record_figure(here.committee.pk, measure="staff", year=2025, number=7, source="年报", **make.BY)
    found = queries.capacity(here.town.willow, make.TODAY)
    assert (found.open, found.due_soon, found.admitted, found.hours_a_month) == (2, 1, 2, 2.0)
    assert found.staff == queries.Staff(7, 2025, ("年报",))


@pytest.mark.requirement("R234", "R364")
def test_workers_are_the_staff_of_committees_that_are_there_with_their_source(here):
    def figure(body, number, year=2025, source="社区年报"):
        bodies.services.record_figure(body.pk, measure="staff", year=year, number=number, source=source, **make.BY)

    home = here.town.willow
    assert queries.staff_of([home.pk], make.TODAY) == {}
    figure(bodies.body(home, "property_firm"), 80)  # works in the community, and not for it
    figure(bodies.body(home, "social_organisation"), 12)
    figure(bodies.body(here.town.east, "committee"), 40)  # of the street
    gone = bodies.body(home, "committee", name_zh="撤销前的居民委员会")
    figure(gone, 9)
    bodies.services.dissolve_body(gone.pk, effective_on=make.TODAY, instrument="撤并文件", **make.BY)
    assert queries.capacity(home, make.TODAY).staff is None
    figure(here.committee, 5, 2024)
    figure(here.committee, 6)
    figure(here.committee, 7, source="更正通知")  # a correction of the same year
    assert queries.capacity(home, make.TODAY).staff == queries.Staff(7, 2025, ("更正通知",))
    figure(bodies.body(home, "committee", name_zh="居务监督委员会"), 2, 2024)
    assert queries.staff_of([home.pk], make.TODAY) == {home.pk: queries.Staff(9, 2024, ("更正通知", "社区年报"))}


@pytest.mark.requirement("R234", "R364")
def test_what_is_in_hand_in_a_month_stands_beside_what_can_be_carried(here, django_assert_num_queries):
    each.load_packs(make.NOW)
    under = make.admission(here, minutes_a_month=5280, communities=[here.town.willow.pk, here.town.plum.pk])
    make.admission(here, minutes_a_month=30, is_assistance=True)  # not active: it takes nobody's time
    make.admission(here, minutes_a_month=60, first=date(2026, 7, 1), end=make.END)  # of the month after
    make.handed(here, under)
    make.handed(here, under, given_on=date(2026, 7, 1))
    services.accept(make.handed(here, under).pk, **make.BY)
    services.finish(make.handed(here, under).pk, **make.BY)
    services.take_up(make.task(here, None), **make.BY)  # what residents ask for is no office's
    for year, number in ((2024, 9), (2025, 2), (2027, 50)):
        bodies.services.record_figure(
            here.committee.pk, measure="staff", year=year, number=number, source="年报", **make.BY
        )
    found = queries.in_hand([here.town.willow, here.town.plum, here.town.bridge], make.TODAY)
    willow, plum, bridge = (found[one.pk] for one in (here.town.willow, here.town.plum, here.town.bridge))
    two = queries.Staff(2, 2025, ("年报",))
    assert willow == queries.InHand(pieces=2, admitted=1, hours=88.0, staff=two, hours_there=352.0)  # 22 days of June
    assert (plum, bridge) == (queries.InHand(0, 1, 88.0, None, None), queries.InHand(0, 0, 0.0, None, None))
    assert (willow.percent, plum.percent) == (25, None)
    with django_assert_num_queries(6):  # three; the district's calendar; the packs, asked for the place and in general
        queries.in_hand([here.town.willow, here.town.plum, here.town.bridge], make.TODAY)
    assert queries.in_hand([], make.TODAY) == {}


# --- agreements ---


def agreement(here, under, **changes):
    facts = {
        "community_id": here.town.willow.pk, "office_id": here.office.pk, "committee_id": here.committee.pk,
        "first": make.TODAY, "end": make.END, "signed_on": make.TODAY, "street_duties": "拨付经费、业务指导",
        "committee_duties": "协助办理所列事项", "matters": {under.pk: 500_000}, "instrument": "东街协议一号",
        **make.BY, **changes,
    }  # fmt: skip
    return services.sign_agreement(**facts)


def supported(here):
    return make.admission(
        here, is_assistance=True, money_fen=500_000, conditions="房屋", information="接口", guide_id=here.government.pk
    )


@pytest.mark.requirement("R363")
def test_an_agreement_is_signed_for_a_year_and_appraised_by_both_sides(here):
    made = agreement(here, supported(here))
    for side in ("street", "committee"):
        assert queries.fulfilled([made]) == {made.pk: False}
        services.appraise_agreement(
            made.pk, side=side, verdict="partly", text="经费晚到一个月", said_on=make.TODAY, **make.BY
        )
    assert queries.fulfilled([made]) == {made.pk: True}
    with pytest.raises(Conflict):
        services.appraise_agreement(made.pk, side="street", verdict="kept", text="再说", said_on=make.TODAY, **make.BY)


@pytest.mark.requirement("R363")
def test_each_side_appraises_for_itself_alone(here):
    made = agreement(here, supported(here))
    street, worker = (
        makers.holder("admission.agree", here.town.east),
        makers.holder("admission.answer", here.town.willow),
    )
    for actor, side in ((street, "committee"), (worker, "street")):
        with pytest.raises(NotAllowed):
            services.appraise_agreement(
                made.pk, side=side, verdict="kept", text="好", said_on=make.TODAY, by=actor, at=make.NOW
            )


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": date(2028, 6, 1)}, {"matters": {}}, {"office_id": "government"}, {"committee_id": "office"},
        {"signed_on": date(2026, 7, 1)}, {"matters": "unsupported"}, {"matters": "free"},
    ],
)  # fmt: skip
def test_an_agreement_that_is_none_is_refused(here, wrong):
    under = supported(here)
    words = {
        "government": here.government.pk, "office": here.office.pk, "unsupported": {make.admission(here).pk: 100},
        "free": {under.pk: 0},
    }  # fmt: skip
    with pytest.raises(BadInput):
        agreement(here, under, **{k: words.get(v, v) if isinstance(v, str) else v for k, v in wrong.items()})


def test_two_agreements_with_one_committee_never_hold_at_one_time(here):
    under = supported(here)
    agreement(here, under)
    with pytest.raises(Conflict):
        agreement(here, under, first=date(2026, 12, 1), end=date(2027, 11, 1))


@pytest.mark.requirement("R362")
def test_coverage_of_streets_is_told_for_a_day(here):
    agreement(here, supported(here))
    before, on = (queries.agreement_coverage(here.town.city, day) for day in (date(2026, 5, 1), make.TODAY))
    assert ((before.covered, before.percent), (on.covered, on.streets, on.percent)) == ((0, 0.0), (1, 2, 50.0))
    assert Agreement.objects.count() == 1


@pytest.mark.requirement("R362")
def test_coverage_stands_beside_the_dated_milestones_of_the_documents(here):
    each.load_packs(make.NOW)
    place = unit(Level.CITY, None, on=date(2010, 1, 1), code="320400000000", name_zh="常州市")

    def asked(day, covered, streets):
        found = queries.milestones(place, day, queries.Covered(covered, streets))
        return [(one.answer.code, one.answer.text("en"), one.is_met) for one in found]

    # A number whose day is past still stands.
    pilot, half = ("gov_society_pilot", "≥ 1 item"), ("gov_society_coverage_2014", "≥ 50%")
    all_of_them = ("gov_society_coverage_2016", "100%")
    assert asked(date(2014, 3, 1), 1, 8) == [(*pilot, True)]
    for covered, is_met in ((3, False), (4, True)):
        assert asked(date(2014, 9, 1), covered, 8) == [(*pilot, True), (*half, is_met), (*all_of_them, False)]
    for covered, streets, first, last in ((4999, 5000, True, False), (5000, 5000, True, True), (0, 0, None, None)):
        assert asked(make.TODAY, covered, streets) == [(*pilot, first), (*half, first), (*all_of_them, last)]
    assert queries.milestones(here.town.city, make.TODAY, queries.Covered(1, 2)) == []
