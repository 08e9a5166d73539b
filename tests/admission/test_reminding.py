"""Reports of communities that wait: the day comes, the day is over, a correction is ordered; each is told once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Notice, OutsideReport
from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from tests import make as makers
from tests.make import admission as make
from tests.make import cases, each

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 6, 1)


def reported(here, **changes):
    facts = {"community_id": here.town.willow.pk, "sender_id": here.department.pk, "work_type": "form", **make.BY}
    return services.report_outside(**{**facts, "happened_on": make.TODAY, "text": "微信群里要求当天填表", **changes})


def run(day):
    """The job on a morning."""
    at = datetime.combine(day, time(0, 20), UTC)
    return services.remind(by=SystemActor("reminders"), at=at)


def told(report):
    return [(one.word, one.body_id, one.unit_id) for one in Notice.objects.filter(report=report).order_by("pk")]


@pytest.mark.requirement("R353")
def test_a_report_that_waits_is_told_of_before_its_day_and_after_it_each_once(here):
    each.load_packs(make.NOW)
    made = reported(here)
    assert (made.due_on, queries.correction_due(made)) == (
        date(2026, 6, 15),
        queries.Due(date(2026, 6, 11), made.due_on),
    )
    community, government = here.town.willow, here.government
    assert [run(MONDAY + timedelta(days=n)) for n in range(18)] == [n in (10, 15) for n in range(18)]
    due, late = ("decision_due", None, community.pk), ("decision_late", None, community.pk)
    assert told(made) == [due, late, ("decision_late", government.pk, government.unit_id)]
    ordered = services.judge_outside(made.pk, move="order", answer="限期改正", by=make.SYSTEM, at=later(18))
    assert ordered.due_on == date(2026, 7, 3)
    sender = (here.department.pk, here.department.unit_id)
    assert told(made)[3:] == [("ordered", *sender), ("ordered", government.pk, government.unit_id)]
    before = len(told(made))
    assert [run(date(2026, 6, 30)), run(date(2026, 7, 1)), run(date(2026, 7, 3)), run(date(2026, 7, 6))] == [0, 1, 0, 1]
    assert [one[:2] for one in told(made)[before:]] == [
        ("correction_due", here.department.pk), ("correction_late", None), ("correction_late", here.department.pk),
        ("correction_late", government.pk),
    ]  # fmt: skip
    over = services.judge_outside(made.pk, move="correct", answer="已改", by=make.SYSTEM, at=later(40))
    assert (over.due_on, run(date(2026, 9, 1))) == (None, 0)
    log = AuditEntry.objects.filter(action="admission.outside_told").order_by("pk")
    assert [one.facts["word"] for one in log] == [
        "decision_due", "decision_late", "ordered", "correction_due", "correction_late",
    ]  # fmt: skip


def later(days):
    return make.NOW + timedelta(days=days)


def test_the_clock_was_away_a_calendar_changed_and_no_number_is_set(here):
    quiet = reported(here)
    assert (quiet.due_on, run(date(2027, 1, 4))) == (None, 0)
    each.load_packs(make.NOW)
    made = reported(here)
    makers.notice(days={date(2026, 6, 12): False})
    assert run(date(2026, 6, 15)) == 2  # both are told of: the number is set by now
    assert {one.due_on for one in OutsideReport.objects.all()} == {date(2026, 6, 16)}
    assert run(date(2026, 12, 1)) == 2
    assert [one[0] for one in told(made)] == ["decision_due", "decision_late", "decision_late"]


def test_only_the_clock_reminds_and_the_body_reported_reads_of_it_once_it_is_ordered(here):
    for actor in (makers.holder("admission.decide", here.town.city), ANONYMOUS):
        with pytest.raises(NotAllowed):
            services.remind(by=actor, at=make.NOW)
    each.load_packs(make.NOW)
    makers.roles()
    made, clerk = reported(here), cases.clerk(here.department, here.town.city)
    run(date(2026, 6, 20))

    def seen():
        reports = OutsideReport.objects.visible_to(clerk).filter(pk=made.pk).exists()
        return reports, Notice.objects.visible_to(clerk).filter(report=made).exists()

    assert seen() == (False, False)
    services.judge_outside(made.pk, move="order", answer="限期改正", **make.BY)
    assert seen() == (True, True)
    services.judge_outside(made.pk, move="pass_on", answer="移送", **make.BY)
    assert seen() == (False, True)


def test_what_is_told_of_a_report_is_told_once_by_the_database_too(here):
    made, on = reported(here), {"unit": here.town.willow, "at": make.NOW}
    Notice.objects.create(report=made, word="ordered", **on)
    wrong = {
        "notice_of_a_report_is_told_once": {"report": made, "word": "ordered"},
        "notice_word_is_known": {"report": made, "word": "shouted"},
        "notice_is_of_one_thing": {"report": made},
    }
    for name, facts in wrong.items():
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Notice.objects.create(**facts, **on)
        assert error.value.__cause__.diag.constraint_name == name
    services.judge_outside(made.pk, move="dismiss", answer="没有", **make.BY)
    with pytest.raises(IntegrityError, match="outside_report_that_is_over_is_due_no_more"), transaction.atomic():
        OutsideReport.objects.filter(pk=made.pk).update(due_on=make.TODAY)
