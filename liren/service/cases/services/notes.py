"""Notes: what is told, asked and answered beside the moves. A note never moves a clock; the first one that the reporter
is told ends the clock of the first answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.files import Upload, cleaned
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.engine.answers import gettext_noop, long_text
from liren.service.cases.models import MOST_TEXT, Case, CaseEvent
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.acting import LISTENER, REPORTER, acts_as, is_called_on
from liren.service.cases.queries.reading import is_booking
from liren.service.cases.services import clocks
from liren.service.cases.services.faults import Gathered
from liren.service.cases.services.files import attach
from liren.service.cases.services.story import SPEAKERS, changed, locked_case, noted, role_of, wrote


@transaction.atomic
def add_note(
    case_id: int, *, note: str, told: bool = True, by: Actor, at: datetime, files: Sequence[Upload] = ()
) -> CaseEvent:
    """Write a note. ``told``: the reporter reads it; what the reporter writes is always told.

    Raises:
        NoCase. NotAllowed: nothing to do with this case. BadReport: empty, or can't be kept.
        Conflict: the case is closed, and nobody would read what the reporter adds.
    """
    case = locked_case(case_id, by)
    words = acts_as(case, by)
    if not words and not is_called_on(case, by):
        raise NotAllowed(_("Your account does not hold the duty that this needs."))
    if is_booking(case, words):
        raise NotAllowed(_("Only the booking is kept here, and nothing of what is said."))
    own = words == {REPORTER}
    if case.phase == "closed" and own:
        raise Conflict(_("This case is closed."), next_step=_("Report it anew, and name this number."))
    gathered = Gathered()
    text = _read(gathered, note)
    kept = gathered.read("files", lambda: cleaned(files), [])
    gathered.stop()
    role = role_of(case, by) if words else "body"
    event = wrote(case, "note", by=by, at=at, role=role, note=text, told=told or own)
    if kept:
        attach(case, event, kept, by=by, at=at)
    changed(case, *_spoken(case, event, at), at=at)
    noted("noted", case, by=by, at=at, role=role, told=event.told, files=len(kept))
    return event


@transaction.atomic
def add_heard(case_id: int, *, note: str, by: Actor, at: datetime) -> CaseEvent:
    """Write down what somebody adds to a case that is there, on the telephone or at a counter. Whoever takes in for
    others does; the desk reads it. It answers nobody, and who called is not told.

    Raises:
        NoCase. NotAllowed: no duty to take in there, or a sealed case, of which nothing is said on the telephone.
        Conflict: the case is closed. BadReport: empty, or can't be kept.
    """
    case = locked_case(case_id, by)
    require(by, "cases.take", case.unit)
    if case.confidentiality == "sealed":
        raise NotAllowed(_("Nothing is added to a case in confidence by telephone."))
    if case.phase == "closed":
        raise Conflict(_("This case is closed."), next_step=_("Report it anew, and name this number."))
    gathered = Gathered()
    text = _read(gathered, note)
    gathered.stop()
    event = wrote(case, "note", by=by, at=at, role=LISTENER, note=text)
    changed(case, at=at)
    noted("noted", case, by=by, at=at, role=LISTENER, told=True, files=0)
    return event


def _read(gathered: Gathered, note: str) -> str:
    text: str = gathered.read("note", lambda: long_text(note, MOST_TEXT), "?")
    if not text:
        gathered.add("note", gettext_noop("Write something."))
    return text


def _spoken(case: Case, event: CaseEvent, at: datetime) -> tuple[str, ...]:
    """The columns that a first word to the reporter changes; its clock stops, and no other one moves."""
    if case.first_word_at is not None or not event.told or event.facts["as"] not in SPEAKERS:
        return ()
    case.first_word_at = at
    clocks.entered(case, by_version(case.written_as_id), case.state, case.state, at)
    return ("first_word_at", *clocks.FACE)
