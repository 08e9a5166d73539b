"""A declaration is read whole: what it says, or everything that is wrong with it and how it is mended."""

import copy
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.foundation.policy.services import Where
from liren.foundation.registers.engine import check as command
from liren.foundation.registers.engine.declaration import BadDeclaration, check, parse
from liren.foundation.registers.kind import faults as kind_faults
from tests.make import registers as build


def faults(**changes: Any) -> list[str]:
    return [str(fault) for fault in check(build.content(**changes))]


def with_field(**changes: Any) -> list[str]:
    field = {"code": "extra", "name": {"zh": "附加", "en": "Extra"}, "kind": "text", **changes}
    return faults(fields=[{key: value for key, value in field.items() if value is not None}], coverage=None)


def with_measure(**changes: Any) -> list[str]:
    measure = {**build.PLAIN["coverage"][0], **changes}
    return faults(coverage=[{key: value for key, value in measure.items() if value is not None}])


def test_a_good_declaration_says_what_it_says():
    spec = build.spec()
    assert check(build.content()) == []
    assert (spec.code, spec.levels, spec.kept_by, spec.review_days) == (
        "reading_room",
        ("community",),
        "community",
        365,
    )
    assert [field.code for field in spec.list_fields] == ["area", "rhythm"]
    assert [field.code for field in spec.fields_for("public")] == ["area", "open_daily", "rhythm", "readers", "note"]
    assert spec.by_code["key_holder"].visible == "sealed"
    covered, space, readers = spec.measures
    assert (covered.unit, covered.at_least, covered.where[0].field) == ("percent", 1, "open_daily")
    assert (space.scale, space.per, readers.scale) == (Decimal(100), "households", Decimal(1))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": None}, "code: is missing; mend: write code = \"…\""),
        ({"code": "Reading-Room"},
         "code: “Reading-Room” is no code; mend: small letters, digits and _, beginning with a letter"),
        ({"name": {"zh": "书屋"}}, "name, en: is missing; mend: write en = \"…\""),
        ({"name": "书屋"}, "name: is a text; mend: write name = { zh = \"…\", en = \"…\" }"),
        ({"group": "居民自治"}, "group: “居民自治” is not known; mend: “self_government”?"),
        ({"group": "service"}, "group: “service” is not known; mend: “services”?"),
        ({"level": ["comunity"]}, "level: “comunity” is no level; mend: “community”?"),
        ({"level": []}, "level: is an empty list; mend: name at least one"),
        ({"level": ["city"]},
         "kept_by: “community” lies below every level on which an entry can hang (city);"
         " mend: authority runs down: name one of these levels, or one above them"),
        ({"review_days": 0}, "review_days: 0 is out of reach; mend: from 1 to 3660"),
        ({"review_days": True}, "review_days: is true or false; mend: write review_days = 1"),
        ({"requirements": ["88"]},
         "requirements: “88” is not of the form that is meant; mend: write \"R\" and three digits, such as \"R088\""),
        ({"basis": ["plan-2022"]},
         "basis: “plan-2022” is not of the form that is meant; mend: write \"jurisdiction/document#number\""),
        ({"visble": "public"}, "visble: this key is not known here; mend: “visible”?"),
        ({"visible": "all"}, "visible: “all” is not known; mend: one of public, workers, sealed"),
        ({"covers_people": "no"}, "covers_people: is a text; mend: write covers_people = true or false"),
    ],
)  # fmt: skip
def test_each_fault_names_the_key_and_the_mend(changes, said):
    assert said in faults(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "string"}, "fields 1 (extra), kind: “string” is not known; mend: one of text, long_text"),
        ({"code": "unit"}, "“unit” is a fact of every entry already"),
        ({"code": "q"}, "“q” is no code"),
        ({"name": {"zh": "名称", "en": "N"}}, "“名称” is the title of a column that every entry has"),
        ({"kind": "number", "unit": "名"}, "unit: “名” is no unit; mend: “person”?"),
        ({"kind": "number", "unit": "m3"}, "unit: “m3” is no unit; mend: “m"),
        ({"kind": "number", "min": 5, "max": 2}, "min: min is greater than max; mend: exchange them"),
        ({"kind": "number", "min": "x"}, "min: “x” is no number that can be kept"),
        ({"kind": "number", "counts_people": True},
         "counts_people: a count of people is a whole number; mend: whole = true"),
        ({"kind": "choice"}, "choices: offers 0 choices; mend: from 2 to 100 of { code, zh, en }"),
        ({"kind": "choice", "choices": [{"code": "a", "zh": "甲", "en": "a"}, {"code": "a", "zh": "乙", "en": "b"}]},
         "two choices bear the same word"),
        ({"kind": "date", "not_before": "yesterday"}, "not_before: is no day; mend: write not_before = 1949-10-01"),
        ({"max": 1000}, "max: 1000 is out of reach; mend: from 1 to 500"),
        ({"kind": "file", "required": True}, "required: a file is added once the entry is there"),
        ({"kind": "long_text", "in_list": True}, "in_list: a long_text has no room in a list"),
        ({"kind": "unit"}, "level: is missing"),
        ({"unit": "m2"}, "fields 1 (extra), unit: this key is not known here"),
    ],
)  # fmt: skip
def test_a_field_is_checked_by_its_kind(changes, said):
    assert any(said in fault for fault in with_field(**changes)), with_field(**changes)


def test_fields_share_no_code_no_name_and_no_room_in_the_list():
    one = {"code": "a1", "name": {"zh": "甲", "en": "A"}, "kind": "text", "in_list": True}
    said = faults(fields=[one, one, {**one, "code": "b1"}, {**one, "code": "c1"}], coverage=None)
    assert any("the code “a1” is borne by two fields" in fault for fault in said)
    assert any("the Chinese name “甲” is borne by two fields" in fault for fault in said)
    assert any("more fields are in_list than a list has room for" in fault for fault in said)


def test_the_english_half_of_a_bilingual_field_takes_its_code():
    both = {"code": "story", "name": {"zh": "故事", "en": "Story"}, "kind": "bilingual"}
    other = {"code": "story_en", "name": {"zh": "别的", "en": "Other"}, "kind": "text"}
    assert any(
        "the code “story_en” is borne by two fields" in one for one in faults(fields=[both, other], coverage=None)
    )


def test_a_field_is_never_wider_than_its_register():
    said = with_field(visible="public") if False else faults(visible="workers", coverage=None)
    assert not any("wider" in fault for fault in said if "desk_phone" in fault)
    narrow = [{"code": "extra", "name": {"zh": "附加", "en": "Extra"}, "kind": "text", "visible": "public"}]
    assert any(
        "“public” is wider than the register's own “workers”" in one
        for one in faults(visible="workers", fields=narrow, coverage=None)
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"measure": "share"}, "measure: “share” is not known"),
        ({"unit": "m2"}, "unit: a share is not given in “m2”"),
        ({"where": [{"field": "opn_daily", "is": True}]},
         "“opn_daily” is no field of this register; mend: “open_daily”?"),
        ({"where": [{"field": "open_daily"}]}, "says not exactly one comparison"),
        ({"where": [{"field": "open_daily", "at_least": 3}]}, "“at_least” does not fit open_daily, a yes_no"),
        ({"where": [{"field": "rhythm", "is": "daily"}]}, "“daily” is nothing that rhythm can be"),
        ({"where": [{"field": "readers", "at_least": 3}]}, "smaller numbers of people are hidden"),
        ({"where": [{"field": "note", "filled": True, "over": "area"}]},
         "a ratio of two number fields is at_least or at_most"),
        ({"level": "grid"}, "level: no entry hangs on a grid or below"),
        ({"level": "district", "of": "urban"}, "“urban” tells communities apart, not a district"),
        ({"measure": "entries", "where": None, "level": None}, "nothing is to be matched"),
        ({"measure": "rate", "sum": "area", "per": "households", "unit": "per_10000_people"},
         "is not counted per household"),
        ({"measure": "rate", "sum": "area", "per": "residents", "unit": "pieces_per_10000_people"},
         "m2 per person is not"),
        ({"measure": "rate", "sum": "area", "per": "households", "unit": "m2_per_household", "scale": 100},
         "does not fit the unit"),
        ({"measure": "rate", "sum": "note", "per": "households", "unit": "m2_per_household"},
         "“note” is no number field"),
        ({"measure": "ratio", "sum": "area", "over": "readers", "unit": "percent"}, "m2 over person is not “percent”"),
        ({"measure": "count", "sum": "area", "unit": "piece"}, "what is counted is not given in “piece”"),
    ],
)  # fmt: skip
def test_a_measure_is_checked_against_the_fields_and_units(changes, said):
    assert any(said in fault for fault in with_measure(**changes)), with_measure(**changes)


def test_a_ratio_of_two_fields_finds_its_scale():
    made = build.spec(
        coverage=[
            {
                "code": "x_share",
                "name": {"zh": "比", "en": "S"},
                "measure": "ratio",
                "sum": "readers",
                "over": "readers",
                "unit": "percent",
            }
        ]
    )
    assert made.measures[0].scale == 100


@pytest.mark.requirement("R379")
@pytest.mark.parametrize(
    ("code", "zh", "rule"),
    [
        ("camera_views", "视图", "standing rule 1"),
        ("service_score", "打分", "standing rule 2"),
        ("risk_level_home", "等级", "standing rule 10"),
        ("who_is_it", "民族", "standing rules on rights"),
        ("who_is_it", "信用分", "standing rules on rights"),
        ("birth_date", "日子", "a fact about a person's own life"),
        ("holder", "低保户", "a fact about a person's own life"),
    ],
)
def test_what_the_standing_rules_forbid_can_not_be_declared(code, zh, rule):
    name = {"zh": zh, "en": "Name"}
    assert any(rule in fault for fault in with_field(code=code, name=name))
    choices = [{"code": code, "zh": zh, "en": "one"}, {"code": "b", "zh": "乙", "en": "b"}]
    refused = any(rule in fault for fault in with_field(kind="choice", choices=choices))
    assert refused is ("own life" not in rule)
    assert any(rule in fault for fault in faults(code=code, name=name))


def test_an_innocent_word_is_argued_for_by_register():
    assert not any("standing rule" in fault for fault in faults(code="surveillance_point", coverage=None, fields=[
        {"code": "camera_owner", "name": {"zh": "设备归属单位", "en": "Owner"}, "kind": "text"}]))  # fmt: skip


def test_all_faults_are_raised_at_once():
    with pytest.raises(BadDeclaration) as caught:
        parse(build.content(code="", group="x", review_days="y"))
    assert {fault.key[-1] for fault in caught.value.faults} == {"code", "group", "review_days"}


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(["public",
        "number", "units"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "zh", "en", "field", "is",
        "x"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(content: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    inner = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in inner:
        found += places(value, (*here, key))
    return found


@settings(max_examples=400)
@given(data=st.data())
def test_whatever_stands_anywhere_the_reading_never_crashes(data):
    content = copy.deepcopy(build.PLAIN)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(places(content)))
        inner: Any = content
        for step in way:
            inner = inner[step]
        if data.draw(st.booleans()) and isinstance(inner, dict):
            inner.pop(last)
        else:
            inner[last] = data.draw(ODD)
    for fault in check(content):
        assert str(fault)


def test_the_command_names_file_line_and_mend(tmp_path, capsys):
    text = 'code = "room"\nname = { zh = "书屋", en = "Rooms" }\nreview_days = "x"\n'
    text += '[[fields]]\ncode = "a1"\nkind = "txt"\n'
    (tmp_path / "room.toml").write_text(text)
    assert command.main([str(tmp_path)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert f"{tmp_path}/room.toml:3: review_days: is a text; mend: write review_days = 1" in said
    assert any(
        line.startswith(f"{tmp_path}/room.toml:6: fields 1 (a1), kind: “txt” is not known; mend: “text”?")
        for line in said
    )
    (tmp_path / "bad.toml").write_text("code = ")
    assert command.main([str(tmp_path / "bad.toml")]) == 1


def test_the_kind_gives_packs_their_faults_with_lines():
    content = tomllib.loads('code = "x1"\nkept_by = "comunity"\n[[fields]]\nbody_kinds = ["firma"]\n')
    with translation.override("en"):
        said = [str(fault) for fault in kind_faults(content, Where("packs/x1.toml"))]
    assert any("kept_by: “comunity” is not known; mend: “community”?" in fault for fault in said)
    assert any("“firma” is no kind of body" in fault for fault in said)
    assert kind_faults(build.content(), Where("x")) == []
