"""Work to many communities out of a table: checked line by line, then exactly that table handed out, or nothing."""

import io
from dataclasses import replace
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.foundation.admission import services
from liren.foundation.admission.models import Assignment, Ledger, Notice, Refusal
from liren.foundation.admission.services import bulk
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import SystemActor
from liren.front.desk import importing
from liren.front.desk.jobs import take_table
from tests import make
from tests.make import bodies, gatepages

URL = "/desk/gate/table/"
HEADER = "准入编号,社区,事项名称,开始日期,截止日期,预计分钟"

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R348")]


@pytest.fixture(scope="module")
def built_scene(django_db_setup, django_db_blocker):
    with make.standing(django_db_blocker, wide) as made:
        yield made


def wide():
    """The scene of the gate, with an admission that reaches both communities."""
    made = gatepages.scene()
    made.wide = gatepages.admitted(made.department, made.city.communities[:2], title_zh="冬季取暖安全走访")
    return made


@pytest.fixture
def scene(built_scene, db):
    return built_scene


@pytest.fixture
def clerk(scene, client):
    make.sign_in(client, scene.clerk)
    return client


@pytest.fixture
def send(scene, clerk):
    def post(url=URL, **fields):
        if "file" in fields:
            fields = {"source": str(scene.department.pk), **fields}
        return clerk.post(url, make.form(scene.clerk, **fields))

    return post


def work():
    """What the worker does, if anything waits for it."""
    for one in ProcrastinateJob.objects.filter(status="todo", task_name="desk.take_table").order_by("id"):
        take_table.func(**one.args)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")


def table(*lines, encoding="utf-8", header=HEADER):
    return SimpleUploadedFile("任务.csv", "\r\n".join([header, *lines]).encode(encoding))


def good(scene):
    first, second = scene.city.communities[:2]
    return [f"{scene.wide.pk},{first.code},,,,30", f"冬季取暖安全走访,{second.name_zh},入户看炉子,,,45"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_table_is_checked_and_then_handed_out_and_the_same_again_adds_nothing(scene, clerk, send, encoding):
    before = Assignment.objects.count()
    checked = send(file=table(*good(scene), encoding=encoding))
    report = clerk.get(checked["Location"]).context["report"]
    assert (report.new, report.unchanged, report.faults, Assignment.objects.count()) == (2, 0, [], before)
    done = send(checked["Location"])
    assert (done.status_code, done["Location"]) == (303, "/desk/gate/mine/")
    made = Assignment.objects.filter(admission=scene.wide).order_by("minutes")
    assert list(made.values_list("title_zh", "minutes", "sender_id", "recorded_by")) == [
        ("冬季取暖安全走访", 30, scene.department.pk, scene.clerk.label),
        ("入户看炉子", 45, scene.department.pk, scene.clerk.label),
    ]
    again = clerk.get(send(file=table(*good(scene)))["Location"])
    assert (again.context["report"].new, again.context["report"].unchanged) == (0, 2)
    assert send(checked["Location"]).status_code == 404


def test_one_bad_line_and_nothing_is_handed_out_each_with_what_it_lacks(scene, clerk, send):
    far, before = scene.city.communities[1], (Assignment.objects.count(), Refusal.objects.count())
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    lines = [
        *good(scene),
        f"{scene.admission.pk},{far.code},,,,",  # admitted, but for another community
        f"人才情况摸底,{far.code},,,,",  # never admitted
        f"{scene.wide.pk},{far.code},昨天的事,{yesterday},,",  # dated back
        f"{scene.wide.pk},没有这个社区,,,,",
        f"{scene.wide.pk},{far.code},,2026/13/01,,",
        f"{scene.wide.pk},{far.code},入户看炉子,,,45",  # the same again
        f"{2**70},{far.code},,,,一会儿",
    ]
    at = send(file=table(*lines))["Location"]
    page = clerk.get(at)
    assert [(one.line, one.field) for one in page.context["shown"]] == [
        (4, "admission"), (5, "admission"), (6, "admission"), (7, "community"), (8, "from"), (9, ""), (10, "minutes"),
    ]  # fmt: skip
    assert page.context["report"].refused == 3
    says = page.content.decode()
    assert f"准入 {scene.admission.pk}“协助老年人能力评估”" in says
    assert "人才情况摸底" in says
    told = b"".join(clerk.get(f"{at}faults.csv").streaming_content).decode("utf-8-sig")
    assert any(line.startswith("4,准入编号,") for line in told.splitlines())
    assert send(at).status_code == 409
    assert (Assignment.objects.count(), Refusal.objects.count()) == before  # a check counts against nobody


def test_what_is_refused_between_check_and_confirmation_counts_against_the_sender(scene, clerk, send):
    at = send(file=table(*good(scene)))["Location"]
    assert clerk.get(at).context["report"].new == 2
    facts = {"on": timezone.localdate(), "reason": "不再需要", "by": SystemActor("test"), "at": timezone.now()}
    services.end_admission(scene.wide.pk, **facts)
    before, last = Assignment.objects.count(), Refusal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    answer = send(at)
    assert (answer.status_code, Assignment.objects.count()) == (422, before)
    assert "记录" in answer.content.decode()
    kept = Refusal.objects.filter(pk__gt=last).order_by("pk")
    assert (
        list(kept.values_list("sender_id", "why", "door", "actor"))
        == [
            (scene.department.pk, "gate_admission_is_active", "hand_out", scene.clerk.label),
        ]
        * 2
    )
    assert Notice.objects.filter(refusal__in=kept, body=scene.department).count() == 2  # two matters, each told once
    assert send(at).status_code == 422
    assert kept.count() == 2  # the same sent again is the same attempt


def test_a_ledger_is_opened_where_a_ledger_was_admitted(scene, clerk, send):
    under = gatepages.admitted(scene.department, scene.city.communities[:2], title_zh="电梯台账", work_type="ledger")
    at = send(file=table(*(f"{under.pk},{one.code},,,," for one in scene.city.communities[:2])))["Location"]
    assert send(at).status_code == 303
    assert Ledger.objects.filter(admission=under, work_type="ledger").count() == 2


def test_formulas_are_no_titles_and_merged_cells_are_faults(scene, clerk, send):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    sheet.append([scene.wide.pk, scene.city.communities[0].code, '=HYPERLINK("http://x")'])
    for code in (one.code for one in scene.city.communities[:2]):
        sheet.append([scene.wide.pk, code, "并在一起"])
    sheet.merge_cells("C3:C4")
    kept = io.BytesIO()
    book.save(kept)
    page = clerk.get(send(file=SimpleUploadedFile("a.xlsx", kept.getvalue()))["Location"])
    assert {one.line for one in page.context["shown"]} >= {2}
    assert page.context["report"].new <= 2
    cell = b"".join(clerk.get(f"{page.request['PATH_INFO']}faults.csv").streaming_content).decode("utf-8-sig")
    assert not any(part.startswith(("=", "+", "@")) for line in cell.splitlines() for part in line.split(","))


def test_a_body_is_chosen_out_of_ones_own_and_a_check_is_for_its_uploader_alone(scene, clerk, send):
    other = bodies.body(scene.city.district, "department", name_zh="临川区商务局")
    assert send(file=table(*good(scene)), source=str(other.pk)).status_code == 422
    at = send(file=table(*good(scene)))["Location"]
    stranger = Client()
    make.sign_in(stranger, make.official("department_clerk", scene.city.district))
    assert stranger.get(at).status_code == 404
    make.sign_in(stranger, scene.worker)
    assert (stranger.get(URL).status_code, stranger.get(f"{URL}template.xlsx").status_code) == (403, 403)


def test_the_example_of_the_template_can_be_handed_out_and_its_titles_are_known_in_both_languages(scene, clerk, send):
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{URL}template.xlsx").content))
    book.remove(book.worksheets[0])
    kept = io.BytesIO()
    book.save(kept)
    report = clerk.get(send(file=SimpleUploadedFile("a.xlsx", kept.getvalue()))["Location"]).context["report"]
    assert (report.new, report.faults) == (1, [])
    english = b"".join(clerk.get(f"/en{URL}columns.csv").streaming_content).decode("utf-8-sig").strip()
    line = f"{scene.wide.pk},{scene.city.communities[0].code}"
    assert clerk.get(send(file=table(line, header=english))["Location"]).context["report"].new == 1


def tasks(scene, number):
    home = scene.city.communities[0]
    return [
        services.Line(n + 2, services.Task(home.pk, f"走访第{n}户", "task", timezone.localdate(), scene.wide.pk))
        for n in range(number)
    ]


def statements(act):
    with CaptureQueriesContext(connection) as told:
        act()
    return len(told)


def test_a_table_twice_as_long_takes_no_more_statements_for_each_five_hundred_lines(scene):
    facts = {"sender_id": scene.department.pk, "by": SystemActor("test"), "at": timezone.now()}
    once, twice = (
        statements(lambda n=n: services.hand_out(tasks(scene, n), dry_run=True, **facts)) for n in (1000, 2000)
    )
    four = statements(lambda: services.hand_out(tasks(scene, 3000), dry_run=True, **facts))
    assert four - twice == twice - once


def test_one_bad_line_in_five_hundred_costs_few_statements_more(scene):
    facts = {"sender_id": scene.department.pk, "by": SystemActor("test"), "at": timezone.now()}
    good = tasks(scene, 500)
    bad = replace(good[7].task, admission_id=None)
    mixed = [*good[:7], services.Line(9, bad, "人才情况摸底"), *good[8:]]
    reports = []
    more = statements(lambda: reports.append(services.hand_out(mixed, dry_run=True, **facts)))
    assert (reports[0].new, reports[0].refused, [one.line for one in reports[0].faults]) == (499, 1, [9])
    assert more < 200


def test_what_was_handed_out_before_is_found_among_other_work_of_the_same_day(scene):
    facts = {"sender_id": scene.department.pk, "by": SystemActor("test"), "at": timezone.now()}
    lines = tasks(scene, 1200)
    services.hand_out(lines[:700], **facts)
    report = services.hand_out(lines[500:], **facts)
    assert (report.new, report.unchanged, report.faults) == (500, 200, [])


def test_a_table_of_more_lines_than_the_bound_is_refused_before_anything_is_asked(scene, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_LINES", 2)
    facts = {"sender_id": scene.department.pk, "by": SystemActor("test"), "at": timezone.now()}
    for report in (None, services.HandReport(lines=3)):
        with pytest.raises(BadInput):
            services.hand_out(tasks(scene, 3), report=report, **facts)


def test_a_long_table_goes_to_the_worker(scene, clerk, send, monkeypatch):
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 10)
    at = send(file=table(*good(scene)))["Location"]
    assert clerk.get(at).context["stage"] == ""
    work()
    assert clerk.get(at).context["report"].new == 2
    assert send(at)["Location"] == at
    work()
    assert clerk.get(at).context["checked"].is_done
    assert Assignment.objects.filter(admission=scene.wide).count() == 2
