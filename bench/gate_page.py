"""Work out of a table through the pages of the desk, as a clerk sends it: upload, check, hand out, report.

    script/bench gate_page                                   30,000 lines for 3,000 communities
    script/bench gate_page -- --lines 300000                 as many as one table may have

Fills a database of its own (dropped afterwards), signs a clerk in, and sends the file by the form. What the worker does
is done here, by its own job, one after the other. Told are seconds of processor time (of this process, which is page
and worker, and of its server process), the memory at most, and what the pages say; then the same table with a bad line.
"""

import argparse
import resource
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gate import filled
from gate_table import spent, table
from scratch import scratch_database

URL = "/desk/gate/table/"


class Clerk:
    """A clerk of the body, signed in, and the worker beside them."""

    def __init__(self, body: Any) -> None:
        from django.test import Client

        from tests import make
        from tests.make import cases

        make.roles()
        self.account, self.body, self.client, self.form = cases.clerk(body, body.unit), body, Client(), make.form
        make.sign_in(self.client, self.account)

    def upload(self, path: Path) -> str:
        """The address of the check."""
        with path.open("rb") as file:
            answer = self.client.post(URL, self.form(self.account, source=str(self.body.pk), file=file))
        assert answer.status_code == 303, answer.content[:2000]
        return str(answer["Location"])

    def confirm(self, address: str) -> None:
        assert self.client.post(address, self.form(self.account)).status_code == 303

    def read(self, address: str) -> Any:
        """What the page says of the file: how far it is, or the report."""
        answer = self.client.get(address)
        assert answer.status_code == 200, answer.status_code
        return answer.context


def worked() -> None:
    """What the worker does with what waits for it."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from liren.front.desk.jobs import take_table

    seen = getattr(worked, "seen", 0)
    for one in ProcrastinateJob.objects.filter(task_name="desk.take_table", id__gt=seen).order_by("id"):
        take_table.func(**one.args)
        worked.seen = one.id  # type: ignore[attr-defined]


def told(what: str, lines: int, act: Callable[[], Any]) -> Any:
    found, own, server, wall = spent(act)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000
    print(
        f"  {lines:,} lines, {what}: {own:.1f} s here + {server:.1f} s server, {wall:.1f} s on the wall,"
        f" {most:.2f} GB at most so far",
        flush=True,
    )
    return found


def sent(clerk: Clerk, path: Path, lines: int) -> None:
    """All steps of a table that is good, and the pages between them."""
    address = told("upload", lines, lambda: clerk.upload(path))
    assert clerk.read(address)["checked"].step == "check"
    told("check by the worker", lines, worked)
    report = told("page of the report", lines, lambda: clerk.read(address))["report"]
    assert (report.lines, report.new, report.fault_count) == (lines, lines, 0), report.faults[:3]
    told("confirmed", lines, lambda: clerk.confirm(address))
    assert clerk.read(address)["checked"].step == "import"
    told("handed out by the worker", lines, worked)
    assert clerk.read(address)["checked"].is_done


def faulty(clerk: Clerk, path: Path, lines: int) -> None:
    """The same number of lines with a bad one at the end: it is named, and nothing can be handed out."""
    with path.open("a", encoding="utf-8") as file:
        file.write("999999999,没有这个社区,一件事,,,\n")
    address = told("upload, one bad line", lines, lambda: clerk.upload(path))
    told("check by the worker, one bad line", lines, worked)
    report = clerk.read(address)["report"]
    assert [one.line for one in report.faults] == [lines + 1], report.faults[:3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, default=3000)
    parser.add_argument("--lines", type=int, default=30_000)
    options = parser.parse_args()
    with scratch_database(), TemporaryDirectory() as folder:
        body, communities = filled(options.communities, 25, 0)
        from django.test.utils import setup_test_environment
        from django.utils import timezone

        from liren.foundation.admission.models import Admission
        from liren.foundation.territory.models import Unit

        setup_test_environment()
        codes = list(Unit.objects.filter(pk__in=communities).order_by("pk").values_list("code", flat=True))
        admissions = Admission.objects.filter(work_type="task", during__contains=timezone.localdate() + timedelta(1))
        numbers = list(admissions.order_by("pk").values_list("pk", flat=True))
        clerk = Clerk(body)
        sent(clerk, table(Path(folder) / "good.csv", options.lines, codes, numbers), options.lines)
        faulty(clerk, table(Path(folder) / "bad.csv", options.lines - 1, codes, numbers), options.lines)


if __name__ == "__main__":
    main()
