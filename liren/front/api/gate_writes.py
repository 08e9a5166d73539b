"""What is done at the gate by a program: hand out work, refuse it in one step, report what came round the gate."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.admission import services
from liren.foundation.admission.models import Admission, Assignment, ListItem, ListKind
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit
from liren.front.api import gate_shapes as shapes
from liren.front.api import reading
from liren.front.api.gate import WORK, report_line, work_line
from liren.front.api.shapes import Error
from liren.front.api.writing import Said, Write

ANSWER = "admission.answer"
MOST = 5_000


def day_of(text: str) -> date:
    """A day as YYYY-MM-DD; BadInput for what is none."""
    try:
        return reading.day(text)
    except ValueError as error:
        raise BadInput(str(error)) from error


def community(code: str) -> int:
    """The id of a community by its code; 0 for none, which the service refuses with its line."""
    return Unit.objects.filter(code=code[:40]).values_list("pk", flat=True).first() or 0


def hand_out(said: Said) -> tuple[str, shapes.HandedOut] | HttpResponse:
    """Every line, or none and why."""
    handed: list[shapes.Handed] = said.body["work"]
    if not 1 <= len(handed) <= MOST:
        raise BadInput(_("Hand down at least one and at most %(most)s pieces of work at once.") % {"most": MOST})
    under = Admission.objects.in_bulk({one["admission"] for one in handed})
    codes = {one["community"][:40] for one in handed}
    places = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))
    lines = [line(number, one, under, places) for number, one in enumerate(handed, 1)]
    report = services.hand_out(lines, sender_id=said.body["sender"], by=said.actor, at=timezone.now())
    if report.faults:
        return refused(report)
    since = f"&after={report.first_id - 1}" if report.first_id and report.first_id > 1 else ""
    where = said.url("api-gate-works", query=f"?sender={said.body['sender']}{since}")
    return where, {"new": report.new, "unchanged": report.unchanged, "url": where}


def line(number: int, said: shapes.Handed, under: dict[int, Admission], places: dict[str, int]) -> services.Line:
    known = under.get(said["admission"])
    title = said.get("title") or (known.title_zh if known else _("Work without a name"))
    task = services.Task(
        community_id=places.get(said["community"], 0),
        title_zh=title,
        title_en=known.title_en if known and title == known.title_zh else "",
        work_type=known.work_type if known else "task",
        given_on=day_of(said["since"]) if said.get("since") else timezone.localdate(),
        admission_id=said["admission"],
        text=said.get("text", ""),
        due_on=day_of(said["due"]) if said.get("due") else None,
        minutes=said.get("minutes", 0),
    )
    return services.Line(number, task, str(said["admission"]))


def refused(report: services.HandReport) -> HttpResponse:
    """Which lines, and why: 409 where the gate refuses, 422 where something else is wrong."""
    status = 409 if report.refused else 422
    says: Any = _("Nothing was handed out: %(many)d lines can't be.") % {"many": len(report.faults)}
    step = _("Mend the lines, or apply for an admission first.")
    answer = {
        "error": {"status": status, "message": says, "next_step": step},
        "lines": [{"line": one.line, "says": one.says} for one in report.faults],
    }
    return JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})


def may_refuse(actor: Actor, pk: int) -> None:
    """NoSuch for work that the caller does not see, NotAllowed for whom it is not asked of."""
    row = Assignment.objects.visible_to(actor).select_related("community__parent").filter(pk=pk).first()
    if row is None:
        raise services.NoSuch(_("There is no such work, or it is not for you."))
    require(actor, ANSWER, row.community)


def refuse(said: Said, pk: int) -> tuple[str, shapes.WorkSummary]:
    now, code = timezone.now(), said.body.get("matter", "")
    row = Assignment.objects.select_related("community").get(pk=pk)
    item = None
    if code:
        items = ListItem.objects.filter(kind=ListKind.NEGATIVE, code=code[:40], unit_id__in=row.community.path_ids)
        item = items.filter(during__contains=timezone.localdate(now)).order_by("-unit__level").first()
        if item is None:
            raise BadInput(_("This matter is not on the negative list."))
    facts = {"item_id": item.pk if item else None, "note": said.body.get("note", "")}
    services.refuse_work(pk, **facts, by=said.actor, at=now)
    row = Assignment.objects.select_related("community", "sender").get(pk=pk)
    return said.url("api-gate-work", pk), work_line(said, row)


def report(said: Said) -> tuple[str, shapes.OutsideSummary]:
    made = services.report_outside(
        community_id=community(said.body["community"]), sender_id=said.body["sender"], work_type=said.body["kind"],
        happened_on=day_of(said.body["on"]), text=said.body["text"], by=said.actor, at=timezone.now(),
    )  # fmt: skip
    return said.url("api-gate-report", made.pk), report_line(said, made)


WRITES = (
    Write(
        "api-gate-hand", "gate/hand/",
        gettext_lazy("Hand out work of your body to communities: every line, or none and why."),
        shapes.HandOut, hand_out, shapes.HandedOut, shapes.NotHandedOut, guards="admission.apply",
    ),
    Write(
        "api-gate-refuse", "gate/work/<id:pk>/refuse/",
        gettext_lazy("Refuse a piece of work for your community, in one step; the sender and its government are told."),
        shapes.RefuseWork, refuse, shapes.WorkSummary, Error, (WORK,), may=may_refuse,
    ),
    Write(
        "api-gate-outside", "gate/outside/",
        gettext_lazy("Report for your community what a body handed to it round the gate."),
        shapes.ReportOutside, report, shapes.OutsideSummary, Error, guards=ANSWER,
    ),
)  # fmt: skip
