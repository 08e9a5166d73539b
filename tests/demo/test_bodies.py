"""Who acts in the simulated city: what the documents name, by its numbers, and nobody who exists."""

from collections import Counter

import pytest

from liren.foundation.bodies import queries
from liren.foundation.bodies.engine.codes import fault_of
from liren.foundation.bodies.models import Body, Post
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory.models import Unit
from tests.make.demo import demo_city


@pytest.fixture(scope="module", params=["hamlet", "town"])
def city(request):
    return demo_city(request.param)


def at_level(city, level):
    return [place for place, unit in enumerate(city.units) if unit.level == level and unit.closed_on is None]


def test_the_city_has_the_23_departments_and_8_mass_organisations(city):
    kinds = Counter(body.kind for body in city.acting.bodies if body.unit == 0)
    assert (kinds["department"], kinds["mass_organisation"], kinds["coordinating"]) == (23, 8, 1)


def test_every_community_of_today_has_four_parts_and_five_sub_committees(city):
    communities = at_level(city, 5)
    for place in communities:
        mine = [body for body in city.acting.bodies if body.unit == place]
        assert sorted(body.part for body in mine if body.part) == ["carries_out", "checks", "convenes", "decides"]
        assert sum(body.kind == "sub_committee" for body in mine) == 5
        assert sum(body.kind == "volunteer_team" for body in mine) == 1
    assert {body.unit for body in city.acting.bodies} <= {
        place for place, unit in enumerate(city.units) if unit.closed_on is None
    }


def test_the_chair_of_each_commission_is_held_by_virtue_of_a_post(city):
    acting = city.acting
    for held in acting.holdings:
        body = acting.bodies[acting.posts[held.post].body]
        assert (held.by_post is not None) == (held.how == "ex_officio") == (not held.name)
        if body.kind == "coordinating":
            assert acting.posts[held.by_post].is_head


def test_codes_fit_and_belong_to_no_real_division(city):
    codes = [body.uscc for body in city.acting.bodies if body.uscc]
    assert len(set(codes)) == len(codes) > 0
    assert {fault_of(code) for code in codes} == {""}
    assert {code[2:6] for code in codes} == {"9901"}


def test_bodies_of_the_authorities_say_that_they_are_simulated(city):
    kinds = {"government", "department", "coordinating", "mass_organisation", "resident_unit"}
    assert [b.name_zh for b in city.acting.bodies if b.kind in kinds and not b.name_zh.endswith("（模拟）")] == []
    assert {row.telephone[:5] for row in [*city.acting.bodies, *city.acting.liaisons] if row.telephone} == {"0000-"}


def test_every_body_is_named_in_both_languages_and_once_in_its_unit(city):
    assert [b.name_zh for b in city.acting.bodies if not b.name_en or not b.name_en.isascii()] == []
    used = Counter((b.unit, b.kind, b.name_zh) for b in city.acting.bodies)
    assert [name for name, times in used.items() if times > 1] == []


def test_villages_have_collectives_and_estates_have_firms():
    city = demo_city("town")
    villages = [place for place in at_level(city, 5) if city.units[place].face.kind == "village"]
    assert {b.unit for b in city.acting.bodies if b.kind == "collective_economy"} == set(villages)
    firms = {b.unit for b in city.acting.bodies if b.kind == "property_firm"}
    assert firms == {c.unit for c in city.compounds if c.form in ("firm", "trust")}


@pytest.mark.slow
def test_the_loaded_city_answers_who_acts(hamlet, db):
    root = Unit.objects.get(code=hamlet.units[0].face.code)
    today = hamlet.acting.holdings[0].since
    assert sum(row.count for row in queries.overview(root, today)) == len(hamlet.acting.bodies)
    assert queries.same_person(root, today).both_filled == 2
    assert set(Body.objects.values_list("is_simulated", flat=True)) == {True}
    chair = Post.objects.get(body__kind="coordinating", body__unit=root)
    held = queries.offices(chair.body, ANONYMOUS, today)[0].held[0]
    assert held.name
    assert held.via
