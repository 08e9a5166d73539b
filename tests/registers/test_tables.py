"""Tables as people save them: in which writing, with which separators, merged, computed, damaged, hostile."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from liren.foundation.registers.engine import sheets, tables
from liren.foundation.registers.engine.columns import find_columns
from liren.foundation.registers.engine.tables import opened
from liren.foundation.registers.engine.wording import BadTable
from liren.foundation.registers.engine.writing import csv_lines, geojson_pieces, write_xlsx
from tests.make import registers as build


def read(path: Path) -> tuple[str, list[Any]]:
    with opened(path) as table:
        return table.written, [line.cells for line in table]


def refused(path: Path) -> str:
    with pytest.raises(BadTable) as caught:
        read(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with byte order mark"),
        ("gbk", "GB18030 (GBK)"),
        ("gb18030", "GB18030 (GBK)"),
    ],
)
def test_the_writing_is_found_out_and_said(tmp_path, encoding, said):
    path = build.csv_file(
        tmp_path / "a.csv", "名称,面积", "柳荫书屋,120㎡" if "gb" not in encoding else "柳荫书屋,120", encoding=encoding
    )
    written, lines = read(path)
    assert (written, lines[0], lines[1][0]) == (said, ["名称", "面积"], "柳荫书屋")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_other_separators_are_taken(tmp_path, separator):
    path = build.csv_file(tmp_path / "a.csv", separator.join("甲乙"), separator.join("12"))
    assert read(path)[1] == [["甲", "乙"], ["1", "2"]]


def test_quoted_line_breaks_and_blank_lines_keep_the_numbers_of_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('甲,乙\n"一\n行",2\n\n , \n三,4\n')
    with opened(path) as table:
        assert [(line.number, line.cells) for line in table] == [
            (1, ["甲", "乙"]),
            (3, ["一\n行", "2"]),
            (6, ["三", "4"]),
        ]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is empty."),
        (b"a,b\nx\x00,1\n", "Line 2 holds a NUL character."),
        (b"a,b\n\xff\xff\xff\xff,1\n", "Line 2 is written neither in UTF-8 nor in GBK"),
        (b'a,b\n"x,1\n', "is no line of CSV"),
        (b"\xff\xfea\x00", "The file is written in UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "This is an old Excel file (.xls)"),
        (b"PK\x03\x04 no archive", "The workbook is damaged or cut off."),
        (b"a," * 400 + b"\n", "has more columns than any register"),
        (b"x" * ((1 << 20) + 5), "is longer than any line of a table"),
        (b'a\n"' + b"x" * 200_000 + b'"\n', "is no line of CSV"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_place(tmp_path, raw, said):
    path = tmp_path / "bad.csv"
    path.write_bytes(raw)
    assert said in refused(path)


def test_a_file_that_is_not_there_or_too_large(tmp_path, monkeypatch):
    assert "can't be read" in refused(tmp_path / "none.csv")
    monkeypatch.setattr(tables, "MOST_BYTES", 3)
    assert "larger than" in refused(build.csv_file(tmp_path / "a.csv", "a", "b"))


def test_more_lines_than_can_be_taken_are_refused_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_LINES", 3)
    assert len(read(build.csv_file(tmp_path / "a.csv", "a", "1", "2", "3"))[1]) == 4
    said = refused(build.csv_file(tmp_path / "b.csv", "a", "1", "2", "3", "4"))
    assert said == "The file has more than 3 lines; split it and import the parts one by one."


def test_a_sheet_gives_numbers_days_and_texts(tmp_path):
    path = build.xlsx_file(
        tmp_path / "a.xlsx",
        ["名称", "面积", "日期"],
        ["甲", 12.5, date(2024, 3, 1)],
        [None, None, None],
        ["乙", 3, None],
    )
    assert read(path) == (
        "XLSX",
        [["名称", "面积", "日期"], ["甲", 12.5, date(2024, 3, 1)], ["乙", 3, None][:2]],
    ) or read(path)[1][2][:2] == ["乙", 3]


def test_merged_cells_hold_their_value_once_and_are_told(tmp_path):
    path = build.xlsx_file(
        tmp_path / "a.xlsx", ["单元", "名称"], ["柳荫", "甲"], [None, "乙"], ["梅园", "丙"], merged="A2:A3"
    )
    with opened(path) as table:
        lines = list(table)
    assert [line.cells[0] for line in lines] == ["单元", "柳荫", None, "梅园"]
    assert [len(line.faults) for line in lines] == [0, 0, 1, 0]
    place, sentence, facts = lines[2].faults[0]
    assert (place, sentence % facts) == (
        0,
        "The cells A2:A3 are merged: only the first holds the value. Unmerge them and fill in every line.",
    )


def with_result(path: Path, result: str) -> Path:
    """The workbook with a stored result for its one formula, as Excel would save it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(raw, "w") as after:
        for member in before.infolist():
            text = before.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b"<v></v>", b"<v>%s</v>" % result.encode()).replace(
                    b"<v />", b"<v>%s</v>" % result.encode()
                )
            after.writestr(member, text)
    path.write_bytes(raw.getvalue())
    return path


def test_a_formula_gives_its_stored_result_or_is_told(tmp_path):
    path = build.xlsx_file(tmp_path / "a.xlsx", ["名称", "面积"], ["甲", "=60*2"])
    with opened(path) as table:
        line = list(table)[1]
    assert "Cell B2 is a formula without a result" in line.faults[0][1] % line.faults[0][2]
    with opened(with_result(path, "120")) as table:
        line = list(table)[1]
    assert (line.cells, line.faults) == (["甲", 120], [])


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80_000_000)
    assert path.stat().st_size < 100_000
    assert refused(path) == "The workbook unpacks to more than can be taken."


def test_a_workbook_that_lies_about_its_size_is_stopped_on_the_way(tmp_path, monkeypatch):
    path = build.xlsx_file(tmp_path / "a.xlsx", *([f"名称{n}"] for n in range(3000)))
    monkeypatch.setattr(sheets, "_check_size", lambda raw: None)
    monkeypatch.setattr(sheets, "MOST_UNPACKED", 10_000)
    assert refused(path) == "The workbook unpacks to more than can be taken."


def test_a_cut_off_or_twisted_workbook_is_refused(tmp_path):
    path = build.xlsx_file(tmp_path / "a.xlsx", *([f"名称{n}", n] for n in range(200)))
    raw = path.read_bytes()
    for place in range(10, len(raw), max(len(raw) // 60, 1)):
        path.write_bytes(raw[:place])
        assert refused(path)
        path.write_bytes(raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :])
        with suppress(BadTable):  # some bits say nothing; whatever else is raised fails the test
            read(path)


def test_columns_by_code_by_either_name_and_with_units_or_stars():
    spec = build.spec()
    for header in (
        ["name_zh", "unit", "area", "open_daily"],
        ["名称*", "单元代码", "面积（平方米）", "每 天 开 放"],
        ["Name", "Unit code", "Area (m²)", "OPEN EVERY DAY"],
    ):
        found = find_columns(spec, header)
        assert (found.places, found.faults) == ({"name_zh": 0, "unit": 1, "area": 2, "open_daily": 3}, [])


def test_columns_that_are_unknown_twice_or_missing_are_told():
    found = find_columns(build.spec(place="required"), ["名称", "名称", "面机", "乱七八糟", None, ""])
    assert [str(fault) for fault in found.faults] == [
        "Two columns are called “名称”.",
        "The column “面机” is not known in this register; did you mean “面积”?",
        "The column “乱七八糟” is not known in this register; take it out.",
        "The column “Unit code” is missing.",
        "The column “Longitude” is missing.",
        "The column “Latitude” is missing.",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_made_harmless(tmp_path, text):
    assert "".join(csv_lines(["a"], [[text, -1, 2.5]])).split("\r\n", 1)[1].startswith(("'", "\"'"))
    assert ",-1,2.5" in "".join(csv_lines(["a"], [["x", -1, 2.5]]))
    write_xlsx(tmp_path / "a.xlsx", "a/b", ["a"], [[text, -1, None]])
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert (cell.data_type, cell.value) in (("s", text), ("s", text.replace("\r", "\n")))


def test_pieces_of_geojson_are_one_document():
    import json

    for many in (0, 1, 500, 1001):
        features = ({"type": "Feature", "id": n, "geometry": None, "properties": {}} for n in range(many))
        found = json.loads("".join(geojson_pieces(features, name="书屋")))
        assert (found["name"], [one["id"] for one in found["features"]]) == ("书屋", list(range(many)))
