"""Builders for Office files: packages put together part by part, so that a test says all that stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument."
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN = {
    "docx": ("word/document.xml", f"{TYPE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{TYPE}spreadsheetml.sheet.main+xml"),
}
Ties = Mapping[str, tuple[str, str]]


def ties(many: Ties) -> str:
    """Ties by their id: the last word of the type (or a whole one), and the target; one with "://" lies outside."""
    lines = []
    for key, (kind, target) in many.items():
        type_, outside = kind if ":" in kind else f"{OFFICE}/{kind}", ' TargetMode="External"' if ":" in target else ""
        lines.append(f'<Relationship Id="{key}" Type="{type_}" Target="{target}"{outside}/>')
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(lines)}</Relationships>'


def package(
    kind: str, parts: Mapping[str, str | bytes], *, main_type: str = "", root: Ties | None = None, more_types: str = ""
) -> bytes:
    """A file of this kind; ``parts`` by their name, with the main one and their ties among them."""
    name, type_ = MAIN[kind]
    types = f'<Override PartName="/{name}" ContentType="{main_type or type_}"/>{more_types}'
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    whole: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{space}">{types}</Types>',
        "_rels/.rels": ties({"rId1": ("officeDocument", name), **(root or {})}),
        **parts,
    }
    return zipped(whole)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def text(body: str, **more: str | bytes) -> bytes:
    """A text with this body; ``more`` are parts beside it, by their name with __ for the slash."""
    return package("docx", {"word/document.xml": document(body), **_named(more)})


def document(body: str, root: str = "document") -> str:
    spaces = {
        "w": W, "r": OFFICE, "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office", "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    }  # fmt: skip
    said = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    inner = f"<w:body>{body}</w:body>" if root == "document" else body
    return f'<?xml version="1.0"?><w:{root} {said} mc:Ignorable="w14">{inner}</w:{root}>'


def workbook(sheet: str = "", *, book: str = "", sheets: str = "", cols: str = "", **more: str | bytes) -> bytes:
    """A workbook of one sheet with these rows."""
    space = f'xmlns="{X}" xmlns:r="{OFFICE}"'
    cols = f"<cols>{cols}</cols>" if cols else ""
    sheets = sheets or '<sheet name="A" sheetId="1" r:id="s1"/>'
    return package(
        "xlsx",
        {
            "xl/workbook.xml": f"<workbook {space}>{book}<sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": ties({"s1": ("worksheet", "worksheets/sheet1.xml")}),
            "xl/worksheets/sheet1.xml": f"<worksheet {space}>{cols}<sheetData>{sheet}</sheetData></worksheet>",
            **_named(more),
        },
    )


def _named(more: Mapping[str, str | bytes]) -> dict[str, str | bytes]:
    return {name.replace("__", "/"): content for name, content in more.items()}


def read(content: bytes) -> dict[str, bytes]:
    """Every part of a file, unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}
