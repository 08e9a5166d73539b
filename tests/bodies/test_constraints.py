"""PostgreSQL does the refusing: every constraint of the room is broken once, by a row that no service stops."""

import copy
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.bodies import services
from liren.foundation.bodies.models import (
    Activity,
    Body,
    BodyChange,
    ContactArrangement,
    Delivery,
    Duty,
    Entry,
    Figure,
    Liaison,
    MembershipOfBody,
    OfficeHolding,
    Pairing,
    Post,
    Reception,
)
from liren.host import database
from tests import make as makers
from tests.make import bodies as make

pytestmark = pytest.mark.django_db
EMPTY, BEGINNINGLESS = DateRange(make.SINCE, make.SINCE), DateRange(None, make.SINCE)
BEFORE = DateRange(make.SINCE - timedelta(days=9), None)
EARLIER, OVER = DateRange(date(2019, 1, 1), make.SINCE), DateRange(make.SINCE, date(2025, 1, 1))


@pytest.fixture(scope="module")
def built_rows(built, django_db_blocker):
    with django_db_blocker.unblock():
        return one_of_each(built)


@pytest.fixture
def rows(built_rows, here):
    """One row of every table, by the name of its model in small letters: copies, for a test that may change them."""
    return copy.deepcopy(built_rows)


def one_of_each(here):
    unit, on = here.town.willow, {"effective_on": make.SINCE, **make.BY}
    party = make.body(unit, "party_organisation", name_zh="楼宇党组织", place="office_building")
    child = make.body(unit, "sub_committee", parent_id=here.committee.pk, name_zh="卫生委员会")
    account = makers.account()
    found = {
        "body": make.body(unit, uscc=make.code(), registration="registered"),
        "party": party,
        "child": child,
        "holding": make.holding(here.director, name="甲某", account_id=account.pk),
        "chair": make.holding(make.post(here.commission, is_head=True), by_post_id=here.secretary.pk),
        "post": here.director,
        "duty": services.publish_duty(here.committee.pk, text_zh="服务居民", instrument="三定方案", **on),
        "membership": services.admit_member(here.commission.pk, member_id=here.department.pk, instrument="文", **on),
        "pairing": make.pairing(here.department, unit),
        "liaison": services.name_liaison(here.department.pk, unit_id=unit.pk, name="乙某", **on),
        "authority": services.extend_authority(here.town.east.pk, power="work_safety", instrument="文", **on),
        "strand": services.lead_strand(unit.pk, line="volunteers", lead_id=here.committee.pk, **on),
        "arrangement": services.arrange_contact(
            unit.pk, kind="people_deputy", level=3, name="丙某", times="每月5日", where="会客厅", instrument="文", **on
        ),
        "figure": services.record_figure(
            here.committee.pk, measure="staff", year=2025, number=6, source="年报", **make.BY
        ),
        "activity": services.record_activity(
            here.committee.pk, unit_id=unit.pk, held_on=make.TODAY, text_zh="清洁日", took_part=40, **make.BY
        ),
    }
    found["change"] = found["body"].changes.get()
    found["entry"] = services.record_entry(
        found["body"].pk, kind="support", happened_on=make.TODAY, text_zh="场地", amount_fen=5, source="文", **make.BY
    )
    found["delivery"] = services.record_delivery(
        found["pairing"].pk, delivered_on=make.TODAY, what_zh="开放车位", **make.BY
    )
    found["reception"] = services.record_reception(
        found["arrangement"].pk, held_on=make.TODAY, topic="traffic", times_raised=2, **make.BY
    )
    makers.chained()
    return found


@contextmanager
def refused(name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        yield
    assert error.value.__cause__.diag.constraint_name == name


def again(row, **wrong):
    """The same row once more, with something wrong."""
    fields = [f for f in row._meta.concrete_fields if not f.primary_key and not isinstance(f, models.GeneratedField)]
    return type(row)(**{f.attname: getattr(row, f.attname) for f in fields} | wrong).save(force_insert=True)


FREE = {"uscc": "", "registration": "none"}
NOBODY = {"name": "", "account_id": None, "by_post_id": None}
PERIODS = {
    "body": "body_has_a_real_period",
    "post": "post_has_a_real_period",
    "holding": "holding_has_a_real_period",
    "duty": "duty_has_a_real_period",
    "membership": "membership_has_a_real_period",
    "pairing": "pairing_has_a_real_period",
    "liaison": "liaison_has_a_real_period",
    "authority": "authority_has_a_real_period",
    "strand": "strand_has_a_real_period",
    "arrangement": "arrangement_has_a_real_period",
}
BROKEN = [
    ("body", {"kind": "sect"}, "body_kind_is_known"),
    ("body", {"registration": "secret", "uscc": ""}, "body_registration_is_known"),
    ("body", {"part": "rules", **FREE, "kind": "committee"}, "body_part_is_known"),
    ("party", {"place": "home"}, "body_place_is_known"),
    ("body", {"name_zh": " "}, "body_has_a_chinese_name"),
    ("body", {"instrument": " "}, "body_names_its_document"),
    ("body", {"works": ["espionage"]}, "body_works_in_known_fields"),
    ("body", {"uscc": "52990102MJ000000I0"}, "body_code_has_eighteen_characters"),
    ("body", {"registration": "filed"}, "body_with_a_code_is_registered"),
    ("body", {}, "body_code_is_borne_once"),
    ("body", {"part": "checks"}, "body_with_a_part_governs_itself"),
    ("body", {"place": "market"}, "body_in_a_new_field_is_a_party_organisation"),
    ("child", {"parent_id": None}, "body_sub_committee_has_a_parent"),
    ("body", {"search_text": "a\nb", **FREE}, "body_search_text_is_tokens"),
    ("change", {"kind": "lost"}, "body_change_kind_is_known"),
    ("change", {"instrument": ""}, "body_change_names_its_document"),
    ("change", {"actor": ""}, "body_change_names_its_actor"),
    ("change", {}, "body_is_founded_once"),
    ("post", {"name_zh": ""}, "post_has_a_chinese_name"),
    ("post", {"instrument": ""}, "post_names_its_document"),
    ("post", {"filled_by": "inheritance"}, "post_filling_is_known"),
    ("post", {"seats": 0, "is_head": False}, "post_has_seats"),
    ("post", {"seats": 501, "is_head": False}, "post_has_seats"),
    ("post", {"seats": 2}, "post_that_leads_has_one_seat"),
    ("post", {}, "body_has_one_leading_post_at_a_time"),
    ("holding", {"account_id": None}, "holding_of_one_seat_never_overlaps"),
    ("holding", {"seat": 2}, "holding_of_one_account_never_overlaps"),
    ("holding", {"how": "inheritance"}, "holding_filling_is_known"),
    ("holding", {"instrument": ""}, "holding_names_its_document"),
    ("holding", {"seat": 0}, "holding_has_a_seat"),
    ("holding", {**NOBODY, "seat": 2}, "holding_is_of_a_person_or_of_another_post"),
    ("chair", {"name": "丁某"}, "holding_is_of_a_person_or_of_another_post"),
    ("chair", {"how": "election"}, "holding_of_another_post_is_ex_officio"),
    ("holding", {"how": "ex_officio"}, "holding_of_another_post_is_ex_officio"),
    ("duty", {"text_zh": ""}, "duty_has_a_chinese_text"),
    ("duty", {"kind": "wish"}, "duty_kind_is_known"),
    ("duty", {"basis": "第二十条"}, "duty_basis_is_the_key_of_a_provision"),
    ("duty", {"basis": "chengdu/opinion-2017#20"}, "duty_rests_on_a_provision_or_on_words"),
    ("duty", {"basis": "chengdu/opinion-2017#404", "instrument": ""}, "duty_basis_is_in_the_library"),
    ("membership", {}, "membership_of_one_body_never_overlaps"),
    ("membership", {"role": "owner"}, "membership_role_is_known"),
    ("membership", {"instrument": ""}, "membership_names_its_document"),
    ("pairing", {}, "pairing_of_two_never_overlaps"),
    ("pairing", {"agreed_zh": ""}, "pairing_says_what_was_agreed"),
    ("pairing", {"instrument": ""}, "pairing_names_its_document"),
    ("delivery", {"what_zh": ""}, "delivery_says_what_was_delivered"),
    ("delivery", {"recorded_by": ""}, "delivery_names_its_recorder"),
    ("liaison", {}, "liaison_of_a_body_in_a_unit_never_overlaps"),
    ("liaison", {"name": ""}, "liaison_has_a_name"),
    ("authority", {"power": "everything"}, "authority_is_known"),
    ("authority", {"instrument": ""}, "authority_names_its_document"),
    ("authority", {"power": "other"}, "authority_of_another_sort_says_which"),
    ("strand", {"line": "sixth"}, "strand_is_one_of_five"),
    ("strand", {"place": 4}, "strand_is_one_of_five"),
    ("strand", {}, "strand_has_one_lead_at_a_time"),
    ("arrangement", {"kind": "guru"}, "arrangement_office_is_known"),
    ("arrangement", {"level": 9}, "arrangement_level_is_known"),
    ("arrangement", {"name": ""}, "arrangement_has_a_name"),
    ("arrangement", {"times": ""}, "arrangement_says_when"),
    ("arrangement", {"where": ""}, "arrangement_says_where"),
    ("arrangement", {"instrument": ""}, "arrangement_names_its_document"),
    ("reception", {"topic": "mood"}, "reception_topic_is_known"),
    ("reception", {"times_raised": 0}, "reception_counts_from_one"),
    ("figure", {"measure": "loyalty"}, "figure_measure_is_known"),
    ("figure", {}, "figure_is_said_once"),
    ("figure", {"year": 1900}, "figure_year_is_plausible"),
    ("figure", {"number": -1}, "figure_is_not_negative"),
    ("figure", {"source": ""}, "figure_names_its_source"),
    ("entry", {"kind": "praise", "amount_fen": None}, "entry_kind_is_known"),
    ("entry", {"text_zh": ""}, "entry_says_what_happened"),
    ("entry", {"source": ""}, "entry_names_its_source"),
    ("entry", {"kind": "inspection"}, "entry_amount_is_of_support_or_contracts"),
    ("entry", {"kind": "answer", "amount_fen": None}, "entry_answer_names_its_complaint"),
    ("activity", {"line": "sixth"}, "activity_line_is_known"),
    ("activity", {"text_zh": ""}, "activity_says_what_was_done"),
    ("activity", {"took_part": 10_000_001}, "activity_number_is_plausible"),
    # Names are kept for ten years.
    ("holding", {**NOBODY, "during": OVER, "forgotten_on": date(2034, 1, 1)}, "holding_keeps_its_name_for_ten_years"),
    ("liaison", {"name": "", "forgotten_on": date(2034, 1, 1)}, "liaison_keeps_its_name_for_ten_years"),
    ("arrangement", {"name": "", "forgotten_on": date(2034, 1, 1)}, "arrangement_keeps_its_name_for_ten_years"),
    # What triggers refuse.
    ("post", {"during": BEFORE, "is_head": False}, "post_lies_in_the_days_of_its_body"),
    ("holding", {"during": BEFORE, "seat": 1, "account_id": None, "post_id": "checker"},
     "officeholding_lies_in_the_days_of_its_post"),
    ("duty", {"during": BEFORE}, "duty_lies_in_the_days_of_its_body"),
    ("duty", {"during": BEFORE, "body_id": "old", "post_id": "director"}, "duty_lies_in_the_days_of_its_post"),
    ("membership", {"during": EARLIER, "member_id": "old"}, "membershipofbody_lies_in_the_days_of_its_whole"),
    ("membership", {"during": EARLIER, "whole_id": "old"}, "membershipofbody_lies_in_the_days_of_its_member"),
    ("pairing", {"during": EARLIER}, "pairing_lies_in_the_days_of_its_body"),
    ("liaison", {"during": EARLIER}, "liaison_lies_in_the_days_of_its_body"),
    ("strand", {"during": EARLIER}, "strand_lies_in_the_days_of_its_lead"),
    ("holding", {"seat": 4, "account_id": None}, "holding_has_a_seat_of_its_post"),
    ("child", {"unit_id": "bridge"}, "body_parent_acts_in_its_unit_or_above"),
]  # fmt: skip


@pytest.mark.parametrize(("which", "wrong", "name"), BROKEN, ids=[f"{n}-{i}" for i, (_w, _v, n) in enumerate(BROKEN)])
def test_the_database_refuses_what_can_not_be(rows, here, which, wrong, name):
    words = {"checker": here.checker.pk, "director": here.director.pk, "bridge": here.town.bridge.pk}
    words["old"] = make.body(here.town.willow, effective_on=date(2010, 1, 1)).pk
    with refused(name):
        again(rows[which], **{k: words.get(v, v) if isinstance(v, str) else v for k, v in wrong.items()})


@pytest.mark.parametrize("during", [EMPTY, BEGINNINGLESS], ids=["empty", "without a beginning"])
@pytest.mark.parametrize(("which", "name"), PERIODS.items())
def test_a_period_without_days_or_beginning_is_refused(rows, which, name, during):
    with refused(name):
        again(rows[which], during=during)


def test_a_row_that_points_to_itself_is_refused(rows, here):
    with refused("body_is_not_its_own_parent"):
        Body.objects.filter(pk=rows["body"].pk).update(parent=rows["body"].pk)
    with refused("holding_is_not_of_its_own_post"):
        again(rows["chair"], by_post_id=rows["chair"].post_id, during=EARLIER)
    with refused("membership_is_of_another_body"):
        again(rows["membership"], member_id=rows["membership"].whole_id)


def test_a_body_is_dissolved_once_and_never_stands_above_itself(rows, here):
    services.dissolve_body(rows["body"].pk, effective_on=make.TODAY, instrument="文", **make.BY)
    with refused("body_is_dissolved_once"):
        again(BodyChange.objects.get(body=rows["body"], kind="dissolved"))
    with refused("body_never_stands_above_itself"):
        Body.objects.filter(pk=here.committee.pk).update(parent=rows["child"].pk)


def test_a_life_does_not_end_before_what_hangs_on_it(rows, here):
    with refused("body_holds_each_post_by_body"):
        Body.objects.filter(pk=here.supervision.pk).update(during=OVER)
    with refused("post_holds_each_officeholding_by_post"):
        Post.objects.filter(pk=here.director.pk).update(during=OVER)
    for which, column in (("duty", "body"), ("membership", "whole"), ("pairing", "body"), ("strand", "lead")):
        above = getattr(rows[which], column)
        with pytest.raises(IntegrityError), transaction.atomic():
            Body.objects.filter(pk=above.pk).update(during=OVER)


def test_seats_that_are_held_are_not_taken_away(rows, here):
    for name in ("甲", "乙", "丙"):
        make.holding(here.checker, name=name)
    with refused("post_keeps_the_seats_that_are_held"):
        Post.objects.filter(pk=here.checker.pk).update(seats=2)


@pytest.mark.requirement("R021")
def test_no_account_decides_and_checks_whatever_way_it_comes_about(rows, here):
    account = rows["holding"].account_id
    with refused("holding_who_decides_does_not_check"):
        again(rows["holding"], post_id=here.checker.pk)
    loose = make.body(here.town.willow, "committee", name_zh="另一委员会")
    make.holding(make.post(loose), account_id=account)
    with refused("holding_who_decides_does_not_check"):
        Body.objects.filter(pk=loose.pk).update(part="checks")
    other = make.holding(here.checker, name="戊某")
    with refused("holding_who_decides_does_not_check"):
        OfficeHolding.objects.filter(pk=other.pk).update(account=account)


APPENDED = [BodyChange, Delivery, Figure, Entry, Activity, Reception]
KEPT = [Body, Post, OfficeHolding, MembershipOfBody, Duty, Pairing, Liaison, ContactArrangement]


@pytest.mark.parametrize("model", APPENDED, ids=lambda model: model.__name__)
def test_what_was_appended_stays_as_it_was_written(rows, model):
    row = model.objects.first()
    for act in (lambda: model.objects.filter(pk=row.pk)._raw_delete("default"), lambda: touched(row)):
        with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
            act()


def touched(row):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET id = id WHERE id = %s", [row.pk])


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_what_ends_is_never_deleted(rows, model):
    with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        (OfficeHolding, "seat", 3),
        (OfficeHolding, "instrument", "另一文件"),
        (Duty, "text_zh", "另一职责"),
        (Pairing, "agreed_zh", "别的"),
        (Body, "instrument", "别的文件"),
        (Body, "is_simulated", True),
    ],
)
def test_facts_of_rows_that_are_kept_do_not_change(rows, model, column, value):
    with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(**{column: value})


def test_every_constraint_of_the_room_is_broken_above():
    said = {name for _which, _wrong, name in BROKEN} | set(PERIODS.values())
    said |= {"body_is_not_its_own_parent", "holding_is_not_of_its_own_post", "membership_is_of_another_body"}
    said |= {"body_is_dissolved_once"}
    declared = {c.name for model in apps.get_app_config("bodies").get_models() for c in model._meta.constraints}
    assert declared - said == set()


def test_the_webs_role_may_set_the_columns_that_no_trigger_guards(db):
    with connection.cursor() as cursor:
        refused = set(database.append_only(cursor.connection))
    assert {"bodies_bodychange", "bodies_reception", "bodies_entry"} <= refused
    assert not {"bodies_body", "bodies_post", "bodies_officeholding", "bodies_contactarrangement"} & refused
