"""What a person reads and changes about oneself, gathered for the pages under me/."""

import datetime as dt
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from liren.foundation.people import queries, services
from liren.foundation.people.models import Account, ContactKind, Residency, ResidencyState
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags.kit import said
from liren.service.cases.queries.notices import new_notices


def person(request: HttpRequest) -> Account:
    """Who is signed in; only for views that ask strangers to sign in first."""
    return cast(Account, request.user)


def summary(account: Account) -> dict[str, Any]:
    """My page: where I live and what I hold."""
    home, mandates = queries.my_residency(account), queries.my_mandates(account, timezone.localdate())[:20]
    return {"home": home, "mandates": mandates, "new_notices": new_notices(account, at=timezone.now())}


def homes(account: Account) -> dict[str, Any]:
    """The open residency and the closed ones, each with its story."""
    rows = list(queries.my_residencies(account)[:20])
    now = next((row for row in rows if row.closed_at is None), None)
    return {"home": now, "past": [row for row in rows if row.closed_at is not None]}


def place(code: str) -> Unit | None:
    """The place of today with this code, to be named beside it; None for anything else."""
    return Unit.objects.filter(code=code, closed_on=None).select_related("parent").first() if code else None


def claim(account: Account, *, code: Unit, at: dt.datetime) -> Residency:
    """Say that one lives there; the community decides."""
    return services.claim_residency(account.pk, unit_id=code.pk, by=account, at=at)


def leave(residency: Residency, *, by: Account, at: dt.datetime) -> Residency:
    """Take a claim back, or end a verified residency."""
    if residency.state == ResidencyState.CLAIMED:
        return services.withdraw_residency(residency.pk, by=by, at=at)
    return services.end_residency(residency.pk, by=by, at=at)


def contacts(account: Account) -> list[dict[str, Any]]:
    """Each kind of contact with its value in the clear, for the person alone."""
    mine = services.own_contacts(account, by=account)
    rows = [(kind, *mine.get(kind.value, ("", False))) for kind in ContactKind]
    return [{"kind": kind.value, "name": kind.label, "value": value, "verified": done} for kind, value, done in rows]


def change_contact(account: Account, *, kind: str, value: str, at: dt.datetime) -> None:
    """Keep a new value; an empty one removes what was kept."""
    if value:
        services.set_contact(account.pk, kind=kind, value=value, by=account, at=at)
    else:
        services.remove_contact(account.pk, kind=kind, by=account, at=at)


def consents(account: Account) -> list[dict[str, Any]]:
    """Each purpose with its wording in the reader's language and the latest decision."""
    rows = queries.consents_of(account)
    return [{"code": consent.code, "text": said(consent, "text"), "event": event} for consent, event in rows]


def decide(account: Account, *, purpose: str, given: bool, at: dt.datetime) -> None:
    """Give or withdraw consent to one purpose."""
    act = services.give_consent if given else services.withdraw_consent
    act(account.pk, purpose=purpose, by=account, at=at)
