"""What a person takes along of the offices that were linked to the account."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.bodies.models import OfficeHolding
from liren.foundation.people.models import Account
from liren.foundation.people.services import add_section


def offices_of(account: Account) -> list[dict[str, Any]]:
    """Every office of the account, oldest first, as plain values."""
    held = OfficeHolding.objects.filter(account=account).select_related("post__body").order_by("pk")
    return [
        {
            "body": row.post.body.name_zh,
            "post": row.post.name_zh,
            "name": row.name,
            "starts_on": row.during.lower.isoformat(),
            "ends_on": row.during.upper.isoformat() if row.during.upper else None,
            "document": row.instrument,
        }
        for row in held
    ]


def _line(row: dict[str, Any]) -> str:
    return _("%(post)s of %(body)s from %(start)s to %(end)s.") % {
        "post": row["post"],
        "body": row["body"],
        "start": row["starts_on"],
        "end": row["ends_on"] or "…",
    }


add_section("office", offices_of, _line)
