"""``liren packs``: the city's documents as data; checks the files, and loads them."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from liren import cli
from liren.cli.main import tell
from liren.host import paths

if TYPE_CHECKING:
    from liren.foundation.policy.engine.difference import Difference
    from liren.foundation.policy.engine.faults import Fault
    from liren.foundation.policy.engine.packs import Reading

LINES = 60
PARTS = ("jurisdictions", "documents", "versions", "provisions", "parameters", "declarations")


def _(words: str) -> str:
    """In the language of the terminal: these are the lines that somebody who adds a register must understand."""
    from django.utils.translation import gettext

    return gettext(words)


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("packs", help="documents, provisions and parameters as data", description=__doc__)
    words = group.add_subparsers(metavar="word", required=True)
    check = words.add_parser("check", help="say what is wrong in the files", description=run_check.__doc__)
    check.set_defaults(run=run_check, database=False)
    load = words.add_parser("load", help="take the files over", description=run_load.__doc__)
    load.add_argument("--dry-run", action="store_true", help="only say what would change")
    load.add_argument("--yes", action="store_true", help="do not ask")
    # What was loaded is never edited, and the web's role may not even retire it: its owner does.
    load.set_defaults(run=run_load, role="owner")
    for parser in (check, load):
        parser.add_argument("folder", nargs="?", type=Path, help="the folder of packs (the one that comes with Liren)")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run_check(arguments: argparse.Namespace) -> int:
    """Read every pack of a folder and say in one line each what is wrong, where, and how it is mended. Needs no
    database and changes nothing."""
    cli.django()
    reading = _read(arguments)
    _print(reading.faults)
    tell(_sum(reading))
    return 1 if reading.faults else 0


def run_load(arguments: argparse.Namespace) -> int:
    """Show what the files would change, ask, and take it over in one piece. With a fault in any file nothing is."""
    cli.django()
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.policy import services

    def load(dry_run: bool) -> "Difference":
        with _bar(arguments.quiet, "reading packs") as progress:
            by, at = SystemActor("command"), timezone.now()
            return services.load_packs(_folder(arguments), by=by, at=at, dry_run=dry_run, progress=progress)

    try:
        difference = load(dry_run=True)
    except services.BadPacks as bad:
        _print(bad.faults)
        tell(f"liren: {_many(len(bad.faults), 'faults')}; nothing was loaded.")
        return 1
    print("\n".join(difference.lines(LINES)) or _("Nothing changes."))
    for line in [*difference.by_document(), *left_behind(difference), *_slips(difference)]:
        print(line)
    if arguments.dry_run:
        return 0
    if difference and not arguments.yes and not _agreed():
        tell(_("Nothing was loaded."))
        return 1
    print(_said(load(dry_run=False)))
    return 0


def left_behind(difference: "Difference") -> list[str]:
    """One line where published duties rest on provisions that would be taken out: they lead nowhere then."""
    from django.utils import timezone

    from liren.foundation.bodies.queries import count_resting_on

    kept = {one.new.get("key") for one in difference.changes if one.what == "provision"}
    gone = {one.old["key"] for one in difference.retired if one.what == "provision"} - kept
    count = count_resting_on(gone, timezone.localdate()) if gone else 0
    return (
        [f"{count} published {'duty rests' if count == 1 else 'duties rest'} on provisions that would be taken out."]
        if count
        else []
    )


def _slips(difference: "Difference") -> list[str]:
    """Numbers in force that would change without a new version or first day: a start does not take these over."""
    from django.utils import timezone

    found = difference.unannounced(timezone.localdate())
    return [f"In force, and changed without a new version or first day: {name}" for name in found]


def _agreed() -> bool:
    """Whether the person at the terminal says yes; where nobody can answer, no."""
    if not sys.stdin.isatty():
        tell(_("Nobody can be asked here: add --yes."))
        return False
    return input(_("Take this over? [y/N]") + " ").strip().lower() in {"y", "yes", "是"}


def _said(difference: "Difference") -> str:
    sorts = {"added": difference.added, "changed": difference.changed, "retired": difference.retired}
    words = {word: len(changes) for word, changes in sorts.items()}
    return _("Loaded: %(added)s added, %(changed)s changed, %(retired)s retired.") % words


def _folder(arguments: argparse.Namespace) -> Path:
    return arguments.folder or paths.packs()


def _read(arguments: argparse.Namespace) -> "Reading":
    from liren.foundation.policy.engine.packs import read_packs

    with _bar(arguments.quiet, "reading packs") as progress:
        return read_packs(_folder(arguments), progress)


def _print(faults: "list[Fault]") -> None:
    """One line each, in the language of the terminal."""
    from django.utils.translation import gettext

    for fault in faults:
        print(fault.said(gettext))


def _sum(reading: "Reading") -> str:
    """What was read, in one line."""
    counts = reading.packs.counts()
    said = ", ".join(_many(counts[part], part) for part in PARTS)
    found = f"{_many(len(reading.faults), 'faults')}." if reading.faults else _("No faults.")
    return f"{_many(reading.files, 'files')}: {said}. {found}"


def _many(count: int, words: str) -> str:
    """3 files, 1 file."""
    return f"{count} {words.removesuffix('s') if count == 1 else words}"


@contextmanager
def _bar(quiet: bool, words: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; none where nobody looks."""
    from tqdm import tqdm

    with tqdm(desc=words, disable=True if quiet else None, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
