"""What must never be true of documents and numbers is refused by the database itself: each rule is broken once."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.policy.engine import specs
from liren.foundation.policy.models import (
    Attribute,
    Certainty,
    Declaration,
    DeclarationVersion,
    Document,
    DocumentKind,
    DocumentVersion,
    Jurisdiction,
    Load,
    Operator,
    Parameter,
    Provision,
    Status,
)
from tests.make import policy as make
from tests.make.kernel import chained

pytestmark = pytest.mark.django_db
ALWAYS = DateRange(date(2000, 1, 1), None)
BEFORE = make.MOMENT - timedelta(days=1)


@pytest.fixture(autouse=True)
def loaded(root):
    make.load(root)


def refused(work, name):
    """The database refuses, and names the rule."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        work()


def copy(row, **wrong):
    """A second row like this one, with other values."""
    row.pk = None
    row._state.adding = True
    for column, value in wrong.items():
        setattr(row, column, value)
    return row.save


def one(model, **more):
    return model._default_manager.filter(**more).order_by("pk").first()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"name_zh": " "}, "policy_jurisdiction_has_code_and_names"),
        ({"division": "9801"}, "policy_jurisdiction_division_has_twelve_digits"),
        ({"division": make.SOUTH}, "policy_jurisdiction_is_alone_in_its_division"),
    ],
)
def test_an_impossible_jurisdiction_is_refused(wrong, name):
    refused(lambda: Jurisdiction.objects.filter(code="north").update(**wrong), name)


def test_a_jurisdiction_is_not_its_own_parent():
    north = Jurisdiction.objects.get(code="north")
    refused(
        lambda: Jurisdiction.objects.filter(code="north").update(parent=north),
        "policy_jurisdiction_is_not_its_own_parent",
    )


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"kind": "song"}, "policy_document_kind_is_known"),
        ({"title_en": ""}, "policy_document_has_titles_and_issuers"),
    ],
)
def test_an_impossible_document_is_refused(wrong, name):
    refused(lambda: Document.objects.filter(key="north/opinion-2017").update(**wrong), name)


def test_the_key_of_a_document_is_place_and_code():
    refused(copy(one(Document), key="no place"), "policy_document_key_is_place_and_code")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"status": "lost"}, "policy_version_status_is_known"),
        ({"certainty": "rumoured"}, "policy_version_certainty_is_known"),
        ({"source_zh": ""}, "policy_version_has_a_label_and_names_its_source"),
        ({"during": DateRange(None, None)}, "policy_version_has_a_real_period"),
        ({"retired_at": BEFORE}, "policy_version_is_retired_after_it_was_loaded"),
        ({"status": "draft"}, "policy_version_in_draft_is_not_in_force"),
        ({"status": "reported"}, "policy_version_label_stands_once"),
        ({"label": "other"}, "policy_version_in_force_is_the_only_one"),
    ],
)
def test_an_impossible_version_is_refused(wrong, name):
    refused(copy(one(DocumentVersion, document__key="north/opinion-2017"), **wrong), name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"certainty": "rumoured"}, "policy_provision_certainty_is_known"),
        ({"duty_zh": "\n"}, "policy_provision_has_heading_and_duty"),
        ({"during": DateRange(date(2020, 1, 1), date(2020, 1, 1))}, "policy_provision_has_a_real_period"),
        ({"retired_at": BEFORE}, "policy_provision_is_retired_after_it_was_loaded"),
        ({"during": ALWAYS}, "policy_provision_of_one_key_never_overlaps"),
    ],
)
def test_an_impossible_provision_is_refused(wrong, name):
    refused(copy(one(Provision), **wrong), name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"operator": "~"}, "policy_parameter_operator_is_known"),
        ({"attribute": "wished"}, "policy_parameter_attribute_is_known"),
        ({"unit": ""}, "policy_parameter_has_code_names_and_unit"),
        ({"during": DateRange(None, date(2020, 1, 1))}, "policy_parameter_has_a_real_period"),
        ({"retired_at": BEFORE}, "policy_parameter_is_retired_after_it_was_loaded"),
        ({"operator": "range"}, "policy_parameter_has_an_upper_end_exactly_when_a_range"),
        ({"operator": "range", "high": 1}, "policy_parameter_has_an_upper_end_exactly_when_a_range"),
        ({"high": 99}, "policy_parameter_has_an_upper_end_exactly_when_a_range"),
        ({"due_on": date(1999, 1, 1)}, "policy_parameter_is_due_when_aimed_at_and_not_before_it_began"),
        (
            {"due_on": date(2030, 1, 1), "attribute": "reported"},
            "policy_parameter_is_due_when_aimed_at_and_not_before_it_began",
        ),
        ({"during": ALWAYS}, "policy_parameter_of_one_code_and_place_never_overlaps"),
    ],
)
def test_an_impossible_number_is_refused(wrong, name):
    refused(copy(one(Parameter, code=make.AREA, jurisdiction__code="north"), **wrong), name)


def test_numbers_of_other_codes_places_or_times_stand_side_by_side():
    number = one(Parameter, code=make.AREA, jurisdiction__code="north")
    copy(number, code=f"{make.AREA}_2")()
    copy(number, during=DateRange(date(2016, 1, 1), date(2017, 1, 1)))()
    copy(number, during=ALWAYS, retired_at=make.MOMENT, code=make.AREA)()
    assert Parameter.objects.filter(jurisdiction__code="north").count() == 5


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"retired_at": make.MOMENT}, "policy_declaration_number_is_given_once"),
        ({"number": 2}, "policy_declaration_has_one_version_at_a_time"),
        ({"number": 0}, "policy_declaration_numbers_count_from_one"),
        ({"number": 2, "fingerprint": "x"}, "policy_declaration_fingerprint_is_one"),
        ({"number": 2, "loaded_by": ""}, "policy_declaration_version_names_its_loader"),
        ({"number": 2, "retired_at": BEFORE}, "policy_declaration_version_is_retired_after_it_was_loaded"),
    ],
)
def test_an_impossible_declaration_is_refused(wrong, name):
    refused(copy(one(DeclarationVersion), **wrong), name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({}, "policy_declaration_is_known_once"), ({"code": " "}, "policy_declaration_has_kind_and_code")],
)
def test_an_identity_is_given_once(wrong, name):
    refused(copy(one(Declaration), **wrong), name)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"by": ""}, "policy_load_names_its_loader_and_tool"), ({"fingerprint": "0"}, "policy_load_fingerprint_is_one")],
)
def test_an_impossible_load_is_refused(wrong, name):
    refused(copy(one(Load), **wrong), name)


# --- nothing is edited ---

EDITS = [
    (DocumentVersion, {"label": "x"}),
    (DocumentVersion, {"status": "repealed"}),
    (Provision, {"duty_zh": "别的"}),
    (Provision, {"during": ALWAYS}),
    (Parameter, {"value": 1}),
    (Parameter, {"during": ALWAYS}),
    (Parameter, {"unit": "m2"}),
    (Parameter, {"loaded_at": BEFORE}),
    (DeclarationVersion, {"content": {}}),
    (DeclarationVersion, {"number": 9}),
    (Declaration, {"code": "x"}),
    (Load, {"counts": {}}),
    (Document, {"key": "a/b"}),
    (Jurisdiction, {"code": "x"}),
]


@pytest.mark.parametrize(("model", "edit"), EDITS, ids=lambda value: str(value)[-30:])
def test_what_was_loaded_is_never_edited(model, edit):
    refused(lambda: model._default_manager.filter(pk=one(model).pk).update(**edit), "appended and never changed")


@pytest.mark.parametrize("model", [DocumentVersion, Provision, Parameter, DeclarationVersion])
def test_every_column_but_retired_at_is_guarded(model):
    """A new column must be named in the migration of the guards; the order of provisions alone may change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s",
            [f"{model._meta.db_table}_keeps_its_facts"],
        )
        guarded = cursor.fetchone()[0].partition(" OF ")[2].partition(" ON ")[0].split(", ")
    free = {field.column for field in model._meta.fields} - set(guarded)
    assert free - {"position"} == {"retired_at"}


@pytest.mark.parametrize("model", [DocumentVersion, Provision, Parameter, DeclarationVersion])
def test_a_row_is_retired_once_and_stays_retired(model):
    row = one(model)
    model._default_manager.filter(pk=row.pk).update(retired_at=make.MOMENT)
    for other in (None, make.MOMENT + timedelta(days=1)):
        refused(lambda other=other: model._default_manager.filter(pk=row.pk).update(retired_at=other), "never changed")


TABLES = [model._meta.db_table for model in (Jurisdiction, Document, *{model for model, _ in EDITS})]


@pytest.mark.parametrize("table", sorted(set(TABLES)))
def test_nothing_is_deleted_or_emptied(table):
    chained()
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"DELETE FROM {table}"), "never changed")
        refused(lambda: cursor.execute(f"TRUNCATE {table} CASCADE"), "never changed")


# --- words ---


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        (DocumentKind, specs.DOCUMENT_KINDS),
        (Status, specs.STATUSES),
        (Certainty, specs.CERTAINTIES),
        (Attribute, specs.ATTRIBUTES),
        (Operator, specs.OPERATORS),
    ],
)
def test_the_tables_know_the_words_that_packs_may_say(choices, said):
    assert tuple(choices.values) == said
