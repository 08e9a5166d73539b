"""Who did something, in words: the office that the account held then, and not the number of an account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.people import queries
from liren.foundation.people.models import Mandate


def signers(rows: Iterable[Any], *, by_name: bool = False) -> dict[int, str]:
    """For rows with ``pk``, ``actor`` and ``at``: role and unit of whoever acted; ``by_name`` puts the name before it.

    A row that keeps its actor back (an empty ``actor``) is left out.
    """
    rows = [row for row in rows if row.actor]
    held = queries.offices_held((row.actor, row.at) for row in rows)
    return {row.pk: _words(row.actor, held.get((row.actor, row.at)), by_name) for row in rows}


def _words(label: str, office: Mandate | None, by_name: bool) -> str:
    if office is not None:
        name = [office.account.display_name] if by_name and office.account.display_name else []
        return " · ".join([*name, office.role.name, office.unit.name])
    return _("Somebody without an office at that time") if label.startswith("account:") else _("The system")
