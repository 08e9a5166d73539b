"""Finding units by name, former name, pinyin or code."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from liren.foundation.kernel.rights import Actor
from liren.foundation.territory.engine import names
from liren.foundation.territory.models import Unit

LONGEST = 60
MOST_CANDIDATES = 5000
MOST_HITS = 200
Cursor = tuple[int, int, str, int]  # rank, level, pinyin, id of the last hit that was shown


@dataclass(frozen=True)
class Hit:
    """A unit that was found. ``name`` is what matched: with ``is_former`` a name or code it no longer bears."""

    unit: Unit
    name: str
    code: str
    is_former: bool
    since: date
    until: date | None
    rank: int

    @property
    def key(self) -> Cursor:
        """Give this of the last hit as ``after`` to get the next page."""
        return self.rank, self.unit.level, self.unit.pinyin, self.unit.pk


def plain(text: str) -> str:
    """What was typed, in one spelling: full-width digits narrow, capitals small, no control characters, cut at 60."""
    narrow = unicodedata.normalize("NFKC", text[: LONGEST * 4]).lower()
    printable = "".join(c if c.isprintable() else " " for c in narrow)
    return " ".join(printable.split())[:LONGEST]


def tsquery(text: str) -> str:
    """Every word must be found; one character, and Latin letters, are the beginning of a token."""
    parts = []
    for word in names.bigrams(text).split():
        safe = re.sub(r"\W", "", word)
        if not safe or (len(safe) == 1 and not safe.isascii() and _ends_a_pair(safe, text)):
            continue
        parts.append(f"'{safe}':*" if len(safe) == 1 or safe.isascii() else f"'{safe}'")
    return " & ".join(parts)


def _ends_a_pair(last: str, text: str) -> bool:
    """Whether the single character is only the tail of a longer run, whose pairs say enough."""
    return re.search(rf"[^\W\x00-\x7f]{last}", text) is not None


# Each way to find something is bounded, so that one character typed into a whole country costs no more than a name.
SEARCH = """
WITH candidates AS (
    (SELECT id FROM territory_unitspan WHERE name_zh LIKE %(like)s LIMIT %(most)s)
    UNION
    (SELECT id FROM territory_unitspan WHERE %(words)s <> '' AND search @@ %(words)s::tsquery LIMIT %(most)s)
    UNION
    (SELECT id FROM territory_unitspan WHERE %(code)s <> '' AND code LIKE %(code)s LIMIT %(most)s)
), ranked AS (
    SELECT s.unit_id, u.level, u.pinyin, s.name_zh, s.code, lower(s.during) AS since, upper(s.during) AS until,
        coalesce(upper(s.during) <= %(today)s, false) AND (s.name_zh <> u.name_zh
            OR (s.name_en <> u.name_en AND strpos(lower(s.name_en), %(text)s) > 0)
            OR (s.code <> u.code AND %(code)s <> '' AND s.code LIKE %(code)s)) AS is_former,
        CASE WHEN %(text)s IN (lower(s.name_zh), lower(s.name_en), lower(s.code)) THEN 0
             WHEN starts_with(lower(s.name_zh), %(text)s) OR starts_with(lower(s.name_en), %(text)s)
                  OR (%(code)s <> '' AND s.code LIKE %(code)s) THEN 1
             WHEN strpos(lower(s.name_zh), %(text)s) > 0 OR strpos(lower(s.name_en), %(text)s) > 0 THEN 2
             ELSE 3 END AS rank
    FROM candidates c JOIN territory_unitspan s ON s.id = c.id JOIN territory_unit u ON u.id = s.unit_id
    WHERE (%(level)s::int IS NULL OR u.level = %(level)s)
      AND (%(on)s::date IS NULL OR (lower(s.during) <= %(on)s::date AND u.opened_on <= %(on)s::date
                                    AND (u.closed_on IS NULL OR u.closed_on > %(on)s::date)))
), best AS (
    SELECT DISTINCT ON (unit_id) * FROM ranked ORDER BY unit_id, rank, is_former, since DESC
)
SELECT unit_id, name_zh, code, is_former, since, until, rank FROM best
WHERE %(first)s OR (rank, level, pinyin, unit_id) > (%(a)s::int, %(b)s::int, %(c)s::text, %(d)s::bigint)
ORDER BY rank, level, pinyin, unit_id LIMIT %(limit)s
"""


def search_units(
    text: str,
    actor: Actor,
    on: date | None = None,
    *,
    level: int | None = None,
    limit: int = 20,
    after: Cursor | None = None,
) -> list[Hit]:
    """Units whose name, former name, pinyin or code fits, best first: exact, beginning, inside, words; then level.

    ``on``: only units that existed on the day, by names borne up to then. Any text is fine; of nothing, punctuation or
    nonsense there is simply nothing to find. ``after`` is the ``key`` of the last hit shown. Two queries.
    """
    typed = plain(text)
    words = tsquery(typed)
    code = f"{typed.upper()}%" if re.fullmatch(r"[0-9]{2,12}(-([xg][0-9]{0,4})?)?", typed) else ""
    if not words and not code:
        return []
    facts: dict[str, Any] = {"text": typed, "words": words, "code": code, "on": on, "level": level}
    facts |= {"like": _literally(typed) + "%", "most": MOST_CANDIDATES, "today": timezone.localdate()}
    facts |= {"first": after is None, "limit": min(max(limit, 1), MOST_HITS)}
    facts |= dict(zip("abcd", after or (0, 0, "", 0), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, facts)
        rows = cursor.fetchall()
    units = Unit.objects.visible_to(actor).in_bulk([row[0] for row in rows])
    return [Hit(units[pk], *rest) for pk, *rest in rows if pk in units]


def _literally(text: str) -> str:
    """For LIKE: what was typed stands for itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)
