"""Roles and rights on the embedded server, and addresses from the environment."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from liren.host import database
from liren.host.errors import HostError
from liren.host.postgres import Embedded

REFUSING = """
CREATE FUNCTION liren_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
CREATE TABLE story (i int);
CREATE TRIGGER story_is_appended BEFORE UPDATE OR DELETE ON story FOR EACH ROW EXECUTE FUNCTION liren_refuse_change();
CREATE TABLE body (id int, name text, ends int);
CREATE TRIGGER body_keeps_its_facts BEFORE UPDATE OF name ON body FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION liren_refuse_change();
CREATE TRIGGER body_is_never_deleted BEFORE DELETE ON body FOR EACH ROW EXECUTE FUNCTION liren_refuse_change();
CREATE TABLE face (i int GENERATED ALWAYS AS IDENTITY, name text);
"""


@pytest.fixture(scope="module")
def owner(server: Embedded) -> Iterator[psycopg.Connection]:
    with database.connect("owner", server.home) as connection:
        connection.execute(REFUSING)
        database.after_migrate(connection)
        yield connection


@pytest.fixture
def app(server: Embedded, owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    with database.connect("app", server.home) as connection:
        yield connection


def test_the_web_writes_rows_and_makes_no_tables(app: psycopg.Connection) -> None:
    app.execute("INSERT INTO face (name) VALUES ('里仁')")
    app.execute("UPDATE face SET name = '仁里'")
    app.execute("DELETE FROM face")
    for refused in (
        "CREATE TABLE own (i int)",
        "TRUNCATE face",
        "DROP TABLE face",
        "ALTER TABLE story DISABLE TRIGGER ALL",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(refused)


def test_what_is_appended_is_neither_changed_nor_emptied_by_the_web(app: psycopg.Connection) -> None:
    app.execute("INSERT INTO story VALUES (1)")
    for refused in ("UPDATE story SET i = 2", "DELETE FROM story", "TRUNCATE story"):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(refused)


def test_where_only_some_facts_stay_the_web_sets_and_locks_the_others(app: psycopg.Connection) -> None:
    app.execute("INSERT INTO body VALUES (1, '居委会', NULL)")
    app.execute("SELECT FROM body WHERE id = 1 FOR NO KEY UPDATE")
    app.execute("UPDATE body SET ends = 1")
    with pytest.raises(errors.RaiseException):
        app.execute("UPDATE body SET name = '别的'")
    for refused in ("DELETE FROM body", "TRUNCATE body"):
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(refused)


def test_append_only_tables_are_found_by_their_trigger(owner: psycopg.Connection) -> None:
    assert database.append_only(owner) == ["story"]


def test_rights_are_taken_away_again_after_every_migration(owner: psycopg.Connection, app: psycopg.Connection) -> None:
    owner.execute("GRANT DELETE ON story TO liren_app")
    assert database.after_migrate(owner) == ["story"]
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("DELETE FROM story")


def test_one_role_for_everything_keeps_its_rights(owner: psycopg.Connection) -> None:
    assert database.after_migrate(owner, app="liren_owner") == ["story"]
    owner.execute("TRUNCATE story")


def test_the_auditor_reads_and_writes_nothing(server: Embedded, owner: psycopg.Connection) -> None:
    with database.connect("audit", server.home) as connection:
        connection.execute("SELECT * FROM story")
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("INSERT INTO story VALUES (2)")


def test_the_auditor_reads_no_sessions_and_nothing_else_that_could_be_used_to_come_in(
    server: Embedded, owner: psycopg.Connection
) -> None:
    owner.execute("INSERT INTO face (name) VALUES ('a session key')")
    with database.connect("audit", server.home) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM face")


def test_what_an_earlier_version_let_the_auditor_read_is_taken_back(
    server: Embedded, owner: psycopg.Connection
) -> None:
    owner.execute("GRANT SELECT ON face TO liren_audit")
    database.after_migrate(owner)
    with database.connect("audit", server.home) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM face")


def test_the_owner_is_no_superuser_and_can_put_on_the_webs_role(owner: psycopg.Connection) -> None:
    assert owner.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone() == (
        False,
        True,
    )
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL ROLE liren_app")
        with pytest.raises(errors.InsufficientPrivilege):
            owner.execute("DELETE FROM story")


def test_a_database_made_later_begins_with_the_same_rights(server: Embedded, owner: psycopg.Connection) -> None:
    owner.execute("CREATE DATABASE test_later")
    try:
        address = database.url("owner", server.home).replace("/liren?", "/test_later?")
        with psycopg.connect(address, autocommit=True) as later:
            later.execute("CREATE TABLE t (i int)")
            later.execute("SET ROLE liren_app")
            later.execute("INSERT INTO t VALUES (1)")
    finally:
        owner.execute("DROP DATABASE test_later")


def test_making_it_again_changes_nothing(server: Embedded) -> None:
    with server.connect() as connection:
        database.create(connection, server.connect)
        assert connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'liren'").fetchone() == (1,)


def test_a_database_to_which_chinese_is_no_text_is_refused(server: Embedded) -> None:
    with server.connect() as connection:
        connection.execute("CREATE DATABASE plain LOCALE 'C' TEMPLATE template0")
    with server.connect("plain") as plain, pytest.raises(HostError, match="Chinese is no text"):
        database.check(plain)


def test_the_environments_address_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://web:a%40b@db.example:6543/city?sslmode=verify-full")
    assert database.dsn("app") == database.dsn("owner")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db.example/city")
    assert database.dsn("owner")["USER"] == "owner"
    assert database.dsn("app") == {
        "NAME": "city",
        "USER": "web",
        "PASSWORD": "a@b",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_an_owners_address_alone_does_not_leave_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db.example/city")
    assert database.dsn("owner")["USER"] == "liren_owner"


def test_the_address_says_what_the_dictionary_says(tmp_path: Path) -> None:
    assert database.parse(database.url("app", tmp_path)) == database.dsn("app", tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        "mysql://a@b/c",
        "postgresql://host",
        "postgresql:///",
        "postgresql://h:port/n",
        "postgresql://h:99999/n",
        "liren",
    ],
)
def test_an_address_of_another_form_is_refused_with_the_right_one(wrong: str) -> None:
    with pytest.raises(HostError, match="must read postgresql://"):
        database.parse(wrong)


def test_a_database_that_does_not_answer_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://web@/city?host={tmp_path}")
    with pytest.raises(HostError, match="DATABASE_URL does not answer"), database.at_hand(print):
        pass
