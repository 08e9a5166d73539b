"""The city in the database: complete, consistent, simulated to the last account."""

from datetime import date

import pytest
import shapely
from allauth.mfa.models import Authenticator
from django.db import connection

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.models import Account, Contact, Mandate, Residency, ResidencyEvent, Role
from liren.foundation.territory import services
from liren.foundation.territory.models import Boundary, Unit
from liren.foundation.territory.services.boundaries import set_boundary
from liren.front.demo import accounts, loader
from liren.front.demo.engine import people as engine
from liren.front.demo.engine.size import PRESETS
from tests.make import demo

# The hamlet takes a moment to load; each test on it is quick.
pytestmark = pytest.mark.slow


def test_an_outline_is_the_one_that_the_service_would_store(hamlet, db):
    for outline in hamlet.outlines:
        unit = Unit.objects.get(code=hamlet.units[outline.owner].face.code)
        held = Boundary.objects.get(unit=unit)
        if unit.closed_on is None:
            shape = shapely.Polygon(outline.rings[0], list(outline.rings[1:]))
            same = set_boundary(
                unit_id=unit.pk, shape=shape, crs="wgs84", source="simulated", from_day=date(2026, 1, 1),
                by=demo.DEMO, at=demo.LOADED_AT,
            )  # fmt: skip
            assert same == held


def test_paths_run_from_the_root_to_the_unit(hamlet, db):
    paths = dict(Unit.objects.values_list("pk", "path"))
    wrong = [u for u in Unit.objects.all() if u.path != f"{paths.get(u.parent_id, '/')}{u.pk}/"]
    assert wrong == []


def test_all_deferred_constraints_hold(hamlet, db):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_faces_are_in_line_with_their_spans(hamlet, db):
    assert services.refresh_today(date(2026, 9, 1)) == 0


def test_the_audit_log_tells_of_the_load(hamlet, db):
    entries = {entry.action: entry for entry in AuditEntry.objects.filter(action__startswith="demo.")}
    assert sorted(entries) == [
        "demo.bodies",
        "demo.boundaries",
        "demo.cases",
        "demo.people",
        "demo.registers",
        "demo.territory",
    ]
    assert entries["demo.territory"].facts == {
        "simulated": True,
        "units": len(hamlet.units),
        "changes": len(hamlet.changes),
    }
    assert {entry.actor for entry in entries.values()} == {"system:demo"}


def test_a_second_load_changes_nothing(hamlet, db):
    before = {model: model._default_manager.count() for model in (Unit, Account, AuditEntry, Boundary, Residency)}
    assert loader.load(PRESETS["town"], by=demo.DEMO, at=demo.LOADED_AT).is_new is False
    assert {model: model._default_manager.count() for model in before} == before


def test_every_account_is_marked_as_simulated(hamlet, db):
    assert Account.objects.count() == hamlet.size.accounts
    assert not Account.objects.filter(is_simulated=False).exists()
    assert not Contact.objects.exists()


def test_nobody_can_sign_in_but_those_who_are_there_to_be_tried(hamlet, db):
    able = {account.username for account in Account.objects.all() if account.has_usable_password()}
    assert able == {engine.TRIED_RESIDENT, *(name for name, _role, _level in engine.TRIED)}
    assert Account.objects.get(username="demo-city").check_password(accounts.password())


def test_every_role_is_held_by_somebody(hamlet, db):
    held = set(Mandate.objects.values_list("role__code", flat=True))
    assert held == set(Role.objects.values_list("code", flat=True))


def test_residents_live_where_their_community_verified_it(hamlet, db):
    workers = dict(Mandate.objects.filter(role__code="community_worker").values_list("account", "unit"))
    for home in Residency.objects.filter(state="verified").select_related("unit"):
        assert workers[home.decided_by_id] == home.unit.parent_id
        moves = list(ResidencyEvent.objects.filter(residency=home).order_by("at").values_list("move", flat=True))
        assert moves == ["claim", "verify"]


def test_the_table_names_each_account_with_its_role_and_place(hamlet, db):
    lines = list(accounts.table())
    assert [line.username for line in lines] == ["demo-resident", *(name for name, _role, _level in engine.TRIED)]
    assert [line.username for line in lines if not line.needs_code] == ["demo-resident"]
    assert all(line.place and line.role for line in lines)


def test_the_code_is_the_one_that_the_authenticator_shows(hamlet, db):
    code = accounts.code_of("demo-auditor")
    enrolled = Authenticator.objects.get(user__username="demo-auditor", type="totp")
    assert enrolled.wrap().validate_code(code)


@pytest.mark.parametrize("name", ["demo-resident", "sim-0000001", "nobody"])
def test_other_accounts_have_no_code_here(hamlet, db, name):
    with pytest.raises(LirenError):
        accounts.code_of(name)


def test_a_real_account_with_a_mandate_has_no_code_here(hamlet, db):
    Account.objects.filter(username="demo-city").update(is_simulated=False)
    with pytest.raises(LirenError):
        accounts.code_of("demo-city")


def test_the_password_is_of_this_installation_alone(settings):
    here = accounts.password()
    settings.SECRET_KEY = "another-key-for-tests"
    assert accounts.password() != here
    assert len(here) == 14
