"""A case type that claims a requirement does not show it: some test written for it does, and bears its mark."""

from __future__ import annotations

import re
import tomllib

from tests.conftest import ROOT

MARK = re.compile(r"mark\.requirement\(([^)]*)\)")


def claimed() -> dict[str, list[str]]:
    """Requirement -> the types that claim it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "packs").glob("**/cases/*.toml")):
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["requirements"]:
            found.setdefault(one, []).append(path.stem)
    return found


def marked() -> set[str]:
    """Requirements that stand by name in the mark of a test; marks made up from what a type claims do not count."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("**/test_*.py"))
    return {one for text in texts for mark in MARK.findall(text) for one in re.findall(r'"(R\d{3})"', mark)}


def test_every_requirement_that_a_case_type_claims_is_marked_by_a_test_of_its_own() -> None:
    shown = marked()
    assert {one: types for one, types in claimed().items() if one not in shown} == {}


def test_no_test_marks_whatever_a_type_claims() -> None:
    made_up = re.compile(r"mark\.requirement\(\*")
    found = [path.name for path in (ROOT / "tests/cases").glob("test_*.py") if made_up.search(path.read_text("utf-8"))]
    assert found == []
