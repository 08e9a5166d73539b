"""What an office asks by a case reaches a body of a community through the gate; what residents ask passes freely."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from liren.foundation.admission.services import Work, passing
from liren.foundation.admission.services.gate import refused_by
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.models import Level, Unit
from liren.service.cases.models import Case, posts_of
from liren.service.cases.services.faults import OfJourney


@contextmanager
def through_gate(case: Case, body: Body | int | None, door: str, *, by: Actor, at: datetime) -> Iterator[None]:
    """Write inside this what gives a case, a part in it or a call on it to a body.

    The database decides, in the statement that is made anyway; nothing is asked here unless it refuses.

    Raises:
        NotAdmitted: an office's work for a community, without an admission that holds there.
    """
    if not case.work or body is None:
        yield
        return
    with passing(lambda: _work(case, body, door, by, at), by=by, at=at):
        yield


#: The name under which the database keeps a case open whose application is not decided in the same way.
ITS_APPLICATION = "case_is_closed_as_its_application_was_decided"


@contextmanager
def told_by_its_journey() -> Iterator[None]:
    """Write inside this what may close a case that carries an application to the gate.

    Raises:
        OfJourney: the database refuses, since nothing was decided on the application, or something else.
    """
    try:
        yield
    except IntegrityError as error:
        if refused_by(error) != ITS_APPLICATION:
            raise
        raise OfJourney from error


def _work(case: Case, body: Body | int, door: str, by: Actor, at: datetime) -> Work:
    """What was to be handed to whom, for the record of the refusal."""
    to = body if isinstance(body, Body) else Body.objects.select_related("unit").get(pk=body)
    community = Unit.objects.filter(pk__in=to.unit.path_ids, level=Level.COMMUNITY).first() or to.unit
    day = timezone.localdate(at)
    sender = next(iter(posts_of(by)), None)
    return Work(case.work, case.text, community.pk, day, door, sender, case.admission_id)


def admitted_as(case: Case, admission_id: int | None) -> None:
    """Name the admission under which an office hands the case down; what residents ask has none."""
    if case.work and admission_id is not None:
        case.admission_id = admission_id if 0 < admission_id < 2**63 else None
