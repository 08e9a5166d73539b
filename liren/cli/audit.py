"""``liren audit``: verify the chain of the audit log, write it out, print its head; look round the admission gate."""

import argparse
import re
from datetime import UTC, date, datetime
from pathlib import Path

from liren import cli

HEAD = re.compile(r"^(\d{1,18}):([0-9a-f]{64})$")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("audit", help="verify or export the audit log", description=__doc__)
    words = group.add_subparsers(metavar="command", required=True)

    verify = words.add_parser("verify", help="walk the whole chain", description=run_verify.__doc__)
    verify.add_argument("--head", type=head, metavar="POSITION:HASH", help="a head that was kept elsewhere")
    verify.add_argument("--quiet", action="store_true", help="no progress bar")
    verify.set_defaults(run=run_verify)

    export = words.add_parser("export", help="write the log for verifying elsewhere", description=run_export.__doc__)
    export.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day")
    export.add_argument("--to", dest="until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day")
    export.add_argument("--dry-run", action="store_true", help="only say what would be written")
    export.add_argument("--quiet", action="store_true", help="no progress bar")
    export.add_argument("file", type=Path, help="the file to write (JSON lines)")
    export.set_defaults(run=run_export)

    words.add_parser(
        "gate", help="look for work that went round the admission gate", description=run_gate.__doc__
    ).set_defaults(run=run_gate)
    words.add_parser("head", help="print the chain's head, to be kept elsewhere").set_defaults(run=run_head)


def head(text: str) -> tuple[int, str]:
    """``POSITION:HASH`` as printed by ``liren audit head``."""
    found = HEAD.match(text.strip().lower())
    if not found:
        raise argparse.ArgumentTypeError("a head reads POSITION:HASH, as printed by: liren audit head")
    return int(found[1]), found[2]


def run_verify(arguments: argparse.Namespace) -> int:
    """Check every entry against the chain, stop at the first fault. With --head also against a head kept elsewhere."""
    cli.django()
    from tqdm import tqdm

    from liren.foundation.kernel import chain, queries

    with tqdm(total=queries.audit_head()[0], unit="entry", disable=arguments.quiet or None) as bar:
        report = chain.verify(arguments.head, bar.update)
    if report.is_whole:
        print(f"The chain is whole: {report.entries} entries, head {report.head[0]}:{report.head[1]}")
        return 0
    place = f"Position {report.position}" if report.position else "After the chain"
    print(f"BROKEN. {place}: {report.fault}. {report.entries} entries before it are whole.")
    return 1


def run_export(arguments: argparse.Namespace) -> int:
    """Write the entries of these days, and what lies between them in the chain, for script/verify_audit.py."""
    cli.django()
    from tqdm import tqdm

    from liren.foundation.kernel import chain

    first, last = chain.span(arguments.since, arguments.until)
    if arguments.dry_run:
        print(f"{last - first + 1} entries would be written to {arguments.file}.")
        return 0
    part = arguments.file.with_name(arguments.file.name + ".part")
    with part.open("w", encoding="utf-8") as out, tqdm(total=last - first + 1, disable=arguments.quiet or None) as bar:
        chain.export(out, first, last, at=datetime.now(UTC), progress=bar.update)
    part.replace(arguments.file)
    print(f"{last - first + 1} entries written to {arguments.file}.")
    return 0


def run_gate(arguments: argparse.Namespace) -> int:
    """Look for rows that put work on a community without an admission or under a name of the negative list, for
    admissions that were written by hand, and for triggers of the gate that are missing or switched off. Exit code 1
    where anything is found. Names of open work that are all but on the list are told to be looked at."""
    cli.django()
    from liren.foundation.admission import queries
    from liren.service.cases.queries.gate import case_faults

    found = [*queries.audit_faults(), *case_faults()]
    for one in found:
        print(f"{one.what}: {one.table} {one.row_id or ''}".rstrip())
    for near in queries.alike_names():
        print(f"To be looked at: {near.table} {near.row_id} “{near.name}”, nearly “{near.word}”.")
    print(f"{len(found)} found." if found else "Nothing went round the gate.")
    return int(bool(found))


def run_head(arguments: argparse.Namespace) -> int:
    """Print the position and hash of the last entry: keep it where the database's keepers can't reach."""
    cli.django()
    from liren.foundation.kernel import queries

    position, value = queries.audit_head()
    print(f"{position}:{value}")
    return 0
