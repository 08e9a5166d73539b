"""Setting boundaries: by hand and from files; and what points they then hold."""

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from django.db import IntegrityError, transaction

from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory import services
from liren.foundation.territory.engine import coordinates, geometry
from liren.foundation.territory.models import Boundary, BoundaryCell, Level
from liren.foundation.territory.services.boundaries import BadBoundary, set_boundary
from liren.foundation.territory.services.imports.boundaries import full_code, import_boundaries
from tests.make.geo import geojson, square
from tests.make.territory import LONG_AGO, NOW, SYSTEM, TODAY, papers, unit

pytestmark = pytest.mark.django_db
BOW = {"type": "Polygon", "coordinates": [[[104, 30], [105, 31], [105, 30], [104, 31], [104, 30]]]}


def draw(owner=None, shape=None, **changes):
    facts = {"crs": "wgs84", "source": "测绘图 2026", "from_day": TODAY, "by": SYSTEM, "at": NOW}
    target = {} if owner is None else {"unit_id": owner.pk}
    return set_boundary(**{**facts, **target, "shape": square(104, 30) if shape is None else shape, **changes})


def test_a_boundary_is_stored_in_wgs84_with_area_box_and_cells():
    row = draw(unit())
    shape = shapely.from_wkb(bytes(row.wkb))
    assert (row.west, row.south, row.east, row.north) == shape.bounds == (104, 30, 104.1, 30.1)
    assert row.area_m2 == pytest.approx(geometry.area_m2(shapely.box(104, 30, 104.1, 30.1)))
    assert (row.during.lower, row.during.upper, row.recorded_by) == (TODAY, None, "system:test")
    assert 0 < BoundaryCell.objects.filter(boundary=row).count() <= 200


@pytest.mark.parametrize("crs", ["cgcs2000", "gcj02", "bd09"])
def test_a_boundary_in_another_system_lands_where_it_is(crs):
    corners = np.array(square(104, 30)["coordinates"][0])
    drawn = {"type": "Polygon", "coordinates": [np.column_stack(coordinates.from_wgs84(*corners.T, crs)).tolist()]}
    row = draw(unit(), drawn, crs=crs)
    stored = shapely.from_wkb(bytes(row.wkb))
    assert stored.hausdorff_distance(shapely.box(104, 30, 104.1, 30.1)) < 1e-9
    assert row.source_crs == crs


def test_a_boundary_from_a_later_day_ends_the_one_before():
    owner = unit()
    first = draw(owner, from_day=LONG_AGO)
    second = draw(owner, square(104, 30, 0.2))
    first.refresh_from_db()
    assert (first.during.upper, second.during.lower) == (TODAY, TODAY)


def test_the_same_boundary_again_changes_nothing():
    owner = unit()
    first = draw(owner, from_day=LONG_AGO)
    entries = AuditEntry.objects.count()
    assert draw(owner).pk == first.pk
    assert (Boundary.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_a_boundary_of_the_same_day_is_replaced_and_its_fingerprint_kept():
    owner = unit()
    draw(owner)
    draw(owner, square(104, 30, 0.2))
    assert Boundary.objects.get(unit=owner).east == 104.2
    assert len(AuditEntry.objects.filter(action="territory.boundary").latest("id").facts["replaced"]) == 64


def test_a_boundary_before_one_that_is_recorded_is_refused():
    owner = unit()
    draw(owner)
    with pytest.raises(Conflict, match="A later boundary, from 2026-06-01, is recorded already"):
        draw(owner, square(104, 30, 0.2), from_day=TODAY - timedelta(days=1))


def test_a_boundary_outside_the_life_of_its_unit_is_refused():
    owner = unit(on=TODAY)
    with pytest.raises(BadInput, match="does not exist on 2026-05-31"):
        draw(owner, from_day=TODAY - timedelta(days=1))


def test_a_zone_has_a_boundary_too():
    zone = services.create_zone(
        slug="east-park",
        kind="industrial",
        name_zh="东园",
        managing_body="东园管委会",
        effective_on=LONG_AGO,
        by=SYSTEM,
        at=NOW,
    )
    row = draw(zone_id=zone.pk)
    assert (row.zone_id, row.unit_id) == (zone.pk, None)


def test_a_boundary_is_of_one_unit_or_one_zone():
    with pytest.raises(ValueError, match="give one of"):
        draw()


def test_a_stranger_draws_nothing():
    with pytest.raises(NotAllowed):
        draw(unit(), by=ANONYMOUS)
    assert Boundary.objects.count() == 0


@pytest.mark.parametrize("source", ["", "  ", "x" * 301])
def test_a_boundary_says_where_it_comes_from(source):
    with pytest.raises(BadInput, match="Say where the boundary comes from"):
        draw(unit(), source=source)


def test_a_crossing_is_refused_with_its_place():
    with pytest.raises(BadBoundary, match=r"crosses or touches itself\. Place: 104\.500000, 30\.500000") as found:
        draw(unit(), BOW)
    assert found.value.place == (104.5, 30.5)
    assert Boundary.objects.count() == 0


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({}, "this is something else"),
        ({"type": ["Polygon"], "coordinates": []}, "this is something else"),
        ({"type": "Polygon", "coordinates": []}, "encloses no area"),
        (square(30, 104), "latitude and longitude are swapped"),
        (b"\0", "is not a geometry"),
        (shapely.LineString([(104, 30), (105, 31)]), "this is something else"),
    ],
)
def test_every_refusal_is_a_sentence(shape, said):
    with pytest.raises(BadBoundary, match=said):
        draw(unit(), shape)


def test_an_unknown_system_is_refused():
    with pytest.raises(BadInput, match="no coordinate system called mars"):
        draw(unit(), crs="mars")


@pytest.mark.parametrize(
    "wrong",
    [
        {"area_m2": 0},
        {"west": 105},
        {"south": 31},
        {"north": 91},
        {"source": " "},
        {"unit_id": None},
        {"during": "empty"},
    ],
)
def test_the_database_refuses_impossible_boundaries(wrong):
    row = draw(unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        Boundary.objects.filter(pk=row.pk).update(**wrong)


def test_two_boundaries_of_a_unit_never_overlap_in_time():
    owner = unit()
    first = draw(owner, from_day=LONG_AGO)
    draw(owner, square(104, 30, 0.2))
    with pytest.raises(IntegrityError, match="boundary_of_a_unit_never_overlaps_in_time"), transaction.atomic():
        Boundary.objects.filter(pk=first.pk).update(during=(LONG_AGO, None))


@pytest.mark.parametrize("wrong", [{"cell": 0}, {"cell": -1}])
def test_the_database_refuses_impossible_cells(wrong):
    row = draw(unit())
    with pytest.raises(IntegrityError), transaction.atomic():
        BoundaryCell.objects.filter(pk=row.cells.first().pk).update(**wrong)


# Files.


def take(path, **changes):
    return import_boundaries(path, **{"by": SYSTEM, "at": NOW, "from_day": TODAY, **changes})


def stored(owner):
    return shapely.from_wkb(bytes(Boundary.objects.get(unit=owner, during__endswith__isnull=True).wkb))


def test_a_collection_sets_a_boundary_for_each_code(tmp_path):
    one, two = unit(Level.COMMUNITY), unit(Level.COMMUNITY)
    path = geojson(tmp_path / "a.geojson", ({"dm": one.code}, square(104, 30)), ({"dm": two.code}, square(104.1, 30)))
    report = take(path, code_field="dm")
    assert (report.new, report.unchanged, report.crs, report.faults) == (2, 0, "wgs84", [])
    assert stored(two).bounds == (104.1, 30, 104.2, 30.1)
    again = take(path, code_field="dm")
    assert (again.new, again.unchanged) == (0, 2)


def test_one_bad_feature_and_nothing_is_written(tmp_path):
    good, bad = unit(), unit()
    features = [
        ({"dm": good.code}, square(104, 30)),
        ({"dm": bad.code}, BOW),
        ({"dm": "12345"}, square(104, 30)),
        ({}, BOW),
    ]
    report = take(geojson(tmp_path / "a.geojson", *features), code_field="dm")
    assert report.faults == [
        "a.geojson, feature 2: The boundary crosses or touches itself. Place: 104.500000, 30.500000.",
        "a.geojson, feature 3: There is no unit with the code 12345.",
        "a.geojson, feature 4: there is no field called dm.",
    ]
    assert Boundary.objects.count() == 0


def test_a_dry_run_writes_no_boundary(tmp_path):
    owner = unit()
    path = geojson(tmp_path / "a.geojson", ({}, square(104, 30)))
    assert take(path, unit=owner.code, dry_run=True).new == 1
    assert Boundary.objects.count() == 0


def test_for_one_unit_the_file_holds_one_feature(tmp_path):
    path = geojson(tmp_path / "a.geojson", ({}, square(104, 30)), ({}, square(105, 30)))
    assert take(path, unit=unit().code).faults == ["a.geojson holds 2 features; for one unit it must hold one."]


def test_a_bare_geometry_is_taken_with_the_system_that_is_said(tmp_path):
    owner, path = unit(), tmp_path / "a.json"
    path.write_text("\ufeff" + json.dumps(square(104, 30)), encoding="utf-8")
    assert take(path, unit=owner.code, crs="gcj02").crs == "gcj02"
    assert Boundary.objects.get(unit=owner).source_crs == "gcj02"
    assert stored(owner).bounds != (104, 30, 104.1, 30.1)


def write(path, crs, shapes, codes, driver):
    pyogrio.raw.write(
        str(path),
        np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        [np.array(codes, dtype=object)],
        ["dm"],
        crs=crs,
        driver=driver,
        geometry_type="Polygon",
    )
    return path


@pytest.mark.parametrize(("name", "driver"), [("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile")])
@pytest.mark.parametrize(("crs", "system"), [("EPSG:4326", "wgs84"), ("EPSG:4490", "cgcs2000")])
def test_geopackage_and_shapefile_say_their_system(tmp_path, name, driver, crs, system):
    owner = unit()
    path = write(tmp_path / name, crs, [shapely.box(104, 30, 104.1, 30.1)], [owner.code], driver)
    assert take(path, code_field="dm").crs == system
    assert stored(owner).hausdorff_distance(shapely.box(104, 30, 104.1, 30.1)) < 1e-9


def test_projected_cgcs2000_is_brought_to_degrees(tmp_path):
    """EPSG:4543, CGCS2000 / 3-degree Gauss-Kruger CM 102E, in metres, as surveying offices deliver."""
    owner, box = unit(), shapely.box(102, 30, 102.1, 30.1)
    forth = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4543", always_xy=True)
    metres = shapely.transform(box, lambda xy: np.column_stack(forth.transform(xy[:, 0], xy[:, 1])))
    path = write(tmp_path / "a.gpkg", "EPSG:4543", [metres], [owner.code], "GPKG")
    assert take(path, code_field="dm").crs == "cgcs2000"
    assert stored(owner).hausdorff_distance(box) < 1e-8


def test_a_file_in_an_older_datum_is_refused(tmp_path):
    path = write(tmp_path / "a.gpkg", "EPSG:4214", [shapely.box(104, 30, 105, 31)], ["1"], "GPKG")
    with pytest.raises(BadInput, match=r"a\.gpkg is in Beijing 1954"):
        take(path, code_field="dm")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_a_system_must_be_told(tmp_path):
    path = write(tmp_path / "a.gpkg", None, [shapely.box(104, 30, 105, 31)], ["1"], "GPKG")
    with pytest.raises(BadInput, match="names no coordinate system"):
        take(path, code_field="dm")


def test_the_older_crs_member_of_geojson_is_heeded(tmp_path):
    path = geojson(tmp_path / "a.geojson", ({}, square(104, 30)), crs="urn:ogc:def:crs:EPSG::4490")
    assert take(path, unit=unit().code).crs == "cgcs2000"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is neither GeoJSON nor GeoPackage nor Shapefile"),
        (b"<OGRVRTDataSource/>", "is neither GeoJSON nor GeoPackage nor Shapefile"),
        (b'{"type": "Polygon", "coordinates": [[[104, 3', "no JSON, or cut off, at line 1"),
        (b'{"type": "\xff"}', "is not UTF-8, at byte 10"),
        (b'{"a":' * 100_000, "is nested too deeply|is no JSON"),
        (b"SQLite format 3\0" + b"\0" * 100, "can't be read"),
        (b"\x00\x00\x27\x0a" + b"\0" * 96, "can't be read"),
        (b'{"type": "Polygon", "crs": {"properties": {"name": "EPSG:0"}}}', "names an unknown coordinate system"),
        (b'{"type": "Polygon", "crs": {"properties": {"name": "EPSG:4543"}}}', "is in projected metres"),
        (b'{"type": "Polygon", "crs": {"properties": ["EPSG:4326"]}}', "names an unknown coordinate system"),
        (b'{"type": "Polygon", "coordinates": [[[' + b"9" * 5000 + b", 30]]]}", "can't be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, raw, said):
    path = tmp_path / "a.geojson"
    path.write_bytes(raw)
    with pytest.raises(BadInput, match=said):
        take(path, unit=unit().code)


@pytest.mark.parametrize(
    "trap",
    [
        "CREATE VIEW trap AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS fid FROM n",
        "CREATE VIRTUAL TABLE trap USING fts5(words)",
    ],
)
def test_a_geopackage_that_would_keep_the_reader_busy_is_refused_unread(tmp_path, trap):
    path = write(tmp_path / "a.gpkg", "EPSG:4326", [shapely.box(104, 30, 104.1, 30.1)], ["1"], "GPKG")
    with closing(sqlite3.connect(path)) as database:
        database.execute(trap)
        database.commit()
    with pytest.raises(BadInput, match="holds more than tables"):
        take(path, unit=unit().code)


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="No such file"):
        take(tmp_path / "none.geojson", unit="1")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (510104, "510104000000"),
        (510104.0, "510104000000"),
        (" 510104 ", "510104000000"),
        ("510104020001", "510104020001"),
        ("510104020001-G001", "510104020001-G001"),
        (None, ""),
        ("abc", "abc"),
    ],
)
def test_codes_are_read_as_files_write_them(written, code):
    assert full_code(written) == code


def test_a_merged_town_keeps_its_former_outline_in_the_past():
    owner = unit()
    draw(owner, from_day=LONG_AGO)
    services.abolish_unit(owner.pk, **papers(date(2026, 5, 1)))
    with pytest.raises(BadInput, match="does not exist on"):
        draw(owner, square(104, 30, 0.2))
