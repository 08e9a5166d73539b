"""A list read out of many short queues is the list read as a whole, and none is gone through further than a page."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.foundation.people.models import Account
from liren.service.cases import queries, services
from liren.service.cases.models import Case
from liren.service.cases.queries import firsts, lists
from tests import make
from tests.cases.test_figures_bounds import explained, looked_at
from tests.make import bodies, cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
VIEWS = ("unit", "due", "answered", "all", "closed")


def written(type, unit, body, chance, **changes):
    """A case as it stands, past the services: so many can be made in a moment."""
    phase = chance.choice(["open", "open", "open", "answered", "closed"])
    due = None if phase == "closed" or chance.random() < 0.2 else NOW + chance.randrange(-9, 9) * DAY
    facts = {"phase": phase, "due_at": due, "received_at": NOW - 30 * DAY, "confidentiality": "public"}
    if phase != "open":
        facts["answered_at"] = NOW - 20 * DAY
    if phase == "closed":
        facts |= {"closed_at": NOW - 10 * DAY, "outcome": "solved"}
    return Case(type_id=type.pk, written_as_id=type.version, unit=unit, body=body, text="x", channel="web",
                state="working", taken_by="test", changed_at=NOW, **{**facts, **changes})  # fmt: skip


@pytest.fixture
def crowd(scene):
    """Cases of several places and bodies; some sealed, some against the department, some with a helper."""
    town, chance, type = scene.town, random.Random(4), scene.request if hasattr(scene, "request") else cases.declare()
    units = [town.community, town.sibling_community, town.cousin_community]
    sealed = {"confidentiality": "sealed", "sealed_to": "mediation"}
    rows = [written(type, chance.choice(units), chance.choice([None, scene.department, scene.other]), chance)
            for _ in range(160)]  # fmt: skip
    rows += [written(type, town.community, scene.department, chance, **sealed) for _ in range(10)]
    rows += [written(type, town.community, scene.department, chance, about_body=scene.department) for _ in range(10)]
    made = Case.objects.bulk_create(rows)
    for one in [one for one in made if one.body_id == scene.other.pk and one.phase == "open"][:4]:
        services.add_part(one.pk, role="helper", body_id=scene.department.pk, by=cases.SYSTEM, at=NOW)
    return made


def both_ends(scene):
    """Somebody who works in a community and holds a post in the department."""
    worker = make.official("community_worker", scene.town.community)
    bodies.holding(bodies.post(scene.department, name_zh="兼职"), account_id=worker.pk)
    return worker


def walked(actor, view):
    found, after = [], None
    for _ in range(99):
        page = queries.desk_list(actor, view=view, after=after, limit=7, at=NOW)
        found += [row.case.pk for row in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the list has no end")


def test_short_queues_give_the_whole_list(scene, crowd, monkeypatch):
    officer = make.official("street_officer", scene.town.street)
    actors = [scene.worker, scene.clerk, officer, both_ends(scene), scene.resident]
    short = {(one.pk, view): walked(fresh(one), view) for one in actors for view in VIEWS}
    assert all(firsts.queues_of(fresh(one), "all") for one in actors[:4])
    monkeypatch.setattr(lists, "queues_of", lambda actor, view: None)
    assert short == {(one.pk, view): walked(fresh(one), view) for one in actors for view in VIEWS}
    assert min(len(short[one.pk, "all"]) for one in actors[:4]) > 20
    assert short[scene.resident.pk, "all"] == []


def fresh(actor):
    """As a request reads it: nothing is known of it yet."""
    return Account.objects.get(pk=actor.pk)


def test_what_is_rare_or_wide_is_read_as_a_whole(scene):
    mediator = make.official("mediator", scene.town.street)
    assert [firsts.queues_of(scene.worker, view) for view in ("mine", "called", "disputed", "hidden")] == [None] * 4
    assert firsts.queues_of(mediator, "all") is None
    assert firsts.queues_of(scene.clerk, "closed") is None
    assert firsts.queues_of(scene.resident, "all") is None


@pytest.mark.slow
@pytest.mark.parametrize("view", ["unit", "due", "answered"])
def test_a_department_reads_a_page_and_not_its_queue(scene, view):
    type, chance, unit = cases.declare(), random.Random(6), scene.town.community
    rows = [written(type, unit, scene.department, chance, due_at=NOW - DAY) for _ in range(1500)]
    rows = [one for one in rows if one.phase != "closed"]
    rows += [written(type, unit, scene.other, chance) for _ in range(1500)]
    Case.objects.bulk_create(rows)
    analyse()
    assert rows_read(fresh(scene.clerk), view) < 300


def analyse():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")


def rows_read(actor, view):
    """How many rows the database looks at for the first page of a view."""
    with CaptureQueriesContext(connection) as caught:
        page = queries.desk_list(actor, view=view, limit=10, at=NOW)
    assert len(page.rows) == 10
    (sql,) = [one["sql"] for one in caught if 'FROM "cases_case"' in one["sql"]][:1]
    with connection.cursor() as cursor:
        return looked_at(explained(cursor.cursor, sql.replace("%", "%%"), []))
