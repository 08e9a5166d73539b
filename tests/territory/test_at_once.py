"""Operations at the same moment, with real commits: one wins, the other hears why, and nothing blocks for good."""

from datetime import date
from decimal import Decimal

import pytest

from liren.foundation.kernel.errors import Conflict, LirenError
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Descent, Level, Population, Unit, UnitSpan
from liren.foundation.territory.services import NewUnit, Part
from tests.make import territory as make
from tests.make.kernel import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DAY = date(2020, 1, 1)


def test_of_two_mergers_of_one_unit_one_wins():
    town = make.small_town()
    into = [town.willow.pk, town.bridge.pk]
    results = at_once(2, lambda n: services.merge_units([town.plum.pk], into=into[n], **make.papers(DAY)))
    assert {type(result) for result in results} == {Unit, Conflict}
    assert Descent.objects.filter(source=town.plum).count() == 1
    assert UnitSpan.objects.filter(unit=town.plum).count() == 1


def test_two_units_that_swallow_each_other_do_not_both_vanish():
    town = make.small_town()
    pairs = [(town.east.pk, town.west.pk), (town.west.pk, town.east.pk)]
    results = at_once(2, lambda n: services.merge_units([pairs[n][0]], into=pairs[n][1], **make.papers(DAY)))
    assert {type(result) for result in results} == {Unit, Conflict}
    alive = [unit for unit in Unit.objects.filter(pk__in=pairs[0]) if unit.exists_on(make.TODAY)]
    assert len(alive) == 1
    assert len(queries.children(alive[0])) == 3


def test_of_two_new_units_with_one_code_one_is_founded():
    town = make.small_town()
    code = make.code(Level.COMMUNITY)
    results = at_once(2, lambda n: make.unit(Level.COMMUNITY, (town.east, town.west)[n], code=code))
    refused = [result for result in results if not isinstance(result, Unit)]
    assert len(refused) == 1
    assert Unit.objects.filter(code=code).count() == 1


def test_a_child_is_never_founded_below_a_unit_that_just_ended():
    town = make.small_town()
    acts = [
        lambda: services.merge_units([town.east.pk], into=town.west.pk, **make.papers(DAY)),
        lambda: make.unit(Level.COMMUNITY, town.east, on=DAY),
    ]
    merged, founded = at_once(2, lambda n: acts[n]())
    assert isinstance(merged, Unit)
    assert isinstance(founded, Conflict | Unit)
    assert list(queries.children(Unit.objects.get(pk=town.east.pk))) == []
    if isinstance(founded, Unit):
        assert Unit.objects.get(pk=founded.pk).path.startswith(town.west.path)


def test_figures_recorded_at_once_become_revisions_in_a_row():
    town = make.small_town()
    at_once(4, lambda n: make.population(town.willow, 2024, households=n))
    assert sorted(Population.objects.values_list("revision", flat=True)) == [1, 2, 3, 4]


def test_many_operations_at_once_leave_a_sound_tree():
    town = make.small_town()
    new = [NewUnit(make.code(Level.STREET), "street", f"新{n}街道") for n in range(2)]
    parts = [Part(town.east.pk, Decimal("0.5"), [town.willow.pk]), Part(new[0], Decimal("0.5"), [town.plum.pk])]
    acts = [
        lambda: services.rename_unit(town.grid.pk, name_zh="新格", **make.papers(DAY)),
        lambda: services.merge_units([town.east.pk], into=town.west.pk, **make.papers(DAY)),
        lambda: services.split_unit(town.east.pk, parts=parts, **make.papers(DAY)),
        lambda: services.move_unit(town.willow.pk, parent_id=town.west.pk, **make.papers(DAY)),
        lambda: services.undistrict_unit(town.district.pk, **make.papers(DAY)),
        lambda: services.rename_unit(town.willow.pk, name_zh="新柳社区", **make.papers(DAY)),
    ]
    results = at_once(len(acts), lambda n: acts[n]())
    assert [r for r in results if isinstance(r, Exception) and not isinstance(r, LirenError)] == []
    for unit in Unit.objects.all():
        chain = queries.chain(unit, DAY)
        if unit.exists_on(make.TODAY):
            assert [step.unit_id for step in chain] == unit.path_ids
            assert [step.unit_id for step in queries.chain(unit)] == unit.path_ids
