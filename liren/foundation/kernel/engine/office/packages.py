"""The package of an Office file (ECMA-376-2): of parts that point to each other, those that show something are kept.

Followed are only ties of kinds that a reader needs to draw a page or a sheet. Properties, authors, thumbnails, remarks,
custom data, embedded files and fonts, caches of tables elsewhere, settings of printers and labels of offices hang on
other ties. Every part gets a name of ours, and pictures are bared as those of papers are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter, deque
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import quoteattr

from liren.foundation.kernel.engine.office.sight import unseen_styles
from liren.foundation.kernel.engine.office.tables import Hidden, Macro, bare_table
from liren.foundation.kernel.engine.office.texts import bare_text
from liren.foundation.kernel.engine.office.ties import (
    IMPLICIT,
    KINDS,
    STYLES,
    Kind,
    Tie,
    is_macro,
    tied,
    ties_of,
    wanted,
)
from liren.foundation.kernel.engine.office.trees import Node, Reader, TooMuch, written
from liren.foundation.kernel.engine.pictures import bare_picture

#: Parts of a file, octets of all that are kept once unpacked, and elements and attributes of all of them together: some
#: 70,000 cells, three seconds of reading.
MOST_PARTS, MOST_UNPACKED, MOST_ELEMENTS = 2_000, 30_000_000, 400_000
MAIN = {
    "docx": ("word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xlsx": ("xl", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
}
CONTENT_TYPES = "[content_types].xml"
#: Programs inside of the file, by the type of a part.
RUNS = re.compile(r"macroenabled|vbaproject|intlmacrosheet|macrosheet|vbadata", re.IGNORECASE)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
#: Nobody's moment: the least that a ZIP file can say.
MOMENT = (1980, 1, 1, 0, 0, 0)


class NoOffice(Exception):
    """It is not taken; ``reason`` is locked, large, macros, hidden, picture or broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Part:
    """A part of the new file."""

    name: str
    type: str
    content: bytes = b""
    #: To other parts; to None where a link leads out of the file.
    ties: list[tuple[Tie, Part | None]] = field(default_factory=list)


def bare_office(content: bytes, kind: str) -> bytes:
    """The same text or workbook ("docx", "xlsx") in a new file.

    Raises:
        NoOffice: locked by a password, with a macro, with a sheet, row or column that isn't shown, with a picture that
        can't be bared, of more than ``MOST_PARTS`` parts or ``MOST_ELEMENTS`` elements or ``MOST_UNPACKED`` octets, or
        not whole.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _file(_Copy(archive, kind).parts())
    except NoOffice:
        raise
    except Macro as error:
        raise NoOffice("macros") from error
    except Hidden as error:
        raise NoOffice("hidden") from error
    except TooMuch as error:
        raise NoOffice("large") from error
    except (ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError,
            NotImplementedError) as error:  # fmt: skip
        raise NoOffice("broken") from error


class _Copy:
    """The parts of the new file, by the name that each had in the old one."""

    def __init__(self, archive: zipfile.ZipFile, kind: str) -> None:
        infos = archive.infolist()
        if len(infos) > MOST_PARTS:
            raise TooMuch
        self.archive, self.kind, self.left = archive, kind, MOST_UNPACKED
        self.infos = {one.filename.lower(): one for one in infos}
        if len(self.infos) < len(infos):
            raise ValueError("two parts of one name")
        if any(one.endswith("vbaproject.bin") for one in self.infos):
            raise Macro
        self.reader = Reader(MOST_ELEMENTS)
        self.made: dict[str, Part] = {}
        self.waiting: deque[tuple[str, Kind]] = deque()
        self.counted: Counter[str] = Counter()
        self.folder, self.main_type = MAIN[kind]
        self.read: dict[str, Node] = {}
        self.unseen: frozenset[str] = frozenset()

    def parts(self) -> list[Part]:
        types = self.reader.read(self._bytes(CONTENT_TYPES))
        if any(RUNS.search(one.get("ContentType")) for one in types.nodes()):
            raise Macro
        main = next(one for one in self._ties("") if one.kind == "officeDocument")
        said = {one.get("PartName").lower().lstrip("/"): one.get("ContentType") for one in types.nodes()}
        if said.get(main.target) != self.main_type:
            raise ValueError("another kind of file than it seems")
        self._want(main.target, Kind("", {"docx": "document", "xlsx": "workbook"}[self.kind], self.main_type))
        if self.kind == "docx":
            self.unseen = self._unseen(main.target)
        while self.waiting:
            name, kind = self.waiting.popleft()
            self._copy(name, kind)
        return list(self.made.values())

    def _unseen(self, main: str) -> frozenset[str]:
        """Styles of the text that hide what is written in them: known before any part is copied."""
        many = [one.target for one in self._ties(main) if one.kind == "styles" and self._is_held(one)]
        self.read = {name: self.reader.read(self._bytes(name)) for name in many if name in self.infos}
        return frozenset().union(*map(unseen_styles, self.read.values()))

    def _bytes(self, name: str) -> bytes:
        info = self.infos[name]
        if info.flag_bits & 1:
            raise NoOffice("locked")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("packed in another way")
        with self.archive.open(info) as file:  # what it says of its size may not be so
            content = file.read(self.left + 1)
        self.left -= len(content)
        if self.left < 0:
            raise TooMuch
        return content

    def _ties(self, name: str) -> list[Tie]:
        folder, _slash, last = name.rpartition("/")
        place = f"{folder}/_rels/{last}.rels".lstrip("/")
        found = ties_of(self.reader.read(self._bytes(place)), folder) if place in self.infos else []
        if any(is_macro(one) for one in found):
            raise Macro
        return found

    def _want(self, name: str, kind: Kind) -> Part:
        """A part that is to be kept; the same part once."""
        if name not in self.made:
            self.counted[kind.stem] += 1
            number = "" if kind.is_single else str(self.counted[kind.stem])
            self.made[name] = Part(f"{self.folder}/{kind.stem}{number}", kind.type)
            self.waiting.append((name, kind))
        return self.made[name]

    def _copy(self, name: str, kind: Kind) -> None:
        part = self.made[name]
        if kind.is_picture:
            part.content, ending, part.type = _picture(self._bytes(name))
            part.name += ending
            return
        part.name += ".xml"
        root = self.read.get(name) or self.reader.read(self._bytes(name))
        if self.kind == "docx":
            bare_text(root, self.unseen)
        else:
            bare_table(root)
        held = {one.id: one for one in self._ties(name) if self._is_held(one)}
        used = tied(root, held)
        for tie in held.values():
            if tie.id in used or tie.kind in IMPLICIT:
                kinds = STYLES[self.kind] if tie.kind == "styles" else KINDS.get(tie.kind)
                part.ties.append((tie, self._want(tie.target, kinds) if kinds and not tie.is_outside else None))
        part.content = written(root)

    def _is_held(self, tie: Tie) -> bool:
        return wanted(tie) and (tie.is_outside or tie.target in self.infos)


def _picture(content: bytes) -> tuple[bytes, str, str]:
    """A picture, its ending and its type."""
    try:
        return bare_picture(content)
    except ValueError as error:
        raise NoOffice("picture") from error


def _file(parts: list[Part]) -> bytes:
    """The parts in a new package; their names, types and ties are written anew."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        types = ['<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>']
        types += [f'<Override PartName="/{one.name}" ContentType="{one.type}"/>' for one in parts]
        _put(archive, "[Content_Types].xml", f'{HEAD}<Types xmlns="{TYPES}">{"".join(types)}</Types>'.encode())
        root = Tie("rId1", "", DOCUMENT, "", False)
        _put(archive, "_rels/.rels", _relations([(root, parts[0])]))
        for one in parts:
            _put(archive, one.name, one.content)
            if one.ties:
                folder, _slash, last = one.name.rpartition("/")
                _put(archive, f"{folder}/_rels/{last}.rels", _relations(one.ties))
    return out.getvalue()


def _relations(ties: list[tuple[Tie, Part | None]]) -> bytes:
    lines = []
    for tie, part in ties:
        facts = {"Id": tie.id, "Type": tie.type, "Target": f"/{part.name}" if part else tie.target}
        facts |= {} if part else {"TargetMode": "External"}
        lines.append(f"<Relationship {' '.join(f'{key}={quoteattr(value)}' for key, value in facts.items())}/>")
    return f'{HEAD}<Relationships xmlns="{RELATIONS}">{"".join(lines)}</Relationships>'.encode()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, MOMENT)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0, 0
    archive.writestr(info, content)
