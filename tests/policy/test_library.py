"""The library shows documents with their versions, what provisions ask for, and what carries them out."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from liren.foundation.kernel.rights import ANONYMOUS, can
from liren.foundation.policy import queries
from liren.foundation.policy.models import DeclarationVersion, Document
from liren.foundation.policy.queries import NotInPacks
from tests.make import policy as make
from tests.make.kernel import person

pytestmark = pytest.mark.django_db
LAMP = "north/opinion-2017/things/lamp.toml"


@pytest.fixture(autouse=True)
def loaded(root):
    make.load(root)
    return root


@pytest.mark.requirement("R019")
def test_the_library_shelves_every_document_with_what_it_says():
    found = [
        (one.document.key, len(one.versions), len(one.provisions), len(one.parameters)) for one in queries.library()
    ]
    assert found == [
        ("cn/law-2020", 1, 2, 3),
        ("north/draft-2024", 1, 1, 1),
        ("north/opinion-2017", 1, 2, 1),
        ("south/plan-2022", 1, 1, 3),
    ]
    assert [one.document.key for one in queries.library(jurisdiction="north", kind="opinion")] == ["north/opinion-2017"]


def test_a_document_has_its_version_of_a_day(loaded):
    name = "south/plan-2022/document.toml"
    versions = make.version("2022", "2022-01-01") + make.version("next", "2025-01-01", "draft")
    make.put(loaded, name, make.document("plan-2022", versions, kind="plan"))
    make.load(loaded, 1)
    shelved = queries.document("south/plan-2022")
    days = (date(2021, 1, 1), date(2023, 1, 1), date(2026, 1, 1))
    assert [version and version.label for version in map(shelved.version_on, days)] == [None, "2022", "2022"]


def test_provisions_stand_in_the_order_of_the_document(loaded):
    name = "cn/law-2020/provisions.toml"
    make.put(loaded, name, make.provision("9") + make.provision("4") + make.provision("5"))
    make.load(loaded, 1)
    assert [one.number for one in queries.document("cn/law-2020").provisions] == ["9", "4", "5"]


def test_jurisdictions_come_with_the_widest_first():
    assert [one.code for one in queries.jurisdictions()] == ["cn", "north", "south"]


def test_a_provision_reads_as_on_the_day_that_is_asked_for(loaded):
    name = "south/plan-2022/"
    versions = make.version("2022", "2022-01-01", "superseded", "until = 2024-01-01\n") + make.version(
        "2024", "2024-01-01"
    )
    make.put(loaded, name + "document.toml", make.document("plan-2022", versions, kind="plan"))
    old, new = (make.provision("4", f'versions = ["{year}"]') for year in (2022, 2024))
    make.put(loaded, name + "provisions.toml", old + new.replace("应当办理", "三日内办理"))
    make.load(loaded, 1)
    key = "south/plan-2022#4"
    assert queries.provision(key, on=date(2023, 1, 1)).duty_zh == "某机关应当办理。"
    assert queries.provision(key).duty_zh == "某机关三日内办理。"
    with pytest.raises(NotInPacks, match="does not count on 2001-01-01"):
        queries.provision(key, on=date(2001, 1, 1))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: queries.provision("north/opinion-2017#99"),
        lambda: queries.document("north/nothing"),
        lambda: queries.declaration("thing", "nothing"),
        lambda: queries.declaration("nothing", "lamp"),
    ],
)
def test_what_is_unknown_says_the_next_step(ask):
    with pytest.raises(NotInPacks) as error:
        ask()
    assert error.value.next_step
    assert error.value.status == 404


@pytest.mark.requirement("R019")
def test_a_provision_shows_what_carries_it_out():
    found = queries.carried_out_by("north/opinion-2017#4")
    assert [one.declaration.code for one in found.declarations] == ["lamp"]
    assert [one.code for one in found.parameters] == [make.AREA]
    assert not queries.carried_out_by("north/opinion-2017#5")


def test_declarations_are_read_as_they_are_and_as_they_were(loaded):
    make.put(loaded, "south/things/bench.toml", make.thing("bench"))
    make.edit(loaded, LAMP, "red", "green")
    make.load(loaded, 3 * 24 * 60)
    assert [one.declaration.code for one in queries.declared("thing")] == ["bench", "lamp"]
    assert queries.declaration("thing", "lamp").content["colour"] == "green"
    days = [make.DAY + timedelta(days) for days in (-1, 0, 2, 3)]
    seen = [[one.content["colour"] for one in queries.declared("thing", on=day)] for day in days]
    assert seen == [[], ["red"], ["red"], ["red", "green"]]
    assert queries.declared("nothing") == []


def test_reading_costs_one_query(django_assert_num_queries):
    queries.library()
    with django_assert_num_queries(1):
        shelved = queries.document("north/opinion-2017")
        assert shelved.document.jurisdiction.code == "north"
    with django_assert_num_queries(1):
        assert queries.declaration("thing", "lamp").document.key == "north/opinion-2017"
    with django_assert_num_queries(1):
        assert queries.carried_out_by("north/opinion-2017#4")


def test_everybody_sees_every_document():
    assert list(Document.objects.visible_to(ANONYMOUS)) == list(Document.objects.all())
    assert DeclarationVersion.objects.visible_to(ANONYMOUS).current().count() == 1
    assert can(ANONYMOUS, "policy.view")
    assert not can(person(1, "policy.load"), "policy.load")


def test_titles_follow_the_readers_language():
    found = queries.document("north/opinion-2017")
    for language, title, source in (
        ("zh-hans", "关于opinion-2017的文件", "测试文本"),
        ("en", "Document opinion-2017", "text of a test"),
    ):
        with translation.override(language):
            assert (found.document.title, found.versions[0].source) == (title, source)
