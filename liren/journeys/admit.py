"""From an application to an admission: the steps of the case, and what the gate keeps of each, in one transaction.

A department applies, the lists are checked, the communities concerned are heard, the joint meeting decides. Each step
is a move of the case (its clocks, its story, its public face) and a row of the gate (what later lets work pass).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission import services as gate
from liren.foundation.admission.models import Admission, Application, Outcome
from liren.foundation.admission.queries import Finding, blocking, decide_by, findings
from liren.foundation.admission.services import NoSuch, Wish
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, can
from liren.service.cases import services as cases
from liren.service.cases.models import Case, type_of
from liren.service.cases.queries import moves_of_journey

TYPE, JOURNEY = "admission_application", "admit"
#: States in which each move is behind the case: what was done is not done again, so that a repeat is harmless.
DONE = {
    "check": {"checked", "hearing", "deciding"},
    "open_hearing": {"hearing", "deciding"},
    "close_hearing": {"deciding"},
    "admit": {"admitted"},
    "refuse": {"refused"},
    "withdraw": {"withdrawn"},
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What was applied for, the case that carries it, and what the checks found."""

    application: Application
    case: Case
    findings: list[Finding]


@transaction.atomic
def apply(wish: Wish, *, purpose: str, client_key: UUID | None = None, by: Actor, at: datetime) -> Applied:
    """Apply to extend something to communities. The same ``client_key`` sent again gives the first application.

    Args:
        purpose: what communities are to do and why nobody else can, for everybody to read.

    Raises:
        NotAllowed: no post in the body that applies. BadInput: what can't be.
        Conflict: a check forbids it; ``queries.findings`` says the same before anything is sent.
    """
    values = {
        "work_type": wish.work_type,
        "sender": wish.sender_id,
        "legal_basis": wish.basis,
        "first_day": wish.first.isoformat(),
        "end_day": wish.end.isoformat(),
    }
    values |= _sooner(wish.unit_id, at)
    taken = cases.report(
        TYPE,
        text=f"{wish.title_zh}\n{purpose}",
        unit_id=wish.unit_id,
        values=values,
        client_key=client_key,
        journey=JOURNEY,
        by=by,
        at=at,
    )
    if taken.repeated:
        known = Application.objects.get(case_id=taken.case.pk)
        return Applied(known, taken.case, [Finding(**one) for one in known.findings])
    made = gate.record_application(wish, case_id=taken.case.pk, by=by, at=at)
    return Applied(made, taken.case, [Finding(**one) for one in made.findings])


def _sooner(unit_id: int, at: datetime) -> dict[str, str]:
    """The last moment of the decision where a place sets another number than the type: its clock ends then. Else the
    clock follows the calendar by itself."""
    last = decide_by(unit_id, at, unless=type_of(TYPE).spec.lawful)
    return {} if last is None else {"decide_by": timezone.localtime(last).strftime("%Y-%m-%dT%H:%M")}


@transaction.atomic
def check(application_id: int, *, note: str, by: Actor, at: datetime) -> Case:
    """The office of the joint meeting has looked at it; the lists are asked once more, as they stand today.

    Raises:
        Conflict: a list forbids it by now: then it is refused (``decide``).
    """
    application = _open(application_id)
    found = blocking(findings(wish_of(application), on=timezone.localdate(at), ahead=False))
    if found:
        raise Conflict(" ".join(one.text() for one in found), next_step=_("Refuse it with this ground."))
    return _move(application, "check", note=note, by=by, at=at)


@transaction.atomic
def open_hearing(application_id: int, *, by: Actor, at: datetime) -> Case:
    """From now on the communities concerned say what they think (``services.hear``)."""
    return _move(_open(application_id), "open_hearing", by=by, at=at)


@transaction.atomic
def close_hearing(application_id: int, *, by: Actor, at: datetime) -> Case:
    """What communities said is put before the joint meeting, and into the public story of the case.

    Raises:
        Conflict: no community has said anything yet.
    """
    application = _open(application_id)
    said = [f"{one.community.name_zh}：{one.get_stand_display()}。{one.text}" for one in
            application.hearings.select_related("community").order_by("pk")]  # fmt: skip
    if not said:
        raise Conflict(_("No community was heard yet."), next_step=_("Hold the hearing first."))
    return _move(application, "close_hearing", values={"heard": "\n".join(said)[:4000]}, by=by, at=at)


@transaction.atomic
def decide(
    application_id: int, *, outcome: str, ground: str, session: str, by: Actor, at: datetime
) -> Admission | None:
    """What the joint meeting decided. An admitted application gives its admission here and now; a refused one none.

    Raises:
        NotAllowed. BadInput: no ground, or no such outcome. Conflict: decided already, nobody was heard, its time is
            over, a community is gone, or the same matter is admitted for one of them at that time.
    """
    if outcome not in (Outcome.ADMITTED, Outcome.REFUSED):
        raise BadInput(_("Choose one of the list."))
    application = gate.decide(application_id, outcome=outcome, ground=ground, session=session, by=by, at=at)
    if outcome == Outcome.REFUSED:
        _move(application, "refuse", note=ground, values={"refused_at": session}, by=by, at=at)
        return None
    # The admission comes first: the database closes no case as admitted whose application gave none.
    made = gate.admit(application.pk, by=by, at=at)
    _move(application, "admit", note=ground, values={"session": session}, by=by, at=at)
    return made


@transaction.atomic
def withdraw(application_id: int, *, reason: str, by: Actor, at: datetime) -> Application:
    """The body that applied does not want it any more: whoever sent it says so, or a colleague who may apply for it.

    Raises:
        NotAllowed: no post in that body. Conflict: it is decided already.
    """
    application = gate.decide(application_id, outcome=Outcome.WITHDRAWN, ground=reason, by=by, at=at)
    _move(application, "withdraw", note=reason, reporting_body_id=application.sender_id, by=by, at=at)
    return application


def purpose_of(application: Application) -> str:
    """What communities are to do and why nobody else can, as it was applied: the report of the case under its name."""
    text = Case.objects.filter(pk=application.case_id).values_list("text", flat=True).first() or ""
    return text.partition("\n")[2].strip()


def open_steps(application: Application, actor: Actor) -> frozenset[str]:
    """The steps that the state of the case leaves open and that its type gives to this actor. Withdrawing is for
    whoever may apply for the body; nobody admits before the hearing is closed."""
    if application.outcome:
        return frozenset()
    case = Case.objects.get(pk=application.case_id)
    colleague = can(actor, "admission.apply", application.sender)
    found = frozenset(one.code for one in moves_of_journey(case, actor, JOURNEY, for_reporter=colleague))
    return found if colleague else found - {"withdraw"}


def wish_of(application: Application) -> Wish:
    """What an application asks for, as the checks read it."""
    return Wish(
        work_type=application.work_type,
        title_zh=application.title_zh,
        title_en=application.title_en,
        sender_id=application.sender_id,
        basis=application.basis,
        unit_id=application.unit_id,
        communities=tuple(application.communities.order_by("pk").values_list("pk", flat=True)),
        first=application.during.lower,
        end=application.during.upper,
        minutes_a_month=application.minutes_a_month,
        is_assistance=application.is_assistance,
        is_comprehensive=application.is_comprehensive,
        money_fen=application.money_fen,
        conditions=application.conditions,
        information=application.information,
        guide_id=application.guide_id,
        fields=tuple(application.field_names),
    )


def _open(application_id: int) -> Application:
    found = Application.objects.filter(pk=application_id).first() if 0 < application_id < 2**63 else None
    if found is None:
        raise NoSuch(_("There is no such entry."), next_step=_("Choose it from the list."))
    if found.outcome:
        raise Conflict(_("This application is decided already."))
    return found


def _move(
    application: Application,
    move: str,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    values: dict[str, str] | None = None,
    reporting_body_id: int | None = None,
) -> Case:
    case = Case.objects.get(pk=application.case_id)
    if case.state in DONE[move]:
        return case
    return cases.move(
        case.pk, move, note=note, values=values, journey=JOURNEY, reporting_body_id=reporting_body_id, by=by, at=at
    )
