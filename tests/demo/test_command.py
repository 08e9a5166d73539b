"""``liren demo``: what is asked for is done, and what cannot be is said in a line."""

import json
import re
from xml.etree import ElementTree

import pytest

from liren.cli.main import parser
from liren.front.demo import accounts


def run(*words):
    arguments = parser().parse_args(["demo", *words])
    return arguments.run(arguments)


@pytest.mark.parametrize("word", ["load", "accounts", "code", "export", "picture"])
def test_every_word_explains_itself(word, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["demo", word, "--help"])
    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 100


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(capsys):
    assert run("load", "--size", "hamlet", "--dry-run") == 0
    assert capsys.readouterr().out.startswith("Would write 27 units")


def test_the_streets_are_exported_in_both_forms(tmp_path):
    for name in ("streets.geojson", "streets.graphml"):
        assert run("export", "--size", "hamlet", "--streets", str(tmp_path / name)) == 0
    assert json.loads((tmp_path / "streets.geojson").read_text())["type"] == "FeatureCollection"
    assert ElementTree.parse(tmp_path / "streets.graphml").getroot().tag.endswith("graphml")  # noqa: S314 - our own file


def test_the_picture_is_written(tmp_path):
    assert run("picture", "--size", "hamlet", str(tmp_path / "city.svg")) == 0
    assert (tmp_path / "city.svg").read_text().startswith("<svg")


def test_a_size_that_cannot_be_is_said_in_a_line(tmp_path):
    from liren.host.errors import HostError

    with pytest.raises(HostError, match="communities"):
        run("picture", "--communities", "1", str(tmp_path / "city.svg"))


def test_without_a_city_there_are_no_accounts_to_try(db, capsys):
    assert run("accounts") == 1
    assert "liren demo load" in capsys.readouterr().err


@pytest.mark.slow
def test_a_load_tells_what_it_wrote_and_the_accounts_are_printed(db, capsys):
    assert run("load", "--size", "hamlet", "--cases", "0") == 0
    assert run("load", "--size", "hamlet") == 0
    assert run("accounts") == 0
    out = capsys.readouterr().out
    assert re.search(r"is there: 27 units, 40 accounts, 7\d\d entries in its registers, 0 cases\.", out)
    assert "is there already; nothing was changed." in out
    assert accounts.password() in out
    assert "liren demo code demo-auditor" in out


def test_the_code_is_printed(hamlet, db, capsys):
    assert run("code", "demo-city") == 0
    assert len(capsys.readouterr().out.strip()) == 6
