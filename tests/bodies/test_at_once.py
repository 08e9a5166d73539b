"""At the same moment, with real commits: one wins, the other hears why, and nothing half-written stays."""

from datetime import date

import pytest

from liren.foundation.bodies import services
from liren.foundation.bodies.models import Body, BodyChange, OfficeHolding, Pairing, Post
from liren.foundation.kernel.errors import Conflict
from tests import make as makers
from tests.make import bodies as make
from tests.make.kernel import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
LATER = date(2024, 3, 1)


def test_of_two_who_take_one_seat_one_gets_it():
    here = make.acting()
    results = at_once(4, lambda n: make.holding(here.director, name=f"某{n}"))
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 3 + ["OfficeHolding"]
    assert OfficeHolding.objects.count() == 1


def test_three_seats_are_filled_three_times_by_five_at_once():
    here = make.acting()
    at_once(5, lambda n: make.holding(here.checker, name=f"某{n}"))
    assert sorted(OfficeHolding.objects.values_list("seat", flat=True)) == [1, 2, 3]


def test_nobody_takes_a_seat_of_a_post_that_just_closed():
    here = make.acting()
    acts = [
        lambda: services.close_post(here.director.pk, effective_on=LATER, **make.BY),
        lambda: make.holding(here.director, name="甲某", effective_on=LATER),
        lambda: services.dissolve_body(here.committee.pk, effective_on=LATER, instrument="文", **make.BY),
    ]
    results = at_once(3, lambda n: acts[n]())
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Conflict)] == []
    for holding in OfficeHolding.objects.select_related("post__body"):
        assert holding.during.upper is not None or holding.post.during.upper is None
    for post in Post.objects.filter(body=here.committee).select_related("body"):
        assert post.during.upper is not None or post.body.during.upper is None


def test_whatever_is_ended_at_once_nothing_blocks_for_good():
    here = make.acting()
    on = {"effective_on": make.SINCE, **make.BY}
    paper = {"instrument": "文", **on}
    one = services.admit_member(here.council.pk, member_id=here.party.pk, **paper)
    other = services.admit_member(here.party.pk, member_id=here.council.pk, **paper)
    paired = make.pairing(here.council, here.town.willow)
    end = {"effective_on": LATER, **make.BY}
    acts = [
        lambda: services.dissolve_body(here.council.pk, instrument="文", **end),
        lambda: services.dissolve_body(here.party.pk, instrument="文", **end),
        lambda: services.end_membership(one.pk, **end),
        lambda: services.end_membership(other.pk, **end),
        lambda: services.unpair(paired.pk, **end),
    ]
    results = at_once(5, lambda n: acts[n]())
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, Conflict)] == []
    assert set(Body.objects.filter(pk__in=[here.council.pk, here.party.pk], during__endswith=LATER)) == {
        here.council, here.party,
    }  # fmt: skip


def test_one_code_is_borne_by_one_body():
    here = make.acting()
    code = make.code()
    results = at_once(2, lambda n: make.body(here.town.willow, uscc=code, registration="registered"))
    assert sum(isinstance(result, Body) for result in results) == 1
    assert Body.objects.filter(uscc=code).count() == 1


def test_a_body_is_dissolved_once_by_two_at_once():
    here = make.acting()
    results = at_once(
        2, lambda n: services.dissolve_body(here.council.pk, effective_on=LATER, instrument="文", **make.BY)
    )
    assert {type(result) for result in results} == {Body, Conflict}
    assert BodyChange.objects.filter(body=here.council, kind="dissolved").count() == 1


def test_one_pairing_of_two_stays():
    here = make.acting()
    results = at_once(2, lambda n: make.pairing(here.department, here.town.willow))
    assert sum(isinstance(result, Pairing) for result in results) == 1
    assert Pairing.objects.count() == 1


@pytest.mark.requirement("R021")
def test_an_account_does_not_slip_into_deciding_and_checking_at_once():
    here = make.acting()
    person = makers.account()
    seat = make.post(here.council, name_zh="成员", seats=9)
    acts = [
        lambda: make.holding(here.checker, account_id=person.pk),
        lambda: make.holding(seat, account_id=person.pk),
    ]
    results = at_once(2, lambda n: acts[n]())
    assert sum(isinstance(result, OfficeHolding) for result in results) == 1
    assert OfficeHolding.objects.filter(account=person).count() == 1
