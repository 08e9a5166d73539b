"""A database only for one measurement, on the server that the site uses, and dropped afterwards."""

import base64
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The outside data, beside the project.
SHARED = Path(os.environ.get("LIREN_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def _settings() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.config.settings")
    os.environ.setdefault("LIREN_LOCAL", "1")
    os.environ.setdefault("LIREN_SECRET_KEY", "only-for-measuring-" + "0" * 50)
    os.environ.setdefault("LIREN_DATA_KEY", base64.b64encode(b"d" * 32).decode())
    os.environ.setdefault("LIREN_LOOKUP_KEY", base64.b64encode(b"l" * 32).decode())
    os.environ["LIREN_DB_POOL"] = "0"
    os.environ["LIREN_ROLE"] = "owner"


@contextmanager
def scratch_database(keep: str = "") -> Iterator[None]:
    """Django set up on an empty migrated database; the embedded server is started (or joined) for it.

    ``keep``: a name under which the database stays, and is found again by the next measurement.
    """
    from liren.host import database

    _settings()
    with database.at_hand(print):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = database.url("owner")
        import django

        django.setup()
        from django.db import connection

        connection.settings_dict["TEST"]["NAME"] = f"kept_{keep}" if keep else f"scratch_{os.getpid()}"
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=bool(keep))
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0, keepdb=bool(keep))


def processor() -> float:
    """Seconds of processor of this process and of the server's that answers it, so far; Linux only."""
    from django.db import connection

    connection.ensure_connection()
    answering = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
    return time.process_time() + int(answering.split()[0]) / 1e9
