"""Every refusal of the engine has a code with its facts, and words in both languages."""

import ast
import pickle
import re
from pathlib import Path

import pytest
from django.utils import translation

from liren.development.lifecircle import engine as e
from liren.development.lifecircle.engine.errors import SAYS, WORDS
from liren.development.lifecircle.spoken import FAULTS, LINES, NotWorkedOut, PlaceFault, coded, explained, said
from liren.foundation.kernel.tables import SAYS as TABLES
from liren.foundation.kernel.tables import NoTable

ROOM = Path(__file__).resolve().parents[2] / "liren" / "development" / "lifecircle"
KINDS = {"LifeCircleError", "NetworkUnreadable", "BadCoordinates", "BadParameter", "NoSolver", "NotWorkedOut"}
HOLES = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[一-鿿]")


def refusals() -> list[tuple[str, ast.Call]]:
    """Every place in the room where such an error is made, but for those that are made again from their code."""
    found = []
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KINDS:
                found.append((f"{path.name}:{node.lineno}", node))
    return found


def codes_of(call: ast.Call) -> list[str]:
    first = call.args[0]
    either = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    return [one.value for one in either if isinstance(one, ast.Constant)]


def test_whatever_the_room_refuses_bears_a_code_that_has_words_for_exactly_its_facts():
    known = SAYS | FAULTS
    used = set()
    for where, call in refusals():
        codes = codes_of(call)
        assert codes, f"{where}: no code"
        used |= set(codes)
        given = {one.arg for one in call.keywords}
        for code in codes:
            assert code in known, f"{where}: {code}"
            assert None in given or given == set(HOLES.findall(known[code])), f"{where}: {code} {given}"
    assert used == set(known)  # nor does a code wait for an error that nobody raises


def test_a_table_that_is_refused_names_its_columns_in_the_language_of_whoever_reads_it():
    kept = coded(NoTable("table_columns", file="p.csv", columns=[("name", "名称"), ("lon", "经度")]))
    with translation.override("en"):
        assert said(*kept).endswith("missing: name, lon.")
    with translation.override("zh-hans"):
        assert "名称, 经度" in said(*kept)
        for code in set(TABLES) - {"table_columns", "table_missing"}:
            assert CHINESE.search(said(code, {"file": "p", "line": 1, "byte": 2, "most": 3})), code


@pytest.mark.parametrize("code", [*SAYS, *FAULTS, *LINES])
def test_every_code_is_said_in_chinese_and_in_english(code):
    sentence = (SAYS | FAULTS | LINES)[code]
    facts = dict.fromkeys(HOLES.findall(sentence), "17")
    with translation.override("en"):
        assert said(code, facts) == sentence.format(**facts)
    with translation.override("zh-hans"):
        words = said(code, facts)
    assert CHINESE.search(words)
    assert words.count("17") == len(facts)


def test_facts_that_are_words_are_said_in_the_readers_language_too():
    error = e.NetworkUnreadable("pbf_no_way", file="walk.osm.pbf", mode="walk")
    with translation.override("zh-hans"):
        words = explained(error)
        assert all(CHINESE.search(translation.gettext(word)) for word in WORDS.values())
    assert words.startswith("walk.osm.pbf")  # a name of a file is no such word
    assert "步行" in words
    assert "on foot" in str(error)


def test_a_fault_of_a_line_is_kept_without_words():
    kept = pickle.dumps(PlaceFault(3, "lon", "degrees_swapped"))
    with translation.override("en"):
        assert str(pickle.loads(kept)) == "3: latitude and longitude are swapped."  # noqa: S301  our own
    with translation.override("zh-hans"):
        assert CHINESE.search(str(pickle.loads(kept)))  # noqa: S301


def test_an_error_comes_back_from_another_machine_with_its_facts():
    error = pickle.loads(pickle.dumps(e.BadParameter("limit", limit=-1, most=9)))  # noqa: S301  our own
    assert coded(error) == ("limit", {"limit": -1, "most": 9})
    assert coded(NotWorkedOut("process_gone")) == ("process_gone", {})
    assert coded(ValueError("x")) == ("", {})
    assert said("of a later version", {}) == "of a later version"
