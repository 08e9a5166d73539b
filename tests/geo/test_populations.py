"""Counts out of tables: each line good, or nothing written and each bad line named."""

import datetime
from datetime import date

import openpyxl
import pytest

from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory import queries
from liren.foundation.territory.models import Level, Population
from liren.foundation.territory.services.imports.populations import import_populations
from tests.make.territory import NOW, SYSTEM, unit

pytestmark = pytest.mark.django_db
HEADER = "code,year,households,residents,urban_residents,source"


def take(path, **changes):
    return import_populations(path, **{"by": SYSTEM, "at": NOW, **changes})


def table(folder, *lines, header=HEADER, encoding="utf-8"):
    path = folder / "a.csv"
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return path


@pytest.mark.requirement("R033")
def test_counts_become_the_denominators(tmp_path):
    owner = unit(Level.COMMUNITY)
    take(table(tmp_path, f"{owner.code},2025,1200,3000,2800,统计公报"), published_on=date(2026, 3, 1))
    row = Population.objects.get()
    assert (row.households, row.residents, row.urban_residents, row.source) == (1200, 3000, 2800, "统计公报")
    assert row.published_on == date(2026, 3, 1)
    assert queries.denominator(owner, 2025, "households").value == 1200


def test_chinese_titles_commas_and_a_byte_order_mark_are_understood(tmp_path):
    owner = unit(Level.COMMUNITY)
    line = f'{owner.code},2025,"1,200",,,公报,2026-02-01'
    titles = "区划代码,年份,常住户数,常住人口,城镇常住人口,来源,发布日期"
    assert take(table(tmp_path, line, header=titles, encoding="utf-8-sig")).new == 1
    row = Population.objects.get()
    assert (row.households, row.residents, row.published_on) == (1200, None, date(2026, 2, 1))


def test_a_workbook_reads_like_a_table(tmp_path):
    owner = unit(Level.COMMUNITY)
    book = openpyxl.Workbook()
    book.active.append([*HEADER.split(","), "published_on"])
    book.active.append([owner.code, 2025, 1200.0, 3000, None, "公报", datetime.datetime(2026, 2, 1)])  # noqa: DTZ001  (a sheet has no zones)
    book.active.append([None] * 7)
    path = tmp_path / "a.xlsx"
    book.save(path)
    assert take(path).new == 1
    assert Population.objects.get().published_on == date(2026, 2, 1)


def test_the_same_table_again_changes_nothing_and_a_new_figure_is_a_revision(tmp_path):
    owner = unit(Level.COMMUNITY)
    path = table(tmp_path, f"{owner.code},2025,1200,,,公报")
    take(path)
    assert (take(path).new, take(path).unchanged) == (0, 1)
    assert take(table(tmp_path, f"{owner.code},2025,1300,,,公报")).new == 1
    assert list(Population.objects.values_list("revision", "households")) == [(1, 1200), (2, 1300)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("999999999999,2025,1,,,公报", "There is no unit with the code 999999999999"),
        ("{code},,1,,,公报", "The year is missing or no year"),
        ("{code},20255,1,,,公报", "The year is missing or no year"),
        ("{code},2025,-1,,,公报", "households is not a whole number"),
        ("{code},2025,1.5,,,公报", "households is not a whole number"),
        ("{code},2025,9223372036854775808,,,公报", "households is not a whole number"),
        ("{code},2025,{long},,,公报", "households is not a whole number"),
        ("{code},2025,１２,,,公报", "households is not a whole number"),
        ("{code},2025,,,,公报", ""),
        ("{code},2025,1,,,", "Name the source of the figures"),
        ("{code},2025,1,5,6,公报", ""),
        ("{code},1899,1,,,公报", ""),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, line, said):
    owner = unit(Level.COMMUNITY)
    bad = line.format(code=owner.code, long="9" * 5000)
    report = take(table(tmp_path, f"{owner.code},2024,1,,,公报", bad))
    assert len(report.faults) == 1
    assert report.faults[0].startswith("a.csv:3: ")
    assert said in report.faults[0]
    assert Population.objects.count() == 0


def test_a_dry_run_records_nothing(tmp_path):
    owner = unit(Level.COMMUNITY)
    assert take(table(tmp_path, f"{owner.code},2025,1,,,公报"), dry_run=True).new == 1
    assert Population.objects.count() == 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "a.csv is empty"),
        (b"code,households\n", "a.csv:1: the first line must name the columns; missing: year, source"),
        (f"{HEADER}\n1,2025,1,,,".encode() + b"\xff\xff\n", "a.csv:2: not UTF-8 at byte"),
        (f"{HEADER}\n1,2025,1,,,\0\n".encode(), "a.csv:2: NUL character"),
        (f'{HEADER}\n1,2025,"1,,,\n'.encode(), "not a line of CSV"),
        (b"PK\x03\x04" + b"\0" * 50, "can't be read as XLSX: damaged or cut off"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path, raw, said):
    path = tmp_path / "a.csv"
    path.write_bytes(raw)
    with pytest.raises(BadInput, match=said):
        take(path)


def test_a_workbook_cut_off_half_way_is_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    path = tmp_path / "a.xlsx"
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadInput, match=r"a\.xlsx can't be read as XLSX"):
        take(path)


def test_an_absent_table_is_named(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        take(tmp_path / "none.csv")
