"""Keeps the children of ``liren serve`` alive: PostgreSQL, the web server, the worker for jobs."""

import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from liren.cli.main import tell
from liren.host.errors import HostError
from liren.host.postgres import Embedded
from liren.host.processes import end, kill_group, spawn

# A child that dies this often within this many seconds will not get better by another start.
DEATHS, WITHIN = 5, 60.0


@dataclass
class Child:
    """A program that is kept alive."""

    name: str
    argv: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS))

    def start(self) -> None:
        self.process = spawn(self.argv, dies_by=signal.SIGTERM, env=os.environ)

    def tend(self) -> None:
        """Start it again if it has died; HostError when it keeps dying."""
        if self.process is None or self.process.poll() is None:
            return
        kill_group(self.process.pid)  # what it left behind would hold the port
        self.deaths.append(time.monotonic())
        if len(self.deaths) == DEATHS and self.deaths[-1] - self.deaths[0] < WITHIN:
            raise HostError(f"The {self.name} died {DEATHS} times in a row; its messages stand above.")
        tell(f"The {self.name} has died (code {self.process.returncode}); starting it again.")
        self.start()

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, signal.SIGTERM, patience=10)


class Supervisor:
    """All children of one ``liren serve``."""

    def __init__(self, server: Embedded | None) -> None:
        self.server = server
        self.children: list[Child] = []

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

    def start(self, host: str, port: int, workers: int, threads: int) -> None:
        """The web server, and the worker for jobs."""
        web = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers)]
        web += ["--blocking-threads", str(threads), "--log-level", "warning", "liren.cli.web:application"]
        jobs = ["-m", "liren", "manage", "procrastinate", "worker"]
        for name, words in (("web server", web), ("worker for jobs", jobs)):
            child = Child(name, [sys.executable, *words])
            child.start()
            self.children.append(child)

    def tend(self) -> None:
        """One look at everybody."""
        if self.server is not None and self.server.tend():
            tell("PostgreSQL had died; it is up again, and nothing that was confirmed is lost.")
        for child in self.children:
            child.tend()

    def watch(self) -> None:
        """Look again and again, until an exception (Ctrl-C, SIGTERM) ends it."""
        while True:
            self.tend()
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop everybody, the database last."""
        if self.children:
            tell("Stopping …")
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            child.stop()
        if self.server is not None:
            self.server.stop()
