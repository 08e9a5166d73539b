"""Accounts: opened, corrected, given a second factor, erased."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people import machine, register
from liren.foundation.people.models import Account, Language
from liren.foundation.people.models.account import ERASED
from liren.foundation.people.services import mandates, residency
from liren.foundation.people.services.destruction import destroyed

Leaving = Callable[..., None]
#: What rooms above do when an account is erased: forget what may be forgotten, keep facts without the name.
LEAVING: list[Leaving] = []


def add_leaving(leave: Leaving) -> None:
    """A room above lets go of an account that is erased; called as ``leave(account, by=, at=)`` in that transaction."""
    LEAVING.append(leave)


@transaction.atomic
def register_account(
    *,
    username: str,
    display_name: str,
    password: str | None,
    by: Actor,
    at: datetime,
    language: str = Language.ZH,
    is_simulated: bool = False,
) -> Account:
    """Open an account. ``password`` None: it can't sign in by password (another house signs it in).

    Raises:
        BadInput: a name or password that the rules refuse; the message says which.
        Conflict: the user name is taken.
    """
    require(by, "people.register")
    account = Account(
        username=username.strip().lower(),
        display_name=" ".join(display_name.split()),
        language=language,
        is_simulated=is_simulated,
        joined_at=at,
    )
    _check(account, password)
    account.set_password(password)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as taken:
        raise Conflict(_("This user name is taken. Choose another.")) from taken
    audit.record("people.register", account, by=by, at=at)
    return account


def _check(account: Account, password: str | None) -> None:
    try:
        account.clean_fields(exclude=["password"])
        if password is not None:
            validate_password(password, account)
    except ValidationError as wrong:
        raise BadInput(" ".join(wrong.messages)) from wrong
    if account.username.startswith(ERASED):
        raise BadInput(_("This user name can't be taken. Choose another."))


@transaction.atomic
def correct_profile(
    account_id: int, *, by: Actor, at: datetime, display_name: str | None = None, language: str | None = None
) -> Account:
    """Correct one's own name shown or language (PIPL art. 46)."""
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.correct", account)
    if display_name is not None:
        account.display_name = " ".join(display_name.split())
    if language is not None:
        account.language = language
    _check(account, None)
    account.save(update_fields=["display_name", "language"])
    audit.record("people.correct", account, by=by, at=at)
    return account


@transaction.atomic
def enrol_totp(account: Account, secret: str, *, by: Actor, at: datetime) -> Authenticator:
    """Give an account an authenticator app whose secret is known: for made-up people of the demo and for tests.

    ``secret`` is base32 of at least 16 characters. Real people set theirs up on their own page.

    Raises:
        NotAllowed: anybody but the system.
        BadInput: not base32.
    """
    require(by, "people.enrol", account)
    try:
        enough = len(base64.b32decode(secret)) >= 10
    except binascii.Error:
        enough = False
    if not enough:
        raise BadInput(_("A secret is base32 of at least 16 characters."))
    Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
    made: Authenticator = TOTP.activate(account, secret).instance
    audit.record("people.enrol", account, by=by, at=at, kind="totp")
    return made


def totp_code(secret: str, *, moment: float | None = None) -> str:
    """The six digits that an authenticator app shows for ``secret`` at ``moment`` (seconds; now). RFC 6238."""
    counter = int(time.time() if moment is None else moment) // 30
    return str(format_hotp_value(hotp_value(secret, counter)))


@transaction.atomic
def recover_account(
    account_id: int, *, password: str, by: Actor, at: datetime, forget_second_factor: bool = False
) -> Account:
    """Give somebody who is locked out a new password, and end every open session of the account.

    ``forget_second_factor`` takes the authenticators away too; an official sets up new ones at the next sign-in.

    Raises:
        NotAllowed: anybody but the system: an operator acts by command, after seeing the person and their papers.
        BadInput: a password that is too easy.
        Conflict: the account was erased.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.recover", account)
    if account.erased_at is not None:
        raise Conflict(_("This account was erased already."))
    _check(account, password)
    account.set_password(password)
    account.save(update_fields=["password"])
    if forget_second_factor:
        Authenticator.objects.filter(user=account).delete()
    for session in UserSession.objects.filter(user=account):
        session.end()
    audit.record("people.recover", account, by=by, at=at, second_factor_forgotten=forget_second_factor)
    return account


@transaction.atomic
def erase_account(account_id: int, *, by: Actor, at: datetime) -> Account:
    """Close an account for good: names and contacts destroyed, access ended, offices ended and kept as facts.

    The audit log stays whole, because it names accounts by number. Nothing can be undone.

    Raises:
        NotAllowed: for somebody else's account.
        Conflict: erased already.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.erase", account)
    if account.erased_at is not None:
        raise Conflict(_("This account was erased already."))
    _leave(account, by=by, at=at)
    for leave in LEAVING:
        leave(account, by=by, at=at)
    rows, _detail = account.contacts.all().delete()
    if rows:
        destroyed("contact", rows, register.ASKED, by=by, at=at)
    for kept in (Authenticator, SocialAccount):
        kept.objects.filter(user=account).delete()
    for session in UserSession.objects.filter(user=account):
        session.end()
    account.username, account.display_name = f"{ERASED}{account.pk}", "—"
    account.is_active, account.erased_at, account.last_login = False, at, None
    account.set_unusable_password()
    account.save()
    destroyed("account", 1, register.ASKED, by=by, at=at)
    audit.record("people.erase", account, by=by, at=at)
    return account


def _leave(account: Account, *, by: Actor, at: datetime) -> None:
    """Lay down offices and end the residency, each with its own line of history."""
    for mandate in account.mandates.filter(ended_at=None):
        if mandate.ends_on is None or mandate.ends_on >= timezone.localdate(at):
            mandates.end_mandate(mandate.pk, by=by, at=at)
    account.mandates.exclude(end_reason="", instrument="").update(end_reason="", instrument="")
    for home in account.residencies.filter(closed_at=None):
        step = machine.RESIDENCY.open_moves(home.state)[-1].code
        {"withdraw": residency.withdraw_residency, "end": residency.end_residency}[step](home.pk, by=by, at=at)
