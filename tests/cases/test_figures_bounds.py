"""A month is counted out of what happened in it: rows that are over before it began are not even looked at."""

import json
import random
from datetime import timedelta

import pytest
from django.db import connection

from liren.service.cases.models import Case, CaseClock, CaseEvent, MonthFigure, Rating
from liren.service.cases.services import figures, topics
from tests import make
from tests.cases.test_figures import AT, MONTH, SINCE, _around, _one
from tests.make import cases

OLD, NEW = 3000, 40
TABLES = {"cases_case", "cases_caseclock", "cases_caseevent", "cases_rating"}


def put(found):
    """Cases with what is around them."""
    chance = random.Random(9)
    made = Case.objects.bulk_create(found)
    around = [_around(chance, case) for case in made]
    for place, model in enumerate((CaseClock, CaseEvent, Rating)):
        model.objects.bulk_create([row for rows in around for row in rows[place]])
    return made


def long_ago(case):
    """The same case two years earlier, closed in time."""
    case.received_at = SINCE - timedelta(days=700)
    case.first_answer_at = case.answered_at = case.received_at + timedelta(minutes=5)
    case.changed_at = case.closed_at = case.received_at + timedelta(days=1)
    case.phase, case.outcome, case.rounds = "closed", "solved", 1
    return case


def looked_at(plan):
    """Rows of the tables of cases that a plan went through."""
    rows = 0
    if plan.get("Relation Name") in TABLES:
        rows = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return rows + sum(looked_at(one) for one in plan.get("Plans", ()))


def explained(cursor, sql, facts):
    """The plan as run, on tables so small that the database must be told not to read them whole."""
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", facts)
    (found,) = cursor.fetchone()
    return (found if isinstance(found, list) else json.loads(found))[0]["Plan"]


@pytest.fixture
def archive(db):
    """A town with very many old cases, and few of this month."""
    town, type, chance = make.town(), cases.declare(), random.Random(3)
    place = [town.community]
    old = put([long_ago(_one(chance, [type], place)) for _ in range(OLD)])
    ratings = [Rating(case=one, round=2, voice="reporter", solved=True, at=one.closed_at) for one in old]
    Rating.objects.bulk_create(ratings)
    new = put([_one(chance, [type], place) for _ in range(NEW)])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(sorted(TABLES))}")
    return town, type, old, new


@pytest.mark.slow
@pytest.mark.requirement("R081")
def test_a_month_costs_what_happened_in_it(archive):
    facts = {"month": MONTH, "at": AT, **figures._bounds(MONTH), **figures._said_by_types()}
    with connection.cursor() as cursor:
        plan = explained(cursor, figures.COUNT, facts)
    assert looked_at(plan) < 30 * NEW
    assert MonthFigure.objects.filter(month=MONTH).exists()


def _lamp(type, unit):
    facts = {"text": "路灯不亮", "channel": "web", "state": "working", "confidentiality": "public", "taken_by": "test"}
    return Case(type_id=type.pk, written_as_id=type.version, unit=unit, received_at=AT, changed_at=AT, **facts)


@pytest.mark.slow
@pytest.mark.requirement("R082")
def test_topics_of_a_quiet_place_cost_what_was_reported_there(archive):
    town, type, _old, _new = archive
    for unit, many in ((town.community, 800), (town.sibling_community, 7), (town.community, 100)):
        Case.objects.bulk_create(_lamp(type, unit) for _ in range(many))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case")
        rows = topics.newest(town.sibling_community.pk, type.pk, AT)
        sql, params = rows.query.sql_with_params()
        plan = explained(cursor, sql, params)
    assert looked_at(plan) <= 7
    assert [one.cases for one in topics._of_place(town.sibling_community.pk, type.pk, AT)] == [7]
