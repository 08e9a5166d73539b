"""Real requests with their own clock: what the file calls in time, we call in time."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from liren.foundation.kernel import queries as kernel
from liren.foundation.kernel import services as kernel_services
from liren.foundation.kernel.engine.deadlines import PlainTime, ServiceTime
from liren.foundation.kernel.services import DayRule
from liren.service.cases.engine.clocks import is_kept
from tests.cases.real import boston
from tests.make import cases

pytestmark = [pytest.mark.needs_data]
EVERY = 10  # one request in so many; script/bench boston takes all


@pytest.fixture(scope="module")
def found(shared_data):
    return boston.requests(shared_data)


@pytest.fixture(scope="module")
def rules(found):
    return boston.rules(found[::3])


@pytest.mark.slow
def test_by_their_own_targets_we_judge_as_the_file_does(found):
    judged = [one for one in found if one.target is not None and one.ontime]
    assert len(judged) == 26_732
    for one in judged:
        assert (one.closed is not None and is_kept(one.target, one.closed)) == (one.ontime == "ONTIME")


@pytest.mark.slow
def test_by_our_deadlines_too(found, rules):
    done = boston.replay([one for one in found[::EVERY] if one.opened.month > boston.LEARNED], rules)
    assert done.requests > 1700
    assert done.verdict / done.judged > 0.98
    assert done.same / done.requests > 0.8
    # Every deadline that differs has its reason, and few have none but a hand.
    assert sum(done.why.values()) == done.requests - done.same
    assert done.why[boston.REASONS[-1][0]] / done.requests < 0.01


def test_rules_are_those_that_the_city_gave_itself(rules):
    named = {type.split(" · ")[0]: amount for type, amount in rules.items()}
    assert named["Street Light Outages"] == ServiceTime(10 * boston.DAY)
    assert named["Unsatisfactory Living Conditions"] == PlainTime(timedelta(days=120))
    assert Counter(type(one).__name__ for one in rules.values())["ServiceTime"] > 20


def test_their_calendar_as_a_notice_gives_the_same_days(db):
    kernel_services.publish_notice(
        "98", 2011, {day: DayRule(False, "独立日", "Independence Day") for day in boston.RESTS}, title="2011",
        by=cases.SYSTEM, at=datetime(2011, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    ours = kernel.calendar("98", hours=boston.hours())
    assert not ours.is_working(date(2011, 7, 4))
    assert ours.is_working(date(2011, 9, 5))
    for day in (date(2011, 7, 1) + timedelta(n) for n in range(90)):
        assert ours.service(day) == boston.calendar().service(day)
