"""One case by its number."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.handwritten import columns, rows
from liren.foundation.kernel.holding import said_of
from liren.foundation.kernel.rights import Actor, SystemActor
from liren.foundation.territory.models import Unit
from liren.service.cases.engine.numbers import understood
from liren.service.cases.models import Case, in_sight_of


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
    """The case with its unit and the body it was sent to, if the actor sees it.

    Raises:
        NoCase: no such number, or not for this actor.
    """
    return case_by_id(understood(number) or 0, actor)


def case_by_id(pk: int, actor: Any, *, held: bool = False) -> Case:
    """The same by id; ``held``: nobody else changes it until the transaction ends."""
    found: Case | None = None
    if 0 < pk < 2**63:
        rule = Q() if isinstance(actor, SystemActor) else in_sight_of(actor)
        for found, found.unit, found.body in rows(_asked(held=held), [pk], Case, Unit, Body):
            if said_of(rule, found):
                return found
        # Asked alike whether there is such a case or not: what takes the same statements takes the same time.
        if Case.objects.filter(rule, pk=pk).exists() and found is not None:
            return found
    raise NoCase.unknown()


@cache
def _asked(*, held: bool) -> str:
    return f"""SELECT {columns(Case, "c")}, {columns(Unit, "u")}, {columns(Body, "b")}
        FROM {Case._meta.db_table} c JOIN {Unit._meta.db_table} u ON u.id = c.unit_id
        LEFT JOIN {Body._meta.db_table} b ON b.id = c.body_id
        WHERE c.id = %s{" FOR NO KEY UPDATE OF c" if held else ""}"""  # noqa: S608  names of our own tables and columns
