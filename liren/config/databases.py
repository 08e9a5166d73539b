"""Which PostgreSQL: the one named by DATABASE_URL, else the embedded one."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from liren.config import env
from liren.host import database

ENGINE = "django.db.backends.postgresql"


def databases() -> dict[str, dict[str, Any]]:
    """The web role's connection, or the owner's when LIREN_ROLE=owner (migrations, tests, bulk imports)."""
    role = env.text("LIREN_ROLE", "app")
    url = env.text("DATABASE_URL", "")
    if url:
        url = env.text("DATABASE_OWNER_URL", url) if role == "owner" else url
        place = from_url(url)
    else:
        place = database.dsn("owner" if role == "owner" else "app")
    return {"default": {"ENGINE": ENGINE, **place, **_manners(place.pop("OPTIONS", {}))}}


def from_url(url: str) -> dict[str, Any]:
    """``postgresql://user:password@host:port/name?option=value``, as Django wants it.

    A socket folder may stand in ``?host=``.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "DATABASE_URL must read postgresql://user:password@host:port/name (PostgreSQL 16 or newer)."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _manners(options: dict[str, Any]) -> dict[str, Any]:
    """No statement runs for ever, no lock is waited for long, and a connection is looked at before it is used."""
    limit = env.number("LIREN_STATEMENT_TIMEOUT_MS", 15_000)
    options = {
        "options": f"-c statement_timeout={limit} -c lock_timeout=8000 -c idle_in_transaction_session_timeout=60000",
        **options,
    }
    if env.flag("LIREN_DB_POOL", True):
        options["pool"] = {"min_size": 1, "max_size": env.number("LIREN_DB_POOL_MAX", 8), "timeout": 10}
    return {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
