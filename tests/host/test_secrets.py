"""The secrets of a local run."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from liren.host import secrets
from liren.host.errors import HostError

MAKE = """
import pathlib, sys
from liren.host import secrets
sys.stdout.write(str(sorted(secrets.ensure(pathlib.Path(sys.argv[1])).items())))
"""


def test_they_are_made_once_and_kept(tmp_path: Path) -> None:
    first = secrets.ensure(tmp_path)
    assert secrets.ensure(tmp_path) == first
    assert set(first) == {"LIREN_SECRET_KEY", "LIREN_DATA_KEY", "LIREN_LOOKUP_KEY"}


def test_the_keys_are_long_enough_and_differ(tmp_path: Path) -> None:
    made = secrets.ensure(tmp_path)
    assert len(made["LIREN_SECRET_KEY"]) >= 64
    assert [len(base64.b64decode(made[name])) for name in ("LIREN_DATA_KEY", "LIREN_LOOKUP_KEY")] == [32, 32]
    assert len(set(made.values())) == 3


def test_only_their_owner_may_read_them_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        secrets.ensure(tmp_path / "home")
    finally:
        os.umask(old)
    files = sorted((tmp_path / "home").iterdir())
    assert [(one.name, oct(one.stat().st_mode & 0o777)) for one in files] == [
        ("secrets.json", "0o600"),
        ("secrets.lock", "0o600"),
    ]


def test_a_name_that_is_new_is_added_and_the_others_stay(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text(json.dumps({"LIREN_DATA_KEY": "kept"}))
    assert secrets.ensure(tmp_path)["LIREN_DATA_KEY"] == "kept"
    assert json.loads((tmp_path / "secrets.json").read_text()) == secrets.ensure(tmp_path)


@pytest.mark.slow
def test_two_processes_at_once_get_the_same_ones(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (one.communicate()[0] for one in both)
    assert first == second != ""


def test_a_broken_file_is_not_replaced_since_it_seals_data(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"LIREN_DATA')
    with pytest.raises(HostError, match="restore the file"):
        secrets.ensure(tmp_path)
    assert (tmp_path / "secrets.json").read_text() == '{"LIREN_DATA'


def test_what_the_environment_says_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in secrets.NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIREN_DATA_KEY", "mine")
    secrets.into_environment(tmp_path)
    assert os.environ["LIREN_DATA_KEY"] == "mine"
    assert os.environ["LIREN_SECRET_KEY"] == secrets.ensure(tmp_path)["LIREN_SECRET_KEY"]
    for name in secrets.NAMES:
        monkeypatch.delenv(name, raising=False)


def test_a_full_environment_needs_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in secrets.NAMES:
        monkeypatch.setenv(name, "given")
    secrets.into_environment(tmp_path / "home")
    assert not (tmp_path / "home").exists()
