"""The database of a process of the suite: a copy of one that was migrated once and stays until a migration changes."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from liren.foundation.kernel import history

#: What writes tables besides the migrations' own files: the SQL that they take from here, and packages.
PACKAGES = ("django", "procrastinate", "django-allauth")
#: Whoever comes first migrates, the others wait for it; the number is any, and only ours.
LOCK = 5_216_001
#: Copying and dropping a database write out all that it holds: on a busy disk that takes longer than a page may.
PATIENT = "SET statement_timeout = 0; SET lock_timeout = 0"
EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"
STALE = "SELECT datname FROM pg_database WHERE datname LIKE 'suite\\_%%' AND datname <> %s"
#: Threads of servers and workers leave connections open. The server's own helpers make way by themselves.
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def enter(worker: str) -> None:
    """Make this process's database and turn Django to it. ``worker``: what tells processes of one run apart."""
    name = "_".join(filter(None, ("test", connection.settings_dict["NAME"], worker)))
    with connection._nodb_cursor() as cursor:
        cursor.execute(PATIENT)
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        template = _template(cursor)
        _drop(cursor, name)
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(name)


def leave() -> None:
    """Drop it."""
    name = connection.settings_dict["NAME"]
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(PATIENT)
        _drop(cursor, name)


def _template(cursor: CursorWrapper) -> str:
    """The migrated database's name; it is made if it is not there, and what older migrations had made goes."""
    name = f"suite_{digest()}"
    cursor.execute(EXISTS, [name])
    if not cursor.fetchone()[0]:
        cursor.execute(STALE, [name])
        for (old,) in cursor.fetchall():
            _drop(cursor, old)
        half = f"suite_half_{digest()}"
        connection.settings_dict["TEST"]["NAME"] = half
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')  # under its name it is whole
    return name


def _drop(cursor: CursorWrapper, name: str) -> None:
    cursor.execute(CUT, [name])
    cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def digest() -> str:
    """Twelve hex digits of everything that makes the tables."""
    made = hashlib.sha256("".join(f"{name} {version(name)}\n" for name in PACKAGES).encode())
    for file in (Path(history.__file__), *_migrations()):
        made.update(file.name.encode() + file.read_bytes())
    return made.hexdigest()[:12]


def _migrations() -> list[Path]:
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    return [file for folder in folders for file in sorted(folder.glob("*.py"))]
