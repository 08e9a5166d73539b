"""Loaded by pytest before the settings: a real PostgreSQL, and secrets that are only for tests.

The controller starts (or joins) the embedded server; the workers of pytest-xdist inherit its address.
"""

import base64
import os
import signal
from contextlib import ExitStack

import pytest

_open = ExitStack()


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
    from liren.host import database, postgres

    _open.enter_context(postgres.running())
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = database.url("owner")


_interrupts()
_secrets()
_server()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _open.close()
