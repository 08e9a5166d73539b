"""A file goes in slice by slice: the database finds and writes the entries of one while the next one is read.

All of it on one connection and in one transaction, which two threads use in turns: what is wrong in the last line takes
back what was written for the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class Slices:
    """``advance`` is what is done with each slice, told its last line; one at a time, in order."""

    def __init__(self, threads: ThreadPoolExecutor, advance: Callable[[int], None]) -> None:
        self._threads, self._advance = threads, advance
        self._running: Future[None] | None = None

    def begin(self, upto: int) -> None:
        """Have what was copied until now advanced; comes back at once."""
        self._running = self._threads.submit(self._advance, upto)

    def settle(self) -> None:
        """Wait until nothing runs on the connection; raises what went wrong there."""
        if self._running is not None:
            self._running.result()
        self._running = None


@contextmanager
def sliced(advance: Callable[[int], None]) -> Iterator[Slices]:
    """Slices that are all done in the end. However it ends, nothing runs on the connection any more."""
    base = connections[DEFAULT_DB_ALIAS]
    base.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1) as threads:
            slices = Slices(threads, advance)
            try:
                yield slices
            except DatabaseError:
                slices.settle()  # what went wrong there first, and not that the transaction was aborted by it
                raise
            slices.settle()
    finally:
        base.dec_thread_sharing()


# Everything that is looked up for an entry is looked up with its slice, not for all of them at the commit: but the
# batch, whose row says how many they were.
LOOKED_UP = """
SELECT string_agg(quote_ident(conname), ', ') FROM pg_constraint
WHERE contype = 'f' AND condeferrable AND confrelid <> 'registers_importbatch'::regclass
    AND conrelid IN ('registers_entry'::regclass, 'registers_entrychange'::regclass)
"""


def look_up_at_once(base: BaseDatabaseWrapper) -> None:
    """Until the transaction ends, keys of entries and their history are checked by the statement that writes them."""
    with base.cursor() as cursor:
        cursor.execute(LOOKED_UP)
        (names,) = cursor.fetchone()
        cursor.execute(f"SET CONSTRAINTS {names} IMMEDIATE")
