"""``liren cases``: train the sorter, count monthly figures anew, group recurring topics, seal contacts anew, keys
for programs."""

import argparse
import csv
from datetime import date
from pathlib import Path
from typing import Any

from liren.cli import case_keys
from liren.cli.imports import bars, common, now, ready
from liren.host.errors import HostError


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands of this group."""
    group = commands.add_parser("cases", help="cases: sorter, monthly figures, topics", description=__doc__)
    words = group.add_subparsers(metavar="word", required=True)
    train = words.add_parser("train", help="train the sorter of a case type", description=run_train.__doc__)
    train.add_argument("type", help="code of the case type, such as request")
    train.add_argument("--file", type=Path, metavar="CSV", help="labelled messages (UTF-8); else the type's own cases")
    train.add_argument("--text", default="text", metavar="COLUMN", help="column of the message (%(default)s)")
    train.add_argument("--label", default="label", metavar="COLUMN", help="column of the label (%(default)s)")
    train.add_argument(
        "--call", action="append", type=_pair, default=[], metavar="LABEL=CATEGORY",
        help="a label of the file that is a category of the type; again for more",
    )  # fmt: skip
    common(train, run_train)
    figures = words.add_parser("figures", help="count monthly figures anew", description=run_figures.__doc__)
    figures.add_argument("--from", dest="first", type=_month, metavar="YYYY-MM", help="first month (the last one)")
    figures.add_argument("--to", dest="last", type=_month, metavar="YYYY-MM", help="last month (the first one)")
    common(figures, run_figures)
    topics = words.add_parser("topics", help="group recurring topics anew", description=run_topics.__doc__)
    common(topics, run_topics)
    reseal = words.add_parser("reseal", help="seal contacts with the key in use", description=run_reseal.__doc__)
    common(reseal, run_reseal)
    case_keys.add(words)


def _pair(text: str) -> tuple[str, str]:
    label, sign, code = text.rpartition("=")
    if not label or not sign or not code:
        raise argparse.ArgumentTypeError(f"{text!r} is not written as LABEL=CATEGORY")
    return label, code


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not written as YYYY-MM") from error


def run_train(arguments: argparse.Namespace) -> int:
    """Train on closed cases of the type, or on a file of labelled messages, and say how good it is on unseen ones.

    The new sorter takes the place of the old one, unless --dry-run is given. It only suggests; a person chooses.
    """
    ready(arguments.role)
    from liren.foundation.kernel.rights import SystemActor
    from liren.service.cases.models.declared import type_of
    from liren.service.cases.queries.sorter import learned_from
    from liren.service.cases.services.sorter import train_sorter

    type = type_of(arguments.type)
    file = arguments.file
    messages = learned_from(type) if file is None else _messages(file, arguments.text, arguments.label)
    source = f"{len(messages)} {'closed cases' if file is None else 'messages of ' + file.name}"
    with bars(arguments.quiet) as progress:
        done = train_sorter(
            type,
            messages,
            source=source,
            names=dict(arguments.call),
            by=SystemActor("train"),
            at=now(),
            dry_run=arguments.dry_run,
            progress=progress,
        )
    _tell(done)
    return 0


def _messages(path: Path, text: str, label: str) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if missing := [name for name in (text, label) if name not in (rows.fieldnames or [])]:
                raise HostError(f"{path.name} has no column {missing[0]!r}; name it by --text and --label.")
            return [(row[text] or "", row[label] or "") for row in rows]
    except (UnicodeDecodeError, csv.Error) as error:
        raise HostError(f"{path.name} is no CSV in UTF-8: {error}.") from error


def _tell(done: Any) -> None:
    report = done.report
    print(f"{'category':24} {'precision':>9} {'recall':>9} {'F1':>9} {'messages':>9}")
    for one in report.classes:
        print(f"{one.category:24} {one.precision:9.3f} {one.recall:9.3f} {one.f1:9.3f} {one.messages:9,}")
    print(
        f"Macro-F1 {report.macro_f1:.3f}, right {report.accuracy:.3f}, of {report.messages:,} messages not seen before."
    )
    for label, count in sorted(done.unknown.items(), key=lambda pair: -pair[1]):
        print(
            f"{count:,} messages left out: {label!r} is no category of this type; --call {label}=CATEGORY says which."
        )
    verb = "would be" if done.sorter is None else "is"
    print(f"A sorter of {report.terms:,} n-grams and {done.size / 2**20:.1f} MiB {verb} in use.")


def run_figures(arguments: argparse.Namespace) -> int:
    """Count the figures of some months anew from the cases themselves, at every unit; the last full month, if none is
    named."""
    ready(arguments.role)
    from liren.foundation.kernel.rights import SystemActor
    from liren.service.cases.services import figures

    at = now()
    first = arguments.first or figures.before(figures.month_of(at.date()))
    last = arguments.last or first
    if arguments.dry_run:
        print(f"Would count {first:%Y-%m} to {last:%Y-%m} anew.")
        return 0
    with bars(arguments.quiet) as progress:
        done = figures.count_months(first, last, by=SystemActor("figures"), at=at, progress=progress)
    for month, rows in done.items():
        print(f"{month:%Y-%m}: {rows:,} figures")
    return 0


def run_topics(arguments: argparse.Namespace) -> int:
    """Group what was reported again and again at one place within the last months, as the nightly job does."""
    ready(arguments.role)
    from liren.foundation.kernel.rights import SystemActor
    from liren.service.cases.services import topics

    with bars(arguments.quiet) as progress:
        found = topics.group_topics(by=SystemActor("topics"), at=now(), dry_run=arguments.dry_run, progress=progress)
    print(f"{found.topics:,} recurring topics in {found.units:,} units, out of {found.cases:,} cases.")
    return 0


def run_reseal(arguments: argparse.Namespace) -> int:
    """Seal names and telephone numbers of reporters with the key in use, where an older key holds them: a thousand in
    one transaction. Run it after a new key; the old one can go once nothing is left to do."""
    ready(arguments.role)
    from liren.foundation.kernel.rights import SystemActor
    from liren.service.cases.services import reseal_contacts

    last, rows, by = 0, 0, SystemActor("retention")
    while done := reseal_contacts(by=by, at=now(), after=last, dry_run=arguments.dry_run):
        last, rows = done.last, rows + done.rows
    print(f"{rows:,} contacts {'would be' if arguments.dry_run else 'were'} sealed with the key in use.")
    return 0
