"""What a text (WordprocessingML, ECMA-376-1, 17) says beside what it shows: who changed what, remarks, ties, fields."""

from __future__ import annotations

import re

from liren.foundation.kernel.engine.office.sight import is_on, legible_text
from liren.foundation.kernel.engine.office.trees import Node

W = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)
#: Remarks, deleted text, the old state of what was changed, who may change what, ties to data and programs elsewhere.
GONE = frozenset(
    {
        "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "del", "moveFrom", "delText",
        "delInstrText", "cellIns", "cellDel", "cellMerge", "numberingChange", "proofErr", "permStart", "permEnd",
        "dataBinding", "placeholder", "control", "OLEObject", "subDoc", "altChunk", "customXmlPr", "smartTagPr",
        "rsid", "rsids", "docVars", "printerSettings",
    }
)  # fmt: skip
RANGE = re.compile(r"(?:customXml)?(?:Ins|Del|MoveFrom|MoveTo|moveFrom|moveTo)Range(?:Start|End)|.+Change")
#: What was put in stays, without who did it.
UNWRAPPED = frozenset({"ins", "moveTo", "customXml", "smartTag"})
#: Of the settings of a text, those by which it looks as it does.
SETTINGS = frozenset(
    {
        "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter",
        "gutterAtTop", "autoHyphenation", "consecutiveHyphenLimit", "hyphenationZone", "doNotHyphenateCaps",
        "evenAndOddHeaders", "bookFoldRevPrinting", "bookFoldPrinting", "bookFoldPrintingSheets",
        "drawingGridHorizontalSpacing", "drawingGridVerticalSpacing", "defaultTabStop",
        "displayHorizontalDrawingGridEvery", "displayVerticalDrawingGridEvery", "characterSpacingControl",
        "printTwoOnOne", "strictFirstAndLastChars", "noLineBreaksAfter", "noLineBreaksBefore", "footnotePr",
        "endnotePr", "compat", "mathPr", "themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator",
    }
)  # fmt: skip
#: Fields that are worked out of the text itself; of any other its last result is kept as plain text.
FIELDS = frozenset(
    {
        "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "PAGEREF", "REF", "NOTEREF", "SEQ", "STYLEREF",
        "LISTNUM",
    }
)  # fmt: skip
#: Of a run that isn't shown, what stays: its looks, and the marks that make a field whole.
OF_HIDDEN = frozenset({"rPr", "fldChar", "instrText"})
LINK = re.compile(r'HYPERLINK\s+(?:\\l|"?(?:https?|mailto):)', re.IGNORECASE)


def bare_text(root: Node, unseen: frozenset[str] = frozenset()) -> None:
    """Take out of a part of a text what it doesn't show. ``unseen`` are the styles that hide what they are given to."""
    if root.local == "settings":
        root.children = [one for one in root.nodes() if one.local in SETTINGS]
    _bare(root, unseen, "" in unseen)
    legible_text(root)
    _plain_fields(root)


def _bare(node: Node, unseen: frozenset[str], is_unseen: bool) -> None:
    if node.uri in W and node.local == "p":
        is_unseen = _style(node.child("pPr"), "pStyle") in unseen
    kept: list[Node | str] = []
    for one in node.children:
        if isinstance(one, str):
            kept.append(one)
        elif not _is_gone(one):
            _bare(one, unseen, is_unseen)
            if one.uri in W and one.local in UNWRAPPED:
                kept += one.children
            elif not (one.uri in W and _is_emptied(one)):
                kept.append(one)
    if node.uri in W and node.local == "r" and _is_hidden(node, unseen, is_unseen):
        kept = [one for one in kept if isinstance(one, Node) and one.local in OF_HIDDEN]
    node.children = kept


def _is_gone(node: Node) -> bool:
    if node.local in ("OLEObject", "control"):
        return True
    if node.uri not in W:
        return False
    if node.local in ("tr", "tc"):  # a deleted row says so in its properties
        facts = node.child(f"{node.local}Pr")
        return facts is not None and facts.has({"tr": "del", "tc": "cellDel"}[node.local])
    return node.local in GONE or RANGE.fullmatch(node.local) is not None


def _is_emptied(node: Node) -> bool:
    """A row without cells, or a table without rows: all of them were deleted."""
    inside = {"tr": ("tc", "sdt"), "tbl": ("tr", "sdt")}.get(node.local)
    return inside is not None and not any(one.local in inside for one in node.nodes())


def _is_hidden(run: Node, unseen: frozenset[str], is_unseen: bool) -> bool:
    """By itself, else by its own style or that of its paragraph."""
    facts = run.child("rPr")
    if facts is not None and facts.has("vanish"):
        return is_on(facts.child("vanish"))
    style = _style(facts, "rStyle")
    return is_unseen or (bool(style) and style in unseen)


def _style(facts: Node | None, local: str) -> str:
    named = facts.child(local) if facts is not None else None
    return named.get("val") if named is not None else ""


# --- fields ---


class _Field:
    """A field that is being read: its instruction, and the marks and instructions that make it one."""

    def __init__(self) -> None:
        self.said = ""
        self.marks: list[Node] = []
        self.is_told = False


def _plain_fields(root: Node) -> None:
    """Fields that fetch something, or name its author or its place on a disk, become what they last showed."""
    marks: set[int] = set()
    open_: list[_Field] = []
    for node in root.walk():
        if node.uri not in W:
            continue
        if node.local == "fldChar":
            _mark(node, open_, marks)
        elif node.local == "instrText":
            if not open_:
                marks.add(id(node))
            else:
                open_[-1].marks.append(node)
                open_[-1].said += "" if open_[-1].is_told else node.text
    for left in open_:  # never closed
        marks |= {id(one) for one in left.marks}
    _drop(root, marks)


def _mark(node: Node, open_: list[_Field], marks: set[int]) -> None:
    kind = node.get("fldCharType")
    if kind == "begin":
        node.children = []  # what was filled into a form is in its result
        open_.append(_Field())
    if not open_:
        marks.add(id(node))
        return
    open_[-1].marks.append(node)
    if kind == "separate":
        open_[-1].is_told = True
    if kind == "end":
        done = open_.pop()
        if not _is_harmless(done.said):
            marks |= {id(one) for one in done.marks}


def _is_harmless(said: str) -> bool:
    said = said.strip()
    return said.split(" ")[0].split("\\")[0].upper() in FIELDS or LINK.match(said) is not None


def _drop(node: Node, marks: set[int]) -> None:
    kept: list[Node | str] = []
    for one in node.children:
        if isinstance(one, str):
            kept.append(one)
        elif id(one) not in marks:
            _drop(one, marks)
            is_field = one.uri in W and one.local == "fldSimple" and not _is_harmless(one.get("instr"))
            kept += one.children if is_field else [one]
    node.children = kept
