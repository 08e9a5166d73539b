"""The first accounts and mandates of a new installation are given on the machine, and leave a line in the audit log."""

import io
import sys
from argparse import Namespace
from contextlib import nullcontext
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from liren.cli import people
from liren.foundation.kernel.errors import LirenError, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people import services
from liren.foundation.people.models import Account, Mandate
from liren.host.errors import HostError
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """What somebody pipes in as a password."""
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))


def asked(run, **words: object) -> int:
    """The command as it is run: it asks for the password, and only then is the database opened."""
    arguments = Namespace(**words)
    people._ask(arguments)
    return run(arguments)


def grant(username: str, unit: str, **more: object) -> int:
    words = {"role": "city_admin", "start": date(2026, 1, 1), "end": None, "dry_run": False, **more}
    return people.run_mandate(Namespace(username=username, unit=unit, **words))


def test_an_account_is_opened_with_the_password_from_standard_input(typed, capsys):
    assert asked(people.run_account, username="first", name="First") == 0
    assert Account.objects.get(username="first").check_password("correct horse battery")
    assert "correct horse" not in capsys.readouterr().out


def test_whoever_thinks_of_a_password_keeps_nobody_from_the_database(typed, monkeypatch):
    command, opened = sys.modules["liren.cli.main"], []
    monkeypatch.setattr(command.database, "at_hand", lambda tell: opened.append(sys.stdin.read()) or nullcontext())
    monkeypatch.setattr(command, "_run", lambda arguments: 0)
    assert command.main(["people", "account", "first", "--name", "First"]) == 0
    assert opened == [""]


def test_somebody_locked_out_is_let_in_again_and_other_sessions_end(monkeypatch, client):
    person = make.account()
    make.sign_in(client, person, second=False)
    monkeypatch.setattr("sys.stdin", io.StringIO("a new long password\n"))
    asked(people.run_recover, username=person.username, forget_second_factor=False)
    person.refresh_from_db()
    assert person.check_password("a new long password")
    assert client.get("/me/").status_code == 302
    assert AuditEntry.objects.filter(action="people.recover", actor="system:command").count() == 1


@pytest.mark.parametrize("forget", [True, False])
def test_the_second_factor_goes_only_when_it_is_lost_too(monkeypatch, forget):
    person = make.account()
    make.second_factor(person)
    monkeypatch.setattr("sys.stdin", io.StringIO("a new long password\n"))
    asked(people.run_recover, username=person.username, forget_second_factor=forget)
    assert Authenticator.objects.filter(user=person).exists() is not forget


def test_no_official_can_recover_an_account():
    person, town = make.account(), make.town()
    with pytest.raises(NotAllowed):
        services.recover_account(
            person.pk, password="a new long password", by=make.official("city_admin", town.city), at=timezone.now()
        )


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("12345\n"))
    with pytest.raises(LirenError):
        asked(people.run_account, username="first", name="First")


def test_the_first_mandate_is_granted_and_logged():
    make.roles()
    account, city = make.account(), make.town().city
    assert grant(account.username, city.code) == 0
    assert Mandate.objects.get(account=account).unit == city
    assert AuditEntry.objects.filter(action="people.grant", actor="system:command").count() == 1


def test_a_dry_run_grants_nothing(capsys):
    make.roles()
    account, city = make.account(), make.town().city
    grant(account.username, city.code, dry_run=True)
    assert not Mandate.objects.exists()
    assert "would hold city_admin" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"username": "nobody"}, "no account"), ({"unit": "1"}, "no unit"), ({"role": "king"}, "liren people roles")],
)
def test_what_is_not_there_is_named(wrong, said):
    make.roles()
    right = {"username": make.account().username, "unit": make.town().city.code, "role": "city_admin"}
    with pytest.raises(HostError, match=said):
        grant(**{**right, **wrong})


def test_roles_are_listed_with_their_purpose(capsys):
    make.roles()
    people.run_roles(Namespace())
    assert "city_admin" in capsys.readouterr().out
