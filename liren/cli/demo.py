"""``liren demo``: the simulated city, the accounts to try it with, its streets as a file, its picture."""

import argparse
import sys
from pathlib import Path

from liren import cli


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    demo = commands.add_parser("demo", help="the simulated city 里仁市", description=__doc__)
    words = demo.add_subparsers(metavar="word", required=True)
    load = words.add_parser("load", help="build the city and write it into the database", description=run_load.__doc__)
    _sizes(load)
    load.add_argument("--cases", type=int, metavar="N", help="about so many simulated cases instead; 0 for none")
    load.add_argument("--yes", action="store_true", help="also into an installation that is not a demo")
    load.add_argument("--dry-run", action="store_true", help="only say what would be written")
    load.set_defaults(run=run_load, role="owner")
    accounts = words.add_parser("accounts", help="the accounts to try", description=run_accounts.__doc__)
    accounts.set_defaults(run=run_accounts)
    code = words.add_parser("code", help="the code of a simulated official", description=run_code.__doc__)
    code.add_argument("username")
    code.set_defaults(run=run_code)
    export = words.add_parser("export", help="the streets as GeoJSON or GraphML", description=run_export.__doc__)
    export.add_argument("--streets", type=Path, required=True, metavar="FILE", help=".geojson or .graphml")
    _sizes(export)
    export.set_defaults(run=run_export, database=False)
    picture = words.add_parser("picture", help="a map of the city as SVG", description=run_picture.__doc__)
    picture.add_argument("file", type=Path, metavar="FILE.svg")
    _sizes(picture)
    picture.set_defaults(run=run_picture, database=False)


def _sizes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", choices=("hamlet", "town", "city", "metropolis"), default="town")
    parser.add_argument("--communities", type=int, metavar="N", help="so many communities instead")
    parser.add_argument("--accounts", type=int, metavar="M", help="so many accounts instead")
    parser.add_argument("--seed", type=int, metavar="S", help="another city of the same size")


def _size(arguments: argparse.Namespace):  # type: ignore[no-untyped-def]  # a Size: imported late
    from liren.front.demo.engine.size import sized
    from liren.host.errors import HostError

    try:
        return sized(arguments.size, arguments.communities, arguments.accounts, arguments.seed)
    except ValueError as wrong:
        raise HostError(str(wrong)) from wrong


def run_load(arguments: argparse.Namespace) -> int:
    """Build the simulated city and write it in one transaction. A second run finds it there and changes nothing."""
    size = _size(arguments)
    if arguments.dry_run:
        return _dry_run(size)
    cli.django("owner")
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.front.demo import loader

    done = loader.load(
        size, by=SystemActor("demo"), at=timezone.now(), anyway=arguments.yes, tell=_told(), cases=arguments.cases
    )
    if done.is_new:
        print(f"里仁市 (simulated) is there: {done.units:,} units, {done.accounts:,} accounts,", end=" ")
        print(f"{done.entries:,} entries in its registers, {done.cases:,} cases.")
    else:
        print("里仁市 (simulated) is there already; nothing was changed.")
    return 0


def _dry_run(size) -> int:  # type: ignore[no-untyped-def]  # a Size: imported late
    from liren.front.demo.engine.city import make_city

    city = make_city(size)
    accounts = len(city.residents.names) + len(city.officials)
    print(f"Would write {len(city.units):,} units, {len(city.changes):,} changes, {accounts:,} accounts.")
    return 0


def _told():  # type: ignore[no-untyped-def]  # a Progress: imported late
    """A bar for each long stage, where somebody looks; one that is soon over is not shown."""
    from tqdm import tqdm

    bars: dict[str, tqdm] = {}

    def tell(stage: str, done: int, total: int) -> None:
        if not sys.stderr.isatty() or total < 20_000:
            return
        bar = bars.setdefault(stage, tqdm(total=total, desc=stage, unit_scale=True, leave=False))
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return tell


def run_accounts(arguments: argparse.Namespace) -> int:
    """Print the accounts to try: user name, role, place, and how to get the code of an official."""
    cli.django()
    from django.utils import translation

    from liren.front.demo import accounts

    with translation.override("zh-hans"):
        lines = list(accounts.table())
    with translation.override("en"):
        english = [f"{line.role} · {line.place}" for line in accounts.table()]
    if not lines:
        print("No simulated city is loaded. Load it: liren demo load", file=sys.stderr)
        return 1
    print("试用账号（模拟人员），密码都是 Accounts to try (simulated people), all with the password")
    print(f"\n  {accounts.password()}\n")
    for line, also in zip(lines, english, strict=True):
        code = f"script/liren demo code {line.username}" if line.needs_code else "无需验证码 no code needed"
        print(f"  {line.username:<16}  {code:<40}  {line.role} · {line.place} {also}")
    return 0


def run_code(arguments: argparse.Namespace) -> int:
    """Print the code that the authenticator of a simulated official shows now. Real accounts have none here."""
    cli.django()
    from liren.front.demo import accounts

    print(accounts.code_of(arguments.username))
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write the street network (junctions and the streets between them) of a simulated city. Needs no database."""
    from liren.front.demo.engine import network
    from liren.front.demo.engine.city import make_city

    write = network.graphml if arguments.streets.suffix == ".graphml" else network.geojson
    arguments.streets.write_text(write(make_city(_size(arguments))), encoding="utf-8")
    return 0


def run_picture(arguments: argparse.Namespace) -> int:
    """Draw a simulated city as SVG. Needs no database."""
    from liren.front.demo.engine.city import make_city
    from liren.front.demo.engine.picture import picture

    arguments.file.write_text(picture(make_city(_size(arguments))), encoding="utf-8")
    return 0
