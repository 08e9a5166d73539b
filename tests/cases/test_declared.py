"""Case types out of the database: those in force, those a running case was received under, and where they are shown."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from liren.foundation.policy.models import DeclarationVersion
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import NoType, by_version, by_versions, type_of, types
from tests.cases.test_types import SPECS
from tests.make import cases, each

NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def packs(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All packs, once for this file. Each test runs in a savepoint on top of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        each.load_packs(NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(packs: None, db: None) -> None:
    """The packs, for a test that may change them."""


def test_types_are_those_of_the_packs_and_cost_one_query(loaded):
    assert [one.code for one in types()] == sorted(SPECS)
    with CaptureQueriesContext(connection) as queries:
        found = types()
    assert len(queries) <= 1
    assert {one.code: one.spec for one in found} == SPECS


def test_one_type_is_found_by_its_code_and_named_in_the_readers_language(loaded):
    found = type_of("request")
    assert found.spec == by_version(found.version)
    with translation.override("en"):
        assert found.name == "Resident request"
    with translation.override("zh-hans"):
        assert found.name == "居民诉求"


def test_an_unknown_type_is_not_found_and_the_next_step_is_told(loaded):
    with pytest.raises(NoType) as refused:
        type_of("parking_fine")
    assert refused.value.status == 404
    assert "parking_fine" in refused.value.message
    assert refused.value.next_step


def test_a_running_case_keeps_the_version_under_which_it_was_received(loaded):
    found = type_of("request")
    row = DeclarationVersion.objects.get(pk=found.version)
    old = DeclarationVersion.objects.create(
        declaration=row.declaration, number=row.number + 1, jurisdiction=row.jurisdiction, document=None,
        basis=row.basis, content={**row.content, "reopen_days": 7}, fingerprint="0" * 64, loaded_by="test",
        loaded_at=NOW, retired_at=NOW,
    )  # fmt: skip
    assert by_version(old.pk).reopen_days == 7
    assert type_of("request").spec.reopen_days == 15
    with CaptureQueriesContext(connection) as queries:
        both = by_versions({old.pk, found.version})
    assert {pk: spec.reopen_days for pk, spec in both.items()} == {old.pk: 7, found.version: 15}
    assert len(queries) <= 2


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "办件类型"), ("en", "Case type")])
def test_the_page_of_a_provision_shows_the_case_types_that_carry_it_out(loaded, client, language, said):
    prefix = "/en" if language == "en" else ""
    page = client.get(f"{prefix}/documents/jiayuguan/plan-2022/3.2.3/")
    assert page.status_code == 200
    text = page.content.decode()
    assert said in text
    assert ("纠纷调解" if language == "zh-hans" else "Mediation") in text


def test_a_version_that_was_checked_by_older_rules_is_read_as_it_was_meant(db):
    states = [dict(one) for one in cases.REQUEST["states"]]
    states[3] |= {"public": {"zh": "已答复，请您评价", "en": "Your word, please"}}
    del states[3]["told"]  # as written before a state could say one thing to the reporter and another to everybody
    states[0] |= {"public": {"zh": "已收到", "en": "Received"}, "told": {"zh": "您的事项已收到", "en": "We have yours"}}
    content = cases.content(states=states)
    assert any("speak to the reporter" in fault.says for fault in check(content))
    spec = cases.declare(states=states).spec
    answered = spec.state("answered")
    assert [answered.said("zh", own=own) for own in (True, False)] == ["已答复，请您评价", "已答复"]
    assert [spec.state("received").said("zh", own=own) for own in (True, False)] == ["您的事项已收到", "已收到"]
    assert by_version(type_of("request").version) == spec
