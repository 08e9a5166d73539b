"""What the program of a department does with the department's cases: the doors of people, opened in agreed words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.files import Upload
from liren.service.cases.engine.spec import CaseType, MoveSpec
from liren.service.cases.engine.statuses import STATUSES, leading_to
from liren.service.cases.models import Case
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import open_moves
from liren.service.cases.queries.exchange import partner_case
from liren.service.cases.queries.keys import Partner
from liren.service.cases.services.calls import NoCall
from liren.service.cases.services.calls import answer as answer_call
from liren.service.cases.services.faults import Outdated
from liren.service.cases.services.moves import move as make_move
from liren.service.cases.services.notes import add_note
from liren.service.cases.services.story import locked_case


@transaction.atomic
def partner_note(
    number: str, *, note: str, told: bool, by: Partner, at: datetime, files: Sequence[Upload] = ()
) -> Case:
    """Write a note on a case of the body, open or closed: it is kept, and moves nothing. ``told``: the reporter reads
    it.

    Raises:
        NoCase: none of the body's. BadReport: empty, or can't be kept.
    """
    case = partner_case(number, by)
    add_note(case.pk, note=note, told=told, files=files, by=by, at=at)
    return partner_case(number, by)


@transaction.atomic
def partner_move(
    number: str,
    *,
    seen: int,
    move: str = "",
    status: str = "",
    note: str = "",
    values: Mapping[str, Any] | None = None,
    files: Sequence[Upload] = (),
    by: Partner,
    at: datetime,
) -> Case:
    """Make the move of the case's type that ``move`` names, or the one that leads to ``status``.

    Raises:
        NoCase: none of the body's. Outdated (409): not seen as it stands now, or nothing leads there from here.
        BadInput: neither or both are named, no word of the eight, or several moves lead there. What ``moves.move``
        raises.
    """
    if bool(move) == bool(status):
        raise BadInput(_("Name either the move or the status that the case is to have."))
    case = locked_case(partner_case(number, by).pk, by)
    if seen != case.revision:
        raise Outdated(case)
    code = move or _leading(case, status, by)
    return make_move(case.pk, code, note=note, values=values, files=files, seen=seen, by=by, at=at)


def _leading(case: Case, status: str, by: Partner) -> str:
    """The one move that leads to the status now."""
    if status not in STATUSES:
        raise BadInput(_("A status is one of these: %(words)s.") % {"words": ", ".join(STATUSES)})
    spec = by_version(case.written_as_id)
    possible = open_moves(case, by, spec)
    found = leading_to(spec, status, possible)
    if not found:
        raise Outdated(
            case, _("Nothing leads there now. Possible are: %(moves)s.") % {"moves": _named(spec, possible) or "—"}
        )
    if len(found) > 1:
        raise BadInput(_("Several moves lead there. Name one of these: %(moves)s.") % {"moves": _named(spec, found)})
    return found[0].code


def _named(spec: CaseType, moves: Sequence[MoveSpec]) -> str:
    """Moves with the status that each leads to."""
    words = [(word, leading_to(spec, word, moves)) for word in STATUSES]
    return ", ".join(f"{one.code} ({word})" for word, many in words for one in many)


@transaction.atomic
def partner_answer(number: str, call_id: int, *, answer: str, comes: bool, by: Partner, at: datetime) -> Case:
    """Answer a call on a case for the body that was called.

    Raises:
        NoCase, NoCall: none of the body's, or a call on another case. What ``calls.answer`` raises.
    """
    case = partner_case(number, by)
    if not case.calls.filter(pk=call_id, body_id=by.stands_for).exists():
        raise NoCall(_("There is no such call."), next_step=_("Open the case: it shows who was called."))
    answer_call(call_id, answer=answer, comes=comes, by=by, at=at)
    return partner_case(number, by)
