"""Lists of bodies: by unit, kind, name, pinyin or code, page by page."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from liren.foundation.bodies.engine.codes import compact
from liren.foundation.bodies.models import Body, BodyKind, Registration
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit
from liren.foundation.territory.queries import plain, tsquery

MOST = 500
KEEP = "bodies.keep"
Keyset = tuple[str, int]  # pinyin, id of the last body that was shown


def bodies(
    actor: Actor,
    *,
    unit: Unit | None = None,
    below: bool = True,
    kind: str = "",
    registration: str = "",
    q: str = "",
    on: date | None = None,
    kept_by: Actor | None = None,
    is_left: bool = False,
    after: Keyset | None = None,
    limit: int = 50,
) -> list[Body]:
    """Bodies by name; ``below``: of the unit and of everything below it; ``on``: those that existed on the day;
    ``kept_by``: those in units where this actor keeps bodies; ``is_left``: those whose unit has ended without them.

    ``q``: a part of the name, its pinyin, or the whole unified social credit code; of nonsense nothing is found.
    """
    rows = Body.objects.visible_to(actor).select_related("unit")
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path) if below else rows.filter(unit=unit)
    if kind:
        rows = rows.filter(kind=kind)
    if registration:
        rows = rows.filter(registration=registration)
    if on is not None:
        rows = rows.filter(during__contains=on)
    if kept_by is not None:
        rows = rows.filter(inside(paths_of(kept_by, KEEP)))
    if is_left:
        rows = rows.filter(_is_left())
    if after is not None:
        pinyin, pk = after
        rows = rows.filter(Q(pinyin__gt=pinyin) | Q(pinyin=pinyin, pk__gt=pk))
    return list(_found(rows, q).order_by("pinyin", "id")[: min(limit, MOST)])


def _is_left() -> Q:
    today = timezone.localdate()
    return Q(during__contains=today, unit__closed_on__lte=today)


def left_behind(keeper: Actor) -> QuerySet[Body]:
    """Bodies that exist although their unit has ended, where this actor keeps bodies: somebody has to decide."""
    return Body.objects.filter(_is_left(), inside(paths_of(keeper, KEEP)))


def _found(rows: QuerySet[Body], q: str) -> QuerySet[Body]:
    if not q.strip():
        return rows
    typed = plain(q)
    words, code = tsquery(typed), compact(typed)
    if re.fullmatch(r"[0-9A-Z]{18}", code):
        return rows.filter(uscc=code)
    if not words:
        return rows.none()
    return rows.extra(where=["bodies_body.search @@ %s::tsquery"], params=[words])


def key_of(body: Body) -> Keyset:
    """Where the next page of ``bodies`` starts."""
    return body.pinyin, body.pk


def known_kind(word: str) -> str:
    """The word if it is a kind of body, else ""."""
    return word if word in BodyKind.values else ""


def known_registration(word: str) -> str:
    """The word if it is a form of registration, else ""."""
    return word if word in Registration.values else ""
