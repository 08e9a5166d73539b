"""Addresses of the gate: lists and catalogues, admissions that hold, cuts, the burden of a month, work, reports."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import queries
from liren.foundation.admission.models import (
    Admission,
    Assignment,
    ListItem,
    ListKind,
    OutsideReport,
    Reach,
)
from liren.foundation.admission.services import NoSuch
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import SIGNED_IN, can, require
from liren.foundation.territory.models import Level, Unit
from liren.front.api import gate_shapes as shapes
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.papers import iso
from liren.front.api.reading import LIMIT, ON, matching, one_of, the_day
from liren.front.api.registers import PLACE, NoUnit, named, unit_of
from liren.front.api.writing import signed_in

NUMBER = Part("pk", gettext_lazy("Number of an admission."))
WORK = Part("pk", gettext_lazy("Number of a piece of work."))
REPORT = Part("pk", gettext_lazy("Number of a report."))
COMMUNITY = Part("code", gettext_lazy("Code of a community or village."))
LIST = Query(
    "list",
    gettext_lazy("Which list or catalogue; all five when empty."),
    one_of(ListKind.values),
    {"type": "string", "enum": list(ListKind.values)},
    "",
)
ID = r"[1-9][0-9]{0,17}"
AFTER = Query(
    "after",
    gettext_lazy("Begin after this number; “next” in an answer writes it for you."),
    matching(re.compile(ID, re.ASCII), gettext_lazy("Take the address from “next” in the answer before.")),
    {"type": "string", "pattern": f"^{ID}$"},
    "",
)
SENDER = Query(
    "sender",
    gettext_lazy("Only what this body asked for: its number."),
    matching(re.compile(ID, re.ASCII), gettext_lazy("Write the number of a body, as in /bodies/.")),
    {"type": "string", "pattern": f"^{ID}$"},
    "",
)
MONTH_TEXT = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"
MONTH = Query(
    "month",
    gettext_lazy("The month, YYYY-MM; this month when empty."),
    matching(re.compile(MONTH_TEXT, re.ASCII), gettext_lazy("Write a month as 2026-05.")),
    {"type": "string", "pattern": f"^{MONTH_TEXT}$"},
    "",
)
#: Communities that one answer names.
NAMED = 500
#: Who reads the burden of a community: it itself, and whoever decides or keeps the inventories above it.
BURDEN = ("admission.answer", "admission.decide", "admission.burden")


def page(asked: Asked, rows: QuerySet[Any], *, down: bool = False) -> tuple[list[Any], str | None]:
    """Rows behind ``after`` by number, at most ``limit``, and the address of the next page."""
    if asked["after"]:
        rows = rows.filter(**{"pk__lt" if down else "pk__gt": int(asked["after"])})
    found = list(rows.order_by("-pk" if down else "pk")[: asked["limit"] + 1])
    kept = found[: asked["limit"]]
    return kept, asked.after(str(kept[-1].pk)) if len(found) > len(kept) else None


def body(one: Any) -> Any:
    return None if one is None else {"number": one.pk, "name": named(one)}


# --- what everybody reads ---


def lists(asked: Asked) -> shapes.ListedMatters:
    unit, rows = unit_of(asked), ListItem.objects.filter(during__contains=the_day(asked))
    if unit is not None:
        rows = rows.filter(unit_id__in=unit.path_ids)
    if asked["list"]:
        rows = rows.filter(kind=asked["list"])
    found, following = page(asked, rows.select_related("unit", "added_by__revision"))
    return {"matters": [matter(one) for one in found], "next": following}


def matter(one: ListItem) -> shapes.ListedMatter:
    return {
        "list": one.kind,
        "code": one.code,
        "name": named(one),
        "unit": one.unit.code,
        "basis": one.basis,
        "kind": one.work_type,
        "words": one.words,
        "version": one.added_by.revision.number,
        "reason": one.added_by.reason,
        "since": one.during.lower.isoformat(),
        "until": iso(one.during.upper),
    }


def admissions(asked: Asked) -> shapes.Admissions:
    day, unit = the_day(asked), unit_of(asked)
    rows = Admission.objects.visible_to(asked.actor).holding_on(day)
    if unit is not None:
        inside = Reach.objects.filter(community__path__startswith=unit.path, during__contains=day)
        rows = rows.filter(pk__in=inside.values("admission_id"))
    found, following = page(asked, rows.select_related("sender"), down=True)
    return {"admissions": [admission_line(asked, one) for one in found], "next": following}


def admission_line(asked: Asked, one: Admission) -> shapes.AdmissionSummary:
    return {
        "number": one.pk,
        "kind": one.work_type,
        "title": {"zh": one.title_zh, "en": one.title_en},
        "sender": body(one.sender),
        "basis": one.basis,
        "is_assistance": one.is_assistance,
        "minutes_a_month": one.minutes_a_month,
        "money_fen": one.money_fen,
        "meeting": one.session,
        "since": one.during.lower.isoformat(),
        "until": iso(one.during.upper),
        "url": asked.url("api-gate-admission", str(one.pk)),
        "page": asked.url("gate-admission", str(one.pk)),
    }


def admission(asked: Asked, pk: int) -> shapes.AdmissionInFull:
    one = Admission.objects.visible_to(asked.actor).select_related("sender").filter(pk=pk).first()
    if one is None:
        raise NoSuch(_("There is no such admission."))
    reached = Unit.objects.filter(pk__in=one.reaches.values("community_id")).order_by("code")
    return {
        **admission_line(asked, one),
        "is_active": one.is_active,
        "communities": list(reached.values_list("code", flat=True)[:NAMED]),
        "reaches": reached.count(),
        "questions": list(one.fields.order_by("position").values_list("name_zh", flat=True)),
    }


def cuts(asked: Asked) -> shapes.Cuts:
    unit = unit_of(asked) or first_of_all()
    if unit is None:
        raise NoUnit(_("No place of today has this code."), next_step=_("Take the code from the page of the place."))
    found = [
        shapes.InventoryCut(stock=one.stock, there=one.base, gone=one.gone, percent=one.percent)
        for one in queries.cuts(unit)
    ]
    return {"unit": unit.code, "cuts": found, "page": asked.url("gate-cuts", unit=unit.code)}


def first_of_all() -> Unit | None:
    """The place that is meant when none is named: the top of the tree."""
    return Unit.objects.filter(parent=None, closed_on=None).order_by("code").first()


# --- for those whom it concerns ---


def burden(asked: Asked, code: str) -> shapes.MonthlyBurden:
    unit = Unit.objects.visible_to(asked.actor).filter(code=code, level=Level.COMMUNITY).first()
    if unit is None:
        raise NoUnit(_("No place of today has this code."), next_step=_("Take the code from the page of the place."))
    if not any(can(asked.actor, power, unit) for power in BURDEN):
        require(asked.actor, BURDEN[0], unit)
    first = date.fromisoformat(f"{asked['month']}-01") if asked["month"] else timezone.localdate().replace(day=1)
    month = queries.month(unit, first)
    senders = Body.objects.in_bulk([one.sender_id for one in month.loads if one.sender_id])
    hours = None if month.hours is None else [shapes.BurdenHours(what=k, hours=v) for k, v in month.hours.items()]
    return {
        "unit": unit.code,
        "month": f"{first:%Y-%m}",
        "admitted": month.admitted,
        "loads": [load(one, senders.get(one.sender_id or 0)) for one in month.loads],
        "sheets": month.sheets,
        "hours": hours,
    }


def load(one: queries.Load, sender: Body | None) -> shapes.BurdenLoad:
    counts = [shapes.BurdenCount(kind=kind, number=number) for kind, number in sorted(one.counts.items())]
    facts = {"ledgers": one.ledgers, "repeated": one.repeated, "minutes": one.minutes}
    return {"sender": body(sender), "work": counts, **facts}  # type: ignore[typeddict-item]  # three whole numbers


def works(asked: Asked) -> shapes.Work:
    rows, unit = seen_work(asked), unit_of(asked)
    if unit is not None:
        rows = rows.filter(community__path__startswith=unit.path)
    if asked["sender"]:
        rows = rows.filter(sender_id=int(asked["sender"]))
    found, following = page(asked, rows)
    return {"work": [work_line(asked, one) for one in found], "next": following}


def seen_work(asked: Asked) -> QuerySet[Assignment]:
    """Work as far as the caller sees it."""
    signed_in(asked.request)
    rows: QuerySet[Assignment] = Assignment.objects.visible_to(asked.actor)
    return rows.select_related("sender", "community")


def work_line(asked: Any, one: Assignment) -> shapes.WorkSummary:
    return {
        "number": one.pk,
        "kind": one.work_type,
        "title": {"zh": one.title_zh, "en": one.title_en},
        "community": one.community.code,
        "sender": body(one.sender),
        "admission": one.admission_id,
        "since": one.given_on.isoformat(),
        "due": iso(one.due_on),
        "minutes": one.minutes,
        "state": one.state,
        "note": one.note,
        "url": asked.url("api-gate-work", str(one.pk)),
    }


def work(asked: Asked, pk: int) -> shapes.WorkSummary:
    one = seen_work(asked).filter(pk=pk).first()
    if one is None:
        raise NoSuch(_("There is no such work, or it is not for you."))
    return work_line(asked, one)


def reports(asked: Asked) -> shapes.OutsideReports:
    found, following = page(asked, queries.outside_reports(asked.actor), down=True)
    return {"reports": [report_line(asked, one) for one in found], "next": following}


def report_line(asked: Any, one: OutsideReport) -> shapes.OutsideSummary:
    return {
        "number": one.pk,
        "community": one.community.code,
        "sender": body(one.sender),
        "kind": one.work_type,
        "on": one.happened_on.isoformat(),
        "text": one.text,
        "state": one.state,
        "answer": one.answer,
        "url": asked.url("api-gate-report", str(one.pk)),
    }


def report(asked: Asked, pk: int) -> shapes.OutsideSummary:
    one = queries.outside_reports(asked.actor).filter(pk=pk).first()
    if one is None:
        raise NoSuch(_("There is no such report, or it is not for you."))
    return report_line(asked, one)


# --- examples for the documentation ---


def an_admission() -> dict[str, Any] | None:
    return _first(Admission.objects.order_by("-pk"))


def the_top() -> dict[str, Any] | None:
    return {} if first_of_all() else None


def a_work() -> dict[str, Any] | None:
    return _first(Assignment.objects.order_by("pk"))


def a_community() -> dict[str, Any] | None:
    code = Assignment.objects.order_by("pk").values_list("community__code", flat=True).first()
    return {"code": code} if code else None


def a_public_report() -> dict[str, Any] | None:
    return _first(OutsideReport.objects.filter(state__in=["corrected", "criticised"]).order_by("pk"))


def _first(rows: QuerySet[Any]) -> dict[str, Any] | None:
    pk = rows.values_list("pk", flat=True).first()
    return None if pk is None else {"pk": pk}


VIEW = "admission.view"
ENDPOINTS = (
    Endpoint(
        "api-gate-lists", "gate/lists/",
        gettext_lazy("The three lists and two catalogues: what stands on them at a place on a day, and why."),
        lists, shapes.ListedMatters, (), (LIST, PLACE, ON, AFTER, LIMIT), VIEW,
    ),
    Endpoint(
        "api-gate-admissions", "gate/admissions/",
        gettext_lazy("What may be asked of the communities of a place on a day, and by whom."),
        admissions, shapes.Admissions, (), (PLACE, ON, AFTER, LIMIT), VIEW,
    ),
    Endpoint(
        "api-gate-admission", "gate/admissions/<id:pk>/",
        gettext_lazy("One admission: its ground, its days, its communities, its questions."),
        admission, shapes.AdmissionInFull, (NUMBER,), (), VIEW, an_admission,
    ),
    Endpoint(
        "api-gate-cuts", "gate/cuts/",
        gettext_lazy("What was taken off the communities of a place, by the five inventories."),
        cuts, shapes.Cuts, (), (PLACE,), VIEW, the_top,
    ),
    Endpoint(
        "api-gate-reports", "gate/reports/",
        gettext_lazy("Work that came round the gate: reports that were corrected or criticised, and your own."),
        reports, shapes.OutsideReports, (), (AFTER, LIMIT), VIEW,
    ),
    Endpoint(
        "api-gate-report", "gate/reports/<id:pk>/",
        gettext_lazy("One report and what became of it."),
        report, shapes.OutsideSummary, (REPORT,), (), VIEW, a_public_report,
    ),
    Endpoint(
        "api-gate-burden", "gate/burden/<code:code>/",
        gettext_lazy("How heavy a month was for a community, by the body that asked. For it and those above it."),
        burden, shapes.MonthlyBurden, (COMMUNITY,), (MONTH,), SIGNED_IN, a_community,
    ),
    Endpoint(
        "api-gate-works", "gate/work/",
        gettext_lazy("Work that was handed down, as far as you see it, the oldest first."),
        works, shapes.Work, (), (PLACE, SENDER, AFTER, LIMIT), SIGNED_IN,
    ),
    Endpoint(
        "api-gate-work", "gate/work/<id:pk>/",
        gettext_lazy("One piece of work, if you see it."),
        work, shapes.WorkSummary, (WORK,), (), SIGNED_IN, a_work,
    ),
)  # fmt: skip
