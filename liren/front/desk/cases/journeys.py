"""Where the steps of a case are taken that belongs to a process across rooms: its own page, for whoever may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse

from liren.front.desk.admission import reading
from liren.service.cases.models import Case


def _application(case: Case, actor: Any) -> str:
    found = reading.applications(actor).filter(case_id=case.pk).values_list("pk", flat=True).first()
    return reverse("desk-application", args=[found]) if found else ""


#: The page behind a case, by the name of its journey; "" for whoever may not see that page.
HOMES: Mapping[str, Callable[[Case, Any], str]] = {"admit": _application}


def home_of_journey(case: Case, journey: str, actor: Any) -> str:
    """The address of the page on which such a case is moved, or ""."""
    return HOMES[journey](case, actor) if journey in HOMES else ""
