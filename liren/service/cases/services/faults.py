"""What can be wrong with what was sent, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.service.cases.engine.answers import AnswerFault, Unfit
from liren.service.cases.engine.spec import Field
from liren.service.cases.models import Case
from liren.service.cases.queries import items


class BadReport(BadInput):
    """What was sent can't be; ``by_field`` says it field by field, for a form."""

    def __init__(self, faults: Iterable[AnswerFault], **more: Any) -> None:
        self.faults = list(faults)
        self.by_field: dict[str, list[str]] = {}
        for fault in self.faults:
            self.by_field.setdefault(fault.field, []).append(fault.text(get_language() or "zh", _))
        super().__init__(" ".join(sentence for many in self.by_field.values() for sentence in many), **more)


class Outdated(Conflict):
    """The case moved on meanwhile; ``facts`` say where it stands now."""

    def __init__(self, case: Case, message: str = "") -> None:
        super().__init__(
            message or _("Somebody else moved this case on meanwhile."),
            next_step=_("Open the case again: it shows where it stands now."),
        )
        self.facts = {
            "number": case.number,
            "state": case.state,
            "phase": case.phase,
            "revision": case.revision,
            "changed_at": case.changed_at.isoformat(),
        }


class OfJourney(Conflict):
    """The case belongs to a process that keeps rows of another room along with it (409); it is moved there alone."""

    def __init__(self) -> None:
        super().__init__(
            _("This is not done on the case itself."),
            next_step=_("The page of the case leads to where it is done."),
        )


class Gathered:
    """Collects faults while one field after another is read."""

    def __init__(self) -> None:
        self.faults: list[AnswerFault] = []

    def add(self, field: str, message: str, **facts: Any) -> None:
        self.faults.append(AnswerFault(field, message, facts))

    def read(self, field: str, reader: Callable[[], Any], default: Any = "") -> Any:
        """What the reader gives; where it refuses, the fault is kept and ``default`` stands in."""
        try:
            return reader()
        except Unfit as unfit:
            self.add(field, unfit.message, **unfit.facts)
        except BadInput as bad:
            self.add(field, bad.message)
        return default

    def stop(self, **more: Any) -> None:
        """Refuse, if anything was wrong."""
        if self.faults:
            raise BadReport(self.faults, **more)


def find(field: Field, text: str) -> int | None:
    """The id of a body that exists, or the number of an entry in force, as a form sends it."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    if field.kind == "entry":
        return items.in_force(field.register, int(text))
    return Body.objects.filter(pk=int(text)).values_list("pk", flat=True).first()
