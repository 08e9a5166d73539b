"""Loaded by pytest before the settings: a real PostgreSQL, and secrets that are only for tests.

The controller starts (or joins) the embedded server; the workers of pytest-xdist inherit its address.
"""

import base64
import gc
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

_open = ExitStack()

#: A test that ends leaves nothing that a crash could take away, so nothing is waited for. Never for a database with
#: work in it: the suite's server has a folder of its own.
HASTY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "shared_buffers": "256MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


def _secrets() -> None:
    os.environ.setdefault("LIREN_LOCAL", "1")
    os.environ.setdefault("LIREN_DEMO", "1")
    os.environ.setdefault("LIREN_DB_POOL", "0")
    os.environ.setdefault("LIREN_SECRET_KEY", "only-for-tests-" + "0" * 50)
    os.environ.setdefault("LIREN_DATA_KEY", base64.b64encode(b"d" * 32).decode())
    os.environ.setdefault("LIREN_LOOKUP_KEY", base64.b64encode(b"l" * 32).decode())
    os.environ["LIREN_ROLE"] = "owner"


def _interrupts() -> None:
    """A shell that starts the suite in the background makes it ignore Ctrl-C, which tests send to servers."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _server() -> None:
    if "DATABASE_URL" in os.environ:
        return
    from liren.host import database, paths, postgres

    home = paths.home() / "suite"
    _open.enter_context(postgres.running(home, settings=HASTY))
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = database.url("owner", home)


_interrupts()
_secrets()
_server()


@pytest.hookimpl(hookwrapper=True)
def pytest_collection() -> Iterator[None]:
    """Ten thousand tests stay until the end: looking among them for garbage again and again finds none. Nor does what
    an answer leaves behind have to be looked through every seven hundred objects."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _open.close()
