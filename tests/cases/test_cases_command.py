"""`liren cases` from the terminal."""

import csv

import pytest

from liren.cli import main
from liren.service.cases.models import Sorter
from tests import make
from tests.cases.test_sorter import messages
from tests.make import cases


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("words", "kind"), *((text, f"类{label}") for text, label in messages())])
    return path


def test_training_on_a_file(db, file, capsys):
    cases.declare()
    words = ["cases", "train", "request", "--file", str(file), "--text", "words", "--label", "kind", "--quiet"]
    assert main(words) == 1, "labels that are no categories teach nothing"
    words += ["--call", "类lamp=lamp", "--call", "类waste=waste"]
    assert main([*words, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Macro-F1 1.000" in said
    assert "would be in use" in said
    assert not Sorter.objects.exists()
    assert main(words) == 0
    assert Sorter.objects.get().trained_on == "120 messages of messages.csv"
    assert main(["cases", "train", "request", "--file", str(file), "--quiet"]) == 1
    assert "no column 'text'" in capsys.readouterr().err


def test_figures_and_topics(db, capsys):
    make.town()
    cases.declare()
    assert main(["cases", "figures", "--from", "2026-01", "--to", "2026-03", "--dry-run"]) == 0
    assert main(["cases", "figures", "--from", "2026-01", "--to", "2026-03", "--quiet"]) == 0
    assert "2026-03: 0 figures" in capsys.readouterr().out
    assert main(["cases", "topics", "--quiet"]) == 0
    assert "0 recurring topics" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["train", "--help"], ["figures", "--from", "2026"], ["train", "x", "--call", "a"]])
def test_wrong_words_are_told(words):
    with pytest.raises(SystemExit):
        main(["cases", *words])
