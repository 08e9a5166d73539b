"""Cases page by page: the desk's queue, what is open near everybody, one's own; and neighbours who said the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.queries import plain, tsquery
from liren.service.cases.engine.numbers import understood
from liren.service.cases.engine.places import cells_around, metres_between
from liren.service.cases.engine.spec import CaseType, Category, StateSpec
from liren.service.cases.models import Call, Case, CasePart, CaseQuerySet, bodies_of
from liren.service.cases.models.declared import by_versions
from liren.service.cases.queries.reading import language, public_place

VIEWS = ("mine", "unit", "due", "called", "disputed", "hidden", "answered", "all", "closed")
MOST, SOON = 200, timedelta(days=1)
Key = tuple[datetime | None, int]
# Of a list's rows only what a line shows: texts and search vectors would be most of what is fetched.
NOT_SHOWN = ("search", "values", "client_digest")


@dataclass(frozen=True)
class Row:
    """A line of a list, with the words of its type as of when the case was received."""

    case: Case
    spec: CaseType

    @property
    def type_words(self) -> str:
        return self.spec.name.text(language())

    @property
    def state(self) -> StateSpec:
        return self.spec.state(self.case.state)

    @property
    def state_words(self) -> str:
        return self.state.name.text(language())

    @property
    def public_words(self) -> str:
        return self.state.said(language(), own=False)

    @property
    def own_words(self) -> str:
        """For whoever reported it."""
        return self.state.told(language(), own=True)

    @property
    def category(self) -> Category | None:
        return self.spec.category(self.case.category)

    @property
    def category_words(self) -> str:
        return self.category.name.text(language()) if self.category else ""

    @property
    def public_point(self) -> tuple[float | None, float | None]:
        """The place as everybody sees it."""
        return public_place(self.case, self.spec)


@dataclass(frozen=True)
class Page:
    """A page of a list; ``after`` is the key of the next one, None on the last."""

    rows: list[Row]
    after: Any


def _rows(cases: Sequence[Case]) -> list[Row]:
    specs = by_versions({one.written_as_id for one in cases})
    return [Row(one, specs[one.written_as_id]) for one in cases]


# --- the desk ---


def desk_list(
    actor: Any,
    *,
    view: str = "unit",
    unit: Unit | None = None,
    type: int | None = None,
    category: str = "",
    severity: str = "",
    words: str = "",
    after: Key | None = None,
    limit: int = 50,
    at: datetime | None = None,
) -> Page:
    """Cases that are the actor's work, the most urgent first; what stands still comes last.

    ``view``: mine (I handle them), unit (of my units or my bodies), due (within a day, or past), called, disputed,
    hidden (from everybody: by a person, or because somebody has to look first), answered, all, closed (the newest
    first). ``type`` is the identity of a type. At most four queries, no count.
    """
    rows = _viewed(Case.objects.worked_by(actor), view, actor, at or timezone.now(), bool(words.strip()))
    rows = _narrowed(rows, unit, type, category, severity)
    rows = _found(rows, words)
    limit = min(max(limit, 1), MOST)
    if view == "closed":
        page = _newest_first(rows, after[1] if after else None, limit)
        return Page(page.rows, (None, page.after) if page.after else None)
    found = _by_due(rows, after, limit + 1)
    more, found = len(found) > limit, found[:limit]
    return Page(_rows(found), (found[-1].due_at, found[-1].pk) if more else None)


def waiting_rows(actor: Any, view: str, *, at: datetime | None = None) -> CaseQuerySet:
    """The same cases as rows, for a bounded count."""
    return _viewed(Case.objects.worked_by(actor), view, actor, at or timezone.now(), searching=False)


def _viewed(rows: CaseQuerySet, view: str, actor: Any, at: datetime, searching: bool) -> CaseQuerySet:
    if view == "closed":
        return rows.filter(phase="closed")
    if not searching:
        rows = rows.exclude(phase="closed")
    if view == "mine":
        return rows.filter(handler_id=actor.pk or 0)
    if view == "unit":
        return rows.filter(mine(actor))
    if view == "due":
        return rows.filter(due_at__lte=at + SOON)
    if view == "called":
        return rows.filter(is_called=True, pk__in=_calls(actor)) if bodies_of(actor) else rows.filter(is_called=True)
    if view in ("disputed", "hidden"):
        return rows.filter(**{f"is_{view}": True})
    return rows.filter(phase="answered") if view == "answered" else rows


def mine(actor: Any) -> Q:
    """Cases that lie at the actor's own desk: of the units where the actor works, else of the actor's bodies.

    Units are named by their ids where they are few, so that the index of one queue is read from its beginning.
    """
    paths = paths_of(actor, "cases.work")
    if not paths:
        bodies = bodies_of(actor)
        return Q(body_id__in=bodies) if bodies else Q()
    units = list(Unit.objects.filter(inside(tuple(paths), "path"), level__lte=Level.COMMUNITY).values_list("pk")[:400])
    return Q(unit_id__in=[pk for (pk,) in units]) if len(units) < 400 else inside(tuple(paths))


def _calls(actor: Any) -> Any:
    return Call.objects.filter(body_id__in=bodies_of(actor), state="open").values("case_id")


def _narrowed(rows: CaseQuerySet, unit: Unit | None, type: int | None, category: str, severity: str) -> CaseQuerySet:
    if unit is not None:
        rows = within(rows, unit)
    wanted = {"type_id": type, "category": category, "severity": severity}
    return rows.filter(**{key: value for key, value in wanted.items() if value})


def within(rows: CaseQuerySet, unit: Unit) -> CaseQuerySet:
    """Cases of a unit and below: by ids up to a district, by the tree above it."""
    if unit.level <= Level.CITY:
        return rows.inside(unit)
    below = Unit.objects.filter(path__startswith=unit.path, level__lte=Level.COMMUNITY)
    return rows.filter(unit_id__in=list(below.values_list("pk", flat=True)))


def _found(rows: CaseQuerySet, words: str) -> CaseQuerySet:
    """By number, or by words of what was reported; a sealed case is found by its number alone."""
    if not words.strip():
        return rows
    number = understood(plain(words))
    if number is not None:
        return rows.filter(pk=number)
    query = tsquery(plain(words))
    if not query:
        return rows.none()
    return rows.extra(  # type: ignore[return-value]  # the stubs forget the class
        where=["cases_case.search @@ %s::tsquery"], params=[query]
    )


def _by_due(rows: CaseQuerySet, after: Key | None, most: int) -> list[Case]:
    """In the order of the queue's index: by due moment, then what has none. Two short reads instead of one long one."""
    rows = rows.select_related("unit", "body").defer(*NOT_SHOWN).order_by("due_at", "id")
    dated, standing = rows.filter(due_at__isnull=False), rows.filter(due_at__isnull=True).order_by("id")
    if after is not None:
        due, pk = after
        if due is None:
            return list(standing.filter(pk__gt=pk)[:most])
        dated = dated.filter(Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk), due_at__gte=due)
    found = list(dated[:most])
    return found + (list(standing[: most - len(found)]) if len(found) < most else [])


# --- the public and one's own ---


def public_list(
    *,
    unit: Unit | None = None,
    type: int | None = None,
    phase: str = "",
    category: str = "",
    actor: Any = ANONYMOUS,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Page:
    """Public cases, the newest first. Show only what ``Row`` calls public: the rows hold more than everybody sees."""
    rows = Case.objects.visible_to(actor).filter(confidentiality="public", is_hidden=False)
    rows = _narrowed(rows, unit, type, category, "")
    if phase:
        rows = rows.filter(phase=phase)
    if after is not None:
        moment, pk = after
        rows = rows.filter(Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk), received_at__lte=moment)
    limit = min(max(limit, 1), MOST)
    rows = rows.select_related("unit", "body").defer("text", "address", *NOT_SHOWN)
    found = list(rows.order_by("-received_at", "-id")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return Page(_rows(found), (found[-1].received_at, found[-1].pk) if more else None)


def own_list(actor: Any, *, after: int | None = None, limit: int = 50) -> Page:
    """What the actor reported or has a part in, the newest first; the one case of a receipt."""
    parts = CasePart.objects.filter(account_id=actor.pk or 0, left_at=None).values("case_id")
    own = Q(reporter_id=actor.pk or 0) | Q(pk__in=parts) | Q(pk=getattr(actor, "receipt_of", None) or 0)
    return _newest_first(Case.objects.visible_to(actor).filter(own), after, min(max(limit, 1), MOST))


def followed_list(actor: Any, *, after: int | None = None, limit: int = 50) -> Page:
    """Cases of others that the actor joined, the newest first."""
    rows = Case.objects.visible_to(actor).filter(follows__account_id=actor.pk or 0)
    return _newest_first(rows, after, min(max(limit, 1), MOST))


def _newest_first(rows: CaseQuerySet, after: int | None, limit: int) -> Page:
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("unit", "body").defer(*NOT_SHOWN).order_by("-id")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    return Page(_rows(found), found[-1].pk if more else None)


# --- neighbours ---


@dataclass(frozen=True)
class Near:
    """A case nearby on the same matter; the distance is that to its place as published, so that it betrays no door."""

    case: Case
    spec: CaseType
    metres: int
    followers: int


def near(
    lon: float,
    lat: float,
    category: str,
    *,
    metres: float = 250,
    days: int = 60,
    actor: Any = ANONYMOUS,
    type: int | None = None,
    limit: int = 5,
    at: datetime | None = None,
) -> list[Near]:
    """Open public cases of a category within ``metres`` of a point that can be joined, the nearest first."""
    since = (at or timezone.now()) - timedelta(days=days)
    rows = Case.objects.visible_to(actor).filter(
        cell__in=cells_around(lon, lat, metres), category=category, confidentiality="public", is_hidden=False,
        received_at__gte=since,
    )  # fmt: skip
    rows = rows.exclude(phase="closed").filter(**({"type_id": type} if type else {}))
    cases = list(rows.select_related("unit", "body").defer("text", "address", *NOT_SHOWN).order_by("-id")[:MOST])
    specs = by_versions({one.written_as_id for one in cases})
    found = [_near(one, specs[one.written_as_id], lon, lat) for one in cases if specs[one.written_as_id].joinable]
    return sorted((one for one in found if one.metres <= metres), key=lambda one: one.metres)[:limit]


def _near(case: Case, spec: CaseType, lon: float, lat: float) -> Near:
    its_lon, its_lat = public_place(case, spec)
    away = metres_between(lon, lat, its_lon or 0.0, its_lat or 0.0)
    return Near(case, spec, round(away / 10) * 10, case.followers)
