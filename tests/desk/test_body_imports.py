"""Tables of bodies from the desk: checked line by line, mended, and exactly the checked file taken over."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from liren.foundation.bodies.models import Body
from tests import make

URL = "/desk/bodies/import/"
HEADER = "名称,类别,区划代码,成立日期,依据文件"

pytestmark = pytest.mark.requirement("R175")


@pytest.fixture
def officer(city, as_official):
    return as_official("street_officer", city.street)


def table(*lines, encoding="utf-8"):
    return SimpleUploadedFile("机构.csv", "\r\n".join([HEADER, *lines]).encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_table_is_checked_and_then_taken_over(city, officer, client, send, encoding):
    code = city.communities[1].code
    lines = [f"东门外合唱队,社区社会组织,{code},2020/5/1,备案表", f"东门外志愿队,志愿服务队伍,{code},2021-01-01,备案表"]
    checked = send(URL, file=table(*lines, encoding=encoding))
    assert checked.status_code == 303
    report = client.get(checked["Location"])
    assert "机构.csv" in report.content.decode()
    assert (report.context["report"].new, Body.objects.filter(name_zh__startswith="东门外").count()) == (2, 0)
    done = send(checked["Location"])
    assert (done.status_code, done["Location"]) == (303, "/desk/bodies/")
    made = Body.objects.filter(name_zh__startswith="东门外")
    assert {body.changes.get().actor for body in made} == {officer.label}
    assert made.count() == 2
    assert send(checked["Location"]).status_code == 404


def test_faults_are_named_by_line_and_column_and_nothing_is_written(city, officer, client, send):
    code, outside = city.communities[1].code, city.district.code
    lines = [
        f"甲协会,社会组织,{code},2020-05-01,登记证书", f"乙协会,帮会,{code},2020-05-01,登记证书",
        f"丙协会,社会组织,{outside},2020-05-01,登记证书", f"丁协会,社会组织,{code},去年,登记证书",
    ]  # fmt: skip
    at = send(URL, file=table(*lines))["Location"]
    page = client.get(at)
    assert [(fault.line, fault.field) for fault in page.context["shown"]] == [(3, "kind"), (4, ""), (5, "from")]
    assert "帮会" in page.content.decode()
    told = b"".join(client.get(f"{at}faults.csv").streaming_content).decode("utf-8-sig")
    assert told.splitlines()[1].startswith("3,类别,")
    assert send(at).status_code == 409
    assert not Body.objects.filter(name_zh="甲协会").exists()
    english = client.get(f"/en{at}").content.decode()
    assert "nothing of the file is imported" in english


def test_what_was_checked_is_for_the_uploader_alone(city, officer, send, as_official, db):
    at = send(URL, file=table(f"甲协会,社会组织,{city.communities[1].code},2020-05-01,登记证书"))["Location"]
    other = Client()
    make.sign_in(other, make.official("street_officer", city.street))
    assert other.get(at).status_code == 404


def test_the_template_as_it_stands_in_its_example_can_be_imported(city, officer, client, send):
    book = openpyxl.load_workbook(io.BytesIO(client.get("/desk/bodies/template.xlsx").content))
    kept = io.BytesIO()
    book.remove(book.worksheets[0])
    book.save(kept)
    at = send(URL, file=SimpleUploadedFile("机构.xlsx", kept.getvalue()))["Location"]
    report = client.get(at).context["report"]
    assert (report.new, report.faults) == (1, [])


def test_the_titles_of_the_template_are_known_to_the_import_in_both_languages(officer, client):
    for language, first in (("", "名称"), ("/en", "name_zh")):
        text = b"".join(client.get(f"{language}/desk/bodies/template.csv").streaming_content).decode("utf-8-sig")
        assert text.split(",")[0] == first
        sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{language}/desk/bodies/template.xlsx").content))
        assert [cell.value for cell in sheet.worksheets[0][1]] == text.strip().split(",")


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"PK\x03\x04", b"a,b\n1,2\n"])
def test_what_is_no_table_of_bodies_is_told_on_the_form(officer, send, content):
    page = send(URL, file=SimpleUploadedFile("机构.csv", content))
    assert page.status_code == 422
    assert page.context["form"].errors
