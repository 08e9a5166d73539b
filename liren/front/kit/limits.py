"""How often in a minute: counted in the cache of the database, for doors that machines knock at."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import TooMany

WINDOW_S = 60
# One statement in the cache's table, where what is over is swept away; the cache itself takes eleven for the same.
COUNT = """
INSERT INTO kernel_cache AS c (cache_key, value, expires) VALUES (%s, '1', %s)
ON CONFLICT (cache_key) DO UPDATE SET value = (c.value::int + 1)::text RETURNING value::int
"""


def within_limit(who: str, most: int) -> None:
    """Count one more of ``who`` in this minute.

    Raises:
        TooMany: it was more than ``most``.
    """
    minute = int(time.time()) // WINDOW_S
    if _counted(f"limit:{who}:{minute}", datetime.fromtimestamp((minute + 2) * WINDOW_S, UTC)) > most:
        raise TooMany(_("That was too much in one minute."), next_step=_("Wait a minute, then go on."))


def _counted(key: str, over: datetime) -> int:
    cache = caches["default"]
    if not isinstance(cache, DatabaseCache):
        return 1 if cache.add(key, 1, WINDOW_S * 2) else cache.incr(key)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [key, over])
        return int(cursor.fetchone()[0])
