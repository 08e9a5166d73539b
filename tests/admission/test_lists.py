"""The three lists and two catalogues: basis, reasons, comments before a change, publication, what holds on a day."""

from datetime import date, timedelta

import pytest

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Assignment, ListItem, ListKind, ListRevision
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory.models import Level
from liren.front.desk.admission import committee
from tests import make as makers
from tests.make import admission as make
from tests.make.territory import unit

pytestmark = pytest.mark.django_db
UNTIL, EFFECT = date(2026, 6, 15), date(2026, 7, 1)
AFTER = make.NOW + timedelta(days=20)


def draft(here, kind="negative", **changes):
    facts = {"unit_id": here.town.city.pk, "reason": "年度调整", **make.BY, **changes}
    return services.draft_list(kind, **facts)


def change(revision, **changes):
    facts = {
        "op": "add", "code": "loan_targets", "name_zh": "贷款指标", "basis": "条例第四十五条", "reason": "不属社区职责",
        **make.BY, **changes,
    }  # fmt: skip
    return services.propose_change(revision.pk, **facts)


def published(here, kind="negative", *, at=make.NOW, until=UNTIL, effect=EFFECT, **changes):
    made = draft(here, kind, at=at)
    change(made, at=at, **changes)
    services.open_comments(made.pk, until=until, by=make.SYSTEM, at=at)
    after = at + timedelta(days=20)
    return services.publish_list(made.pk, effective_on=effect, by=make.SYSTEM, at=after)


@pytest.mark.requirement("R349", "R350")
@pytest.mark.parametrize("kind", ListKind.values)
def test_a_list_of_each_kind_is_drafted_commented_on_and_published(here, kind):
    made = draft(here, kind)
    change(made)
    services.open_comments(made.pk, until=UNTIL, **make.BY)
    services.comment_on_list(made.pk, text="还应当加一项", by=ANONYMOUS, at=make.NOW)
    services.comment_on_list(made.pk, text="同意", body_id=here.committee.pk, by=make.SYSTEM, at=make.NOW)
    services.publish_list(made.pk, effective_on=EFFECT, by=make.SYSTEM, at=AFTER)
    before, on = (queries.list_items(kind, here.town.willow, day) for day in (EFFECT - timedelta(days=1), EFFECT))
    assert ([one.name_zh for one in before], [one.name_zh for one in on]) == ([], ["贷款指标"])


@pytest.mark.requirement("R349")
def test_a_change_of_a_matter_ends_the_wording_before_it_and_says_why(here):
    published(here)
    published(here, at=AFTER, until=date(2026, 7, 10), effect=date(2026, 8, 1), op="amend", name_zh="存贷款指标")
    rows = ListItem.objects.order_by("pk")
    assert [(one.name_zh, one.during.lower, one.during.upper) for one in rows] == [
        ("贷款指标", EFFECT, date(2026, 8, 1)), ("存贷款指标", date(2026, 8, 1), None),
    ]  # fmt: skip
    assert rows[0].ended_by.reason == "不属社区职责"
    later = AFTER + timedelta(days=40)
    published(here, at=later, until=date(2026, 8, 10), effect=date(2026, 9, 1), op="remove")
    assert not queries.list_items("negative", here.town.willow, date(2026, 9, 1)).exists()


def test_nothing_is_published_before_the_comments_are_over(here):
    made = draft(here)
    with pytest.raises(Conflict):
        services.open_comments(made.pk, until=UNTIL, **make.BY)
    change(made)
    with pytest.raises(Conflict):
        services.publish_list(made.pk, effective_on=EFFECT, by=make.SYSTEM, at=AFTER)
    services.open_comments(made.pk, until=UNTIL, **make.BY)
    with pytest.raises(Conflict):
        services.publish_list(made.pk, effective_on=EFFECT, **make.BY)
    with pytest.raises(Conflict):
        change(made, code="other")
    with pytest.raises(BadInput):
        services.publish_list(made.pk, effective_on=UNTIL, by=make.SYSTEM, at=AFTER)


def test_comments_end_on_their_last_day(here):
    made = draft(here)
    change(made)
    services.open_comments(made.pk, until=UNTIL, **make.BY)
    with pytest.raises(Conflict):
        services.comment_on_list(made.pk, text="迟了", by=ANONYMOUS, at=AFTER)


def test_of_a_resident_who_comments_no_account_is_kept_anywhere(here):
    made = draft(here)
    change(made)
    services.open_comments(made.pk, until=UNTIL, **make.BY)
    account = makers.account()
    services.comment_on_list(made.pk, text="加一项", by=account, at=make.NOW)
    entry = AuditEntry.objects.filter(action="admission.list_commented").latest("pk")
    assert (entry.actor, str(account.pk) in str(entry.facts)) == ("resident", False)


def test_one_version_is_in_hand_at_a_time_and_a_dropped_one_makes_room(here):
    made = draft(here)
    with pytest.raises(Conflict):
        draft(here)
    services.drop_list(made.pk, **make.BY)
    assert draft(here).number == 2
    with pytest.raises(Conflict):
        services.drop_list(made.pk, **make.BY)


def test_a_matter_is_added_where_it_is_not_and_changed_where_it_is(here):
    made = draft(here)
    with pytest.raises(Conflict):
        change(made, op="remove")
    change(made)
    with pytest.raises(Conflict):
        change(made)
    for wrong in ({"basis": " "}, {"reason": ""}, {"op": "burn"}, {"work_type": "hobby"}):
        with pytest.raises(BadInput):
            change(made, **{"code": "next", **wrong})


def test_lists_are_kept_in_cities_and_districts_by_whoever_holds_that_power(here):
    with pytest.raises(BadInput):
        draft(here, unit_id=here.town.east.pk)
    with pytest.raises(NotAllowed):
        draft(here, by=makers.holder("admission.lists", here.town.district))
    mine = draft(here, unit_id=here.town.district.pk, by=makers.holder("admission.lists", here.town.district))
    assert list(ListRevision.objects.visible_to(makers.account())) == []
    assert list(
        queries.revisions("negative", here.town.district, makers.holder("admission.lists", here.town.city))
    ) == [mine]


# --- checks of an application ---


def codes(here, **changes):
    return [one.code for one in queries.findings(make.wish(here, **changes), on=make.TODAY)]


def test_a_good_wish_has_no_finding(here):
    assert codes(here) == []


@pytest.mark.requirement("R352")
def test_what_is_on_the_negative_list_is_found_by_name_and_by_its_words(here):
    item = published(here, at=make.NOW - timedelta(days=30), until=date(2026, 5, 10), effect=date(2026, 5, 22),
                     words=["揽储"])  # fmt: skip
    assert item.state == "published"
    for title in ("下达贷款指标", "贷 款 指 标 分解", "社区揽储工作", "揽。储"):
        assert codes(here, title_zh=title) == ["negative_list"], title
    with pytest.raises(Conflict):
        make.admission(here, title_zh="社区揽储工作")


#: Names as they are really written, and whether the list of 贷款指标 and 揽储 stands behind them.
NAMES = {
    "贷款指标": True, "关于下达2026年贷款指标的通知": True, "贷 款　指 标": True, "“贷款”指标": True,
    "贷款-指标（二季度）": True,
    "贷\u200b款指标": True, "ＫＰＩ考核": True, "kpi 考核": True, "Ｋ.p.Ｉ": True, "揽、储": True, "贷\n款指标": True,
    "贷款 咨询与指标公示": False, "指标贷款": False, "揽收储物": False, "贷款": False,
    "kp": False, "": False, "。": False,
}  # fmt: skip


@pytest.mark.requirement("R352")
def test_the_page_of_a_committee_and_the_gate_read_names_alike(here):
    made = draft(here, at=make.NOW - timedelta(days=30))
    change(made, at=make.NOW - timedelta(days=30), words=["揽储", "KPI"])
    services.open_comments(made.pk, until=date(2026, 5, 10), by=make.SYSTEM, at=make.NOW - timedelta(days=30))
    services.publish_list(made.pk, effective_on=date(2026, 5, 22), by=make.SYSTEM, at=make.NOW - timedelta(days=10))
    rows = [Assignment(community=here.town.willow, work_type="task", title_zh=name) for name in NAMES]
    page = {line.row.title_zh: line.item is not None for line in committee.lines(rows, make.TODAY)}
    assert page == {name: codes(here, title_zh=name) == ["negative_list"] for name in NAMES} == NAMES


def test_a_list_holds_for_its_kind_of_work_and_its_unit_on_the_page_and_at_the_gate(here):
    """A list of one district alone: what its committees may refuse is not admitted for them, whoever asks."""
    made = draft(here, at=make.NOW - timedelta(days=30), unit_id=here.town.district.pk)
    change(made, at=make.NOW - timedelta(days=30), work_type="form")
    services.open_comments(made.pk, until=date(2026, 5, 10), by=make.SYSTEM, at=make.NOW - timedelta(days=30))
    services.publish_list(made.pk, effective_on=date(2026, 5, 22), by=make.SYSTEM, at=make.NOW - timedelta(days=10))
    elsewhere = unit(Level.COMMUNITY, unit(Level.STREET, unit(Level.DISTRICT, here.town.city)))
    for community, work_type, found in (
        (here.town.willow, "form", True), (here.town.willow, "task", False), (elsewhere, "form", False),
    ):  # fmt: skip
        row = Assignment(community=community, work_type=work_type, title_zh="下达贷款指标")
        (line,) = committee.lines([row], make.TODAY)
        asked = codes(here, title_zh="下达贷款指标", work_type=work_type, communities=[community.pk])
        assert (line.item is not None, asked == ["negative_list"]) == (found, found), (community, work_type)


@pytest.mark.requirement("R354")
@pytest.mark.parametrize("title", ["分解招商引资任务", "2026年经济指标", "协税 护税", "ＧＤＰ统计", "固定资产投资入库"])
def test_economic_targets_and_investment_tasks_are_refused(here, title):
    assert codes(here, title_zh=title) == ["economic_target"]
    with pytest.raises(Conflict):
        make.admission(here, title_zh=title)


@pytest.mark.requirement("R361")
def test_only_the_one_comprehensive_award_round_is_admitted(here):
    assert codes(here, work_type="award") == ["second_award"]
    make.admission(here, work_type="award", is_comprehensive=True, title_zh="和谐社区创建")
    again = {"work_type": "award", "is_comprehensive": True, "title_zh": "文明社区创建"}
    assert codes(here, **again, sender_id=here.other.pk) == ["award_at_that_time"]
    assert codes(here, **again, first=make.END, end=date(2028, 1, 1)) == []


@pytest.mark.requirement("R348")
def test_a_form_that_asks_for_what_is_there_already_is_refused(here):
    fields = ["户主姓名", "联系电话", "家庭住址", "人口数"]
    make.admission(here, work_type="form", fields=fields)
    again = {"work_type": "form", "sender_id": here.other.pk}
    assert codes(here, **again, fields=["姓名", "手机号码（必填）", "3、现住址", "是否参保"]) == ["repeated_form"]
    assert codes(here, **again, fields=["姓名", "是否参保", "参保年度", "缴费金额"]) == ["some_repeated"]
    assert codes(here, **again, fields=["是否参保"]) == []


@pytest.mark.requirement("R351")
def test_what_is_missing_of_the_four_supports_is_said_beforehand(here):
    (found,) = queries.findings(make.wish(here, is_assistance=True, money_fen=100), on=make.TODAY)
    assert (found.code, found.stops, found.what) == (
        "not_supported",
        False,
        "conditions、information support、guiding unit",
    )


def test_the_past_and_what_is_there_already_are_found(here):
    make.admission(here, title_zh="人口调查")
    assert codes(here, title_zh="人口-调查") == ["same_matter"]
    assert codes(here, first=make.TODAY - timedelta(days=1)) == ["backdated"]
