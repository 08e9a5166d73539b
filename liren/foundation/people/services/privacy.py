"""Consent, the log of looks, and destruction when time is over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people import register
from liren.foundation.people.models import AccessEntry, Account, ConsentEvent, Destruction
from liren.foundation.people.services import destruction


@transaction.atomic
def give_consent(account_id: int, *, purpose: str, by: Actor, at: datetime) -> ConsentEvent:
    """Agree to one purpose in its present wording. Saying it twice changes nothing and is remembered twice."""
    return _consent(account_id, purpose, given=True, by=by, at=at)


@transaction.atomic
def withdraw_consent(account_id: int, *, purpose: str, by: Actor, at: datetime) -> ConsentEvent:
    """Take consent back, at any time and without a reason; what was done before stays lawful (PIPL art. 15, 16)."""
    return _consent(account_id, purpose, given=False, by=by, at=at)


def _consent(account_id: int, purpose: str, *, given: bool, by: Actor, at: datetime) -> ConsentEvent:
    account = Account.objects.get(pk=account_id)
    require(by, "people.consent", account)
    known = register.consents().get(purpose)
    if known is None:
        raise BadInput(_("Nobody asks for consent to this purpose."))
    event = ConsentEvent.objects.create(account=account, purpose=purpose, wording=known.wording, given=given, at=at)
    audit.record("people.consent", account, by=by, at=at, purpose=purpose, wording=known.wording, given=given)
    return event


def record_look(
    subject_ids: Iterable[int],
    *,
    dataset: str,
    purpose: str,
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
    grant_id: int | None = None,
) -> list[AccessEntry]:
    """Write down that ``by`` looked at data about these people, and why; one's own data leave no line.

    ``dataset`` is a code of the register; the line is what the person reads under "who looked at my data".
    """
    if dataset not in register.datasets():
        raise BadInput(_("This data set is not in the register."))
    return AccessEntry.objects.bulk_create(
        AccessEntry(
            subject_id=subject,
            actor=by.label,
            looker_id=by.pk,
            dataset=dataset,
            purpose=purpose,
            unit_id=unit_id,
            grant_id=grant_id,
            at=at,
        )
        for subject in subject_ids
        if subject != by.pk
    )


@transaction.atomic
def destroy_expired(*, by: Actor, at: datetime) -> list[Destruction]:
    """Destroy what the register no longer lets us keep, and record for each data set how many rows went, and why.

    Only the system runs this. The database refuses any row whose time is not over.
    """
    require(by, "people.destroy")
    return destruction.everything_due(by=by, at=at)
