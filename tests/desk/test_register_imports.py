"""Tables of entries from the desk: checked line by line, mended, and exactly the checked file taken over."""

import csv
import io
import threading
import uuid

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.foundation.people.models import Account
from liren.foundation.registers.models import Entry, ImportBatch, registers
from liren.foundation.registers.queries import template
from liren.foundation.registers.services import ImportReport, import_entries
from liren.front.desk import importing, jobs, keeping
from liren.front.desk.jobs import take_table
from tests import make
from tests.conftest import ROOT
from tests.make import registers as build
from tests.make.portal import NOW, SYSTEM

URL = "/desk/registers/reading_room/"
HEADER = "名称,单元代码,面积,活动频次,每天开放"


@pytest.fixture
def rooms(city):
    return build.declared()


@pytest.fixture
def officer(city, rooms, as_official):
    return as_official("street_officer", city.street)


def table(*lines, header=HEADER, encoding="utf-8", name="书屋.csv"):
    return SimpleUploadedFile(name, "\r\n".join([header, *lines]).encode(encoding))


def lines_of(city, many, wrong_every=0):
    """So many good lines; every n-th one with a slip of the pen, of a few sorts in turn."""
    slips = [
        "书屋{n},{code},很大,每周,是",
        "书屋{n},{code},80,每天,是",
        "书屋{n},990102001099,80,每周,是",
        ",{code},80,每周,是",
    ]
    for n in range(1, many + 1):
        code = city.communities[n % 6].code
        is_wrong = wrong_every and n % wrong_every == 0
        shape = slips[n // wrong_every % len(slips)] if is_wrong else "书屋{n},{code},{area},每周,是"
        yield shape.format(n=n, code=code, area=40 + n % 100)


def check(client, send, file, **more):
    """Upload, and go where the answer leads: to the report."""
    answer = send(f"{URL}import/", file=file, **more)
    assert answer.status_code == 303, dict(answer.context["form"].errors)
    work()
    return answer["Location"]


def work():
    """What the worker does, if anything waits for it; how many jobs there were."""
    waiting = list(ProcrastinateJob.objects.filter(status="todo", task_name="desk.take_table").order_by("id"))
    for one in waiting:
        take_table.func(**one.args)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'cancelled' WHERE status = 'todo'")
    return len(waiting)


def test_five_thousand_lines_with_slips_are_mended_and_imported(city, officer, client, send):
    report = check(client, send, table(*lines_of(city, 5_000, wrong_every=33)), source="文旅局台账")
    page = client.get(report)
    assert (page.context["report"].lines, page.context["report"].fault_count, page.context["wrong"]) == (
        5_000,
        151,
        151,
    )
    assert (len(page.context["shown"]), Entry.objects.count()) == (50, 0)
    assert send(report).status_code == 409  # a file with faults is not taken over
    faults = client.get(f"{report}faults.csv")
    rows = list(csv.reader(io.StringIO(b"".join(faults.streaming_content).decode("utf-8-sig"))))
    assert (len(rows), rows[0]) == (152, ["行", "列", "问题和改法"])
    said = [row[2] for row in rows[1:5]]
    assert [row[:2] for row in rows[1:5]] == [["34", "活动频次"], ["67", "单元代码"], ["100", "名称"], ["133", "面积"]]
    assert "每月" in said[0]  # what was meant, perhaps
    assert "990102001099" in said[1]

    mended = check(client, send, table(*lines_of(city, 5_000)), source="文旅局台账")
    seen = client.get(mended).context["report"]
    assert (seen.new, seen.changed, seen.unchanged, seen.fault_count) == (5_000, 0, 0, 0)
    assert Entry.objects.count() == 0
    answer = send(mended)
    assert (answer.status_code, answer["Location"], Entry.objects.count()) == (303, mended, 0)
    assert send(mended).context["stage"] == ""  # sent twice: it waits for its turn once
    assert (work(), Entry.objects.count()) == (1, 5_000)
    seen = client.get(mended).context
    assert (seen["checked"].is_done, seen["checked"].packed, seen["report"].new) == (True, b"", 5_000)
    assert send(mended).context["report"].new == 5_000  # nothing is imported twice
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.source, batch.actor, batch.new) == ("书屋.csv", "文旅局台账", officer.label, 5_000)

    again = client.get(check(client, send, table(*lines_of(city, 5_000)))).context["report"]
    assert (again.new, again.changed, again.unchanged) == (0, 0, 5_000)


def test_what_takes_long_shows_how_far_it_has_come(city, officer, client, send, monkeypatch):
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 10)
    report = send(f"{URL}import/", file=table(*lines_of(city, 30)))["Location"]
    page = client.get(report)
    assert (page.context["stage"], page.context["checked"].step, page.context["lines"]) == ("", "check", 0)
    said = []

    def heard(_aside, kept, stage, lines):
        cache.set(keeping._progress(kept), (stage, lines), 60)
        part = client.get(report, headers={"HX-Request": "true"})
        assert b"<html" not in part.content
        said.append((stage, f"已读 {lines} 行" in part.content.decode()))

    monkeypatch.setattr(keeping, "_tell", heard)
    work()
    assert said == [("lines", True)]
    assert client.get(report, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.get(report).context["report"].new == 30
    send(report)
    said.clear()
    work()
    assert [stage for stage, _is_said in said] == ["lines", "writing", "coverage"]
    assert Entry.objects.count() == 30


def test_progress_is_told_beside_the_transaction_of_the_import(city, officer, client, send, monkeypatch):
    """Through a connection of its own: a page that asks meanwhile would see nothing otherwise."""
    told = []
    monkeypatch.setattr(keeping.cache, "set", lambda *given: told.append((given[1], threading.get_ident())))
    kept = keeping.Kept("account:1", "reading_room", "a.csv", "", b"", "", ImportReport("reading_room"))
    with keeping.telling(kept) as progress:
        progress("lines", 2000, 0)
        progress("writing", 0, 0)
    assert [one for one, _thread in told] == [("lines", 2000), ("writing", 0)]
    assert threading.get_ident() not in {thread for _one, thread in told}


def test_a_large_file_that_is_no_table_is_refused_on_its_page(city, officer, client, send, monkeypatch):
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 10)
    report = client.get(check(client, send, SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken" * 9)))
    assert "a.xlsx" in report.context["checked"].refusal
    assert not Entry.objects.exists()


def test_an_import_that_breaks_off_says_so(city, officer, client, send, monkeypatch):
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 10)
    report = send(f"{URL}import/", file=table(*lines_of(city, 3)))["Location"]
    monkeypatch.setattr(jobs.services, "import_entries", lambda *a, **b: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        work()
    page = client.get(report)
    assert (page.status_code, page.context["checked"].refusal) == (200, "…")


def test_exactly_the_checked_file_is_imported_once(city, officer, client, send):
    report = check(client, send, table(*lines_of(city, 3)))
    sent = make.form(officer)
    first, again = client.post(report, sent), client.post(report, sent)
    assert (first.status_code, again.status_code, Entry.objects.count()) == (303, 303, 3)
    assert client.get(report).status_code == 404  # nothing of the file is kept
    assert send(report).status_code == 404
    assert ImportBatch.objects.count() == 1


def test_what_came_in_between_is_seen_before_anything_is_written(city, officer, client, send):
    build.room(city.communities[0], name="书屋6", area=1)
    report = check(client, send, table(*lines_of(city, 6)))
    assert client.get(report).context["report"].changed == 1
    build.room(city.communities[0], name="书屋6", area=2)  # now two bear the name: which one is meant?
    answer = send(report)
    assert (answer.status_code, answer.context["report"].fault_count) == (422, 1)
    assert sorted(Entry.objects.values_list("values__area", flat=True)) == [1, 2]


def test_nobody_else_sees_or_imports_the_file(city, rooms, officer, client, send):
    report = check(client, send, table(*lines_of(city, 3)))
    other = Client()
    actor = make.sign_in(other, Account.objects.get(pk=make.official("city_admin", city.city).pk))
    for url in (report, f"{report}faults.csv", f"{URL}import/{uuid.uuid4()}/"):
        assert other.get(url).status_code == 404
    assert other.post(report, make.form(actor)).status_code == 404
    build.declared(code="other_room")
    assert client.get(report.replace("reading_room", "other_room")).status_code == 404
    assert Entry.objects.count() == 0


def test_a_line_for_a_unit_of_others_is_a_fault(city, rooms, as_official, client, send):
    as_official("community_worker", city.communities[0])
    report = client.get(check(client, send, table(*lines_of(city, 6)))).context["report"]
    assert (report.fault_count, {fault.field for fault in report.faults}) == (5, {"unit"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_however_it_was_written(encoding, city, officer, client, send):
    report = client.get(check(client, send, table(*lines_of(city, 4), encoding=encoding))).context["report"]
    assert (report.new, report.fault_count) == (4, 0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"a,b\n\x00,1",
        b"\xff\xfea\x00",
    ],
)
def test_a_file_that_is_no_table_is_refused_on_the_form(content, officer, send):
    answer = send(f"{URL}import/", file=SimpleUploadedFile("a.xlsx", content))
    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)
    assert not ImportBatch.objects.exists()


def test_a_table_with_other_columns_says_which_are_meant(city, officer, client, send):
    report = client.get(check(client, send, table("甲,990102001001,3", header="名称,单元代码,面机"))).context["report"]
    (fault,) = report.faults
    assert (fault.line, "面机" in fault.says, "面积" in fault.says) == (1, True, True)


def test_a_file_that_is_too_large_is_refused(officer, send, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_BYTES", 100)
    answer = send(f"{URL}import/", file=table("x" * 200))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\表\\书屋.csv", "书屋.csv"),
        ("", "upload"),
        ("a:b?.csv", "ab.csv"),
        (" . ", "upload"),
    ],
)
def test_names_of_uploads_are_made_plain(given, kept):
    assert keeping.plain_name(given) == kept
    assert len(keeping.plain_name("书" * 500).encode()) <= keeping.LONGEST_NAME


def test_the_file_is_gone_after_its_hour(city, officer, client, send):
    report = check(client, send, table(*lines_of(city, 3)))
    cache.clear()
    assert client.get(report).status_code == 404
    assert send(report).status_code == 404


# --- the template ---------------------------------------------------------------------------------------------------


def test_the_example_of_the_template_is_a_line_that_can_be_imported(city, officer, client, send):
    reply = client.get(f"{URL}template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    empty, example, words = book.worksheets
    assert (empty.max_row, example.max_row) == (1, 2)
    assert [cell.value for cell in empty[1]] == [cell.value for cell in example[1]]
    rows = {row[0].value: [cell.value for cell in row[2:] if cell.value] for row in words.iter_rows(min_row=2)}
    assert (rows["活动频次"], rows["每天开放"]) == (["每周", "每月"], ["是", "否"])
    assert len(empty.data_validations.dataValidation) == 2
    empty.append([cell.value for cell in example[2]])
    kept = io.BytesIO()
    book.save(kept)
    report = client.get(check(client, send, SimpleUploadedFile("模板.xlsx", kept.getvalue()))).context["report"]
    assert (report.new, report.faults) == (1, [])


def test_the_empty_template_imports_nothing(officer, client, send):
    reply = client.get(f"{URL}template.xlsx")
    report = client.get(check(client, send, SimpleUploadedFile("模板.xlsx", reply.content))).context["report"]
    assert (report.lines, report.new, report.fault_count) == (0, 0, 0)
    lines = b"".join(client.get(f"{URL}template.csv").streaming_content)
    assert client.get(check(client, send, SimpleUploadedFile("t.csv", lines))).context["report"].fault_count == 0


def test_what_is_exported_comes_back_unchanged(city, officer, client, send):
    build.room(city.communities[0], name="+一号书屋", area="12.5", open_daily="是", rhythm="weekly", note="=1+1")
    build.room(city.communities[1], name="二号书屋", readers=3, desk_phone="+86-28-12345678")
    lines = b"".join(client.get(f"{URL}export.csv?unit=").streaming_content)
    report = client.get(check(client, send, SimpleUploadedFile("导出.csv", lines))).context["report"]
    assert (report.faults, report.unchanged, report.changed) == ([], 2, 0)


@pytest.mark.parametrize("path", sorted((ROOT / "packs" / "common" / "registers").glob("*.toml")), ids=lambda p: p.stem)
def test_every_declared_register_gives_an_example_that_its_own_rules_accept(path):
    import tomllib
    from decimal import Decimal
    from types import SimpleNamespace

    from liren.foundation.registers.engine.declaration import parse
    from liren.foundation.registers.engine.identity import read_identity
    from liren.foundation.registers.engine.values import clean

    spec = parse(tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))
    line = template.example(SimpleNamespace(spec=spec), None)
    referred = {one.code for one in spec.fields if one.kind in ("unit", "body", "file")}
    values = {code: value for code, value in line.items() if code in spec.by_code and code not in referred}
    _kept, faults = clean(spec, values, finder=None, today=NOW.date())
    assert [str(fault) for fault in faults if fault.field not in referred] == []
    assert (
        read_identity(
            spec, {"name_zh": line["name_zh"], "lon": line.get("lon"), "lat": line.get("lat")}, today=NOW.date()
        )[1]
        == []
    )


def test_an_import_by_the_command_and_one_from_the_desk_are_the_same(city, officer, client, send, tmp_path):
    path = build.csv_file(tmp_path / "a.csv", HEADER, *lines_of(city, 5))
    import_entries("reading_room", path, by=SYSTEM, at=NOW)
    report = client.get(check(client, send, SimpleUploadedFile("a.csv", path.read_bytes()))).context["report"]
    assert (report.unchanged, report.new) == (5, 0)
    assert len(registers()) == 1
