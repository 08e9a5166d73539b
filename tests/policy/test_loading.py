"""Packs become rows: whole or not at all, twice without effect, and what they no longer say is retired, never lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from liren.foundation.kernel.errors import Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.policy import queries, services
from liren.foundation.policy.models import (
    Declaration,
    DeclarationVersion,
    Document,
    DocumentVersion,
    Jurisdiction,
    Load,
    Parameter,
    Provision,
)
from tests.make import policy as make
from tests.make.kernel import person

pytestmark = pytest.mark.django_db
MODELS = (Jurisdiction, Document, DocumentVersion, Provision, Parameter, Declaration, DeclarationVersion, Load)
LAMP = "north/opinion-2017/things/lamp.toml"
NUMBERS = "north/opinion-2017/parameters.toml"


def rows() -> list[int]:
    return [model._default_manager.count() for model in MODELS]


@pytest.mark.requirement("R019")
def test_packs_become_rows_with_their_days_and_sources(root):
    difference = make.load(root)
    assert rows() == [3, 4, 4, 6, 8, 1, 1, 1]
    assert len(difference.added) == len(difference.changes) == 26
    number = Parameter.objects.get(code=make.AREA, jurisdiction__code="north")
    assert (number.operator, number.value, number.unit) == (">=", Decimal(30), "m2_per_100_households")
    assert (number.provision_key, number.document.key) == ("north/opinion-2017#4", "north/opinion-2017")
    assert (str(number.during.lower), number.during.upper, number.phrase) == ("2017-01-01", None, "不低于30")
    assert Jurisdiction.objects.get(code="north").parent.code == "cn"
    lamp = DeclarationVersion.objects.get()
    assert (lamp.number, lamp.basis, lamp.content["colour"]) == (1, ["north/opinion-2017#4"], "red")
    assert lamp.loaded_by == "system:test"


def test_a_load_is_written_down_and_audited(root):
    difference = make.load(root)
    load = Load.objects.get()
    assert (load.fingerprint, load.counts, load.by) == (difference.fingerprint, difference.counts(), "system:test")
    entry = AuditEntry.objects.get(action="policy.load")
    assert (entry.object_id, entry.facts["counts"]["parameter"]) == (str(load.pk), {"added": 8})


def test_loading_the_same_again_changes_nothing_and_writes_nothing(root):
    make.load(root)
    before, audited = rows(), AuditEntry.objects.count()
    assert not make.load(root, 1)
    assert (rows(), AuditEntry.objects.count()) == (before, audited)


def test_a_comment_changes_no_row_and_is_remembered_as_a_state_of_the_files(root):
    make.load(root)
    make.edit(root, NUMBERS, "[[parameters]]", "# a remark\n[[parameters]]")
    assert not make.load(root, 1)
    assert Load.objects.count() == 2
    assert not make.load(root, 2)
    assert Load.objects.count() == 2


def test_a_dry_run_says_the_same_and_writes_nothing(root):
    said = make.load(root, dry_run=True)
    assert rows() == [0] * 8
    assert not AuditEntry.objects.exists()
    assert make.load(root) == said


def test_a_fault_anywhere_loads_nothing(root):
    make.edit(root, "south/jurisdiction.toml", "is_simulated", "simulated")
    make.edit(root, NUMBERS, "binding", "firm")
    with pytest.raises(
        services.BadPacks, match="2 faults. The first: packs/north/opinion-2017/parameters.toml:8"
    ) as bad:
        make.load(root)
    assert len(bad.value.faults) == 2
    assert "liren packs check" in bad.value.next_step
    assert rows() == [0] * 8


def test_only_the_system_loads(root):
    for actor in (person(1), person(1, "policy.load"), None):
        with pytest.raises(NotAllowed):
            services.load_packs(root, by=actor, at=make.MOMENT)
    assert rows() == [0] * 8


@pytest.mark.requirement("R019")
def test_a_changed_number_retires_the_old_row_and_its_history_is_seen(root):
    make.load(root)
    make.edit(root, NUMBERS, "value = 30", "value = 35")
    difference = make.load(root, 10)
    assert (
        str(difference) == "changed  parameter north area_per_100_households from 2017-01-01\n         value: 30 → 35"
    )
    history = list(queries.parameter_history(make.AREA, "north"))
    at = make.MOMENT + timedelta(minutes=10)
    assert [(one.value, one.loaded_at, one.retired_at) for one in history] == [
        (Decimal(30), make.MOMENT, at),
        (Decimal(35), at, None),
    ]
    known = Parameter.objects.known_at(make.MOMENT + timedelta(minutes=5)).get(
        code=make.AREA, jurisdiction__code="north"
    )
    assert known.value == 30


def test_a_number_with_a_successor_keeps_both_with_their_days(root):
    make.load(root)
    make.edit(root, NUMBERS, "from = 2017-01-01", "from = 2017-01-01\nuntil = 2027-01-01")
    text = (root / NUMBERS).read_text() + make.parameter(make.AREA, "40", "2027-01-01")
    make.put(root, NUMBERS, text)
    difference = make.load(root, 1)
    assert [(len(difference.added), len(difference.changed), len(difference.retired))] == [(1, 1, 0)]
    assert [one.value for one in Parameter.objects.current().filter(code=make.AREA, jurisdiction__code="north")] == [
        30,
        40,
    ]


def test_what_is_taken_out_is_retired_and_may_come_back(root):
    make.load(root)
    kept = (root / LAMP).read_text()
    (root / LAMP).unlink()
    assert [(one.how, one.name) for one in make.load(root, 1).changes] == [("retired", "thing lamp")]
    assert DeclarationVersion.objects.current().count() == 0
    make.put(root, LAMP, kept)
    make.load(root, 2)
    versions = DeclarationVersion.objects.all()
    assert [(one.number, one.retired_at is None) for one in versions] == [(1, False), (2, True)]
    assert Declaration.objects.count() == 1


def test_a_changed_declaration_gets_the_next_number_under_the_same_identity(root):
    make.load(root)
    identity = Declaration.objects.get().pk
    make.edit(root, LAMP, "red", "green")
    assert "content.colour: red → green" in str(make.load(root, 1))
    versions = DeclarationVersion.objects.filter(declaration=identity)
    assert [(one.number, one.content["colour"]) for one in versions] == [(1, "red"), (2, "green")]
    assert versions[0].fingerprint != versions[1].fingerprint


def test_a_document_that_is_taken_out_goes_with_all_it_says(root):
    make.load(root)
    for path in (root / "south" / "plan-2022").iterdir():
        path.unlink()
    (root / "south" / "plan-2022").rmdir()
    assert {(one.what, one.how) for one in make.load(root, 1).changes} == {
        ("document", "retired"),
        ("version", "retired"),
        ("provision", "retired"),
        ("parameter", "retired"),
    }
    assert Document.objects.get(key="south/plan-2022").retired_at is not None
    assert Document.objects.current().count() == 3
    assert Parameter.objects.filter(document__key="south/plan-2022").count() == 3


def corrected():
    """What the log says of rows that were put right in place."""
    return [one.facts for one in AuditEntry.objects.filter(action="policy.correct").order_by("id")]


def test_titles_and_names_are_put_right_in_place_and_said(root):
    make.load(root)
    make.edit(root, "south/plan-2022/document.toml", "Document plan-2022", "The plan")
    make.edit(root, "south/jurisdiction.toml", "Place south", "South")
    assert str(make.load(root, 1)).splitlines() == [
        "changed  jurisdiction south",
        "         name_en: Place south → South",
        "changed  document south/plan-2022",
        "         title_en: Document plan-2022 → The plan",
    ]
    assert Document.objects.get(key="south/plan-2022").title_en == "The plan"
    assert corrected() == [
        {"name": "south", "before": {"name_en": "Place south"}, "after": {"name_en": "South"}},
        {"name": "south/plan-2022", "before": {"title_en": "Document plan-2022"}, "after": {"title_en": "The plan"}},
    ]


@pytest.mark.requirement("R019")
def test_a_document_that_comes_back_under_another_title_leaves_the_old_one_on_record(root):
    make.load(root)
    (root / "south/plan-2022").rename(root.parent / "aside")
    make.load(root, 1)
    (root.parent / "aside").rename(root / "south/plan-2022")
    make.edit(root, "south/plan-2022/document.toml", "Document plan-2022", "The plan")
    make.load(root, 2)
    assert corrected() == [
        {"name": "south/plan-2022", "before": {"title_en": "Document plan-2022"}, "after": {"title_en": "The plan"}}
    ]


def test_two_places_may_exchange_their_divisions(root):
    make.load(root)
    make.edit(root, "north/jurisdiction.toml", make.NORTH, make.SOUTH)
    make.edit(root, "south/jurisdiction.toml", make.SOUTH, make.NORTH)
    make.load(root, 1)
    assert dict(Jurisdiction.objects.values_list("code", "division")) == {
        "cn": "",
        "north": make.SOUTH,
        "south": make.NORTH,
    }


def test_a_place_may_be_put_under_a_new_one(root):
    make.load(root)
    make.put(root, "east/jurisdiction.toml", make.jurisdiction("east", "980000000000"))
    make.edit(root, "north/jurisdiction.toml", 'parent = "cn"', 'parent = "east"')
    make.load(root, 1)
    assert Jurisdiction.objects.get(code="north").parent.code == "east"


def test_a_provision_put_in_between_moves_no_other_into_history(root):
    make.load(root)
    name = "north/opinion-2017/provisions.toml"
    make.put(root, name, make.provision("3") + (root / name).read_text())
    assert [one.name for one in make.load(root, 1).changes] == ["north/opinion-2017#3 from 2017-01-01"]
    found = Provision.objects.current().filter(document__key="north/opinion-2017").values_list("number", flat=True)
    assert list(found) == ["3", "4", "5"]


def test_a_load_from_before_the_last_one_is_refused(root):
    make.load(root, 5)
    make.edit(root, NUMBERS, "30", "31")
    with pytest.raises(Conflict, match="loaded at a later moment"):
        make.load(root, 4)


def test_a_load_costs_few_queries_however_much_is_there(root, django_assert_max_num_queries):
    make.load(root)
    make.edit(root, NUMBERS, "value = 30", "value = 31")
    with django_assert_max_num_queries(25):
        make.load(root, 1)
    with django_assert_max_num_queries(11):
        make.load(root, 2)
