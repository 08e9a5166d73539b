"""Bodies out of a table: each line good, or nothing written and each bad line named."""

import datetime

import openpyxl
import pytest

from liren.foundation.bodies import services
from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import BadInput
from tests import make as makers
from tests.make import bodies as make

HEADER = "name_zh,kind,unit,from,document"


def take(path, **changes):
    return services.import_bodies(path, **{"by": make.SYSTEM, "at": make.NOW, **changes})


def table(folder, *lines, header=HEADER):
    path = folder / "a.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


@pytest.mark.requirement("R175")
def test_bodies_are_founded_from_chinese_titles_and_words(here, tmp_path):
    code = make.code()
    header = "名称,类别,区划代码,统一社会信用代码,登记形式,业务领域,上级机构,成立日期,终止日期,办公电话,依据文件"
    lines = [
        f"柳荫老年协会,社会组织,{here.town.willow.code},{code},法人登记,养老助老、文化体育,柳荫社区居民委员会,2020-05-01,,028-1,登记证书",
        f"柳荫合唱队,community_social_organisation,{here.town.willow.code},,备案,,,2021-01-01,2022-01-01,,备案表",
    ]
    report = take(table(tmp_path, *lines, header=header))
    assert (report.new, report.unchanged, report.faults) == (2, 0, [])
    made = Body.objects.get(uscc=code)
    assert (made.kind, made.registration, made.works) == (
        "social_organisation",
        "registered",
        ["culture_sport", "aged_care"],
    )
    assert made.parent == here.committee
    assert Body.objects.get(name_zh="柳荫合唱队").during.upper == datetime.date(2022, 1, 1)
    assert made.changes.get().kind == "founded"


def test_the_same_table_again_changes_nothing(here, tmp_path):
    path = table(tmp_path, f"甲协会,social_organisation,{here.town.willow.code},2020-01-01,文")
    assert take(path).new == 1
    assert (take(path).new, take(path).unchanged) == (0, 1)


@pytest.mark.parametrize("day", ["2020/5/1", "2020.05.01", "2020年5月1日", "20200501", "2020-05-01"])
def test_days_are_read_as_people_write_them(here, tmp_path, day):
    assert take(table(tmp_path, f"甲协会,Social organisation,{here.town.willow.code},{day},文")).new == 1
    assert Body.objects.get(name_zh="甲协会").founded_on == datetime.date(2020, 5, 1)


def test_a_table_that_a_spreadsheet_saved_in_gbk_is_read(here, tmp_path):
    path = tmp_path / "a.csv"
    text = f"名称,类别,单元代码,成立日期,依据文件\n甲协会,社会组织,{here.town.willow.code},2020-05-01,文\n"
    path.write_bytes(text.encode("gbk"))
    assert take(path).new == 1
    assert Body.objects.filter(name_zh="甲协会").exists()


def test_a_dry_run_writes_nothing(here, tmp_path):
    path = table(tmp_path, f"甲协会,social_organisation,{here.town.willow.code},2020-01-01,文")
    assert take(path, dry_run=True).new == 1
    assert not Body.objects.filter(name_zh="甲协会").exists()


def test_with_one_bad_line_nothing_is_written_and_each_is_named(here, tmp_path):
    unit = here.town.willow.code
    told = []
    report = take(
        table(
            tmp_path,
            f"甲,social_organisation,{unit},2020-01-01,文",
            f"乙,sect,{unit},2020-01-01,文",
            "丙,other,989999999999,2020-01-01,文",
            f"丁,other,{unit},2020年,文",
            f",other,{unit},2020-01-01,文",
            f"戊,sub_committee,{unit},2020-01-01,文",
        ),
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    assert [(fault.line, fault.field) for fault in report.faults] == [
        (3, "kind"), (4, "unit"), (5, "from"), (6, "name_zh"), (7, "")
    ]  # fmt: skip
    assert report.lines == 6
    assert not Body.objects.filter(name_zh="甲").exists()
    assert told[-1] == ("bodies", 6, 6)


def test_a_wrong_code_in_a_table_is_named(here, tmp_path):
    header = f"{HEADER},uscc,registration,parent"
    line = f"甲,other,{here.town.willow.code},2020-01-01,文"
    report = take(table(tmp_path, f"{line},91110000600037341M,registered,", f"{line},,,无此机构", header=header))
    assert "last character" in report.faults[0].says
    assert "无此机构" in report.faults[1].says


def test_a_workbook_reads_like_a_table(here, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["甲协会", "社会组织", here.town.willow.code, datetime.datetime(2020, 1, 1), "文"])  # noqa: DTZ001  (a sheet has no zones)
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert take(path).new == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "empty"), (b"a,b\n", "missing"), (b"PK\x03\x04xx", "damaged"), (b"\xff\xfe", "UTF-8"), (b"a\0b", "NUL")],
)
def test_a_file_that_can_not_be_read_is_refused(tmp_path, db, content, words):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        take(path)
    with pytest.raises(BadInput):
        take(tmp_path / "none.csv")


def test_an_official_imports_only_into_the_own_unit(here, tmp_path):
    path = table(tmp_path, f"甲,other,{here.town.plum.code},2020-01-01,文")
    report = take(path, by=makers.official("community_worker", here.town.willow))
    assert len(report.faults) == 1
    assert not Body.objects.filter(name_zh="甲").exists()
