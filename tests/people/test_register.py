"""The register says enough about every data set, and no automated tool decides about a person."""

import pytest

from liren.foundation.people import queries, register
from liren.foundation.people.register import BadRegister, checked_consents, checked_datasets, checked_tools

DATASET = {
    "name_zh": "甲",
    "name_en": "A",
    "purpose_zh": "甲",
    "purpose_en": "A",
    "basis_zh": "甲",
    "basis_en": "A",
    "tables": ["people.Account"],
    "columns": ["username"],
    "archive_class": "short",
    "retention_days": 30,
    "retention_zh": "甲",
    "retention_en": "A",
    "access_zh": "甲",
    "access_en": "A",
    "responsible": "auditor",
}
TOOL = {
    "name_zh": "甲",
    "name_en": "A",
    "purpose_zh": "甲",
    "purpose_en": "A",
    "does": ["sorts"],
    "on": ["places"],
    "method_zh": "甲",
    "method_en": "A",
    "where": ["x"],
    "decides_about_person": False,
    "human_zh": "甲",
    "human_en": "A",
}
CONSENT = {"wording": 1, "dataset": "x", "text_zh": "甲", "text_en": "A"}


@pytest.mark.requirement("R365")
def test_the_register_is_whole():
    for entry in queries.dataset_register():
        assert entry.purpose_zh
        assert entry.basis_zh
        assert entry.columns
        assert entry.retention_days > 0
        assert entry.responsible


@pytest.mark.requirement("R365")
@pytest.mark.parametrize("missing", DATASET)
def test_a_data_set_that_says_too_little_is_refused(missing):
    entry = {name: value for name, value in DATASET.items() if name != missing}
    with pytest.raises(BadRegister, match=f"x: {missing} is missing"):
        checked_datasets({"x": entry})


@pytest.mark.requirement("R377")
@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"archive_class": "for_ever"}, "archive class"),
        ({"retention_days": 99999}, "keeps 99999 days"),
        ({"retention_days": 0}, "keeps 0 days"),
        ({"retention_days": "30"}, "retention_days must be int"),
        ({"name_zh": ""}, "name_zh is missing"),
        ({"tables": []}, "tables is missing"),
        ({"colour": "red"}, "unknown field 'colour'"),
    ],
)
def test_a_wrong_data_set_is_refused_by_name(wrong, fault):
    with pytest.raises(BadRegister, match=fault):
        checked_datasets({"x": {**DATASET, **wrong}})


def test_a_whole_entry_is_taken():
    assert checked_datasets({"x": DATASET})["x"].columns == ("username",)
    assert checked_consents({"y": CONSENT}, checked_datasets({"x": DATASET}))["y"].wording == 1
    assert checked_tools({"z": TOOL})["z"].on == ("places",)


def test_a_consent_belongs_to_a_data_set():
    with pytest.raises(BadRegister, match="no data set"):
        checked_consents({"y": CONSENT}, {})


@pytest.mark.requirement("R375")
@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"decides_about_person": True}, "no tool decides about a person"),
        ({"decides_about_person": 0}, "decides_about_person must be bool"),
        ({"on": ["persons"]}, "not on persons"),
        ({"on": ["places", "residents"]}, "not on persons"),
        ({"does": ["scores"]}, "sorts, routes or forecasts"),
        ({"does": ["sorts", "decides"]}, "sorts, routes or forecasts"),
        ({"human_zh": ""}, "human_zh is missing"),
    ],
)
def test_a_tool_that_reaches_for_persons_is_refused(wrong, fault):
    with pytest.raises(BadRegister, match=fault):
        checked_tools({"z": {**TOOL, **wrong}})


@pytest.mark.requirement("R375")
def test_every_tool_of_the_register_is_labelled_in_both_languages_and_leaves_the_decision_to_a_person():
    tools = queries.automation_register()
    assert tools
    assert {tool.decides_about_person for tool in tools} == {False}
    assert all(tool.name_zh and tool.name_en and tool.human_zh and tool.human_en for tool in tools)


@pytest.mark.requirement("R375")
def test_every_place_that_a_tool_names_exists():
    from importlib.util import find_spec

    assert [place for tool in queries.automation_register() for place in tool.where if find_spec(place) is None] == []


def test_periods_of_archives_grow_with_their_class():
    classes = register.ARCHIVE_CLASSES
    assert classes["short"] < classes["10_years"] < classes["30_years"]
    assert classes["permanent"] is None
