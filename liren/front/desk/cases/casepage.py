"""The page of one case at the desk, its moves, and what a worker sees whose case somebody else moved on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import ListItem
from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.reply import done, show
from liren.foundation.registers.models import registers
from liren.front.desk.cases import deeds, words
from liren.front.desk.cases.forms import MoveForm, said
from liren.front.desk.cases.load import admissions, loads
from liren.front.desk.cases.proposing import FIRST, proposed
from liren.front.desk.cases.standing import WHY, Standing, clock_lines, standing_for, why_here
from liren.front.desk.gate import FORM, actor_of, desk
from liren.service.cases import queries, services
from liren.service.cases.queries import NoCase, refusable

PAGE = "desk/cases/{}.html"
LAST_LINES = 3
#: Deeds by which others get work.
SENDING = ("split", "part", "call")


def told_if_moved_on(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A refusal because the case stands elsewhere by now shows where it stands, and keeps what was written."""

    @wraps(view)
    def wrapped(request: HttpRequest, number: str, *args: Any, **more: Any) -> HttpResponseBase:
        try:
            return view(request, number, *args, **more)
        except Conflict as conflict:
            return conflict_page(request, number, conflict)

    return wrapped


def conflict_page(request: HttpRequest, number: str, conflict: Conflict) -> HttpResponse:
    standing = standing_for(request, number)
    context = {"title": _("Nothing was changed"), "conflict": conflict, "standing": standing, "case": standing.case}
    context["lines"] = queries.timeline(standing.case, standing.actor)[: -LAST_LINES - 1 : -1]
    context["written"] = request.POST.get("note", "")[:5000]
    return show(request, PAGE.format("conflict"), "", context, status=409)


def page(standing: Standing) -> dict[str, Any]:
    """Everything on the page of a case."""
    case = standing.case
    return {
        "title": f"{standing.name} {case.number}",
        "standing": standing,
        "case": case,
        "it": standing.it,
        "severity": words.SEVERITIES[case.severity],
        "phase": words.PHASES[case.phase],
        "mechanism": words.MECHANISMS.get(standing.spec.mechanism, ""),
        "late": words.is_late(case.due_at),
        "clocks": clock_lines(standing),
        "moves": [(one, one.name.text(words.language()), is_plain(one)) for one in standing.moves],
        "deeds": deeds.open_to(standing),
        "lines": queries.timeline(case, standing.actor)[::-1],
        "now": timezone.now(),
        **who_and_where(standing),
        "forbidden": forbidden(standing),
        **more_of(standing),
    }


def who_and_where(standing: Standing) -> dict[str, Any]:
    """Whom registers propose for a part that nobody holds yet, and what else is on record for such matters."""
    part = deeds.DEEDS["part"]
    gives = part.when(standing) and part.is_for(standing)
    found = proposed(standing, vacant=True) if gives else []
    shown = {one.register.code for each in found for one in each.groups}
    records = [(code, name) for code, name in beside(standing) if code not in shown]
    return {"proposed": found, "first": f":{FIRST}", "beside": records}


def beside(standing: Standing) -> list[tuple[str, str]]:
    """Public registers that carry out what the type carries out: experts for a dispute, places at risk, sensors. No
    declaration names the other: both name the requirement."""
    wanted = set(standing.spec.requirements)
    found = [one for one in registers() if one.spec.visible == "public" and wanted & set(one.spec.requirements)]
    return [(one.code, one.name) for one in found]


def forbidden(standing: Standing) -> ListItem | None:
    """What of the negative list the words of an office's case betray, for the committee that may refuse it."""
    refuse = deeds.DEEDS["refuse"]
    if not (refuse.when(standing) and refuse.is_for(standing)):
        return None
    return refusable.betrayed([standing.case], timezone.localdate()).get(standing.case.pk)


def more_of(standing: Standing) -> dict[str, Any]:
    """Calls, disputes, parts, what it was split into or joined with."""
    case = standing.case
    roles = {one.code: one.name.text(words.language()) for one in standing.spec.parts}
    parts = case.parts.filter(left_at=None).select_related("body")
    kin = [*case.children.order_by("pk"), *case.joined.order_by("pk")]
    return {
        "calls": list(case.calls.select_related("body")),
        "disputes": list(case.disputes.select_related("body", "proposed", "ruled_body")),
        "parts": [(one, roles.get(one.role, one.role)) for one in parts],
        "kin": [(one.number, words.PHASES[one.phase]) for one in kin],
        "round": queries.round_of(case, standing.spec, timezone.localdate()),
        "above": [one.number for one in (case.parent, case.joined_to) if one],
        "may_publish": case.confidentiality == "public" and standing.actor.holds("cases.moderate", case.unit),
        "may_decide": "supervisor" in standing.roles,
        "may_rule": standing.actor.holds("cases.arbitrate", case.unit),
        **(loads(standing) if any(one.effect == "dispatch" for one in standing.moves) else {}),
        "has_contact": bool(standing.roles & {"desk", "body"}) and hasattr(case, "contact"),
    }


def is_plain(move: Any) -> bool:
    """Whether a move asks nothing, so that one press of a button makes it."""
    return not (move.note or move.evidence or move.asks or move.consents or move.effect in ("dispatch", "verdict"))


@desk("cases.move")
def case(request: HttpRequest, number: str) -> HttpResponseBase:
    return show(request, PAGE.format("case"), "", page(standing_for(request, number)))


@desk("cases.move", *FORM)
@told_if_moved_on
def move(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    standing = standing_for(request, number)
    step = step_of(standing, code)
    form = move_form(request, standing, step)
    if form.is_valid() and said(form, lambda: moved(request, standing, code, form)):
        message = _("Done: %(move)s.") % {"move": step.name.text(words.language())}
        return done(request, "", "", {}, to=words.home_of(number), message=message)
    context = {"standing": standing, "case": standing.case, "it": standing.it, "form": form, "step": step}
    context |= {"title": step.name.text(words.language()), **(sending(standing) if step.effect == "dispatch" else {})}
    return show(request, PAGE.format("move"), "", context, status=422 if form.is_bound else 200)


def step_of(standing: Standing, code: str) -> Any:
    """The move of this name, whether or not it is possible now: the service says why not."""
    found = standing.spec.move(code)
    if found is None or standing.spec.state(found.target).outcome == "joined":
        raise NoCase(_("There is no such step for you on this case."), next_step=_("Open the case: it shows yours."))
    if not standing.roles & set(found.by):
        raise NotAllowed(_("This step is for somebody else to take."))
    if found.journey:
        raise services.OfJourney
    if standing.case.state not in found.sources:
        raise services.Outdated(standing.case, _("Somebody else moved this case on meanwhile."))
    return found


def move_form(request: HttpRequest, standing: Standing, step: Any) -> MoveForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    initial = {f"ask_{code}": value for code, value in standing.case.values.items()}
    initial |= {"seen": standing.case.revision}
    choices = {"bodies": standing.bodies, "admissions": admissions(standing) if standing.spec.work else []}
    return MoveForm(*sent, step=step, spec=standing.spec, known=standing.case.values, **choices, initial=initial)


def moved(request: HttpRequest, standing: Standing, code: str, form: MoveForm) -> None:
    files = services.uploads(form.cleaned_data.get("papers", []))
    facts = {**form.facts(), "files": files, "by": actor_of(request), "at": timezone.now()}
    services.move(standing.case.pk, code, **facts)


def sending(standing: Standing) -> dict[str, Any]:
    """Why this body, and what the communities carry to which the case could go."""
    return {**why_page(standing), **loads(standing)}


def why_page(standing: Standing) -> dict[str, Any]:
    """Why this body: what the catalogue says, unit by unit."""
    answer, reasons = why_here(standing)
    return {"answer": answer, "reasons": [(one, WHY[one.word]()) for one in reasons]}


def beside_form(standing: Standing, code: str) -> dict[str, Any]:
    """What stands beside the form of a deed: loads of communities, and whom registers propose."""
    found = loads(standing) if code in SENDING else {}
    return {**found, "proposed": proposed(standing), "first": ":"} if code == "part" else found


@desk("cases.move", *FORM)
@told_if_moved_on
def do(request: HttpRequest, number: str, code: str) -> HttpResponseBase:
    standing = standing_for(request, number)
    deed = deeds.deed_of(standing, code)
    form = deed.form_for(request, standing)
    results: list[Any] = []
    if form.is_valid() and said(form, lambda: results.append(deed.save(request, standing, form))):
        return done(request, "", "", {}, to=results[0] or words.home_of(number), message=str(deed.message))
    context = {"standing": standing, "case": standing.case, "it": standing.it, "form": form, "deed": deed}
    context |= {"title": deed.title, "lede": deed.lede, **beside_form(standing, code)}
    return show(request, PAGE.format("do"), "", context, status=422 if form.is_bound else 200)


@desk("cases.move")
def file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A file as whoever works on the case sees it, or as everybody does: a picture is shown, a paper is kept."""
    standing = standing_for(request, number)
    public = request.GET.get("as") == "public"
    found = queries.public_file(standing.case, pk) if public else queries.file_of(standing.case, pk, standing.actor)
    way = "inline" if found.type.startswith("image/") else "attachment"
    ending = found.name[found.name.rfind(".") :]
    headers = {"Content-Disposition": f'{way}; filename="{standing.case.number}-{found.pk}{ending}"'}
    return HttpResponse(bytes(found.content), content_type=found.type, headers=headers)


@desk("cases.move", "POST")
@told_if_moved_on
def part(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    standing = standing_for(request, number)
    if not standing.case.parts.filter(pk=pk).exists():
        raise NoCase.unknown()
    act = services.leave_part if request.POST.get("leave") else services.consent
    act(pk, by=actor_of(request), at=timezone.now())
    message = _("The part has ended.") if act is services.leave_part else _("The consent is noted.")
    return done(request, "", "", {}, to=words.home_of(number), message=message)
