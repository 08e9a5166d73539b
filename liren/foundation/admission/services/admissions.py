"""Applications, hearings, decisions, admissions. Its steps are those of a case: ``journeys.admit``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.engine.fields import same_key
from liren.foundation.admission.models import (
    Admission,
    Application,
    Assignment,
    FormField,
    Hearing,
    Outcome,
    Reach,
    RowState,
    Stand,
    WorkType,
)
from liren.foundation.admission.queries.checks import Finding, blocking, findings
from liren.foundation.admission.services.gate import refused_by
from liren.foundation.admission.services.texts import (
    body_of,
    community_of,
    days,
    held,
    impartial,
    line,
    lines,
    unit_of,
    word,
)
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require

MOST_FIELDS = 200


@dataclass(frozen=True, slots=True)
class Wish:
    """What a body asks for. ``first`` to ``end``: the first day, and the first day without it. Money in fen for one
    community and year, work in minutes for one community and month."""

    work_type: str
    title_zh: str
    sender_id: int
    basis: str
    unit_id: int
    communities: Sequence[int]
    first: date
    end: date
    minutes_a_month: int
    title_en: str = ""
    is_assistance: bool = False
    is_comprehensive: bool = False
    money_fen: int | None = None
    conditions: str = ""
    information: str = ""
    guide_id: int | None = None
    fields: Sequence[str] = field(default_factory=tuple)


def checked_wish(wish: Wish, on: date) -> dict[str, Any]:
    """The columns of an application or admission.

    Raises:
        BadInput: what can't be, in a sentence.
    """
    if not 0 <= wish.minutes_a_month <= 60_000:
        raise BadInput(_("Say how many minutes a month it takes in one community."))
    if wish.money_fen is not None and not 0 <= wish.money_fen < 2**53:
        raise BadInput(_("The money is no plausible amount."))
    if len(wish.fields) > MOST_FIELDS:
        raise BadInput(_("A form has at most %(most)s questions.") % {"most": MOST_FIELDS})
    return {
        "work_type": word(wish.work_type, WorkType.values),
        "title_zh": line("title_zh", wish.title_zh),
        "title_en": line("title_en", wish.title_en, needed=False),
        "sender": body_of(wish.sender_id, on),
        "basis": line("basis", wish.basis),
        "during": days(wish.first, wish.end),
        "minutes_a_month": wish.minutes_a_month,
        "is_assistance": wish.is_assistance,
        "is_comprehensive": wish.is_comprehensive,
        "money_fen": wish.money_fen,
        "conditions": lines(wish.conditions, needed=False),
        "information": lines(wish.information, needed=False),
        "guide": body_of(wish.guide_id, on) if wish.guide_id else None,
    }


def field_names(wish: Wish) -> list[str]:
    return [line("field", one) for one in wish.fields]


@transaction.atomic
def record_application(wish: Wish, *, case_id: int, by: Actor, at: datetime) -> Application:
    """Keep what a body applies for, with what the checks found. Called by ``journeys.admit.apply``.

    Raises:
        NotAllowed: no post in that body. BadInput: what can't be. Conflict: a check forbids it (``queries.checks``).
    """
    facts = checked_wish(wish, timezone.localdate(at))
    require(by, "admission.apply", facts["sender"])
    unit = unit_of(wish.unit_id)
    communities = sorted({community_of(pk).pk for pk in wish.communities})
    if not communities:
        raise BadInput(_("Name the communities that are concerned."))
    found = findings(wish, on=timezone.localdate(at))
    _refuse_blocked(found)
    made = Application.objects.create(
        case_id=case_id, unit=unit, field_names=field_names(wish), findings=[one.as_json() for one in found],
        recorded_by=by.label, recorded_at=at, **facts,
    )  # fmt: skip
    made.communities.set(communities)
    audit.record("admission.applied", made, by=by, at=at, unit_id=unit.pk, case=case_id, work=made.work_type)
    return made


def _refuse_blocked(found: Sequence[Finding]) -> None:
    stops = blocking(found)
    if stops:
        raise Conflict(" ".join(one.text() for one in stops), next_step=_("Change the application; nothing was sent."))


@transaction.atomic
def hear(application_id: int, *, community_id: int, stand: str, text: str, by: Actor, at: datetime) -> Hearing:
    """What a community says of an application that concerns it."""
    application = held(Application, application_id)
    community = community_of(community_id)
    require(by, "admission.answer", community)
    if application.outcome:
        raise Conflict(_("This application is decided already."))
    if not application.communities.filter(pk=community.pk).exists():
        raise BadInput(_("This application does not concern that community."))
    made = Hearing.objects.create(
        application=application, community=community, stand=word(stand, Stand.values), text=lines(text),
        said_by=by.label, said_at=at,
    )  # fmt: skip
    audit.record("admission.heard", made, by=by, at=at, unit_id=community.pk, application=application.pk, stand=stand)
    return made


@transaction.atomic
def decide(
    application_id: int, *, outcome: str, ground: str, session: str = "", by: Actor, at: datetime
) -> Application:
    """Record what the joint meeting decided, or that the applicant withdrew. Called by ``journeys.admit``.

    Raises:
        NotAllowed: the power is missing, or a post is held in the body that asks.
        Conflict: it is decided already, or no community was heard (nothing is admitted without a hearing).
    """
    application = held(Application, application_id, "unit", "sender")
    if outcome == Outcome.WITHDRAWN:
        require(by, "admission.apply", application.sender)
    else:
        require(by, "admission.decide", application.unit)
        impartial(application.sender, by, timezone.localdate(at))
    if application.outcome:
        raise Conflict(_("This application is decided already."))
    if outcome == Outcome.ADMITTED and not application.hearings.exists():
        raise Conflict(_("No community was heard yet."), next_step=_("Hold the hearing first."))
    if outcome != Outcome.WITHDRAWN and by.label == application.recorded_by and not by.label.startswith("system:"):
        raise Conflict(_("Whoever applied does not decide."))
    application.outcome, application.outcome_ground = word(outcome, Outcome.values), lines(ground)
    application.session = line("session", session, needed=outcome != Outcome.WITHDRAWN)
    application.decided_by, application.decided_at = by.label, at
    application.save(update_fields=["outcome", "outcome_ground", "session", "decided_by", "decided_at"])
    facts = {"outcome": outcome, "work": application.work_type}
    audit.record("admission.decided", application, by=by, at=at, unit_id=application.unit_id, **facts)
    return application


@transaction.atomic
def admit(application_id: int, *, by: Actor, at: datetime) -> Admission:
    """The admission that an admitted application gives; it begins no earlier than today.

    Raises:
        Conflict: not admitted, admitted already, its time is over, or it overlaps another of the same matter.
    """
    application = held(Application, application_id, "unit", "sender")
    require(by, "admission.decide", application.unit)
    if application.outcome != Outcome.ADMITTED or Admission.objects.filter(application=application).exists():
        raise Conflict(_("The application was not admitted, or its admission is there already."))
    copied = {
        name: getattr(application, name)
        for name in ("work_type", "title_zh", "title_en", "sender", "basis", "minutes_a_month", "is_assistance",
                     "is_comprehensive", "money_fen", "conditions", "information", "guide")
    }  # fmt: skip
    first = max(application.during.lower, timezone.localdate(at))
    if first >= application.during.upper:
        raise Conflict(_("The time that was applied for is over."))
    copied |= {"during": DateRange(first, application.during.upper), "session": application.session}
    communities = list(application.communities.order_by("pk").values_list("pk", flat=True))
    return _admitted(copied, communities, application.field_names, application=application, by=by, at=at)


@transaction.atomic
def admit_old(wish: Wish, *, session: str, is_simulated: bool = False, by: Actor, at: datetime) -> Admission:
    """Take over an admission that a joint meeting decided before this system; for commands, not for accounts."""
    require(by, "admission.admit_old")
    facts = checked_wish(wish, timezone.localdate(at))
    _refuse_blocked(findings(wish, on=timezone.localdate(at), ahead=False))
    facts |= {"session": line("session", session), "is_simulated": is_simulated}
    return _admitted(facts, [community_of(pk).pk for pk in wish.communities], field_names(wish), by=by, at=at)


#: What the database refuses of an admission, in words.
REFUSED = {
    "reach_of_one_matter_never_overlaps": "overlap",
    "reach_is_of_a_living_community": "community",
    "admission_is_not_backdated": "backdated",
}


def _admitted(
    facts: dict[str, Any],
    communities: Sequence[int],
    names: Sequence[str],
    *,
    application: Application | None = None,
    by: Actor,
    at: datetime,
) -> Admission:
    made = Admission(application=application, recorded_by=by.label, recorded_at=at, **facts)
    made.is_active = made.is_supported or not made.is_assistance
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            Reach.objects.bulk_create(
                Reach(admission=made, community_id=pk, during=made.during) for pk in sorted(set(communities))
            )
    except IntegrityError as error:
        raise _said(REFUSED.get(refused_by(error), "")) from error
    FormField.objects.bulk_create(
        FormField(admission=made, position=n, name_zh=name, same=same_key(name)) for n, name in enumerate(names, 1)
    )
    facts = {"work": made.work_type, "sender": made.sender_id, "communities": len(set(communities))}
    facts |= {"first": made.during.lower, "end": made.during.upper, "active": made.is_active}
    audit.record("admission.admitted", made, by=by, at=at, unit_id=made.sender.unit_id, **facts)
    return made


def _said(what: str) -> Exception:
    sentences = {
        "overlap": _("The same matter, or another award round, is admitted for one of these communities at that time."),
        "community": _("One of the communities does not exist on the first day: it was merged or closed."),
        "backdated": _("An admission begins on the day of its record or later."),
    }
    return Conflict(sentences.get(what, _("The database refuses this admission.")))


@transaction.atomic
def support(
    admission_id: int, *, money_fen: int, conditions: str, information: str, guide_id: int, by: Actor, at: datetime
) -> Admission:
    """Enter money, conditions, information support and guiding unit; from then on it is active (R351).

    Raises:
        BadInput: one of the four is missing. Conflict: it was ended.
    """
    found = held(Admission, admission_id, "sender__unit")
    require(by, "admission.apply", found.sender)
    if found.ended_on is not None:
        raise Conflict(_("This admission was ended."))
    if not 0 < money_fen < 2**53:
        raise BadInput(_("Money follows the task: enter how much."))
    found.money_fen, found.conditions, found.information = money_fen, lines(conditions), lines(information)
    found.guide, found.is_active = body_of(guide_id, timezone.localdate(at)), True
    found.save(update_fields=["money_fen", "conditions", "information", "guide", "is_active"])
    facts = {"money_fen": money_fen, "guide": guide_id}
    audit.record("admission.supported", found, by=by, at=at, unit_id=found.sender.unit_id, **facts)
    return found


@transaction.atomic
def end_admission(admission_id: int, *, on: date, reason: str, by: Actor, at: datetime) -> Admission:
    """Withdraw an admission: ``on`` is the first day without it. What is open under it closes, its ledgers too.

    Raises:
        BadInput: a day in the past. Conflict: it ends earlier already.
    """
    found = held(Admission, admission_id, "sender__unit")
    require(by, "admission.decide", found.sender.unit)
    today = timezone.localdate(at)
    if on < today:
        raise BadInput(_("It ends today or later."))
    if found.ended_on is not None or on >= found.during.upper:
        raise Conflict(_("It ends on that day or earlier already."))
    found.ended_on, found.end_reason = on, line("reason", reason)
    if on > found.during.lower:
        found.during = DateRange(found.during.lower, on)
    if on <= today:
        found.is_active = False
    found.save(update_fields=["ended_on", "end_reason", "during", "is_active"])
    open_rows = Assignment.objects.filter(admission=found, state__in=[RowState.ASKED, RowState.ACCEPTED])
    open_rows = open_rows if on <= today else open_rows.filter(given_on__gte=on)
    closed = open_rows.update(state=RowState.CLOSED, state_at=at, state_by=by.label, note=found.end_reason)
    audit.record("admission.ended", found, by=by, at=at, unit_id=found.sender.unit_id, on=on, closed=closed)
    return found
