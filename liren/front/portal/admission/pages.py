"""What the pages of the gate show. Everything here is about offices and what they ask; nothing is about a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from liren.foundation.admission import queries, services
from liren.foundation.admission.models import Admission, Burden, ListKind, ListRevision, Reach, Refusal
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import Actor, can
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Level, Unit
from liren.front.kit.concerned import concerned, heard
from liren.front.kit.pages import keyset
from liren.front.kit.refusals import accepted
from liren.front.portal.admission import lists
from liren.front.portal.admission.forms import CertificateForm, CommentForm, PlaceForm
from liren.journeys.admit import purpose_of

#: Bounds of one page.
NAMED, BODIES, CERTIFICATES = 40, 50, 50
#: Refusals are counted over so many days.
WINDOW = 365


def _page(form: PlaceForm, **more: Any) -> dict[str, Any]:
    chain = list(territory.chain(form.here)) if form.here else []
    return {"form": form, "unit": form.here, "asked": form.asked, "chain": chain, **more}


def overview(form: PlaceForm) -> dict[str, Any]:
    unit = form.here
    if unit is None:
        return _page(form, shelves=[])
    active = Reach.objects.filter(community__path__startswith=unit.path, admission__is_active=True)
    number = active.filter(during__contains=timezone.localdate()).values("admission_id").distinct().count()
    return _page(form, shelves=lists.shelves(unit), admitted=number, cuts=queries.cuts(unit))


def one_list(form: PlaceForm, kind: str, actor: Actor) -> dict[str, Any]:
    """A list at a place. Http404 for a word that is none."""
    if kind not in ListKind.values:
        raise Http404
    if form.here is None:
        return _page(form, kind=ListKind(kind), items=[], versions=[])
    return _page(form, **lists.one(ListKind(kind), form.here, actor))


def commented(row: ListRevision, form: CommentForm, actor: Actor, *, at: datetime) -> bool:
    """Keep what was said; a refusal stands on the form."""
    return accepted(
        form, lambda: services.comment_on_list(row.pk, text=form.cleaned_data["text"], by=actor, at=at), field="text"
    )


def admitted(request: HttpRequest, form: PlaceForm) -> dict[str, Any]:
    """What is admitted for communities of a place today, and what ended or is to begin."""
    if form.here is None:
        return _page(form, page=None)
    found = queries.admissions_of(form.here)
    if not request.GET.get("all"):
        found = found.filter(during__contains=timezone.localdate(), is_active=True)
    page = keyset(request, found, key="id", down=True)
    return _page(form, page=page, is_all=bool(request.GET.get("all")))


def one_admission(request: HttpRequest, pk: int, actor: Actor) -> dict[str, Any]:
    """An admission: who asked, on which ground, for whom, until when, and what communities had said."""
    found: Any = Admission.objects.visible_to(actor)
    row = get_object_or_404(found.select_related("sender__unit", "guide", "application"), pk=pk)
    places = concerned(request, Unit.objects.filter(pk__in=row.reaches.values("community_id")))
    return {
        "row": row,
        "purpose": purpose_of(row.application) if row.application else "",
        "last": row.during.upper - timedelta(days=1),
        "is_over": row.during.upper <= timezone.localdate() or not row.is_active,
        "concerned": places,
        **heard(row.application, places.q),
        "questions": row.fields.order_by("position"),
        "may_end": row.ended_on is None and can(actor, "admission.decide", row.sender.unit),
    }


def cuts(form: PlaceForm) -> dict[str, Any]:
    """The five inventories of a place and the cut of each, and of every unit below that keeps some."""
    if form.here is None:
        return _page(form, cuts=[])
    kept = Burden.objects.filter(unit__path__startswith=form.here.path)
    below = Unit.objects.filter(parent=form.here, level__lte=Level.COMMUNITY).order_by("code")
    filled = {path for path in kept.order_by().values_list("unit__path", flat=True).distinct()}
    parts = [one for one in below[:BODIES] if any(path.startswith(one.path) for path in filled)]
    found = queries.cuts(form.here)
    return _page(form, cuts=found if any(one.base for one in found) else [], parts=parts, rows=stopped(form.here))


def stopped(unit: Unit) -> list[Burden]:
    """What was taken off last."""
    gone = [fate for fates in queries.GONE.values() for fate in fates]
    rows = Burden.objects.filter(unit__path__startswith=unit.path, fate__in=set(gone)).select_related("unit")
    return list(rows.order_by("-fate_on", "pk")[:NAMED])


@dataclass(frozen=True)
class Found:
    """Certificates that are cancelled, each with another way, and those that are still given."""

    cancelled: list[Burden]
    given: list[Burden]


def certificates(form: CertificateForm) -> dict[str, Any]:
    """Certificates by their name."""
    q = form.cleaned_data.get("q", "") if form.is_valid() else ""
    if form.here is None:
        return _page(form, found=Found([], []), q=q)
    cancelled = queries.other_way(q, form.here)
    kept = queries.inventory("stamp", form.here).exclude(pk__in=cancelled.values("pk"))
    given = kept.filter(name_zh__icontains=q.strip()[:40])
    return _page(form, found=Found(list(cancelled[:CERTIFICATES]), list(given[:CERTIFICATES])), q=q)


def refused(request: HttpRequest) -> dict[str, Any]:
    """What the gate refused, counted by sender; and reports that ended in public."""
    now = timezone.now()
    tallies = queries.counted_against(now - timedelta(days=WINDOW), now + timedelta(minutes=1))[:BODIES]
    names = Body.objects.in_bulk([one.sender_id for one in tallies])
    rows = Refusal.objects.filter(sender_id__in=names) if names else Refusal.objects.none()
    rows = rows.exclude(why__in=queries.BY_COMMUNITY)
    page = keyset(request, rows, key="id", down=True)
    senders = Body.objects.in_bulk([one.sender_id for one in page.rows])
    return {
        "tallies": [(names[one.sender_id], one) for one in tallies if one.sender_id in names],
        "page": page,
        "lines": [(senders.get(one.sender_id), one) for one in page.rows],
    }
