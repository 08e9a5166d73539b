"""Colleagues who can be given a part on a case: staff where the actor works on it, never a search among residents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from liren.foundation.bodies.models import OfficeHolding
from liren.foundation.people.models import Account, Mandate
from liren.foundation.people.models.reach import inside, paths_of
from liren.service.cases.models import Case, CasePart, bodies_of
from liren.service.cases.models.reach import SEALED
from liren.service.cases.queries.acting import acts_as

#: Powers of staff who can be asked to help with a case that is not sealed.
STAFF = ("cases.work", "cases.serve", "cases.supervise", "cases.take")
MOST = 300


@dataclass(frozen=True)
class Colleague:
    """Somebody with an account, as the desk names them: name and office."""

    pk: int
    name: str
    office: str


def colleagues(case: Case, actor: Any, *, on: date) -> list[Colleague]:
    """Whoever holds a mandate for this kind of case in the units where the actor works on it, or a post in a body for
    which the actor acts on it; by name, at most 300. A sealed case is given to those alone whose mandate opens it.

    Left out: the reporter, who is on the case already, and posts in the body that it is about.
    """
    words = acts_as(case, actor)
    found = _by_mandate(case, actor, on) if words & {"desk", "supervisor"} else {}
    if "body" in words and case.confidentiality != "sealed":
        found = {**_by_post(case, actor, on), **found}
    on_it = CasePart.objects.filter(case=case, left_at=None, account__isnull=False).values("account_id")
    rows = Account.objects.filter(pk__in=list(found), is_active=True).exclude(pk=case.reporter_id or 0)
    rows = rows.exclude(pk__in=on_it)
    if case.about_body_id is not None:
        seats = OfficeHolding.objects.filter(post__body_id=case.about_body_id, account__isnull=False)
        rows = rows.exclude(pk__in=seats.filter(during__contains=on).values("account_id"))
    named = rows.order_by("display_name", "pk").values_list("pk", "display_name")[:MOST]
    return [Colleague(pk, name, found[pk]) for pk, name in named]


def _by_mandate(case: Case, actor: Any, on: date) -> dict[int, str]:
    """Holders of a fitting role inside the actor's own reach over the case."""
    powers = (f"{SEALED}.{case.sealed_to}",) if case.confidentiality == "sealed" else STAFF
    own = powers if case.confidentiality == "sealed" else ("cases.work", "cases.supervise")
    reach = {path for power in own for path in paths_of(actor, power) if case.unit.path.startswith(path)}
    rows = Mandate.objects.active_on(on).filter(inside(tuple(reach)), role__powers__power__in=powers)
    near = rows.filter(unit__path__startswith=case.unit.path) | rows.filter(unit_id__in=case.unit.path_ids)
    rows = near.select_related("role", "unit").distinct().order_by("unit__level", "pk")[: MOST * 2]
    return {one.account_id: f"{one.role.name}, {one.unit.name}" for one in rows}


def _by_post(case: Case, actor: Any, on: date) -> dict[int, str]:
    """Holders of posts in the actor's bodies, where one of these has the case."""
    if case.body_id not in bodies_of(actor):
        return {}
    rows = OfficeHolding.objects.filter(post__body_id=case.body_id, during__contains=on).select_related("post")
    return {one.account_id: one.post.name for one in rows[:MOST] if one.account_id is not None}
