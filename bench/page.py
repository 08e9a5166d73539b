"""What a page costs the application: processor time of the web processes per page, beside the queries it makes.

    .venv/bin/python bench/page.py [--pages 600] [--threads 4]

Runs the whole site on a home of its own, with the simulated town, and deletes it. Processor time is read from the web
processes themselves, so neither the client nor PostgreSQL is in it. Linux only: it reads /proc.
"""

import argparse
import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.server_start import ROOT, free_port, page

TICK = os.sysconf("SC_CLK_TCK")
PAGES = {
    "home": "/",
    "list of units": "/units/",
    "search": "/search/?q=%E7%A4%BE%E5%8C%BA",
    "unit": "/units/990100000000/",
    "text only": "/about/accessibility/",
}


@contextmanager
def site(*, demo: bool = True, **more: str) -> Iterator[tuple[int, int]]:
    """The running site with a home that this process shares: its port and the process that holds all others."""
    with new_home() as home:
        os.environ["LIREN_HOME"] = str(home)
        with on_home(home, demo=demo, **more) as found:
            yield found


@contextmanager
def new_home() -> Iterator[Path]:
    """A folder for a home, which an unprivileged account may enter; deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="liren-bench-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_home(home: Path, *, demo: bool, **more: str) -> Iterator[tuple[int, int]]:
    """The site served from this home, with these settings alone."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DATABASE_"))}
    kept |= {"LIREN_HOME": str(home)} | more
    command = [sys.executable, "-m", "liren", "serve", "--port", str(port), *["--demo"][: int(demo)]]
    server = subprocess.Popen(command, cwd=ROOT, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not page(port):
            if server.poll() is not None:  # it was told to stop, as we were, or could not start
                raise SystemExit("The site ended before it answered.")
            time.sleep(0.1)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def below(pid: int) -> list[int]:
    """The processes under ``pid``."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children] + [one for child in children for one in below(int(child))]


def web_seconds(pid: int) -> float:
    """Processor time, user and system, of the web processes so far."""
    total = 0
    for one in below(pid):
        if b"granian" in Path(f"/proc/{one}/cmdline").read_bytes():
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICK


def fetch(port: int, path: str, times: int) -> list[float]:
    """Seconds of each of ``times`` answers over one kept connection."""
    door, seconds = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for _ in range(times):
        began = time.perf_counter()
        door.request("GET", path, headers={"Accept-Language": "zh-CN"})
        answer = door.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        seconds.append(time.perf_counter() - began)
    door.close()
    return seconds


def queries() -> dict[str, int]:
    """How many queries each page makes, asked of the same code on the same database."""
    from liren import cli

    cli.django()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    counts = {}
    for name, path in PAGES.items():
        browser = Client(headers={"host": "127.0.0.1"})
        browser.get(path)
        with CaptureQueriesContext(connection) as caught:
            browser.get(path)
        counts[name] = len(caught)
    connection.close()
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=600, help="answers for each page (%(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="at once (%(default)s)")
    arguments = parser.parse_args()
    each = arguments.pages // arguments.threads
    with site() as (port, pid), ThreadPoolExecutor(arguments.threads) as pool:
        counts = queries()
        print(f"{'page':16} {'queries':>7} {'application CPU':>16} {'median wall':>12} {'pages/s':>8}")
        for name, path in PAGES.items():
            fetch(port, path, 40)
            before, began = web_seconds(pid), time.perf_counter()
            runs = pool.map(lambda _, path=path: fetch(port, path, each), range(arguments.threads))
            seconds = [one for run in runs for one in run]
            took, cpu = time.perf_counter() - began, web_seconds(pid) - before
            wall = statistics.median(seconds) * 1000
            each_cpu, rate = cpu / len(seconds) * 1000, len(seconds) / took
            print(f"{name:16} {counts[name]:7} {each_cpu:13.1f} ms {wall:9.1f} ms {rate:8.0f}")


if __name__ == "__main__":
    main()
