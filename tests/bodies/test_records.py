"""Yearly figures, fostering and supervision, activities: counts and facts about organisations, never persons."""

from datetime import date

import pytest

from liren.foundation.bodies import jobs, queries, services
from liren.foundation.bodies.models import ContactArrangement, Liaison, OfficeHolding
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people import services as people
from liren.foundation.people.models import Account, Destruction
from tests import make as makers
from tests.make import bodies as make

LATER = date(2024, 3, 1)


def figure(body, **changes):
    facts = {"measure": "staff", "year": 2025, "number": 12, "source": "年报", **make.BY, **changes}
    return services.record_figure(body.pk, **facts)


def entry(body, **changes):
    facts = {"kind": "yearly_report", "happened_on": LATER, "text_zh": "2023年度报告", "source": "年报", **make.BY}
    return services.record_entry(body.pk, **{**facts, **changes})


@pytest.mark.requirement("R171", "R206")
def test_a_later_word_on_a_year_is_a_revision_and_small_numbers_of_people_stay_hidden(here):
    made = make.body(here.town.willow, "volunteer_team", works=["environment"])
    figure(made, number=9)
    figure(made, number=12)
    figure(made, measure="members", number=4)
    figure(made, measure="members", year=2024, number=0)
    found = [(f.measure, f.year, f.value) for f in queries.figures(made)]
    assert found == [("members", 2025, None), ("staff", 2025, 12), ("members", 2024, 0)]
    assert made.work_names == ["Environment"]


@pytest.mark.requirement("R206")
def test_a_volunteer_team_with_field_members_leader_and_activities(here):
    team = make.body(here.town.willow, "volunteer_team", works=["aged_care"], name_zh="柳荫助老队")
    make.holding(make.post(team, name_zh="队长", is_head=True), name="甲某")
    figure(team, measure="members", number=35)
    services.record_activity(
        team.pk, unit_id=here.town.willow.pk, held_on=LATER, text_zh="上门理发", took_part=12, **make.BY
    )
    assert [o.held[0].name for o in queries.offices(team, ANONYMOUS, make.TODAY)] == ["甲某"]
    assert [queries.took_part(row) for row in queries.activities(team)] == [12]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"measure": "loyalty"}, "measure is not"),
        ({"year": 1900}, "year"),
        ({"year": 2030}, "year"),
        ({"number": -1}, "negative"),
        ({"number": 10**30}, "too large"),
        ({"source": ""}, "source"),
    ],
)
def test_a_figure_that_can_not_be_is_refused(here, wrong, words):
    with pytest.raises(BadInput, match=words):
        figure(here.committee, **wrong)


@pytest.mark.requirement("R175")
def test_an_organisation_is_fostered_and_supervised_step_by_step(here):
    made = make.body(here.town.willow)
    entry(made, kind="support", text_zh="免费场地", amount_fen=1_000_00)
    entry(made)
    entry(made, kind="inspection", text_zh="抽查合格")
    complaint = entry(made, kind="complaint", text_zh="活动噪声")
    entry(made, kind="answer", text_zh="调整时间", answers_id=complaint.pk)
    worker = makers.official("community_worker", here.town.willow)
    public, keeper = queries.supervision(made, ANONYMOUS), queries.supervision(made, worker)
    assert {row.kind for row in public.entries} == {"support", "yearly_report", "inspection"}
    assert (public.complaints, public.answered) == (1, 1)
    assert {"complaint", "answer"} <= {row.kind for row in keeper.entries}
    services.dissolve_body(made.pk, effective_on=make.TODAY, instrument="注销", **make.BY)
    assert queries.history(made)[-1].kind == "dissolved"


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"kind": "praise"}, BadInput, "kind of entry"),
        ({"amount_fen": 5}, BadInput, "amount"),
        ({"kind": "support", "amount_fen": 0}, BadInput, "amount"),
        ({"kind": "answer"}, BadInput, "answer names"),
        ({"answers_id": 1}, BadInput, "answer names"),
        ({"kind": "answer", "answers_id": 0}, Conflict, "waits for an answer"),
        ({"happened_on": date(2026, 12, 1)}, BadInput, "lie ahead"),
        ({"text_zh": ""}, BadInput, "what happened"),
    ],
)
def test_an_entry_that_can_not_be_is_refused(here, wrong, error, words):
    with pytest.raises(error, match=words):
        entry(make.body(here.town.willow), **wrong)


def test_a_complaint_is_answered_once_and_only_organisations_are_supervised(here):
    made = make.body(here.town.willow)
    complaint = entry(made, kind="complaint")
    entry(made, kind="answer", answers_id=complaint.pk)
    with pytest.raises(Conflict, match="waits for an answer"):
        entry(made, kind="answer", answers_id=complaint.pk)
    with pytest.raises(BadInput, match="organisations of residents"):
        entry(here.committee)


def test_an_activity_elsewhere_needs_the_duty_there(here):
    worker = makers.official("community_worker", here.town.willow)
    act = {"held_on": LATER, "text_zh": "甲", "by": worker, "at": make.NOW}
    services.record_activity(here.committee.pk, unit_id=here.town.compound.pk, **act)
    with pytest.raises(NotAllowed):
        services.record_activity(here.committee.pk, unit_id=here.town.plum.pk, **act)
    with pytest.raises(BadInput, match="too large"):
        services.record_activity(
            here.committee.pk, unit_id=here.town.willow.pk, **{**act, "by": make.SYSTEM}, took_part=10**9
        )


# --- Names go when their time is over


@pytest.mark.requirement("R377")
def test_ten_years_after_an_office_the_name_goes_and_the_office_stays(here):
    old, recent = date(2016, 5, 30), date(2016, 6, 3)
    person = makers.account()
    committee = make.body(here.town.willow, "committee", name_zh="旧居委会", effective_on=date(2010, 1, 1))
    post = make.post(committee, effective_on=date(2010, 1, 1), seats=3)
    since = {"effective_on": date(2010, 1, 1)}
    due = make.holding(post, name="甲某", account_id=person.pk, until=old, **since)
    kept = make.holding(post, name="乙某", until=recent, **since)
    running = make.holding(post, name="丙某", **since)
    record = services.forget_names(by=make.SYSTEM, at=make.NOW)
    names = dict(OfficeHolding.objects.filter(post=post).values_list("pk", "name"))
    assert names == {due.pk: "", kept.pk: "乙某", running.pk: "丙某"}
    due.refresh_from_db()
    assert (due.account, due.forgotten_on, due.during.upper) == (None, make.TODAY, old)
    assert (record.dataset, record.rows, record.archive_class) == ("office", 1, "10_years")
    assert services.forget_names(by=make.SYSTEM, at=make.NOW) is None


@pytest.mark.requirement("R377")
def test_names_of_liaison_and_deputies_go_too_by_the_nightly_job(here):
    before = {"effective_on": date(2001, 1, 1), **make.BY}
    union = make.body(here.town.city, "mass_organisation", effective_on=date(2001, 1, 1))
    services.name_liaison(union.pk, unit_id=here.town.willow.pk, name="甲某", **before)
    services.name_liaison(
        union.pk, unit_id=here.town.willow.pk, name="乙某", **{**before, "effective_on": date(2005, 1, 1)}
    )
    deputy = services.arrange_contact(
        here.town.willow.pk,
        kind="people_deputy",
        level=3,
        name="丙某",
        times="周一",
        where="会客厅",
        instrument="文",
        **before,
    )
    services.end_arrangement(deputy.pk, effective_on=date(2006, 1, 1), **make.BY)
    jobs.forget_names.func(timestamp=int(make.NOW.timestamp()))
    assert list(Liaison.objects.filter(body=union).order_by("during").values_list("name", flat=True)) == ["", "乙某"]
    assert ContactArrangement.objects.get(pk=deputy.pk).name == ""
    assert Destruction.objects.get(dataset="office").rows == 2


def test_nobody_but_the_system_makes_names_go(here):
    with pytest.raises(NotAllowed):
        services.forget_names(by=makers.official("city_admin", here.town.city), at=make.NOW)


# --- What a person takes along


@pytest.mark.requirement("R365")
def test_a_person_takes_along_the_offices_that_were_linked_to_the_account(here):
    person = makers.account()
    make.holding(here.director, name="甲某", account_id=person.pk, until=date(2026, 1, 1))
    data = people.export_own_data(person.pk, by=Account.objects.get(pk=person.pk), at=make.NOW)
    assert data["office"] == [
        {
            "body": "柳荫社区居民委员会", "post": "主任", "name": "甲某", "starts_on": "2020-01-01",
            "ends_on": "2026-01-01", "document": make.PAPER,
        }
    ]  # fmt: skip
    lines = dict(people.summary_of(data))
    assert lines["Public offices"] == ["主任 of 柳荫社区居民委员会 from 2020-01-01 to 2026-01-01."]


def test_every_write_leaves_its_line_in_the_audit_log(here):
    made = make.body(here.town.willow)
    figure(made)
    entry(made)
    actions = set(AuditEntry.objects.filter(unit_id=here.town.willow.pk).values_list("action", flat=True))
    assert {"bodies.found", "bodies.record_figure", "bodies.record_entry"} <= actions
