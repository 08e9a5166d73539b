"""Children that do not outlive their parent, and locks that do not outlive their holder."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from liren.host.processes import Identity, Lock, end, spawn
from tests.host.actors import ROOT, gone, line
from tests.host.conftest import needs_root

PARENT = """
import signal, sys, time
from liren.host.processes import spawn
child = spawn([sys.executable, '-c', sys.argv[2]], dies_by=signal.SIGTERM, by_kernel=sys.argv[1] == 'kernel')
sys.stdout.write(f'{child.pid}\\n'); sys.stdout.flush()
time.sleep(60)
"""


def parent_of(way: str, child: str = "import time; time.sleep(60)") -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", PARENT, way, child], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text() if sys.platform == "linux" else True
    except (ProcessLookupError, FileNotFoundError):  # the second when it ends between the two looks
        return False


def dies(pid: int, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not lives(pid)


WAYS = [pytest.param("kernel", marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only")), "watcher"]


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_a_child_dies_with_a_parent_that_is_killed(way: str) -> None:
    parent = parent_of(way)
    child = int(line(parent))
    time.sleep(0.2)
    assert lives(child)
    gone(parent)
    assert dies(child)


@pytest.mark.slow
def test_the_watcher_ends_when_its_program_ends() -> None:
    child = spawn(["/bin/sleep", "0.1"], dies_by=signal.SIGTERM, by_kernel=False)
    child.wait(10)
    until = time.monotonic() + 30
    while watchers() and time.monotonic() < until:
        time.sleep(0.1)
    assert watchers() == []


def watchers() -> list[str]:
    """Command lines of the watchers that this process has started."""
    listing = subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=True).stdout
    return [words for words in listing.splitlines() if f"tether.py {os.getpid()} " in words]


@pytest.mark.slow
def test_a_child_that_does_not_listen_is_killed_in_the_end() -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as output:
        child = spawn([sys.executable, "-c", deaf], dies_by=signal.SIGKILL, output=output)
    with os.fdopen(reading) as words:
        assert words.readline() == "deaf\n"
    end(child, signal.SIGTERM, patience=0.2)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_what_a_child_leaves_behind_in_its_group_is_killed_too() -> None:
    leaves = "import subprocess; print(subprocess.Popen(['/bin/sleep', '60']).pid, flush=True)"
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as output:
        child = spawn([sys.executable, "-c", leaves], dies_by=signal.SIGKILL, output=output)
    with os.fdopen(reading) as words:
        left = int(words.readline())
        end(child, signal.SIGTERM, patience=5)
    assert dies(left)


@needs_root
@pytest.mark.slow
def test_root_is_dropped_for_good() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as output:
        argv = ["/bin/sh", "-c", "id -u; id -G"]
        child = spawn(argv, dies_by=signal.SIGKILL, user=Identity(65534, 65534), output=output, cwd=Path("/"))
    with os.fdopen(reading) as words:
        assert words.read().split() == ["65534", "65534"]
    child.wait(5)


def test_a_lock_is_held_by_one_and_read_by_all(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    first.note("http://127.0.0.1:8000 (process 1)")
    assert not second.take()
    assert second.read() == "http://127.0.0.1:8000 (process 1)"
    first.release()
    assert second.take()
    second.release()


def test_many_share_a_lock_and_none_of_them_has_it_alone(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take(shared=True)
    assert second.take(shared=True)
    assert not first.take()
    second.release()
    assert first.take()
    first.release()


def test_the_note_of_a_lock_that_nobody_ever_took_is_empty(tmp_path: Path) -> None:
    assert Lock(tmp_path / "lock").read() == ""
