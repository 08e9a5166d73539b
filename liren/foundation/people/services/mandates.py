"""Mandates: granted downwards, never to oneself, never more than one holds; ended, never deleted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict, LirenError, NotAllowed
from liren.foundation.kernel.rights import Actor, SystemActor, may_give, require
from liren.foundation.people.models import Account, Mandate, Role
from liren.foundation.territory.models import Unit

#: Characters of a decision's title and number.
LONGEST = 200


@transaction.atomic
def grant_mandate(
    account_id: int,
    *,
    role: str,
    unit_id: int,
    start: date,
    by: Actor,
    at: datetime,
    end: date | None = None,
    duties: str = "",
    weekly_minutes: int | None = None,
    way: str = "",
    instrument: str = "",
) -> Mandate:
    """Give an account a role in a unit from ``start`` to ``end``, both included; ``end`` None: until it is ended.

    A role that a law says how to fill is given by whoever holds the duty of appointing to it, and says ``way``
    (elected, engaged, assigned, as the law allows) and ``instrument``, the decision that made it so. A command may
    leave both out.

    Raises:
        NotAllowed: no power to grant there, a power is given that one does not hold oneself (and no duty of appointing
            to this role), or it is oneself.
        BadInput: the role can't be held at this level, the unit or the account no longer exists, dates in reverse,
            a grid worker without duties and hours, or an appointment that does not say how and by which decision.
        Conflict: the account holds the same role there in that time, or would act and check at once.
    """
    unit = Unit.objects.get(pk=unit_id)
    require(by, "people.grant", unit)
    chosen = Role.objects.prefetch_related("powers", "levels").filter(code=role, is_retired=False).first()
    if chosen is None:
        raise BadInput(_("There is no such role."), next_step=_("Choose one from the list."))
    account = Account.objects.select_for_update().get(pk=account_id)
    _nothing_grows(chosen, account, unit, by)
    _fits(chosen, account, unit, start, end, duties, weekly_minutes)
    _chosen_as_the_law_says(chosen, way, instrument.strip(), by)
    mandate = Mandate(
        account=account,
        role=chosen,
        unit=unit,
        during=DateRange(start, None if end is None else end + timedelta(days=1)),
        duties=duties.strip(),
        weekly_minutes=weekly_minutes,
        way=way,
        instrument=instrument.strip(),
        granted_by=by.label,
        granted_at=at,
    )
    _save(mandate)
    facts = {"account": account.pk, "role": role, "start": start, "end": end, **({"way": way} if way else {})}
    audit.record("people.grant", mandate, by=by, at=at, unit_id=unit.pk, **facts)
    return mandate


def _nothing_grows(role: Role, account: Account, unit: Unit, by: Actor) -> None:
    """Nobody gives to oneself, and nobody gives what they don't hold over that unit.

    Whose duty it is to appoint to a role holds none of its powers: who appoints a mediator reads no mediation.
    """
    if account.pk == by.pk:
        raise NotAllowed(_("Nobody grants a mandate to themselves."))
    if role.appointed_by and by.holds(role.appointed_by, unit):
        return
    beyond = [power.power for power in role.powers.all() if not may_give(by, power.power, unit)]
    if beyond:
        raise NotAllowed(_("This role holds powers that your own mandates don't give you here."))


def _fits(
    role: Role, account: Account, unit: Unit, start: date, end: date | None, duties: str, minutes: int | None
) -> None:
    problems = [
        (not account.is_active, _("This account is closed.")),
        (unit.closed_on is not None, _("This unit no longer exists.")),
        (unit.level not in {held.level for held in role.levels.all()}, _("This role is not held at this level.")),
        (end is not None and end < start, _("The last day lies before the first.")),
        (len(duties) > 400, _("The duties are too long: 400 characters at most.")),
        (minutes is not None and not 1 <= minutes <= 10080, _("A week has at most 10,080 minutes.")),
        (role.hours_required and not (duties.strip() and minutes), _("This role needs duties and weekly hours.")),
    ]
    for is_wrong, sentence in problems:
        if is_wrong:
            raise BadInput(sentence)


def _chosen_as_the_law_says(role: Role, way: str, instrument: str, by: Actor) -> None:
    if not role.appointed_by:
        if way or instrument:
            raise BadInput(_("No law says how this role is filled: leave out how, and by which decision."))
        return
    if isinstance(by, SystemActor) and not (way or instrument):
        return
    if way not in role.ways:
        raise BadInput(_("This role is not filled in this way: %(ground)s") % {"ground": role.ground})
    if not 1 <= len(instrument) <= LONGEST:
        raise BadInput(_("Name the decision by which the person was chosen, in at most 200 characters."))


def _save(mandate: Mandate) -> None:
    try:
        with transaction.atomic():
            mandate.save()
    except IntegrityError as refused:
        raise _why(refused) from refused


def _why(refused: IntegrityError) -> LirenError:
    name = getattr(getattr(refused.__cause__, "diag", None), "constraint_name", "") or ""
    if name == "people_mandate_who_acts_does_not_check":
        return Conflict(_("This account would act and check at the same time: end the other mandate first."))
    return Conflict(_("This account holds the same role there in that time already."))


@transaction.atomic
def end_mandate(mandate_id: int, *, by: Actor, at: datetime, last_day: date | None = None, reason: str = "") -> Mandate:
    """End a mandate with ``last_day`` (today when not given); the row stays as a fact of office.

    A mandate ended on its last day gives no power from that moment on. Ended before its first day, it keeps that one
    day on paper, for a period of no day can't be written, and never gives any.

    Raises:
        NotAllowed: neither the holder nor somebody who grants there.
        Conflict: ended already.
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=mandate_id)
    require(by, "people.end_mandate", mandate)
    if mandate.ended_at is not None:
        raise Conflict(_("This mandate was ended already."))
    today = timezone.localdate(at)
    last = max(last_day or today, mandate.starts_on)
    if mandate.ends_on is not None:
        last = min(last, mandate.ends_on)
    mandate.during = DateRange(mandate.starts_on, last + timedelta(days=1))
    mandate.ended_by, mandate.ended_at, mandate.end_reason = by.label, at, reason.strip()
    mandate.save(update_fields=["during", "ended_by", "ended_at", "end_reason"])
    audit.record(
        "people.end_mandate",
        mandate,
        by=by,
        at=at,
        unit_id=mandate.unit_id,
        account=mandate.account_id,
        last_day=last,
    )
    return mandate
