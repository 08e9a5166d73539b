"""Those who live in a community that was merged are residents of the one that came after it, without asking again."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.people import jobs, services
from liren.foundation.people.models import Residency
from liren.foundation.territory import services as territory
from tests.make import people as make
from tests.make import territory as places

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R024")]
TODAY = timezone.localdate()


def now() -> datetime:
    return timezone.now()


def merged(town: places.Town, on: date = TODAY) -> None:
    territory.merge_units([town.plum.pk], into=town.willow.pk, **places.papers(on))


def open_home(person) -> Residency:
    return Residency.objects.get(account=person, closed_at=None)


@pytest.fixture
def town() -> places.Town:
    return places.small_town()


@pytest.mark.parametrize("verified", [True, False])
def test_a_residency_goes_on_in_the_merged_unit_as_it_stood(town, verified):
    person = make.resident(town.plum, verified=verified)
    before = open_home(person)
    merged(town)
    assert services.follow_units(by=make.SYSTEM, at=now()) == 1
    after = open_home(person)
    assert (after.unit, after.state, after.claimed_at) == (town.willow, before.state, before.claimed_at)
    assert (after.decided_at, after.decided_by) == (before.decided_at, before.decided_by)
    assert [event.move for event in after.events.all()] == ["carry"]


def test_the_person_reads_why(town):
    person = make.resident(town.plum)
    merged(town)
    services.follow_units(by=make.SYSTEM, at=now())
    closed = Residency.objects.exclude(closed_at=None).get(account=person)
    assert closed.events.last().note == "梅园社区并入柳荫社区，居住登记在那里继续有效。"


def test_a_worker_of_the_merged_unit_sees_the_new_residents(town):
    make.resident(town.plum)
    merged(town)
    worker = make.official("community_worker", town.willow)
    assert not Residency.objects.visible_to(worker).exists()
    services.follow_units(by=make.SYSTEM, at=now())
    assert Residency.objects.visible_to(worker).count() == 1


def test_a_merger_of_a_merger_is_followed_to_its_end(town):
    person = make.resident(town.plum)
    merged(town, TODAY - timedelta(days=2))
    territory.merge_units([town.willow.pk], into=town.bridge.pk, **places.papers(TODAY - timedelta(days=1)))
    services.follow_units(by=make.SYSTEM, at=now())
    assert open_home(person).unit == town.bridge


def test_where_the_people_were_divided_the_residency_ends_with_a_word(town):
    person = make.resident(town.plum)
    parts = [
        territory.Part(into=territory.NewUnit(code=places.code(5), name_zh=name, kind="community"), share=share)
        for name, share in (("梅东社区", Decimal("0.4")), ("梅西社区", Decimal("0.6")))
    ]
    territory.split_unit(town.plum.pk, parts=parts, **places.papers(TODAY))
    services.follow_units(by=make.SYSTEM, at=now())
    assert not Residency.objects.filter(account=person, closed_at=None).exists()
    assert "请重新申报" in Residency.objects.get(account=person).events.last().note


def test_a_merger_of_the_future_waits_for_its_day(town):
    person = make.resident(town.plum)
    merged(town, TODAY + timedelta(days=3))
    assert services.follow_units(by=make.SYSTEM, at=now()) == 0
    assert open_home(person).unit == town.plum
    assert services.follow_units(by=make.SYSTEM, at=now() + timedelta(days=3)) == 1


def test_the_hourly_job_sees_to_all_and_a_second_run_finds_nothing(town):
    for _ in range(3):
        make.resident(town.plum)
    merged(town)
    jobs.follow_units.func(timestamp=int(now().timestamp()))
    assert Residency.objects.filter(unit=town.willow, closed_at=None).count() == 3
    assert services.follow_units(by=make.SYSTEM, at=now()) == 0


def test_no_official_carries_residencies(town):
    with pytest.raises(NotAllowed):
        services.follow_units(by=make.official("city_admin", town.city), at=now())
