"""Every fault that a pack can have is named with file, line and mend; a sound pack has none."""

import os
import re
from pathlib import Path

import pytest
from django.utils import translation

from liren.foundation.policy.engine.kinds import Kind, declare_kind, forget_kind, kinds
from liren.foundation.policy.engine.packs import read_packs
from tests.make import policy as make
from tests.policy.faults import FAULTS, OPINION, PARAMETERS


def test_sound_packs_have_no_faults(root):
    assert make.faults(root) == []
    assert read_packs(root).packs.counts() == {
        "jurisdictions": 3,
        "documents": 4,
        "versions": 4,
        "provisions": 6,
        "parameters": 8,
        "declarations": 1,
    }


@pytest.mark.parametrize(("name", "old", "new", "said"), FAULTS, ids=lambda value: value[:40].strip() or "nothing")
def test_a_fault_is_named_with_file_line_and_mend(root, name, old, new, said):
    make.edit(root, name, old, new)
    found = make.faults(root)
    assert [fault for fault in found if fault.startswith(f"packs/{said}")], "\n".join(found)


@pytest.mark.parametrize(("name", "old", "new", "said"), FAULTS, ids=lambda value: value[:40].strip() or "nothing")
def test_every_fault_is_said_in_chinese_too(root, name, old, new, said):
    make.edit(root, name, old, new)
    with translation.override("zh-hans"):
        lines = [fault.said(translation.gettext) for fault in read_packs(root).faults]
    assert lines
    for line in (line for line in lines if "colour" not in line):  # the things of these tests speak English only
        message = line.partition("：")[2]
        assert "；改法：" in message
        assert re.search("[一-鿿]", message.partition("；改法：")[0]), line
        assert not re.search(r"\b(the|is|are|write|not|a)\b", re.sub(r"'[^']*'", "", message)), line


def test_a_value_with_holes_of_its_own_is_not_filled(root):
    make.edit(root, PARAMETERS, '"binding"', '"{mend}{key}"')
    (line,) = make.faults(root)
    assert "attribute = '{mend}{key}' is unknown" in line


def test_two_numbers_of_one_code_that_hold_on_one_day_are_refused(root):
    make.put(root, "north/draft-2024/parameters.toml", make.parameter(make.AREA, "35", "2024-01-01"))
    assert make.faults(root) == [
        "packs/north/draft-2024/parameters.toml:1: the parameter north area_per_100_households from 2024-01-01"
        " overlaps the one in packs/north/opinion-2017/parameters.toml:1 from 2017-01-01;"
        " mend: give the earlier one until = 2024-01-01, or take one out"
    ]


def test_a_number_may_follow_another_on_the_day_it_ends(root):
    make.edit(root, PARAMETERS, "from = 2017-01-01", "from = 2017-01-01\nuntil = 2024-01-01")
    make.put(root, "north/draft-2024/parameters.toml", make.parameter(make.AREA, "35", "2024-01-01"))
    assert make.faults(root) == []


def test_of_three_numbers_a_short_one_inside_a_long_one_is_found(root):
    rows = (("2000-01-01", "2030-01-01"), ("2005-01-01", "2006-01-01"), ("2010-01-01", "2011-01-01"))
    text = "".join(make.parameter("depth", "1", start, until=end) for start, end in rows)
    make.put(root, PARAMETERS, text)
    assert len(make.faults(root)) == 2


def test_two_versions_in_force_at_once_are_refused_and_a_draft_beside_one_is_not(root):
    name = "south/plan-2022/document.toml"
    text = (root / name).read_text()
    make.put(root, name, text + make.version("2023", "2023-01-01", "draft"))
    assert make.faults(root) == []
    make.put(root, name, text + make.version("2023", "2023-01-01"))
    assert make.faults(root) == [
        "packs/south/plan-2022/document.toml:16: a version in force of south/plan-2022 from 2023-01-01 overlaps the one"
        " in packs/south/plan-2022/document.toml:8 from 2022-01-01;"
        " mend: give the earlier one until = 2023-01-01, or take one out"
    ]


def test_an_article_that_changes_with_a_version_stands_twice_with_other_days(root):
    name = "south/plan-2022/"
    versions = make.version("2022", "2022-01-01", "superseded", "until = 2024-01-01\n") + make.version(
        "2024", "2024-01-01"
    )
    make.put(root, name + "document.toml", make.document("plan-2022", versions, kind="plan"))
    texts = [make.provision("4", f'versions = ["{year}"]') for year in (2022, 2024)]
    make.put(root, name + "provisions.toml", "".join(texts))
    assert make.faults(root) == []
    spans = [
        (one.start.year, one.end and one.end.year) for one in read_packs(root).packs.provisions if "south" in one.key
    ]
    assert spans == [(2022, 2024), (2024, None)]


def test_a_cycle_of_parents_is_found_from_each_of_its_places(root):
    make.edit(root, "north/jurisdiction.toml", 'parent = "cn"', 'parent = "south"')
    make.edit(root, "south/jurisdiction.toml", 'parent = "cn"', 'parent = "north"')
    cycles = [fault for fault in make.faults(root) if "lead back" in fault]
    assert [fault.split(":")[0] for fault in cycles] == [
        "packs/north/jurisdiction.toml",
        "packs/south/jurisdiction.toml",
    ]


def test_one_declaration_in_two_places_is_refused(root):
    make.put(root, "south/things/lamp.toml", make.thing())
    assert make.faults(root) == [
        "packs/south/things/lamp.toml:1: the declaration thing lamp is said already in"
        " packs/north/opinion-2017/things/lamp.toml:1; mend: give one of the two another code, or take it out"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (make.subject("space", "quorum", "years"), []),
        (make.subject("space", "quorum"), ["space.toml:1: one number alone is beside nothing; mend: name another"]),
        (make.subject("space", "quorum", "yaers"), ["space.toml:7: there is no parameter 'yaers'; mend: perhaps 'yea"]),
        (make.subject("space", "quorum", "quorum"), ["space.toml:7: quorum is named already in packs/cn/subjects"]),
        ('basis = ["cn/law-2020#4"]\n' + make.subject("space", "quorum", "years"), ["space.toml:1: the key 'basis'"]),
    ],
)  # fmt: skip
def test_a_matter_of_several_documents_names_numbers_that_there_are_and_each_once(root, text, said):
    make.put(root, "cn/subjects/space.toml", text)
    found = make.faults(root)
    assert [one.startswith(f"packs/cn/subjects/{words}") for one, words in zip(found, said, strict=True)] == [
        True for _ in said
    ], found


def test_a_declaration_may_belong_to_a_jurisdiction_itself(root):
    make.put(root, "south/things/bench.toml", make.thing("bench"))
    assert make.faults(root) == []
    found = {one.code: one.document for one in read_packs(root).packs.declarations}
    assert found == {"lamp": "north/opinion-2017", "bench": ""}


def test_all_faults_are_told_at_once_in_order_of_file_and_line(root):
    make.edit(root, "south/jurisdiction.toml", "is_simulated", "simulated")
    make.edit(root, PARAMETERS, "value", "valu")
    make.edit(root, PARAMETERS, '"binding"', '"firm"')
    assert [fault.split(": ")[0] for fault in make.faults(root)] == [
        f"packs/{PARAMETERS}:1",
        f"packs/{PARAMETERS}:4",
        f"packs/{PARAMETERS}:8",
        "packs/south/jurisdiction.toml:5",
    ]


# --- files and folders ---


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("north/opinion-2017/paramters.toml", "perhaps 'parameters.toml' is meant"),
        ("north/opinion-2017/parameters.toml.txt", "perhaps 'parameters.toml' is meant"),
        ("north/photo.jpg", "take it out, or give it the name of a pack's file"),
        ("stray.toml", "take it out, or give it the name of a pack's file"),
        ("north/opinion-2017/things/lamp.yaml", "take it out, or give it the name of a pack's file"),
    ],
)
def test_a_file_that_nobody_reads_is_a_fault(root, name, said):
    make.put(root, name, "")
    assert make.faults(root) == [f"packs/{name}: this file is no part of a pack; mend: {said}"]


@pytest.mark.parametrize("name", ["north/README.md", ".git/config", "north/.parameters.toml.swp"])
def test_a_note_and_what_is_hidden_are_let_be(root, name):
    make.put(root, name, "anything")
    assert make.faults(root) == []


def test_an_unknown_folder_is_one_fault_with_the_nearest_name(root):
    make.put(root, "north/opinion-2017/thing/a.toml", "x")
    make.put(root, "north/opinion-2017/thing/b.toml", "x")
    assert make.faults(root) == [
        "packs/north/opinion-2017/thing: this folder is no part of a pack; mend: perhaps 'things' is meant"
    ]


def test_an_empty_document_folder_says_what_it_should_hold(root):
    (root / "north" / "plan-2030").mkdir()
    assert make.faults(root) == [
        "packs/north/plan-2030: this folder is no part of a pack; mend: a document's folder holds document.toml and"
        f" provisions.toml; other folders: {', '.join(sorted(kinds()))}"
    ]


@pytest.mark.parametrize("name", ["north/jurisdiction.toml", "north/opinion-2017/document.toml"])
def test_a_missing_file_is_named(root, name):
    (root / name).unlink()
    assert f"packs/{name}: the file is missing; mend: add it; see how packs are laid out" in make.faults(root)


def test_a_missing_folder_is_said(tmp_path):
    assert make.faults(tmp_path / "absent") == [
        "absent: there is no such folder; mend: name the folder that holds the packs"
    ]


def test_links_are_not_followed(root, tmp_path):
    outside = make.put(tmp_path, "outside.toml", "secret = 1")
    (root / "north" / "opinion-2017" / "parameters.toml").unlink()
    (root / "north" / "opinion-2017" / "parameters.toml").symlink_to(outside)
    (root / "loop").symlink_to(root, target_is_directory=True)
    found = make.faults(root)
    assert "packs/loop: it is a link to another place; mend: put the file or folder itself here" in found
    assert not any("secret" in fault for fault in found)
    assert len(found) == 2


def test_folders_and_files_without_end_are_bounded(root, monkeypatch):
    from liren.foundation.policy.engine import packs

    deep = root / "north" / "opinion-2017" / "things" / "a" / "b"
    deep.mkdir(parents=True)
    assert "folders are nested too deeply" in make.faults(root)[0]
    monkeypatch.setattr(packs, "MOST_FILES", 3)
    assert any("there are more than 3 files" in fault for fault in make.faults(root))


def test_a_folder_with_a_name_of_no_characters_can_be_printed(root):
    Path(os.fsdecode(os.fsencode(root) + b"/\xff\xfe")).mkdir()
    for fault in make.faults(root):
        fault.encode("utf-8")


# --- kinds ---


def test_without_the_kind_its_folder_is_unknown(root):
    forget_kind("thing")
    assert "this folder is no part of a pack" in make.faults(root)[0]


def test_a_kind_is_declared_once():
    declare_kind(make.THING)
    with pytest.raises(ValueError, match="'thing' in the folder 'things' is declared already"):
        declare_kind(Kind("thing", "others", make.check_thing))
    with pytest.raises(ValueError, match="'thing' in the folder 'things' is declared already"):
        declare_kind(Kind("other", "things", make.check_thing))
    assert kinds()["things"] == make.THING


def test_a_kind_sees_what_will_be_stored(root):
    seen = []
    forget_kind("thing")
    declare_kind(Kind("thing", "things", lambda content, where: seen.append(content) or []))
    make.edit(root, f"{OPINION}/things/lamp.toml", 'colour = "red"', "day = 2020-02-29\nshare = 0.50\ncount = 3")
    assert make.faults(root) == []
    assert {key: seen[0][key] for key in ("day", "share", "count")} == {
        "day": "2020-02-29",
        "share": "0.50",
        "count": 3,
    }


def test_the_fingerprint_follows_the_bytes_and_the_names(root):
    before = read_packs(root).fingerprint
    assert read_packs(root).fingerprint == before
    make.edit(root, PARAMETERS, "30", "31")
    assert read_packs(root).fingerprint != before
