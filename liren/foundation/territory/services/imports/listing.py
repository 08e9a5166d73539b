"""Opens the files of the national list and has the engine read them."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from liren.foundation.territory.engine import divisions

# Told now and then: (what is being done, how far, of how much); the total is 0 where nobody knows it.
Progress = Callable[[str, int, int], None]
STEP = 10_000


def silent(stage: str, done: int, total: int) -> None:
    """The progress of whoever does not look."""


def find(folder: Path, table: str) -> Path | None:
    """The file of a table, plain or compressed; the plain one where both are there."""
    return next((path for path in (folder / f"{table}.csv", folder / f"{table}.csv.gz") if path.is_file()), None)


@contextmanager
def _opened(path: Path) -> Iterator[Iterable[bytes]]:
    with path.open("rb") as raw:
        if path.suffix != ".gz":
            yield raw
            return
        with gzip.GzipFile(fileobj=raw) as plain:
            yield plain


def read_list(folder: Path, progress: Progress = silent) -> divisions.Reader:
    """Read provinces, cities, areas, streets and villages (.csv or .csv.gz); faults are in the reader, not raised."""
    reader = divisions.Reader()
    for table in divisions.TABLES:
        path = find(folder, table.name)
        if path is None:
            reader.faults.add(f"{table.name}.csv", 0, f"there is no such file, nor {table.name}.csv.gz, in {folder}")
            return reader
        try:
            _read_table(reader, table, path, progress)
        except OSError as error:
            reader.faults.add(path.name, 0, f"cannot be read: {error.strerror or error}")
    return reader


def _read_table(reader: divisions.Reader, table: divisions.Table, path: Path, progress: Progress) -> None:
    with _opened(path) as lines:
        for line in reader.read(table, lines, path.name):
            if line % STEP == 0:
                progress(path.name, line, 0)
        progress(path.name, len(reader.rows[table.level]), len(reader.rows[table.level]))
