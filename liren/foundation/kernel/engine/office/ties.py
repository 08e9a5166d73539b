"""Ties between the parts of an Office file (ECMA-376-2, 6.5), and what every part may say by the way."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from liren.foundation.kernel.engine.office.texts import W
from liren.foundation.kernel.engine.office.trees import Name, Node

BASES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
MACROS = re.compile(r"vbaproject|vbadata|macrosheet|keymapcustomizations", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|mailto:)[^\s\\]{1,2000}", re.IGNORECASE)
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Tie:
    """One part points to another, or out of the file. ``kind`` is the last word of its type; "" for foreign ones."""

    id: str
    kind: str
    type: str
    target: str
    is_outside: bool


@dataclass(frozen=True)
class Kind:
    """What a part is by the tie that leads to it: its type in the package, and how it is called in ours."""

    folder: str
    name: str
    type: str
    is_single: bool = True

    @property
    def stem(self) -> str:
        return f"{self.folder}/{self.name}".lstrip("/")

    @property
    def is_picture(self) -> bool:
        return not self.type


def _text(name: str, *, single: bool = False, type: str = "") -> Kind:
    return Kind("", name, f"{_OFFICE}wordprocessingml.{type or name}+xml", single)


def _table(name: str, folder: str = "", *, single: bool = False, type: str = "") -> Kind:
    return Kind(folder, name, f"{_OFFICE}spreadsheetml.{type or name}+xml", single)


def _drawn(name: str, folder: str, type: str, *, single: bool = False) -> Kind:
    return Kind(folder, name, f"{_OFFICE}{type}+xml", single)


#: Ties that are followed, in both kinds of files; styles are named below, since they differ.
KINDS = {
    "theme": _drawn("theme1", "theme", "theme", single=True),
    "settings": _text("settings", single=True),
    "numbering": _text("numbering", single=True),
    "fontTable": _text("fontTable", single=True),
    "footnotes": _text("footnotes", single=True),
    "endnotes": _text("endnotes", single=True),
    "header": _text("header"),
    "footer": _text("footer"),
    "sharedStrings": _table("sharedStrings", single=True),
    "worksheet": _table("sheet", "worksheets", type="worksheet"),
    "chartsheet": _table("sheet", "chartsheets", type="chartsheet"),
    "table": _table("table", "tables"),
    "drawing": _drawn("drawing", "drawings", "drawing"),
    "chart": _drawn("chart", "charts", "drawingml.chart"),
    "diagramData": _drawn("data", "diagrams", "drawingml.diagramData"),
    "diagramLayout": _drawn("layout", "diagrams", "drawingml.diagramLayout"),
    "diagramQuickStyle": _drawn("quickStyle", "diagrams", "drawingml.diagramStyle"),
    "diagramColors": _drawn("colors", "diagrams", "drawingml.diagramColors"),
    "image": Kind("media", "image", "", False),
}
STYLES = {"docx": _text("styles", single=True), "xlsx": _table("styles", single=True)}
#: Followed without being named in the part from which they lead.
IMPLICIT = frozenset(
    {
        "theme", "settings", "numbering", "fontTable", "footnotes", "endnotes", "sharedStrings", "styles",
    }
)  # fmt: skip


def ties_of(root: Node, folder: str) -> list[Tie]:
    """The ties that a part in this folder has."""
    return [_tie(one, folder) for one in root.nodes() if one.local == "Relationship"]


def _tie(node: Node, folder: str) -> Tie:
    type_, target = node.get("Type"), node.get("Target")
    base, _slash, kind = type_.rpartition("/")
    outside = node.get("TargetMode") == "External"
    if not outside:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/").lower()
    return Tie(node.get("Id"), kind if base in BASES else "", type_, target, outside)


def is_macro(tie: Tie) -> bool:
    return MACROS.search(tie.type) is not None


def wanted(tie: Tie) -> bool:
    """Whether a tie is followed. Out of the file lead only links to pages and addresses."""
    if tie.is_outside:
        return tie.kind == "hyperlink" and LINK.fullmatch(tie.target) is not None
    return tie.kind in KINDS or tie.kind == "styles"


# --- what every part may say ---

#: Attributes by which versions of a file are told apart, or people: numbers of savings and of paragraphs, names.
NUMBERS = re.compile(
    r"rsid.*|paraId|textId|anchorId|editId|macro|author|initials|userId|providerId|dateUtc|docId|gfxdata"
)
#: Namespaces of the histories of workbooks (xr, xr2, …).
HISTORIES = re.compile(r"http://schemas\.microsoft\.com/office/spreadsheetml/20\d\d/revision\d*")
#: A place on somebody's disk, as old programs write it beside a picture.
ON_A_DISK = re.compile(r"\s*(?:[A-Za-z]:[\\/]|\\\\|file:|/(?:home|Users)/)", re.IGNORECASE)
#: Another file, in the formula of a chart.
ELSEWHERE = re.compile(r"[\[\\]|://")
NAMED = frozenset(
    {
        "descr", "title", "alt", "name", "tooltip", "href", "src", "uri", "url",
    }
)  # fmt: skip
VML = frozenset({"urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office"})
FETCHES = frozenset({"src", "href", "althref"})


def tied(root: Node, held: Mapping[str, Tie]) -> set[str]:
    """Take out what points to parts that are not kept, and what says where and by whom it was made; the ties in use."""
    used: set[str] = set()
    _plain(root, held, used)
    return used


def _plain(node: Node, held: Mapping[str, Tie], used: set[str]) -> None:
    if node.attrs:
        node.attrs = [(name, _value(name[1], value)) for name, value in node.attrs if _is_kept(node, name, value, held)]
        used |= {value for name, value in node.attrs if name[0] in BASES}
    children: list[Node | str] = []
    for one in node.children:
        if isinstance(one, Node):
            if one.local in ("extLst", "externalData", "pivotSource") or (_is_loose(one, held) and not _stays(one)):
                continue
            _plain(one, held, used)
            if one.local == "f" and one.uri.endswith("/chart") and ELSEWHERE.search(one.text):
                one.children = []  # its figures stand beside it
        children.append(one)
    node.children = children


def _is_kept(node: Node, name: Name, value: str, held: Mapping[str, Tie]) -> bool:
    uri, local, _prefix = name
    if uri in BASES:
        return value in held
    if (uri and HISTORIES.fullmatch(uri)) or NUMBERS.fullmatch(local):
        return False
    return not (node.uri in VML and (local in FETCHES or (uri in VML and local == "title")))


def _value(local: str, value: str) -> str:
    return "" if local in NAMED and ON_A_DISK.match(value) else value


def _is_loose(node: Node, held: Mapping[str, Tie]) -> bool:
    return any(name[0] in BASES and value not in held for name, value in node.attrs)


def _stays(node: Node) -> bool:
    """What shows something without what it points to: a text with a link, a picture with its frame, a page's format."""
    return (node.uri in W and node.local == "hyperlink") or node.local in ("pageSetup", "blip") or node.uri in VML
