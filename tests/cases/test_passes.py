"""A service pass holds at each provider under another number, ends at once, and no use of it is kept anywhere."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.people.services import erase_account, export_own_data
from liren.service.cases import services
from liren.service.cases.models import Case, ServicePass
from liren.service.cases.queries import NoCase
from liren.service.cases.services.destruction import destroy_due
from tests.make import cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R042")]
YEAR = timedelta(days=400)  # and a little: a pass ends with its month


@pytest.fixture
def kind():
    moves = [{**one, "issues": "pass"} if one["code"] == "take" else one for one in cases.REQUEST["moves"]]
    return cases.declare(moves=moves)


@pytest.fixture
def case(kind, scene):
    return made(scene, by=scene.resident)


@pytest.fixture
def held(case):
    return ServicePass.objects.select_related("case").get()


@pytest.fixture
def other_clerk(scene):
    return cases.clerk(scene.other, scene.town.district)


def made(scene, **facts):
    case = cases.reported(scene.town.community, **facts)
    cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    return cases.moved(case, "take", by=scene.clerk)


def number(held, provider):
    return services.numbers_of(held, [provider.pk])[provider.pk]


def checked(typed, provider, by, at=cases.NOW):
    return services.check_number(typed, provider_id=provider.pk, by=by, at=at)


def test_the_move_makes_it_and_each_provider_is_shown_another_number(held, scene, other_clerk):
    one, other = number(held, scene.department), number(held, scene.other)
    assert held.expires_on == date(2027, 6, 30)
    assert checked(one, scene.department, scene.clerk) == held.expires_on
    assert checked(other.lower().replace("-", " "), scene.other, other_clerk) == held.expires_on
    assert checked(one, scene.other, other_clerk) is None
    assert checked(other, scene.department, scene.clerk) is None


def test_two_providers_can_not_match_their_lists(kind, scene):
    """Of many passes no sign of a number tells which number of the other list it goes with."""
    passes = [ServicePass.objects.get(case=made(scene)) for _ in range(6)]
    mine = [number(one, scene.department) for one in passes]
    others = [number(one, scene.other) for one in passes]
    assert len({*mine, *others}) == 12
    for place in range(16):
        same = sum(a.replace("-", "")[place] == b.replace("-", "")[place] for a, b in zip(mine, others, strict=True))
        assert same < 6, place
    assert mine == [number(one, scene.department) for one in passes]  # and a provider knows it again


def test_forged_garbled_and_empty_numbers_are_not_valid(held, scene):
    right = number(held, scene.department)
    swapped = right[:-1] + ("0" if right[-1] != "0" else "1")
    for typed in (swapped, "1" + right[1:] if right[0] != "1" else "2" + right[1:], "", "x" * 500, "U" * 16,
                  "0000-0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ-ZZZZ", right[:-1], right + "0"):  # fmt: skip
        assert checked(typed, scene.department, scene.clerk) is None


def test_it_is_void_at_once_everywhere_and_stays_so(case, held, scene, other_clerk):
    numbers = number(held, scene.department), number(held, scene.other)
    services.revoke_pass(case.pk, by=scene.resident, at=cases.NOW)
    assert checked(numbers[0], scene.department, scene.clerk) is None
    assert checked(numbers[1], scene.other, other_clerk) is None
    again = services.revoke_pass(case.pk, by=scene.resident, at=cases.NOW + timedelta(hours=1))
    assert again.revoked_at == cases.NOW
    with pytest.raises(Conflict):
        services.renew_pass(case.pk, by=scene.resident, at=cases.NOW)


def test_it_ends_by_its_date_unless_it_is_renewed(case, held, scene):
    typed = number(held, scene.department)
    assert checked(typed, scene.department, scene.clerk, cases.NOW + YEAR) is None
    services.renew_pass(case.pk, by=scene.resident, at=cases.NOW + timedelta(days=300))
    assert checked(typed, scene.department, scene.clerk, cases.NOW + YEAR) is not None
    with pytest.raises(Conflict):
        services.renew_pass(case.pk, by=scene.resident, at=cases.NOW + 2 * YEAR)


def test_a_pass_whose_request_fell_through_does_not_hold(case, held, scene):
    Case.objects.filter(pk=case.pk).update(
        phase="closed", outcome="lapsed", closed_at=cases.NOW, due_at=None, escalate_at=None
    )
    assert checked(number(held, scene.department), scene.department, scene.clerk) is None
    with pytest.raises(NoCase):
        services.pass_of(Case.objects.get(pk=case.pk), scene.resident)


def test_its_holder_alone_reaches_it(case, held, scene):
    assert services.pass_of(case, services.Holder(case.pk)) == held
    for who in (scene.neighbour, scene.worker, scene.clerk):
        with pytest.raises(NoCase):
            services.pass_of(case, who)
        for act in (services.revoke_pass, services.renew_pass):
            with pytest.raises(NoCase):
                act(case.pk, by=who, at=cases.NOW)
    assert ServicePass.objects.get().revoked_at is None


def test_who_does_not_act_for_the_provider_asks_nothing(held, scene):
    typed = number(held, scene.department)
    for who in (scene.resident, scene.worker, cases.clerk(scene.other, scene.town.district)):
        with pytest.raises(NotAllowed):
            checked(typed, scene.department, who)


def test_no_table_keeps_that_it_was_used(held, scene):
    typed = number(held, scene.department)
    before = counted()
    for _ in range(3):
        checked(typed, scene.department, scene.clerk)
    checked("0000-0000-0000-0000", scene.department, scene.clerk)
    assert counted() == before


def counted():
    """How many rows each table has, and everything in the row of the pass."""
    tables = {one._meta.label: one._base_manager.count() for one in apps.get_models() if one._meta.managed}
    return tables, list(ServicePass.objects.values_list())


def test_nobody_reads_the_numbers_out_of_the_table_alone(held, scene, settings):
    """What is stored is a random number; the numbers for providers hang on the key of this installation as well."""
    assert len(bytes(held.nonce)) == 16
    assert held.nonce != ServicePass.objects.get(case=made(scene)).nonce


def test_it_goes_with_the_account_and_keeps_its_case_while_it_holds(case, held, scene):
    data = export_own_data(scene.resident.pk, by=scene.resident, at=cases.NOW)
    assert [one["number"] for one in data["service_pass"]] == [case.number]
    assert number(held, scene.department) not in str(data)
    closed = {"phase": "closed", "outcome": "done", "closed_at": cases.NOW, "due_at": None, "escalate_at": None}
    Case.objects.filter(pk=case.pk).update(**closed, is_called=False)
    late = cases.NOW + timedelta(days=365 * 12)
    ServicePass.objects.update(expires_on=late.date())
    assert destroy_due(at=late) == 0
    ServicePass.objects.update(revoked_at=late)
    assert destroy_due(at=late) == 1
    assert not ServicePass.objects.exists()


def test_erasing_the_account_ends_it(case, held, scene):
    typed = number(held, scene.department)
    erase_account(scene.resident.pk, by=scene.resident, at=cases.NOW)
    assert not ServicePass.objects.exists()
    assert checked(typed, scene.department, scene.clerk) is None


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("service_pass_revoked_after_it_was_made", {"revoked_at": cases.NOW - timedelta(days=1)}),
        ("service_pass_ends_after_it_was_made", {"expires_on": (cases.NOW - timedelta(days=1)).date()}),
    ],
)
def test_the_database_refuses_impossible_passes(held, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ServicePass.objects.update(**wrong)


def test_no_two_passes_share_a_number(held, scene):
    with pytest.raises(IntegrityError, match="service_pass_number_is_its_own"), transaction.atomic():
        ServicePass.objects.filter(case=made(scene)).update(nonce=held.nonce)


def test_the_pass_of_the_packs_is_made_and_handed_over_by_the_desk_too():
    from tests.cases.test_types import SPECS

    spec = SPECS["service_pass"]
    make_it, fetch = spec.move("make"), spec.move("fetch")
    assert make_it is not None
    assert fetch is not None
    assert (make_it.issues, set(fetch.by)) == ("pass", {"reporter", "desk"})
