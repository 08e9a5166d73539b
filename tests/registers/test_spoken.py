"""The checker of declarations speaks Chinese: every sentence that it says is in the catalogue."""

import re

import pytest
from django.utils import translation

from liren.foundation.policy.services import Where
from liren.foundation.registers.engine.declaration import check
from liren.foundation.registers.kind import faults as kind_faults
from liren.foundation.registers.spoken import HOLE, SENTENCES, spoken
from tests.make import registers as build

WORDS = [{"code": "a", "zh": "甲", "en": "a"}, {"code": "a", "zh": "甲", "en": "a"}]
#: What is to be written as it stands.
TOML = re.compile(r"\w+ = .+")
FIELD = {"code": "extra", "name": {"zh": "附加", "en": "Extra"}, "kind": "text"}
MEASURE = build.PLAIN["coverage"][0]


def with_field(**changes):
    return build.content(fields=[{**FIELD, **changes}], coverage=None)


def with_measure(**changes):
    return build.content(coverage=[{**MEASURE, **changes}])


WRONG = [
    {},
    {"code": "A b", "level": ["village"], "kept_by": "社区", "review_days": "x", "requirements": ["88"], "fields": 3},
    build.content(level=["city"], kept_by="community", coverage=None),
    build.content(purpose={"zh": " ", "en": "x" * 500}, review_days=0, colour="red", group=5, visible="open"),
    build.content(fields=[FIELD, FIELD], coverage=None),
    with_field(code="number"),
    with_field(kind="number", unit="个", min=3, max=1, whole=False, counts_people=True),
    with_field(kind="number", min="many"),
    with_field(kind="choice", choices=WORDS),
    with_field(kind="choice", choices=WORDS[:1]),
    with_field(kind="file", required=True, in_list=True),
    with_field(kind="date", not_before="soon"),
    with_field(visible="public", code="ethnicity", name={"zh": "民族", "en": "Ethnicity"}),
    with_measure(level="city", of="rural"),
    with_measure(measure="entries", where=None),
    with_measure(where=[{"field": "nothing", "is": 1}]),
    with_measure(where=[{"field": "area"}]),
    with_measure(where=[{"field": "area", "is": True, "at_least": 1}], unit="m2"),
    with_measure(where=[{"field": "note", "at_least": 3}]),
    with_measure(where=[{"field": "rhythm", "is": "daily"}]),
    with_measure(where=[{"field": "area", "over": "readers", "is": 1}]),
    with_measure(measure="rate", per="households", sum="area", unit="per_10000_people"),
    with_measure(measure="ratio", sum="area", over="readers", unit="percent"),
    with_measure(measure="count", sum="area", unit="person"),
    with_measure(measure="rate", per="households", sum="area", unit="m2_per_100_households", scale=7),
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_checker_says_is_known_again_and_said_in_chinese(sentence):
    holes = {name: f"<{name}>" for name in HOLE.findall(sentence)}
    with translation.override("zh-hans"):
        said = spoken(HOLE.sub(lambda hole: holes[hole[1]], sentence))
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert all(value in said for value in holes.values())


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_no_sentence_of_a_wrong_declaration_stays_english(content):
    faults = check(content)
    assert faults
    with translation.override("zh-hans"):
        said = {text: spoken(text) for fault in faults for text in (fault.says, fault.mend or "put it right")}
    left = [text for text, chinese in said.items() if text == chinese and not TOML.fullmatch(text)]
    assert left == []


def test_a_chinese_word_finds_the_one_that_is_meant():
    content = build.content(kept_by="社区", place="必填", fields=[{**FIELD, "kind": "多选"}], coverage=None)
    mends = {(fault.key[-1], fault.mend) for fault in check(content)}
    assert mends >= {("kept_by", "“community”?"), ("place", "“required”?"), ("kind", "“choices”?")}


def test_a_pack_is_told_its_faults_in_the_language_of_the_reader():
    content = {"kept_by": "comunity"}
    with translation.override("zh-hans"):
        said = [str(fault) for fault in kind_faults(content, Where("packs/x1.toml"))]
    assert any("没有“comunity”这个词" in fault and "是不是“community”？" in fault for fault in said)
