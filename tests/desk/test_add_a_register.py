"""docs/how-to/add-a-register.md, followed to the letter: copied, changed, checked, loaded, opened, filled in."""

import os
import re
import shutil
import subprocess
import sys
from argparse import Namespace

import pytest
from django.utils import translation

from liren.cli import packs
from liren.foundation.registers.models import Entry
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "how-to" / "add-a-register.md").read_text(encoding="utf-8")


def blocks(language):
    """What stands in the fenced blocks of this kind, in order."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    """A checkout as a new user has it: only the packs matter."""
    shutil.copytree(ROOT / "packs", tmp_path / "packs")
    return tmp_path


@pytest.fixture
def copied(folder):
    """Step 1 by its own command, and step 2 by its own text."""
    command = blocks("sh")[0].split()
    assert command[0] == "cp"
    source, target = (folder / name for name in command[1:])
    shutil.copy(source, target)
    assert target.read_text(encoding="utf-8") != blocks("toml")[0]
    target.write_text(blocks("toml")[0], encoding="utf-8")
    return target


def check(folder):
    """Step 3 as somebody at a Chinese terminal runs it."""
    command = [sys.executable, "-m", "liren", *blocks("sh")[1].split()[1:], "packs"]
    surroundings = {**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": "", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_file_of_the_text_has_no_fault_and_the_mistake_of_the_text_is_told_as_it_says(folder, copied):
    good = check(folder)
    assert (good.returncode, good.stdout, "没有发现问题。" in good.stderr) == (0, "", True)
    copied.write_text(copied.read_text(encoding="utf-8").replace('unit = "piece"', 'unit = "个"'), encoding="utf-8")
    wrong = check(folder)
    assert (wrong.returncode, wrong.stdout) == (1, blocks("text")[0])


def test_after_loading_the_register_is_kept_at_the_address_of_the_text(city, copied, as_official, client, send):
    assert blocks("sh")[2].split()[1:] == ["packs", "load"]
    asked = {"folder": copied.parents[2], "quiet": True, "dry_run": False, "yes": True}
    assert packs.run_load(Namespace(**asked)) == 0
    home, url = city.communities[0], blocks("text")[1].strip()
    as_official("community_worker", home)
    with translation.override("zh-hans"):
        assert "社区共享厨房" in client.get("/desk/registers/").content.decode()
        form = client.get(f"{url}add/").context["form"]
        assert [str(form[name].label) for name in ("hours", "meals")] == ["开放时间", "供应"]
        facts = {"lon": "104.005", "lat": "30.005", "hours": "9:00—20:00", "seats": "40", "meals": ["lunch", "dinner"]}
        assert send(f"{url}add/", unit=home.code, name_zh="桂花井共享厨房", **facts).status_code == 303
    assert Entry.objects.get().values == {"hours": "9:00—20:00", "seats": 40, "meals": ["lunch", "dinner"]}


def test_both_languages_tell_the_same_steps():
    chinese, english = TEXT.split("\n---\n")
    assert chinese.count("\n## ") == len(re.findall(r"^\d\. \*\*", english, flags=re.MULTILINE)) == 5
