"""Cases page by page: the desk's queue, what is open near everybody, one's own; and neighbours who said the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models.reach import paths_of
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.queries import plain, tsquery
from liren.service.cases.engine.numbers import understood
from liren.service.cases.engine.spec import CaseType, Category, StateSpec
from liren.service.cases.models import Call, Case, CasePart, CaseQuerySet, bodies_of, looked_up, lying_in, one_of
from liren.service.cases.models.declared import by_versions
from liren.service.cases.models.reach import booked_with
from liren.service.cases.queries.firsts import Queues, firsts, queues_of
from liren.service.cases.queries.reading import language, public_place
from liren.service.cases.queries.saying import Found, Said, first_saying

VIEWS = ("mine", "unit", "due", "called", "disputed", "hidden", "answered", "all", "closed")
MOST, SOON = 200, timedelta(days=1)
Key = tuple[datetime | None, int]
NOTHING = Said()
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
        return self.state.said(language(), own=True)

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
    """A page of a list; ``after`` is the key of the next one, None on the last. Where words are looked for, a page may
    hold fewer rows than a full one, or none, and the search goes on behind it."""

    rows: list[Row]
    after: Any


@dataclass(frozen=True)
class Short:
    """A shorter way to the first rows of a list: the same rows, whoever sees them, and the queues to look for them."""

    rows: CaseQuerySet
    queues: Queues


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
    first). ``type`` is the identity of a type. At most four queries, with ``words`` eight, and no count. With words,
    what is due no more comes the newest first.
    """
    moment, said = at or timezone.now(), bool(words.strip())
    rows = _viewed(Case.objects.worked_by(actor), view, actor, moment, said)
    rows = _narrowed(rows, unit, type, category, severity)
    rows, looked_for = _found(rows, words)
    limit = min(max(limit, 1), MOST)
    queues = None if unit or type or category or said else queues_of(actor, view)
    short = Short(_viewed(Case.objects.all(), view, actor, moment, said, own=False), queues) if queues else None
    if view == "closed":
        page = _newest_first(rows, after[1] if after else None, limit, short, looked_for)
        return Page(page.rows, (None, page.after) if page.after else None)
    return _urgent_first(_by_due(rows, after, limit + 1, looked_for, short), limit)


def heard_list(actor: Any, words: str, *, limit: int = 50) -> Page:
    """Public cases that a caller may mean, where the actor takes matters in: by number, or by words of the report.

    Show only what ``Row`` calls public. With ``after`` there is more, or a part alone was looked through.
    """
    limit = min(max(limit, 1), MOST)
    rows = Case.objects.visible_to(actor).filter(lying_in(actor, paths_of(actor, "cases.take")))
    rows, looked_for = _found(rows.filter(confidentiality="public", is_hidden=False), words)
    return _urgent_first(_by_due(rows, None, limit + 1, looked_for), limit)


def _urgent_first(found: Found, limit: int) -> Page:
    """Of one row more than a page holds, the page, and where the list goes on."""
    last = found.rows[limit - 1] if len(found.rows) > limit else found.cut
    return Page(_rows(found.rows[:limit]), (last.due_at, last.pk) if last else None)


def waiting_rows(actor: Any, view: str, *, at: datetime | None = None) -> CaseQuerySet:
    """The same cases as rows, for a bounded count."""
    return _viewed(Case.objects.worked_by(actor), view, actor, at or timezone.now(), searching=False)


def _viewed(
    rows: CaseQuerySet, view: str, actor: Any, at: datetime, searching: bool, *, own: bool = True
) -> CaseQuerySet:
    if view in ("closed", "answered"):
        return rows.filter(phase=view)
    if not searching:
        rows = rows.exclude(phase="closed")
    if view == "mine":
        return rows.filter(handler_id=actor.pk or 0)
    if view == "unit":
        return rows.filter(mine(actor)) if own else rows
    if view == "due":
        return rows.filter(due_at__lte=at + SOON)
    if view == "called":
        return rows.filter(one_of(lambda: _calls(actor))) if bodies_of(actor) else rows.filter(is_called=True)
    return rows.filter(**{f"is_{view}": True}) if view in ("disputed", "hidden") else rows


def mine(actor: Any) -> Q:
    """Cases that lie at the actor's own desk: of the units where the actor works, else of the actor's bodies."""
    paths = paths_of(actor, "cases.work")
    if not paths:
        bodies = bodies_of(actor)
        return Q(body_id__in=bodies) if bodies else Q()
    return lying_in(actor, paths)


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


def _found(rows: CaseQuerySet, words: str) -> tuple[CaseQuerySet, Said]:
    """By number, or by words of what was reported; a sealed case is found by its number alone."""
    if not words.strip():
        return rows, Said()
    number = understood(plain(words))
    if number is not None:
        return rows.filter(pk=number), Said()
    query = tsquery(plain(words))
    return (rows, Said(query)) if query else (rows.none(), Said())


def _by_due(rows: CaseQuerySet, after: Key | None, most: int, said: Said, short: Short | None = None) -> Found:
    """In the order of the queue's index: by due moment, then what has none. Two short reads instead of one long one."""
    dated, standing, beyond = Q(due_at__isnull=False), Q(due_at__isnull=True), Q()
    last, behind = ("-id", "pk__lt") if said else ("id", "pk__gt")
    if said:  # what is closed is due no more (case_closed_waits_for_nothing): said, it lets the queue's index serve
        dated &= ~Q(phase="closed")
    if after is not None:
        due, pk = after
        if due is None:
            return _read(_first(rows, standing & Q(**{behind: pk}), (last,), most, short), (last,), most, said)
        beyond = (Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk)) & Q(due_at__gte=due)
    # Said in each queue, that a moment is set would be counted twice by the planner, which then sorts the whole queue.
    first = _first(rows, beyond, ("due_at", "id"), most, short).filter(dated)
    found = _read(first, ("due_at", "id"), most, said)
    left = most - len(found.rows)
    if not left or found.cut:
        return found
    rest = _read(_first(rows, standing, (last,), left, short), (last,), left, said)
    return Found(found.rows + rest.rows, rest.cut)


def _first(rows: CaseQuerySet, where: Q, order: tuple[str, ...], most: int, short: Short | None) -> CaseQuerySet:
    """These rows as far as they are so: with a shorter way to the first of them, no more than these."""
    found = rows.filter(where)
    return found.filter(firsts(short.rows.filter(where), short.queues, order, most)) if short else found


def _read(rows: CaseQuerySet, order: tuple[str, ...], most: int, said: Said) -> Found:
    """The first rows in this order that say the words: which ones first, then what their lines show."""
    if said:
        ids, cut = first_saying(rows, order, most, said)
        found = Q(pk__in=ids)
    else:
        found, cut = looked_up(rows.order_by(*order)[:most]), None
    shown = Case.objects.filter(found).select_related("unit", "body").defer(*NOT_SHOWN)
    return Found(list(shown.order_by(*order)), cut)


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
    parts = one_of(lambda: CasePart.objects.filter(account_id=actor.pk or 0, left_at=None))
    own = Q(reporter_id=actor.pk or 0) | parts | booked_with(actor) | Q(pk=getattr(actor, "receipt_of", None) or 0)
    return _newest_first(Case.objects.visible_to(actor).filter(own), after, min(max(limit, 1), MOST))


def followed_list(actor: Any, *, after: int | None = None, limit: int = 50) -> Page:
    """Cases of others that the actor joined, the newest first."""
    rows = Case.objects.visible_to(actor).filter(follows__account_id=actor.pk or 0)
    return _newest_first(rows, after, min(max(limit, 1), MOST))


def _newest_first(
    rows: CaseQuerySet, after: int | None, limit: int, short: Short | None = None, said: Said = NOTHING
) -> Page:
    rows = _first(rows, Q() if after is None else Q(pk__lt=after), ("-id",), limit + 1, short)
    found = _read(rows, ("-id",), limit + 1, said)
    last = found.rows[limit - 1] if len(found.rows) > limit else found.cut
    return Page(_rows(found.rows[:limit]), last.pk if last else None)
