"""Many outlines at once, over all processors: what ``set_boundary`` works out for one, for a bulk load."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from typing import Any

from liren.foundation.territory.engine.cells import MAX_CELLS
from liren.foundation.territory.engine.shapes import Shape, shaped

__all__ = ["MAX_CELLS", "Shape", "all_shaped"]

# Under this many outlines, starting processes costs more than they save.
WORTH_PROCESSES = 2_000
CHUNK = 100


def all_shaped(jobs: Sequence[tuple[Sequence[Any], int]]) -> Iterator[Shape]:
    """For each (rings, number of cells) the outline as it is stored, in order."""
    workers = min(8, os.cpu_count() or 1)
    if len(jobs) < WORTH_PROCESSES or workers < 2:
        yield from map(shaped, jobs)
        return
    # New processes, not copies of this one: they share no database connection and know nothing of Django.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(shaped, jobs, chunksize=CHUNK)
