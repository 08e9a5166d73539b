"""What Liren needs on this machine: found or not, and how to get it. One line each."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from liren.host import database, paths
from liren.host.cluster import locale_options, wheel_programs
from liren.host.errors import HostError

ROOM = 2 * 1024**3
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Finding:
    """One thing looked for; ``needed``: Liren does not run without it."""

    good: bool
    line: str
    needed: bool = True


def all_of_them() -> Iterator[Finding]:
    """Every check, in the order in which a newcomer meets them."""
    yield _python()
    yield _tried("programs of PostgreSQL", wheel_programs)
    yield _tried("UTF-8 locale", locale_options)
    yield _room()
    yield _tried("database", _database)
    yield _vendor()
    yield _catalogue()
    yield browser()


def browser() -> Finding:
    """A Chromium for the browser tests; without it they are skipped."""
    found = next((place for name in BROWSERS if (place := shutil.which(name))), None)
    how = "absent, browser tests are skipped: apt-get install chromium fonts-noto-cjk"
    return Finding(found is not None, f"browser for the tests: {found or how}", needed=False)


def _python() -> Finding:
    have = ".".join(map(str, sys.version_info[:3]))
    return Finding((3, 11) <= sys.version_info[:2] <= (3, 13), f"Python {have} (3.11 to 3.13)")


def _tried(name: str, attempt: Callable[[], object]) -> Finding:
    try:
        return Finding(True, f"{name}: {attempt()}")
    except (HostError, psycopg.OperationalError) as error:
        return Finding(False, f"{name}: {' '.join(str(error).split())}")


def _room() -> Finding:
    place = next(folder for folder in (paths.home(), *paths.home().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    how = "" if free > ROOM else "; at least 2 GB should be: free some, or set LIREN_HOME to another disk"
    return Finding(free > ROOM, f"room: {free / 1024**3:.1f} GB free in {place}{how}")


def _database() -> str:
    with database.at_hand(lambda line: None), database.connect("app") as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
        where = "DATABASE_URL" if database.given() else str(paths.home())
        return f"PostgreSQL {row[0] if row else '?'}, {where}"


def _vendor() -> Finding:
    return _files("JavaScript libraries", "front/static/vendor", "*")


def _catalogue() -> Finding:
    return _files("Chinese catalogue", "locale/zh_Hans/LC_MESSAGES", "django.mo")


def _files(name: str, folder: str, pattern: str) -> Finding:
    root = importlib.util.find_spec("liren")
    place = Path(root.origin).parent / folder if root and root.origin else Path(folder)
    good = any(place.glob(pattern))
    return Finding(good, f"{name}: {place if good else 'run script/bootstrap'}")
