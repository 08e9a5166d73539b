"""Keeps the children of ``liren serve`` alive: PostgreSQL, the web server, the worker for jobs."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from liren.cli.main import tell
from liren.host import paths
from liren.host.admission import threads_for
from liren.host.errors import HostError
from liren.host.postgres import Embedded
from liren.host.processes import end, kill_group, spawn
from liren.host.turns import SharedTurns

# A child that dies this often within this many seconds will not get better by another start at once.
DEATHS, WITHIN, REST = 5, 60.0, 30.0


@dataclass
class Child:
    """A program that is kept alive. Without an ``essential`` one there is no point in going on."""

    name: str
    argv: list[str]
    essential: bool = True
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def start(self) -> None:
        self.process = spawn(self.argv, dies_by=signal.SIGTERM, env=os.environ)

    def tend(self) -> None:
        """Start it again if it has died, after a rest if it keeps dying; HostError when an essential one does."""
        if self.process is None:
            if time.monotonic() > self.deaths[-1] + REST:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        kill_group(self.process.pid)  # what it left behind would hold the port
        self.deaths.append(time.monotonic())
        if len(self.deaths) < DEATHS or self.deaths[-1] - self.deaths[0] > WITHIN:
            tell(f"The {self.name} has died (code {code}); starting it again.")
            self.start()
        elif self.essential:
            raise HostError(f"The {self.name} died {DEATHS} times in a row; its messages stand above.")
        else:
            tell(f"The {self.name} keeps dying; its messages stand above. The next try is in {REST:.0f} seconds.")
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, signal.SIGTERM, patience=10)


class Supervisor:
    """All children of one ``liren serve``."""

    def __init__(self, server: Embedded | None) -> None:
        self.server = server
        self.children: list[Child] = []
        self.turns: SharedTurns | None = None

    def once(self, *words: str, unless: Callable[[], bool] | None = None, doing: str = "") -> None:
        """Run a command of Liren to its end, unless it is not needed; HostError when it fails."""
        if unless is not None and unless():
            return
        if doing:
            tell(doing)
        process = spawn([sys.executable, "-m", "liren", *words], dies_by=signal.SIGTERM, env=os.environ)
        try:
            code = process.wait()
        finally:
            end(process, signal.SIGTERM, patience=10)
        if code:
            raise HostError(f"`liren {' '.join(words)}` failed (code {code}); its message stands above.")

    def start_web(self, host: str, port: int, workers: int, threads: int) -> None:
        """The web server. As many work at once as ``threads`` times ``workers``; all others wait in one queue."""
        places = workers * threads
        self.turns = SharedTurns.made(places, paths.home())
        os.environ["LIREN_WEB_TURNS"] = str(self.turns.number if self.turns else -1)
        os.environ["LIREN_WEB_WORKING"] = str(threads)
        os.environ.setdefault("LIREN_DB_POOL_MAX", str(max(8, places)))  # they may all come to one process
        threads = threads_for(places if self.turns else threads, int(os.environ.setdefault("LIREN_WEB_WAITING", "32")))
        # Its warning is about the number of threads; most of ours wait, as they shall.
        words = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
        words += ["--blocking-threads", str(threads), "--log-level", "error", "liren.cli.web:application"]
        self._start(Child("web server", [sys.executable, *words]))

    def start_jobs(self) -> None:
        """The worker for jobs; after the web server, whose first page somebody waits for."""
        words = ["-m", "liren", "manage", "procrastinate", "worker"]
        self._start(Child("worker for jobs", [sys.executable, *words], essential=False))

    def _start(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def tend(self) -> None:
        """One look at everybody."""
        if self.server is not None and self.server.tend():
            tell("PostgreSQL had died; it is up again, and nothing that was confirmed is lost.")
        for child in self.children:
            child.tend()

    def watch(self) -> NoReturn:
        """Look again and again, until an exception (Ctrl-C, SIGTERM) ends it."""
        while True:
            self.tend()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop everybody, the database last."""
        if self.children:
            tell("Stopping; another Ctrl-C does it at once.")
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            child.stop()
        if self.turns is not None:
            self.turns.remove()
        if self.server is not None:
            self.server.stop()
