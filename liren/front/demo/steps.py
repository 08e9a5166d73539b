"""Many service calls in one transaction: one savepoint for a step, instead of several for every call in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_savepoint() -> Iterator[None]:
    """What is done inside stays or goes as a whole: a refusal undoes it and is raised, and the load goes on behind it.

    Every service opens a transaction of its own; inside another that is a savepoint, and savepoints were half of all
    statements of a load. The services are called as always, and refuse as always.
    """
    with transaction.atomic():
        features, before = connection.features, connection.features.uses_savepoints
        features.uses_savepoints = False
        try:
            yield
        finally:
            features.uses_savepoints = before
