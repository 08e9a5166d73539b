"""``liren import``: divisions, boundaries, compounds, population counts, bodies and places of a map out of files."""

import argparse
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from liren import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

SYSTEMS = ("wgs84", "cgcs2000", "gcj02", "bd09", "auto")
SHOWN = 20
STAGES = {
    "units": "units into the tree",
    "history": "units into the history",
    "checks": "indexes and checks",
    "boundaries": "boundaries",
    "compounds": "compounds",
    "populations": "counts",
    "places": "places of the map",
    "lines": "lines",
    "writing": "writing",
    "coverage": "coverage",
    "bodies": "bodies",
    "reading": "reading",
    "cleaning": "putting in order",
    "network": "ways, compounds, facilities",
    "times": "times",
    "counts": "by bicycle",
    "radii": "straight lines",
    "causes": "causes",
    "people": "people",
    "cities": "cities",
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("import", help="take over divisions, compounds, counts, bodies", description=__doc__)
    words = group.add_subparsers(metavar="what", required=True)
    _add_divisions(words)
    _add_boundaries(words)
    _add_compounds(words)
    _add_populations(words)
    _add_osm(words)
    _add_bodies(words)


def _add_divisions(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("divisions", help="the national list of divisions", description=run_divisions.__doc__)
    parser.add_argument("path", type=Path, help="the folder with provinces, cities, areas, streets, villages .csv(.gz)")
    parser.add_argument("--city", metavar="CODE", help="only this unit and what lies below: 6202, 620200 or 12 digits")
    parser.add_argument("--effective", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it holds from")
    parser.add_argument("--source", metavar="TEXT", help="the document, as it will stand in the history")
    common(parser, run_divisions)
    # The owner of the tables may build the indexes behind the load: a country takes a third of the time.
    parser.set_defaults(role="owner")


def _add_boundaries(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("boundaries", help="outlines of units", description=run_boundaries.__doc__)
    parser.add_argument("file", type=Path, help="GeoJSON, GeoPackage or Shapefile")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--unit", metavar="CODE", help="the one unit whose outline it is")
    whose.add_argument("--code-field", metavar="NAME", help="the field that holds each feature's unit code")
    parser.add_argument(
        "--crs", choices=SYSTEMS, default="auto", help="the coordinate system (auto: what the file says)"
    )
    parser.add_argument("--source", default="", metavar="TEXT", help="where the outline comes from")
    parser.add_argument(
        "--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="holds from this day"
    )
    common(parser, run_boundaries)


def _add_compounds(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("compounds", help="compounds with outlines and homes", description=run_compounds.__doc__)
    parser.add_argument(
        "file",
        type=Path,
        help="GeoJSON, GeoPackage or Shapefile: name, community, kind, households, residents, urban_residents, year",
    )
    parser.add_argument(
        "--crs", choices=SYSTEMS, default="auto", help="the coordinate system (auto: what the file says)"
    )
    parser.add_argument("--source", default="", metavar="TEXT", help="where they come from")
    parser.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="since this day")
    common(parser, run_compounds)


def _add_populations(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("populations", help="households and residents", description=run_populations.__doc__)
    parser.add_argument(
        "file", type=Path, help="CSV or XLSX: code, year, households, residents, urban_residents, source"
    )
    parser.add_argument("--published", type=date.fromisoformat, metavar="YYYY-MM-DD", help="for lines without a date")
    common(parser, run_populations)


def _add_bodies(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("bodies", help="departments, committees, organisations", description=run_bodies.__doc__)
    parser.add_argument("file", type=Path, help="CSV or XLSX: name_zh, kind, unit, from, document, and more")
    common(parser, run_bodies)


def _add_osm(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("osm", help="places out of OpenStreetMap", description=run_osm.__doc__)
    parser.add_argument("file", type=Path, help="an extract (.osm.pbf)")
    parser.add_argument("--register", required=True, metavar="CODE", help="the register to enter them in")
    parser.add_argument(
        "--tag",
        required=True,
        action="append",
        type=_pair,
        metavar="KEY=VALUE",
        help="such as amenity=library; again for more",
    )
    parser.add_argument(
        "--unit", metavar="CODE", help="the one unit of all of them (else the one that holds the point)"
    )
    parser.add_argument(
        "--set",
        action="append",
        type=_pair,
        default=[],
        metavar="FIELD=VALUE",
        help="a value for each entry; again for more",
    )
    common(parser, run_osm)


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not key or not sign or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not written as KEY=VALUE")
    return key, value


def common(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=run)


@contextmanager
def bars(quiet: bool) -> "Iterator[Callable[[str, int, int], None]]":
    """Progress bars, one for each stage; none where nobody looks."""
    from tqdm import tqdm

    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            close()
            bars[stage] = tqdm(desc=STAGES.get(stage, stage), total=total or None, disable=quiet or None, unit="")
        bars[stage].total = total or bars[stage].total
        bars[stage].update(done - bars[stage].n)

    def close() -> None:
        for bar in bars.values():
            bar.close()

    try:
        yield progress
    finally:
        close()


def ready(role: str) -> None:
    """Django, speaking English as all commands do."""
    cli.django(role)
    from django.utils import translation

    translation.activate("en")


def now() -> Any:
    from django.utils import timezone

    return timezone.localtime()


def actor() -> Any:
    from liren.foundation.kernel.rights import SystemActor

    return SystemActor("import")


def tell_faults(faults: list[Any], count: int) -> int:
    """Print what is wrong, a line each; the exit code."""
    for fault in faults:
        print(fault)
    if count > len(faults):
        print(f"… and {count - len(faults)} more.")
    print(f"Nothing was written: {count} {'fault' if count == 1 else 'faults'}.")
    return 1


def run_divisions(arguments: argparse.Namespace) -> int:
    """Take over the national list, or one city of it. New units are added, renamed ones renamed; nothing is deleted."""
    ready(arguments.role)
    from liren.foundation.territory.services.imports import divisions

    with bars(arguments.quiet) as progress:
        report = divisions.import_divisions(
            arguments.path,
            city=arguments.city,
            effective_on=arguments.effective,
            instrument=arguments.source or divisions.INSTRUMENT,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.fault_count:
        return tell_faults(report.faults, report.fault_count)
    _say_divisions(report, arguments.dry_run)
    return 0


def _say_divisions(report: Any, dry_run: bool) -> None:
    verb = "would be" if dry_run else "were"
    print(f"{report.new} units {verb} added, {len(report.renamed)} renamed, {report.unchanged} unchanged.")
    for code, was, now in report.renamed[:SHOWN]:
        print(f"  renamed  {code}  {was} → {now}")
    for word, found in (
        ("not in the list any more, kept", report.missing),
        ("under another parent here, kept", report.elsewhere),
        ("ended here, still in the list", report.closed),
    ):
        if found:
            more = " …" if len(found) > SHOWN else ""
            print(f"{len(found)} {word}: {' '.join(found[:SHOWN])}{more}")
    if report.left_out:
        print(f"{report.left_out} rows of the list name no place of their own and were left out.")


def run_boundaries(arguments: argparse.Namespace) -> int:
    """Set the outlines of units from a file: all of them, or none where anything is wrong."""
    ready(arguments.role)
    from liren.foundation.territory.services.imports.boundaries import import_boundaries

    with bars(arguments.quiet) as progress:
        report = import_boundaries(
            arguments.file,
            unit=arguments.unit,
            code_field=arguments.code_field,
            crs=arguments.crs,
            source=arguments.source,
            from_day=arguments.since,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.faults:
        return tell_faults(report.faults, len(report.faults))
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} boundaries {verb} set, {report.unchanged} unchanged (coordinates: {report.crs}).")
    _ask_about_web_maps(arguments.crs, report.crs)
    return 0


def run_compounds(arguments: argparse.Namespace) -> int:
    """Found compounds below their communities: all features, or none where anything is wrong. The same file again
    changes nothing."""
    ready(arguments.role)
    from liren.foundation.territory.services.imports.compounds import import_compounds

    with bars(arguments.quiet) as progress:
        report = import_compounds(
            arguments.file,
            crs=arguments.crs,
            source=arguments.source,
            from_day=arguments.since,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.faults:
        return tell_faults(report.faults, len(report.faults))
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} compounds {verb} added, {report.unchanged} unchanged (coordinates: {report.crs}).")
    if report.without_people:
        print(f"{report.without_people} have no count of residents and will weigh nothing: liren import populations.")
    if report.too_young:
        print(f"{report.too_young} counts are of this year: they are used once it is over. Give last year's as well.")
    _ask_about_web_maps(arguments.crs, report.crs)
    return 0


def _ask_about_web_maps(asked: str, found: str) -> None:
    if asked == "auto" and found == "wgs84":
        print("Drawn on a Chinese web map? Then say --crs gcj02 (AMap, Tencent) or --crs bd09 (Baidu).")


def run_populations(arguments: argparse.Namespace) -> int:
    """Record counts of households and residents: all lines, or none where anything is wrong."""
    ready(arguments.role)
    from liren.foundation.territory.services.imports.populations import import_populations

    with bars(arguments.quiet) as progress:
        report = import_populations(
            arguments.file,
            published_on=arguments.published,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.faults:
        return tell_faults(report.faults, len(report.faults))
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} counts {verb} recorded, {report.unchanged} unchanged.")
    return 0


def run_osm(arguments: argparse.Namespace) -> int:
    """Enter the nodes and outlines that carry one of the tags; the same extract again changes nothing."""
    ready(arguments.role)
    from liren.foundation.registers import services

    with bars(arguments.quiet) as progress:
        report = services.import_osm(
            arguments.register,
            arguments.file,
            arguments.tag,
            unit=arguments.unit,
            values=dict(arguments.set),
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.fault_count:
        return tell_faults(report.faults, report.fault_count)
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} entries {verb} added, {report.changed} changed, {report.unchanged} unchanged.")
    print(f"Left out: {report.outside} that lie in no unit, {report.skipped} without a name or with one that repeats.")
    return 0


def run_bodies(arguments: argparse.Namespace) -> int:
    """Put bodies on the record: all lines, or none where anything is wrong. Those already there stay as they are."""
    ready(arguments.role)
    from liren.foundation.bodies.services import import_bodies

    with bars(arguments.quiet) as progress:
        report = import_bodies(arguments.file, by=actor(), at=now(), dry_run=arguments.dry_run, progress=progress)
    if report.faults:
        return tell_faults([f"{arguments.file.name}:{fault}" for fault in report.faults], len(report.faults))
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.new} bodies {verb} recorded, {report.unchanged} unchanged.")
    return 0
