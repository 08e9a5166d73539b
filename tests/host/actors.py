"""Processes for the tests to kill: ``python -m tests.host.actors ROLE HOME ...``."""

import itertools
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from liren.host import database
from liren.host.postgres import Embedded, running

ROOT = Path(__file__).resolve().parents[2]


def actor(role: str, home: Path, *words: object) -> "subprocess.Popen[str]":
    """Start one; it prints a line when it is ready."""
    command = [sys.executable, "-m", "tests.host.actors", role, str(home), *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)


def line(process: "subprocess.Popen[str]") -> str:
    """The next line that the process prints."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: "subprocess.Popen[str]") -> None:
    """Send it a line."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def gone(process: "subprocess.Popen[str]", number: signal.Signals = signal.SIGKILL) -> None:
    """Signal it and wait for its end."""
    process.send_signal(number)
    process.wait(30)
    for pipe in (process.stdout, process.stdin):
        if pipe is not None:
            pipe.close()


def say(*words: object) -> None:
    """A line for the test that started us."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def supervise(home: Path) -> None:
    """Own the server and keep it alive."""
    server = Embedded(home)
    say(server.start(), server.process and server.process.pid)
    while True:
        server.tend()
        time.sleep(0.02)


def hold(home: Path) -> None:
    """Use the server until a line comes in, as a command does for as long as it works."""
    with running(home) as server:
        say("owner" if server.owned else "guest")
        sys.stdin.readline()
        with database.connect("app", home) as connection:
            connection.execute("SELECT 1")
        say("served")


def write(home: Path, acknowledged: str) -> None:
    """Insert rows as the web does, each in its own transaction, and note each one after the commit was acknowledged."""
    notes = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with database.connect("app", home) as connection:
        row = connection.execute("SELECT coalesce(max(i), 0) FROM kept").fetchone()
        say(connection.info.backend_pid)
        for number in itertools.count(int(row[0]) + 1 if row else 1):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
            os.write(notes, number.to_bytes(8, "big"))


def climb(home: Path) -> None:
    """Carry up all cases that will be late in a month, as the job does every minute."""
    from liren import cli

    os.environ |= {"LIREN_HOME": str(home), "LIREN_DB_POOL": "0"}
    cli.django()
    from django.db import connection
    from django.utils import timezone

    from liren.service.cases.services import escalation

    carried = escalation._cases

    def slowly(*given: Any) -> int:
        done = carried(*given)
        time.sleep(0.15)
        return done

    escalation.PORTION, escalation._cases = 4, slowly  # so that it can be met half way, on a quick machine too
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        say(cursor.fetchone()[0])
    while escalation.escalate_due(timezone.now() + timedelta(days=30)):
        pass


ROLES = {"supervise": supervise, "hold": hold, "write": write, "climb": climb}

if __name__ == "__main__":
    ROLES[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
