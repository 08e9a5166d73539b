"""Work that bears the name of something on a negative list, or nearly so: what hand-written SQL left behind, and what
somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from liren.foundation.admission.engine.titles import near, words_in
from liren.foundation.admission.models import Assignment, Ledger, ListItem, ListKind, Origin, RowState

#: Tables of the gate whose rows have a name, and the column of it.
NAMED = (("admission_assignment", "title_zh"), ("admission_ledger", "name_zh"))
#: Rows that the gate refuses by their name: it was on the list of the community on the day, and the admission is for
#: something else. Each name is spelt out once.
LISTED = """
WITH names AS MATERIALIZED (
    SELECT name, admission_plain(name) AS plain
      FROM (SELECT DISTINCT {column} AS name FROM {table} WHERE origin <> 'resident') AS every
), hits AS MATERIALIZED (
    SELECT n.name, n.plain, i.* FROM names n, admission_listitem i
     WHERE i.kind = 'negative' AND EXISTS (SELECT FROM unnest(i.plain_words) word WHERE strpos(n.plain, word) > 0)
)
SELECT DISTINCT g.id FROM hits h
  JOIN {table} g ON g.{column} = h.name AND g.origin <> 'resident' AND h.during @> g.given_on
       AND h.work_type IN ('', g.work_type)
  JOIN territory_unit u ON u.id = g.community_id
       AND h.unit_id = ANY (string_to_array(trim('/' FROM u.path), '/')::bigint[])
  JOIN admission_admission a ON a.id = g.admission_id
 WHERE EXISTS (SELECT FROM unnest(h.plain_words) word
                WHERE strpos(h.plain, word) > 0 AND strpos(a.plain_title, word) = 0)
 ORDER BY g.id
"""


def listed_rows() -> Iterator[tuple[str, int]]:
    """Table and row of work that came in under such a name; nothing, as long as the gate stood."""
    with connection.cursor() as cursor:
        for table, column in NAMED:
            cursor.execute(LISTED.format(table=table, column=column))
            yield from [(table, row[0]) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Alike:
    """A name that is all but on a negative list: for somebody to look at. ``row_id``: the first row that bears it."""

    table: str
    row_id: int
    name: str
    word: str


def alike_names() -> Iterator[Alike]:
    """Names of open work that differ by one character from what the negative list of a community says today."""
    items = list(ListItem.objects.filter(kind=ListKind.NEGATIVE, during__upper_inf=True).select_related("unit"))
    tasks = Assignment.objects.filter(origin=Origin.OFFICE, state__in=[RowState.ASKED, RowState.ACCEPTED])
    for rows, column in ((tasks, "title_zh"), (Ledger.objects.filter(origin=Origin.OFFICE, closed_on=None), "name_zh")):
        for name in rows.order_by().values_list(column, flat=True).distinct():
            for item in items:
                said = [item.name_zh, *item.words]
                fits = Q(**{column: name}, community__path__startswith=item.unit.path)
                if item.work_type:
                    fits &= Q(work_type=item.work_type)
                close = [] if words_in(name, said) else near(name, said)
                first = rows.filter(fits).order_by("pk").first() if close else None
                if first is not None:
                    yield Alike(rows.model._meta.db_table, first.pk, name, close[0])
