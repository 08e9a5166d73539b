"""A folder of its own for every test here, and no trace of it afterwards."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from liren.host import paths, strays
from liren.host.postgres import Embedded


@pytest.fixture(autouse=True)
def _embedded_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite itself runs on an address in the environment; the tests here make their own servers."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ground() -> Iterator[Path]:
    """An empty folder that every user may walk through; pytest's own lies in a private one."""
    yield from make_ground()


@pytest.fixture
def home(ground: Path) -> Path:
    """A home that does not exist yet."""
    return ground / "home"


@pytest.fixture(scope="module")
def server() -> Iterator[Embedded]:
    """One server for all tests of a file that do it no harm."""
    for ground in make_ground():
        one = Embedded(ground / "home")
        one.start()
        yield one
        one.stop()


def make_ground() -> Iterator[Path]:
    """The folder, and its end: whatever still runs in it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        for data in folder.rglob("PG_VERSION"):
            strays.send(data.parent, signal.SIGKILL)
        for made in folder.rglob("supervisor.lock"):
            shutil.rmtree(paths.socket_folder(made.parent), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
