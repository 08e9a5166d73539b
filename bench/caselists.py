"""Every list of cases, measured at the server: queries with their rows made ready, as the page asks for them."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from caseload import HERE, World

GOAL_MS = 50
DESKS = ("worker-great", "worker-small", "officer-great", "officer-quiet", "district", "city", "clerk")
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
        yield f"{name}: one kind of matter", partial(ask, category="noise", type=made.kind.pk)
        yield f"{name}: urgent ones of a type", partial(ask, severity="urgent", type=made.kind.pk)
        yield f"{name}: kept view: due, one kind", partial(ask, view="due", category="lift", type=made.kind.pk)
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
