"""Contact data: sealed at once, opened only by the person, or for half an hour by an official with a reason."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import BinaryField, F, Func
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people import keys, normal, register
from liren.foundation.people.cipher import key_id
from liren.foundation.people.models import AccessGrant, Account, Contact, ContactKind, ReviewOutcome
from liren.foundation.people.models.privacy import GRANT_LASTS
from liren.foundation.people.services.destruction import destroyed
from liren.foundation.people.services.privacy import record_look


@transaction.atomic
def set_contact(account_id: int, *, kind: str, value: str, by: Actor, at: datetime, verified: bool = False) -> Contact:
    """Seal one's telephone, e-mail or address, replacing the former one.

    ``verified`` is only for the flow that proved it by a code. An equal value that is verified already stays so.

    Raises:
        NotAllowed: for somebody else's account.
        BadInput: not a telephone number, e-mail address or address.
        Conflict: another account has proved this telephone number.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.set_contact", account)
    if kind not in normal.NORMAL:
        raise BadInput(_("This kind of contact is unknown."))
    spelled = normal.NORMAL[kind](value)
    contact = account.contacts.filter(kind=kind).first() or Contact(account=account, kind=kind)
    found = keys.lookup(kind, spelled)
    if bytes(contact.lookup or b"") != found:
        contact.verified_at = None
    contact.verified_at = contact.verified_at or (at if verified else None)
    contact.lookup, contact.recorded_at = found, at
    _seal(contact, spelled)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as taken:
        raise Conflict(_("Another account has proved this number."), next_step=_("Use your own number.")) from taken
    audit.record("people.set_contact", contact, by=by, at=at, kind=kind, verified=contact.verified_at is not None)
    return contact


def _seal(contact: Contact, value: str) -> None:
    contact.sealed = keys.ring().seal(value, keys.contact_place(contact.uuid))
    contact.key_id = key_id(contact.sealed)


def _opened(contact: Contact) -> str:
    return keys.ring().open(bytes(contact.sealed), keys.contact_place(contact.uuid))


@transaction.atomic
def remove_contact(account_id: int, *, kind: str, by: Actor, at: datetime) -> None:
    """Destroy one's own contact of this kind; nothing happens when there is none."""
    account = Account.objects.select_for_update().get(pk=account_id)
    require(by, "people.set_contact", account)
    rows, _detail = account.contacts.filter(kind=kind).delete()
    if rows:
        audit.record("people.remove_contact", account, by=by, at=at, kind=kind)
        destroyed("contact", 1, register.ASKED, by=by, at=at)


def own_contacts(account: Account, *, by: Actor) -> dict[str, tuple[str, bool]]:
    """One's own contact data in the clear: kind -> (value, verified). Nobody else's."""
    require(by, "people.set_contact", account)
    return {c.kind: (_opened(c), c.verified_at is not None) for c in account.contacts.order_by("kind")}


def phone_of(account: Account) -> tuple[str, bool] | None:
    """The telephone number of a person signing in, and whether it is proved; for the sign-in flow only."""
    contact = account.contacts.filter(kind=ContactKind.PHONE).first()
    return None if contact is None else (_opened(contact), contact.verified_at is not None)


def account_by_phone(text: str) -> Account | None:
    """The account that has proved this telephone number, found by blind index; no number is opened."""
    try:
        found = keys.lookup("phone", normal.phone(text))
    except BadInput:
        return None
    return Account.objects.filter(
        contacts__kind="phone", contacts__lookup=found, contacts__verified_at__isnull=False
    ).first()


@transaction.atomic
def open_sealed_contact(subject_id: int, *, kind: str, purpose: str, by: Account, at: datetime) -> AccessGrant:
    """Open one contact of a resident of one's unit for half an hour, with a reason that the resident will read.

    Raises:
        NotAllowed: no such power over the unit where that person lives, or it is oneself.
        BadInput: no reason, or a reason of under 8 or over 200 characters.
        Conflict: that person has left no such contact.
    """
    subject = Account.objects.get(pk=subject_id)
    home = subject.residencies.select_for_update().filter(closed_at=None).first()
    require(by, "people.open_contact", subject)
    reason = " ".join(purpose.split())
    if not 8 <= len(reason) <= 200:
        raise BadInput(_("State the reason in 8 to 200 characters: the person will read it."))
    contact = subject.contacts.filter(kind=kind).first()
    if contact is None or home is None:
        raise Conflict(_("This person has left no contact of this kind."), next_step=_("Put up a notice, or visit."))
    unit_id = home.unit_id
    grant = AccessGrant.objects.create(
        contact=contact,
        actor_id=by.pk,
        subject=subject,
        unit_id=unit_id,
        purpose=reason,
        opened_at=at,
        expires_at=at + GRANT_LASTS,
    )
    record_look([subject.pk], dataset="contact", purpose=reason, unit_id=unit_id, grant_id=grant.pk, by=by, at=at)
    audit.record("people.open_contact", grant, by=by, at=at, unit_id=unit_id, account=subject.pk, kind=kind)
    return grant


@transaction.atomic
def read_sealed_contact(grant_uuid: UUID, *, by: Account, at: datetime) -> str:
    """The contact behind one's own live grant, in the clear; every reading leaves a line.

    Raises:
        NotAllowed: not one's own grant, or it has ended, or the power is gone.
    """
    grant = AccessGrant.objects.select_related("contact", "subject").filter(uuid=grant_uuid, actor_id=by.pk).first()
    if grant is None:
        raise PermissionDenied
    require(by, "people.open_contact", grant.subject)
    if grant.closed_at is not None or not grant.opened_at <= at < grant.expires_at or grant.contact is None:
        raise NotAllowed(_("This access has ended."), next_step=_("Open it again and state the reason."))
    record_look(
        [grant.subject_id],
        dataset="contact",
        purpose=grant.purpose,
        unit_id=grant.unit_id,
        grant_id=grant.pk,
        by=by,
        at=at,
    )
    return _opened(grant.contact)


@transaction.atomic
def close_sealed_contact(grant_uuid: UUID, *, by: Account, at: datetime) -> AccessGrant:
    """End one's own access before its time; ending it twice changes nothing."""
    grant = AccessGrant.objects.select_for_update().filter(uuid=grant_uuid, actor_id=by.pk).first()
    if grant is None:
        raise PermissionDenied
    if grant.closed_at is None:
        grant.closed_at = at
        grant.save(update_fields=["closed_at"])
        audit.record("people.close_contact", grant, by=by, at=at, unit_id=grant.unit_id)
    return grant


@transaction.atomic
def review_access(grant_uuid: UUID, *, outcome: str, by: Account, at: datetime, note: str = "") -> AccessGrant:
    """Say whether a look was justified; by somebody who neither looked nor was looked at, and only once.

    Raises:
        NotAllowed: no such power over the unit, or involved oneself.
        BadInput: unknown outcome, or a doubt without a note.
        Conflict: reviewed already.
    """
    grant = AccessGrant.objects.select_for_update(of=("self",)).select_related("unit").get(uuid=grant_uuid)
    require(by, "people.review_access", grant)
    if outcome not in ReviewOutcome.values or (outcome != ReviewOutcome.JUSTIFIED and not note.strip()):
        raise BadInput(_("Choose an outcome; a doubt needs a note."))
    if grant.reviewed_at is not None:
        raise Conflict(_("This access was reviewed already."))
    grant.outcome, grant.reviewed_by_id, grant.reviewed_at, grant.review_note = outcome, by.pk, at, note.strip()[:400]
    grant.save(update_fields=["outcome", "reviewed_by", "reviewed_at", "review_note"])
    audit.record("people.review_access", grant, by=by, at=at, unit_id=grant.unit_id, outcome=outcome)
    return grant


@transaction.atomic
def reseal(*, by: Actor, at: datetime, batch: int = 1000) -> int:
    """Seal up to ``batch`` contacts anew that an older key or cipher holds; how many were. Call until it says 0."""
    require(by, "people.destroy")
    ring = keys.ring()
    head = Func(F("sealed"), 1, len(ring.head), function="substring", output_field=BinaryField())
    stale = list(Contact.objects.select_for_update(skip_locked=True).alias(head=head).exclude(head=ring.head)[:batch])
    for contact in stale:
        _seal(contact, _opened(contact))
    Contact.objects.bulk_update(stale, ["sealed", "key_id"])
    if stale:
        audit.record("people.resealed", None, by=by, at=at, rows=len(stale), key=ring.current.id)
    return len(stale)
