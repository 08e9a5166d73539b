"""A paper (PDF, ISO 32000) written anew: its pages as they look, and nothing else of the file.

Only what a page needs to be drawn is taken over: its contents, fonts and pictures. Author, history, attachments,
scripts, forms, links, layers and whatever lies between or behind stay where they were, since nothing points to them any
more. What was filled into a form or stamped onto a page is drawn onto it. A signature does not outlive that: who needs
one asks for the original at the counter.
"""

from __future__ import annotations

import io
import logging
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    StreamObject,
)

from liren.foundation.kernel.engine.pictures import bare_jpeg

MOST_PAGES = 100
#: Objects of a file: a hundred scanned pages have some 400.
MOST_OBJECTS = 10_000
#: Octets of one part, and of all tables of objects together, once unpacked.
MOST_UNPACKED, MOST_TABLES = 10_000_000, 1_000_000
#: Looks into the file, each at a few signs, and lists and records in tables of objects: two seconds of reading.
MOST_LOOKS, MOST_PARTS = 800_000, 50_000
MOST_STAMPS = 1_000
#: Each time that a file is saved in place adds a table; a thousand of them, each a bomb of its own, would take minutes.
TABLE, MOST_SAVED = re.compile(rb"/(?:X|#58)(?:R|#52)(?:e|#65)(?:f|#66)"), 50
LIMITS: dict[str, Any] = {
    f"{kind}_maximum_output_length": MOST_UNPACKED for kind in ("zlib", "lzw", "run_length", "jbig2", "brotli")
}
LIMITS |= {"page_tree_maximum_entries": 1_000, "page_tree_maximum_depth": 50}
ENTRIES: dict[str, Any] = {"xref_stream_maximum_entries": 20 * MOST_OBJECTS}
#: Of a page; the fonts and pictures that it draws with hang on its resources.
OF_A_PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Group")
#: Beside the picture itself: descriptions, histories, attachments, ties to a structure that is not taken over.
BESIDE = {"/Metadata", "/PieceInfo", "/LastModified", "/AF", "/OPI", "/OC", "/StructParent", "/StructParents"}
#: A stream says by these that its content lies in another file.
ELSEWHERE = {"/F", "/FFilter", "/FDecodeParms", "/Length"}
#: What a page is never drawn with, wherever it is pointed to.
STRANGE = {"/Catalog", "/Pages", "/Page", "/Annot", "/Action", "/Filespec", "/EmbeddedFile", "/StructElem", "/Sig"}
HIDDEN = 2 | 32
JPEG, LAYER = "/DCTDecode", "/OCG"

# Its warnings quote what people sent.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class NoPaper(Exception):
    """It is not taken; ``reason`` is locked, large or broken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Looks(io.BytesIO):
    """A file that may be looked into so many times: nesting costs its sender few octets, and its reader much."""

    left = MOST_LOOKS

    def read(self, size: int | None = -1, /) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise NoPaper("large")
        return super().read(size)


def bare_paper(content: bytes) -> bytes:
    """The same pages in a new file.

    Raises:
        NoPaper: locked by a password, of more than ``MOST_PAGES`` pages or ``MOST_OBJECTS`` objects, or no whole PDF.
    """
    looks = Looks(content)
    if sum(1 for _table in TABLE.finditer(content)) > MOST_SAVED:
        raise NoPaper("large")
    try:
        with apply_configuration(**LIMITS):
            made = _written(PdfReader(looks, root_object_recovery_limit=1_000, **ENTRIES))
    except NoPaper:
        raise
    except Exception as error:  # a reader fails in any way at hostile files; whatever it is, it is no paper
        raise NoPaper("large" if looks.left < 0 else "broken") from error
    if looks.left < 0:  # the reader took it for damage and went on
        raise NoPaper("large")
    return made


def _written(reader: PdfReader) -> bytes:
    if reader.is_encrypted:
        raise NoPaper("locked")
    known = sum(map(len, reader.xref.values())) + len(reader.xref_objStm)
    if known > MOST_OBJECTS:
        raise NoPaper("large")
    _check_tables(reader)
    if len(reader.pages) > MOST_PAGES:
        raise NoPaper("large")
    if not len(reader.pages):
        raise NoPaper("broken")
    copy = _Copy()
    tree = copy.kept(DictionaryObject())
    pages = [copy.kept(_page(copy, page, tree)) for page in reader.pages]
    copy.finish()
    facts = {"/Type": NameObject("/Pages"), "/Count": NumberObject(len(pages)), "/Kids": ArrayObject(pages)}
    copy.objects[tree.idnum - 1] = _dictionary(facts)
    root = copy.kept(_dictionary({"/Type": NameObject("/Catalog"), "/Pages": tree}))
    return _file(copy.objects, root)


def _check_tables(reader: PdfReader) -> None:
    """Streams that hold objects, before any of these is read."""
    octets = parts = 0
    for number in sorted({stream for stream, _place in reader.xref_objStm.values()}):
        held = reader.get_object(number)
        data = held.get_data() if isinstance(held, StreamObject) else b""
        octets, parts = octets + len(data), parts + data.count(b"[") + data.count(b"<<")
        if octets > MOST_TABLES or parts > MOST_PARTS:
            raise NoPaper("large")


def _dictionary(facts: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in facts.items()})


class _Copy:
    """The objects of the new file, by their number less one; those still to be copied wait in a row."""

    def __init__(self) -> None:
        self.objects: list[Any] = []
        self.known: dict[tuple[int, int], IndirectObject] = {}
        self.waiting: deque[tuple[IndirectObject, Any]] = deque()

    def kept(self, value: Any) -> IndirectObject:
        """An object of the new file; its reference."""
        if len(self.objects) >= MOST_OBJECTS:
            raise NoPaper("large")
        self.objects.append(value)
        return IndirectObject(len(self.objects), 0, self)

    def of(self, value: Any) -> Any:
        """The same value in the new file."""
        if isinstance(value, IndirectObject):
            key = (value.idnum, value.generation)
            if key not in self.known:
                self.known[key] = self.kept(NullObject())
                self.waiting.append((self.known[key], value))
            return self.known[key]
        if isinstance(value, StreamObject):
            return self.stream(value)
        if isinstance(value, DictionaryObject):
            return self.dictionary(value)
        if isinstance(value, ArrayObject):
            return ArrayObject(self.of(one) for one in list.__iter__(value))
        return value

    def dictionary(self, value: DictionaryObject) -> Any:
        if value.get("/Type") in STRANGE:
            return NullObject()
        if value.get("/Type") == LAYER:  # its name and its history say more than the page does
            return _dictionary({"/Type": NameObject(LAYER), "/Name": NameObject("/L")})
        return _dictionary({name: self.of(value.raw_get(name)) for name in value if name not in BESIDE})

    def stream(self, value: StreamObject) -> Any:
        found = DecodedStreamObject()
        if value.get("/Type") in STRANGE:
            return NullObject()
        names = [name for name in value if name not in BESIDE | ELSEWHERE]
        found.update({NameObject(name): self.of(value.raw_get(name)) for name in names})
        found.set_data(value._data)  # as it is stored: nothing is unpacked that need not be
        filters = value.get("/Filter")
        filters = list(filters) if isinstance(filters, ArrayObject) else [filters]
        if JPEG in filters:
            _bare_picture(found, value, filters)
        return found

    def finish(self) -> None:
        """Copy what is pointed to, and what that points to."""
        while self.waiting:
            place, value = self.waiting.popleft()
            found = value.get_object()
            self.objects[place.idnum - 1] = NullObject() if found is None else self.of(found)


def _bare_picture(found: StreamObject, value: StreamObject, filters: list[Any]) -> None:
    """A photograph inside of a page says where it was taken, too. Packed once more, it is unpacked first."""
    data = value._data
    if filters != [JPEG]:
        if filters[-1] != JPEG:
            raise NoPaper("broken")
        outer: dict[str, Any] = {
            "__streamdata__": data,
            "/Filter": ArrayObject(filters[:-1]),
        }  # as the reader hands it over
        data = StreamObject.initialize_from_dictionary(outer).get_data()
        found[NameObject("/Filter")] = NameObject(JPEG)
        found.pop("/DecodeParms", None)
    found.set_data(bare_jpeg(data))


def _page(copy: _Copy, page: Any, tree: IndirectObject) -> DictionaryObject:
    """A page as it looks, with what was filled in and stamped drawn onto it."""
    made = _dictionary({"/Type": NameObject("/Page"), "/Parent": tree})
    made.update({NameObject(name): copy.of(page.raw_get(name)) for name in OF_A_PAGE if name in page})
    contents = page.raw_get("/Contents") if "/Contents" in page else ArrayObject()
    plain = contents.get_object() if isinstance(contents, IndirectObject) else contents
    many = list(list.__iter__(plain)) if isinstance(plain, ArrayObject) else [contents]
    drawn: list[Any] = [copy.of(one) for one in many if not isinstance(one, NullObject)]
    stamps = list(_stamps(page))
    if stamps:
        drawn = _stamped(copy, page, made, drawn, stamps)
    made[NameObject("/Contents")] = ArrayObject(drawn)
    return made


def _stamps(page: Any) -> Iterator[tuple[Any, list[float]]]:
    """What lies on a page and is seen: how it is drawn, and where."""
    lying = page.get("/Annots") or ()
    if len(lying) > MOST_STAMPS:
        raise NoPaper("large")
    for one in lying:
        one = one.get_object()
        face = _face(one) if isinstance(one, DictionaryObject) else None
        if face is None or one.get("/Subtype") == "/Popup" or int(one.get("/F", 0)) & HIDDEN:
            continue
        matrix = _matrix(face.get_object(), [float(side) for side in one.get("/Rect", ())])
        if matrix:
            yield face, matrix


def _face(one: DictionaryObject) -> Any:
    """The stream that draws it in its present state; None where it draws nothing."""
    faces = one.get("/AP")
    if not isinstance(faces, DictionaryObject) or "/N" not in faces:
        return None
    face = faces.raw_get("/N")
    plain = face.get_object()
    if isinstance(plain, DictionaryObject) and not isinstance(plain, StreamObject):
        state = one.get("/AS")
        face = plain.raw_get(state) if state in plain else None
    return face if face is not None and isinstance(face.get_object(), StreamObject) else None


def _matrix(face: Any, rect: list[float]) -> list[float] | None:
    """From the box of the drawing to its place on the page (ISO 32000-1, 12.5.5, algorithm 8.1)."""
    box = [float(side) for side in face.get("/BBox", ())]
    a, b, c, d, e, f = (float(one) for one in face.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    if len(box) != 4 or len(rect) != 4:
        return None
    corners = [(x * a + y * c + e, x * b + y * d + f) for x in box[::2] for y in box[1::2]]
    left, low = (min(ends) for ends in zip(*corners, strict=True))
    right, high = (max(ends) for ends in zip(*corners, strict=True))
    if right <= left or high <= low:
        return None
    wide, tall = abs(rect[2] - rect[0]) / (right - left), abs(rect[3] - rect[1]) / (high - low)
    return [wide, 0, 0, tall, min(rect[::2]) - left * wide, min(rect[1::2]) - low * tall]


def _stamped(copy: _Copy, page: Any, made: Any, drawn: list[Any], stamps: list[Any]) -> list[Any]:
    """The contents of the page, and after them the stamps: each a picture of its own under a name of ours."""
    resources = page.get("/Resources") or DictionaryObject()
    mine = copy.dictionary(resources)
    pictures = copy.dictionary(resources.get("/XObject") or DictionaryObject())
    lines = ["Q"]
    for number, (face, matrix) in enumerate(stamps):
        pictures[NameObject(f"/Stamp{number}")] = copy.kept(_drawing(copy, face.get_object()))
        lines.append(f"q {' '.join(FloatObject(one).myrepr() for one in matrix)} cm /Stamp{number} Do Q")
    mine[NameObject("/XObject")] = pictures
    made[NameObject("/Resources")] = mine
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    after.set_data("\n".join(["", *lines, ""]).encode())
    return [copy.kept(before), *drawn, copy.kept(after)]


def _drawing(copy: _Copy, face: StreamObject) -> Any:
    """Forms leave out of a stamp what it is; drawn as a picture, it must be said."""
    made = copy.stream(face)
    made.update(_dictionary({"/Type": NameObject("/XObject"), "/Subtype": NameObject("/Form")}))
    return made


def _file(objects: list[Any], root: IndirectObject) -> bytes:
    """Header, objects, their table and the trailer; no author, no history, no identifier."""
    out, starts = io.BytesIO(), []
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    for number, one in enumerate(objects, 1):
        starts.append(out.tell())
        out.write(b"%d 0 obj\n" % number)
        one.write_to_stream(out)
        out.write(b"\nendobj\n")
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % start for start in starts)
    out.write(b"trailer\n")
    _dictionary({"/Size": NumberObject(len(objects) + 1), "/Root": root}).write_to_stream(out)
    out.write(b"\nstartxref\n%d\n%%%%EOF\n" % table)
    return out.getvalue()
