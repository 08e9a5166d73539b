"""One case by its number."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import Actor, SystemActor
from liren.service.cases.engine.numbers import understood
from liren.service.cases.models import Case


class NoCase(LirenError):
    """There is no such case, or it is not for this actor (404): the two are answered alike."""

    status = 404

    @classmethod
    def unknown(cls) -> NoCase:
        return cls(
            _("There is no case of this number that you may see."),
            next_step=_("Check the number on your receipt, or look for it in your list."),
        )


def case_by_number(number: str, actor: Actor) -> Case:
    """The case with its unit and bodies, if the actor sees it.

    Raises:
        NoCase: no such number, or not for this actor.
    """
    return case_by_id(understood(number) or 0, actor)


def case_by_id(pk: int, actor: Any) -> Case:
    """The same by id."""
    rows = Case.objects.select_related("unit", "body", "about_body", "type")
    seen = rows if isinstance(actor, SystemActor) else rows.visible_to(actor)
    case: Case | None = seen.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if case is None:
        raise NoCase.unknown()
    return case
