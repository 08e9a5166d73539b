"""The slow part of an import, spread over the processors: pinyin and search tokens of very many names."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence

from liren.foundation.territory.engine import names

CHUNK = 5000
# Under this many names, starting processes costs more than they save.
WORTH_PROCESSES = 30_000


def _chunks(pairs: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(pairs), CHUNK):
        yield pairs[start : start + CHUNK]


def all_keys(shorts_and_names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """(pinyin key, search tokens) for any number of names, in order."""
    if len(shorts_and_names) < WORTH_PROCESSES or (os.cpu_count() or 1) < 2:
        for chunk in _chunks(shorts_and_names):
            yield from names.keys_of(chunk)
        return
    # New processes, not copies of this one: they share no database connection and know nothing of Django.
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(4, os.cpu_count() or 1)) as pool:
        for keys in pool.imap(names.keys_of, _chunks(shorts_and_names)):
            yield from keys
