"""The table of requirements counts what passing tests show, and nothing else."""

import json
import re
from pathlib import Path

import pytest

from script.tools import requirements

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"mark\.requirement\(([^)]*)\)")

RESULTS = {
    "a": {"requirements": ["R023", "R024"], "outcome": "passed"},
    "b": {"requirements": ["R024"], "outcome": "failed"},
    "c": {"requirements": ["R025"], "outcome": "skipped"},
    "d": {"requirements": ["R023"], "outcome": "passed"},
}


def test_a_requirement_is_shown_by_a_pass_and_lost_by_a_failure():
    assert requirements.shown(RESULTS) == {"R023": ["a", "d"]}


def test_the_last_line_counts_them():
    assert requirements.report(RESULTS, Path("absent"), verbose=False).endswith(
        "1 of 379 requirements are shown by passing tests."
    )


def test_without_results_it_says_what_to_run(tmp_path, capsys):
    assert requirements.main(["--results", str(tmp_path / "none.json")]) == 1
    assert "script/test" in capsys.readouterr().err


def test_results_are_read_from_a_file(tmp_path, capsys):
    kept = tmp_path / "results.json"
    kept.write_text(json.dumps(RESULTS))
    assert requirements.main(["--results", str(kept), "--verbose"]) == 0
    assert "R023    2 tests" in capsys.readouterr().out


def test_every_mark_names_a_requirement_of_the_register():
    marks = {
        (path.name, key)
        for path in (ROOT / "tests").rglob("*.py")
        for group in MARK.findall(path.read_text(encoding="utf-8"))
        for key in re.findall(r"R\d+", group)
    }
    assert {(name, key) for name, key in marks if key not in requirements.ALL} == set()
    assert marks


def test_the_register_holds_these_requirements(shared_data):
    register = shared_data.parent / "design" / "requirements" / "requirements.csv"
    assert list(requirements.titles(register)) == requirements.ALL


@pytest.mark.parametrize("name", ["requirements"])
def test_scripts_can_be_run(name):
    assert (ROOT / "script" / name).stat().st_mode & 0o111
