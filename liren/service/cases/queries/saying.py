"""Cases that say certain words, in the order of a list, with a bound on how many rows are looked at.

Frequent words stand among the first rows of a list; rare ones are found by the index of words. In between the database
guesses, since it takes words for independent: two that are common, and never said together, send it through the whole
queue of a city. So it is not left to guess. The rows of the rarer word bound what the index brings, and how many these
are, the statistics tell; where they are too many, the list is gone through in its order, so far and no further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F
from django.db.models.expressions import RawSQL

from liren.service.cases.models import Case, CaseQuerySet
from liren.service.cases.models.reach import IsOneOf

#: So many rows of a list are gone through in its order before anything else is tried.
FIRST_LOOK = 1_000
#: And so many at most: rows of the rarer word out of the index of words, else rows of the list in its order.
LAST_LOOK = 20_000
LEXEME = re.compile(r"'([^']*)'(:\*)?")
#: Of each word, in how many rows it stands by the statistics; of one that is not among the frequent, in fewer than the
#: rarest of these. Without statistics nothing is frequent.
ROWS = """
WITH told AS (
    SELECT word, share FROM pg_stats,
        unnest(most_common_elems::text::text[], most_common_elem_freqs) AS told (word, share)
    WHERE schemaname = current_schema() AND tablename = 'cases_case' AND attname = 'search'
), rare AS (SELECT min(share) AS share FROM told WHERE word IS NULL)
SELECT max(greatest(c.reltuples, 0)) * min(coalesce(
    (SELECT sum(told.share) FROM told WHERE CASE WHEN asked.is_start THEN starts_with(told.word, asked.word)
                                                 ELSE told.word = asked.word END),
    (SELECT share FROM rare), 0))
FROM unnest(%s::text[], %s::bool[]) AS asked (word, is_start), pg_class c
WHERE c.oid = 'cases_case'::regclass
"""


@dataclass(frozen=True)
class Said:
    """What is looked for, as PostgreSQL reads it; "" is nothing in particular."""

    query: str = ""

    def __bool__(self) -> bool:
        return bool(self.query)

    @cached_property
    def rarest(self) -> float:
        """In how many rows the rarest of these words stands, about."""
        words = LEXEME.findall(self.query)
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [[word for word, _star in words], [bool(star) for _word, star in words]])
            (rows,) = cursor.fetchone()
        return float(rows or 0)


@dataclass(frozen=True)
class Found:
    """Rows of a list. ``cut`` is the last row that was looked at, where the list goes on behind it and more may be said
    there; None: nothing was left out."""

    rows: list[Case]
    cut: Case | None = None


def first_saying(rows: CaseQuerySet, order: tuple[str, ...], most: int, said: Said) -> tuple[list[int], Case | None]:
    """Ids of the first of these rows, in this order, that say it; and where the search was cut, as in ``Found``."""
    ordered = rows.order_by(*order)
    first = _among_first(ordered, FIRST_LOOK, most, said)
    if len(first) >= most:
        return first, None
    if said.rarest <= LAST_LOOK:
        return _of_index(rows, order, most, said), None
    first = _among_first(ordered, LAST_LOOK, most, said)
    return first, _last_looked_at(ordered) if len(first) < most else None


def _among_first(rows: CaseQuerySet, look: int, most: int, said: Said) -> list[int]:
    """Ids of those among the first so many rows that say it."""
    compiled = _compiled(rows.values_list("pk", "search")[:look])
    if compiled is None:
        return []
    sql, params = compiled
    return _ids(
        f"SELECT id FROM ({sql}) AS first (id, search) WHERE search @@ %s::tsquery LIMIT %s",  # noqa: S608  (Django's own)
        [*params, said.query, most],
    )


def _of_index(rows: CaseQuerySet, order: tuple[str, ...], most: int, said: Said) -> list[int]:
    """Ids out of the index of words. All that say it are found first and looked up by their ids: else the database goes
    through the list instead, or through half a million rows of another index to spare itself two thousand."""
    saying = RawSQL("ARRAY(SELECT id FROM cases_case WHERE search @@ %s::tsquery)", [said.query])
    return list(rows.filter(IsOneOf(F("pk"), saying)).order_by(*order).values_list("pk", flat=True)[:most])


def _last_looked_at(rows: CaseQuerySet) -> Case | None:
    """The row at which the last look ended, where there are rows behind it."""
    found = list(rows.only("id", "due_at")[LAST_LOOK - 1 : LAST_LOOK + 1])
    return found[0] if len(found) == 2 else None


def _compiled(rows: Any) -> tuple[str, tuple[Any, ...]] | None:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # nothing is this actor's work
        return None
    return str(sql), tuple(params)


def _ids(sql: str, params: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [pk for (pk,) in cursor.fetchall()]
