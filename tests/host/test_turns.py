"""Whose turn it is: in the order of coming, within a process and over several, and nothing is lost with a process."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from liren.host.turns import OwnTurns, SharedTurns, Turns

linux = pytest.mark.skipif(sys.platform != "linux", reason="waiting with patience is Linux's")
GETNCNT = 14
HOLDS = """
import sys
from liren.host.turns import SharedTurns
assert SharedTurns(int(sys.argv[1])).take(10)
print("taken", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[SharedTurns]:
    made = SharedTurns.made(1, tmp_path)
    assert made is not None
    yield made
    made.remove()


@pytest.fixture(params=["own", pytest.param("shared", marks=linux)])
def turns(request: pytest.FixtureRequest) -> Turns:
    return OwnTurns(1) if request.param == "own" else request.getfixturevalue("shared")


def waiting(turns: Turns) -> int:
    if isinstance(turns, OwnTurns):
        return len(turns._queue)
    return int(turns._libc.semctl(turns.number, 0, GETNCNT))


def test_who_came_first_goes_first_and_whoever_comes_back_goes_last(turns: Turns) -> None:
    assert turns.take(0)
    served: list[int] = []

    def one(number: int) -> None:
        assert turns.take(10)
        served.append(number)
        turns.give()

    with ThreadPoolExecutor(5) as pool:
        for number in range(5):
            pool.submit(one, number)
            while waiting(turns) <= number:
                time.sleep(0.001)
        turns.give()
        assert turns.take(10)
        assert served == [0, 1, 2, 3, 4]


def test_who_gives_up_takes_nothing_with_him(turns: Turns) -> None:
    assert turns.take(0)
    assert not turns.take(0.02)
    assert waiting(turns) == 0
    turns.give()
    assert turns.take(0)
    assert not turns.take(0)


@linux
def test_a_process_that_is_killed_leaves_its_place(shared: SharedTurns) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(shared.number)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"taken\n"
        assert not shared.take(0)
        holder.kill()
        assert shared.take(10)


@linux
def test_the_same_home_has_the_same_queue_with_all_places_free(shared: SharedTurns, tmp_path: Path) -> None:
    assert shared.take(0)
    again = SharedTurns.made(1, tmp_path)
    assert again is not None
    assert again.number == shared.number
    assert again.take(0)


@linux
def test_without_a_queue_nobody_is_kept_waiting(tmp_path: Path) -> None:
    gone = SharedTurns.made(1, tmp_path)
    assert gone is not None
    gone.remove()
    assert gone.take(0)
    gone.give()
