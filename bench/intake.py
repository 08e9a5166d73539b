"""Public reports taken in by the served site: by the machine's door (Open311) and by the form of the portal.

    script/bench intake                          1, 4 and 16 clients, then a burst at five times the capacity
    script/bench intake -- --keep ten            on the database that script/bench cases -- --keep ten filled, after
                                                 the same on the one beside it that has no case

Runs the whole site on a home of its own as ``liren serve`` does, PostgreSQL with fsync, and deletes it. Clients keep
their connection and send the next report when the last one is answered; the burst sends without waiting (open loop).
The client is one process of asyncio on the same processors: what it takes of them is named. Linux only: reads /proc.
"""

import argparse
import asyncio
import math
import os
import re
import statistics
import sys
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.page import TICK, below, new_home, on_home, site

KEYS = 400
ANSWER = re.compile(rb"HTTP/1.1 (\d+)")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
#: As behind a proxy that names each sender's network: residents do not all share one, and wait for its counter.
PLENTY = {"LIREN_NETWORK_HOUR": "1000000", "LIREN_NETWORK_DAY": "1000000", "LIREN_BEHIND_PROXY": "1"}


# --- the client ---


class Client:
    """One kept connection, no more than a report needs."""

    def __init__(self, port: int) -> None:
        self.port, self.reader, self.writer = port, None, None

    async def ask(self, request: bytes, patience: float = 30.0) -> tuple[int, bytes]:
        """Status and whole answer; 0 where nobody answered."""
        try:
            return await asyncio.wait_for(self._ask(request), patience)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError):
            self.close()
            return 0, b""

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await self.reader.readexactly(int(length[1])) if length else b""
        return int(ANSWER.match(head)[1]), head + body

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def post(path: str, facts: dict[str, str], *headers: str) -> bytes:
    body = urllib.parse.urlencode(facts).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/x-www-form-urlencoded",
             f"Content-Length: {len(body)}", *headers]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# --- the two doors ---


def by_machine(keys: list[str]) -> Callable[[int], bytes]:
    """Each program sends a little: no key comes near its limit of 120 a minute."""

    def report(n: int) -> bytes:
        facts = {"service_code": "request.dark_place", "description": f"第{n}盏路灯不亮了",
                 "api_key": keys[n % len(keys)], "address_string": f"柳荫街{n}号", "phone": "13800138000"}  # fmt: skip
        return post("/open311/v2/requests.json", facts, f"Idempotency-Key: {uuid.uuid4()}")

    return report


async def by_form(port: int, unit: str) -> Callable[[int], bytes]:
    """The page is fetched once; what it gives to this browser goes back with each report."""
    client = Client(port)
    page = (await client.ask(b"GET /report/request/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"))[1].decode()
    client.close()
    cookies = "; ".join(re.findall(r"(?i)\r\nset-cookie: ([^;]+)", page))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    def report(n: int) -> bytes:
        facts = {"csrfmiddlewaretoken": token, "client_key": str(uuid.uuid4()), "text": f"第{n}盏路灯不亮了",
                 "category": "dark_place", "lon": "104.06", "lat": "30.66", "address": f"柳荫街{n}号", "unit": unit,
                 "phone": "13800138000", "again": "on"}  # fmt: skip
        sender = f"X-Forwarded-For: 10.{n // 256 % 256}.{n % 256}.7"
        return post("/report/request/", facts, f"Cookie: {cookies}", sender)

    return report


# --- measuring ---


@dataclass
class Run:
    """Answers by status, and how long each took that was taken in."""

    statuses: Counter = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)

    def note(self, status: int, began: float) -> None:
        self.statuses[status] += 1
        if 200 <= status < 400:
            self.seconds.append(time.perf_counter() - began)
            self.moments.append(time.perf_counter())

    def at(self, part: float) -> float:
        """Milliseconds within which this part of them was answered; not a number where there are too few."""
        if len(self.seconds) < 2:
            return math.nan
        return statistics.quantiles(self.seconds, n=100)[round(part * 100) - 1] * 1000


async def closed_loop(port: int, report: Callable[[int], bytes], clients: int, seconds: float) -> Run:
    """So many clients, each with one report after the other."""
    run, until = Run(), time.perf_counter() + seconds

    async def one(number: int) -> None:
        client, n = Client(port), number * 100_000
        while time.perf_counter() < until:
            began = time.perf_counter()
            n += 1
            run.note((await client.ask(report(n)))[0], began)
        client.close()

    await asyncio.gather(*(one(number) for number in range(clients)))
    return run


async def open_loop(port: int, report: Callable[[int], bytes], rate: float, seconds: float) -> Run:
    """So many a second whatever becomes of them, each on a connection of its own or one that is free again."""
    run, free, waiting = Run(), [], set()

    async def one(n: int) -> None:
        client, began = free.pop() if free else Client(port), time.perf_counter()
        run.note((await client.ask(report(n)))[0], began)
        free.append(client)

    began = time.perf_counter()
    for n in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        task = asyncio.create_task(one(n))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    await asyncio.gather(*waiting)
    for client in free:
        client.close()
    return run


def seconds_of(pid: int, name: bytes) -> float:
    """Processor time of the processes of this name under the server."""
    total = 0
    for one in below(pid):
        try:
            if name in Path(f"/proc/{one}/cmdline").read_bytes():
                fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / TICK


async def measured(pid: int, name: str, act: Awaitable[Run]) -> Run:
    was = time.process_time(), seconds_of(pid, b"granian"), seconds_of(pid, b"postgres")
    began = time.perf_counter()
    run = await act
    took, each = time.perf_counter() - began, 1000 / max(1, len(run.seconds))
    spent = time.process_time(), seconds_of(pid, b"granian"), seconds_of(pid, b"postgres")
    client, web, base = (now - then for now, then in zip(spent, was, strict=True))
    others = {status: many for status, many in sorted(run.statuses.items()) if not 200 <= status < 400}
    print(
        f"  {name:<26} {len(run.seconds) / took:6.1f} a second, p50 {run.at(0.5):6.0f} ms, p95 {run.at(0.95):6.0f} ms;"
        f" processor for each: web {web * each:.1f} ms, PostgreSQL {base * each:.1f}, client {client * each:.1f}"
        f"{f'; other answers {others}' if others else ''}",
        flush=True,
    )
    return run


async def burst(port: int, pid: int, report: Callable[[int], bytes], before: Run, rate: float) -> None:
    """Ten seconds at five times what was taken in; then the same as before, from the first second on."""
    await measured(pid, "burst, 5 times as many", open_loop(port, report, rate * 5, 10))
    for start in (0, 5, 10):
        await measured(pid, f"{start} to {start + 5} s after", closed_loop(port, report, 4, 5))
    print(f"  (before: p95 {before.at(0.95):.0f} ms)")


# --- the city, and statements ---


def city() -> tuple[str, list[str]]:
    """A city of 300 communities and 400 programs in the database of the served site: a community, and the keys."""
    from liren import cli

    os.environ["LIREN_ROLE"] = "owner"
    cli.django()
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import caseload
    from django.db import connection, transaction

    from liren.foundation.territory.models import Unit
    from tests.make import cases

    if not Unit.objects.exists():
        with transaction.atomic():
            caseload.founded(300)
    made, run = caseload.world(), uuid.uuid4().hex[:6]
    keys = [cases.key(made.great, name=f"第{n}个程序（{run}）").text for n in range(KEYS)]
    connection.close()
    return made.great.code, keys


def statements(request: bytes) -> int:
    """How many one report needs, asked of the same code on the same database, once everything is warm."""
    from django.db import connection
    from django.test import Client as Browser
    from django.test.utils import CaptureQueriesContext

    head, _, body = request.partition(b"\r\n\r\n")
    path, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines if not line.startswith("Content-Length"))
    kind = headers.pop("Content-Type")
    for _ in range(2):
        browser = Browser(headers={name.lower(): value for name, value in headers.items()})
        fresh = re.sub(rb"client_key=[^&]+", f"client_key={uuid.uuid4()}".encode(), body)
        browser.defaults["HTTP_IDEMPOTENCY_KEY"] = str(uuid.uuid4())
        with CaptureQueriesContext(connection) as caught:
            answer = browser.post(path.split()[1], fresh, content_type=kind)
        assert answer.status_code < 400, answer.content[:300]
    connection.close()
    return len(caught)


async def through(port: int, pid: int, report: Callable[[int], bytes], seconds: float) -> None:
    """One door: warmed up, with 1, 4 and 16 clients, then the burst."""
    await closed_loop(port, report, 4, 3)
    for clients in (1, 4, 16):
        run = await measured(pid, f"{clients} clients", closed_loop(port, report, clients, seconds))
    await burst(port, pid, report, run, len(run.seconds) / seconds)


# --- on a database that is there already ---


def served_both(keep: str, seconds: float) -> None:
    """The site on the database without a case, then on the full one beside it, on one embedded server."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from scratch import scratch_database

    with scratch_database(keep):
        from django.db import connection

        full = connection.settings_dict["NAME"]
        for name in (f"{full}_empty", full):
            connection.close()
            connection.settings_dict["NAME"] = name
            print(f"On {name}:", flush=True)
            with new_home() as home, on_home(home, demo=False, **addresses(), **PLENTY) as (port, _pid):
                doors(port, os.getpid(), seconds)
        connection.close()
        connection.settings_dict["NAME"] = full


def addresses() -> dict[str, str]:
    """Where the site finds the database of this process, and with which keys."""
    from django.db import connection

    place = connection.settings_dict
    address = "postgresql://{}@/{}?host={}&port={}".format(
        "{}", place["NAME"], urllib.parse.quote(place["HOST"], safe="/"), place["PORT"]
    )
    keys = {name: os.environ[name] for name in ("LIREN_SECRET_KEY", "LIREN_DATA_KEY", "LIREN_LOOKUP_KEY")}
    users = {"DATABASE_URL": "liren_app", "DATABASE_OWNER_URL": "liren_owner"}
    return keys | {"LIREN_LOCAL": "1"} | {name: address.format(user) for name, user in users.items()}


def doors(port: int, pid: int, seconds: float) -> None:
    """Both doors of one site, one after the other."""
    unit, keys = city()
    for name, report in (("machine", by_machine(keys)), ("form", asyncio.run(by_form(port, unit)))):
        print(f"By {name} (load {os.getloadavg()[0]:.1f}): {statements(report(1))} statements", flush=True)
        asyncio.run(through(port, pid, report, seconds))


def main() -> None:
    """Only the clients run in a loop of events: there alone a Ctrl-C is not lost while something else is waited for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="of each run (%(default)s)")
    parser.add_argument("--keep", default="", help="on the database kept under this name, and the empty one beside it")
    options = parser.parse_args()
    if options.keep:
        served_both(options.keep, options.seconds)
        return
    with site(demo=False, **PLENTY) as (port, pid):
        doors(port, pid, options.seconds)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
