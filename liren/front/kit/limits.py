"""How often in a minute: counted in the cache of the database, for doors that machines knock at."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import TooMany

WINDOW_S = 60


def within_limit(who: str, most: int) -> None:
    """Count one more of ``who`` in this minute.

    Raises:
        TooMany: it was more than ``most``.
    """
    key = f"limit:{who}:{int(time.time()) // WINDOW_S}"
    if cache.add(key, 1, WINDOW_S * 2):
        return
    try:
        count = cache.incr(key)
    except ValueError:  # it went meanwhile: the minute is over
        return
    if count > most:
        raise TooMany(_("That was too much in one minute."), next_step=_("Wait a minute, then go on."))
