"""The command line: one line for what went wrong, an exit code, help for everything."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from liren.cli import main as cli
from liren.cli import supervisor as keeping
from liren.cli.main import complain, parser
from liren.cli.supervisor import Child
from liren.host import checks, database
from liren.host.errors import HostError
from liren.host.processes import Lock
from tests.host.actors import ROOT


def liren(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as a person would."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DATABASE_OWNER_URL"}}
    command = [sys.executable, "-m", "liren", *words]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


def commands() -> list[list[str]]:
    """Every command and subcommand."""
    found: list[list[str]] = []

    def walk(one: argparse.ArgumentParser, words: list[str]) -> None:
        found.append(words)
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                for name, inner in action.choices.items():
                    walk(inner, [*words, name])

    walk(parser(), [])
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser().parse_args([*words, "--help"])
    assert left.value.code == 0
    assert "usage: liren" in capsys.readouterr().out


def test_the_commands_of_the_house_are_all_there() -> None:
    assert {words[0] for words in commands() if words} == {
        "serve",
        "doctor",
        "migrate",
        "manage",
        "import",
        "demo",
        "lifecircle",
        "audit",
        "cases",
        "people",
        "packs",
        "registers",
    }


@pytest.mark.slow
def test_a_wrong_word_is_a_wrong_argument() -> None:
    done = liren("serv")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


@pytest.mark.slow
def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    done = liren("migrate", DATABASE_URL=f"postgresql://web@/city?host={tmp_path}")
    assert done.returncode == 1
    assert done.stderr.startswith("liren: The database of DATABASE_URL does not answer")
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_error_is_one_line_with_its_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    class Known(RuntimeError):
        next_step = "Choose another."

    assert complain(Known("Two\nlines.")) == 1
    assert capsys.readouterr().err == "liren: Two lines. Choose another.\n"


def test_an_error_without_words_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert complain(KeyError()) == 1
    assert capsys.readouterr().err == "liren: KeyError\n"


def test_a_server_is_not_opened_to_the_world_without_secrets(monkeypatch: pytest.MonkeyPatch, ground: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "liren", "serve", "--host", "192.0.2.1", "--port", "8999"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LIREN_HOME": str(ground / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "set LIREN_SECRET_KEY" in done.stderr


def test_a_second_server_says_where_the_first_one_is(
    monkeypatch: pytest.MonkeyPatch, ground: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ground / "home").mkdir()
    first = Lock(ground / "home" / "serve.lock")
    assert first.take()
    first.note("http://127.0.0.1:8000 (process 1)")
    monkeypatch.setenv("LIREN_HOME", str(ground / "home"))
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert cli(["serve", "--port", "8999"]) == 0
    finally:
        signal.signal(signal.SIGTERM, before)
        first.release()
    assert capsys.readouterr().err == "Liren already runs: http://127.0.0.1:8000 (process 1)\n"


def wait(child: Child) -> None:
    assert child.process is not None
    child.process.wait(10)


@pytest.mark.slow
def test_a_child_that_dies_is_started_again_until_it_is_hopeless(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("web server", ["/bin/sh", "-c", "exit 3"])
    child.start()
    for _ in range(keeping.DEATHS - 1):
        wait(child)
        child.tend()
    wait(child)
    with pytest.raises(HostError, match="died 5 times in a row"):
        child.tend()
    assert capsys.readouterr().err.count("has died (code 3); starting it again") == keeping.DEATHS - 1


@pytest.mark.slow
def test_a_child_that_is_not_essential_is_given_a_rest(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("worker for jobs", ["/bin/sh", "-c", "exit 3"], essential=False)
    child.start()
    for _ in range(keeping.DEATHS):
        wait(child)
        child.tend()
    child.tend()
    assert child.process is None
    child.deaths.append(child.deaths[-1] - keeping.REST)
    child.tend()
    assert child.process is not None
    child.stop()
    assert "keeps dying" in capsys.readouterr().err


def test_the_doctor_looks_at_everything_that_is_needed() -> None:
    found = {finding.line.split(":")[0].split(" 3")[0] for finding in checks.all_of_them() if finding.needed}
    assert found == {
        "Python",
        "programs of PostgreSQL",
        "UTF-8 locale",
        "room",
        "database",
        "JavaScript libraries",
        "Chinese catalogue",
    }


def test_the_doctor_names_what_is_missing_and_the_way_to_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://web@/city?host={tmp_path}")
    sick = [finding.line for finding in checks.all_of_them() if finding.line.startswith("database")]
    assert len(sick) == 1
    assert sick[0].startswith("database: The database of DATABASE_URL does not answer")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt-get install chromium" in checks.browser().line


def test_a_connection_is_refused_where_nothing_listens(tmp_path: Path) -> None:
    with pytest.raises(psycopg.OperationalError):
        database.connect("app", tmp_path)
