"""Kill -9 of everything that can be killed, while rows are being written: what was acknowledged is there afterwards."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from liren.host import database, strays
from tests.host.actors import actor, gone, line

pytestmark = pytest.mark.slow


class Scene:
    """A supervisor with its server, and a writer that writes through the web's role."""

    def __init__(self, home: Path) -> None:
        self.home, self.notes, self.writers = home, home.with_name("acknowledged"), 0
        self.notes.touch()
        self.supervisor = self._supervise()
        with database.connect("owner", home) as connection:
            connection.execute("CREATE TABLE kept (i bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")

    def _supervise(self) -> "subprocess.Popen[str]":
        process = actor("supervise", self.home)
        assert line(process).startswith("started")
        return process

    def round(self, kill: Callable[["Scene"], None]) -> tuple[int, int]:
        """Write, kill in the middle, come back; how many rows were acknowledged, and how many of these are lost."""
        self._write()
        kill(self)
        if self.writer.poll() is None:
            gone(self.writer)
        if self.supervisor.poll() is not None:
            self.supervisor = self._supervise()
        return self._count()

    def _write(self) -> None:
        """A writer in full swing; another one when the server was still getting up from the kill before."""
        enough, until = self.notes.stat().st_size + 8 * 50, time.monotonic() + 60
        self._start_writer()
        while not (self.backend and self.writer.poll() is None and self.notes.stat().st_size >= enough):
            assert time.monotonic() < until, "no writer gets through"
            time.sleep(0.01)
            if not self.backend or self.writer.poll() is not None:
                gone(self.writer)
                self._start_writer()

    def _start_writer(self) -> None:
        self.writers += 1
        self.writer = actor("write", self.home, self.notes)
        self.backend = int(line(self.writer) or 0)

    def _count(self) -> tuple[int, int]:
        raw = self.notes.read_bytes()
        acknowledged = {int.from_bytes(raw[at : at + 8], "big") for at in range(0, len(raw) - len(raw) % 8, 8)}
        present = {number for (number,) in self._ask("SELECT i FROM kept")}
        assert len(present - acknowledged) <= self.writers, "more than the one row in flight came unasked"
        return len(acknowledged), len(acknowledged - present)

    def _ask(self, query: str) -> list[tuple[int]]:
        until = time.monotonic() + 30
        while True:
            try:
                with database.connect("app", self.home) as connection:
                    return connection.execute(query).fetchall()
            except psycopg.OperationalError:  # the supervisor is bringing it back
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def postmaster(self) -> int:
        return int((self.home / "pg" / "postmaster.pid").read_text().split()[0])


def kill_writer(scene: Scene) -> None:
    gone(scene.writer)


def kill_backend(scene: Scene) -> None:
    os.kill(scene.backend, signal.SIGKILL)


def kill_postmaster(scene: Scene) -> None:
    os.kill(scene.postmaster(), signal.SIGKILL)


def kill_supervisor(scene: Scene) -> None:
    gone(scene.supervisor)


def kill_supervisor_and_postmaster(scene: Scene) -> None:
    postmaster = scene.postmaster()
    scene.supervisor.send_signal(signal.SIGKILL)
    os.kill(postmaster, signal.SIGKILL)
    gone(scene.supervisor)


def kill_backend_then_supervisor_in_the_middle_of_recovery(scene: Scene) -> None:
    kill_backend(scene)
    time.sleep(0.01)
    gone(scene.supervisor)


KILLS = (
    kill_writer,
    kill_backend,
    kill_postmaster,
    kill_supervisor,
    kill_supervisor_and_postmaster,
    kill_backend_then_supervisor_in_the_middle_of_recovery,
)


def test_nothing_that_was_acknowledged_is_lost(home: Path) -> None:
    scene = Scene(home)
    try:
        written = 0
        for kill in KILLS:
            acknowledged, lost = scene.round(kill)
            assert lost == 0, f"{kill.__name__}: {lost} of {acknowledged} acknowledged rows are lost"
            assert acknowledged > written, f"{kill.__name__}: nothing was written in this round"
            written = acknowledged
    finally:
        gone(scene.supervisor, signal.SIGTERM)
    time.sleep(0.3)
    assert strays.on(home / "pg") == []
