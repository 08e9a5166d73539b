"""The gate: work of an office reaches a community only under an admission that holds, whatever way it comes."""

import argparse
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from liren.cli import audit
from liren.foundation.admission import queries, services
from liren.foundation.admission.engine.titles import plain, words_in
from liren.foundation.admission.engine.variants import SIMPLIFIED
from liren.foundation.admission.models import (
    Admission,
    Assignment,
    ListItem,
    Notice,
    Reach,
    Refusal,
)
from liren.foundation.admission.services import NotAdmitted
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError
from liren.foundation.territory.services import merge_units
from tests.make import admission as make
from tests.make import bodies, chained
from tests.make.territory import unit

pytestmark = pytest.mark.django_db
TOMORROW = make.TODAY + timedelta(days=1)


def handing(here, under, sender=None, **changes):
    sender_id = (sender or here.department).pk
    return services.hand_down([make.task(here, under, **changes)], sender_id=sender_id, **make.BY)


@pytest.mark.requirement("R348")
def test_what_was_admitted_is_handed_down(here):
    under = make.admission(here)
    (made,) = handing(here, under)
    assert (made.admission, made.community, made.sender, made.state) == (
        under, here.town.willow, here.department, "asked",
    )  # fmt: skip


@pytest.mark.requirement("R348")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"admission_id": None}, "gate_needs_an_admission"),
        ({"admission_id": 2**40}, "gate_needs_an_admission"),
        ({"work_type": "inspection"}, "gate_admission_is_of_this_kind"),
        ({"community_id": "plum"}, "gate_admission_reaches_this_community"),
        ({"given_on": make.END}, "gate_admission_holds_on_the_day"),
        ({"given_on": make.TODAY - timedelta(days=1)}, "gate_work_is_not_backdated"),
    ],
)
def test_what_was_not_admitted_is_refused(here, changes, why):
    under = make.admission(here)
    changes = {k: here.town.plum.pk if v == "plum" else v for k, v in changes.items()}
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, **changes)
    assert caught.value.why == why
    assert not Assignment.objects.exists()


def test_the_admission_of_another_body_is_no_admission(here):
    under = make.admission(here)
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, sender=here.other)
    assert caught.value.why == "gate_admission_is_of_this_sender"


def test_a_task_of_a_closed_community_is_refused(here):
    under = make.admission(here)
    merged = {"effective_on": make.TODAY + timedelta(days=30), "instrument": "并社〔2026〕1号", **make.BY}
    merge_units([here.town.willow.pk], into=here.town.plum.pk, **merged)
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, given_on=make.TODAY + timedelta(days=31))
    assert caught.value.why == "gate_community_exists_on_the_day"


@pytest.mark.requirement("R351")
def test_a_matter_of_assistance_is_inactive_until_its_four_supports_are_entered(here):
    under = make.admission(here, is_assistance=True)
    assert not under.is_active
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under)
    assert caught.value.why == "gate_admission_is_active"
    given = {"money_fen": 500_000, "conditions": "办公室一间", "information": "接口", "guide_id": here.government.pk}
    for nothing in ({"money_fen": 0}, {"conditions": " "}, {"information": ""}, {"guide_id": 0}):
        with pytest.raises(BadInput):
            services.support(under.pk, **{**given, **nothing}, **make.BY)
    assert services.support(under.pk, **given, **make.BY).is_active
    assert len(handing(here, under)) == 1


def test_an_admission_that_was_ended_lets_nothing_pass_and_closes_what_was_open(here):
    under = make.admission(here)
    (row,) = handing(here, under)
    services.end_admission(under.pk, on=make.TODAY, reason="部门职责调整", **make.BY)
    row.refresh_from_db()
    assert (row.state, row.note) == ("closed", "部门职责调整")
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under)
    assert caught.value.why == "gate_admission_is_active"


def test_an_admission_that_ends_later_holds_until_then(here):
    under = make.admission(here)
    (now,) = handing(here, under)
    (then,) = handing(here, under, given_on=date(2026, 9, 1))
    services.end_admission(under.pk, on=date(2026, 8, 1), reason="提前结束", **make.BY)
    assert [Assignment.objects.get(pk=one.pk).state for one in (now, then)] == ["asked", "closed"]
    assert len(handing(here, under, given_on=date(2026, 7, 31))) == 1
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under, given_on=date(2026, 8, 1))
    assert caught.value.why == "gate_admission_holds_on_the_day"


def test_one_bad_line_of_many_and_nothing_is_handed_down(here):
    under = make.admission(here, communities=[here.town.willow.pk, here.town.plum.pk])
    places = (here.town.willow, here.town.plum, here.town.bridge)
    lines = [make.task(here, under, community_id=one.pk) for one in places]
    before = Refusal.objects.count()
    with pytest.raises(NotAdmitted):
        services.hand_down(lines, sender_id=here.department.pk, **make.BY)
    assert not Assignment.objects.exists()
    assert Refusal.objects.count() == before + 1
    assert len(services.hand_down(lines[:2], sender_id=here.department.pk, **make.BY)) == 2


@pytest.mark.requirement("R348")
def test_what_residents_ask_for_needs_no_admission(here):
    made = services.take_up(make.task(here, None, work_type="meeting"), **make.BY)
    assert (made.origin, made.sender, made.admission) == ("resident", None, None)


# --- refusals are kept, counted, told ---


@pytest.mark.requirement("R348", "R352")
def test_a_refusal_stays_although_everything_around_it_is_rolled_back(here):
    before = Refusal.objects.count()
    with pytest.raises(NotAdmitted) as caught, transaction.atomic():
        handing(here, None)
    kept = Refusal.objects.get(pk=caught.value.refusal_id)
    assert Refusal.objects.count() == before + 1
    assert (kept.why, kept.sender_id, kept.community_id, kept.door, kept.actor) == (
        "gate_needs_an_admission", here.department.pk, here.town.willow.pk, "hand_down", "system:test",
    )  # fmt: skip
    told = [(one.body_id, one.unit_id) for one in Notice.objects.filter(refusal=kept).order_by("pk")]
    assert told == [(here.department.pk, here.town.city.pk), (here.government.pk, here.town.city.pk)]


def test_where_no_government_is_recorded_the_top_of_the_tree_is_told(here):
    body = bodies.body(unit(2), "department")
    with pytest.raises(NotAdmitted) as caught:
        handing(here, None, sender=body)
    told = [(one.body_id, one.unit_id) for one in Notice.objects.filter(refusal=caught.value.refusal_id)]
    assert (None, body.unit_id) in told


def test_refusals_are_counted_against_the_sender(here):
    at = make.NOW + timedelta(days=1)
    for _round in range(3):
        with pytest.raises(NotAdmitted):
            services.hand_down(
                [make.task(here, None, given_on=date(2026, 7, 1))], sender_id=here.other.pk, by=make.SYSTEM, at=at
            )
    report = services.report_outside(
        community_id=here.town.willow.pk, sender_id=here.other.pk, work_type="form", happened_on=make.TODAY,
        text="群里直接要表", by=make.SYSTEM, at=at,
    )  # fmt: skip
    found = {one.sender_id: one for one in queries.counted_against(at, at + timedelta(days=1))}
    assert (found[here.other.pk].refused, found[here.other.pk].reported) == (3, 1)
    services.judge_outside(report.pk, move="dismiss", answer="未发现", by=make.SYSTEM, at=at)
    found = {one.sender_id: one for one in queries.counted_against(at, at + timedelta(days=1))}
    assert found[here.other.pk].reported == 0


# --- one step for the committee, and reports of what came round ---


def negative(here, name="招聘指标", work_type=""):
    since = make.NOW - timedelta(days=30)
    on = {"by": make.SYSTEM, "at": since}
    made = services.draft_list("negative", unit_id=here.town.city.pk, reason="清理", **on)
    change = {"op": "add", "basis": "条例第四十五条", "reason": "不属于社区职责", "work_type": work_type, **on}
    services.propose_change(made.pk, code="ban_one", name_zh=name, words=["摊派"], **change)
    services.open_comments(made.pk, until=date(2026, 5, 10), **on)
    services.publish_list(made.pk, effective_on=date(2026, 5, 20), by=make.SYSTEM, at=make.NOW - timedelta(days=14))
    return ListItem.objects.get(code="ban_one")


@pytest.mark.requirement("R352")
def test_a_committee_refuses_in_one_step_and_sender_and_government_are_told(here):
    item = negative(here)
    row = make.handed(here, make.admission(here))
    refused = services.refuse_work(row.pk, item_id=item.pk, **make.BY)
    assert (refused.state, refused.note, refused.item) == ("refused", "招聘指标", item)
    told = [one.body_id for one in Notice.objects.filter(assignment=row).order_by("pk")]
    assert told == [here.department.pk, here.government.pk]
    with pytest.raises(Conflict):
        services.accept(row.pk, **make.BY)


def test_a_refusal_names_a_matter_of_the_list_or_a_reason(here):
    row = make.handed(here, make.admission(here))
    with pytest.raises(BadInput):
        services.refuse_work(row.pk, **make.BY)
    with pytest.raises(BadInput):
        services.refuse_work(row.pk, item_id=2**40, **make.BY)
    assert services.refuse_work(row.pk, note="和准入的不是一回事", **make.BY).state == "refused"


@pytest.mark.requirement("R353")
def test_a_report_of_work_outside_of_the_gate_goes_to_correction(here):
    made = services.report_outside(
        community_id=here.town.willow.pk, sender_id=here.department.pk, work_type="form", happened_on=make.TODAY,
        text="微信群里要求当天填表", **make.BY,
    )  # fmt: skip
    for move, state in (("order", "ordered"), ("criticise", "criticised")):
        assert services.judge_outside(made.pk, move=move, answer="限期改正", **make.BY).state == state
    with pytest.raises(Conflict):
        services.judge_outside(made.pk, move="correct", answer="已改", **make.BY)


# --- by hand-written SQL, as a superuser or an import would ---


def insert(here, **changes):
    row = {
        "admission_id": None, "community_id": here.town.willow.pk, "work_type": "task", "origin": "office",
        "sender_id": here.department.pk, "given_on": TOMORROW, "title_zh": "绕道", "title_en": "", "text": "",
        "minutes": 0, "state": "asked", "state_at": make.NOW, "state_by": "x", "note": "", "is_simulated": False,
        "recorded_by": "psql", "recorded_at": make.NOW, **changes,
    }  # fmt: skip
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO admission_assignment ({', '.join(row)}) VALUES ({places})", list(row.values()))


RAW = [
    ({}, "gate_needs_an_admission"),
    ({"admission_id": "under", "work_type": "form"}, "gate_admission_is_of_this_kind"),
    ({"admission_id": "under", "sender_id": "other"}, "gate_admission_is_of_this_sender"),
    ({"admission_id": "under", "community_id": "plum"}, "gate_admission_reaches_this_community"),
    ({"admission_id": "under", "community_id": "east"}, "gate_community_exists_on_the_day"),
    ({"admission_id": "under", "given_on": make.END}, "gate_admission_holds_on_the_day"),
    ({"admission_id": "under", "given_on": make.TODAY - timedelta(days=1)}, "gate_work_is_not_backdated"),
    (
        {"admission_id": "late", "given_on": make.TODAY, "recorded_at": make.NOW - timedelta(days=1)},
        "gate_admission_holds_on_the_day",
    ),
    ({"origin": "resident"}, "assignment_of_an_office_names_its_sender"),
    ({"origin": "resident", "sender_id": None, "admission_id": "under"}, "assignment_of_an_office_names_its_sender"),
]


@pytest.mark.parametrize(("changes", "name"), RAW, ids=[f"{n}-{i}" for i, (_c, n) in enumerate(RAW)])
def test_hand_written_sql_does_not_go_round(here, changes, name):
    words = {
        "under": make.admission(here).pk, "other": here.other.pk, "plum": here.town.plum.pk, "east": here.town.east.pk,
        "late": make.admission(here, first=TOMORROW).pk,
    }  # fmt: skip
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        insert(here, **{k: words.get(v, v) if isinstance(v, str) else v for k, v in changes.items()})
    assert error.value.__cause__.diag.constraint_name == name


def test_an_admission_that_was_recorded_after_the_work_began_does_not_cover_it(here):
    """Nobody can write such an admission while the triggers stand; should one be there, the gate still asks."""
    under = make.admission(here)
    chained()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE admission_admission DISABLE TRIGGER USER")
        later = make.NOW + timedelta(days=9)
        cursor.execute("UPDATE admission_admission SET recorded_at = %s WHERE id = %s", [later, under.pk])
        chained()
        cursor.execute("ALTER TABLE admission_admission ENABLE TRIGGER USER")
    with pytest.raises(NotAdmitted) as caught:
        handing(here, under)
    assert caught.value.why == "gate_admission_was_there_before_the_work"


@pytest.mark.parametrize(
    "wrong", [{"work_type": "form"}, {"given_on": date(2026, 12, 1)}, {"origin": "resident"}, {"title_zh": "改名"}]
)
def test_what_passed_the_gate_is_not_turned_into_something_else(here, wrong):
    row = make.handed(here, make.admission(here))
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=row.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"work_type": "form"}, {"title_zh": "另一件事"}, {"session": "x"}, {"is_assistance": True}]
)
def test_a_type_renamed_to_slip_through_is_refused(here, wrong):
    under = make.admission(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=under.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reach.objects.filter(admission=under).update(work_type="form")


# --- admissions themselves ---


def refused(name):
    return _Refused(name)


class _Refused:
    """The block breaks the constraint of this name."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.caught = pytest.raises(IntegrityError)
        self.error, self.block = self.caught.__enter__(), transaction.atomic()
        self.block.__enter__()

    def __exit__(self, *failure):
        self.block.__exit__(*failure)
        done = self.caught.__exit__(*failure)
        assert self.error.value.__cause__.diag.constraint_name == self.name
        return done


def copied(row, **changes):
    fields = [one for one in row._meta.concrete_fields if not one.primary_key]
    made = type(row)(**{one.attname: getattr(row, one.attname) for one in fields} | changes)
    made.save(force_insert=True)
    return made


def test_an_admission_is_not_backdated(here):
    under = make.admission(here)
    with refused("admission_is_not_backdated"):
        copied(under, during=DateRange(make.TODAY - timedelta(days=1), make.END))
    with pytest.raises(Conflict):
        make.admission(here, first=make.TODAY - timedelta(days=1))


def test_an_admission_is_never_prolonged(here):
    under = make.admission(here)
    for during in (DateRange(make.TODAY, date(2028, 1, 1)), DateRange(date(2026, 5, 1), make.END)):
        with refused("admission_is_never_prolonged"):
            Admission.objects.filter(pk=under.pk).update(during=during)
        with refused("admission_is_never_prolonged"):
            Reach.objects.filter(admission=under).update(during=during)


def test_the_same_matter_is_not_admitted_twice_at_a_time_however_it_is_spelt(here):
    make.admission(here, title_zh="人口调查")
    for title in ("人口调查", "人口 调查", "人口·调查", "（人口调查）", "人口調查", "⼈⼝調　查"):
        with pytest.raises(Conflict):
            make.admission(here, title_zh=title, first=date(2027, 1, 1))
        other = copied_admission(here, title)
        with refused("reach_of_one_matter_never_overlaps"):
            Reach(admission=other, community=here.town.willow, during=other.during).save(force_insert=True)
    assert make.admission(here, title_zh="人口调查", first=make.END, end=date(2028, 1, 1))


HARD = (
    "入户\u200b核查",
    "入·戶（2026）年_Ａ-b",
    "㈱ＡＢＣ　核查",
    "入戶\u2060核\u00ad查",
    "⼾",
    "①Ⅷ",
    "臺灣鄉親",
    "入🙂户",
)


def test_the_database_reads_a_title_as_the_checks_do(db):
    told = "".join(map(chr, SIMPLIFIED))
    with connection.cursor() as cursor:
        for title in (told, *HARD):
            cursor.execute("SELECT admission_plain(%s)", [title])
            assert cursor.fetchone()[0] == plain(title)
    assert plain(told) == "".join(SIMPLIFIED.values())
    assert [chr(one) for one in SIMPLIFIED if ord(SIMPLIFIED[one]) in SIMPLIFIED] == []


@pytest.mark.parametrize("title", ["入戶核查養犬情況", "入 户·核（查）", "入户\u200b核查"])
def test_a_word_of_the_negative_list_is_found_in_every_spelling(title):
    assert words_in(title, ["入户核查", "上门登记"]) == ["入户核查"]
    assert words_in(title, ["入戶核查"]) == ["入戶核查"]


@pytest.mark.requirement("R354")
@pytest.mark.parametrize("title", ["招商引資任務", "招 商·引资", "ＧＤＰ指标", "經濟指標分解"])
def test_no_spelling_makes_an_economic_target_something_else(here, title):
    assert [one.code for one in queries.findings(make.wish(here, title_zh=title), on=make.TODAY) if one.stops] == [
        "economic_target"
    ]
    under = make.admission(here, communities=[here.town.plum.pk], first=date(2026, 6, 2))
    with refused("admission_is_no_economic_target"):
        copied(under, title_zh=title)


def test_an_upgrade_that_finds_economic_targets_in_force_names_them_and_says_what_to_do(here):
    stop = import_module("liren.foundation.admission.migrations.0004_one_spelling").none_is_in_the_way
    stop(apps, None)
    chained()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE admission_admission DROP CONSTRAINT admission_is_no_economic_target")
    made = copied_admission(here, "招商 引資任務")
    with pytest.raises(LirenError) as caught:
        stop(apps, None)
    assert f"no. {made.pk} “招商 引資任務” (里仁市民政局)." in caught.value.message
    assert "end each of them" in caught.value.next_step
    services.end_admission(made.pk, on=make.TODAY, reason="清理", **make.BY)
    stop(apps, None)


def copied_admission(here, title):
    under = make.admission(here, communities=[here.town.plum.pk], first=date(2026, 6, 2))
    return copied(under, title_zh=title)


def test_an_admission_for_a_community_that_is_gone_is_refused(here):
    merged = {"effective_on": make.TODAY, "instrument": "并社〔2026〕1号", **make.BY}
    merge_units([here.town.willow.pk], into=here.town.plum.pk, **merged)
    with pytest.raises(Conflict):
        make.admission(here)
    under = make.admission(here, communities=[here.town.bridge.pk])
    for place in (here.town.willow, here.town.east):
        with refused("reach_is_of_a_living_community"):
            Reach(admission=under, community=place, during=under.during).save(force_insert=True)


# --- whoever switches the trigger off is found ---


def test_what_came_in_while_the_trigger_was_off_is_found(here):
    assert list(queries.audit_faults()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE admission_assignment DISABLE TRIGGER admission_assignment_passes_the_gate")
    insert(here)
    found = [(one.what, one.table) for one in queries.audit_faults()]
    assert found == [("trigger_missing", "admission_assignment"), ("work_without_admission", "admission_assignment")]
    under = make.admission(here)
    negative(here)
    insert(here, admission_id=under.pk, title_zh="攤 派")
    insert(here, admission_id=under.pk, title_zh="招聘指標", community_id=here.town.willow.pk)
    assert [one.what for one in queries.audit_faults()].count("work_on_the_negative_list") == 2


def test_what_was_written_as_it_should_be_is_no_fault(here, capsys):
    now = timezone.now()
    today = timezone.localdate(now)
    negative(here)
    under = make.admission(here, at=now, first=today, end=today + timedelta(days=9))
    row = make.handed(here, under, at=now, given_on=today, title_zh="招聘的指标")
    assert audit.run_gate(argparse.Namespace()) == 0
    looked = f"To be looked at: admission_assignment {row.pk} “招聘的指标”, nearly “招聘指标”.\n"
    assert capsys.readouterr().out == looked + "Nothing went round the gate.\n"


def test_an_admission_recorded_under_an_earlier_date_is_found(here):
    """The database's own clock stands beside the moment that the row claims."""
    under = make.admission(here, at=timezone.now() - timedelta(days=3), first=timezone.localdate() - timedelta(days=3),
                           end=timezone.localdate() + timedelta(days=30))  # fmt: skip
    assert [(one.what, one.row_id) for one in queries.audit_faults()] == [("admission_backdated", under.pk)]


def test_admissions_written_by_hand_are_found(here):
    copied(make.admission(here), recorded_by="account:1", application_id=None)
    what = [one.what for one in queries.audit_faults()]
    assert "admission_without_application" in what
