"""Which database, as which role: ``liren_owner`` makes tables, ``liren_app`` uses them, ``liren_audit`` reads history.

Only the owner may change tables, and it is no superuser. The web's role may not touch what is append-only: triggers
refuse, and after each migration the right itself is taken away (``after_migrate``).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import psycopg
from psycopg import sql

from liren.host import paths
from liren.host.errors import HostError

NAME = "liren"
USERS = {"owner": "liren_owner", "app": "liren_app", "audit": "liren_audit"}
OLDEST = 160_000
REFUSAL = "liren_refuse_change"


def given(role: str = "app") -> str:
    """The address that the environment names for the role, or nothing when the embedded server is meant."""
    app = os.environ.get("DATABASE_URL", "")
    return os.environ.get("DATABASE_OWNER_URL", app) if role == "owner" and app else app


def dsn(role: str, home: Path | None = None) -> dict[str, Any]:
    """Where and as whom to connect, in Django's words (NAME, USER, PASSWORD, HOST, PORT, OPTIONS).

    With ``home`` the embedded server there is meant, whatever the environment names.
    """
    if home is None and given(role):
        return parse(given(role))
    folder = paths.socket_folder((home or paths.home()).resolve())
    return {"NAME": NAME, "USER": USERS[role], "PASSWORD": "", "HOST": str(folder), "PORT": "5432", "OPTIONS": {}}


def url(role: str, home: Path | None = None) -> str:
    """The same as one address, for DATABASE_URL and for libpq."""
    if home is None and given(role):
        return given(role)
    place = dsn(role, home)
    return f"postgresql://{place['USER']}@/{place['NAME']}?host={quote(place['HOST'], safe='/')}&port={place['PORT']}"


def parse(address: str) -> dict[str, Any]:
    """postgresql://user:password@host:port/name?option=value in Django's words; HostError when of another form."""
    wrong = HostError("DATABASE_URL must read postgresql://user:password@host:port/name (PostgreSQL 16 or newer).")
    parts = urlsplit(address)
    name = unquote(parts.path.strip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise wrong
    try:
        port = parts.port
    except ValueError as error:
        raise wrong from error
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or parts.hostname
    place = {"NAME": name, "USER": parts.username, "PASSWORD": parts.password, "HOST": host}
    found: dict[str, Any] = {key: unquote(value or "") for key, value in place.items()}
    return found | {"PORT": str(options.pop("port", "") or port or ""), "OPTIONS": options}


def connect(role: str, home: Path | None = None) -> psycopg.Connection:
    """A connection of our own, outside Django."""
    return psycopg.connect(url(role, home), autocommit=True, connect_timeout=5)


def check(connection: psycopg.Connection) -> None:
    """Refuse a server that is too old, or to which Chinese characters are not letters: search would find nothing."""
    if connection.info.server_version < OLDEST:
        raise HostError(f"PostgreSQL {connection.info.server_version // 10_000} is too old: Liren needs 16 or newer.")
    row = connection.execute(
        "SELECT current_setting('server_encoding'), to_tsvector('simple', '社区')::text, '社' ~ '^[[:alpha:]]$'"
    ).fetchone()
    encoding, words, letter = row or ("", "", False)
    if encoding != "UTF8" or not words or not letter:
        raise HostError(
            f"The database's encoding is {encoding} and Chinese is {'text' if letter else 'no text'} to it: "
            "make it with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0."
        )


def create(connection: psycopg.Connection, connect_to: Callable[[str], psycopg.Connection]) -> None:
    """On an embedded server: make roles and database if they are not there. Repeats and two at once do no harm."""
    if _complete(connection):
        return
    connection.execute("SELECT pg_advisory_lock(hashtext('liren.database'))")
    for role in USERS.values():
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    connection.execute("ALTER ROLE liren_owner CREATEDB")
    # The owner may put on the lesser roles (tests of refusals do), but does not carry their rights along.
    connection.execute("GRANT liren_app, liren_audit TO liren_owner WITH INHERIT FALSE, SET TRUE")
    # In template1, so that every database made later, test databases too, begins with the same rights.
    with connect_to("template1") as template:
        _default_rights(template)
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
        connection.execute("CREATE DATABASE liren OWNER liren_owner")
        connection.execute("REVOKE ALL ON DATABASE liren FROM PUBLIC")
        connection.execute("GRANT CONNECT ON DATABASE liren TO liren_app, liren_audit")
    connection.execute("SELECT pg_advisory_unlock(hashtext('liren.database'))")
    with connect_to(NAME) as ours:
        check(ours)


def _complete(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        "SELECT EXISTS (SELECT FROM pg_database"
        " WHERE datname = %s AND has_database_privilege('liren_audit', oid, 'CONNECT'))"
        " WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = 'liren_audit')",
        [NAME],
    ).fetchone()
    return bool(row and row[0])


def _default_rights(connection: psycopg.Connection) -> None:
    for grant in (
        "SELECT, INSERT, UPDATE, DELETE ON TABLES TO liren_app",
        "USAGE, SELECT ON SEQUENCES TO liren_app",
    ):
        connection.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE liren_owner GRANT {grant}")


def after_migrate(connection: psycopg.Connection, app: str = USERS["app"]) -> list[str]:
    """Take from the web's role the right to change what is append-only; the tables concerned, by name.

    A table is append-only when a trigger runs ``liren_refuse_change()`` at every UPDATE. These are also the only ones
    that the auditor's role reads: who reads sessions can come in as anybody. Where the trigger guards single columns,
    the others may be set, so only DELETE is taken away there. Run as the owner.
    """
    tables = append_only(connection)
    if app == connection.info.user:
        return tables  # one role for all: the triggers alone refuse
    role, schema = sql.Identifier(app), sql.Identifier(_schema(connection))
    with connection.transaction():
        for what in (
            "USAGE ON SCHEMA {}",
            "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {}",
            "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {}",
        ):
            connection.execute(sql.SQL(f"GRANT {what} TO {{}}").format(schema, role))
        for what, named in (("UPDATE, DELETE, TRUNCATE", tables), ("DELETE, TRUNCATE", never_deleted(connection))):
            for table in named:
                connection.execute(sql.SQL(f"REVOKE {what} ON {{}} FROM {{}}").format(sql.Identifier(table), role))
        _let_the_auditor_read(connection, tables)
    return tables


def _let_the_auditor_read(connection: psycopg.Connection, tables: list[str]) -> None:
    """Where there is such a role: the history, and nothing else."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [USERS["audit"]]).fetchone():
        return
    role, schema = sql.Identifier(USERS["audit"]), sql.Identifier(_schema(connection))
    connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(schema, role))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role))
    for table in tables:
        connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role))


def append_only(connection: psycopg.Connection) -> list[str]:
    """Tables in which every UPDATE is refused: of any column (``tgattr``) and under no condition (``tgqual``)."""
    return _refusing(connection, "(t.tgtype & 16) > 0 AND t.tgattr = '' AND t.tgqual IS NULL")


def never_deleted(connection: psycopg.Connection) -> list[str]:
    """Tables in which every DELETE is refused."""
    return _refusing(connection, "(t.tgtype & 8) > 0")


def _refusing(connection: psycopg.Connection, when: LiteralString) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t"  # noqa: S608  (ours)
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE p.proname = %s AND c.relnamespace = current_schema()::regnamespace AND " + when + " ORDER BY 1",
        [REFUSAL],
    )
    return [name for (name,) in rows]


def _schema(connection: psycopg.Connection) -> str:
    row = connection.execute("SELECT current_schema()").fetchone()
    return str(row[0]) if row and row[0] else "public"


@contextmanager
def at_hand(say: Callable[[str], None]) -> Iterator[None]:
    """A database for as long as the block lasts: the one named by DATABASE_URL after a look at it, or the embedded."""
    if given():
        try:
            with connect("app") as connection:
                check(connection)
        except psycopg.OperationalError as error:
            raise HostError(
                f"The database of DATABASE_URL does not answer: {str(error).strip().splitlines()[0]}"
            ) from error
        yield
        return
    from liren.host import postgres  # here: postgres imports this module

    with postgres.running(say=say):
        yield
