"""Who could be asked, on the page of a case and beside the form: shown to who gives out parts, taken into the form."""

import json
import tomllib
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from liren.foundation.people.models import Account
from liren.foundation.registers.models import Look
from liren.service.cases.models import Case
from tests import make
from tests.conftest import ROOT
from tests.desk.test_cases import built_scene, desk, on, page, post, scene  # noqa: F401
from tests.make import cases, registers

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R086")]
PACKS = ROOT / "packs/common"
NAME = "李四 桂花社区人民调解员"


def declared(path: str) -> dict[str, Any]:
    return json.loads(json.dumps(tomllib.loads((PACKS / path).read_text(encoding="utf-8")), default=str))


@pytest.fixture
def official(scene) -> Account:  # noqa: F811
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **declared("cases/mediation.toml")})
    for one in ("people_mediator", "mediation_expert", "mediation_organisation"):
        registers.declared(**{**dict.fromkeys(registers.PLAIN), **declared(f"registers/{one}.toml")})
    return make.official("mediator", scene.home)


@pytest.fixture
def quarrel(scene, official) -> Case:  # noqa: F811
    said = {"stands": "party", "language": "dialect", "suits": "weekends"}
    return cases.reported(scene.home, "mediation", by=make.account(), category="property", values=said)


@pytest.fixture
def listed(scene, official) -> Any:  # noqa: F811
    said = {"fields_taken": ["property"], "languages": ["dialect"], "availability": ["weekends"]}
    facts = {"mediator_kind": "full_time", "duty_times": "周六上午", "phone": "028-12345678"}
    return registers.room(scene.home, of="people_mediator", name=NAME, **said, **facts)


def test_the_page_shows_who_could_be_asked_and_why(scene, on, official, quarrel, listed):  # noqa: F811
    shown = page(on(official), desk(quarrel))
    assert "可以请谁：调解员" in shown
    assert f"会调物业纠纷 · 会本地方言 · 哪些时候能调解：周末 · {scene.home.name_zh}" in shown
    assert f"/registers/people_mediator/{listed.number}/" in shown
    assert "028-12345678" in shown
    assert shown.count("/registers/people_mediator/") == 2, "the register stands there once, beside its entry"
    assert "/registers/mediation_organisation/" in shown
    assert page(on(official), "/en" + desk(quarrel)).count("takes up: property management · speaks local dialect") == 1


def test_what_does_not_fit_is_said_beside_what_does(scene, on, official, quarrel):  # noqa: F811
    facts = {"mediator_kind": "full_time", "duty_times": "周六上午", "languages": ["mandarin"]}
    registers.room(scene.home, of="people_mediator", name=NAME, fields_taken=["property"], **facts)
    shown = page(on(official), desk(quarrel))
    assert f"会调物业纠纷 · {scene.home.name_zh}" in shown
    assert "没对上：使用语言登记的是普通话 · 哪些时候能调解未登记" in shown


def test_a_register_without_anybody_says_what_to_do(on, official, quarrel):  # noqa: F811
    shown = page(on(official), desk(quarrel))
    assert shown.count("还没有登记") == 2
    assert "/registers/people_mediator/" in shown
    assert "填入表单" not in shown


def test_a_name_is_taken_into_the_form_and_from_there_onto_the_case(on, official, quarrel, listed):  # noqa: F811
    client, form = on(official), desk(quarrel, "do/part/")
    shown = page(client, form)
    assert 'name="take"' in shown
    assert f'value="{NAME}"' in shown
    reply = post(client, official, form, role="mediator", take=NAME)
    assert reply.status_code == 200
    text = reply.content.decode()
    assert f'name="alias" value="{NAME}"' in text
    assert '<option value="mediator" selected>' in text
    mediators = quarrel.parts.filter(role="mediator")
    assert not mediators.exists(), "taking a name into the form gives nothing out"
    assert post(client, official, form, role="mediator", alias=NAME).status_code == 303
    assert list(mediators.values_list("alias", "account_id")) == [(NAME, None)]
    assert "可以请谁" not in page(client, desk(quarrel)), "somebody has the part"
    assert "可以请谁" in page(client, form), "another one may be added"


def test_a_long_name_is_cut_to_what_a_case_can_hold(on, official, quarrel):  # noqa: F811
    client, form = on(official), desk(quarrel, "do/part/")
    reply = post(client, official, form, role="mediator", take="长" * 90)
    assert 'name="alias" value="' + "长" * 40 + '"' in reply.content.decode()


def test_who_may_not_see_the_case_sees_no_proposal_either(scene, on, official, quarrel, listed):  # noqa: F811
    for stranger in (scene.worker, scene.clerk, scene.officer):
        client: Client = on(stranger)
        page(client, desk(quarrel), 404)
        page(client, desk(quarrel, "do/part/"), 404)
        assert post(client, stranger, desk(quarrel, "do/part/"), role="mediator", take=NAME).status_code == 404


def test_the_register_learns_nothing_of_the_case(on, official, quarrel, listed):  # noqa: F811
    client = on(official)
    page(client, desk(quarrel))
    post(client, official, desk(quarrel, "do/part/"), role="mediator", take=NAME)
    assert not Look.objects.exists()
    assert listed.changes.count() == 1
    entry = page(client, f"/registers/people_mediator/{listed.number}/")
    assert quarrel.number not in entry
    with translation.override("zh-hans"):
        assert NAME in entry
