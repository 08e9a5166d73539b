"""The national list of divisions, read strictly: five tables, every fault with its file and line.

Pure: takes lines of bytes, gives rows and faults; whoever opens the files is elsewhere. Columns are those of the
published tables (code, name and the codes of the units above); lines end in LF or CR LF; a byte order mark is accepted.
"""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from gzip import BadGzipFile

from liren.foundation.territory.engine import codes, names

MAX_FAULTS = 1000
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the list: which level it holds, and which column names the unit one row above."""

    name: str
    level: int
    parent: str


TABLES = (
    Table("provinces", codes.PROVINCE, ""),
    Table("cities", codes.CITY, "provinceCode"),
    Table("areas", codes.DISTRICT, "cityCode"),
    Table("streets", codes.STREET, "areaCode"),
    Table("villages", codes.COMMUNITY, "streetCode"),
)
ANCESTORS = {"provinceCode": 2, "cityCode": 4, "areaCode": 6, "streetCode": 9}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong, and where: ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}" if self.line else f"{self.file}: {self.what}"


@dataclass(slots=True)
class Faults:
    """At most ``MAX_FAULTS`` are kept; the rest are counted, so that a file in the wrong encoding stays readable."""

    kept: list[Fault] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, line: int, what: str) -> None:
        self.count += 1
        if len(self.kept) < MAX_FAULTS:
            self.kept.append(Fault(file, line, what))


class TextLines:
    """Lines of bytes as text, one record each; ``number`` is the line last handed out. Faulty lines are left out."""

    def __init__(self, lines: Iterable[bytes], file: str, faults: Faults) -> None:
        self.lines, self.file, self.faults = lines, file, faults
        self.number = 0
        self.offset = 0
        self.ended = True  # whether the last line had its end

    def __iter__(self) -> Iterator[str]:
        try:
            for raw in self.lines:
                self.number += 1
                text = self._text(raw)
                self.offset += len(raw)
                self.ended = raw.endswith(b"\n")
                if text is not None:
                    yield text
        except (EOFError, zlib.error, BadGzipFile) as error:
            self._fault(f"the compressed file is cut off or damaged after this line ({error})")

    def _fault(self, what: str) -> None:
        self.faults.add(self.file, self.number, what)

    def _text(self, raw: bytes) -> str | None:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            self._fault(_encoding_fault(raw, error, self.offset + error.start, self.number))
            return None
        if self.number == 1:
            text = text.removeprefix("\ufeff")
        if "\0" in text:
            self._fault(f"NUL character at byte {self.offset + raw.index(0)}")
            return None
        if text.count('"') % 2:
            self._fault("a quotation mark is not closed" + ("" if raw.endswith(b"\n") else ": cut off?"))
            return None
        return text


def _encoding_fault(raw: bytes, error: UnicodeDecodeError, offset: int, line: int) -> str:
    start = error.start
    if error.reason == "unexpected end of data" and not raw.endswith(b"\n"):
        return f"the file is cut off inside a character at byte {offset}"
    if line == 1 and raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "this is UTF-16; save the file as UTF-8"
    if raw[start] == 0xED and raw[start + 1 : start + 2] >= b"\xa0":
        return f"lone surrogate at byte {offset}: half a character, not UTF-8"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return f"not UTF-8 at byte {offset} (value 0x{raw[start]:02x})"
    return f"not UTF-8 at byte {offset}: it looks like GB 18030; save the file as UTF-8"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns that count stand in a table."""

    count: int
    code: int
    name: int
    ancestors: tuple[tuple[int, int], ...]  # (position, digits)


def _columns(header: list[str], table: Table) -> Columns | str:
    missing = [name for name in ("code", "name", table.parent) if name and name not in header]
    if missing:
        return f"the first line must name the columns; missing: {', '.join(missing)}"
    if len(set(header)) != len(header):
        return "a column is named twice in the first line"
    ancestors = tuple((header.index(name), width) for name, width in ANCESTORS.items() if name in header)
    return Columns(len(header), header.index("code"), header.index("name"), ancestors)


class Reader:
    """Reads the five tables in order; keeps what is known so that children find their parents.

    ``rows[level]`` maps the short code (2, 4, 6, 9, 12 digits) to the cleaned name, in the order of the file.
    """

    def __init__(self) -> None:
        self.faults = Faults()
        self.rows: dict[int, dict[str, str]] = {table.level: {} for table in TABLES}

    def read(self, table: Table, lines: Iterable[bytes], file: str) -> Iterator[int]:
        """Read one table; yields the line number reached after each row, for a progress bar."""
        text = TextLines(lines, file, self.faults)
        records = csv.reader(iter(text), strict=True)
        header = next(self._records(records, text), None)
        if header is None:
            self.faults.add(file, 1, "the file is empty: no line that names the columns")
            return
        columns = _columns(header, table)
        if isinstance(columns, str):
            self.faults.add(file, 1, columns)
            return
        for record in self._records(records, text):
            fault = self._take(table, columns, record)
            if fault:
                cut = "" if text.ended else "; the file ends in this line: cut off?"
                self.faults.add(file, text.number, fault + cut)
            yield text.number
        if not self.rows[table.level] and not self.faults.count:
            self.faults.add(file, 1, "no rows after the first line")

    def _records(self, records: Iterator[list[str]], text: TextLines) -> Iterator[list[str]]:
        while True:
            try:
                record = next(records, None)
            except csv.Error as error:
                self.faults.add(text.file, text.number, f"not a line of CSV: {error}")
                continue
            if record is None:
                return
            if record:
                yield record

    def _take(self, table: Table, columns: Columns, record: list[str]) -> str:
        """Keep a row, or say what is wrong with it."""
        if len(record) != columns.count:
            return f"{len(record)} columns where {columns.count} are expected"
        code, rows = record[columns.code], self.rows[table.level]
        if code in rows:
            return f"code {code[:20]} stands in the list twice"
        fault = _code_fault(code, table.level) or self._parent_fault(table.level, code, columns, record)
        if fault:
            return fault
        name = names.clean(record[columns.name])
        fault = _name_fault(record[columns.name], name) or self._zeros_fault(table.level, code, name)
        if not fault:
            rows[code] = name
        return fault

    def _parent_fault(self, level: int, code: str, columns: Columns, record: list[str]) -> str:
        for position, width in columns.ancestors:
            above = record[position]
            if above != code[:width]:
                return f"code {code} does not lie under {above[:20]!r}"
        if level > codes.PROVINCE:
            above = code[: codes.WIDTHS[level - 1]]
            if above not in self.rows[level - 1]:
                return f"the unit above, {above}, is not in the list (or is itself faulty)"
        return ""

    def _zeros_fault(self, level: int, code: str, name: str) -> str:
        """A code that ends in zeros may only repeat the unit above (东莞 as an area of 东莞)."""
        above = code[: codes.WIDTHS[level - 1]] if level > codes.PROVINCE else ""
        if code[len(above) :].strip("0") or (above and self.rows[level - 1].get(above) == name):
            return ""
        return f"code {code} ends in zeros: it names no unit of this level"


def _code_fault(code: str, level: int) -> str:
    width = codes.WIDTHS[level]
    if len(code) != width or not (code.isascii() and code.isdigit()):
        return f"code {code[:30]!r} is not a number of {width} digits"
    return ""


def _name_fault(raw: str, name: str) -> str:
    if names.has_control(raw):
        return "control character in the name"
    if not name:
        return "the name is empty"
    if len(name) > MAX_NAME:
        return f"the name has {len(name)} characters; at most {MAX_NAME} fit"
    return ""


@dataclass(frozen=True, slots=True)
class Division:
    """A unit of the list: 12-digit codes; ``parent`` is None for a province."""

    code: str
    level: int
    kind: str
    name: str
    short: str
    parent: str | None


def _read_name(level: int, code: str, name: str) -> tuple[str, str]:
    """Legal kind and short name. The name's own word for its kind goes before the digits of the code, except that
    zones and what is only counted like a committee are known by the code alone."""
    if level == codes.COMMUNITY:
        read, by_code = names.committee(name), codes.committee_kind(code)
        return (by_code if by_code == "community_like" else read.kind or by_code), read.short
    if level == codes.STREET:
        read = names.street(name)
        return read.kind or codes.street_kind(code), read.short
    if level == codes.DISTRICT:
        return ("zone" if codes.is_zone(code) else names.district(name).kind), name
    read = names.city(name) if level == codes.CITY else names.province(name)
    return read.kind, name


class Tree:
    """The list as a tree of places, without the rows that stand for none.

    Four patterns of the real list, and what is made of them:

    * "市辖区", "县", "省直辖县级行政区划" (1101, 5002, 4290…) only gather counties for statistics. They are left out: a
      municipality's districts hang from it directly, as do counties under direct provincial rule.
    * 东莞, 中山, 儋州 (4419, 4420, 4604) have no districts: the list repeats the city as an area of code xxxx00. The
      streets hang from the city.
    * 嘉峪关 (6202) has no districts either: its one area 620201 bears the city's own name. The same is done.
    * 金门 (350527) has no lower units in the list, which repeats it as its own street and its own committee: left out.
    """

    def __init__(self, rows: dict[int, dict[str, str]]) -> None:
        self.rows = rows
        self.stands_for: dict[str, str] = {}  # short code of a row that is no place -> short code of its place
        self._find_places()

    def _find_places(self) -> None:
        for level in (codes.CITY, codes.DISTRICT, codes.STREET, codes.COMMUNITY):
            above_rows, width = self.rows[level - 1], codes.WIDTHS[level - 1]
            for code, name in self.rows[level].items():
                above, last = code[:width], code[width:]
                repeats = (not last.strip("0") or last == "01") and above_rows[above] == name
                if repeats or codes.place_name_only(code, name):
                    self.stands_for[code] = self.stands_for.get(above, above)

    def parent(self, code: str, level: int) -> str | None:
        """The 12-digit code of the place above a short code."""
        if level == codes.PROVINCE:
            return None
        above = code[: codes.WIDTHS[level - 1]]
        return codes.padded(self.stands_for.get(above, above))

    def divisions(self, level: int, under: str = "") -> Iterator[Division]:
        """Places of one level in the order of the list; only those whose code begins with ``under`` (short) and the
        places above it."""
        for code, name in self.rows[level].items():
            if code in self.stands_for or not (code.startswith(under) or under.startswith(code)):
                continue
            kind, short = _read_name(level, codes.padded(code), name)
            yield Division(codes.padded(code), level, kind, name, short, self.parent(code, level))

    def known(self, short: str) -> bool:
        """Whether the list has this short code, as a place or as a row that stands for one."""
        level = codes.LEVELS.get(len(short))
        return level is not None and short in self.rows[level]
