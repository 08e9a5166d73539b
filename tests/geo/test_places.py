"""From a point to its units: the right ones, on any day, at any border, and as a slow obvious oracle says."""

import json
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.foundation.territory import services
from liren.foundation.territory.engine import geometry
from liren.foundation.territory.models import Boundary, Level, Unit
from liren.foundation.territory.queries import places
from liren.foundation.territory.services.boundaries import set_boundary
from liren.foundation.territory.services.imports.divisions import import_divisions
from tests.make.geo import square
from tests.make.territory import LONG_AGO, NOW, SYSTEM, TODAY, small_town, unit

pytestmark = pytest.mark.django_db


def draw(owner, shape, from_day=LONG_AGO, **changes):
    facts = {"unit_id": owner.pk, "crs": "wgs84", "source": "图", "from_day": from_day, "by": SYSTEM, "at": NOW}
    return set_boundary(shape=shape, **{**facts, **changes})


def names_at(lon, lat, on=TODAY):
    return [found.name_zh for found in places.units_at(lon, lat, on=on)]


@pytest.fixture
def town():
    """The city fills one square; 柳荫 and 梅园 share the border at 104.1, 石桥 lies north of both."""
    made = small_town()
    draw(made.city, square(104, 30, 0.2))
    draw(made.district, square(104, 30, 0.2))
    draw(
        made.east, {"type": "Polygon", "coordinates": [[[104, 30], [104.2, 30], [104.2, 30.1], [104, 30.1], [104, 30]]]}
    )
    draw(
        made.west,
        {"type": "Polygon", "coordinates": [[[104, 30.1], [104.2, 30.1], [104.2, 30.2], [104, 30.2], [104, 30.1]]]},
    )
    draw(made.willow, square(104, 30))
    draw(made.plum, square(104.1, 30))
    draw(made.bridge, square(104, 30.1))
    draw(made.grid, square(104, 30, 0.002))
    return made


@pytest.mark.requirement("R028")
def test_a_point_has_its_units_from_grid_up_to_city(town):
    assert names_at(104.001, 30.001) == ["柳荫一格", "柳荫社区", "东街街道", "望江区", "里仁市"]
    assert names_at(104.05, 30.05) == ["柳荫社区", "东街街道", "望江区", "里仁市"]
    assert names_at(104.15, 30.15) == ["西街街道", "望江区", "里仁市"]


@pytest.mark.parametrize("place", [(103.9, 30.05), (0, 0), (104.05, -30), (180, 0), (-180, 90), (0, -90)])
def test_a_point_outside_has_none(town, place):
    assert names_at(*place) == []


@pytest.mark.parametrize("place", [(float("nan"), 30), (104, float("inf")), (181, 30), (104, 90.01), (-1e308, 1e308)])
def test_a_point_that_is_not_on_earth_has_none(town, place):
    assert (names_at(*place), places.zones_at(*place)) == ([], [])


def test_a_point_on_a_shared_border_belongs_to_one_unit_of_each_level(town):
    """The lowest code at the lowest level, and what lies above that one."""
    assert names_at(104.1, 30.05) == ["柳荫社区", "东街街道", "望江区", "里仁市"]
    assert names_at(104.05, 30.1) == ["柳荫社区", "东街街道", "望江区", "里仁市"]
    assert names_at(104.1, 30.1) == ["柳荫社区", "东街街道", "望江区", "里仁市"]
    assert names_at(104.2, 30.2) == ["西街街道", "望江区", "里仁市"]


def test_the_units_of_a_border_point_hang_together(town):
    for lon in np.linspace(104, 104.2, 21):
        found = places.units_at(float(lon), 30.1, on=TODAY)
        assert all(above.pk in below.path_ids for below, above in zip(found, found[1:], strict=False))


def test_a_point_is_asked_on_a_day(town):
    draw(town.willow, square(104, 30, 0.05), from_day=TODAY)
    day_before = TODAY - timedelta(days=1)
    assert names_at(104.08, 30.08, on=day_before)[0] == "柳荫社区"
    assert names_at(104.08, 30.08, on=TODAY)[0] == "东街街道"
    assert names_at(104.05, 30.05, on=LONG_AGO - timedelta(days=1)) == []


def test_a_point_is_in_its_zones(town):
    for slug, size in (("a-park", 0.05), ("b-park", 0.02)):
        zone = services.create_zone(
            slug=slug, kind="industrial", name_zh=slug, managing_body="管委会", effective_on=LONG_AGO, by=SYSTEM, at=NOW
        )
        set_boundary(
            zone_id=zone.pk, shape=square(104, 30, size), crs="wgs84", source="图", from_day=LONG_AGO, by=SYSTEM, at=NOW
        )
    assert [zone.slug for zone in places.zones_at(104.01, 30.01, on=TODAY)] == ["a-park", "b-park"]
    assert [zone.slug for zone in places.zones_at(104.03, 30.03, on=TODAY)] == ["a-park"]
    assert places.zones_at(104.09, 30.09, on=TODAY) == []


def test_a_point_costs_one_query_once_its_outlines_are_known(town):
    names_at(104.0999, 30.0999)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        names_at(104.0999, 30.0999)
    assert len(asked) == 1


def test_the_lookup_uses_the_index(town):
    from liren.foundation.territory.engine.cells import cells_at

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO territory_boundarycell (boundary_id, cell, whole) "
            "SELECT (SELECT min(id) FROM territory_boundary), number, true FROM generate_series(1, 20000) number"
        )
        cursor.execute("ANALYZE territory_boundarycell, territory_boundary, territory_unit")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + places._UNITS, [cells_at(104.05, 30.05), TODAY, TODAY, TODAY])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "boundary_cell_is_said_once" in plan


def test_outlines_in_memory_are_bounded_and_the_least_used_go_first(town):
    keys = [(row.pk, row.area_m2) for row in Boundary.objects.order_by("pk")]
    kept = places.Outlines(most_points=12)
    for key in (keys[0], keys[1], keys[0], keys[2]):
        assert kept.hold([key], 104.05, 30.05) == {key}
    assert list(kept._kept) == [keys[0], keys[2]]
    assert kept.hold(keys, 104.05, 30.05) == {keys[0], keys[1], keys[2], keys[4]}
    assert len(kept) <= 2


@pytest.mark.slow
@pytest.mark.needs_data
def test_random_points_in_the_real_chengdu_agree_with_a_brute_force_oracle(shared_data):
    """20 districts in GCJ-02, turned and stored; 2,000 points, also right beside borders, against plain shapely."""
    province = unit(Level.PROVINCE, code="510000000000")
    city = unit(Level.CITY, province, code="510100000000")
    shapes: dict[str, shapely.Geometry] = {}
    for path in sorted((shared_data / "boundaries").glob("5101[0-9][1-9].geojson")) + sorted(
        (shared_data / "boundaries").glob("5101[3-9]0.geojson")
    ):
        code = f"{path.stem}000000"
        drawn = json.loads(path.read_text())
        shapes[code] = geometry.boundary(geometry.from_geojson(drawn), "gcj02")
        draw(unit(Level.DISTRICT, city, code=code), drawn, crs="gcj02")
    assert len(shapes) == 20
    random = np.random.default_rng(510100)
    corners = np.concatenate([shapely.get_coordinates(shape)[::40] for shape in shapes.values()])
    beside = corners + random.normal(0, 2e-5, corners.shape)
    anywhere = random.uniform((102.9, 30.0), (104.95, 31.5), (1500, 2))
    for lon, lat in [*anywhere, *beside, *corners[:200]]:
        point = shapely.Point(lon, lat)
        holding = sorted(code for code, shape in shapes.items() if shapely.covers(shape, point))
        assert [found.code for found in places.units_at(lon, lat, on=TODAY)] == holding[:1], (lon, lat)


@pytest.mark.slow
@pytest.mark.needs_data
def test_the_real_jiayuguan_is_imported_drawn_and_asked(shared_data):
    import_divisions(shared_data / "divisions", city="6202", effective_on=date(2023, 6, 30), by=SYSTEM, at=NOW)
    drawn = json.loads((shared_data / "boundaries" / "620200.geojson").read_text())
    draw(Unit.objects.get(code="620200000000"), drawn, from_day=date(2023, 6, 30), crs="gcj02")
    assert names_at(98.2773, 39.7865) == ["嘉峪关市"]  # the railway station, WGS 84
    assert names_at(98.5, 39.7) == []  # Jiuquan
