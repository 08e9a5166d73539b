"""Builders for people: accounts, officials with their second factor, residents. A tree of units to put them in."""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from liren.foundation.kernel import audit
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people import services
from liren.foundation.people.models import Account, Mandate, Residency, Role, RoleLevel, RolePower
from liren.foundation.territory.models import Unit

SYSTEM = SystemActor("test")
MOMENT = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
PASSWORD = "a long sentence to sign in with"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)
_towns = itertools.cycle(range(1, 100))


def account(**changes: Any) -> Account:
    """A plain account, made the cheap way: no password unless one is given."""
    number = next(_numbers)
    facts = {"username": f"person{number}", "display_name": f"居民{number}", "joined_at": MOMENT, **changes}
    password = facts.pop("password", None)
    made = Account(**facts)
    made.set_password(password)
    made.save()
    return made


_rows_of_roles: list[Any] = []


def roles() -> None:
    """The roles of roles.toml, once per database.

    The service looks at each power of each role on its own, three hundred times. It does so once for a process; what it
    wrote is then written again in one go, the entry of the audit log too.
    """
    if Role.objects.exists():
        return
    if not _rows_of_roles:
        services.load_roles(by=SYSTEM, at=MOMENT)
        _rows_of_roles.extend(one for table in (Role, RoleLevel, RolePower) for one in table.objects.order_by("pk"))
        return
    for table in (Role, RoleLevel, RolePower):
        table.objects.bulk_create([copy.copy(one) for one in _rows_of_roles if isinstance(one, table)])
    changed = [one.code for one in _rows_of_roles if isinstance(one, Role)]
    audit.record("people.load_roles", None, by=SYSTEM, at=MOMENT, changed=changed)


def mandate(holder: Account, role: str, unit: Unit, **changes: Any) -> Mandate:
    """A mandate from 2020 without an end, granted by the system."""
    roles()
    start, end = changes.pop("start", date(2020, 1, 1)), changes.pop("end", None)
    chosen = Role.objects.get(code=role)
    needs = {"duties": "看护网格内的公共设施", "weekly_minutes": 2400} if chosen.hours_required else {}
    return services.grant_mandate(
        holder.pk, role=role, unit_id=unit.pk, start=start, end=end, by=SYSTEM, at=MOMENT, **{**needs, **changes}
    )


def official(role: str, unit: Unit, **changes: Any) -> Account:
    """An account with one mandate, ready to be asked what it may do."""
    holder = account(**changes)
    mandate(holder, role, unit)
    return Account.objects.get(pk=holder.pk)


def second_factor(holder: Account, secret: str = SECRET) -> str:
    """Give the account an authenticator app; returns its secret (``services.totp_code`` shows the digits)."""
    services.enrol_totp(holder, secret, by=SYSTEM, at=MOMENT)
    return secret


def sign_in(client: Any, holder: Account, *, second: bool = True) -> Account:
    """Sign a test client in without the pages; ``second``: as if the second factor had been asked for."""
    client.force_login(holder)
    if second:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
        session["account_authentication_methods_user"] = str(holder.pk)
        session.save()
    return holder


def resident(unit: Unit, *, verified: bool = True, **changes: Any) -> Account:
    """An account that lives in the unit, verified by the system or only claimed."""
    person = account(**changes)
    residency(person, unit, verified=verified)
    return person


def residency(person: Account, unit: Unit, *, verified: bool = False, at: datetime = MOMENT) -> Residency:
    """A residency, claimed or verified."""
    home = services.claim_residency(person.pk, unit_id=unit.pk, by=person, at=at)
    return services.verify_residency(home.pk, by=SYSTEM, at=at) if verified else home


def raw_mandate(
    holder: Account, role: str, unit: Unit, start: date, end: date | None = None, **changes: Any
) -> Mandate:
    """A mandate past the service, for tests of what the database itself refuses."""
    roles()
    facts = {
        "granted_by": "system:test",
        "granted_at": timezone.now(),
        "duties": "看护",
        "weekly_minutes": 60,
        **changes,
    }
    return Mandate.objects.create(
        account=holder, role=Role.objects.get(code=role), unit=unit, during=DateRange(start, end), **facts
    )


@dataclass(frozen=True)
class Tree:
    """A small city: one chain from city to grid, and a sibling at every level."""

    city: Unit
    district: Unit
    street: Unit
    community: Unit
    compound: Unit
    grid: Unit
    sibling_district: Unit
    sibling_street: Unit
    sibling_community: Unit
    sibling_grid: Unit
    cousin_community: Unit

    def chain(self) -> list[Unit]:
        return [self.city, self.district, self.street, self.community, self.grid]


FORMS = {2: "city", 3: "district", 4: "street", 5: "community", 6: "estate", 7: "grid"}


def bare_unit(level: int, code: str, parent: Unit | None = None, **changes: Any) -> Unit:
    """A unit without its dated story: enough for questions about rights."""
    facts = {"kind": FORMS[level], "name_zh": f"单元{code}", "opened_on": date(2000, 1, 1), **changes}
    parent_level = None if parent is None else parent.level
    path = f"/9{level}0{next(_numbers)}/"
    unit = Unit.objects.create(level=level, code=code, parent=parent, parent_level=parent_level, path=path, **facts)
    unit.path = f"{'/' if parent is None else parent.path}{unit.pk}/"
    Unit.objects.filter(pk=unit.pk).update(path=unit.path)
    return unit


def town() -> Tree:
    """A city with two districts, two streets, three communities, a compound and two grids; each call another city."""
    number = f"97{next(_towns):02}"
    city = bare_unit(2, f"{number}00000000")
    district, other = (bare_unit(3, f"{number}{n}000000", city) for n in ("02", "03"))
    street, next_street = (bare_unit(4, f"{number}02{n}000", district) for n in ("001", "002"))
    community, neighbour = (bare_unit(5, f"{number}02001{n}", street) for n in ("001", "002"))
    cousin = bare_unit(5, f"{number}02002001", next_street)
    compound = bare_unit(6, f"{number}02001001-X001", community)
    grid, next_grid = (bare_unit(7, f"{number}02001001-G{n}", community) for n in ("001", "002"))
    return Tree(city, district, street, community, compound, grid, other, next_street, neighbour, next_grid, cousin)
