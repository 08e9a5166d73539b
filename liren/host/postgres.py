"""The supervisor of the embedded PostgreSQL.

A lock on a file decides who owns the server; others attach. The owner is the server's parent, so it reaps it, and the
server gets SIGQUIT (immediate shutdown, log replay at the next start) when the owner dies: nothing is left over and
nothing that was acknowledged is lost. Alive means that a connection works; a process id is never believed.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from liren.host import database, paths, strays
from liren.host.cluster import ENVIRONMENT, Cluster
from liren.host.errors import HostError
from liren.host.processes import Lock, end, spawn

LOG_LIMIT = 10_000_000


def silent(line: str) -> None:
    """Say nothing."""


class Embedded:
    """One PostgreSQL on one folder. ``patience``: seconds without a sign of progress until starting is given up."""

    def __init__(
        self,
        home: Path | None = None,
        *,
        say: Callable[[str], None] = silent,
        patience: float = 120.0,
        settings: dict[str, str] | None = None,
        programs: Path | None = None,
    ) -> None:
        self.home = (home or paths.home()).resolve()
        self.say, self.patience, self.settings = say, patience, settings or {}
        paths.make(self.home, 0o711 if os.geteuid() == 0 else 0o700)
        self.cluster = Cluster(self.home, programs)
        self.process: subprocess.Popen[bytes] | None = None
        self._owner, self._users = Lock(self.home / "supervisor.lock"), Lock(self.home / "users.lock")

    @property
    def owned(self) -> bool:
        """Whether this process is the supervisor."""
        return self.process is not None

    def up(self) -> bool:
        """Whether the server answers, asked by a real connection."""
        try:
            with self.connect() as connection:
                connection.execute("SELECT 1")
            return True
        except psycopg.OperationalError:
            return False

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """A connection as the server's own superuser, for the supervisor only."""
        return psycopg.connect(
            host=str(self.cluster.socket), dbname=name, user="postgres", connect_timeout=3, autocommit=True
        )

    def start(self, *, own: bool = False) -> str:
        """Start the server or attach to the one that runs. ``own``: wait until nobody else owns it.

        Returns "started" or "attached"; raises HostError when it will not start.
        """
        self._users.take(shared=True, wait=True)
        try:
            how = self._take_or_attach(own)
            with self.connect() as connection:
                database.create(connection, self.connect)
            return how
        except BaseException:
            self.stop()
            raise

    def _take_or_attach(self, own: bool) -> str:
        watch = Progress(self.cluster.log, self.patience)
        told = False
        while not self._owner.take():
            if self.up():
                if not own:
                    return "attached"
                watch.reset()
                if not told:
                    self.say("Another command has the database open; waiting for it to end.")
                    told = True
            watch.check()
            time.sleep(0.1)
        self.cluster.prepare()
        self._run_until_up()
        return "started"

    def _run_until_up(self) -> None:
        """Start the server again and again until it answers: an older one may still be on its way out."""
        watch = Progress(self.cluster.log, self.patience)
        began = time.monotonic()
        while True:
            self._launch()
            while self.process is not None and self.process.poll() is None:
                if self._ours() and self.up():
                    return
                if watch.check():
                    self.say("PostgreSQL is replaying its log after a crash; this takes as long as it takes.")
                time.sleep(0.03 if time.monotonic() - began < 5 else 0.25)
            self._clear_the_way(time.monotonic() - began)
            watch.check()
            time.sleep(0.1)

    def _launch(self) -> None:
        if self.cluster.log.exists() and self.cluster.log.stat().st_size > LOG_LIMIT:
            self.cluster.log.replace(self.cluster.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.cluster.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            # SIGQUIT, not SIGINT: a fast shutdown was seen to hang when it met a crash restart half way.
            self.process = spawn(
                self.cluster.command(self.settings),
                dies_by=signal.SIGQUIT,
                user=self.cluster.user,
                env=ENVIRONMENT,
                output=log,
                cwd=Path("/"),
            )

    def _ours(self) -> bool:
        """Whether the server on the folder is the one we started, and not one left behind that still answers."""
        try:
            first = (self.cluster.data / "postmaster.pid").read_text().partition("\n")[0]
        except FileNotFoundError:
            return False
        return self.process is not None and first == str(self.process.pid)

    def _clear_the_way(self, seconds: float) -> None:
        """We hold the lock, so whatever still runs on the folder has lost its supervisor: wait, ask, insist."""
        if not strays.on(self.cluster.data):
            strays.disown(self.cluster.data)
        elif seconds > 8:
            strays.send(self.cluster.data, signal.SIGKILL)
        elif seconds > 1:
            strays.send(self.cluster.data, signal.SIGQUIT)

    def tend(self) -> bool:
        """Start the server again if it has died; whether it had. For the owner's loop."""
        if self.process is None or self.process.poll() is None:
            return False
        self._run_until_up()
        return True

    def stop(self, *, wait_for_others: bool = False) -> None:
        """Stop the server if it is ours, and let go. ``wait_for_others``: not before everyone else has let go."""
        if self.process is not None:
            if wait_for_others and not self._users.take():
                self.say("Others still use the database; waiting for them to end.")
                self._users.take(wait=True)
            end(self.process, signal.SIGINT, patience=20, then=signal.SIGQUIT)
            self.process = None
        self._owner.release()
        self._users.release()


class Progress:
    """Looks in the server's log for signs of work. Refused connections, which are our own knocking, do not count."""

    def __init__(self, log: Path, patience: float) -> None:
        self.log, self.patience = log, patience
        self.offset = log.stat().st_size if log.exists() else 0
        self.reset()

    def reset(self) -> None:
        """Something moved."""
        self.since = self.told = time.monotonic()

    def check(self) -> bool:
        """True about every ten seconds of waiting; HostError after ``patience`` seconds without a sign."""
        if self._moved():
            self.since = time.monotonic()
        now = time.monotonic()
        if now - self.since > self.patience:
            raise HostError(f"PostgreSQL does not start; its last words in {self.log}: {self._last_words()}")
        if now - self.told > 10:
            self.told = now
            return True
        return False

    def _moved(self) -> bool:
        try:
            with self.log.open("rb") as file:
                file.seek(self.offset if self.offset <= self.log.stat().st_size else 0)
                new = file.read()
                self.offset = file.tell()
        except FileNotFoundError:
            return False
        return any(line and b"FATAL" not in line for line in new.split(b"\n"))

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").strip().splitlines()
        except FileNotFoundError:
            return "(none)"
        return lines[-1] if lines else "(none)"


@contextmanager
def running(
    home: Path | None = None, *, say: Callable[[str], None] = silent, settings: dict[str, str] | None = None
) -> Iterator[Embedded]:
    """The embedded server for as long as the block lasts: joins the one that runs, else starts one and stops it."""
    server = Embedded(home, say=say, settings=settings)
    server.start()
    try:
        yield server
    finally:
        server.stop(wait_for_others=True)
