"""A condition asked of a row at hand says what the database says of the same row."""

import random
from functools import reduce
from operator import and_, or_

import pytest
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.holding import said_of
from liren.foundation.territory.models import Unit
from tests import make
from tests.make import bodies

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    """Units of every level, those without a parent too; bodies with and without a parent and a zone."""
    town = make.small_town()
    upper = bodies.body(town.city, name_zh="市政局")
    bodies.body(town.district, name_zh="市政处", parent_id=upper.pk)
    bodies.body(town.east, name_zh="办事处")
    return town


def leaves(town):
    """Conditions of every lookup, on columns that may be empty too, and on those of a row that is always there."""
    some = Unit.objects.filter(level__lte=2)
    return {
        Unit: [
            Q(pk=town.city.pk), Q(pk__in=[]), Q(level=5), Q(level__in=[1, 4]), Q(parent_id=town.district.pk),
            Q(parent__in=[town.city.pk, town.east.pk]), Q(parent__isnull=True), Q(parent__isnull=False),
            Q(path__startswith=town.district.path), Q(code__startswith="99"), Q(pk__in=some.values("pk")),
            Q(parent__in=some.values("pk")), Q(), Q(level=1, parent__isnull=True),
        ],
        Body: [
            Q(parent__isnull=True), Q(name_zh="市政局"), Q(unit__path__startswith=town.district.path),
            Q(unit__in=[town.city.pk]), Q(unit__level=town.east.level), Q(zone__isnull=False),
            Q(parent__in=Body.objects.filter(parent=None).values("pk")), Q(name_zh__startswith="市"),
        ],
    }  # fmt: skip


def grown(chance, given, depth):
    """A condition made up at random: all, any and none of smaller ones."""
    if depth == 0 or chance.random() < 0.2:
        found = chance.choice(given)
    else:
        parts = [grown(chance, given, depth - 1) for _ in range(chance.randint(1, 3))]
        found = reduce(chance.choice([and_, or_]), parts)
    return ~found if chance.random() < 0.35 else found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", [Unit, Body])
def test_any_condition_holds_for_the_rows_that_a_query_finds(city, model, seed):
    chance = random.Random(seed)
    rows = list(model.objects.all())
    assert len(rows) >= 3
    given = leaves(city)[model]
    for condition in [*given, *(grown(chance, given, 3) for _ in range(40))]:
        found = set(model.objects.filter(condition).values_list("pk", flat=True))
        for row in rows:
            assert said_of(condition, row) in (None, row.pk in found), condition
    plain = [one for one in given if not asks_others(one)]
    assert all(said_of(one, row) is not None for one in plain for row in rows)


def asks_others(condition):
    return any(isinstance(value, QuerySet) for _path, value in condition.children)


def test_what_hangs_on_other_rows_counts_only_where_the_row_does_not_decide(city):
    row, yes, no = city.district, Q(level=city.district.level), Q(level=city.city.level)
    other = Q(Exists(Body.objects.filter(unit=OuterRef("pk"))))
    assert said_of(other | yes, row) is True
    assert said_of(other & no, row) is False
    assert said_of(~(other & no), row) is True
    for open_ in (other, other | no, other & yes, ~(other | no)):
        assert said_of(open_, row) is None


def test_what_only_the_database_can_say_is_not_guessed(city):
    compared = (Q(level__gt=1), Q(level=F("id")), Q(parent=city.city), Q(parent=None), Q(level=1) ^ Q(level=2))
    for condition in (*compared, Q(parent__level=2)):
        assert said_of(condition, city.district) is None
