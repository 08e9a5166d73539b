"""Numbers of what waits, never counted further than anybody reads."""

from typing import Any

from django.db.models import QuerySet

#: Counting further would cost more than the answer is worth.
MOST = 99


def bounded(rows: QuerySet[Any]) -> str:
    """How many rows, as text, never counting beyond ``MOST``."""
    found = rows.order_by()[: MOST + 1].count()
    return f"{MOST}+" if found > MOST else str(found)
