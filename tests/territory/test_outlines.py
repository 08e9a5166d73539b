"""Outlines follow mergers and splits: joined where all pieces are known, ended where they would be wrong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from shapely.geometry import box

from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Boundary, Level
from liren.foundation.territory.queries.places import units_at
from liren.foundation.territory.services import NewUnit, Part
from liren.foundation.territory.services.boundaries import set_boundary
from tests.make import territory as make

D2020 = date(2020, 1, 1)
BEFORE = D2020 - timedelta(days=1)
PLACES = {"willow": (103.00, 103.01), "plum": (103.01, 103.02), "bridge": (103.02, 103.03)}


def draw(unit, west, east):
    shape = box(west, 30.0, east, 30.01)
    facts = {"crs": "wgs84", "source": "测绘", "from_day": make.LONG_AGO, "by": make.SYSTEM, "at": make.NOW}
    return set_boundary(unit_id=unit.pk, shape=shape, **facts)


@pytest.fixture
def drawn(town):
    for name, (west, east) in PLACES.items():
        draw(getattr(town, name), west, east)
    return town


def at(lon, day):
    return [unit.pk for unit in units_at(lon, 30.005, on=day)]


@pytest.mark.requirement("R024")
def test_a_merged_units_ground_belongs_to_its_successor_from_the_day_on(drawn):
    services.merge_units([drawn.plum.pk], into=drawn.willow.pk, **make.papers(D2020))
    assert at(103.015, BEFORE) == [drawn.plum.pk]
    assert at(103.015, D2020) == [drawn.willow.pk]
    assert at(103.005, BEFORE) == at(103.005, D2020) == [drawn.willow.pk]


def test_a_new_unit_of_a_merger_is_bounded_by_its_sources(drawn):
    new = NewUnit(make.code(Level.COMMUNITY), "community", "柳梅社区")
    both = services.merge_units([drawn.willow.pk, drawn.plum.pk], into=new, **make.papers(D2020))
    areas = dict(Boundary.objects.filter(during__contains=BEFORE).values_list("unit_id", "area_m2"))
    joined = Boundary.objects.get(unit=both)
    assert joined.area_m2 == pytest.approx(areas[drawn.willow.pk] + areas[drawn.plum.pk], rel=1e-6)
    assert (joined.west, joined.east) == (103.0, 103.02)


def test_an_outline_ends_when_a_piece_of_the_merger_is_unknown(drawn):
    unknown = make.unit(Level.COMMUNITY, drawn.east)
    services.merge_units([unknown.pk], into=drawn.willow.pk, **make.papers(D2020))
    assert at(103.005, BEFORE) == [drawn.willow.pk]
    assert at(103.005, D2020) == []


def test_the_parts_of_a_split_are_bounded_by_their_children(drawn):
    draw(drawn.east, 103.00, 103.02)
    parts = [
        Part(drawn.east.pk, Decimal("0.5"), [drawn.willow.pk]),
        Part(NewUnit(make.code(Level.STREET), "street", "梅街街道"), Decimal("0.5"), [drawn.plum.pk]),
    ]
    _, new = services.split_unit(drawn.east.pk, parts=parts, **make.papers(D2020))
    assert at(103.015, BEFORE) == [drawn.plum.pk, drawn.east.pk]
    assert at(103.015, D2020) == [drawn.plum.pk, new.pk]
    assert at(103.005, D2020) == [drawn.willow.pk, drawn.east.pk]


def test_a_split_without_drawn_children_ends_the_outline_of_what_stays(drawn):
    parts = [
        Part(drawn.willow.pk, Decimal("0.5"), [drawn.compound.pk, drawn.grid.pk]),
        Part(NewUnit(make.code(Level.COMMUNITY), "community", "柳南社区"), Decimal("0.5")),
    ]
    services.split_unit(drawn.willow.pk, parts=parts, **make.papers(D2020))
    assert at(103.005, BEFORE) == [drawn.willow.pk]
    assert at(103.005, D2020) == []


def test_an_outline_drawn_for_a_later_day_is_left_alone(drawn):
    facts = {"crs": "wgs84", "source": "新测", "by": make.SYSTEM, "at": make.NOW}
    later = set_boundary(
        unit_id=drawn.willow.pk, shape=box(103.0, 30.0, 103.02, 30.01), from_day=date(2021, 1, 1), **facts
    )
    services.merge_units([drawn.plum.pk], into=drawn.willow.pk, **make.papers(D2020))
    assert Boundary.objects.filter(pk=later.pk, during__startswith=date(2021, 1, 1)).exists()


@pytest.mark.requirement("R031")
def test_a_point_resolves_to_a_community_and_a_zone(drawn):
    zone = services.create_zone(
        slug="east", kind="industrial", name_zh="东部产业园", managing_body="管委会", effective_on=D2020,
        by=make.SYSTEM, at=make.NOW,
    )  # fmt: skip
    services.put_in_zone(zone.pk, drawn.plum.pk, effective_on=D2020, by=make.SYSTEM, at=make.NOW)
    [community, *_] = units_at(103.015, 30.005, on=D2020)
    assert community.pk == drawn.plum.pk
    assert [row.zone.pk for row in queries.zones_of([community.pk], D2020)] == [zone.pk]
