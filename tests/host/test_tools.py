"""The house's own tools: catalogue, sizes, cleanliness, bootstrap."""

import subprocess
import sys
from pathlib import Path

import polib
import pytest

from script.tools import bootstrap, check, clean, messages, pythons, sizes
from script.tools.messages import Key


def template(folder: Path, text: str) -> list[Key]:
    page = folder / "page.html"
    page.write_text(text)
    return [key for _, key, _ in messages.messages_of(page)]


def test_messages_are_found_in_templates(tmp_path: Path) -> None:
    text = """{% load i18n %}{% translate "Search" %}{% translate "May" context "month" %}
    {% blocktranslate trimmed with name=unit.name %}
      History of {{ name }}
    {% endblocktranslate %}
    {% blocktranslate trimmed count n=units|length %}one unit{% plural %}{{ n }} units{% endblocktranslate %}
    {{ _("Close") }}"""
    assert sorted(template(tmp_path, text)) == sorted(
        [
            Key("", "Search", ""),
            Key("month", "May", ""),
            Key("", "History of %(name)s", ""),
            Key("", "one unit", "%(n)s units"),
            Key("", "Close", ""),
        ]
    )


def test_messages_are_found_in_code_with_the_translators_comment(tmp_path: Path) -> None:
    page = tmp_path / "views.py"
    page.write_text(
        '# Translators: 里仁市\n_("City")\nngettext("a", "b", n)\npgettext_lazy("verb", "Open")\nother("no")\n'
    )
    assert list(messages.messages_of(page)) == [
        (2, Key("", "City", ""), ["Translators: 里仁市"]),
        (3, Key("", "a", "b"), []),
        (4, Key("verb", "Open", ""), []),
    ]


def faults(wanted: list[Key], *entries: polib.POEntry) -> list[str]:
    catalogue = polib.POFile()
    catalogue.extend(entries)
    shown = {key: messages.entry_for(key) for key in wanted}
    for entry in shown.values():
        entry.occurrences.append(("liren/x.py", "1"))
    return messages.faults(shown, catalogue)


def test_a_complete_catalogue_has_no_faults() -> None:
    entry = polib.POEntry(msgid="%(n)s units", msgstr="%(n)s 个单位")
    assert faults([Key("", "%(n)s units", "")], entry) == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (polib.POEntry(msgid="Other", msgstr="别的"), "missing: liren/x.py:1 '%(n)s units'"),
        (polib.POEntry(msgid="%(n)s units"), "untranslated: liren/x.py:1 '%(n)s units'"),
        (polib.POEntry(msgid="%(n)s units", msgstr="%(n)s 个", flags=["fuzzy"]), "fuzzy: '%(n)s units'"),
        (polib.POEntry(msgid="%(n)s units", msgstr="个"), "placeholders differ: '%(n)s units' → '个'"),
        (polib.POEntry(msgid="%(n)s units", msgstr="%(m)s 个"), "placeholders differ: '%(n)s units' → '%(m)s 个'"),
    ],
)
def test_each_way_to_be_incomplete_is_reported(entry: polib.POEntry, fault: str) -> None:
    assert faults([Key("", "%(n)s units", "")], entry) == [fault]


SAMPLE = '''"""Docstring
of two lines."""

import os  # a comment


# only a comment
def branchy(a, b):
    """One line."""

    if a and b:
        return os.name
    for _ in b:
        while a:
            pass
    return """two
lines"""
'''


def test_code_lines_are_counted_without_blanks_comments_and_docstrings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    (tmp_path / "sample.py").write_text(SAMPLE)
    found = sizes.measure(tmp_path / "sample.py")
    assert (found.lines, found.functions, found.tangles) == (9, {"sample.py:8 branchy": 8}, {"sample.py:8 branchy": 4})


def test_what_is_over_its_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "ROOT", tmp_path)
    body = "    if x:\n        pass\n" * 31
    (tmp_path / "long.py").write_text(
        f"def long(x):\n{body}\n{'y = 1' + chr(10)}" + "y = 1\n" * 400 + "# TO" + "DO later\n"
    )
    assert sizes.over([sizes.measure(tmp_path / "long.py")]) == [
        "long.py: 464 code lines (limit 400)",
        "long.py: 1 open ends",
        "long.py:1 long: 63 lines (limit 60)",
        "long.py:1 long: complexity 32 (limit 10)",
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("package-lock.json", '"resol' + 'ved": "x"'),
        ("requirements/run.txt", "--ind" + "ex-url https://example.org"),
        ("requirements/dev.txt", "a @ https://example.org/a.whl"),
        ("docs/a.md", "see /ro" + "ot/project"),
        ("docs/a.md", "in /ho" + "me/somebody/x"),
        ("script/x", "npm config set registry https://registry.np" + "mjs.org"),
    ],
)
def test_addresses_and_machine_paths_are_found(name: str, line: str) -> None:
    assert clean.faults(name, f"first\n{line}\n") == [f"{name}:2: {line}"]


@pytest.mark.parametrize(
    "line", ["/work.css", "homework/tasks", "https://example.org/guide", "/var/lib/liren", "the root/trunk"]
)
def test_ordinary_words_are_not(line: str) -> None:
    assert clean.faults("docs/a.md", line) == []


def test_every_check_names_a_program_that_is_there() -> None:
    assert [words[0] for words in check.CHECKS.values() if not Path(words[0]).exists()] == []


def test_an_unknown_check_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.main(["spelling"]) == 2
    assert "There is no check 'spelling'" in capsys.readouterr().out


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bootstrap, "STATE", tmp_path / "state")
    bootstrap.make_state()
    return tmp_path / "state"


def cut_off(folder: Path) -> None:
    with bootstrap.making("part", folder):
        folder.mkdir()
        (folder / "half").touch()
        raise KeyboardInterrupt


def test_a_part_that_was_cut_off_is_thrown_away_first(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "part"
    with pytest.raises(KeyboardInterrupt):
        cut_off(folder)
    assert not bootstrap.is_made("part", folder, "lock")
    with bootstrap.making("part", folder):
        assert not folder.exists()
        folder.mkdir()
        (folder / ".made-from").write_text("lock")
    assert bootstrap.is_made("part", folder, "lock")
    assert not bootstrap.is_made("part", folder, "another lock")
    assert "cut off; starting afresh" in capsys.readouterr().err


@pytest.mark.slow
def test_a_second_bootstrap_waits_for_the_first(state: Path) -> None:
    second = f"""
import pathlib, sys
sys.path.insert(0, {str(bootstrap.ROOT)!r})
from script.tools import bootstrap
bootstrap.STATE = pathlib.Path({str(state)!r})
with bootstrap.alone():
    sys.stdout.write('mine')
"""
    with bootstrap.alone():
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([sys.executable, "-c", second], text=True, **pipes)  # type: ignore[call-overload]
        assert process.stderr.readline() == "Another bootstrap is running; waiting for it …\n"
        assert process.poll() is None
    assert process.communicate(timeout=30) == ("mine", "")


@pytest.mark.parametrize(
    ("others", "taken"),
    [
        ({}, "first"),
        ({"first": None}, "first"),
        ({"first": None, "without headers": (0, 0.5), "slow": (1, 2.0)}, "slow"),
        ({"quick": (1, 0.6)}, "quick"),
        ({"quick": (1, 0.6), "quicker": (1, 0.5)}, "quicker"),
        ({"hardly quicker": (1, 0.9)}, "first"),
        ({"without headers": (0, 0.5)}, "first"),
        ({"too old": None, "quick": (1, 0.6)}, "quick"),
    ],
)
def test_the_environment_is_made_by_the_quickest_python(
    others: dict[str, tuple[int, float] | None], taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {"first": (1, 1.0), **others}
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(pythons.sys, "executable", "first")
    monkeypatch.setattr(pythons, "candidates", lambda: iter(others))
    monkeypatch.setattr(pythons, "asked", found.get)
    assert pythons.quickest() == taken


def test_a_python_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", "python3")
    monkeypatch.setattr(pythons, "asked", None)
    assert pythons.quickest() == sys.executable


def test_a_python_is_asked_and_one_that_fails_is_not_taken(tmp_path: Path) -> None:
    _, seconds = pythons.asked(sys.executable) or (0, 0)
    assert seconds > 0
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    assert pythons.asked(str(broken)) is None


def test_a_program_that_fails_is_quoted_with_its_last_words() -> None:
    seen: list[str] = []
    with pytest.raises(bootstrap.Missing, match=r"it broke:\nlast words"):
        bootstrap.run(["/bin/sh", "-c", "echo last words; exit 1"], "it broke", each=seen.append)
    assert seen == ["last words\n"]


def test_what_pages_load_is_what_npm_is_asked_for() -> None:
    lock = (bootstrap.ROOT / "package.json").read_text()
    assert [source for source in bootstrap.VENDOR if f'"{source.split("/")[0]}"' not in lock] == []


SCRIPTS = ["bootstrap", "server", "test", "check", "liren", "bench"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_short_and_stop_at_the_first_error(name: str) -> None:
    text = (bootstrap.ROOT / "script" / name).read_text()
    assert len(text.splitlines()) < 20
    assert "set -euo pipefail" in text


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_well_formed(name: str) -> None:
    assert subprocess.run(["bash", "-n", str(bootstrap.ROOT / "script" / name)], check=False).returncode == 0
