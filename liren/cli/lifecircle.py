"""``liren lifecircle``: networks and places in, runs, what-if, sites with a certificate, results out."""

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from liren.cli.imports import SYSTEMS, actor, bars, common, now, ready, tell_faults
from liren.cli.lifecircle_asked import run_of, run_site, run_whatif, unit_of
from liren.host.errors import HostError

NETWORKS = (".pbf", ".graphml", ".gpkg", ".shp")
PLACES = (".csv", ".xlsx")
SHOWN = 10


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser(
        "lifecircle", help="the life circle: what is near, what is missing", description=__doc__
    )
    words = group.add_subparsers(metavar="word", required=True)
    _add_import(words)
    _add_run(words)
    _add_whatif(words)
    _add_site(words)
    _add_export(words)
    _add_nation(words)


def _city(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--city", required=True, metavar="CODE", help="code of the city or district")


def _run_choice(parser: argparse.ArgumentParser) -> None:
    _city(parser)
    parser.add_argument(
        "--run", dest="number", type=int, metavar="NUMBER", help="another run than the newest of the group"
    )
    parser.add_argument("--group", default="general", help="the pace of whom (%(default)s)")


def _add_import(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    taken = words.add_parser("import", help="take over a network or a table of places", description=run_import.__doc__)
    taken.add_argument(
        "file",
        type=Path,
        help="network: .osm.pbf, .graphml, .gpkg, .geojson, .shp; places: .csv, .xlsx, .geojson, .osm.pbf",
    )
    _city(taken)
    taken.add_argument(
        "--as", dest="what", choices=("network", "places"), help="what of a .geojson or .osm.pbf is meant"
    )
    taken.add_argument("--mode", choices=("walk", "cycle"), default="walk", help="a network for whom (%(default)s)")
    taken.add_argument("--crs", metavar="SYSTEM", help="places: wgs84, cgcs2000, gcj02, bd09; network: as EPSG:4547")
    taken.add_argument("--source", default="", metavar="TEXT", help="where it comes from")
    common(taken, run_import)


def _add_run(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = words.add_parser("run", help="work out a city", description=run_run.__doc__)
    _city(run)
    run.add_argument("--group", action="append", help="the pace of whom; again for more (general)")
    run.add_argument("--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="as of this day (today)")
    run.add_argument(
        "--registers", action="store_true", help="facilities of the registers, even where a table is there"
    )
    run.add_argument("--ways", type=int, metavar="VERSION", help="an earlier network for walking (the newest)")
    run.add_argument("--gaps", type=Path, metavar="FILE", help="write the gaps too: .csv, .gpkg or .parquet")
    common(run, run_run)


def _add_whatif(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser(
        "whatif", help="what if something opened, closed or moved", description=run_whatif.__doc__
    )
    _run_choice(parser)
    spot = ("CATEGORY", "LON", "LAT")
    parser.add_argument("--add", nargs=3, action="append", default=[], metavar=spot, help="a facility more")
    parser.add_argument(
        "--close", nargs=3, action="append", default=[], metavar=spot, help="the nearest one there less"
    )
    parser.add_argument(
        "--move",
        nargs=5,
        action="append",
        default=[],
        metavar=(*spot, "TO_LON", "TO_LAT"),
        help="the nearest one there elsewhere",
    )
    parser.add_argument(
        "--open",
        nargs=4,
        action="append",
        default=[],
        metavar=("LON", "LAT", "TO_LON", "TO_LAT"),
        help="a gate or crossing",
    )
    parser.add_argument(
        "--hours", nargs=4, action="append", default=[], metavar=(*spot, "HOURS"), help="other hours of the nearest one"
    )
    parser.add_argument("--at", nargs=2, metavar=("DAY", "TIME"), help="only what is open then: Sa 20:30")
    parser.add_argument("--pace", type=int, metavar="MM_PER_S", help="another pace on foot, millimetres a second")
    common(parser, run_whatif)


def _add_site(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("site", help="where the next ones serve most people", description=run_site.__doc__)
    _run_choice(parser)
    parser.add_argument("--category", required=True, metavar="CODE", help="such as canteen")
    parser.add_argument("--sites", type=int, default=3, metavar="N", help="how many, or what they may cost together")
    parser.add_argument("--edges", action="store_true", help="gates and crossings instead of facilities")
    parser.add_argument("--candidates", type=Path, metavar="CSV", help="where one may stand: name, lon, lat, cost")
    parser.add_argument(
        "--proof", type=float, default=0.0, metavar="SECONDS", help="so long HiGHS may look for the proof"
    )
    common(parser, run_site)


def _add_export(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("export", help="write results to a file", description=run_export.__doc__)
    parser.add_argument("file", type=Path, help="ends in .csv, .gpkg or .parquet")
    _run_choice(parser)
    parser.add_argument("--what", choices=("gaps", "compounds", "units"), default="gaps", help="(%(default)s)")
    parser.add_argument("--all", action="store_true", help="small numbers of people too")
    common(parser, run_export)


def _add_nation(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = words.add_parser("nation", help="many cities, one task each", description=run_nation.__doc__)
    parser.add_argument("--city", action="append", required=True, metavar="CODE", help="a city; again for more")
    parser.add_argument("--group", default="general", help="the pace of whom (%(default)s)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster (else processes of this machine)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes of this machine (%(default)s)")
    common(parser, run_nation)


def run_import(arguments: argparse.Namespace) -> int:
    """Take over the ways of a city, or a table of its facilities. The same file again changes nothing."""
    ready(arguments.role)
    what = arguments.what or _kind(arguments.file)
    return _import_network(arguments) if what == "network" else _import_places(arguments)


def _kind(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in (*NETWORKS, *PLACES):
        raise HostError(f"{path.name}: say --as network or --as places.")
    return "network" if ending in NETWORKS else "places"


def _import_network(arguments: argparse.Namespace) -> int:
    from liren.development.lifecircle import services

    with bars(arguments.quiet) as progress:
        report = services.import_network(
            arguments.file,
            city=arguments.city,
            mode=arguments.mode,
            source=arguments.source,
            crs=arguments.crs,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    found = report.quality
    print(
        f"{arguments.file.name}: {found['kept_nodes']:,} nodes, {found['kept_edges']:,} edges,",
        f"{found['kilometres']:,} km.",
    )
    print(
        f"Left out: {found['nodes_outside_largest']:,} nodes in {found['parts'] - 1:,} parts cut off from",
        end=" ",
    )
    print(
        f"the largest, {found['loops']:,} loops, {found['duplicates']:,} duplicates;",
        f"{found['zero_length']:,} edges have no length.",
    )
    if report.is_torn:
        print(f"Look at the file: {found['share_outside_largest']:.0%} of its nodes are cut off from the largest part.")
    if not report.is_new:
        print("It was recorded before; nothing was changed.")
    return 0


def _import_places(arguments: argparse.Namespace) -> int:
    from liren.development.lifecircle import services

    if (arguments.crs or "wgs84") not in SYSTEMS:
        raise HostError(f"--crs {arguments.crs}: one of wgs84, cgcs2000, gcj02, bd09.")
    with bars(arguments.quiet) as progress:
        report = services.import_places(
            arguments.file,
            city=arguments.city,
            crs=arguments.crs or "wgs84",
            source=arguments.source,
            by=actor(),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    if report.fault_count:
        return tell_faults([f"{arguments.file.name}:{fault}" for fault in report.faults[:100]], report.fault_count)
    verb = "would be" if arguments.dry_run else "were"
    print(f"{report.places:,} of {report.lines:,} places {verb} taken.")
    if report.unknown:
        most = sorted(report.unknown.items(), key=lambda item: -item[1])[:SHOWN]
        print("Of no known category: " + ", ".join(f"{word or '(empty)'} {count:,}" for word, count in most))
    if not report.is_new:
        print("The table was recorded before; nothing was changed.")
    if arguments.crs is None and arguments.file.suffix.lower() != ".pbf":
        print("Taken as WGS 84. From a Chinese web map? Then say --crs gcj02 (AMap, Tencent) or --crs bd09 (Baidu).")
    return 0


def run_run(arguments: argparse.Namespace) -> int:
    """Work out what every compound reaches, and store it. With --dry-run, say what would be asked."""
    ready(arguments.role)
    from liren.development.lifecircle import services
    from liren.development.lifecircle.models import PlaceTable

    place = unit_of(arguments.city)
    table = None if arguments.registers else PlaceTable.objects.filter(city=place).order_by("-version").first()
    told = f"places of {table.file_name}" if table else "entries of the registers"
    if arguments.dry_run:
        return _would_run(place, told)
    if why := services.why_plain():
        print(f"The slower kernels in NumPy and SciPy serve, with the same results: {why}.", file=sys.stderr)
    code, asked = 0, {"day": arguments.day, "places": table, "ways": _ways(place, arguments.ways)}
    for group in arguments.group or ["general"]:
        run = services.ask_run(place, group=group, **asked, by=actor(), at=now())
        with bars(arguments.quiet) as progress:
            run = services.perform(run.pk, by=actor(), progress=progress)
        code |= _say_run(run, told)
        if arguments.gaps and run.state == "done":
            _write_gaps(run, arguments.gaps, several=len(arguments.group or []) > 1)
    return code


def _ways(place: Any, version: int | None) -> Any:
    from liren.development.lifecircle.models import Mode, StreetNetwork

    if version is None:
        return None
    found = StreetNetwork.objects.of(place, Mode.WALK).filter(version=version).first()
    if found is None:
        raise HostError(f"--ways {version}: {place.name} has no such network.")
    return found


def _write_gaps(run: Any, path: Path, *, several: bool) -> None:
    from liren.development.lifecircle import queries
    from liren.foundation.kernel.rights import ANONYMOUS

    target = path.with_name(f"{path.stem}-{run.group}{path.suffix}") if several else path
    lines = queries.export(run, target, what="gaps", actor=ANONYMOUS)
    print(f"{lines:,} gaps written to {target}.")


def _would_run(place: Any, told: str) -> int:
    from liren.development.lifecircle import queries

    kept = queries.networks(place)
    print(
        f"Would work out {place.name} with {told};",
        f"networks: {', '.join(f'{one.mode} {one.version}' for one in kept) or 'none'}.",
    )
    return 0 if kept else 1


def _say_run(run: Any, told: str) -> int:
    if run.state == "running":
        print(f"Run {run.number} is under way in another process; where that has ended, the worker gives the run up.")
        return 1
    if run.state != "done":
        print(f"Run {run.number} failed: {run.fault}")
        return 1
    from liren.development.lifecircle import queries

    counts, gaps = run.report["counts"], sum(one.compounds for one in queries.by_category(run))
    print(f"Run {run.number} ({run.group}, {told}): {counts['rows']:,} units, {gaps:,} gaps.")
    for word, text in (
        ("compounds_without_place", "compounds without an outline or gate were left out"),
        ("compounds_without_people", "compounds have no count of residents of a year that is over, and weigh nothing"),
        ("compounds_far", "compounds lie far from every way"),
        ("facilities_far", "facilities lie far from every way"),
        ("facilities_without_place", "entries of registers have no place"),
        ("duplicates", "facilities stand twice and were counted once"),
        ("rural_on_foot", "rural compounds went on foot: there is no network for bicycles"),
    ):
        if counts.get(word):
            examples = ", ".join(run.report["examples"].get(word, [])[:3])
            print(f"{counts[word]:,} {text}" + (f": {examples} …" if examples else "."))
    if run.unrecorded:
        print(f"Not recorded anywhere in the city, and in no gap: {', '.join(sorted(run.unrecorded))}.")
    print(f"Result {run.result_digest[:16]}…, from inputs {run.input_fingerprint[:16]}…")
    _say_gaps(run)
    return 0


def _say_gaps(run: Any) -> None:
    from liren.development.lifecircle import queries

    for one in queries.gaps(run, limit=SHOWN).rows:
        people = "" if one.people is None else f"{one.people:,}"
        over = "not reached" if one.over_minutes is None else f"{one.over_minutes:.1f} min too far"
        print(f"  {people:>8}  {one.unit.code}  {one.unit.name_zh}  {one.category.name.zh}: {over}")


def run_export(arguments: argparse.Namespace) -> int:
    """Write gaps, compounds or units of a run to a file."""
    ready(arguments.role)
    from liren.development.lifecircle import queries
    from liren.foundation.kernel.rights import ANONYMOUS

    run = run_of(arguments)
    if arguments.dry_run:
        print(f"Would write {arguments.what} of run {run.number} to {arguments.file}.")
        return 0
    lines = queries.export(run, arguments.file, what=arguments.what, actor=actor() if arguments.all else ANONYMOUS)
    print(f"{lines:,} lines written to {arguments.file}.")
    return 0


def run_nation(arguments: argparse.Namespace) -> int:
    """Work out many cities, one task each on a Dask cluster, store each, and add them up."""
    ready(arguments.role)
    from liren.development.lifecircle import services

    places = [unit_of(code) for code in arguments.city]
    if arguments.dry_run:
        print(f"Would work out {len(places)} cities: {', '.join(place.name for place in places)}.")
        return 0
    with bars(arguments.quiet) as progress, services.cluster(arguments.scheduler, workers=arguments.workers) as client:
        total = services.run_nation(
            places, client=client, group=arguments.group, by=actor(), at=now(), progress=progress
        )
    for run in total.runs:
        print(f"{run.city.name}: {'run ' + str(run.number) if run.state == 'done' else 'failed: ' + run.fault}")
    print(f"{total.people:,} people in {total.compounds:,} compounds.")
    for code, people in sorted(total.served.items()):
        print(f"  {code:20} {people:>14,} reach it within the limit")
    return 0 if all(run.state == "done" for run in total.runs) else 1
