"""One rule of sight: what is said of one case at hand is what every list goes by, whoever asks, whatever the case."""

import random

import pytest

from liren.foundation.kernel.holding import said_of
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models import RoleLevel
from liren.service.cases import services
from liren.service.cases.models import Call, Case, CaseEvent, CasePart, in_sight_of
from liren.service.cases.queries import NoCase, case_by_id
from tests import make
from tests.make import bodies, cases

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POWERS = (
    "city_admin", "district_admin", "street_officer", "community_worker", "grid_worker", "phone_agent", "auditor",
    "department_clerk", "mediator", "support_worker", "refuge_worker", "supervision_officer", "civil_affairs",
)  # fmt: skip
#: Held by one person together.
SEVERAL = ("community_worker", "street_officer", "phone_agent", "mediator", "support_worker")
MANY = 48


def place_for(role, town, chance):
    """A unit of a level at which the role is held."""
    places = [town.city, town.district, town.street, town.community, town.sibling_district, town.sibling_community]
    levels = set(RoleLevel.objects.filter(role__code=role).values_list("level", flat=True))
    return chance.choice([one for one in [*places, town.grid] if one.level in levels])


def crowd(scene, chance):
    """Officials of every role in many places, some with a post in a body; clerks, residents, a receipt, a stranger."""
    town = scene.town
    found = [ANONYMOUS, scene.worker, scene.clerk, scene.other_clerk, scene.agent, scene.resident, scene.neighbour]
    for role in POWERS:
        one = make.official(role, place_for(role, town, chance))
        if role in SEVERAL and chance.random() < 0.6:
            more = chance.choice([one for one in SEVERAL if one != role])
            make.mandate(one, more, place_for(more, town, chance))
        if chance.random() < 0.4:
            body = chance.choice([scene.department, scene.other])
            bodies.holding(bodies.post(body, name_zh=f"兼职{one.pk}"), account_id=one.pk)
        found.append(type(one).objects.get(pk=one.pk))
    return found


def matters(scene, chance, people):
    """Cases of every shade: public, hidden, limited, sealed to each desk, complained of, sent, answered, handled."""
    town, accounts = scene.town, [one for one in people if one.pk]
    units = [town.community, town.sibling_community]
    made = [cases.taken(units[0], text=f"第{n}件") for n in range(MANY)]
    for one in made:
        kind = chance.choice(["public", "public", "limited", "sealed"])
        sealed = {"sealed_to": chance.choice(["mediation", "support", "refuge", "supervision"])}
        reporter = chance.choice([None, None, *accounts])
        answered = {"state": "answered", "phase": "answered", "answered_at": cases.NOW}
        Case.objects.filter(pk=one.case.pk).update(
            confidentiality=kind,
            is_hidden=chance.random() < 0.3,
            unit=chance.choice(units),
            reporter=None if kind == "sealed" and sealed["sealed_to"] == "refuge" else reporter,
            handler=chance.choice([None, *accounts]),
            body=chance.choice([None, scene.department, scene.other]),
            about_body=chance.choice([None, None, None, scene.department, scene.other]),
            **(sealed if kind == "sealed" else {}),
            **(answered if chance.random() < 0.5 else {}),
        )
        beside(one.case, scene, chance, accounts)
    return made


def beside(case, scene, chance, accounts):
    """Rows about the case on which it may hang who sees it: parts, calls, who handled it."""
    bodies_, facts = [scene.department, scene.other], {"case": case}
    if chance.random() < 0.4:
        who = chance.choice([{"account": chance.choice(accounts)}, {"body": chance.choice(bodies_)}])
        left = chance.choice([None, None, cases.NOW])
        CasePart.objects.create(**facts, **who, role="helper", joined_at=cases.NOW, left_at=left)
    if chance.random() < 0.3:
        Call.objects.create(
            **facts, body=chance.choice(bodies_), question="能来吗", called_at=cases.NOW, called_by="account:1",
            due_at=cases.NOW, state=chance.choice(["open", "withdrawn"]),
        )  # fmt: skip
    if chance.random() < 0.4:
        by = chance.choice(accounts)
        CaseEvent.objects.create(**facts, at=cases.NOW, actor=by.label, kind="moved", move="take", facts={"as": "body"})


def is_read(pk, actor):
    try:
        return case_by_id(pk, actor).pk == pk
    except NoCase:
        return False


@pytest.mark.requirement("R108", "R338")
@pytest.mark.parametrize("seed", range(3))
def test_a_case_is_seen_alone_exactly_where_a_list_shows_it(scene, seed):
    chance = random.Random(seed)
    people = crowd(scene, chance)
    made = matters(scene, chance, people)
    people += [services.holder(one.case.number, one.receipt_key) for one in made[:2]]
    rows = list(Case.objects.select_related("unit"))
    assert len(rows) == MANY
    seen = 0
    for actor in people:
        shown = set(Case.objects.visible_to(actor).values_list("pk", flat=True))
        rule = in_sight_of(actor)
        for row in rows:
            assert said_of(rule, row) in (None, row.pk in shown), actor
            assert is_read(row.pk, actor) is (row.pk in shown), actor
        seen += len(shown)
    assert 0.2 < seen / (MANY * len(people)) < 0.8, "too much of one kind to show anything"


def test_a_case_is_read_with_what_belongs_to_it_in_one_statement(scene, django_assert_num_queries):
    case = cases.reported(scene.town.community)
    Case.objects.filter(pk=case.pk).update(body=scene.department)
    bare = cases.reported(scene.town.community)
    with django_assert_num_queries(1):
        found = case_by_id(case.pk, ANONYMOUS)
        assert (found.unit, found.body) == (scene.town.community, scene.department)
    with django_assert_num_queries(1):
        assert case_by_id(bare.pk, ANONYMOUS).body is None
    same = Case.objects.get(pk=case.pk)
    assert all(getattr(found, one.attname) == getattr(same, one.attname) for one in Case._meta.concrete_fields)
    for pk in (0, -1, 2**63, case.pk + 1_000_000):
        with pytest.raises(NoCase):
            case_by_id(pk, ANONYMOUS)
