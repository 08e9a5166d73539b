"""Many cities on a cluster of separate processes, beside the same on processes of this machine.

    script/bench lifecircle_nation                          the districts of the simulated town
    script/bench lifecircle_nation -- --size city --workers 4

Starts a scheduler and workers of Dask as processes of their own on the loopback address, as they would stand on other
machines (a worker is given no database and no settings), works every district out there and on ``LocalCluster``, and
compares the digests of the results and the sums. Everything it started is ended afterwards, and its database dropped.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scratch import scratch_database

os.environ.setdefault("LIREN_DEMO", "1")
ROOT = Path(__file__).resolve().parents[1]
#: How long a scheduler may take to say where it is.
PATIENCE_S = 30.0


def main() -> None:
    """Load, work out twice, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="town", choices=("hamlet", "town", "city"), help="(%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (%(default)s)")
    arguments = parser.parse_args()
    with scratch_database():
        from liren.foundation.kernel.rights import SystemActor

        by = SystemActor("bench")
        cities = districts(arguments.size, by)
        print(f"load {os.getloadavg()[0]:.1f}; {len(cities)} districts, {arguments.workers} workers")
        with processes(arguments.workers) as address:
            apart = worked_out("scheduler and workers apart", cities, by, address, arguments.workers)
        here = worked_out("LocalCluster", cities, by, None, arguments.workers)
        print("equal to the bit:", "yes" if apart == here else f"NO: {apart} and {here}")


def districts(size: str, by: Any) -> list[Any]:
    """The districts of the simulated city, each with the ways of the city as its own."""
    from django.utils import timezone

    from liren.development.lifecircle import services
    from liren.development.lifecircle.models import StreetNetwork
    from liren.development.lifecircle.queries.gathering import network_of
    from liren.foundation.territory.models import Level, Unit
    from liren.front.demo import loader
    from liren.front.demo.engine.size import PRESETS

    loader.load(PRESETS[size], by=by, at=timezone.now(), cases=0)
    ways = network_of(StreetNetwork.objects.filter(mode="walk").latest("version"))
    found = list(Unit.objects.filter(level=Level.DISTRICT).order_by("code"))
    for one in found:
        facts = {"mode": "walk", "file_name": "simulated", "source": "simulated", "by": by, "at": timezone.now()}
        services.record_network(ways, city=one, **facts)
    return found


def worked_out(name: str, cities: list[Any], by: Any, address: str | None, workers: int) -> tuple[Any, ...]:
    """Digests of all results and the sums, as they came from a cluster; how long it took is printed."""
    from django.utils import timezone

    from liren.development.lifecircle import services

    begun = time.perf_counter()
    with services.cluster(address, workers=workers) as client:
        ready = time.perf_counter()
        total = services.run_nation(cities, client=client, by=by, at=timezone.now())
    took = time.perf_counter() - ready
    states = [run.state for run in total.runs]
    print(f"{name:30} ready after {ready - begun:.1f} s, {took:.1f} s of work: {states}, {total.people:,} people")
    return tuple(run.result_digest for run in total.runs), total.people, total.compounds, total.served


@contextmanager
def processes(workers: int) -> Iterator[str]:
    """A scheduler and workers, each started by its command; the address of the scheduler."""
    # A worker on another machine has this package, and none of what the site knows.
    ours = ("LIREN_", "DATABASE_", "DJANGO_")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    bare["PYTHONPATH"] = str(ROOT)
    started: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"

        def start(command: str, *more: str) -> None:
            words = [sys.executable, "-m", f"distributed.cli.{command}", "--host", "127.0.0.1", "--no-dashboard", *more]
            quiet = subprocess.DEVNULL
            started.append(subprocess.Popen(words, env=bare, cwd=folder, stdout=quiet, stderr=quiet))

        try:
            start("dask_scheduler", "--port", "0", "--scheduler-file", str(told))
            address = heard(told)
            for _number in range(workers):
                start("dask_worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", folder)
            yield address
        finally:
            for one in reversed(started):
                end(one)


def end(one: subprocess.Popen[bytes]) -> None:
    """Asked to end, and made to where it would rather wait for the others."""
    one.terminate()
    try:
        one.wait(timeout=5)
    except subprocess.TimeoutExpired:
        one.kill()
        one.wait()


def heard(told: Path) -> str:
    """Where the scheduler is, once it has written it down."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            return str(json.loads(told.read_text())["address"])
        except (OSError, ValueError, KeyError):
            time.sleep(0.1)
    raise SystemExit("the scheduler did not say where it is")


if __name__ == "__main__":
    main()
