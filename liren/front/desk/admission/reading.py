"""What of the gate one may see on the desk, and the places and bodies that one may choose among."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.admission.models import (
    Admission,
    Agreement,
    Application,
    Burden,
    Ledger,
    Reach,
    bodies_of,
)
from liren.foundation.bodies.models import Body
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Level, Unit

APPLY, ANSWER, DECIDE = "admission.apply", "admission.answer", "admission.decide"
LISTS, BURDEN, AGREE = "admission.lists", "admission.burden", "admission.agree"
POWERS = (APPLY, ANSWER, DECIDE, LISTS, BURDEN, AGREE)
#: Places offered in one select; a unit with more is named by its code.
OFFERED = 200


def spoken_for(actor: Any) -> tuple[str, ...]:
    """Paths of the communities for which the actor speaks: the power held in the community itself, never from above.
    Asked once per actor and request."""
    kept: tuple[str, ...] | None = actor.__dict__.get("_spoken_for")
    if kept is None:
        mine = Unit.objects.filter(path__in=paths_of(actor, ANSWER), level=Level.COMMUNITY, closed_on=None)
        kept = actor.__dict__["_spoken_for"] = tuple(mine.order_by("code").values_list("path", flat=True))
    return kept


def bodies(actor: Any) -> QuerySet[Body]:
    """Bodies for which the actor may apply."""
    return Body.objects.filter(pk__in=bodies_of(actor)).select_related("unit").order_by("name_zh")


def applications(actor: Any) -> QuerySet[Application]:
    """For the body that applied, for the joint meeting, for the communities that are to be heard, and for whoever
    watches over their burden."""
    around = paths_of(actor, ANSWER) + paths_of(actor, BURDEN)
    concerned = Application.communities.through.objects.filter(inside(around, "unit__path"))
    seen = inside(paths_of(actor, DECIDE), "unit__path") | Q(sender_id__in=bodies_of(actor))
    found = Application.objects.filter(seen | Q(pk__in=concerned.values("application_id")))
    return found.select_related("sender__unit", "unit", "guide")


def all_admissions(actor: Any) -> QuerySet[Admission]:
    """What was admitted is published: everybody may see it, and is told plainly what is not theirs to do."""
    found: Any = Admission.objects
    rows: QuerySet[Admission] = found.visible_to(actor).select_related("sender__unit", "guide")
    return rows


def own_admissions(actor: Any) -> QuerySet[Admission]:
    """Admissions of the actor's bodies."""
    return Admission.objects.filter(sender_id__in=bodies_of(actor)).select_related("sender__unit", "guide")


def ledgers(actor: Any) -> QuerySet[Ledger]:
    """Ledgers that the actor's communities keep."""
    found = Ledger.objects.filter(inside(spoken_for(actor), "community__path"))
    return found.select_related("sender", "community", "admission")


def burdens(actor: Any) -> QuerySet[Burden]:
    """Rows of the inventories of units where the actor keeps them."""
    return Burden.objects.filter(inside(paths_of(actor, BURDEN), "unit__path")).select_related("unit", "demanded_by")


def agreements(actor: Any) -> QuerySet[Agreement]:
    """For both sides, and for whoever decides on admissions above them."""
    street, above = paths_of(actor, AGREE), paths_of(actor, DECIDE) + paths_of(actor, ANSWER)
    found = Agreement.objects.filter(inside(street, "street__path") | inside(above, "community__path"))
    return found.select_related("street", "community", "office", "committee")


def places(actor: Any) -> QuerySet[Unit]:
    """Units of today; they are public."""
    found: Any = Unit.objects
    rows: QuerySet[Unit] = found.visible_to(actor).filter(closed_on=None).select_related("parent")
    return rows


def public_communities(actor: Any) -> QuerySet[Unit]:
    """Communities and villages of today."""
    return places(actor).filter(level=Level.COMMUNITY)


def communities(actor: Any, power: str) -> QuerySet[Unit]:
    """Communities of today in which the actor may do what the power is for."""
    today = Unit.objects.existing_on(timezone.localdate()).filter(level=Level.COMMUNITY)
    paths = spoken_for(actor) if power == ANSWER else paths_of(actor, power)
    found: QuerySet[Unit] = today.filter(inside(paths, "path")).order_by("code")
    return found


def reached(admission: Admission) -> QuerySet[Unit]:
    """Communities that an admission reaches."""
    ids = Reach.objects.filter(admission=admission).values("community_id")
    return Unit.objects.filter(pk__in=ids).select_related("parent").order_by("code")


def until(row: Any) -> date | None:
    """The last day of a period, as people say it; kept is the first day without it."""
    return row.during.upper - timedelta(days=1) if row.during.upper else None


def body_choices(actor: Any) -> list[tuple[str, str]]:
    """The actor's bodies for a select; with several, none is chosen beforehand."""
    found = [(str(one.pk), one.name) for one in bodies(actor)]
    return found if len(found) == 1 else [("", _("Choose")), *found]


def place_choices(actor: Any, power: str) -> list[tuple[str, str]]:
    """The actor's communities for a select."""
    found = [(one.code, one.name) for one in communities(actor, power)[:OFFERED]]
    return found if len(found) == 1 else [("", _("Choose")), *found]
