"""The audit log: chained by the database at commit, unchangeable, and verifiable here and elsewhere."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from liren.cli import audit as command
from liren.foundation.kernel import chain, queries
from liren.foundation.kernel.audit import record
from liren.foundation.kernel.models import AuditEntry, AuditSeal
from liren.foundation.kernel.rights import ANONYMOUS
from tests.make.kernel import NOW, SYSTEM, at_once, chained, entry

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "verify_audit.py"
pytestmark = pytest.mark.django_db


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


@pytest.fixture
def tampered() -> Iterator[None]:
    """Triggers switched off, as a superuser or a thief of the files could."""
    for table in ("kernel_audit_entry", "kernel_audit_seal"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in ("kernel_audit_entry", "kernel_audit_seal"):
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def written(count: int = 5) -> list[AuditEntry]:
    entries = [entry(nr=number, text="里仁") for number in range(count)]
    chained()
    return entries


# --- writing -----------------------------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_to_which_object() -> None:
    target = entry()
    made = record("unit.rename", target, by=ANONYMOUS, at=NOW, unit_id=7, was="旧", now=NOW.date())
    made.refresh_from_db()
    assert (made.actor, made.action, made.object_type) == ("anonymous", "unit.rename", "kernel.auditentry")
    assert (made.object_id, made.unit_id, made.facts) == (str(target.pk), 7, {"was": "旧", "now": "2026-06-01"})


def test_entries_are_chained_in_the_order_they_were_written() -> None:
    entries = written(4)
    seals = list(AuditSeal.objects.order_by("position"))
    assert [seal.entry_id for seal in seals] == [one.pk for one in entries]
    assert [seal.position for seal in seals] == [1, 2, 3, 4]
    assert bytes(seals[0].previous) == bytes(32)
    assert [bytes(seal.previous) for seal in seals[1:]] == [bytes(seal.hash) for seal in seals[:-1]]


def test_an_entry_has_no_place_before_its_transaction_ends() -> None:
    entry()
    assert AuditSeal.objects.count() == 0


def test_what_is_rolled_back_leaves_no_trace() -> None:
    entry(nr=1)
    with transaction.atomic():
        entry(nr=2)
        transaction.set_rollback(True)
    chained()
    assert list(AuditEntry.objects.values_list("facts__nr", flat=True)) == [1]
    assert AuditSeal.objects.count() == 1


def test_nothing_is_left_waiting_for_its_turn() -> None:
    written()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_audit_turn")
        assert cursor.fetchone() == (0,)


# --- refusing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["kernel_audit_entry", "kernel_audit_seal"])
@pytest.mark.parametrize("attack", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_the_log_even_to_its_owner(table: str, attack: str) -> None:
    written()
    column = {"kernel_audit_entry": "actor = 'x'", "kernel_audit_seal": "position = position + 9"}[table]
    with pytest.raises(IntegrityError, match="appended and never changed"), transaction.atomic():
        sql(attack.format(table, column))


@pytest.mark.parametrize("wrong", [{"actor": ""}, {"action": ""}])
def test_the_database_refuses_an_entry_without_actor_or_action(wrong: dict[str, str]) -> None:
    facts = {"at": NOW, "actor": "system:test", "action": "test.done", **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(**facts)


def test_the_database_refuses_a_place_before_the_first_and_a_place_taken() -> None:
    written(2)
    for position in (0, 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditSeal.objects.create(entry_id=99, position=position, previous=b"", hash=b"")


def app_role_exists() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('liren_app', 'SET') FROM pg_roles WHERE rolname = 'liren_app'")
        return cursor.fetchone() == (True,)


@pytest.mark.parametrize(
    "attack",
    [
        "INSERT INTO kernel_audit_seal (entry_id, position, previous, hash) VALUES (1, 77, '', '')",
        "INSERT INTO kernel_audit_turn VALUES (1)",
        "DELETE FROM kernel_audit_turn",
        "UPDATE kernel_audit_entry SET actor = 'x'",
        "DELETE FROM kernel_audit_entry",
        "TRUNCATE kernel_audit_entry",
        "ALTER TABLE kernel_audit_entry DISABLE TRIGGER ALL",
        "SELECT liren_audit_seal()",
        "SET session_replication_role = replica",
    ],
)
def test_the_web_role_can_append_and_nothing_else(attack: str) -> None:
    if not app_role_exists():
        pytest.skip("no role liren_app that this role may become")
    written(1)
    sql("GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO liren_app")
    sql("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO liren_app")
    sql("SET LOCAL ROLE liren_app")
    entry(nr=2)
    if attack == "DELETE FROM kernel_audit_turn":
        sql("SET CONSTRAINTS audit_entry_takes_its_turn IMMEDIATE")
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(attack)
    chained()
    sql("RESET ROLE")
    assert chain.verify().entries == 2


def test_a_temporary_table_can_not_stand_in_for_the_chain() -> None:
    written(1)
    sql("CREATE TEMP TABLE kernel_audit_seal (entry_id bigint, position bigint, previous bytea, hash bytea)")
    sql("CREATE TEMP TABLE kernel_audit_turn (entry_id bigint)")
    entry(nr=2)
    chained()
    sql("DROP TABLE pg_temp.kernel_audit_seal, pg_temp.kernel_audit_turn")
    assert chain.verify().entries == 2


# --- verifying ---------------------------------------------------------------------------------------------------


def test_a_whole_chain_is_found_whole() -> None:
    written(3)
    entry(strange="\u2028 \U0001f600 \\ \" ' \t", empty="", none=None, number=1.50, deep={"a": [1, {"b": None}]})
    chained()
    report = chain.verify()
    assert (report.is_whole, report.entries, report.head) == (True, 4, queries.audit_head())


def test_an_empty_log_is_whole() -> None:
    assert chain.verify() == chain.Report(0, (0, chain.NOTHING))


TAMPERING = {
    "another actor": ("UPDATE kernel_audit_entry SET actor = 'account:9' WHERE id = {id}", 3),
    "another time": ("UPDATE kernel_audit_entry SET at = at + interval '1 microsecond' WHERE id = {id}", 3),
    "another unit": ("UPDATE kernel_audit_entry SET unit_id = 0 WHERE id = {id}", 3),
    "another fact": ("UPDATE kernel_audit_entry SET facts = jsonb_set(facts, '{{nr}}', '8') WHERE id = {id}", 3),
    "text moved between fields": (
        "UPDATE kernel_audit_entry SET actor = actor || 't', action = substr(action, 2) WHERE id = {id}",
        3,
    ),
    "an entry gone": ("DELETE FROM kernel_audit_entry WHERE id = {id}", 3),
    "a seal gone": ("DELETE FROM kernel_audit_seal WHERE entry_id = {id}", 4),
    "both gone": (
        "DELETE FROM kernel_audit_seal WHERE entry_id = {id}; DELETE FROM kernel_audit_entry WHERE id = {id}",
        4,
    ),
    "another hash": ("UPDATE kernel_audit_seal SET hash = sha256('x') WHERE entry_id = {id}", 3),
    "two entries swapped": (
        "UPDATE kernel_audit_seal SET entry_id = -entry_id WHERE position IN (3, 4);"
        "UPDATE kernel_audit_seal SET entry_id = {id} + (position = 3)::int WHERE position IN (3, 4)",
        3,
    ),
    "the first gone": ("DELETE FROM kernel_audit_seal WHERE position = 1", 2),
}


@pytest.mark.usefixtures("tampered")
@pytest.mark.parametrize(("attack", "position"), TAMPERING.values(), ids=TAMPERING.keys())
def test_tampering_is_found_at_its_place(attack: str, position: int) -> None:
    sql("ALTER TABLE kernel_audit_entry ENABLE TRIGGER USER")
    entries = written(6)
    sql("ALTER TABLE kernel_audit_entry DISABLE TRIGGER USER")
    sql(attack.format(id=entries[2].pk))
    report = chain.verify()
    assert (report.is_whole, report.position) == (False, position)


@pytest.mark.usefixtures("tampered")
def test_an_entry_written_past_the_chain_is_found() -> None:
    loose = entry()
    chained()
    assert chain.verify().fault == f"entry {loose.pk} has no place in the chain"


def test_a_cut_off_end_is_found_by_a_head_that_was_kept() -> None:
    written(5)
    kept = queries.audit_head()
    for table in ("kernel_audit_entry", "kernel_audit_seal"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql("DELETE FROM kernel_audit_entry WHERE id IN (SELECT entry_id FROM kernel_audit_seal WHERE position > 3)")
    sql("DELETE FROM kernel_audit_seal WHERE position > 3")
    assert chain.verify().is_whole
    assert chain.verify(kept).position == 4
    for table in ("kernel_audit_entry", "kernel_audit_seal"):
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    written(4)
    assert (chain.verify().is_whole, chain.verify(kept).position) == (True, 5)


@pytest.mark.slow
def test_one_changed_letter_in_100_000_entries_is_found() -> None:
    sql("SET LOCAL statement_timeout = 0")
    sql("ANALYZE kernel_audit_turn, kernel_audit_seal, kernel_audit_entry")  # they are empty: the worst hint for a plan
    written(1)
    sql(
        "INSERT INTO kernel_audit_entry (at, actor, action, object_type, object_id, facts)"
        " SELECT now(), 'system:test', 'test.done', '', '', jsonb_build_object('nr', n)"
        " FROM generate_series(1, 100000) n"
    )
    chained()
    assert chain.verify().entries == 100_001
    sql("ALTER TABLE kernel_audit_entry DISABLE TRIGGER USER")
    place = AuditSeal.objects.get(position=77_777)
    sql("UPDATE kernel_audit_entry SET actor = 'system:tesd' WHERE id = %s", place.entry_id)
    report = chain.verify()
    assert (report.position, report.entries) == (77_777, 77_776)
    sql("ALTER TABLE kernel_audit_entry ENABLE TRIGGER USER")


# --- export and the stand-alone program -----------------------------------------------------------------------------


def exported(path: Path, first: int = 1, last: int | None = None) -> Path:
    with path.open("w", encoding="utf-8") as out:
        chain.export(out, first, last or queries.audit_head()[0], at=NOW)
    return path


def verified_elsewhere(path: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path), *words], capture_output=True, text=True, check=False, env={}
    )
    return done.returncode, done.stdout + done.stderr


def test_an_export_verifies_without_liren(tmp_path: Path) -> None:
    written(5)
    entry(strange='\u2028\U0001f600\\"', none=None)
    chained()
    position, value = queries.audit_head()
    code, said = verified_elsewhere(exported(tmp_path / "a"), "--head", f"{position}:{value}")
    assert (code, said) == (0, f"The export is whole: 6 entries, head {position}:{value}\n")


def test_a_part_of_the_log_verifies_too(tmp_path: Path) -> None:
    written(6)
    assert verified_elsewhere(exported(tmp_path / "a", 3, 5))[0] == 0


def test_an_empty_export_verifies(tmp_path: Path) -> None:
    assert verified_elsewhere(exported(tmp_path / "a", 1, 0))[0] == 0


@pytest.mark.parametrize(
    ("attack", "code", "says"),
    [
        (lambda lines: [*lines[:2], lines[2].replace("里仁", "里人"), *lines[3:]], 1, "Line 3, position 2"),
        (lambda lines: [*lines[:2], *lines[3:]], 1, "position 2 is missing"),
        (lambda lines: lines[:-1], 1, "ends at position 4"),
        (lambda lines: [*lines[:-1], lines[-1][:40]], 2, "line 6 is cut off"),
        (lambda lines: [lines[0].replace("liren-audit-1", "other"), *lines[1:]], 2, "not that of an export"),
        (lambda lines: [lines[0], "[" * 100_000], 2, "line 2"),
        (lambda lines: [], 2, "line 1"),
        (lambda lines: ["\x00\ufffd"], 2, "line 1"),
        (
            lambda lines: [lines[0], *lines[1:3], lines[3].replace('"position": 3', '"position": true')],
            2,
            "not a number",
        ),
    ],
)
def test_a_changed_or_damaged_export_is_found_out(tmp_path: Path, attack, code: int, says: str) -> None:
    written(5)
    path = exported(tmp_path / "a")
    path.write_text("\n".join(attack(path.read_text("utf-8").splitlines())), "utf-8")
    found, said = verified_elsewhere(path)
    assert (found, says in said, said.count("\n")) == (code, True, 1)


def test_an_export_that_leads_elsewhere_than_the_kept_head_is_found_out(tmp_path: Path) -> None:
    written(5)
    path = exported(tmp_path / "a")
    assert verified_elsewhere(path, "--head", f"4:{'ab' * 32}")[0] == 1
    assert verified_elsewhere(path, "--head", f"9:{'ab' * 32}")[0] == 1


def test_the_days_of_an_export_are_local_days() -> None:
    for hour in (15, 16, 17):  # 23:00, 24:00 and 01:00 in China
        record("test.done", None, by=SYSTEM, at=datetime(2026, 6, 1, hour, tzinfo=UTC))
    chained()
    first, second = NOW.date(), NOW.date() + timedelta(1)
    assert chain.span(first, first) == (1, 1)
    assert chain.span(second, None) == (2, 3)
    assert chain.span(None, None) == (1, 3)
    assert chain.span(second + timedelta(1), None) == (1, 0)


# --- the commands --------------------------------------------------------------------------------------------------


def run(*words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    arguments = parser.parse_args(["audit", *words])
    return arguments.run(arguments)


def test_the_commands_verify_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(3)
    path = tmp_path / "log.jsonl"
    assert run("head") == 0
    head = capsys.readouterr().out.strip()
    assert run("verify", "--head", head, "--quiet") == 0
    assert capsys.readouterr().out == f"The chain is whole: 3 entries, head {head}\n"
    assert run("export", "--dry-run", str(path)) == 0
    assert not path.exists()
    assert run("export", "--from", "2026-06-01", "--to", "2026-06-01", "--quiet", str(path)) == 0
    assert len(path.read_text("utf-8").splitlines()) == 4
    header = json.loads(path.read_text("utf-8").splitlines()[0])
    assert header["chain_head"] == {"position": 3, "hash": head.partition(":")[2]}
    assert run("verify", "--head", f"3:{'00' * 32}", "--quiet") == 1
    assert "BROKEN. Position 3" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "3", "x:y", f"3:{'g' * 64}", f"{'9' * 30}:{'a' * 64}"])
def test_a_head_that_can_not_be_is_refused(text: str) -> None:
    with pytest.raises(SystemExit):
        run("verify", "--head", text)


# --- at once -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_many_commits_at_once_make_one_chain() -> None:
    def commits(number: int) -> None:
        for turn in range(20):
            with transaction.atomic():
                for part in range(1 + (number + turn) % 3):
                    entry(nr=number, turn=turn, part=part)

    assert at_once(8, commits) == [None] * 8
    total = sum(1 + (number + turn) % 3 for number in range(8) for turn in range(20))
    report = chain.verify()
    assert (report.fault, report.entries) == ("", total)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_lock_of_the_chain_is_the_last_lock_of_a_commit() -> None:
    """A commit that holds the chain must not wait for a row: its key checks come first, even those written after."""
    sql("CREATE TABLE lock_parent (id bigint PRIMARY KEY)")
    sql(
        "CREATE TABLE lock_child (parent bigint REFERENCES lock_parent DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO lock_parent SELECT generate_series(0, 7)"
    )

    def act(number: int) -> None:
        for turn in range(15):
            with transaction.atomic():
                sql("SELECT FROM lock_parent WHERE id = %s FOR UPDATE", (number + turn) % 8)
                entry(nr=number)
                sql("INSERT INTO lock_child VALUES (%s)", (number + turn) % 8)

    def chase(number: int) -> None:
        """The trap: an entry first, a child of a row after it that another holds FOR UPDATE while it commits."""
        for turn in range(15):
            with transaction.atomic():
                entry(nr=number)
                sql("INSERT INTO lock_child VALUES (%s)", (number * 3 + turn) % 8)

    try:
        assert at_once(8, lambda n: act(n) if n % 2 else chase(n)) == [None] * 8
        assert chain.verify().fault == ""
    finally:
        sql("DROP TABLE lock_child; DROP TABLE lock_parent")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_commit_that_waits_on_the_chain_is_not_passed_by_a_held_row() -> None:
    """Fixed steps: A holds a row and has an entry; B's commit checks that row first, so A can commit and B after it."""
    sql("CREATE TABLE lock_parent (id bigint PRIMARY KEY); INSERT INTO lock_parent VALUES (1)")
    sql("CREATE TABLE lock_child (parent bigint REFERENCES lock_parent DEFERRABLE INITIALLY DEFERRED)")
    held, go = threading.Event(), threading.Event()

    def act(number: int) -> None:
        with transaction.atomic():
            if number == 0:
                sql("SELECT FROM lock_parent WHERE id = 1 FOR UPDATE")
                held.set()
                go.wait(0.5)
                entry(nr=0)
            else:
                held.wait(5)
                entry(nr=1)
                sql("INSERT INTO lock_child VALUES (1)")

    try:
        assert at_once(2, act) == [None, None]
        assert chain.verify().entries == 2
    finally:
        sql("DROP TABLE lock_child; DROP TABLE lock_parent")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_with_an_old_picture_of_the_chain_fails_rather_than_forks() -> None:
    def stale(number: int) -> None:
        with transaction.atomic():
            sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            AuditSeal.objects.count()
            other = threading.Thread(target=lambda: at_once(1, lambda _: entry(nr=1)))
            other.start()
            other.join()
            entry(nr=2)

    assert [type(result) for result in at_once(1, stale)] == [IntegrityError]
    assert (chain.verify().fault, chain.verify().entries) == ("", 1)


def test_the_hash_in_python_and_in_the_database_are_two_programs_with_one_answer() -> None:
    entry(odd="-,3:abc,")
    chained()
    link = next(chain.links())
    assert chain.hash_of(link.position, link.previous, link.fields) == link.hash
