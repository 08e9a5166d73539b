"""``liren serve`` as a whole: it comes up, it heals, it leaves nothing behind."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from liren.host import database, paths
from tests.host.actors import ROOT, actor, gone, line
from tests.host.conftest import make_ground

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


class Site:
    """A running ``liren serve`` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.said = home.with_name("said")
        self.start()

    def start(self) -> None:
        with self.said.open("a") as out:
            self.process = self.command(out)
        wait_until(lambda: self.status() == 200, 90)

    def command(self, out: object = subprocess.PIPE) -> "subprocess.Popen[str]":
        words = [sys.executable, "-m", "liren", "serve", "--port", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DATABASE_"))}
        # Reports come from one network here, and as many as the machine can take.
        surroundings = {**kept, "LIREN_HOME": str(self.home), "LIREN_NETWORK_HOUR": "100000"}
        surroundings["LIREN_NETWORK_DAY"] = "100000"
        return subprocess.Popen(words, cwd=ROOT, env=surroundings, stderr=out, text=True)  # type: ignore[call-overload,no-any-return]

    def status(self, path: str = "/health") -> int:
        """The status of a page; 0 when nobody answers."""
        door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            door.request("GET", path)
            return door.getresponse().status
        except OSError:
            return 0
        finally:
            door.close()

    def family(self) -> dict[int, str]:
        """All living processes below the server, with their command lines."""
        below, found = {self.process.pid}, {}
        parents = {int(stat.parent.name): parent_of(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
        for pid in sorted(parents):
            if parents[pid] in below:
                below.add(pid)
                found[pid] = command_of(pid)
        return found


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def parent_of(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:  # gone in between
        return -1


def command_of(pid: int) -> str:
    """The command line; empty for a process that is gone or a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    for ground in make_ground():
        one = Site(ground / "home")
        yield one
        if one.process.poll() is None:
            gone(one.process, signal.SIGINT)


def test_a_page_is_served(site: Site) -> None:
    assert site.status("/") == 200
    assert f"Liren 里仁 is at http://127.0.0.1:{site.port}" in site.said.read_text()


def test_the_secrets_lie_in_the_home_for_nobody_else(site: Site) -> None:
    assert (site.home / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_web_runs_as_the_role_that_makes_no_tables(site: Site) -> None:
    with database.connect("owner", site.home) as connection:
        users = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'liren' AND pid <> pg_backend_pid()"
        ).fetchall()
    assert users == [("liren_app",)]


def test_the_audit_log_is_closed_to_the_web(site: Site) -> None:
    with database.connect("app", site.home) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM kernel_audit_entry")


def test_what_comes_with_the_code_is_there_from_the_start(site: Site) -> None:
    """The cache that throttles sign-in, the roles, and the announced holidays; the demo is not needed for them."""
    with psycopg.connect(database.url("app", site.home)) as web:
        web.execute("INSERT INTO kernel_cache VALUES ('probe', 'x', now())")
        web.rollback()
        counted = web.execute(
            "SELECT (SELECT count(*) FROM people_role), (SELECT count(DISTINCT year) FROM kernel_calendar_notice)"
        ).fetchone()
    assert counted is not None
    assert counted[0] >= 9
    assert counted[1] >= 23


def test_a_second_server_says_where_the_first_one_is(site: Site) -> None:
    second = site.command()
    assert (
        second.communicate(timeout=60)[1]
        == f"Liren already runs: http://127.0.0.1:{site.port} (process {site.process.pid})\n"
    )
    assert second.returncode == 0


def test_pages_are_served_after_all_connections_were_cut(site: Site) -> None:
    assert [site.status("/") for _ in range(4)] == [200] * 4
    with psycopg.connect(
        host=str(paths.socket_folder(site.home)), dbname="postgres", user="postgres", autocommit=True
    ) as connection:
        cut = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'liren_app'"
        ).fetchall()
    assert cut
    assert [site.status("/") for _ in range(8)] == [200] * 8


def test_a_web_server_that_was_killed_comes_back(site: Site) -> None:
    before = {pid for pid, words in site.family().items() if "granian" in words}
    assert len(before) >= 3, "a master and two workers"
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: not any(command_of(pid) for pid in before))
    wait_until(lambda: site.status("/") == 200)


def test_a_database_that_was_killed_comes_back(site: Site) -> None:
    postmaster = int((site.home / "pg" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    wait_until(lambda: not command_of(postmaster))
    # Its backends outlive it by a moment, and a page may still come out of one of them.
    assert asked_of(site, "SELECT 1") == [(1,)]
    wait_until(lambda: site.status("/") == 200)


# --- cases, while everything is killed ---


class Reporters:
    """Two people who send one report after the other by the form, again and again until it is acknowledged."""

    def __init__(self, site: Site) -> None:
        self.site, self.going = site, True
        self.acknowledged: dict[str, str] = {}
        self.faults: list[str] = []
        wait_until(lambda: site.status("/report/request/") == 200)
        self.form = form_of(site)
        self.threads = [threading.Thread(target=self._report) for _ in range(2)]
        for one in self.threads:
            one.start()

    def _report(self) -> None:
        cookie, token = self.form
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        while self.going:
            key = str(uuid.uuid4())
            facts = {"csrfmiddlewaretoken": token, "client_key": key, "text": "路灯不亮了", "unit": COMMUNITY,
                     "category": "greening", "again": "on"}  # fmt: skip
            until = time.monotonic() + 60
            while key not in self.acknowledged and time.monotonic() < until:
                self._send(urllib.parse.urlencode(facts), headers, key)
            if key not in self.acknowledged:
                self.faults.append(f"{key} was never acknowledged")
                return

    def _send(self, body: str, headers: dict[str, str], key: str) -> None:
        door = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=10)
        try:
            door.request("POST", "/report/request/", body, headers)
            answer = door.getresponse()
            answer.read()
            if answer.status == 303:
                self.acknowledged[key] = answer.headers["Location"]
            elif answer.status < 500:
                self.faults.append(f"{answer.status} for {key}")
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
        finally:
            door.close()

    def more(self, many: int) -> None:
        """Until so many more were acknowledged."""
        enough = len(self.acknowledged) + many
        wait_until(lambda: len(self.acknowledged) >= enough or bool(self.faults), 90)

    def stop(self) -> None:
        self.going = False
        for one in self.threads:
            one.join(60)


COMMUNITY = "990199001001"


def form_of(site: Site) -> tuple[str, str]:
    """The page of a report: its cookies, and what it gives to go back with it."""
    door = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    door.request("GET", "/report/request/")
    answer = door.getresponse()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.read().decode())
    cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    door.close()
    assert found is not None
    return "; ".join(cookies), found[1]


def put_community(site: Site) -> None:
    """One chain of units down to a community."""
    with database.connect("owner", site.home) as connection:
        parent: tuple[int | None, int | None, str] = (None, None, "/")
        for level, code, kind in (
            (2, "990100000000", "city"), (3, "990199000000", "district"), (4, "990199001000", "street"),
            (5, COMMUNITY, "community"),
        ):  # fmt: skip
            row = connection.execute(
                "INSERT INTO territory_unit (level, code, kind, character, name_zh, name_en, pinyin,"
                " parent_id, parent_level, opened_on, path) VALUES (%s, %s, %s, '', '柳荫', '', '', %s, %s,"
                " '2000-01-01', %s) RETURNING id",
                [level, code, kind, parent[0], parent[1], f"{parent[2]}{code}/"],
            ).fetchone()
            assert row is not None
            path = f"{parent[2]}{row[0]}/"
            connection.execute("UPDATE territory_unit SET path = %s WHERE id = %s", [path, row[0]])
            parent = (row[0], level, path)


def backends(site: Site) -> list[int]:
    with psycopg.connect(
        host=str(paths.socket_folder(site.home)), dbname="postgres", user="postgres", autocommit=True
    ) as connection:
        rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'liren_app'").fetchall()
    return [pid for (pid,) in rows]


def asked_of(site: Site, query: str) -> list[tuple[Any, ...]]:
    """Rows, as soon as the database is there again."""
    until = time.monotonic() + 60
    while True:
        try:
            with database.connect("owner", site.home) as connection:
                return connection.execute(query).fetchall()
        except psycopg.OperationalError:
            assert time.monotonic() < until, "the database did not come back"
            time.sleep(0.05)


def webs(site: Site) -> list[int]:
    """The processes of the web; one that has died takes a moment to be started again."""
    found: list[int] = []
    wait_until(lambda: found.extend(pid for pid, words in site.family().items() if "granian" in words) or bool(found))
    return found


#: Clocks of a request that waits for its dispatch, and the rungs of both ladders.
CLOCKS, RUNGS = 2, 5


@pytest.mark.requirement("R070")
def test_what_was_acknowledged_is_there_once_whoever_is_killed(site: Site) -> None:
    put_community(site)
    reporters = Reporters(site)
    try:
        reporters.more(4)
        os.kill(max(webs(site)), signal.SIGKILL)  # one process of the web
        reporters.more(4)
        os.kill(min(webs(site)), signal.SIGKILL)  # all of it
        reporters.more(4)
        os.kill(backends(site)[0], signal.SIGKILL)  # one connection's, which takes the others with it
        reporters.more(4)
        os.kill(int((site.home / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        reporters.more(4)
    finally:
        reporters.stop()
    assert reporters.faults == []
    found = asked_of(site, "SELECT client_key::text, count(*) FROM cases_case GROUP BY 1")
    assert dict(found) == dict.fromkeys(reporters.acknowledged, 1)
    assert len(set(reporters.acknowledged.values())) == len(found), "two reports were told one number"
    whole = "SELECT count(*) FROM cases_case c WHERE (SELECT count(*) FROM {} x WHERE x.case_id = c.id) <> {}"
    each = {"cases_caseevent": 1, "cases_caseclock": CLOCKS}
    assert [asked_of(site, whole.format(table, many)) for table, many in each.items()] == [[(0,)]] * 2


def test_every_rung_is_written_once_whoever_is_killed(site: Site) -> None:
    """A job carries up what was taken in above, and dies three times: by itself, by its backend, by the postmaster."""
    (count,) = asked_of(site, "SELECT count(*) FROM cases_case WHERE escalate_at IS NOT NULL")[0]
    assert count >= 20
    rungs = "SELECT count(*), count(DISTINCT (clock_id, level)) FROM cases_escalation"
    for victim in ("job", "backend", "postmaster"):
        before = asked_of(site, rungs)[0][0]
        climber = actor("climb", site.home)
        backend = int(line(climber))
        wait_until(lambda before=before: asked_of(site, rungs)[0][0] >= before + 4)  # type: ignore[misc]
        postmaster = int((site.home / "pg" / "postmaster.pid").read_text().split()[0])
        os.kill({"job": climber.pid, "backend": backend, "postmaster": postmaster}[victim], signal.SIGKILL)
        gone(climber)
        assert asked_of(site, "SELECT count(*) FROM cases_case WHERE escalate_at IS NOT NULL")[0][0] > 0, "too late"
    last = actor("climb", site.home)
    assert line(last)
    assert last.wait(60) == 0
    assert asked_of(site, "SELECT count(*) FROM cases_case WHERE escalate_at IS NOT NULL") == [(0,)]
    assert asked_of(site, rungs) == [(RUNGS * count, RUNGS * count)]
    assert asked_of(site, "SELECT count(*) FROM cases_caseevent WHERE kind = 'escalated'") == [(RUNGS * count,)]
    written = "SELECT count(*) FROM kernel_audit_entry WHERE action = 'cases.escalated'"
    assert asked_of(site, written) == [(RUNGS * count,)]


def test_nothing_is_left_over_when_the_server_is_killed(site: Site) -> None:
    family = site.family()
    assert any("postgres" in words for words in family.values())
    gone(site.process, signal.SIGKILL)
    wait_until(lambda: not any(command_of(pid) == words for pid, words in family.items() if words))


def test_it_starts_again_and_finds_its_tables(site: Site) -> None:
    site.start()
    assert "Bringing the tables up to date" in site.said.read_text().split("is at", 1)[0]
    assert "Bringing the tables up to date" not in site.said.read_text().split("is at", 1)[1]


def test_ctrl_c_stops_it_cleanly(site: Site) -> None:
    family = site.family()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(40) == 0
    wait_until(lambda: not any(command_of(pid) == words for pid, words in family.items() if words))
    assert "database system is shut down" in (site.home / "postgres.log").read_text()
