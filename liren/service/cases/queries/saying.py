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

from liren.service.cases.models import Case, CaseQuerySet

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


def narrowed(rows: CaseQuerySet, said: Said) -> CaseQuerySet:
    """Those that say it."""
    return rows.extra(  # type: ignore[return-value]  # the stubs forget the class
        where=["cases_case.search @@ %s::tsquery"], params=[said.query]
    )


def first_saying(rows: CaseQuerySet, whole: CaseQuerySet, order: tuple[str, ...], most: int, said: Said) -> Found:
    """The first of these rows, in this order, that say it. ``whole`` are the same rows with all that a line shows."""
    first, cut = _among_first(rows.order_by(*order), FIRST_LOOK, most, said), None
    if len(first) < most and said.rarest <= LAST_LOOK:
        first = _of_index(rows, order, most, said)
    elif len(first) < most:
        ordered = rows.order_by(*order)
        first = _among_first(ordered, LAST_LOOK, most, said)
        if len(first) < most:
            cut = _last_looked_at(ordered)
    return Found(list(whole.filter(pk__in=first).order_by(*order)) if first else [], cut)


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
    """Ids out of the index of words: all that say it are found before they are put in order (OFFSET 0 keeps the two
    apart), so that the database doesn't go through the list instead."""
    columns = [name.lstrip("-") for name in order if name.lstrip("-") != "id"]
    compiled = _compiled(narrowed(rows, said).order_by().values_list("pk", *columns))
    if compiled is None:
        return []
    sql, params = compiled
    by = ", ".join(f"{name.lstrip('-')} DESC" if name.startswith("-") else name for name in order)
    names = ", ".join(["id", *columns])
    return _ids(
        f"SELECT id FROM ({sql} OFFSET 0) AS said ({names}) ORDER BY {by} LIMIT %s",  # noqa: S608  (names of ours)
        [*params, most],
    )


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
