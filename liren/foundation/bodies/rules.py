"""Who may do what with bodies. What a body is and does is public; keeping the record goes by the unit it acts in."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liren.foundation.bodies.models import Authority, Body, BodyKind, Power
from liren.foundation.kernel.rights import Actor, rule
from liren.foundation.territory.models import Level, Unit

#: The actions of this room in plain words, for the pages that explain roles.
DESCRIPTIONS = {
    "bodies.view": _("See who acts where, and who holds which post."),
    "bodies.keep": _("Keep the record of bodies, posts, duties and pairings in one's unit and below."),
    "bodies.extend": _("Record authority that is extended to a street or town."),
    "bodies.follow": _("Let bodies follow a unit that became part of another."),
    "bodies.forget": _("Remove the names of office-holders whose time is over."),
}


@rule("bodies.view")
def anybody_sees(actor: Actor, obj: Any) -> bool:
    """Bodies are public."""
    return True


@rule("bodies.keep")
def keeps(actor: Actor, obj: Body | Unit | None) -> bool:
    """The power reaches the unit in which the body acts; asked about nothing, it is held anywhere.

    A unit that a department has dispatched to a street is kept above the street, until the daily management of
    dispatched units has been extended to the street (R008).
    """
    if not isinstance(obj, Body):
        return actor.holds("bodies.keep", obj)
    if not actor.holds("bodies.keep", obj.unit):
        return False
    return not _is_dispatched(obj) or _manages_dispatched_units(actor, obj)


def _is_dispatched(body: Body) -> bool:
    """A department at street level or below whose parent department acts above that."""
    above = body.parent
    return (
        body.kind == BodyKind.DEPARTMENT
        and above is not None
        and above.kind == BodyKind.DEPARTMENT
        and above.unit.level < Level.STREET <= body.unit.level
    )


def _manages_dispatched_units(actor: Actor, body: Body) -> bool:
    if body.parent is not None and actor.holds("bodies.keep", body.parent.unit):
        return True
    extended = Authority.objects.filter(
        unit__in=body.unit.path_ids, power=Power.DISPATCHED_UNITS, during__contains=timezone.localdate()
    ).select_related("unit")
    return any(actor.holds("bodies.keep", row.unit) for row in extended)


@rule("bodies.extend")
def extends(actor: Actor, unit: Unit) -> bool:
    """A street or town never extends authority to itself: whoever keeps bodies in the unit above does."""
    return unit.parent is not None and actor.holds("bodies.keep", unit.parent)


@rule("bodies.follow")
def system_follows(actor: Actor, obj: Any) -> bool:
    """No account: the system does it by the clock."""
    return False


@rule("bodies.forget")
def system_forgets(actor: Actor, obj: Any) -> bool:
    """No account: the system does it by the clock."""
    return False
