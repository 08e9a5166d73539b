"""The life circle as a city uses it: a whole reckoning, the planner's what-if page, the slider, gates in line.

    script/bench lifecircle_app                          the simulated town (42 communities)
    script/bench lifecircle_app -- --size city --times 50

Loads the simulated city without cases into a database of its own, which is dropped afterwards. Milliseconds of
processor time and of the wall clock, median and least of the runs; the page is asked as a signed-in planner through
all of Django (middleware, rights, template), without a web server in between.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from scratch import scratch_database

os.environ.setdefault("LIREN_DEMO", "1")
WALKS = tuple(range(30, 100))  # metres a minute


def main() -> None:
    """Load, measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="town", choices=("hamlet", "town", "city"), help="(%(default)s)")
    parser.add_argument("--times", type=int, default=30, help="runs of each question (%(default)s)")
    parser.add_argument("--reckonings", type=int, default=3, help="runs of the whole reckoning (%(default)s)")
    arguments = parser.parse_args()
    with scratch_database():
        from django.utils import timezone

        from liren.development.lifecircle.engine import best_kernels, why_plain
        from liren.foundation.kernel.rights import SystemActor
        from liren.front.demo import loader
        from liren.front.demo.engine.size import PRESETS

        by = SystemActor("bench")
        loader.load(PRESETS[arguments.size], by=by, at=timezone.now(), cases=0)
        print(f"load {os.getloadavg()[0]:.1f}, kernels: {best_kernels().name} {why_plain()}")
        print(f"{'':44} {'CPU ms':>16} {'wall ms':>16}")
        reckoning(by, arguments.reckonings)
        questions(by, arguments.times)


def row(name: str, work: Callable[[int], Any], times: int) -> None:
    """Runs ``work`` with 0, 1, 2 … and prints its line; once before, so that nothing is measured cold."""
    work(0)
    took = []
    for turn in range(1, times + 1):
        cpu, wall = time.process_time(), time.perf_counter()
        work(turn)
        took.append(((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000))
    said = (f"{statistics.median(one):.1f} ({min(one):.1f})" for one in zip(*took, strict=True))
    print(f"{name:44} {next(said):>16} {next(said):>16}", flush=True)


def reckoning(by: Any, times: int) -> None:
    """A run from the registers to the stored rows, and the part of it that is arithmetic."""
    from django.utils import timezone

    from liren.development.lifecircle import queries, services
    from liren.development.lifecircle.models import Run
    from liren.development.lifecircle.queries.asking import cities
    from liren.development.lifecircle.reckoning.calculate import calculate
    from liren.foundation.territory.models import Level, Unit

    city = Unit.objects.get(level=Level.CITY)

    def whole(_turn: int) -> None:
        run = services.perform(services.ask_run(city, by=by, at=timezone.now()).pk, by=by)
        assert run.state == "done", run.fault

    row("whole reckoning, registers to stored rows", whole, times)
    run = queries.latest_run(city)
    assert isinstance(run, Run)
    inputs = cities.of(run).inputs
    print(
        f"  {len(inputs.compounds):,} compounds, {len(inputs.facilities):,} facilities,",
        f"{inputs.on_foot.nodes:,} nodes, {len(inputs.categories)} categories",
    )
    row("  of it, the arithmetic", lambda _turn: calculate(inputs), times)
    cities.forget()
    row("state for questions, made anew", lambda _turn: (cities.forget(), cities.of(run)), times)


def questions(by: Any, times: int) -> None:
    """What the planner's page asks, below the page and as the page."""
    from liren.development.lifecircle import queries
    from liren.development.lifecircle.models import CircleRow
    from liren.foundation.territory.models import Level, Unit

    city = Unit.objects.get(level=Level.CITY)
    run = queries.latest_run(city)
    assert run is not None
    homes = list(CircleRow.objects.filter(run=run, level=Level.COMPOUND, lon__isnull=False).order_by("unit_id"))
    spots = [(one.lon or 0.0, one.lat or 0.0) for one in homes]

    def wish(turn: int) -> queries.Wish:
        return queries.Wish("add", spots[turn % len(spots)], "market")

    def setting(turn: int) -> queries.Setting:
        return queries.Setting(round(WALKS[turn % len(WALKS)] * 1000 / 60))

    row("what-if, one facility, sums up to the city", lambda turn: queries.what_if(run, [wish(turn)], by=by), times)
    row("another pace, the whole city", lambda turn: queries.under(run, city, setting(turn), by=by), times)
    row(
        "another hour, the whole city",
        lambda turn: queries.under(run, city, queries.Setting(None, turn * 97 % 10_080), by=by),
        times,
    )
    pages(run, spots, times)
    gates(run, by, min(times, 3))


def gates(run: Any, by: Any, times: int) -> None:
    """The best gates for the first category for which a gate would shorten any way by two minutes."""
    from django.utils import timezone

    from liren.development.lifecircle import services
    from liren.foundation.kernel.errors import BadInput

    def proposed(category: str) -> Any:
        return services.propose(run, category=category, budget=3, kind="edges", by=by, at=timezone.now())

    for category in run.categories:
        try:
            made = proposed(category)
        except BadInput:  # nothing to choose from
            continue
        row(f"best gates of {made.candidates:,}, certified", lambda _turn, one=category: proposed(one), times)
        return
    print("no gate would shorten any way by two minutes here")


def pages(run: Any, spots: list[tuple[float, float]], times: int) -> None:
    """The same through the page, as a planner of the city who is signed in."""
    from django.test import Client

    from liren.foundation.people.models import Account

    browser = Client(headers={"host": "127.0.0.1"})
    planner = Account.objects.get(username="demo-planner")
    browser.force_login(planner)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(planner.pk)
    session.save()

    def asked(query: str, **headers: str) -> None:
        reply = browser.get(f"/desk/life-circle/{run.city.code}/what-if/?run={run.number}&{query}", headers=headers)
        assert reply.status_code == 200, (reply.status_code, query)

    def change(turn: int) -> str:
        lon, lat = spots[turn % len(spots)]
        return f"kind=add&category=market&lon={lon:.6f}&lat={lat:.6f}"

    part = {"HX-Request": "true"}
    row("page: what-if, the answer alone (htmx)", lambda turn: asked(change(turn), **part), times)
    row("page: what-if, the whole page", lambda turn: asked(change(turn)), times)
    row(
        "page: the slider, another pace each time",
        lambda turn: asked(f"only=paced&pace={WALKS[turn % len(WALKS)]}", **part),
        times,
    )


if __name__ == "__main__":
    main()
