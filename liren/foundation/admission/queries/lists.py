"""What stands on a list, what changed and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from liren.foundation.admission.engine.titles import words_in
from liren.foundation.admission.models import (
    Admission,
    Application,
    Assignment,
    ListItem,
    ListKind,
    ListRevision,
    Reach,
)
from liren.foundation.territory.models import Unit


def list_items(kind: str, unit: Unit, on: date) -> QuerySet[ListItem]:
    """Matters of a kind of list that hold in a unit on a day: those of the unit and of every unit above it."""
    rows = ListItem.objects.filter(kind=kind, unit_id__in=unit.path_ids, during__contains=on)
    return rows.select_related("unit").order_by("unit__level", "code")


def negative_list(units: Iterable[Unit], on: date) -> list[ListItem]:
    """What is never asked of any of these units on a day, with the unit whose list says so. One statement."""
    over = {pk for one in units for pk in one.path_ids}
    rows = ListItem.objects.filter(kind=ListKind.NEGATIVE, unit_id__in=over, during__contains=on)
    return list(rows.select_related("unit").order_by("unit__level", "code", "pk"))


def looks_like(title: str, work_type: str, items: Iterable[ListItem]) -> list[ListItem]:
    """Which of these matters the name of a piece of work betrays, whatever signs and blanks stand between its letters
    and however wide they are. The gate refuses by this question, and a committee's page marks what it refuses by it."""
    fitting = (one for one in items if one.work_type in ("", work_type))
    return [one for one in fitting if words_in(title, [one.name_zh, *one.words])]


def revisions(kind: str, unit: Unit, actor: Any) -> QuerySet[ListRevision]:
    """Versions of a list of a unit that the actor may see, the newest first."""
    found: QuerySet[ListRevision] = ListRevision.objects.visible_to(actor).filter(kind=kind, unit=unit)
    return found.prefetch_related("changes").order_by("-number")


def asked_of(community: Unit, on: date) -> QuerySet[Reach]:
    """What may be asked of a community on a day: one row for each admission, the one that ends first on top."""
    rows = Reach.objects.filter(community=community, during__contains=on, admission__is_active=True)
    return rows.select_related("admission__sender", "admission__guide").order_by("during", "admission_id")


def work_of(community: Unit, actor: Any) -> QuerySet[Assignment]:
    """Work that was handed to a community, the newest first, for those who may see it."""
    found: QuerySet[Assignment] = Assignment.objects.visible_to(actor).filter(community=community)
    return found.select_related("sender", "admission").order_by("-given_on", "-pk")


def admissions_of(unit: Unit) -> QuerySet[Admission]:
    """Who asked for what: admissions that reach communities inside a unit, the newest first."""
    inside = Reach.objects.filter(community__path__startswith=unit.path).values("admission_id")
    return Admission.objects.filter(pk__in=inside).select_related("sender").order_by("-pk")


def open_applications(unit: Unit) -> QuerySet[Application]:
    """The agenda of the joint meeting of a unit: applications that are not decided, the oldest first."""
    rows = Application.objects.filter(outcome="", unit__path__startswith=unit.path)
    return rows.select_related("sender", "unit").prefetch_related("communities", "hearings").order_by("pk")


def concerning(community: Unit) -> QuerySet[Application]:
    """Applications on which a community is to be heard, the oldest first."""
    rows = Application.objects.filter(outcome="", communities=community)
    return rows.select_related("sender").order_by("pk")
