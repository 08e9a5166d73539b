"""``liren packs``: the city's documents as data; checks the files, and loads them."""

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from liren import cli
from liren.cli.main import tell
from liren.host import paths

if TYPE_CHECKING:
    from liren.foundation.policy.engine.packs import Reading

PARTS = ("jurisdictions", "documents", "versions", "provisions", "parameters", "declarations")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("packs", help="documents, provisions and parameters as data", description=__doc__)
    words = group.add_subparsers(metavar="word", required=True)
    check = words.add_parser("check", help="say what is wrong in the files", description=run_check.__doc__)
    check.set_defaults(run=run_check, database=False)
    for parser in (check,):
        parser.add_argument("folder", nargs="?", type=Path, help="the folder of packs (the one that comes with Liren)")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run_check(arguments: argparse.Namespace) -> int:
    """Read every pack of a folder and say in one line each what is wrong, where, and how it is mended. Needs no
    database and changes nothing."""
    cli.django()
    reading = _read(arguments)
    for fault in reading.faults:
        print(fault)
    tell(_sum(reading))
    return 1 if reading.faults else 0


def _read(arguments: argparse.Namespace) -> "Reading":
    from liren.foundation.policy.engine.packs import read_packs

    with _bar(arguments.quiet, "reading packs") as progress:
        return read_packs(arguments.folder or paths.packs(), progress)


def _sum(reading: "Reading") -> str:
    """What was read, in one line."""
    counts = reading.packs.counts()
    said = ", ".join(f"{counts[part]} {part}" for part in PARTS)
    faults = len(reading.faults)
    return f"{reading.files} files: {said}. " + (f"{faults} faults." if faults else "No faults.")


@contextmanager
def _bar(quiet: bool, words: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; none where nobody looks."""
    from tqdm import tqdm

    with tqdm(desc=words, disable=True if quiet else None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
