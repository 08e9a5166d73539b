"""Who sees that a case exists. Every read path goes through ``visible_to``: list, count, search, map, export, feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Level, Unit
from liren.service.cases.engine.spec import PROVIDER
from liren.service.cases.models.declared import asked_back, handling_moves

#: Powers of this room that say how far sealed cases are opened: "cases.sealed.<sealed_to>".
SEALED = "cases.sealed"
#: Up to so many units are named by their ids; a city is not.
MOST_NAMED = 500


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Any) -> CaseQuerySet:
        """Public cases for everybody (their public face), limited ones for those whose work they are, sealed ones only
        for the persons on them and for the desk they are sealed to. A body that a case complains of never sees it."""
        return self.filter(in_sight_of(actor))

    def worked_by(self, actor: Any) -> CaseQuerySet:
        """Cases that the actor reads whole because they are work, not because they are public: the desk's lists."""
        return self.filter((work_of(actor) | sealed_for(actor) | parts_of(actor)) & not_against(actor))

    def inside(self, unit: Unit) -> CaseQuerySet:
        """Cases of the unit and of everything that lies below it today."""
        return self.filter(unit__path__startswith=unit.path)


def in_sight_of(actor: Any) -> Q:
    """The rule of ``visible_to``, which a case at hand is asked by as well (``queries.details``): there is no other."""
    public = Q(confidentiality="public", is_hidden=False)
    office = public | work_of(actor) | sealed_for(actor) | calls_of(actor)
    return own_cases(actor) | (office & not_against(actor))


def own_cases(actor: Any) -> Q:
    """What the actor reported, or has a part in; with a receipt, the one case of that receipt."""
    receipt = getattr(actor, "receipt_of", None)
    if receipt is not None:
        return Q(pk=receipt)
    if actor.pk is None:
        return Q(pk__in=[])
    return Q(reporter_id=actor.pk) | ((parts_of(actor) | booked_with(actor)) & not_against(actor))


def one_of(rows: Callable[[], models.QuerySet[Any]]) -> Q:
    """The case is one of those of these rows, which are few: read first, so that each is looked up by its id."""
    return Q(Among(lambda: ArraySubquery(rows().values("case_id"))))


def looked_up(rows: models.QuerySet[Any]) -> Q:
    """The case is one of these rows, which are few, and is looked up by its id alone. The planner can't begin with what
    else narrows the list, where it takes conditions that go together for ones that each leave a part of the rest."""
    return Q(IsOneOf(F("pk"), ArraySubquery(rows.values("pk"))))


class Among:
    """A condition that hangs on rows about cases; the query of these is built when it is asked, and not before."""

    conditional = True

    def __init__(self, ids: Callable[[], Any]) -> None:
        self.ids = ids

    def resolve_expression(self, *given: Any, **named: Any) -> Any:
        """What a query asks."""
        return IsOneOf(F("pk"), self.ids()).resolve_expression(*given, **named)


class IsOneOf(Func):
    """``a = ANY(array)``."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", models.BooleanField()


def parts_of(actor: Any) -> Q:
    """Cases on which the actor has a part now."""
    if actor.pk is None:
        return Q(pk__in=[])
    part = apps.get_model("cases", "CasePart")
    return one_of(lambda: part.objects.filter(account_id=actor.pk, left_at=None))


def booked_with(actor: Any) -> Q:
    """Sealed cases on which a body of the actor is the provider: it knows of the booking (``queries.reading``)."""
    bodies = bodies_of(actor)
    if not bodies:
        return Q(pk__in=[])
    part = apps.get_model("cases", "CasePart")
    rows = one_of(lambda: part.objects.filter(body_id__in=bodies, role=PROVIDER, left_at=None))
    return Q(confidentiality="sealed") & rows


def lying_in(actor: Any, paths: Iterable[str]) -> Q:
    """The case lies in one of these units or below.

    Few units are named by their ids, and where all of them are meant none is: then the database knows how many cases
    lie there, and whether to read the queue of each or that of the whole city. No type is received below a community
    (``spec.LEVELS``). Asked once per actor and request.
    """
    wanted = tuple(sorted(paths))
    if not wanted or "/" in wanted or not hasattr(actor, "__dict__"):
        return inside(wanted)
    known: dict[Any, Q] = actor.__dict__.setdefault("_lying_in", {})
    if wanted not in known:
        found = units_in(actor, wanted)
        known[wanted] = Q(unit_id__in=found) if found is not None else _wide(wanted)
    return known[wanted]


def _wide(paths: tuple[str, ...]) -> Q:
    return inside(paths) if Unit.objects.exclude(inside(paths, "path")).exists() else Q(unit_id__isnull=False)


def units_in(actor: Any, paths: Iterable[str]) -> list[int] | None:
    """Ids of these units and of those below them to which cases belong; None where they are too many to be named.
    Asked once per actor and request."""
    wanted = tuple(sorted(paths))
    if "/" in wanted or not hasattr(actor, "__dict__"):
        return None
    known: dict[Any, list[int] | None] = actor.__dict__.setdefault("_units_in", {})
    if wanted not in known:
        below = Unit.objects.filter(inside(wanted, "path"), level__lte=Level.COMMUNITY).order_by("pk")
        found = list(below.values_list("pk", flat=True)[: MOST_NAMED + 1])
        known[wanted] = found if len(found) <= MOST_NAMED else None
    return known[wanted]


def work_of(actor: Any) -> Q:
    """Cases that are not sealed: in the actor's units, dispatched to the actor's bodies, or these were called on."""
    paths = {*paths_of(actor, "cases.work"), *paths_of(actor, "cases.supervise")}
    mine = lying_in(actor, paths) | Q(body__in=bodies_of(actor)) | called(actor)
    return ~Q(confidentiality="sealed") & mine


def calls_of(actor: Any) -> Q:
    """Answered cases whose reporter the actor may ask whether they are solved, where it is not the actor's work anyway:
    of a type that asks so, never sealed, and not what the actor or a body of the actor handled."""
    paths = set(paths_of(actor, "cases.callback")) - {
        *paths_of(actor, "cases.work"),
        *paths_of(actor, "cases.supervise"),
    }
    if not paths:
        return Q(pk__in=[])
    found = inside(tuple(paths)) & Q(phase="answered", type_id__in=asked_back()) & ~Q(confidentiality="sealed")
    posts = posts_of(actor)
    own = Q(handler_id=actor.pk) | Q(body_id__in=posts) if posts else Q(handler_id=actor.pk)
    event = apps.get_model("cases", "CaseEvent")
    handled = event.objects.filter(actor=actor.label, move__in=handling_moves()).values("case_id")
    return found & ~own & ~Q(pk__in=handled)


def called(actor: Any) -> Q:
    """Cases on which a body of the actor was called or helps."""
    bodies = bodies_of(actor)
    if not bodies:
        return Q(pk__in=[])
    call, part = apps.get_model("cases", "Call"), apps.get_model("cases", "CasePart")
    return one_of(lambda: call.objects.filter(body_id__in=bodies).exclude(state="withdrawn")) | one_of(
        lambda: part.objects.filter(body_id__in=bodies, left_at=None)
    )


def sealed_for(actor: Any) -> Q:
    """Sealed cases of the kinds that a mandate of the actor opens, where it holds."""
    found = Q(pk__in=[])
    for power in getattr(actor, "powers", frozenset)():
        if power.startswith(f"{SEALED}."):
            kind = power.removeprefix(f"{SEALED}.")
            found |= Q(confidentiality="sealed", sealed_to=kind) & lying_in(actor, paths_of(actor, power))
    return found


def not_against(actor: Any) -> Q:
    """Leaves out what complains of a body of the actor, public or not (R338)."""
    bodies = posts_of(actor)
    return Q(about_body__isnull=True) | ~Q(about_body__in=bodies) if bodies else Q()


def bodies_of(actor: Any) -> list[int]:
    """Bodies that the actor acts for: a post in the body, and a mandate that lets an account act for bodies."""
    return posts_of(actor) if "cases.serve" in getattr(actor, "powers", frozenset)() else []


def posts_of(actor: Any) -> list[int]:
    """Bodies in which the actor holds a post today; asked once per actor and request. A program stands for one."""
    stands_for: int | None = getattr(actor, "stands_for", None)
    if stands_for is not None:
        return [stands_for]
    if actor.pk is None or not hasattr(actor, "powers"):
        return []
    kept: list[int] | None = actor.__dict__.get("_bodies")
    if kept is None:
        holding = apps.get_model("bodies", "OfficeHolding")
        held = holding.objects.filter(account_id=actor.pk, during__contains=timezone.localdate())
        kept = actor.__dict__["_bodies"] = sorted(set(held.values_list("post__body_id", flat=True)))
    return kept
