"""docs/reference/settings.md names every variable that the code reads, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Said on the command line or by one process of Liren to another; nobody sets them by hand.
INTERNAL = {"LIREN_REQUIREMENTS_OUT", "LIREN_SHARED_DATA"}


def read_by_code() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "liren").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        names |= set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text))
        names |= set(re.findall(r"environ(?:\.get|\.setdefault|\.pop)?[(\[]\s*\"((?:LIREN|DATABASE)_[A-Z_]+)\"", text))
    return names - INTERNAL


def documented() -> set[str]:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    return {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_the_page_names_every_variable_that_is_read():
    assert read_by_code() - documented() == set()


def test_the_page_names_no_variable_that_nobody_reads():
    everything = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "liren").rglob("*.py"))
    assert {name for name in documented() if name not in everything} == set()
