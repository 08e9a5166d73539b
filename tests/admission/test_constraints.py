"""PostgreSQL does the refusing: every constraint of the room is broken once, by a row that no service stops."""

import copy
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.admission import machine, services
from liren.foundation.admission.models import (
    AgreedMatter,
    Burden,
    BurdenChange,
    DiarySheet,
    FormField,
    Hearing,
    Ledger,
    LedgerEntry,
    ListChange,
    ListComment,
    ListItem,
    ListRevision,
    MutualAppraisal,
    Notice,
    OutsideReport,
    Refusal,
)
from liren.foundation.kernel.engine.states import check_table
from tests import make as makers
from tests.make import admission as make

pytestmark = pytest.mark.django_db
SINCE = make.TODAY
EMPTY, BEGINNINGLESS = DateRange(SINCE, SINCE), DateRange(None, SINCE)
BEFORE = make.NOW - timedelta(days=40)


@pytest.fixture(scope="module")
def built_rows(built, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        return one_of_each(built)


@pytest.fixture
def rows(built_rows, here):
    """One row of every table, by the name of its model: copies, for a test that may change them."""
    return copy.deepcopy(built_rows)


def one_of_each(here):
    revision, change, open_one = lists(here)
    under = make.admission(
        here, is_assistance=True, money_fen=100, conditions="房", information="网", guide_id=here.government.pk,
        work_type="form", fields=["姓名"],
    )  # fmt: skip
    ledgers = make.admission(here, work_type="ledger")
    ledger = services.open_ledger(
        community_id=here.town.willow.pk, name_zh="台账", sender_id=here.department.pk, admission_id=ledgers.pk,
        given_on=SINCE, **make.BY,
    )  # fmt: skip
    application = services.record_application(make.wish(here, first=date(2026, 9, 1)), case_id=1, **make.BY)
    hearing = services.hear(
        application.pk, community_id=here.town.willow.pk, stand="agrees", text="好", **make.BY
    )  # fmt: skip
    burden = services.count_burden("stamp", unit_id=here.town.city.pk, name_zh="证明", counted_on=SINCE, **make.BY)
    services.decide_fate(burden.pk, fate="limited", effective_on=SINCE, instrument="文", **make.BY)
    agreement = services.sign_agreement(
        community_id=here.town.willow.pk, office_id=here.office.pk, committee_id=here.committee.pk, first=SINCE,
        end=make.END, signed_on=SINCE, street_duties="甲", committee_duties="乙", matters={under.pk: 100},
        instrument="文", **make.BY,
    )  # fmt: skip
    appraisal = services.appraise_agreement(
        agreement.pk, side="street", verdict="kept", text="好", said_on=SINCE, **make.BY
    )
    outside = services.report_outside(
        community_id=here.town.willow.pk, sender_id=here.department.pk, work_type="form", happened_on=SINCE,
        text="要表", **make.BY,
    )  # fmt: skip
    refusal = Refusal.objects.create(
        at=make.NOW, why="gate_needs_an_admission", work_type="task", title="事", community=here.town.willow,
        sender=here.department, given_on=SINCE, door="x", actor="x",
    )  # fmt: skip
    makers.chained()
    return {
        "revision": revision, "change": change, "open": open_one, "item": ListItem.objects.first(),
        "comment": ListComment.objects.first(), "admission": under, "reach": under.reaches.get(),
        "field": FormField.objects.get(), "application": application, "hearing": hearing, "ledger": ledger,
        "assignment": make.handed(here, under), "entry": services.enter(ledger.pk, entered_on=SINCE, **make.BY),
        "burden": Burden.objects.get(), "fate": BurdenChange.objects.get(), "agreement": agreement,
        "agreed": AgreedMatter.objects.get(), "appraisal": appraisal, "outside": outside, "refusal": refusal,
        "sheet": services.fill_diary(here.town.willow.pk, day=SINCE, minutes={"tasks": 60}, **make.BY),
        "notice": Notice.objects.create(refusal=refusal, body=here.department, unit=here.town.city, at=make.NOW),
    }  # fmt: skip


def lists(here):
    """A published version with its change, and one that is open for comments."""
    facts = {"op": "add", "code": "loans", "name_zh": "贷款指标", "basis": "条例", "reason": "不属职责"}
    found = []
    for kind in ("negative", "assistance"):
        on = {"by": make.SYSTEM, "at": BEFORE}
        made = services.draft_list(kind, unit_id=here.town.city.pk, reason="清理", **on)
        services.propose_change(made.pk, **facts, **on)
        services.open_comments(made.pk, until=date(2026, 5, 1), **on)
        services.comment_on_list(made.pk, text="好", body_id=here.committee.pk, **on)
        found.append(made)
    services.publish_list(found[0].pk, effective_on=date(2026, 5, 20), by=make.SYSTEM, at=BEFORE + timedelta(days=25))
    revision, open_one = (ListRevision.objects.get(pk=one.pk) for one in found)
    return revision, revision.changes.get(), open_one


@contextmanager
def refused(name):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        yield
    assert error.value.__cause__.diag.constraint_name == name


def again(row, **wrong):
    """The same row once more, with something wrong."""
    fields = [f for f in row._meta.concrete_fields if not f.primary_key and not isinstance(f, models.GeneratedField)]
    return type(row)(**{f.attname: getattr(row, f.attname) for f in fields} | wrong).save(force_insert=True)


PERIODS = {
    "item": "list_item_has_a_real_period",
    "admission": "admission_has_a_real_period",
    "application": "application_has_a_real_period",
    "agreement": "agreement_has_a_real_period",
}
DECIDED = {"outcome": "admitted", "decided_at": make.NOW, "outcome_ground": "依法", "decided_by": "account:2"}
JUDGED = {"state_at": make.NOW, "state_by": "x", "answer": "x"}
BROKEN = [
    ("open", {"kind": "wishes"}, "list_kind_is_known"),
    ("open", {"state": "lost"}, "list_state_is_known"),
    ("open", {"reason": " "}, "list_says_why_it_is_changed"),
    ("open", {"drafted_by": ""}, "list_names_its_drafter"),
    ("revision", {}, "list_version_has_its_number_once"),
    ("open", {"number": 9}, "list_has_one_version_in_hand"),
    ("open", {"kind": "duties", "comments_until": None}, "list_comments_have_their_days"),
    ("revision", {"number": 9, "effective_on": date(2026, 4, 1)}, "list_is_published_after_its_comments"),
    ("change", {"op": "burn"}, "list_change_op_is_known"),
    ("change", {"work_type": "hobby"}, "list_change_work_is_known"),
    ("change", {"name_zh": ""}, "list_change_has_a_chinese_name"),
    ("change", {"basis": ""}, "list_change_names_its_legal_basis"),
    ("change", {"reason": ""}, "list_change_says_why"),
    ("change", {"code": "Bad Code"}, "list_change_code_is_a_code"),
    ("change", {}, "list_changes_a_matter_once_a_version"),
    ("comment", {"source": "spy"}, "list_comment_source_is_known"),
    ("comment", {"text": " "}, "list_comment_says_something"),
    ("comment", {"body_id": None}, "list_comment_of_a_committee_names_it"),
    ("item", {"kind": "wishes"}, "list_item_kind_is_known"),
    ("item", {"name_zh": " "}, "list_item_has_a_chinese_name"),
    ("item", {"basis": " "}, "list_item_names_its_legal_basis"),
    ("item", {}, "list_item_stands_once_at_a_time"),
    ("item", {"code": "b", "during": DateRange(SINCE, make.END)}, "list_item_with_an_end_says_which_change_ended_it"),
    ("admission", {"work_type": "hobby"}, "admission_work_is_known"),
    ("admission", {"title_zh": " "}, "admission_has_a_chinese_title"),
    ("admission", {"basis": " "}, "admission_names_its_legal_basis"),
    ("admission", {"recorded_by": ""}, "admission_names_its_recorder"),
    ("admission", {"during": DateRange(SINCE, None)}, "admission_ends_some_day"),
    ("admission", {"is_active": False, "money_fen": -1}, "admission_money_is_not_negative"),
    ("admission", {"session": " "}, "admission_names_the_joint_meeting"),
    ("admission", {"money_fen": None}, "admission_of_assistance_is_supported_before_it_is_active"),
    ("admission", {"title_zh": "招商引资"}, "admission_is_no_economic_target"),
    ("admission", {"work_type": "award"}, "admission_of_an_award_is_the_comprehensive_one"),
    ("admission", {"ended_on": SINCE}, "admission_ended_says_why"),
    ("reach", {}, "reach_names_a_community_once"),
    ("application", {"case_id": 2, "work_type": "hobby"}, "application_work_is_known"),
    ("application", {"case_id": 2, "title_zh": " "}, "application_has_a_chinese_title"),
    ("application", {"case_id": 2, "basis": " "}, "application_names_its_legal_basis"),
    ("application", {"case_id": 2, "recorded_by": ""}, "application_names_its_recorder"),
    ("application", {"case_id": 2, "during": DateRange(SINCE, None)}, "application_ends_some_day"),
    ("application", {"case_id": 2, "money_fen": -1}, "application_money_is_not_negative"),
    ("application", {"case_id": 2, **DECIDED, "outcome": "maybe"}, "application_outcome_is_known"),
    ("application", {"case_id": 2, **DECIDED, "outcome_ground": " "}, "application_decided_has_ground_and_moment"),
    ("application", {"case_id": 2, **DECIDED, "recorded_by": "account:2"}, "application_is_decided_by_another"),
    ("hearing", {"stand": "maybe"}, "hearing_stand_is_known"),
    ("hearing", {"text": ""}, "hearing_says_something"),
    ("hearing", {"said_by": ""}, "hearing_names_its_speaker"),
    ("assignment", {"work_type": "hobby", "origin": "resident", "sender_id": None, "admission_id": None},
     "assignment_work_is_known"),
    ("assignment", {"origin": "nobody"}, "assignment_origin_is_known"),
    ("assignment", {"recorded_by": ""}, "assignment_names_its_recorder"),
    ("assignment", {"origin": "resident"}, "assignment_of_an_office_names_its_sender"),
    ("assignment", {"state": "lost"}, "assignment_state_is_known"),
    ("assignment", {"title_zh": " "}, "assignment_has_a_chinese_title"),
    ("assignment", {"due_on": SINCE - timedelta(days=9)}, "assignment_is_due_after_it_was_given"),
    ("assignment", {"state": "refused", "note": " "}, "assignment_refused_says_why"),
    ("ledger", {"work_type": "hobby", "origin": "resident", "sender_id": None, "admission_id": None},
     "ledger_work_is_known"),
    ("ledger", {"origin": "nobody"}, "ledger_origin_is_known"),
    ("ledger", {"recorded_by": ""}, "ledger_names_its_recorder"),
    ("ledger", {"origin": "resident"}, "ledger_of_an_office_names_its_sender"),
    ("ledger", {"medium": "stone"}, "ledger_medium_is_known"),
    ("ledger", {"name_zh": " "}, "ledger_has_a_chinese_name"),
    ("ledger", {"closed_on": SINCE}, "ledger_closed_says_why"),
    ("entry", {"recorded_by": ""}, "ledger_entry_names_its_recorder"),
    ("field", {"name_zh": " "}, "form_field_has_a_chinese_name"),
    ("field", {"same": ""}, "form_field_has_a_key"),
    ("field", {}, "form_field_stands_once"),
    ("refusal", {"work_type": "hobby"}, "refusal_work_is_known"),
    ("refusal", {"why": ""}, "refusal_says_why"),
    ("refusal", {"actor": ""}, "refusal_names_its_actor"),
    ("notice", {"refusal_id": None}, "notice_is_of_one_thing"),
    ("outside", {"work_type": "hobby"}, "outside_report_work_is_known"),
    ("outside", {"state": "lost", **JUDGED}, "outside_report_state_is_known"),
    ("outside", {"text": ""}, "outside_report_says_what_happened"),
    ("outside", {"recorded_by": ""}, "outside_report_names_its_recorder"),
    ("outside", {"state": "ordered"}, "outside_report_judged_says_why_and_by_whom"),
    ("burden", {"stock": "dog"}, "burden_stock_is_known"),
    ("burden", {"fate": "burnt"}, "burden_fate_is_known"),
    ("burden", {"name_zh": " "}, "burden_has_a_chinese_name"),
    ("burden", {"recorded_by": ""}, "burden_names_its_recorder"),
    ("burden", {"fate_on": date(2020, 1, 1)}, "burden_is_decided_after_it_was_counted"),
    ("burden", {"fate": "cut"}, "burden_cancelled_stamp_shows_another_way"),
    ("burden", {}, "burden_is_counted_once"),
    ("fate", {"fate": "burnt"}, "burden_change_fate_is_known"),
    ("fate", {"instrument": ""}, "burden_change_names_its_document"),
    ("fate", {"recorded_by": ""}, "burden_change_names_its_recorder"),
    ("sheet", {"tasks": 900, "other": 61}, "diary_day_has_its_minutes"),
    ("agreement", {}, "agreement_of_a_committee_never_overlaps"),
    ("agreement", {"street_duties": " "}, "agreement_names_duties_of_the_street"),
    ("agreement", {"committee_duties": " "}, "agreement_names_duties_of_the_committee"),
    ("agreement", {"instrument": " "}, "agreement_names_its_document"),
    ("agreement", {"recorded_by": ""}, "agreement_names_its_recorder"),
    ("agreement", {"during": DateRange(make.END, None)}, "agreement_is_of_a_year"),
    ("agreement", {"office_id": "committee"}, "agreement_is_between_two"),
    ("agreed", {}, "agreed_matter_stands_once"),
    ("agreed", {"money_fen": 0}, "agreed_matter_has_its_money"),
    ("appraisal", {"side": "sky"}, "appraisal_side_is_known"),
    ("appraisal", {"verdict": "nice"}, "appraisal_verdict_is_known"),
    ("appraisal", {"text": ""}, "appraisal_says_something"),
    ("appraisal", {"recorded_by": ""}, "appraisal_names_its_recorder"),
    ("appraisal", {}, "appraisal_is_given_once_by_each_side"),
]  # fmt: skip


@pytest.mark.parametrize(("which", "wrong", "name"), BROKEN, ids=[f"{n}-{i}" for i, (_w, _v, n) in enumerate(BROKEN)])
def test_the_database_refuses_what_can_not_be(rows, here, which, wrong, name):
    words = {"committee": here.committee.pk}
    if which in ("change", "comment"):  # only a draft is changed, only an open version commented on
        stop_triggers(f"admission_list{which}")
    with refused(name):
        again(rows[which], **{k: words.get(v, v) if isinstance(v, str) else v for k, v in wrong.items()})


def stop_triggers(table):
    makers.chained()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


@pytest.mark.parametrize("during", [EMPTY, BEGINNINGLESS], ids=["empty", "without a beginning"])
@pytest.mark.parametrize(("which", "name"), PERIODS.items())
def test_a_period_without_days_or_beginning_is_refused(rows, which, name, during):
    wrong = {"case_id": 9} if which == "application" else {}
    if which == "item":
        wrong["code"] = "other"
    with refused(name):
        again(rows[which], during=during, ended_by_id=rows["change"].pk, **wrong) if which == "item" else again(
            rows[which], during=during, **wrong
        )


def test_a_reach_has_days(rows):
    with pytest.raises(IntegrityError, match="reach_has_a_real_period|reach_is_never_prolonged"), transaction.atomic():
        type(rows["reach"]).objects.filter(pk=rows["reach"].pk).update(during=EMPTY)


APPENDED = [
    ListChange, ListComment, Hearing, FormField, LedgerEntry, Refusal, Notice, BurdenChange, DiarySheet, AgreedMatter,
    MutualAppraisal,
]  # fmt: skip
KEPT = [ListItem, Ledger, Burden, OutsideReport]


@pytest.mark.parametrize("model", APPENDED, ids=lambda model: model.__name__)
def test_what_was_appended_stays_as_it_was_written(rows, model):
    row = model.objects.order_by("-pk")[0]
    field = next(one for one in row._meta.concrete_fields if not one.primary_key)
    for act in (
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: model.objects.filter(pk=row.pk).update(**{field.attname: getattr(row, field.attname)}),
    ):
        with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
            act()


@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_what_has_a_story_is_never_deleted(rows, model):
    with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk)._raw_delete("default")


def test_lists_follow_their_states(rows):
    with refused("list_stays_as_it_was_published"):
        ListRevision.objects.filter(pk=rows["revision"].pk).update(state="draft")
    with refused("list_is_changed_only_as_a_draft"):
        again(rows["change"], code="another")
    with refused("list_is_commented_on_while_it_is_open"):
        again(rows["comment"], revision_id=rows["revision"].pk)


def test_a_closed_ledger_takes_nothing_and_stays_closed(rows):
    services.close_ledger(rows["ledger"].pk, on=SINCE, why="不再需要", **make.BY)
    with refused("ledger_closed_takes_no_entry"):
        again(rows["entry"])
    with refused("ledger_closed_takes_no_entry"):
        again(rows["entry"], entered_on=SINCE - timedelta(days=3))
    with refused("ledger_stays_closed"):
        Ledger.objects.filter(pk=rows["ledger"].pk).update(closed_on=None)


def test_a_ledger_of_what_is_cancelled_stays_closed(rows):
    services.decide_fate(
        rows["burden"].pk, fate="cut", effective_on=SINCE, instrument="文", route_zh="网上办", **make.BY
    )
    with refused("ledger_of_what_is_cancelled_stays_closed"):
        again(rows["ledger"], stock_id=rows["burden"].pk)


@pytest.mark.parametrize("table", [machine.ASSIGNMENT, machine.OUTSIDE], ids=lambda table: table.name)
def test_the_tables_of_states_are_whole(table):
    assert check_table(table) == []
