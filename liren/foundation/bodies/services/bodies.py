"""Bodies: founded, changed, registered, dissolved; each time what they became is appended to their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liren.foundation.bodies import machine
from liren.foundation.bodies.models import (
    FACE,
    Body,
    BodyChange,
    BodyKind,
    ChangeKind,
    Duty,
    Liaison,
    MembershipOfBody,
    OfficeHolding,
    Pairing,
    Part,
    Place,
    Post,
    Registration,
    Strand,
    Work,
)
from liren.foundation.bodies.services import checks
from liren.foundation.bodies.services.checks import checked_choice, checked_document, checked_name, locked_body
from liren.foundation.kernel import audit
from liren.foundation.kernel.engine.states import WrongMove
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.territory.models import Unit, Zone
from liren.foundation.territory.models.words import pinyin_key, search_text
from liren.foundation.territory.services.checks import checked_long_text, checked_text
from liren.foundation.territory.services.dated import check_day, end

#: What ``change_body`` may set. A body of another kind is another body; registration has moves of its own.
CHANGEABLE = (
    "name_zh", "name_en", "unit_id", "parent_id", "zone_id", "works", "part", "place", "remit_zh", "remit_en",
    "telephone", "address",
)  # fmt: skip


@transaction.atomic
def found_body(
    *,
    kind: str,
    name_zh: str,
    unit_id: int,
    effective_on: date,
    instrument: str,
    registration: str = Registration.NONE,
    uscc: str = "",
    until: date | None = None,
    is_simulated: bool = False,
    by: Actor,
    at: datetime,
    **face: Any,
) -> Body:
    """Put a body on the record from a day on; ``face`` may hold what ``change_body`` may set.

    Raises:
        NotAllowed: the actor does not keep bodies in the unit.
        BadInput: a word, code or text that can't be.
        Conflict: another body bears the code, or unit or parent do not exist on the day.
    """
    unit = checks.unit_of(unit_id)
    require(by, checks.KEEP, unit)
    check_day(effective_on)
    if until is not None and until <= effective_on:
        raise BadInput(_("A body ends after it began."))
    checked_choice(kind, BodyKind.values, _("This kind of body is not in the list."))
    checked_choice(registration, Registration.values, _("This form of registration is not in the list."))
    body = Body(kind=kind, unit=unit, registration=registration, instrument=checked_document(instrument))
    body.during, body.is_simulated = DateRange(effective_on, until), is_simulated
    body.uscc = checks.checked_code(uscc, registration)
    checks.check_code_is_free(body.uscc)
    _set_face(body, {"name_zh": name_zh, "unit_id": unit_id, **face}, effective_on)
    require(by, checks.KEEP, body)  # a unit dispatched by a department is founded above the street
    body.save(force_insert=True)
    append_change(body, ChangeKind.FOUNDED, effective_on, body.instrument, by=by, at=at)
    audit.record("bodies.found", body, by=by, at=at, unit_id=unit.pk, kind=kind, effective_on=effective_on)
    return body


@transaction.atomic
def change_body(body_id: int, *, effective_on: date, instrument: str, by: Actor, at: datetime, **changes: Any) -> Body:
    """Give some columns of ``CHANGEABLE`` new values from a day on; what it was stays in its history.

    Raises:
        NotAllowed: the actor does not keep the body, or not the unit it would move to.
        BadInput: a column that can't be changed, a value that can't be, or nothing that differs.
        Conflict: a later change is recorded already.
    """
    body = _changed_on(body_id, effective_on, by=by, at=at)
    before = _face(body)
    _set_face(body, changes, effective_on)
    require(by, checks.KEEP, body)
    differ = sorted(name for name, value in _face(body).items() if before[name] != value)
    if not differ:
        raise BadInput(_("Nothing would change."))
    body.save()
    append_change(body, ChangeKind.CHANGED, effective_on, checked_document(instrument), by=by, at=at)
    audit.record("bodies.change", body, by=by, at=at, unit_id=body.unit_id, columns=differ, effective_on=effective_on)
    return body


@transaction.atomic
def register_body(
    body_id: int,
    *,
    move: str,
    uscc: str = "",
    note: str = "",
    effective_on: date,
    instrument: str,
    by: Actor,
    at: datetime,
) -> Body:
    """File, register or cancel (moves of ``machine.REGISTRATION``); registering gives the body its code.

    Raises:
        BadInput: a wrong code, or no reason for a cancellation.
        Conflict: the table does not allow the move, or the code is taken.
    """
    body = _changed_on(body_id, effective_on, by=by, at=at)
    was = body.registration
    try:
        target = machine.REGISTRATION.check(move, was, note).target
    except WrongMove as wrong:
        if move in {one.code for one in machine.REGISTRATION.open_moves(was)}:
            raise BadInput(_("Give the reason.")) from wrong
        raise Conflict(
            _("This is not possible: the body is “%(state)s”.") % {"state": Registration(was).label}
        ) from wrong
    if target not in Registration.values:
        raise BadInput(_("A body is dissolved by its own form."))
    body.registration, body.uscc = target, checks.checked_code(uscc, target)
    checks.check_code_is_free(body.uscc, but_for=body.pk)
    body.save(update_fields=["registration", "uscc"])
    append_change(body, ChangeKind.REGISTERED, effective_on, checked_document(instrument), by=by, at=at)
    facts = {"move": move, "from": was, "to": target, "effective_on": effective_on}
    audit.record("bodies.register", body, by=by, at=at, unit_id=body.unit_id, **facts)
    return body


@transaction.atomic
def dissolve_body(body_id: int, *, effective_on: date, instrument: str, by: Actor, at: datetime) -> Body:
    """End a body from a day on, and with it its posts and their holders, duties, memberships, pairings and strands.

    Raises:
        Conflict: it has ended already, stands above a living body, or something of it begins on or after the day.
    """
    ties = MembershipOfBody.objects.filter(Q(whole=body_id) | Q(member=body_id))
    checks.lock_bodies(body_id, *(pk for pair in ties.values_list("whole", "member") for pk in pair))
    body = locked_body(body_id, by)
    checks.lasting(body, effective_on, _("%(name)s does not exist on that day.") % {"name": body.name_zh})
    child = Body.objects.living_on(effective_on).filter(parent=body).first()
    if child is not None:
        raise Conflict(
            _("%(child)s stands under %(name)s.") % {"child": child.name_zh, "name": body.name_zh},
            next_step=_("Dissolve it or put it under another body first."),
        )
    for rows in _hanging_on(body):
        end(rows, effective_on)
    body.during = DateRange(body.during.lower, effective_on)
    body.save(update_fields=["during"])
    append_change(body, ChangeKind.DISSOLVED, effective_on, checked_document(instrument), by=by, at=at)
    audit.record("bodies.dissolve", body, by=by, at=at, unit_id=body.unit_id, effective_on=effective_on)
    return body


def _hanging_on(body: Body) -> list[QuerySet[Any]]:
    """Whatever has days within those of the body; holders before posts."""
    return [
        OfficeHolding.objects.filter(post__body=body),
        Duty.objects.filter(body=body),
        Post.objects.filter(body=body),
        MembershipOfBody.objects.filter(whole=body),
        MembershipOfBody.objects.filter(member=body),
        Pairing.objects.filter(body=body),
        Liaison.objects.filter(body=body),
        Strand.objects.filter(lead=body),
    ]


def _changed_on(body_id: int, day: date, *, by: Actor, at: datetime) -> Body:
    """The body locked for a change on a day that has come and lies not before its last change."""
    body = locked_body(body_id, by)
    checks.check_past(day, at)
    checks.check_lives(body, day)
    latest = body.changes.order_by("-effective_on", "-id").values_list("effective_on", flat=True).first()
    if latest is not None and day < latest:
        raise Conflict(
            _("A later change of %(name)s is recorded already.") % {"name": body.name_zh},
            next_step=_("Choose the day of that change or a later one."),
        )
    return body


def _face(body: Body) -> dict[str, Any]:
    return {name: list(getattr(body, name)) if name == "works" else getattr(body, name) for name in FACE}


def append_change(body: Body, kind: str, day: date, instrument: str, *, by: Actor, at: datetime) -> BodyChange:
    """Write down what the body became."""
    return BodyChange.objects.create(
        body=body,
        kind=kind,
        effective_on=day,
        instrument=instrument,
        actor=by.label,
        recorded_at=at,
        after=_face(body),
    )


def _set_face(body: Body, given: dict[str, Any], day: date) -> None:
    """Check what is given and put it on the body; the words by which it is found follow its names."""
    unknown = sorted(set(given) - set(CHANGEABLE))
    if unknown:
        raise BadInput(_("“%(column)s” of a body can't be changed.") % {"column": unknown[0]})
    for name, value in given.items():
        setattr(body, name, SETTERS[name](value))
    _check_ties(body, day)
    body.pinyin = pinyin_key(body.name_zh)
    body.search_text = search_text(body.name_zh, body.name_en)


def _check_ties(body: Body, day: date) -> None:
    """Unit, parent and zone exist on the day; the parent acts in the unit or above; words fit the kind."""
    if not Unit.objects.existing_on(day).filter(pk=body.unit_id).exists():
        raise Conflict(_("The unit does not exist on that day."))
    if body.zone_id and not Zone.objects.filter(pk=body.zone_id, during__contains=day).exists():
        raise Conflict(_("The zone does not exist on that day."))
    if body.part and body.kind not in (BodyKind.COMMITTEE, BodyKind.PARTY_ORGANISATION):
        raise BadInput(_("Only committees and party organisations have a part in self-government."))
    if body.place and body.kind != BodyKind.PARTY_ORGANISATION:
        raise BadInput(_("Only party organisations are recorded with a kind of place."))
    if body.kind == BodyKind.SUB_COMMITTEE and body.parent_id is None:
        raise BadInput(_("A sub-committee stands under a committee: name it."))
    parent = checks.other_body(body.parent_id, day)
    if parent is not None:
        _check_parent(body, parent)


def _check_parent(body: Body, parent: Body) -> None:
    if not body.unit.path.startswith(parent.unit.path):
        raise BadInput(
            _("%(name)s acts neither in the unit nor above it, so nothing there can stand under it.")
            % {"name": parent.name_zh}
        )
    above: Body | None = parent
    while above is not None and body.pk:
        if above.pk == body.pk:
            raise BadInput(_("%(name)s would stand above itself.") % {"name": body.name_zh})
        above = above.parent


def _works(value: Sequence[str]) -> list[str]:
    if not set(value) <= set(Work.values):
        raise BadInput(_("A field of work is not in the list."))
    return [str(code) for code in Work.values if code in set(value)]


def _part(value: str) -> str:
    return checked_choice(value, ["", *Part.values], _("This part in self-government is not in the list."))


def _place(value: str) -> str:
    return checked_choice(value, ["", *Place.values], _("This kind of place is not in the list."))


SETTERS: dict[str, Any] = {
    "name_zh": checked_name,
    "name_en": lambda text: checked_text(text, most=200),
    "unit_id": lambda pk: checks.unit_of(pk).pk,
    "parent_id": lambda pk: pk or None,
    "zone_id": lambda pk: pk or None,
    "works": _works,
    "part": _part,
    "place": _place,
    "remit_zh": checked_long_text,
    "remit_en": checked_long_text,
    "telephone": lambda text: checked_text(text, most=30),
    "address": lambda text: checked_text(text, most=200),
}
