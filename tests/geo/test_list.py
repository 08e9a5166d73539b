"""The national list, read strictly: each kind of dirt is found, with its file and line."""

import gzip

import pytest

from liren.foundation.territory.engine import divisions
from liren.foundation.territory.services.imports import divisions as imports
from liren.foundation.territory.services.imports.listing import read_list
from tests.make.geo import LISTS, division_list, with_line

V = "villages.csv"
GOOD = LISTS["villages"]
CLEAN_BYTES = ("\n".join(GOOD) + "\n").encode()


def faults(folder):
    return [str(fault) for fault in read_list(folder).faults.kept]


def test_a_clean_list_has_no_faults(tmp_path):
    reader = read_list(division_list(tmp_path))
    assert reader.faults.count == 0
    assert {level: len(rows) for level, rows in reader.rows.items()} == {1: 1, 2: 4, 3: 4, 4: 5, 5: 6}


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + CLEAN_BYTES,
        CLEAN_BYTES.replace(b"\n", b"\r\n"),
        CLEAN_BYTES.rstrip(b"\n"),
        CLEAN_BYTES.replace(b'"', b""),
        CLEAN_BYTES + b"\n\n",
    ],
    ids=["byte order mark", "CR LF", "no last line end", "no quotation marks", "empty lines"],
)
def test_harmless_differences_are_accepted(tmp_path, raw):
    reader = read_list(division_list(tmp_path, villages=raw))
    assert reader.faults.kept == []
    assert list(reader.rows[5].items())[0] == ("990102001001", "柳荫社区居委会")


def test_a_packed_list_reads_like_a_plain_one(tmp_path):
    plain, packed = read_list(division_list(tmp_path / "a")), read_list(division_list(tmp_path / "b", packed=True))
    assert plain.rows == packed.rows


ROW = "990102001,99,9901,990102"
DIRTY = [
    ('990102001001,"柳荫社区居委会"', "2 columns where 6 are expected"),
    (f'990102001001,"柳荫社区居委会",{ROW},9', "7 columns where 6 are expected"),
    (f'99010200100x,"柳荫社区居委会",{ROW}', "is not a number of 12 digits"),
    (f'９９０１０２００１００１,"柳荫社区居委会",{ROW}', "is not a number of 12 digits"),
    (f'99999999999999999999,"柳荫社区居委会",{ROW}', "is not a number of 12 digits"),
    (f'-99010200100,"柳荫社区居委会",{ROW}', "is not a number of 12 digits"),
    (f'990102001002,"柳荫社区居委会",{ROW}', None),
    ('990102009001,"柳荫社区居委会",990102009,99,9901,990102', "the unit above, 990102009, is not in the list"),
    ('990102001001,"柳荫社区居委会",990102100,99,9901,990102', "does not lie under '990102100'"),
    ('990102001001,"柳荫社区居委会",990102001,98,9901,990102', "does not lie under '98'"),
    (f'990102001000,"柳荫社区居委会",{ROW}', "ends in zeros"),
    (f'990102001001,"",{ROW}', "the name is empty"),
    (f'990102001001," \u3000 ",{ROW}', "the name is empty"),
    (f'990102001001,"柳荫\x07社区",{ROW}', "control character in the name"),
    (f'990102001001,"{"长" * 101}",{ROW}', "the name has 101 characters; at most 100 fit"),
    (f'990102001001,"柳荫社区,{ROW}', "a quotation mark is not closed"),
    (f'990102001001,"柳荫"社区,{ROW}', "not a line of CSV"),
]


@pytest.mark.parametrize(("line", "what"), DIRTY)
def test_a_faulty_line_is_named(tmp_path, line, what):
    found = faults(division_list(tmp_path, villages=with_line("villages", 2, line)))
    if what is None:  # the code of the next line: that one is the second
        assert found == [f"{V}:3: code 990102001002 stands in the list twice"]
        return
    assert found[0].startswith(f"{V}:2: ")
    assert what in found[0]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (CLEAN_BYTES.replace(GOOD[1].encode(), GOOD[1].encode("gb18030")), "byte 66: it looks like GB 18030"),
        (CLEAN_BYTES.replace("柳荫".encode(), b"\xed\xa0\x80"), "lone surrogate at byte 66"),
        (CLEAN_BYTES.replace("柳荫".encode(), b"\xff"), "not UTF-8 at byte 66"),
        (CLEAN_BYTES.replace("柳荫".encode(), b"\0"), "NUL character at byte 66"),
    ],
    ids=["GB 18030", "lone surrogate", "stray byte", "NUL"],
)
def test_what_is_not_utf8_is_named_with_line_and_byte(tmp_path, raw, said):
    found = faults(division_list(tmp_path, villages=raw))
    assert len(found) == 1
    assert found[0].startswith(f"{V}:2: ")
    assert said in found[0]


def test_the_byte_counts_a_byte_order_mark_too(tmp_path):
    raw = b"\xef\xbb\xbf" + CLEAN_BYTES.replace("柳荫".encode(), b"\xff")
    assert "not UTF-8 at byte 69" in faults(division_list(tmp_path, villages=raw))[0]


def test_utf16_is_named_as_such(tmp_path):
    raw = CLEAN_BYTES.decode().encode("utf-16")
    assert faults(division_list(tmp_path, villages=raw))[0] == f"{V}:1: this is UTF-16; save the file as UTF-8"


@pytest.mark.parametrize("cut", [4, 12, 20, 40])
def test_a_line_cut_off_at_the_end_is_named(tmp_path, cut):
    found = faults(division_list(tmp_path, villages=CLEAN_BYTES[:-cut]))
    assert len(found) == 1
    assert found[0].startswith(f"{V}:7: ")
    assert "cut off" in found[0]


def test_a_packed_file_cut_off_half_way_is_named(tmp_path):
    folder = division_list(tmp_path, packed=True)
    path = folder / "villages.csv.gz"
    path.write_bytes(path.read_bytes()[:-20])
    assert "cut off or damaged after this line" in faults(folder)[0]


def test_what_is_no_packed_file_is_named(tmp_path):
    folder = division_list(tmp_path, packed=True)
    (folder / "villages.csv.gz").write_bytes(b"not packed at all")
    assert "villages.csv.gz" in faults(folder)[0]


def test_a_damaged_packed_file_is_named(tmp_path):
    folder = division_list(tmp_path, packed=True)
    packed = bytearray(gzip.compress(CLEAN_BYTES))
    packed[30] ^= 0xFF
    (folder / "villages.csv.gz").write_bytes(packed)
    assert faults(folder) != []


def test_an_absent_file_is_named(tmp_path):
    folder = division_list(tmp_path)
    (folder / V).unlink()
    assert faults(folder) == [f"{V}: there is no such file, nor villages.csv.gz, in {folder}"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("code,title,streetCode,provinceCode,cityCode,areaCode", "missing: name"),
        ("code,name,provinceCode,cityCode,areaCode", "missing: streetCode"),
        ("code,name,streetCode,streetCode,cityCode,areaCode", "named twice"),
    ],
)
def test_a_first_line_without_the_columns_is_named(tmp_path, header, said):
    found = faults(division_list(tmp_path, villages=with_line("villages", 1, header)))
    assert found[0].startswith(f"{V}:1: ")
    assert said in found[0]


@pytest.mark.parametrize("raw", [b"", CLEAN_BYTES.splitlines(keepends=True)[0]])
def test_an_empty_file_is_named(tmp_path, raw):
    assert faults(division_list(tmp_path, villages=raw))[0].startswith(f"{V}:1: ")


def test_columns_may_stand_in_any_order(tmp_path):
    lines = ["name,code", '"里仁省",99']
    assert read_list(division_list(tmp_path, provinces=lines)).rows[1] == {"99": "里仁省"}


def test_faults_beyond_a_thousand_are_only_counted(tmp_path):
    lines = GOOD[:1] + ["x"] * 1500
    reader = read_list(division_list(tmp_path, villages=lines))
    assert (len(reader.faults.kept), reader.faults.count) == (divisions.MAX_FAULTS, 1500)


def tree(folder, under=""):
    found = divisions.Tree(read_list(folder).rows)
    return {d.code: (d.level, d.kind, d.parent) for level in range(1, 6) for d in found.divisions(level, under)}


def test_rows_that_stand_for_no_place_are_left_out_and_their_children_hang_from_the_place_above(tmp_path):
    assert tree(division_list(tmp_path)) == {
        "990000000000": (1, "province", None),
        "990100000000": (2, "city", "990000000000"),
        "990200000000": (2, "city", "990000000000"),
        "990300000000": (2, "city", "990000000000"),
        "990102000000": (3, "district", "990100000000"),
        "999001000000": (3, "county_city", "990000000000"),
        "990102001000": (4, "street", "990102000000"),
        "990102100000": (4, "town", "990102000000"),
        "990201001000": (4, "street", "990200000000"),
        "990300003000": (4, "street", "990300000000"),
        "999001100000": (4, "town", "999001000000"),
        "990102001001": (5, "community", "990102001000"),
        "990102001002": (5, "community", "990102001000"),
        "990102100201": (5, "village", "990102100000"),
        "990201001001": (5, "community", "990201001000"),
        "990300003001": (5, "community", "990300003000"),
        "999001100200": (5, "village", "999001100000"),
    }


def test_one_city_comes_with_what_lies_above_and_below_it(tmp_path):
    assert set(tree(division_list(tmp_path), "9902")) == {
        "990000000000",
        "990200000000",
        "990201001000",
        "990201001001",
    }


@pytest.mark.slow
@pytest.mark.needs_data
def test_the_real_list_is_clean_and_whole(shared_data):
    reader = imports.read_list(shared_data / "divisions")
    assert reader.faults.kept == []
    assert {level: len(rows) for level, rows in reader.rows.items()} == {1: 31, 2: 342, 3: 2978, 4: 41352, 5: 620573}
    found = divisions.Tree(reader.rows)
    gathered = {code for code in found.stands_for if len(code) <= 6}
    assert gathered == {
        *("1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590"),
        *("441900", "442000", "460400", "620201"),
    }
    communities = [unit for unit in found.divisions(5)]
    assert len(communities) == 620_572  # all but 金门, which the list repeats as its own committee
    known = {unit.code for level in range(1, 5) for unit in found.divisions(level)}
    assert {unit.parent for unit in communities} <= known
