"""``liren lifecircle whatif`` and ``site``: what is asked of a run that is there, and which run is meant."""

import argparse
from pathlib import Path
from typing import Any

from liren.cli.imports import actor, now, ready
from liren.host.errors import HostError

SHOWN = 10


def run_whatif(arguments: argparse.Namespace) -> int:
    """Try changes together and say who gains and who loses. Nothing is written."""
    ready(arguments.role)
    from liren.development.lifecircle import queries

    run = run_of(arguments)
    wishes = [
        queries.Wish(kind, _spot(one[1:3]), one[0]) for kind in ("add", "close") for one in getattr(arguments, kind)
    ]
    wishes += [queries.Wish("move", _spot(one[1:3]), one[0], _spot(one[3:5])) for one in arguments.move]
    wishes += [queries.Wish("open", _spot(one[:2]), to=_spot(one[2:4])) for one in arguments.open]
    wishes += [queries.Wish("hours", _spot(one[1:3]), one[0], hours=one[3]) for one in arguments.hours]
    setting = queries.Setting(arguments.pace, _moment(arguments.at) if arguments.at else None)
    if arguments.dry_run:
        print(f"Would try {len(wishes)} changes on run {run.number}.")
        return 0
    answer = queries.what_if(run, wishes, by=actor(), setting=setting)
    for code, (was, is_now) in answer.served.items():
        print(f"{code:20} {was:>12,} → {is_now:>12,} people within the limit")
    for one in [moved for moved in answer.moved if moved.was_reached != moved.is_reached][:SHOWN]:
        print(f"  {one.code}  {one.category.code}: {_minutes(one.was)} → {_minutes(one.now)}")
    print(f"{len(answer.moved) + answer.more:,} times change; worked out in {answer.seconds * 1000:.1f} ms.")
    return 0


def _moment(words: list[str]) -> int:
    from liren.development.lifecircle.queries import moment_of

    found = moment_of(*words)
    if found is None:
        raise HostError(f"{' '.join(words)}: a weekday (Mo Tu We Th Fr Sa Su) and a time such as 20:30.")
    return found


def _minutes(value: float | None) -> str:
    return "not reached" if value is None else f"{value:.1f} min"


def _spot(words: list[str]) -> tuple[float, float]:
    try:
        return float(words[0]), float(words[1])
    except ValueError as error:
        raise HostError(f"{' '.join(words)}: longitude and latitude in degrees, such as 104.06 30.66.") from error


def run_site(arguments: argparse.Namespace) -> int:
    """Choose sites, or gates and crossings, that bring most people within reach, with a certificate."""
    ready(arguments.role)
    from liren.development.lifecircle import services

    run = run_of(arguments)
    if arguments.dry_run:
        print(f"Would choose {arguments.sites} for {arguments.category} from run {run.number}.")
        return 0
    made = services.propose(
        run,
        category=arguments.category,
        budget=arguments.sites,
        kind="edges" if arguments.edges else "sites",
        candidates=_candidates(arguments.candidates) if arguments.candidates else None,
        proof_seconds=arguments.proof,
        by=actor(),
        at=now(),
    )
    for one in made.chosen:
        print(f"  {one['lon']:.6f} {one['lat']:.6f}  {one['name']}  {one['people']:,} people")
    print(
        f"Proposal {made.number} of {made.candidates:,} candidates:",
        f"{made.people_before:,} → {made.people_after:,} people.",
    )
    bound = (
        "proven best"
        if made.is_proven
        else f"at most {made.certificate_percent:.2f} % below the best ({made.upper_bound:,})"
    )
    print(f"Certificate: {bound}; {made.method}.")
    if arguments.edges:
        told = made.parameters
        left_out = "" if told["all_pairs"] else " Some pairs were left out."
        print(
            f"It is about each way alone and {told['pairs']:,} pairs in line up to {told['in_line_m']} m apart,",
            f"not about three or more that help only together.{left_out}",
            f"All open: {told['opened_together']:,} people.",
        )
    return 0


def _candidates(path: Path) -> list[Any]:
    from liren.development.lifecircle.services import read_candidates

    return read_candidates(path)


def unit_of(code: str) -> Any:
    from liren.foundation.territory.models import Unit

    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise HostError(f"There is no unit with the code {code}.")
    return found


def run_of(arguments: argparse.Namespace) -> Any:
    from liren.development.lifecircle import queries

    place = unit_of(arguments.city)
    if arguments.number is not None:
        return queries.run_of(place, arguments.number, actor=actor())
    found = queries.latest_run(place, group=arguments.group, actor=actor())
    if found is None:
        raise HostError(f"Nothing was worked out for {place.name} yet: liren lifecircle run --city {arguments.city}.")
    return found
