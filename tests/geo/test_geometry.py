"""What a boundary may not be, with the place of the fault; and cells that never lose a point."""

import json
import math

import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from liren.foundation.territory.engine import cells, geometry
from tests.make.geo import square

BOW = {"type": "Polygon", "coordinates": [[[104, 30], [105, 31], [105, 30], [104, 31], [104, 30]]]}
HOLE_OUT = {"type": "Polygon", "coordinates": [square(104, 30)["coordinates"][0], square(105, 30)["coordinates"][0]]}


def ring(*points):
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


FAULTY = [
    (BOW, "crosses_itself", (104.5, 30.5)),
    (HOLE_OUT, "hole_outside", (105, 30)),
    (ring((104, 30), (105, 30), (105, 31), (104, 31)), "unclosed", (104, 31)),
    (ring((104, 30), (105, 30), (104, 30)), "too_few", (104, 30)),
    (ring((104, 30), (105, 30), (106, 30), (104, 30)), "crosses_itself", None),
    (ring((30, 104), (31, 104), (31, 105), (30, 104)), "swapped", (30, 104)),
    (ring((10, 120), (11, 120), (11, 121), (10, 120)), "swapped", (10, 120)),
    (ring((104, 30), (500, 30), (105, 31), (104, 30)), "out_of_world", (500, 30)),
    (ring((412000, 3390000), (413000, 3390000), (413000, 3391000), (412000, 3390000)), "out_of_world", None),
    (ring((179.5, 30), (179.6, 30), (179.6, 31), (179.5, 30)), "out_of_reach", (179.5, 30)),
    (ring((104, 85), (105, 85), (105, 86), (104, 85)), "out_of_reach", (104, 85)),
    (ring((104, 30), (105, math.nan), (105, 31), (104, 30)), "not_numbers", None),
    (ring((104, 30), (105, math.inf), (105, 31), (104, 30)), "not_numbers", None),
    (ring((104, "x"), (105, 30), (105, 31), (104, 30)), "not_numbers", None),
    (ring((104,), (105, 30)), "not_numbers", None),
    ({"type": "Polygon", "coordinates": [[]]}, "not_numbers", None),
    ({"type": "Polygon", "coordinates": []}, "empty", None),
    ({"type": "MultiPolygon", "coordinates": []}, "empty", None),
    ({"type": "Polygon", "coordinates": None}, "not_polygon", None),
    ({"type": "Polygon", "coordinates": [7]}, "not_numbers", None),
    ({"type": "Polygon"}, "not_polygon", None),
    ({"type": "Point", "coordinates": [104, 30]}, "not_polygon", None),
    ({"type": "FeatureCollection", "features": []}, "not_one", None),
    ({"type": "Feature", "geometry": None}, "not_polygon", None),
    ([], "not_polygon", None),
    (None, "not_polygon", None),
    ("POLYGON", "not_polygon", None),
]


@pytest.mark.parametrize(("shape", "reason", "place"), FAULTY)
def test_a_shape_that_is_no_boundary_is_refused_with_its_place(shape, reason, place):
    with pytest.raises(geometry.GeometryFault) as found:
        geometry.boundary(geometry.from_geojson(shape), "wgs84")
    assert found.value.reason == reason
    if place:
        assert found.value.place == pytest.approx(place, abs=0.6)


def test_too_many_points_are_refused():
    angles = np.linspace(0, 2 * np.pi, geometry.MAX_VERTICES + 10)
    circle = shapely.Polygon(np.column_stack([104 + np.cos(angles), 30 + np.sin(angles)]))
    with pytest.raises(geometry.GeometryFault) as found:
        geometry.boundary(circle, "wgs84")
    assert found.value.reason == "too_many"


@pytest.mark.parametrize("wkb", [b"", b"\x01", b"\0" * 50, shapely.to_wkb(shapely.Point(1, 2)), b"\xff" * 9])
def test_bytes_that_are_no_boundary_are_refused(wkb):
    with pytest.raises(geometry.GeometryFault):
        geometry.boundary(geometry.from_wkb(wkb), "wgs84")


def test_the_third_dimension_is_dropped():
    shape = ring((104, 30, 500), (105, 30, 501), (105, 31, 502), (104, 30, 500))
    assert not geometry.boundary(geometry.from_geojson(shape), "wgs84").has_z
    solid = shapely.Polygon([(104, 30, 5), (105, 30, 5), (105, 31, 5)])
    assert not shapely.from_wkb(geometry.to_wkb(geometry.boundary(solid, "wgs84"))).has_z


def test_a_feature_is_taken_for_its_geometry():
    feature = {"type": "Feature", "properties": {}, "geometry": square(104, 30)}
    plain = geometry.boundary(geometry.from_geojson(square(104, 30)), "wgs84")
    for shape in (feature, {"type": "FeatureCollection", "features": [feature]}):
        assert geometry.boundary(geometry.from_geojson(shape), "wgs84") == plain


def test_the_same_outline_drawn_the_other_way_round_is_stored_the_same():
    one, other = square(104, 30), square(104, 30)
    other["coordinates"][0].reverse()
    stored = [geometry.to_wkb(geometry.boundary(geometry.from_geojson(shape), "wgs84")) for shape in (one, other)]
    assert stored[0] == stored[1]


def test_area_is_in_square_metres_on_the_ellipsoid():
    """One degree by one degree at the equator: 12,308.78 km2 (WGS 84, GeographicLib's Planimeter)."""
    assert geometry.area_m2(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308_778_361.469, rel=1e-6)


def test_offset_systems_move_the_outline():
    moved = geometry.boundary(geometry.from_geojson(square(104, 30)), "gcj02")
    assert 0.0005 < shapely.box(104, 30, 104.1, 30.1).hausdorff_distance(moved) < 0.01


def found_by(cover, lon, lat):
    return [cover[cell] for cell in cells.cells_at(lon, lat) if cell in cover]


def check_promises(shape, points):
    cover = dict(cells.cover(shape))
    for lon, lat in points:
        hits = found_by(cover, lon, lat)
        if shapely.covers(shape, shapely.Point(lon, lat)):
            assert hits, (lon, lat)
        else:
            assert not any(hits), (lon, lat)
    return cover


@settings(max_examples=25, deadline=None)
@given(st.floats(74, 135), st.floats(4, 53), st.floats(-4, 0.7), st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_no_cover_loses_a_point_or_claims_one_outside(lon, lat, exponent, corners, seed):
    """Stars of any size from ten metres to some hundred kilometres; points inside, around and on the edge."""
    random, radius = np.random.default_rng(seed), 10.0**exponent
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    reach = radius * random.uniform(0.3, 1, corners)
    star = shapely.Polygon(np.column_stack([lon + reach * np.cos(angles), lat + reach * np.sin(angles)]))
    if not star.is_valid or star.area <= 0:
        return
    around = np.column_stack(
        [random.uniform(lon - radius, lon + radius, 60), random.uniform(lat - radius, lat + radius, 60)]
    )
    edge = shapely.get_coordinates(star.exterior.interpolate(random.uniform(0, 1, 30), normalized=True))
    check_promises(star, [*around, *edge, *shapely.get_coordinates(star)])


def test_the_number_of_cells_is_bounded():
    ragged = shapely.union_all([shapely.box(104 + i / 50, 30, 104.01 + i / 50, 31) for i in range(20)])
    for shape in (shapely.box(104, 30, 104.001, 30.001), shapely.box(73, 20, 135, 53), ragged.buffer(0.001)):
        assert 0 < len(cells.cover(shape)) <= cells.MAX_CELLS


def test_cells_are_of_the_sizes_that_are_looked_up_and_fit_a_bigint():
    cover = cells.cover(shapely.box(104, 30, 104.3, 30.2))
    assert {h3.get_resolution(cell) for cell, _ in cover} <= set(range(cells.COARSEST, cells.FINEST + 1))
    assert all(0 < cell < 2**63 for cell, _ in cover)
    assert len({cell for cell, _ in cover}) == len(cover)


@pytest.mark.slow
@pytest.mark.needs_data
def test_the_real_outlines_of_chengdu_are_valid_and_well_covered(shared_data):
    random = np.random.default_rng(5101)
    for path in sorted((shared_data / "boundaries").glob("5101*.geojson")):
        shape = geometry.boundary(geometry.from_geojson(json.loads(path.read_text())), "gcj02")
        west, south, east, north = shape.bounds
        cover = check_promises(shape, random.uniform((west, south), (east, north), (500, 2)))
        assert any(cover.values())
        assert len(cover) <= cells.MAX_CELLS
