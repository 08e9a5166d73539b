"""Folders: what is made, with which mode, and what is left alone."""

import os
import stat
from pathlib import Path

import pytest

from liren.host import paths
from liren.host.errors import HostError
from tests.host.conftest import needs_root


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_folders_that_are_made_get_a_mode(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o700)
    paths.make(there / "between" / "home", 0o700)
    assert (mode(there), mode(there / "between"), mode(there / "between" / "home")) == (0o700, 0o711, 0o700)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o750)
    paths.make(tmp_path / "home", 0o700)
    assert mode(tmp_path / "home") == 0o750


def test_a_strict_umask_does_not_close_the_way_to_the_data(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        paths.make(tmp_path / "a" / "b", 0o711)
    finally:
        os.umask(old)
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o711, 0o711)


def test_a_folder_that_cannot_be_made_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HostError, match="Set LIREN_HOME"):
        paths.make(tmp_path / "file" / "home", 0o700)


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIREN_HOME", str(tmp_path / "." / "home"))
    assert paths.home() == tmp_path / "home"


@needs_root
def test_roots_home_lies_outside_its_checkout_and_is_one_per_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIREN_HOME", raising=False)
    assert paths.home() == Path("/var/lib/liren") / paths.fingerprint(paths.checkout())


def test_the_checkout_holds_the_package() -> None:
    assert (paths.checkout() / "liren" / "host" / "paths.py").exists()


@pytest.mark.parametrize("length", [10, 80, 87, 88, 150, 300])
def test_a_socket_path_always_fits(length: int) -> None:
    home = Path("/" + "x" * (length - 1))
    assert len(os.fsencode(paths.socket_folder(home) / paths.SOCKET_NAME)) <= paths.SOCKET_LIMIT


def test_two_deep_homes_do_not_share_a_socket() -> None:
    assert paths.socket_folder(Path("/" + "x" * 200)) != paths.socket_folder(Path("/" + "y" * 200))
