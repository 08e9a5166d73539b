"""What happened to a unit, where it came from and where it went (R024, R025)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from liren.foundation.territory.models import Descent, Op, Unit, UnitChange, UnitSpan
from liren.foundation.territory.queries.tree import BELOW

MOST = 500


@dataclass(frozen=True)
class Entry:
    """One change in the life of a unit. ``before`` and ``after`` are the unit's spans on either side of the day.

    The words are made where it is shown, from ``op``, the two spans, and who it came from or went to; ``was`` and
    ``became`` hold the fields word for word, also those that a correction has replaced since.
    """

    change: UnitChange
    before: UnitSpan | None
    after: UnitSpan | None
    sources: list[Descent] = field(default_factory=list)
    targets: list[Descent] = field(default_factory=list)
    corrected_by: UnitChange | None = None

    @property
    def op(self) -> Op:
        return Op(self.change.op)

    @property
    def effective_on(self) -> date:
        return self.change.effective_on

    @property
    def was(self) -> dict:
        return self.change.was

    @property
    def became(self) -> dict:
        return self.change.became


def history(unit: Unit, *, limit: int = MOST) -> list[Entry]:
    """All changes that touched the unit, oldest first; five queries whatever their number."""
    spans = list(UnitSpan.objects.filter(unit=unit).select_related("parent").order_by("during"))
    descents = list(
        Descent.objects.filter(Q(source=unit) | Q(target=unit)).select_related("source", "target").order_by("id")
    )
    ids = (
        {span.opened_by_id for span in spans} | {span.closed_by_id for span in spans} | {d.change_id for d in descents}
    )
    touched = Q(unit=unit) | Q(pk__in=[pk for pk in ids if pk])
    changes = list(UnitChange.objects.filter(touched).order_by("effective_on", "id")[:limit])
    corrections = {
        row.corrects_id: row for row in UnitChange.objects.filter(unit=unit, corrects__isnull=False).order_by("id")
    }
    return [_entry(unit, change, spans, descents, corrections.get(change.pk)) for change in changes]


def _entry(
    unit: Unit, change: UnitChange, spans: list[UnitSpan], descents: list[Descent], correction: UnitChange | None
) -> Entry:
    day = change.effective_on
    return Entry(
        change,
        before=next((s for s in spans if s.during.lower < day and not _ends_by(s, day, strictly=True)), None),
        after=next((s for s in spans if s.during.lower <= day and not _ends_by(s, day)), None),
        sources=[d for d in descents if d.change_id == change.pk and d.target_id == unit.pk],
        targets=[d for d in descents if d.change_id == change.pk and d.source_id == unit.pk],
        corrected_by=correction,
    )


def _ends_by(span: UnitSpan, day: date, *, strictly: bool = False) -> bool:
    upper = span.during.upper
    return upper is not None and (upper < day if strictly else upper <= day)


def changes_page(
    *, root: Unit | None = None, after: tuple[date, int] | None = None, limit: int = 50
) -> list[UnitChange]:
    """The list of changes, newest first, in the whole tree or below a unit of today; page by page.

    ``after`` is (effective_on, id) of the last row shown. Lists taken over (imports) are no decisions and left out.
    """
    rows = UnitChange.objects.exclude(op=Op.IMPORT).select_related("unit")
    if root is not None:
        rows = rows.filter(unit__path__startswith=root.path)
    if after is not None:
        day, pk = after
        rows = rows.filter(effective_on__lte=day).exclude(effective_on=day, id__gte=pk)
    return list(rows.order_by("-effective_on", "-id")[: min(limit, MOST)])


@dataclass(frozen=True)
class Lineage:
    """Where a unit's people come from and went to, step by step; each list from near to far."""

    origins: list[Descent]
    successors: list[Descent]


LINEAGE = {
    "origins": ("target_id", "source_id", "<="),
    "successors": ("source_id", "target_id", ">="),
}


def lineage(unit: Unit) -> Lineage:
    """All descents before and after the unit, through any number of mergers and splits; at most 500 each way."""
    return Lineage(_walk(unit, "origins"), _walk(unit, "successors"))


def _walk(unit: Unit, way: str) -> list[Descent]:
    near, far, order = LINEAGE[way]
    sql = f"""
    WITH RECURSIVE walk AS (
        SELECT d.id, d.source_id, d.target_id, c.effective_on, 1 AS step FROM territory_descent d
        JOIN territory_unitchange c ON c.id = d.change_id WHERE d.{near} = %(unit)s
        UNION
        SELECT d.id, d.source_id, d.target_id, c.effective_on, w.step + 1 FROM territory_descent d
        JOIN territory_unitchange c ON c.id = d.change_id JOIN walk w ON d.{near} = w.{far}
        WHERE c.effective_on {order} w.effective_on AND w.step < 50 AND d.id <> w.id
    ) SELECT id, min(step) AS step FROM walk GROUP BY id ORDER BY step, id LIMIT {MOST}
    """  # noqa: S608  (column names and signs of ours, no input)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"unit": unit.pk})
        ids = [row[0] for row in cursor.fetchall()]
    found = Descent.objects.select_related("change", "source", "target").in_bulk(ids)
    return [found[pk] for pk in ids]


@dataclass(frozen=True)
class CountsBetween:
    """How many units there were on two days, and by what per cent their number changed (None from nothing)."""

    level: int
    start: date
    end: date
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def percent(self) -> Decimal | None:
        """To two places; negative for a reduction."""
        if not self.before:
            return None
        return (Decimal(100 * self.change) / self.before).quantize(Decimal("0.01"))


def counts_between(root: Unit, level: int, start: date, end: date, kinds: Iterable[str] = ()) -> CountsBetween:
    """Number of units of one level below the root on two days, from the dated tree (R025).

    ``kinds`` narrows it to some legal forms: towns alone, villages alone.
    """
    wanted = list(kinds) or None
    before, after = (_count(root, level, day, wanted) for day in (start, end))
    return CountsBetween(level, start, end, before, after)


COUNT = """
SELECT count(*) FROM tree t JOIN territory_unitspan s ON s.unit_id = t.unit_id AND s.during @> %(day)s::date
WHERE t.level = %(level)s AND (%(kinds)s::text[] IS NULL OR s.kind = ANY(%(kinds)s))
"""


def _count(root: Unit, level: int, day: date, kinds: list[str] | None) -> int:
    sql = BELOW + COUNT
    with connection.cursor() as cursor:
        cursor.execute(sql, {"roots": [root.pk], "day": day, "level": level, "kinds": kinds})
        return int(cursor.fetchone()[0])
