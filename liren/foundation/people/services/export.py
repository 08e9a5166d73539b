"""Everything about oneself, to take away: as JSON for machines and as a page of plain sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit, doors
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.people import register
from liren.foundation.people.models import (
    AccessEntry,
    AccessGrant,
    Account,
    ConsentEvent,
    ContactKind,
    Mandate,
    Residency,
)
from liren.foundation.people.services.contacts import own_contacts

#: What rooms above hold about a person, by data set: rows as plain values.
SECTIONS: dict[str, Callable[[Account], list[dict[str, Any]]]] = {}


def add_section(code: str, rows: Callable[[Account], list[dict[str, Any]]], line: Callable[[Any], str]) -> None:
    """A room above adds its part of the export: the rows of a data set, and one row as a sentence."""
    SECTIONS[code], LINES[code] = rows, line


@transaction.atomic
def export_own_data(account_id: int, *, by: Actor, at: datetime) -> dict[str, Any]:
    """All data about oneself as plain JSON values, by data set of the register, with the log of looks (PIPL art. 45).

    Raises:
        NotAllowed: for somebody else's account.
    """
    account = Account.objects.get(pk=account_id)
    require(by, "people.export", account)
    audit.record("people.export", account, by=by, at=at)
    return {
        "about": {"format": "liren-export-1", "made_at": at.isoformat(), "account": str(account.uuid)},
        "account": _account(account),
        "contact": _contacts(account, by),
        "residency": [_residency(home) for home in account.residencies.select_related("unit").order_by("pk")],
        "mandate": [_mandate(m) for m in account.mandates.select_related("unit", "role").order_by("pk")],
        "consent": _rows(ConsentEvent.objects.filter(account=account), "purpose", "wording", "given", "at"),
        "access_log": _looks(account),
        "access_grant": _grants(account),
        "session": _rows(UserSession.objects.filter(user=account), "ip", "user_agent", "created_at", "last_seen_at"),
        "second_factor": _rows(Authenticator.objects.filter(user=account), "type", "created_at", "last_used_at"),
        "connection": _rows(SocialAccount.objects.filter(user=account), "provider", "uid", "date_joined"),
        "own_actions": _rows(
            AuditEntry.objects.filter(actor=account.label).order_by("pk"), "at", "action", "object_type", "object_id"
        ),
        "knock": _reports(account, at),
        **{code: rows(account) for code, rows in SECTIONS.items()},
    }


def _reports(account: Account, at: datetime) -> list[dict[str, Any]]:
    """How many reports the account sent today; what is older is counted no more."""
    today = timezone.localdate(at)
    times = doors.times_of(f"account:{account.pk}", on=today)
    return [{"day": today.isoformat(), "times": times}] if times else []


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _rows(rows: QuerySet[Any], *columns: str) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in rows.values(*columns)]


def _account(account: Account) -> dict[str, Any]:
    names = ("username", "display_name", "language", "joined_at", "last_login", "is_simulated")
    return {name: _plain(getattr(account, name)) for name in names}


def _contacts(account: Account, by: Actor) -> list[dict[str, Any]]:
    own = own_contacts(account, by=by)
    return [{"kind": kind, "value": value, "verified": proved} for kind, (value, proved) in own.items()]


def _residency(home: Residency) -> dict[str, Any]:
    return {
        "unit": home.unit.code,
        "unit_name": home.unit.name_zh,
        "state": home.state,
        "claimed_at": _plain(home.claimed_at),
        "decided_at": _plain(home.decided_at),
        "closed_at": _plain(home.closed_at),
        "events": _rows(home.events.all(), "at", "move", "from_state", "to_state", "note"),
    }


def _mandate(mandate: Mandate) -> dict[str, Any]:
    return {
        "role": mandate.role.code,
        "role_name": mandate.role.name,
        "unit": mandate.unit.code,
        "unit_name": mandate.unit.name_zh,
        "starts_on": _plain(mandate.starts_on),
        "ends_on": _plain(mandate.ends_on),
        "duties": mandate.duties,
        "weekly_minutes": mandate.weekly_minutes,
        "way": mandate.way,
        "instrument": mandate.instrument,
        "end_reason": mandate.end_reason,
    }


def _looks(account: Account) -> list[dict[str, Any]]:
    looks = AccessEntry.objects.filter(subject=account).select_related("looker").order_by("pk")
    return [
        {
            "at": _plain(look.at),
            "by": look.actor,
            "name": look.looker.display_name if look.looker else "",
            "data": look.dataset,
            "purpose": look.purpose,
        }
        for look in looks
    ]


def _grants(account: Account) -> list[dict[str, Any]]:
    return _rows(
        AccessGrant.objects.filter(subject=account).order_by("pk"), "opened_at", "expires_at", "purpose", "outcome"
    )


def summary_of(export: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """An export in plain sentences: (name of the data set, lines), for the page and for printing."""
    english = _is_english()
    names = {code: entry.name_en if english else entry.name_zh for code, entry in register.datasets().items()}
    return [
        (names[code], [_line(code, row) for row in ([data] if isinstance(data, dict) else data)] or [_("Nothing.")])
        for code, data in export.items()
        if code in names
    ]


def _line(code: str, row: dict[str, Any]) -> str:
    """One row as one sentence; what has no sentence of its own is listed."""
    writer = LINES.get(code)
    if writer:
        return writer(row)
    mark = ", " if _is_english() else "，"
    return mark.join(_said(value) for value in row.values() if value not in (None, ""))


def _said(value: Any) -> str:
    """A value as a reader would write it: moments as days of the city, everything else as it stands."""
    return _day(value) if isinstance(value, str) and MOMENT.match(value) else f"{value}"


def dataset_name(code: str) -> str:
    """The name of a data set in the language of the page; its code when the register no longer holds it."""
    entry = register.datasets().get(code)
    return (entry.name_en if _is_english() else entry.name_zh) if entry else code


def _consent(code: str) -> str:
    entry = register.consents().get(code)
    return (entry.text_en if _is_english() else entry.text_zh) if entry else code


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def _day(text: str | None) -> str:
    if text is None:
        return "…"
    moment = datetime.fromisoformat(text)
    local = timezone.localtime(moment) if moment.tzinfo else moment
    return date_format(local, "j F Y H:i" if _is_english() else "Y年n月j日 H:i")


#: Begins like a moment in ISO 8601.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:")
#: Words for the states of a residency.
STATES: dict[str, Any] = dict(Residency._meta.get_field("state").flatchoices)

LINES: dict[str, Callable[[Any], str]] = {
    "contact": lambda row: (
        (_("%(kind)s: %(value)s, confirmed.") if row["verified"] else _("%(kind)s: %(value)s, not confirmed."))
        % {"kind": ContactKind(row["kind"]).label, "value": row["value"]}
    ),
    "mandate": lambda row: (
        _("%(role)s in %(unit)s from %(start)s to %(end)s. %(duties)s")
        % {
            "role": row["role_name"],
            "unit": row["unit_name"],
            "start": row["starts_on"],
            "end": row["ends_on"] or "…",
            "duties": row["duties"],
        }
    ),
    "knock": lambda row: _("%(times)s reports sent on %(day)s.") % row,
    "session": lambda row: (
        _("Signed in on %(day)s from %(ip)s with %(device)s.")
        % {"day": _day(row["created_at"]), "ip": row["ip"], "device": row["user_agent"]}
    ),
    "account": lambda row: (
        _("User name %(username)s, name shown %(name)s, since %(day)s.")
        % {"username": row["username"], "name": row["display_name"], "day": _day(row["joined_at"])}
    ),
    "residency": lambda row: (
        _("%(unit)s: claimed on %(day)s, now %(state)s.")
        % {"unit": row["unit_name"], "day": _day(row["claimed_at"]), "state": STATES[row["state"]]}
    ),
    "consent": lambda row: (
        (_("%(day)s, agreed: “%(purpose)s”") if row["given"] else _("%(day)s, taken back: “%(purpose)s”"))
        % {"day": _day(row["at"]), "purpose": _consent(row["purpose"])}
    ),
    "access_log": lambda row: (
        _("%(day)s: %(who)s looked at %(data)s. Reason: %(purpose)s")
        % {
            "day": _day(row["at"]),
            "who": row["name"] or row["by"],
            "data": dataset_name(row["data"]),
            "purpose": _(row["purpose"]),
        }
    ),
}
