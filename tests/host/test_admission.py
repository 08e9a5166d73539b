"""A rush before the door: some work, some wait, and whoever comes beyond is told at once to come again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from liren.host.admission import PAGE, Admission, threads_for


class Site:
    """An application that answers when it is let go on."""

    def __init__(self) -> None:
        self.going, self.inside, self.most = threading.Event(), 0, 0
        self.lock, self.came = threading.Lock(), threading.Semaphore(0)

    def __call__(self, environ, start):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.came.release()
        self.going.wait(10)
        with self.lock:
            self.inside -= 1
        start("200 OK", [])
        return [b"done"]


def asked(door):
    said = []
    body = b"".join(door({}, lambda status, headers: said.append((status, dict(headers)))))
    return said[0][0][:3], said[0][1], body


def test_beyond_those_who_work_and_wait_everybody_is_sent_away_at_once():
    site = Site()
    door = Admission(site, working=2, waiting=3, patience=10)
    with ThreadPoolExecutor(5) as pool:
        inside = [pool.submit(asked, door) for _ in range(5)]
        assert site.came.acquire(timeout=5)
        assert site.came.acquire(timeout=5)
        until = threading.Event()
        while door._inside < 5:
            until.wait(0.005)
        status, headers, body = asked(door)
        assert (status, headers["Retry-After"], body) == ("503", "5", PAGE)
        assert headers["Content-Length"] == str(len(PAGE))
        site.going.set()
        assert [one.result(5)[0] for one in inside] == ["200"] * 5
    assert site.most == 2
    assert asked(door)[0] == "200"


def test_nobody_waits_longer_than_the_patience():
    site = Site()
    door = Admission(site, working=1, waiting=1, patience=0.05)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(asked, door)
        assert site.came.acquire(timeout=5)
        assert asked(door)[0] == "503"
        site.going.set()
        assert first.result(5)[0] == "200"
    assert asked(door)[0] == "200"


def test_a_fault_of_the_site_gives_its_place_back():
    def fails(environ, start):
        raise RuntimeError("the site is ill")

    door = Admission(fails, working=1, waiting=0)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            asked(door)


def test_there_are_threads_left_to_turn_others_away():
    assert threads_for(4, 32) >= 4 + 32 + 4
