"""The accounts to try: one password for all, made from this installation's own key, and codes for the officials."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import Actor
from liren.foundation.people import services
from liren.foundation.people.models import Account
from liren.front.demo.engine import people as engine
from liren.front.demo.engine import rows
from liren.front.demo.engine.city import City

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Tried:
    """One line of the table of accounts to try."""

    username: str
    role: str
    place: str
    needs_code: bool


def _made(purpose: str) -> bytes:
    """Bytes that only this installation can make, the same at every call."""
    return hmac.new(settings.SECRET_KEY.encode(), f"demo {purpose}".encode(), hashlib.sha256).digest()


def password() -> str:
    """The password of all accounts to try. It is in no file: whoever runs the demo can print it again."""
    letters = [_LETTERS[byte % len(_LETTERS)] for byte in _made("password")[:12]]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def secret_of(username: str) -> str:
    """The secret of an account's authenticator, in base32."""
    return base64.b32encode(_made(f"totp {username}")[:20]).decode()


def code_of(username: str) -> str:
    """The code that a simulated official's authenticator shows now.

    Raises:
        LirenError: no such account, or one that is not simulated: its codes are nobody else's business.
    """
    account = Account.objects.filter(username=username, is_simulated=True).first()
    if account is None or not any(line.username == username and line.needs_code for line in table()):
        raise LirenError(
            _("There is no simulated official called %(name)s.") % {"name": username[:40]},
            next_step=_("“liren demo accounts” lists those that can be tried."),
        )
    return services.totp_code(secret_of(username))


def table() -> Iterator[Tried]:
    """The accounts to try, in the order of the tree from below; empty while no demo is loaded."""
    names = [engine.TRIED_RESIDENT, *(name for name, _role, _level in engine.TRIED)]
    for account in sorted(Account.objects.filter(username__in=names), key=lambda a: names.index(a.username)):
        mandate = account.mandates.select_related("role", "unit").first()
        if mandate is not None:
            yield Tried(account.username, mandate.role.name, mandate.unit.name, mandate.role.second_factor_required)
        else:
            home = account.residencies.select_related("unit").first()
            yield Tried(account.username, _("Resident"), home.unit.name if home else "", False)


def open_accounts(city: City, units: list[int], *, by: Actor, at: datetime) -> None:
    """Open the accounts to try through the ordinary services, each with its mandate or its home."""
    for official in city.officials[: len(engine.TRIED)]:
        account = _open(official.username, official.name, by=by, at=at)
        services.grant_mandate(
            account.pk,
            role=official.role,
            unit_id=units[official.unit],
            start=rows.APPOINTED,
            duties=official.duties,
            weekly_minutes=official.minutes,
            by=by,
            at=at,
        )
        services.enrol_totp(account, secret_of(official.username), by=by, at=at)
    resident = _open(engine.TRIED_RESIDENT, city.residents.names[0], by=by, at=at)
    home = services.claim_residency(resident.pk, unit_id=units[int(city.residents.units[0])], by=resident, at=at)
    services.verify_residency(home.pk, by=Account.objects.get(username="demo-community"), at=at)


def _open(username: str, name: str, *, by: Actor, at: datetime) -> Account:
    return services.register_account(
        username=username, display_name=name, password=password(), is_simulated=True, by=by, at=at
    )
