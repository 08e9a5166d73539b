"""What a workbook (SpreadsheetML, ECMA-376-1, 18) says beside its cells: who has it open and where, views of persons,
scenarios, other files that it asks."""

from __future__ import annotations

import re

from liren.foundation.kernel.engine.office.sight import legible_cells, unseen_cells
from liren.foundation.kernel.engine.office.trees import Node

X = frozenset(
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}
)
#: Names, views and rights of persons, old states, other files and programs; and what some version alone understands.
GONE = frozenset(
    {
        "AlternateContent", "revisionPtr", "fileSharing", "customWorkbookViews", "functionGroups", "smartTagPr",
        "smartTagTypes", "smartTags", "webPublishing", "webPublishObjects", "fileRecoveryPr", "customSheetViews",
        "protectedRanges", "scenarios", "customProperties", "cellWatches", "oleObjects", "controls",
        "webPublishItems", "dataConsolidate", "xmlColumnPr", "pivotCaches", "externalReferences", "calcChain",
    }
)  # fmt: skip
BESIDE = frozenset(
    {
        "codeName", "cm", "vm", "comment", "description", "help", "tableType", "connectionId", "queryTableFieldId",
        "filterPrivacy",
    }
)  # fmt: skip
#: Without anything in them they make a workbook that is not whole.
HOLDERS = frozenset(
    {
        "hyperlinks", "tableParts", "definedNames", "dataValidations", "conditionalFormatting",
    }
)  # fmt: skip
#: A formula that asks another file, another program or the net.
AWAY = re.compile(
    r"\[[^\[\]]*\](?:[\w.]*'?!|[^'\[\]]*'!)|\||\b(?:WEBSERVICE|FILTERXML|RTD|IMAGE|CALL|REGISTER(?:\.ID)?|EXEC|STOCKHISTORY"
    r"|SQL\.REQUEST|CUBE[A-Z]+|DDE(?:AUTO)?|IMPORTDATA|HYPERLINK)\s*\(",
    re.IGNORECASE,
)
TEXT = re.compile(r'"[^"]*"')


class Macro(Exception):
    """A name that runs something."""


class Hidden(Exception):
    """A sheet that isn't shown, or something in a row or a column that isn't."""


def bare_table(root: Node) -> None:
    """Take out of a part of a workbook what it doesn't show."""
    if root.uri not in X:
        return
    if root.local == "workbook":
        _check_sheets(root)
    if root.local == "worksheet" and unseen_cells(root):
        raise Hidden
    _bare(root, set())
    if root.local == "styleSheet":
        legible_cells(root)


def _check_sheets(root: Node) -> None:
    for node in root.walk():
        if node.uri in X and node.local == "sheet" and node.get("state") not in ("", "visible"):
            raise Hidden
        runs = {node.get(name) for name in ("xlm", "function", "vbProcedure")}
        if node.local == "definedName" and runs & {"1", "true", "on"}:
            raise Macro


def _asks(node: Node) -> bool:
    said = node.text
    return AWAY.search(said if "'" in said else TEXT.sub('""', said)) is not None  # a name in '' may hold a "


def _bare(node: Node, shared: set[str]) -> None:
    kept: list[Node | str] = []
    for one in node.children:
        if isinstance(one, Node):
            if _is_gone(one, shared):
                continue
            _bare(one, shared)
            if one.local in HOLDERS and not any(one.nodes()):
                continue
        kept.append(one)
    if node.attrs:
        node.attrs = [(name, value) for name, value in node.attrs if not _is_beside(node, name[1])]
    node.children = kept


def _is_gone(node: Node, shared: set[str]) -> bool:
    if node.local in GONE:
        return True
    if node.local == "f":
        return _is_away(node, shared)
    if node.local == "definedName":
        hidden = node.get("hidden") in ("1", "true") and not node.get("name").startswith("_xlnm.")
        return hidden or _asks(node)
    if node.local in ("cfRule", "dataValidation"):
        return any(_asks(one) for one in node.nodes() if one.local.startswith("formula"))
    return node.local in ("calculatedColumnFormula", "totalsRowFormula") and _asks(node)


def _is_away(node: Node, shared: set[str]) -> bool:
    """A formula that asks elsewhere goes, with those that only say "as that one"; what it came to stays in the cell."""
    number = node.get("si")
    asks = _asks(node) or (bool(number) and number in shared)
    if asks and number:
        shared.add(number)
    return asks


def _is_beside(node: Node, name: str) -> bool:
    return name in BESIDE or (name == "count" and node.local in HOLDERS)
