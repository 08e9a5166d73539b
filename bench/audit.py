"""What the audit chain costs: appending with it against a plain insert in the same run, and verifying it.

    script/bench audit            or: python bench/audit.py [--seconds 3] [--rows 100000]

Writes into a database of its own, made and dropped here. One row per transaction, so every append
is a commit; with 8 threads the commits queue at the lock of the chain, and only there.
"""

import argparse
import statistics
import threading
import time

from scratch import scratch_database

ROUNDS = 3
PLAIN = "CREATE TABLE bench_plain (LIKE kernel_audit_entry INCLUDING ALL)"


def main() -> None:
    """Measure, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rows", type=int, default=100_000)
    arguments = parser.parse_args()
    with scratch_database():
        measure(arguments.seconds, arguments.rows)


def measure(seconds: float, rows: int) -> None:
    """All figures."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
    print(f"{'appends, one per commit':34}{'1 thread':>12}{'8 threads':>12}   rows/s")
    kinds = {"plain insert, same columns": "bench_plain", "audit entry with chain": "kernel_audit_entry"}
    found: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):  # in turns, so that a busy minute of the machine hits both
        for table in kinds.values():
            for threads in (1, 8):
                found.setdefault((table, threads), []).append(appended(table, threads, seconds / ROUNDS))
    for label, table in kinds.items():
        print(f"{label:34}" + "".join(f"{statistics.median(found[table, n]):12,.0f}" for n in (1, 8)))
    fill(rows)
    verify()


def appended(table: str, threads: int, seconds: float) -> float:
    """Rows committed per second by so many threads."""
    from django.db import connection

    counts = [0] * threads
    end = time.perf_counter() + seconds

    def work(number: int) -> None:
        with connection.cursor() as cursor:
            while time.perf_counter() < end:
                cursor.execute(
                    f"INSERT INTO {table} (at, actor, action, object_type, object_id, unit_id, facts)"
                    " VALUES (now(), 'account:12', 'unit.rename', 'territory.unit', '17', 17, %s)",
                    ['{"was": "旧名", "now": "新名", "reason": "bench"}'],
                )
                counts[number] += 1
        connection.close()

    crew = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return sum(counts) / seconds


def fill(rows: int) -> None:
    """Many entries in one transaction: the cost of a bulk change."""
    from django.db import connection

    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "INSERT INTO kernel_audit_entry (at, actor, action, object_type, object_id, facts)"
            " SELECT now(), 'system:bench', 'bench.fill', '', '', jsonb_build_object('nr', n)"
            " FROM generate_series(1, %s) n",
            [rows],
        )
    print(f"{rows:,} entries in one commit: {rows / (time.perf_counter() - start):,.0f} rows/s")


def verify() -> None:
    """The whole chain, as ``liren audit verify`` walks it."""
    from liren.foundation.kernel import chain

    start = time.perf_counter()
    report = chain.verify()
    took = time.perf_counter() - start
    assert report.is_whole, report
    print(f"verified {report.entries:,} entries in {took:.2f} s: {report.entries / took:,.0f} rows/s")


if __name__ == "__main__":
    main()
