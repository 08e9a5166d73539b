"""Work out of a table through the gate: how long it takes by its number of lines, and whether that is linear.

    script/bench gate_table                                  7,500, 15,000 and 30,000 lines for 3,000 communities
    script/bench gate_table -- --lines 300000                as many as one table may have

Fills a database of its own (dropped afterwards) with a city and admissions, and lets tables through of half the number
of lines and half of that: the check, the hand-out, and the same table again, which changes nothing. Told are seconds
of processor time, of this process and of its server process; beside other work they say more than the clock.
"""

import argparse
import csv
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gate import filled
from scratch import scratch_database

#: Ticks of the clock by which Linux counts processor time.
TICKS = 100


def table(path: Path, lines: int, codes: list[str], admissions: list[int]) -> Path:
    """So many lines: each community in turn, then the next piece of work, under one admission after the other."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["准入编号", "社区", "事项名称", "开始日期", "截止日期", "预计分钟"])
        for number in range(lines):
            turn, place = divmod(number, len(codes))
            title = f"{lines}户走访第{turn + 1}批"
            writer.writerow([admissions[turn % len(admissions)], codes[place], title, "", "", 30])
    return path


def server_seconds(pid: int) -> float:
    """Processor time of the server's process for this connection."""
    spent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(spent[11]) + int(spent[12])) / TICKS


def spent(act: Callable[[], Any]) -> tuple[Any, float, float, float]:
    """What it gives; seconds of this process, of the server's process, and on the wall."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    own, server, wall = time.process_time(), server_seconds(pid), time.perf_counter()
    found = act()
    return found, time.process_time() - own, server_seconds(pid) - server, time.perf_counter() - wall


def poured(path: Path, lines: int, body: Any) -> None:
    from django.utils import timezone

    from liren.foundation.kernel.rights import SystemActor
    from liren.journeys.hand_out import import_work

    def run(*, dry_run: bool) -> Callable[[], Any]:
        return lambda: import_work(path, sender_id=body.pk, dry_run=dry_run, by=SystemActor("bench"), at=timezone.now())

    for what, dry_run, new in (("check", True, lines), ("hand out", False, lines), ("again", False, 0)):
        report, own, server, wall = spent(run(dry_run=dry_run))
        assert (report.lines, report.new, report.fault_count) == (lines, new, 0), report.faults[:3]
        each = (own + server) / lines * 1_000_000
        print(
            f"  {lines:,} lines, {what}: {own:.1f} s here + {server:.1f} s server"
            f" ({each:.0f} µs a line), {wall:.1f} s on the wall",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, default=3000)
    parser.add_argument("--lines", type=int, default=30_000)
    options = parser.parse_args()
    with scratch_database(), TemporaryDirectory() as folder:
        body, communities = filled(options.communities, 25, 0)
        from django.utils import timezone

        from liren.foundation.admission.models import Admission
        from liren.foundation.territory.models import Unit

        codes = list(Unit.objects.filter(pk__in=communities).order_by("pk").values_list("code", flat=True))
        admissions = Admission.objects.filter(work_type="task", during__contains=timezone.localdate() + timedelta(1))
        numbers = list(admissions.order_by("pk").values_list("pk", flat=True))
        for lines in (options.lines // 4, options.lines // 2, options.lines):
            poured(table(Path(folder) / f"{lines}.csv", lines, codes, numbers), lines, body)


if __name__ == "__main__":
    main()
