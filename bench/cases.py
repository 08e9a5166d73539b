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
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import caseload
from caseload import HERE, World
from scratch import scratch_database

GOAL_MS = 50
DESKS = ("worker-great", "worker-small", "officer-great", "officer-quiet", "district", "city", "clerk")
ROUNDS, A_ROUND = 6, 100
LATE = 10_000
Act = Callable[[], Any]


def now() -> Any:
    from django.utils import timezone

    return timezone.now()


@dataclass(frozen=True)
class Took:
    """Milliseconds: by the clock, and of a processor for web process and database together."""

    median: float
    slowest: float
    processor: float


def timed(act: Act, runs: int) -> Took:
    """Several runs, after one to warm up."""
    act()
    pid, clocks = server(), []
    spent = time.process_time() + seconds_of(pid)
    for _ in range(runs):
        began = time.perf_counter()
        act()
        clocks.append((time.perf_counter() - began) * 1000)
    spent = time.process_time() + seconds_of(pid) - spent
    return Took(statistics.median(clocks), max(clocks), spent / runs * 1000)


def server() -> int:
    """The process of PostgreSQL that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def seconds_of(pid: int) -> float:
    """Processor time of a process so far; Linux only."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


# --- lists ---


def desks(made: World, runs: int) -> None:
    """Every view of the queue at every desk: the median, and what it takes of a processor."""
    from liren.service.cases.queries import desk_list
    from liren.service.cases.queries.lists import VIEWS

    print(f"  {'median/processor, ms':22}" + "".join(f"{name:>15}" for name in DESKS))
    slowest: list[tuple[float, str]] = []
    for view in VIEWS:
        line = []
        for name in DESKS:
            took = timed(partial(_asked, made, name, desk_list, view=view, limit=31), runs)
            line.append(f"{took.median:.1f}/{took.processor:.1f}")
            slowest.append((took.slowest, f"{view} of {name}"))
        print(f"  {view:22}" + "".join(f"{one:>15}" for one in line), flush=True)
    print("  slowest:", ", ".join(f"{name} {ms:.1f} ms" for ms, name in sorted(slowest)[:-4:-1]))


def _asked(made: World, name: str, query: Any, **facts: Any) -> Any:
    """As a request does: the account is read anew, and with it what it may."""
    from liren.foundation.people.models import Account

    return query(Account.objects.get(pk=made.actors[name].pk), **facts)


def desk_cases(made: World) -> Iterator[tuple[str, Act]]:
    """The queue narrowed, searched, in the middle, on the map, in bulk."""
    from liren.service.cases.queries import desk_list

    district = next(one for one in made.units if one.level == 3)
    for name in ("worker-great", "officer-quiet", "city"):
        ask = partial(_asked, made, name, desk_list, limit=31)
        yield f"{name}: one kind of matter", partial(ask, category="noise")
        yield f"{name}: urgent ones of a type", partial(ask, severity="urgent", type=made.kind.pk)
        yield f"{name}: kept view: due, one kind", partial(ask, view="due", category="lift")
        yield f"{name}: a page in the middle", partial(ask, after=_middle(made, name))
        yield f"{name}: closed, in the middle", partial(ask, view="closed", after=(None, _half()))
        yield f"{name}: on the map", partial(ask, limit=200)
        for what, q in (("frequent words", "路灯不亮"), ("two words", "柳荫 噪声"), ("no such words", "火箭")):
            yield f"{name}: {what}", partial(ask, view="all", words=q)
            yield f"{name}: {what}, own desk", partial(ask, words=q)
        yield f"{name}: by number", partial(ask, words=_number())
    yield "city: in one district", partial(_asked, made, "city", desk_list, unit=district, view="all", limit=31)
    yield "city: in a community", partial(_asked, made, "city", desk_list, unit=made.communities[77], limit=31)
    for name in ("worker-great", "city", "clerk"):
        yield f"{name}: a hundred ticked", partial(_ticked, made, name)
        yield f"{name}: what waits, counted", partial(_waits, made, name)


def _middle(made: World, name: str) -> Any:
    """The key behind some hundred rows: an hour ago in the order of due moments."""
    from liren.service.cases.models import Case

    due = Case.objects.exclude(phase="closed").filter(due_at__lt=now() - timedelta(days=20)).order_by("-due_at", "-pk")
    found = due.values_list("due_at", "pk").first()
    return tuple(found) if found else None


def _half() -> int:
    from liren.service.cases.models import Case

    return int(Case.objects.order_by("-pk").values_list("pk", flat=True)[0]) // 2


def _number() -> str:
    from liren.service.cases.engine.numbers import spoken

    return spoken(_half())


def _ticked(made: World, name: str) -> Any:
    from django.test import RequestFactory

    from liren.front.desk.cases.bulk import ticked
    from liren.service.cases.queries import desk_list

    rows = _asked(made, name, desk_list, limit=100).rows
    request = RequestFactory().get("/", {"case": [f"{row.case.pk}.{row.case.revision}" for row in rows]})
    return _asked(made, name, lambda actor: ticked(request, actor))


def _waits(made: World, name: str) -> Any:
    from liren.front.desk.cases.overview import case_lines
    from liren.front.desk.home import MOST

    return _asked(made, name, lambda actor: [rows.order_by()[: MOST + 1].count() for _n, _u, rows in case_lines(actor)])


def public_cases(made: World) -> Iterator[tuple[str, Act]]:
    """What everybody asks: lists by place and state, neighbours, one number, figures; and what programs ask."""
    from liren.foundation.kernel.rights import ANONYMOUS
    from liren.front.portal.cases.listing import panel
    from liren.service.cases import queries
    from liren.service.cases.queries import feeds
    from liren.service.cases.queries.figures import month_figures

    places = {one.level: one for one in made.units}
    places |= {5: made.communities[-1], 6: made.great}
    words = {2: "the city", 3: "a district", 4: "a street", 5: "a community", 6: "the great community"}
    for level, word in words.items():
        where = {"unit": places[level], "limit": 31}
        yield f"public: {word}", partial(queries.public_list, **where)
        yield f"public: {word}, open, one kind", partial(queries.public_list, **where, phase="open", category="noise")
        yield (
            f"public: {word}, in the middle",
            partial(queries.public_list, **where, after=(now() - timedelta(400), _half())),
        )
        yield f"panel: {word}", partial(panel, places[level], ANONYMOUS)
    yield "public map, 200 points", partial(queries.public_list, unit=made.great, limit=200)
    yield "neighbours of the same", partial(queries.near, *HERE, "noise", metres=150, type=made.kind.pk, limit=3)
    yield "open near a point, 2 km", partial(queries.near, *HERE, "noise", metres=2000)
    yield "one case by number", partial(_read, _number())
    resident = made.people[0] + 1
    yield "own cases of a resident", partial(_own, resident)
    yield "months of the great community", partial(month_figures, made.great, ANONYMOUS, type=made.kind)
    yield "for programs: newest 50", partial(feeds.cases_for_programs, feeds.Wanted(limit=50))
    for word, unit in (("all", None), ("a community", made.communities[-1])):
        wanted = feeds.Wanted(limit=50, changed_since=now() - timedelta(hours=1), unit=unit)
        yield f"for programs: changed, {word}", partial(feeds.cases_for_programs, wanted)
    yield (
        "for programs: 90 days, open",
        partial(feeds.cases_for_programs, feeds.Wanted(limit=50, since=now() - timedelta(90), phases=("open",))),
    )
    for name in ("phone", "worker-great", "officer-quiet"):
        yield (
            f"{name}: to call back",
            partial(_asked, made, name, lambda actor: list(queries.to_call_back(actor).order_by("-id")[:31])),
        )


def _read(number: str) -> Any:
    from liren.foundation.kernel.rights import ANONYMOUS
    from liren.service.cases import queries

    case = queries.case_by_number(number, ANONYMOUS)
    return queries.reading(case, ANONYMOUS), queries.timeline(case, ANONYMOUS)


def _own(pk: int) -> Any:
    from liren.foundation.people.models import Account
    from liren.service.cases import queries

    return queries.own_list(Account.objects.get(pk=pk), limit=50)


def each(cases: Iterator[tuple[str, Act]], runs: int) -> None:
    """One line for each; what is over the goal bears a mark."""
    for name, act in cases:
        try:
            took = timed(act, runs)
        except Exception as error:  # whatever fails is a result too, such as a statement that ran out of time
            from django.db import connection

            connection.close()
            print(f"  {name:<44} failed: {type(error).__name__} {str(error).splitlines()[0][:60]}", flush=True)
            continue
        mark = f"   over {GOAL_MS} ms" if took.median > GOAL_MS else ""
        print(
            f"  {name:<44} median {took.median:7.1f} ms, slowest {took.slowest:7.1f},"
            f" processor {took.processor:6.1f}{mark}",
            flush=True,
        )


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
            " WHERE state = 'dispatched' AND phase = 'open' AND due_at IS NOT NULL ORDER BY id DESC LIMIT %s), "
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
