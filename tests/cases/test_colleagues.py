"""Who can be added to a case: staff, where one works oneself; a sealed case only to those whose mandate opens it."""

import pytest
from django.utils import timezone

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries, services
from liren.service.cases.models import Case
from tests import make
from tests.make import bodies, cases

pytestmark = pytest.mark.django_db


def test_colleagues_are_staff_of_where_one_works_and_never_residents(scene):
    case = cases.reported(scene.town.community, by=scene.resident)
    town, day = scene.town, timezone.localdate(cases.NOW)

    def found(case, actor):
        return {one.pk for one in queries.colleagues(case, actor, on=day)}

    beside = make.official("community_worker", town.community)
    grid = make.official("grid_worker", town.grid)
    make.official("community_worker", town.sibling_community)
    make.official("planner", town.street)
    street = make.official("street_officer", town.street)
    here = {scene.worker.pk, beside.pk, grid.pk}
    assert found(case, scene.worker) == here
    assert found(case, street) == {*here, street.pk}
    assert [found(case, one) for one in (scene.resident, scene.neighbour, scene.clerk, ANONYMOUS)] == [set()] * 4
    case = cases.moved(case, "dispatch", by=scene.worker, body_id=scene.department.pk)
    second = cases.clerk(scene.department, town.district)
    assert found(case, scene.clerk) == {scene.clerk.pk, second.pk}
    services.add_part(case.pk, role="party", account_id=grid.pk, by=scene.worker, at=cases.NOW)
    assert found(case, scene.worker) == here - {grid.pk}
    (office,) = (one.office for one in queries.colleagues(case, scene.worker, on=day) if one.pk == beside.pk)
    assert town.community.name in office


@pytest.mark.requirement("R108", "R338")
def test_a_sealed_case_is_given_only_to_colleagues_whose_mandate_opens_it(scene):
    cases.sealed()
    day, district = timezone.localdate(cases.NOW), scene.town.district
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    officer, second = (make.official("supervision_officer", district) for _ in range(2))
    cases.clerk(scene.other, district, "supervision_officer")
    make.official("mediator", district)
    assert {one.pk for one in queries.colleagues(case, officer, on=day)} == {officer.pk, second.pk}
    assert queries.colleagues(case, scene.worker, on=day) == []


@pytest.mark.requirement("R338")
def test_a_part_that_opens_a_sealed_case_is_given_to_nobody_else(scene):
    helpers = [*cases.REQUEST["parts"], {"code": "examiner", "name": {"zh": "调查人", "en": "Examiner"}, "most": 9}]
    cases.sealed(parts=helpers)
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    officer, second = (make.official("supervision_officer", scene.town.district) for _ in range(2))
    blamed = cases.clerk(scene.other, scene.town.district, "supervision_officer")
    give = {"role": "examiner", "by": officer, "at": cases.NOW}
    for who in (scene.worker, scene.neighbour, scene.clerk, blamed, make.official("mediator", scene.town.district)):
        with pytest.raises(BadInput):
            services.add_part(case.pk, account_id=who.pk, **give)
    with pytest.raises(BadInput):
        services.add_part(case.pk, account_id=blamed.pk, **{**give, "role": "party"})
    assert services.add_part(case.pk, account_id=second.pk, **give).account_id == second.pk
    assert services.add_part(case.pk, account_id=scene.neighbour.pk, **{**give, "role": "party"}).consented_at is None


def test_a_part_on_a_limited_case_is_given_to_colleagues_only(scene):
    fields = [{**one, "public": False} for one in cases.REQUEST["fields"]]
    helper = {"code": "agent", "name": {"zh": "帮办", "en": "Agent"}, "most": 9}
    cases.declare("quiet", confidentiality="limited", fields=fields, parts=[*cases.REQUEST["parts"], helper])
    case = cases.reported(scene.town.community, "quiet", by=scene.resident)
    give = {"role": "agent", "by": scene.worker, "at": cases.NOW}
    for who in (scene.neighbour, scene.clerk, make.official("community_worker", scene.town.sibling_community)):
        with pytest.raises(BadInput):
            services.add_part(case.pk, account_id=who.pk, **give)
    grid = make.official("grid_worker", scene.town.grid)
    assert [services.add_part(case.pk, account_id=who.pk, **give).account_id for who in (grid, scene.resident)]


def test_who_comes_to_the_body_complained_of_sees_the_complaint_no_more(scene):
    cases.sealed()
    case = cases.reported(scene.town.community, "complaint", about_body_id=scene.other.pk)
    officer = make.official("supervision_officer", scene.town.district)
    services.add_part(case.pk, role="party", account_id=scene.neighbour.pk, by=officer, at=cases.NOW)
    assert Case.objects.visible_to(scene.neighbour).filter(pk=case.pk).exists()
    bodies.holding(bodies.post(scene.other, name_zh="新任"), account_id=scene.neighbour.pk)
    moved = type(scene.neighbour).objects.get(pk=scene.neighbour.pk)
    assert not Case.objects.visible_to(moved).filter(pk=case.pk).exists()
