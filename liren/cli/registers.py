"""``liren registers``: what is registered, tables in and out, and how much of the city is covered."""

import argparse
import sys
from pathlib import Path
from typing import Any

from liren.cli.imports import actor, bars, common, now, ready, tell_faults

FORMATS = ("csv", "xlsx", "geojson")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("registers", help="registers: tables in and out, coverage", description=__doc__)
    words = group.add_subparsers(metavar="word", required=True)
    listing = words.add_parser("list", help="every register with its entries", description=run_list.__doc__)
    listing.add_argument("--unit", metavar="CODE", help="only entries in this unit and below")
    listing.set_defaults(run=run_list)
    taken = words.add_parser("import", help="take over a table of entries", description=run_import.__doc__)
    taken.add_argument("register", help="code of the register; `liren registers list` shows them")
    taken.add_argument("file", type=Path, help="CSV (UTF-8, GBK) or XLSX; the first line names the columns")
    taken.add_argument("--source", default="", metavar="TEXT", help="where the table comes from")
    common(taken, run_import)
    given = words.add_parser("export", help="write a register to a file", description=run_export.__doc__)
    given.add_argument("register")
    given.add_argument("file", type=Path, help="ends in .csv, .xlsx or .geojson")
    given.add_argument("--unit", metavar="CODE", help="only entries in this unit and below")
    given.add_argument("--all", action="store_true", help="with what is for workers only (what is sealed never leaves)")
    given.set_defaults(run=run_export)
    covered = words.add_parser("coverage", help="compute and show coverage", description=run_coverage.__doc__)
    covered.add_argument("register", nargs="?", help="one register (else all)")
    covered.add_argument("--unit", metavar="CODE", help="show the figures of this unit")
    covered.add_argument("--quiet", action="store_true", help="no progress bar")
    covered.set_defaults(run=run_coverage)


def run_list(arguments: argparse.Namespace) -> int:
    """List the registers with how many entries are in force; in a street and below also how many await their review.

    For the city and its districts as of the last count of coverage.
    """
    ready(arguments.role)
    from liren.foundation.registers import queries

    place = _unit(arguments.unit) if arguments.unit else None
    for one in queries.overview(actor(), unit=place):
        late = "" if one.stale is None else f"{one.stale} to review"
        print(f"{one.register.code:32} {one.entries:8} {late:>18}  {one.register.spec.name.zh}")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Take over a table: all lines, or none where anything is wrong. The same table again changes nothing."""
    ready(arguments.role)
    from liren.foundation.registers import services

    with bars(arguments.quiet) as progress:
        report = services.import_entries(
            arguments.register,
            arguments.file,
            source=arguments.source,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    print(f"{arguments.file.name}: {report.written}, {report.lines} lines.")
    if report.fault_count:
        return tell_faults(report.faults, report.fault_count)
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} entries {verb} added, {report.changed} changed, {report.unchanged} unchanged.")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write the entries in force. What everybody may read, unless --all is given."""
    ready(arguments.role)
    from liren.foundation.kernel.rights import ANONYMOUS
    from liren.foundation.registers import queries
    from liren.host.errors import HostError

    kind = arguments.file.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise HostError(f"{arguments.file.name}: end the name in .csv, .xlsx or .geojson.")
    register, reader = queries.register(arguments.register), actor() if arguments.all else ANONYMOUS
    chosen = queries.Choice(unit=_unit(arguments.unit) if arguments.unit else None)
    part = arguments.file.with_name(arguments.file.name + ".part")
    if kind == "xlsx":
        queries.xlsx_export(register, reader, part, chosen)
    else:
        pieces = queries.csv_export if kind == "csv" else queries.geojson_export
        with part.open("w", encoding="utf-8", newline="") as out:
            out.writelines(pieces(register, reader, chosen))
    part.replace(arguments.file)
    print(f"{register.spec.name.zh} written to {arguments.file}.")
    return 0


def run_coverage(arguments: argparse.Namespace) -> int:
    """Compute the measures of one register or of all, and show those of a unit."""
    ready(arguments.role)
    from liren.foundation.registers import services

    with bars(arguments.quiet) as progress:
        changed = services.recompute_coverage(arguments.register, by=actor(), at=now(), progress=progress)
    print(f"{len(changed)} registers counted; {sum(changed.values())} figures have changed.", file=sys.stderr)
    if arguments.unit:
        _show(_unit(arguments.unit), arguments.register)
    return 0


def _show(place: Any, register: str | None) -> None:
    from liren.foundation.registers import queries

    for one in queries.coverage_of(place, actor()):
        if register in (None, one.register.code):
            goal = f"  (target {one.figure.operator} {one.target})" if one.figure is not None and one.target else ""
            print(f"{one.register.code:32} {one.measure.name.zh}  {one.value or '—'}{goal}")


def _unit(code: str) -> Any:
    from liren.foundation.territory.models import Unit
    from liren.host.errors import HostError

    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise HostError(f"There is no unit with the code {code}.")
    return found
