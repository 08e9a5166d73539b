"""Whom registers propose for a part of a case: in which order, for which reasons, and to whom that is shown."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from liren.foundation.people.models import Account
from liren.foundation.policy.engine.lines import lines_of
from liren.foundation.policy.services import Where
from liren.service.cases import queries
from liren.service.cases.engine.declaration import parse, stored
from liren.service.cases.kind import faults, together
from liren.service.cases.models import Case
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import cases, registers

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R086")]
DAY = date(2026, 6, 1)
PACKS = ROOT / "packs/common"
STANDS = {"stands": "party"}
SAID = {"category": "property", "values": {**STANDS, "language": "dialect", "suits": "weekends"}}


def content(path: str) -> dict[str, Any]:
    return json.loads(json.dumps(tomllib.loads((PACKS / path).read_text(encoding="utf-8")), default=str))


MEDIATION, MEDIATOR, EXPERT = (
    content(f"{one}.toml") for one in ("cases/mediation", "registers/people_mediator", "registers/mediation_expert")
)


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def pool(scene: Scene) -> Scene:
    """The scene with mediation and its registers, as the packs declare them."""
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **MEDIATION})
    for one in (MEDIATOR, EXPERT):
        registers.declared(**{**dict.fromkeys(registers.PLAIN), **one})
    return scene


@pytest.fixture
def official(pool: Scene) -> Account:
    return make.official("mediator", pool.town.street)


def mediator(unit: Any, name: str, **more: Any) -> Any:
    given = {"mediator_kind": "part_time", "fields_taken": ["property"], "languages": ["mandarin"], **more}
    return registers.room(unit, of="people_mediator", name=name, **{"duty_times": "周三上午", **given})


def expert(unit: Any, name: str, **more: Any) -> Any:
    given = {"fields_taken": ["property"], "languages": ["mandarin"], "availability": "weekdays", "workplace": "学会"}
    return registers.room(unit, of="mediation_expert", name=name, **{**given, "term_until": "2030-01-01", **more})


def quarrel(scene: Scene, **more: Any) -> Case:
    return cases.reported(scene.town.community, "mediation", by=scene.resident, **{**SAID, **more})


def found(case: Case, actor: Any, on: date = DAY) -> dict[str, list[queries.Proposal]]:
    return {one.register.code: one.rows for one in queries.proposals(case, actor, on=on)}


def names(case: Case, actor: Any, register: str = "people_mediator", on: date = DAY) -> list[str]:
    return [one.name for one in found(case, actor, on)[register]]


def test_the_field_counts_first_then_language_then_time_then_how_near_then_the_name(pool, official):
    here, street = pool.town.community, pool.town.street
    whole = {"languages": ["dialect", "mandarin"], "availability": ["weekends", "evenings"]}
    mediator(here, "甲 全不合", fields_taken=["family"])
    mediator(here, "乙 只差专长", fields_taken=["family"], **whole)
    mediator(here, "丙 只合专长")
    mediator(here, "丁 专长和时间", availability=["weekends"])
    mediator(here, "戊 专长和语言", languages=["dialect"])
    mediator(street, "己 全合在街道", **whole)
    mediator(here, "壬 全合", **whole)
    mediator(here, "辛 随时", languages=["dialect"], availability=["any"])
    assert [one.split()[0] for one in names(quarrel(pool), official)] == list("壬辛己戊丁丙乙甲")


def test_language_and_time_change_the_order_only_where_the_case_says_them(pool, official):
    mediator(pool.town.community, "甲", languages=["mandarin"], availability=["weekdays"])
    mediator(pool.town.community, "乙", languages=["english"], availability=["evenings"])
    asked = [{}, {"language": "english"}, {"suits": "evenings"}, {"language": "mandarin", "suits": "evenings"}]
    orders = [names(quarrel(pool, values={**STANDS, **one}), official) for one in asked]
    assert orders == [["甲", "乙"], ["乙", "甲"], ["乙", "甲"], ["甲", "乙"]]
    (open_, *_more) = queries.proposals(quarrel(pool, values={**STANDS, "suits": "any"}), official, on=DAY)
    assert open_.unsaid == ["谈的时候想用的语言"]
    assert [one.lacks for one in open_.rows] == [[], []], "who is free at any time asks for no time"


def test_each_stands_there_with_reasons_in_words_and_without_a_number(pool, official):
    mediator(pool.town.community, "甲", languages=["dialect"], availability=["weekends"], phone="028-12345678")
    mediator(pool.town.community, "乙", fields_taken=["family", "land"])
    one, other = found(quarrel(pool), official)["people_mediator"]
    assert (one.fits, one.lacks) == (["会调物业纠纷", "会本地方言", "哪些时候能调解：周末"], [])
    assert one.facts == [("值班时间", "周三上午"), ("办公电话", "028-12345678")]
    assert other.fits == []
    assert other.lacks == ["擅长的纠纷登记的是家事纠纷、土地承包", "使用语言登记的是普通话", "哪些时候能调解未登记"]
    with translation.override("en"):
        one = found(quarrel(pool), official)["people_mediator"][0]
        assert one.fits[:2] == ["takes up: property management", "speaks local dialect"]
    assert set(vars(one)) == {"entry", "fits", "lacks", "facts"}


def test_what_a_case_is_about_leads_to_the_fields_of_experts_and_their_conflicts_are_shown(pool, official):
    district = pool.town.district
    expert(district, "甲", fields_taken=["medical"])
    expert(district, "乙", fields_taken=["psychology", "environment"], conflicts="不参与锦绣物业的纠纷")
    case = quarrel(pool, category="neighbours")
    assert names(case, official, "mediation_expert") == ["乙", "甲"]
    first = found(case, official)["mediation_expert"][0]
    assert first.fits == ["懂心理疏导、生态环境"]
    assert ("须回避的单位和事项", "不参与锦绣物业的纠纷") in first.facts


def test_a_telephone_for_workers_is_shown_to_those_alone_who_read_it_in_the_register(pool, official):
    expert(pool.town.district, "甲", phone="13800000000")
    reader = make.official("mediator", pool.town.street)
    make.mandate(reader, "district_admin", pool.town.district)
    reader = Account.objects.get(pk=reader.pk)
    assert reader.holds("registers.read", pool.town.district)
    shown = [
        [name for name, _text in found(quarrel(pool), one)["mediation_expert"][0].facts] for one in (official, reader)
    ]
    assert shown == [["供职单位和职务"], ["供职单位和职务", "联络电话"]]


def test_whose_term_is_over_is_proposed_no_more(pool, official):
    expert(pool.town.district, "甲", term_until="2026-06-01")
    mediator(pool.town.community, "无期")
    mediator(pool.town.community, "有期", term_until="2026-06-01")
    case = quarrel(pool)
    assert (names(case, official, "mediation_expert"), names(case, official)) == (["甲"], ["无期", "有期"])
    after = date(2026, 6, 2)
    assert names(case, official, "mediation_expert", after) == []
    assert names(case, official, on=after) == ["无期"]


def test_nobody_of_another_district_or_community_is_proposed(pool, official):
    town = pool.town
    expert(town.sibling_district, "别区的")
    expert(town.city, "市里的")
    expert(town.district, "本区的")
    mediator(town.sibling_community, "隔壁社区的")
    mediator(town.sibling_street, "别的街道的")
    mediator(town.street, "本街道的")
    case = quarrel(pool)
    assert names(case, official, "mediation_expert") == ["本区的", "市里的"]
    assert names(case, official) == ["本街道的"]


def test_a_closed_entry_and_a_register_that_the_actor_may_not_read_propose_nobody(pool, official):
    mediator(pool.town.community, "在任")
    mediator(pool.town.community, "已退", opened_on=date(2020, 1, 1), closed_on=date(2026, 5, 1))
    case = quarrel(pool)
    assert names(case, official) == ["在任"]
    assert not official.holds("registers.read")
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **MEDIATOR, "visible": "workers"})
    assert list(found(case, official)) == ["mediation_expert"]
    make.mandate(official, "community_worker", pool.town.community)
    assert names(case, Account.objects.get(pk=official.pk)) == ["在任"]
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **MEDIATOR, "visible": "sealed"})
    assert list(found(case, Account.objects.get(pk=official.pk))) == ["mediation_expert"]


def test_ten_at_most_of_one_register(pool, official):
    for place in range(11):
        mediator(pool.town.community, f"第{place}位")
    assert len(names(quarrel(pool), official)) == 10


def test_who_gives_out_no_parts_is_shown_nobody(pool, official):
    mediator(pool.town.community, "甲")
    case = quarrel(pool)
    for stranger in (pool.resident, pool.neighbour, pool.worker, pool.clerk):
        assert queries.proposals(case, stranger, on=DAY) == []
    assert names(case, official) == ["甲"]


@pytest.mark.parametrize("many", [1, 3])
def test_it_costs_the_same_whatever_the_registers_hold(pool, official, many, django_assert_num_queries):
    for place in range(many):
        mediator(pool.town.community, f"甲{place}")
        expert(pool.town.district, f"乙{place}")
    case = quarrel(pool)
    found(case, official)
    with django_assert_num_queries(5):  # types, registers, parts of the actor, and one for each of the two registers
        found(case, official)


def test_a_case_of_a_version_that_knew_no_proposals_has_none(pool, official):
    older = {**MEDIATION, "parts": [{k: v for k, v in one.items() if k != "proposed"} for one in MEDIATION["parts"]]}
    assert [one.proposed for one in stored(older).parts] == [(), ()]
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **older})
    case = quarrel(pool)
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **MEDIATION})
    assert queries.proposals(case, official, on=DAY) == []


@pytest.mark.requirement("R089")
def test_an_appointment_with_the_adviser_proposes_whoever_advises_this_community(scene):
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **content("cases/legal_advice.toml")})
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **content("registers/legal_adviser.toml")})
    facts = {"profession": "lawyer", "duty_times": "周二上午", "duty_days": 2, "booking_phone": "028-12345678"}
    for unit, name, until in (
        (scene.town.community, "王五律师", "2026-06-01"),
        (scene.town.community, "合同到期的", "2026-05-31"),
        (scene.town.sibling_community, "隔壁社区的", "2030-01-01"),
    ):
        registers.room(unit, of="legal_adviser", name=name, contract_until=until, **facts)
    (only,) = queries.proposals(cases.reported(scene.town.community, "legal_advice"), scene.worker, on=DAY)
    assert (only.part.code, [one.name for one in only.rows], only.unsaid) == ("adviser", ["王五律师"], [])
    assert only.rows[0].facts == [("坐班时间和地点", "周二上午"), ("预约电话", "028-12345678")]


# --- what the checker refuses ---

TEXT = (PACKS / "cases/mediation.toml").read_text(encoding="utf-8")


class Told:
    """A declaration as packs hold it."""

    def __init__(self, kind: str, text: str) -> None:
        self.kind, self.content = kind, tomllib.loads(text)
        self.code = self.content["code"]
        self.where = Where(f"{self.code}.toml", lines_of(text))


def told(old: str = "", new: str = "", *, text: str = TEXT, register: tuple[str, str] = ("", "")) -> list[str]:
    """Faults of the type with a piece replaced; alone first, then beside the registers, one of them changed too."""
    assert old in text
    assert old == "" or text.replace(old, new, 1) != text
    changed = text.replace(old, new, 1) if old else text
    books = [(PACKS / f"registers/{one}.toml").read_text(encoding="utf-8") for one in BOOKS]
    books = [one.replace(*register) if register[0] else one for one in books]
    beside = [Told("case_type", changed), *(Told("register", one) for one in books)]
    with translation.override("en"):
        alone = faults(tomllib.loads(changed), beside[0].where)
        return [str(one) for one in (alone or list(together(beside)))]


BOOKS = ("people_mediator", "mediation_expert")


def test_the_declaration_of_the_packs_is_right():
    assert told() == []
    first = parse(MEDIATION).parts[0].proposed[1].fits[0]
    assert (first.wanted("debt"), first.wanted("family"), first.wanted("")) == (("finance", "law"), ("family",), ())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('register = "people_mediator"', 'register = "people_mediators"', "there is no register “people_mediators”"),
        ('field = "fields_taken"', 'field = "fields"', "no such field “fields”"),
        ('field = "languages"', 'field = "duty_times"', "no such field “duty_times”"),
        ('valid_until = "term_until"', 'valid_until = "duty_times"', "no such field “duty_times”"),
        ('"duty_times", "phone"', '"duty_times", "mobile"', "no such field “mobile”"),
        ('petition = ["other"]', 'petition = ["others"]', "“others” is no choice of “fields_taken”"),
        (', codes = { petition = ["other"] }', "", "“petition” is no choice of “fields_taken”"),
    ],
)
def test_a_name_that_dangles_is_told_with_its_line_when_packs_are_checked(old, new, says):
    found = told(old, new)
    assert found
    assert all(says in one for one in found), found
    assert all(re.match(r"mediation\.toml:[1-9]", one) for one in found), found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('of = "language"', 'of = "languages"', "“languages” is no choice field or category of this type"),
        ('of = "language"', 'of = "room"', "“room” is no choice field or category"),
        ("petition = [", "petitions = [", "“petitions” is no answer to “category”"),
        ("会调{what}", "会调", "leaves no room for what fits"),
        ('kind = "account"\nmost = 2', 'kind = "body"\nmost = 2', "only a part for a person has proposals"),
    ],
)
def test_what_the_type_itself_does_not_know_is_told(old, new, says):
    assert any(says in one for one in told(old, new))


def test_nobody_is_chosen_by_what_not_everybody_reads():
    hidden = ('code = "languages"', 'code = "languages"\nvisible = "workers"')
    assert len([one for one in told(register=hidden) if "no such field “languages”" in one]) == 2
    found = told(register=('visible = "public"\nplace', 'visible = "sealed"\nplace'))
    assert [("sealed register" in one) for one in found] == [True, True]
