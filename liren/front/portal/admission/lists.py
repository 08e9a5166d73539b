"""Lists and catalogues with their versions: what stands on them, what changed when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone

from liren.foundation.admission import queries
from liren.foundation.admission.models import CommentFrom, ListComment, ListItem, ListKind, ListRevision, ListState
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Unit

#: Versions on one page; older ones are in the audit log.
VERSIONS = 20


@dataclass(frozen=True)
class Shelf:
    """A list at a place: how many matters hold there today, and whether a version is open for comments."""

    kind: ListKind
    number: int
    version: ListRevision | None


def open_versions() -> QuerySet[ListRevision]:
    """Versions on which anybody may comment today."""
    found = ListRevision.objects.filter(state=ListState.COMMENTS, comments_until__gte=timezone.localdate())
    return found.select_related("unit")


def shelves(unit: Unit) -> list[Shelf]:
    """The three lists, then the two catalogues. Two statements."""
    today = timezone.localdate()
    rows = ListItem.objects.filter(unit_id__in=unit.path_ids, during__contains=today).order_by()
    numbers = dict(rows.values_list("kind").annotate(n=Count("pk")))
    waiting = {one.kind: one for one in open_versions().filter(unit_id__in=unit.path_ids)}
    return [Shelf(kind, numbers.get(kind.value, 0), waiting.get(kind.value)) for kind in ListKind]


def one(kind: ListKind, unit: Unit, actor: Actor) -> dict[str, Any]:
    """One list at a place, with the versions of every unit above whose matters hold there. What committees said of a
    version is read with it; of residents only how many spoke, since nobody has read theirs for names before."""
    today = timezone.localdate()
    found: Any = ListRevision.objects.visible_to(actor)
    versions = found.filter(kind=kind, unit_id__in=unit.path_ids).select_related("unit")
    versions = versions.prefetch_related("changes", Prefetch("comments", spoken(), to_attr="of_committees"))
    return {
        "kind": kind,
        "items": queries.list_items(kind, unit, today).select_related("unit", "added_by"),
        "versions": versions.annotate(said=Count("comments")).order_by("-pk")[:VERSIONS],
        "open": open_versions().filter(kind=kind, unit_id__in=unit.path_ids),
    }


def spoken() -> QuerySet[ListComment]:
    """What committees said."""
    return ListComment.objects.filter(source=CommentFrom.COMMITTEE).select_related("body").order_by("pk")
