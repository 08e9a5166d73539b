"""Cases at the size of a great city's archive: taking in, every list, figures, escalation.

    script/bench cases                           10 million cases, nine tenths of them in one community
    script/bench cases -- --cases 100000         a hundredth of it
    script/bench cases -- --keep ten             the database stays and is measured again next time

Fills a database of its own on the embedded server and measures at the server: queries with their rows made ready, as
the page asks for them; and how fast a report is taken in, beside the same database without a case, in turns.
"""

import argparse
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import caseload
from caselists import Act, desk_cases, desks, each, now, public_cases, seconds_of, server
from caseload import HERE, World
from scratch import scratch_database

ROUNDS, A_ROUND = 6, 100
LATE = 10_000


# --- taking in ---


@contextmanager
def on(name: str) -> Iterator[int]:
    """Work on another database of the same server; gives the process that serves the connection."""
    from django.db import connection

    was = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield server()
    finally:
        connection.close()
        connection.settings_dict["NAME"] = was


def reported(made: World, count: int) -> None:
    """So many reports of strangers about the great community, each in its transaction, on the disk before the next."""
    from liren.foundation.kernel.rights import ANONYMOUS
    from liren.service.cases.services import report

    for n in range(count):
        report(
            "request",
            text=f"柳荫街第{n}盏路灯不亮，请派人来看看。",
            by=ANONYMOUS,
            at=now(),
            unit_id=made.great.pk,
            lon=HERE[0] + n % 97 / 10_000,
            lat=HERE[1],
            category="dark_place",
            contact={"phone": "13800138000"},
            client_key=uuid.uuid4(),
        )


def intake(made: World, empty: str, full: str) -> None:
    """Empty and full in turns, so that whatever else the machine does hits both."""
    rates: dict[str, list[float]] = {empty: [], full: []}
    spent: dict[str, list[float]] = {empty: [], full: []}
    for turn in range(ROUNDS + 1):
        for name in (empty, full) if turn % 2 else (full, empty):
            with on(name) as pid:
                reported(made, 20)
                was, began = time.process_time() + seconds_of(pid), time.perf_counter()
                reported(made, A_ROUND)
                took, cpu = time.perf_counter() - began, time.process_time() + seconds_of(pid) - was
            if turn:  # the first round warms up
                rates[name].append(A_ROUND / took)
                spent[name].append(cpu / A_ROUND * 1000)
    pairs = [there / here for here, there in zip(rates[empty], rates[full], strict=True)]
    for word, name in (("no case", empty), ("full", full)):
        print(
            f"  {word:10} {statistics.median(rates[name]):6.1f} reports a second, "
            f"{statistics.median(spent[name]):5.1f} ms of processor each, web and database"
        )
    print(
        f"  full for each of the empty: {statistics.median(pairs):.0%} by the clock (pairs {min(pairs):.0%} to"
        f" {max(pairs):.0%}), {statistics.median(spent[empty]) / statistics.median(spent[full]):.0%} by processor"
    )


# --- what runs by the clock ---


def jobs(made: World) -> None:
    """Escalation of ten thousand at once, the figures of two months, topics."""
    from liren.foundation.kernel.rights import SystemActor
    from liren.service.cases.services import escalation, figures, topics

    count = _late()
    done = _spent("escalation", lambda: _until_nothing(escalation.escalate_due))
    print(f"    {done} of {count} due were carried up")
    month = figures.month_of(caseload.today())
    by = {"by": SystemActor("bench"), "at": now()}
    for word, which in (("this month", month), ("the month before", figures.before(month))):
        _spent(f"figures of {word}", partial(figures.count_month, which, **by))
    found = _spent("recurring topics", lambda: topics.group_topics(**by, dry_run=True))
    print(f"    {found}")


def _until_nothing(act: Callable[[Any], int]) -> int:
    total, at = 0, now()
    while found := act(at):
        total += found
    return total


def _spent(name: str, act: Act) -> Any:
    pid = server()
    was, began = (time.process_time(), seconds_of(pid)), time.perf_counter()
    result = act()
    took, web, base = time.perf_counter() - began, time.process_time() - was[0], seconds_of(pid) - was[1]
    print(f"  {name:<28} {took:7.1f} s   processor: {web:6.1f} s of Python, {base:6.1f} s of PostgreSQL", flush=True)
    return result


def _late() -> int:
    """Cases nobody took whose one clock ran out within the last hour."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "WITH late AS (SELECT id, now() - random() * interval '50 minutes' AS due FROM cases_case"
            " WHERE state = 'dispatched' AND phase = 'open' AND level = 0 AND due_at IS NOT NULL ORDER BY id DESC"
            " LIMIT %s), "
            "clocks AS (UPDATE cases_caseclock k SET due_at = due, plain_due_at = due, level = 0 FROM late"
            " WHERE k.case_id = late.id AND k.code = 'completion')"
            " UPDATE cases_case c SET due_at = due, escalate_at = due, level = 0 FROM late WHERE c.id = late.id",
            [LATE],
        )
        count: int = cursor.rowcount
    return count


# --- all of it ---


def filled(count: int) -> tuple[World, str, str]:
    """The full database and the empty one beside it; filled unless that was done before."""
    from django.db import connection

    from liren.service.cases.models import Case

    made, full = caseload.world(), connection.settings_dict["NAME"]
    empty = f"{full}_empty"
    if Case.objects.exists():
        return made, empty, full
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{empty}"')
        cursor.execute(f'CREATE DATABASE "{empty}" TEMPLATE "{full}"')
    took = caseload.fill(made, count, now())
    sizes = caseload.bytes_of()
    print(f"{count:,} cases: rows {took['rows']:.0f} s, indexes {took['indexes']:.0f} s")
    for name, (rows, indexes) in sizes.items():
        print(f"  {name:20} {rows / count:7.0f} bytes of rows a case, {indexes / count:6.0f} of indexes")
    print(f"  together {sum(map(sum, sizes.values())) / count:.0f} bytes a case")
    return made, empty, full


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000_000)
    parser.add_argument("--keep", default="", help="name under which the database stays, and is found again")
    parser.add_argument("--runs", type=int, default=7, help="of each list (%(default)s)")
    parser.add_argument("--parts", default="intake,desks,lists,public,jobs", help="which (%(default)s)")
    options = parser.parse_args()
    with scratch_database(options.keep):
        from django.db import connection

        made, empty, full = filled(options.cases)
        if not options.parts:
            return
        for part, act in (
            ("intake", lambda: intake(made, empty, full)),
            ("desks", lambda: desks(made, options.runs)),
            ("lists", lambda: each(desk_cases(made), options.runs)),
            ("public", lambda: each(public_cases(made), options.runs)),
            ("jobs", lambda: jobs(made)),
        ):
            if part in options.parts.split(","):
                print(f"{part} (load {os.getloadavg()[0]:.1f}):", flush=True)
                act()
        connection.close()
        if not options.keep:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{empty}"')


if __name__ == "__main__":
    main()
