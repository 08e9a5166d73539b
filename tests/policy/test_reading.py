"""Whatever a file holds, it becomes a table or a fault, never an error."""

import os

import pytest

from liren.foundation.policy.engine.reading import MOST_BYTES, read

SAID = 'name = "社区"\n'


def fault_of(tmp_path, raw: bytes) -> str:
    path = tmp_path / "a.toml"
    path.write_bytes(raw)
    found = read(path, "a.toml")
    assert found.content is None
    assert len(found.faults) == 1
    return str(found.faults[0])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            ("a = 1\n" + SAID).encode("gbk"),
            "a.toml:2: the file is not UTF-8: it looks like GBK; mend: save it as UTF-8",
        ),
        (b'a = 1\nb = "\xff"\n', "a.toml:2: the file is not UTF-8; mend: save it"),
        (SAID.encode("utf-16"), "a.toml:1: the file is UTF-16; mend: save it as UTF-8"),
        (b"a = 1\nb = 2\nc = \x00", "a.toml:3: a NUL character stands here: this is no text"),
        (SAID.encode()[:-6], "a.toml:1: the file is not UTF-8"),
        (b'a = 1\nb = "cut of', "a.toml:2: this is not TOML (Unterminated string); mend: a quotation mark is miss"),
        (b"[table\n", "a.toml:1: this is not TOML (Expected ']' at the end of a table declaration)"),
        (b"a = 1\na = 2\n", "a.toml:2: this is not TOML (Cannot overwrite a value)"),
        ("a = “x”\n".encode(), "a.toml:1: this is not TOML (Invalid value); mend: this line has the wide marks “ ”"),
        ("a ＝ 1\n".encode(), "a.toml:1: this is not TOML (Expected '=' after a key in a key/value pair); mend: this"),
        (
            'a = { zh = "甲，乙" en = "c" }'.encode(),
            "a.toml:1: this is not TOML (Unclosed inline table); mend: look at",
        ),
        ('a = { zh = "甲，乙, en = "c" }'.encode(), "a.toml:1: this is not TOML (Unclosed inline table); mend: a quo"),
        (
            'a = { zh = "甲"，en = "c" }'.encode(),
            "a.toml:1: this is not TOML (Unclosed inline table); mend: this line h",
        ),
        (b"a = public", "a.toml:1: this is not TOML (Invalid value); mend: put text between quotation marks"),
        (
            "a = 180天 # 说明".encode(),
            "a.toml:1: this is not TOML (Expected newline or end of document after a statement); mend: put text betw",
        ),
        (b"a = " + b"x" * 500_000 + b"[", "a.toml:1: this is not TOML (Invalid value); mend: put text between"),
        (b"a = " + b"9" * 5000, "a.toml: a number here is too large to be read"),
        (b"a = " + b"[" * 100_000, "a.toml: arrays or tables are nested too deeply"),
        (b"a" * (MOST_BYTES + 1), "a.toml: the file is larger than 1000 kB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_pack_is_a_fault_with_its_line(tmp_path, raw, said):
    assert fault_of(tmp_path, raw).startswith(said)


@pytest.mark.parametrize("raw", [SAID.encode(), SAID.encode("utf-8-sig"), SAID.replace("\n", "\r\n").encode()])
def test_marks_of_windows_are_borne(tmp_path, raw):
    (tmp_path / "a.toml").write_bytes(raw)
    assert read(tmp_path / "a.toml", "a.toml").content == {"name": "社区"}


def test_an_empty_file_is_an_empty_table(tmp_path):
    (tmp_path / "a.toml").touch()
    assert read(tmp_path / "a.toml", "a").content == {}


def test_what_is_no_plain_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "link.toml").symlink_to("/dev/zero")
    said = [
        str(read(tmp_path / name, name).faults[0]) for name in ("pipe.toml", "folder.toml", "link.toml", "gone.toml")
    ]
    assert said[0] == "pipe.toml: it is not a plain file; mend: put a plain text file here"
    assert said[1].startswith("folder.toml: it is a folder")
    assert said[2] == "link.toml: it is a link to another place; mend: put the file itself here"
    assert said[3] == (
        "gone.toml: the file can't be read (No such file or directory); mend: see that it is there and may be read"
    )
