"""``liren packs``: checks without a database, shows what would change, asks, and loads."""

import io
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from liren.cli import database, packs
from liren.cli.main import main
from liren.foundation.policy.models import Load, Parameter
from liren.foundation.policy.services import BadPacks
from liren.host import paths
from tests.make import policy as make

NUMBERS = "north/opinion-2017/parameters.toml"
ROOT = Path(__file__).resolve().parents[2]


def check(folder) -> int:
    return packs.run_check(Namespace(folder=folder, quiet=True))


def load(folder, **more) -> int:
    return packs.run_load(Namespace(**{"folder": folder, "quiet": True, "dry_run": False, "yes": False, **more}))


@pytest.fixture
def answer(monkeypatch):
    """Somebody at a terminal who types this."""

    def types(word: str) -> None:
        keyboard = io.StringIO(f"{word}\n")
        keyboard.isatty = lambda: True
        monkeypatch.setattr("sys.stdin", keyboard)

    return types


def test_sound_packs_are_counted(root, capsys):
    assert check(root) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "16 files: 3 jurisdictions, 4 documents, 4 versions, 6 provisions, 8 parameters, 1 declaration. No faults.\n"
    )


def test_each_fault_is_a_line_and_the_exit_code_says_so(root, capsys):
    make.edit(root, NUMBERS, "binding", "firm")
    assert check(root) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"packs/{NUMBERS}:8: attribute = 'firm' is unknown; mend: write binding, expected, baseline, reported"
    ]
    assert said.err.endswith(" 1 fault.\n")


@pytest.mark.slow
def test_checking_needs_no_database_and_no_secrets(root, tmp_path):
    (root / "north" / "opinion-2017" / "things" / "lamp.toml").unlink()
    (root / "north" / "opinion-2017" / "things").rmdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DATABASE_", "DJANGO"))}
    settings = {**kept, "LIREN_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "liren", "packs", "check", str(root)]
    ran = subprocess.run(words, env=settings, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    assert "No faults." in ran.stderr
    assert not (tmp_path / "home" / "pg").exists()


@pytest.mark.django_db
def test_a_dry_run_shows_and_does_not_load(root, capsys):
    assert load(root, dry_run=True) == 0
    assert "added    parameter north area_per_100_households from 2017-01-01" in capsys.readouterr().out
    assert not Load.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "code", "count"), [("y", 0, 8), ("是", 0, 8), ("", 1, 0), ("n", 1, 0)])
def test_it_asks_before_it_loads(root, answer, capsys, word, code, count):
    answer(word)
    assert load(root) == code
    assert Parameter.objects.count() == count
    said = capsys.readouterr()
    assert "Take this over? [y/N]" in said.out
    assert ("Loaded: 26 added, 0 changed, 0 retired." in said.out) is (code == 0)
    assert ("Nothing was loaded." in said.err) is (code == 1)


@pytest.mark.django_db
def test_where_nobody_can_answer_it_loads_only_with_yes(root, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert load(root) == 1
    assert "add --yes" in capsys.readouterr().err
    assert load(root, yes=True) == 0
    assert load(root) == 0
    assert "Nothing changes." in capsys.readouterr().out
    assert Load.objects.count() == 1


@pytest.mark.django_db
def test_faults_are_shown_and_nothing_is_loaded(root, capsys):
    make.edit(root, NUMBERS, "binding", "firm")
    assert load(root, yes=True) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"packs/{NUMBERS}:8: ")
    assert said.err == "liren: 1 fault; nothing was loaded.\n"
    assert not Load.objects.exists()


def test_the_command_knows_its_words(capsys):
    with pytest.raises(SystemExit):
        main(["packs", "check", "--help"])
    assert "Needs no" in capsys.readouterr().out


# --- the packs that come along ---


def test_the_folder_is_the_one_that_is_named_else_the_one_that_comes_along(tmp_path, monkeypatch):
    monkeypatch.setenv("LIREN_PACKS", str(tmp_path))
    assert paths.packs() == tmp_path
    monkeypatch.delenv("LIREN_PACKS")
    monkeypatch.setattr(paths, "checkout", lambda: tmp_path)
    assert paths.packs() == tmp_path / "liren" / "packs"
    (tmp_path / "packs").mkdir()
    assert paths.packs() == tmp_path / "packs"


@pytest.mark.django_db
def test_migrating_loads_the_packs_that_come_along(root, monkeypatch):
    monkeypatch.setenv("LIREN_PACKS", str(root))
    database._load_data()
    assert Parameter.objects.count() == 8
    assert Load.objects.get().by == "system:migrate"
    database._load_data()
    assert Load.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "old", "new", "value"),
    [
        # a number in force is written over: left as it was, with the command that takes it over
        (NUMBERS, "value = 30", "value = 31", 30),
        # the version moved, or the number has a new first day: taken over
        ("both", "value = 30", "value = 31", 31),
        (NUMBERS, "value = 30\nfrom = 2017-01-01", "value = 31\nfrom = 2026-03-01", 31),
        # nothing in force says anything else
        (NUMBERS, "不低于30", "30以上", 30),
        (NUMBERS, "value = 30", "until = 2017-02-01\nvalue = 30", 30),
    ],
)
def test_a_start_shows_the_difference_and_leaves_numbers_in_force_alone(
    root, monkeypatch, capsys, name, old, new, value
):
    monkeypatch.setenv("LIREN_PACKS", str(root))
    assert database._load_data()
    assert "Packs changed" not in capsys.readouterr().err
    if name == "both":
        make.edit(root, "north/opinion-2017/document.toml", 'label = "2017"', 'label = "2017, put right"')
    make.edit(root, NUMBERS, old, new)
    taken = database._load_data()
    said = capsys.readouterr().err
    assert "north/opinion-2017: " in said
    assert taken is (value == 31 or "以上" in new)
    assert ("liren packs load" in said) is not taken
    assert Parameter.objects.current().get(jurisdiction__code="north", code=make.AREA).value == value
    assert database._load_data() is taken  # said again at every start


@pytest.mark.django_db
def test_migrating_with_a_fault_in_a_pack_says_which(root, monkeypatch):
    monkeypatch.setenv("LIREN_PACKS", str(root))
    make.edit(root, NUMBERS, "binding", "firm")
    with pytest.raises(BadPacks, match="attribute = 'firm' is unknown"):
        database._load_data()


@pytest.mark.django_db
def test_without_packs_nothing_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setenv("LIREN_PACKS", str(tmp_path / "none"))
    database._load_data()
    assert not Load.objects.exists()


def test_a_changed_pack_is_another_state_of_the_code(root, monkeypatch):
    monkeypatch.setenv("LIREN_PACKS", str(root))
    before = database.state_of_code()
    assert database.state_of_code() == before
    make.edit(root, NUMBERS, "value = 30", "value = 31")
    assert database.state_of_code() != before
