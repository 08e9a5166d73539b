"""What the simulated city costs: generating it, loading it by COPY, and the room it takes.

    script/bench demo             or: python bench/demo.py [--size metropolis] [--communities N] [--accounts M]

Loads into a database of its own, made and dropped here. The metropolis has 3,000 communities and 2,000,000 accounts.
"""

import argparse
import os
import resource
import time

from scratch import scratch_database

os.environ.setdefault("LIREN_DEMO", "1")


def main() -> None:
    """Measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="metropolis", choices=("hamlet", "town", "city", "metropolis"))
    parser.add_argument("--communities", type=int)
    parser.add_argument("--accounts", type=int)
    arguments = parser.parse_args()
    with scratch_database():
        measure(arguments)


def measure(arguments: argparse.Namespace) -> None:
    """All figures."""
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.front.demo import loader
    from liren.front.demo.engine.city import make_city
    from liren.front.demo.engine.size import sized

    size = sized(arguments.size, arguments.communities, arguments.accounts)
    start = time.perf_counter()
    make_city(size)
    generated = time.perf_counter() - start
    stages = Stages()
    start = time.perf_counter()
    done = loader.load(size, by=SystemActor("bench"), at=timezone.now(), tell=stages.tell)
    loaded = time.perf_counter() - start
    rows, disk = room()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stages.show()
    print(f"units {done.units:,}, accounts {done.accounts:,}, rows {rows:,}")
    print(f"generate {generated:.1f} s; generate and load {loaded:.1f} s")
    print(f"{rows / (loaded - generated):,.0f} rows/s loaded")
    print(f"disk {disk / 2**20:,.0f} MiB; highest memory {memory:,.0f} MiB")


class Stages:
    """How long each table took, from its first word to its last."""

    def __init__(self) -> None:
        self.last = time.perf_counter()
        self.lines: list[tuple[str, int, float]] = []

    def tell(self, stage: str, done: int, total: int) -> None:
        """Told by the loader now and then."""
        now = time.perf_counter()
        if self.lines and self.lines[-1][0] == stage:
            self.lines[-1] = (stage, done, self.lines[-1][2] + now - self.last)
        else:
            self.lines.append((stage, done, now - self.last))
        self.last = now

    def show(self) -> None:
        """A line for each table that took a tenth of a second."""
        for stage, done, seconds in self.lines:
            if seconds >= 0.1:
                print(f"  {stage:28}{done:12,} rows{seconds:9.1f} s")


def room() -> tuple[int, int]:
    """Rows and bytes of the whole database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(reltuples)::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT pg_database_size(current_database())")
        return rows, cursor.fetchone()[0]


if __name__ == "__main__":
    main()
