"""Rights end at once: without a second factor, after the last day, after suspension or erasure, in any open session."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from liren.foundation.people import services
from liren.foundation.people.models import Account, Role
from tests import make
from tests.make.people import SYSTEM
from tests.rights.table import rows
from tests.rights.thrift import undone
from tests.rights.world import World

pytestmark = pytest.mark.django_db
DESK = [name for name, row in rows().items() if name.startswith("desk") and not row.thing and "GET" in row.methods]
OFFICIAL = ("city_admin", "district_admin", "street_officer", "community_worker", "planner", "civil_affairs", "auditor")


def signed_in(account: Account, *, second: bool = True) -> Client:
    client = Client(raise_request_exception=False)
    make.sign_in(client, Account.objects.get(pk=account.pk), second=second)
    return client


@pytest.mark.requirement("R367")
@pytest.mark.parametrize("name", DESK)
def test_an_official_without_a_second_factor_is_sent_to_set_one_up(name, world: World):
    with undone():
        official = make.official("community_worker", world.at["community_worker"]["own"])
        reply = signed_in(official, second=False).get(reverse(name))
        assert (reply.status_code, reply["Location"].split("?")[0]) == (302, "/accounts/2fa/")


def test_a_form_sent_without_a_second_factor_changes_nothing(world: World):
    with undone():
        unit = world.at["community_worker"]["own"]
        claim = make.resident(unit, verified=False).residencies.get()
        official = make.official("community_worker", unit)
        sent = make.form(official, decision="verify", note="")
        reply = signed_in(official, second=False).post(f"/desk/residency/{claim.pk}/", sent)
        claim.refresh_from_db()
        assert (reply.status_code, claim.state) == (302, "claimed")


def test_every_role_of_an_official_asks_for_a_second_factor(world: World):
    assert list(Role.objects.filter(second_factor_required=False).values_list("code", flat=True)) == []


def ended(account: Account) -> None:
    mandate = account.mandates.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    services.end_mandate(mandate.pk, last_day=yesterday, by=SYSTEM, at=timezone.now())


def ended_today(account: Account) -> None:
    services.end_mandate(account.mandates.get().pk, by=SYSTEM, at=timezone.now())


def suspended(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(is_active=False)


def erased(account: Account) -> None:
    services.end_mandate(account.mandates.get().pk, by=SYSTEM, at=timezone.now())
    services.erase_account(account.pk, by=Account.objects.get(pk=account.pk), at=timezone.now())


@pytest.mark.requirement("R367")
@pytest.mark.parametrize("role", OFFICIAL)
@pytest.mark.parametrize("cause", [ended, ended_today, suspended, erased])
def test_power_ends_at_once_in_a_session_that_is_open(cause, role, world: World):
    with undone():
        unit = world.at[role]["own"]
        official = make.official(role, unit)
        client = signed_in(official)
        path = "/desk/audit/" if role == "auditor" else f"/desk/units/{unit.code}/population/"
        path = path if role in ("auditor", "city_admin", "district_admin", "planner") else "/desk/mandates/"
        assert client.get(path).status_code == 200
        cause(official)
        assert client.get(path).status_code in {302, 403}
        assert "/desk/" not in client.get("/").content.decode()


def test_a_mandate_that_begins_tomorrow_gives_nothing_today(world: World):
    with undone():
        account = make.account()
        tomorrow = timezone.localdate() + timedelta(days=1)
        make.mandate(account, "planner", world.at["planner"]["own"], start=tomorrow)
        assert signed_in(account).get(f"/desk/units/{world.at['planner']['own'].code}/population/").status_code == 403


def test_two_mandates_reach_no_further_than_each_alone(world: World):
    with undone():
        account = make.account()
        make.mandate(account, "planner", world.at["planner"]["own"])
        make.mandate(account, "community_worker", world.at["community_worker"]["sibling"])
        client = signed_in(account)
        sibling = world.at["planner"]["sibling"].code
        assert client.get(f"/desk/units/{sibling}/population/").status_code == 403
        assert client.get(f"/desk/units/{world.at['planner']['parent'].code}/population/").status_code == 403
        assert client.get(f"/desk/units/{world.at['planner']['child'].code}/population/").status_code == 200
