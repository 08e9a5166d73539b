"""What communities carry: the inventories and what became of each, ledgers, and the diary of hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import (
    CANCELLED,
    DIARY,
    Burden,
    BurdenChange,
    DiarySheet,
    Fate,
    Ledger,
    LedgerEntry,
    Medium,
    Origin,
    Stock,
    WorkType,
)
from liren.foundation.admission.services.gate import Work, passing
from liren.foundation.admission.services.texts import body_of, community_of, held, line, lines, unit_of, word
from liren.foundation.kernel import audit
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, Anonymous, require

#: Minutes of one working day that a sheet of the diary can hold.
MOST_MINUTES = 16 * 60


@transaction.atomic
def count_burden(
    stock: str,
    *,
    unit_id: int,
    name_zh: str,
    name_en: str = "",
    demanded_by_id: int | None = None,
    basis: str = "",
    counted_on: date,
    by: Actor,
    at: datetime,
) -> Burden:
    """Enter what communities of a unit have to carry when it is counted; from then on its fate is recorded."""
    unit = unit_of(unit_id)
    require(by, "admission.burden", unit)
    if counted_on > timezone.localdate(at):
        raise BadInput(_("This happened today or earlier; the day can't lie ahead."))
    name = line("name_zh", name_zh)
    if Burden.objects.filter(unit=unit, stock=stock, name_zh=name).exists():
        raise Conflict(_("This is in the inventory already."))
    made = Burden.objects.create(
        stock=word(stock, Stock.values), unit=unit, name_zh=name, name_en=line("name_en", name_en, needed=False),
        demanded_by=body_of(demanded_by_id, counted_on) if demanded_by_id else None,
        basis=line("basis", basis, needed=False), counted_on=counted_on, fate_on=counted_on,
        recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    audit.record("admission.burden_counted", made, by=by, at=at, unit_id=unit.pk, stock=stock)
    return made


@transaction.atomic
def decide_fate(
    burden_id: int,
    *,
    fate: str,
    effective_on: date,
    instrument: str,
    route_zh: str = "",
    route_en: str = "",
    by: Actor,
    at: datetime,
) -> Burden:
    """Keep, stop, cancel, merge, move or limit. What is cancelled has its ledgers closed that day (R360).

    Args:
        route_zh: for a certificate that is cancelled, where residents turn instead (R359).

    Raises:
        BadInput: a certificate is cancelled without another way, or the day lies before the last decision or ahead.
    """
    found = held(Burden, burden_id, "unit")
    require(by, "admission.burden", found.unit)
    word(fate, Fate.values)
    if not found.fate_on <= effective_on <= timezone.localdate(at):
        raise BadInput(_("The day lies between the last decision and today."))
    route = lines(route_zh, needed=False) or found.route_zh
    if found.stock == Stock.STAMP and fate in CANCELLED and not route:
        raise BadInput(_("Say where residents turn who need this certificate: then it can be cancelled."))
    BurdenChange.objects.create(
        burden=found, fate=fate, effective_on=effective_on, instrument=line("instrument", instrument),
        recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    found.fate, found.fate_on = fate, effective_on
    found.route_zh, found.route_en = route, lines(route_en, needed=False) or found.route_en
    found.save(update_fields=["fate", "fate_on", "route_zh", "route_en"])
    audit.record("admission.burden_decided", found, by=by, at=at, unit_id=found.unit_id, fate=fate, on=effective_on)
    return found


# --- ledgers ---


@transaction.atomic
def open_ledger(
    *,
    community_id: int,
    name_zh: str,
    sender_id: int,
    admission_id: int | None,
    given_on: date,
    medium: str = Medium.ELECTRONIC,
    work_type: str = WorkType.LEDGER,
    burden_id: int | None = None,
    fields: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> Ledger:
    """A body has a community keep a ledger or fill in a form, under an admission.

    Raises:
        NotAllowed: no post in that body. NotAdmitted: no admission that holds, or what it is kept for was cancelled.
    """
    sender = body_of(sender_id, timezone.localdate(at))
    require(by, "admission.apply", sender)
    row = Ledger(
        admission_id=admission_id, community_id=community_of(community_id).pk, origin=Origin.OFFICE, sender=sender,
        work_type=word(work_type, [WorkType.LEDGER, WorkType.FORM, WorkType.SYSTEM]), given_on=given_on,
        name_zh=line("name_zh", name_zh), medium=word(medium, Medium.values), stock_id=burden_id,
        field_names=[line("field", one) for one in fields], recorded_by=by.label, recorded_at=at,
    )  # fmt: skip
    work = Work(row.work_type, row.name_zh, community_id, given_on, "open_ledger", sender.pk, admission_id)
    with passing(work, by=by, at=at):
        row.save(force_insert=True)
    audit.record("admission.ledger_opened", row, by=by, at=at, unit_id=row.community_id, sender=sender.pk)
    return row


@transaction.atomic
def enter(ledger_id: int, *, entered_on: date, minutes: int = 0, by: Actor, at: datetime) -> LedgerEntry:
    """The community notes that it wrote into a ledger on a day, and how long it took."""
    ledger = held(Ledger, ledger_id, "community")
    require(by, "admission.answer", ledger.community)
    if not 0 <= minutes <= MOST_MINUTES or entered_on > timezone.localdate(at):
        raise BadInput(_("Enter a day that has come, and the minutes of that day."))
    try:
        with transaction.atomic():
            made = LedgerEntry.objects.create(
                ledger=ledger, entered_on=entered_on, minutes=minutes, recorded_by=by.label, recorded_at=at
            )
    except IntegrityError as error:
        raise Conflict(
            _("This ledger is closed: what it was kept for was cancelled."), next_step=_("Nothing is to be entered.")
        ) from error
    audit.record("admission.ledger_entered", made, by=by, at=at, unit_id=ledger.community_id, ledger=ledger.pk)
    return made


@transaction.atomic
def close_ledger(ledger_id: int, *, on: date, why: str, by: Actor, at: datetime) -> Ledger:
    """The body needs it no more; nothing is entered from the day on."""
    ledger = held(Ledger, ledger_id, "sender__unit")
    require(by, "admission.apply", ledger.sender)
    if ledger.closed_on is not None:
        raise Conflict(_("This ledger is closed already."))
    if on < ledger.given_on:
        raise BadInput(_("It closes on the day on which it was opened or later."))
    ledger.closed_on, ledger.closed_why = on, line("instrument", why)
    ledger.save(update_fields=["closed_on", "closed_why"])
    audit.record("admission.ledger_closed", ledger, by=by, at=at, unit_id=ledger.community_id, on=on)
    return ledger


# --- the diary ---


@transaction.atomic
def fill_diary(community_id: int, *, day: date, minutes: Mapping[str, int], by: Actor, at: datetime) -> DiarySheet:
    """Hand in a sheet of the diary: how a day was spent, in minutes by kind (R234). Nobody has to, and nobody is named:
    neither the sheet nor the audit log says who handed it in.

    Raises:
        BadInput: an unknown kind, more minutes than a day of work has, or a day ahead or more than a month ago.
    """
    community = community_of(community_id)
    require(by, "admission.answer", community)
    spent = {name: minutes.get(name, 0) for name in DIARY}
    if set(minutes) - set(DIARY) or min(spent.values()) < 0 or not 0 < sum(spent.values()) <= MOST_MINUTES:
        raise BadInput(_("Enter how many minutes went to what; a day has at most 960."))
    if not 0 <= (timezone.localdate(at) - day).days <= 31:
        raise BadInput(_("A sheet is of a day of the last month."))
    made = DiarySheet.objects.create(community=community, day=day, **spent)
    audit.record("admission.diary_filled", None, by=Anonymous(label="worker"), at=at, unit_id=community.pk)
    return made
