"""Files in and out: tables of places in three coordinate systems, networks, and results as CSV, GeoPackage, Parquet."""

import csv
import json

import numpy as np
import osmium
import pyogrio
import pytest

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import Place, PlaceTable, StreetNetwork
from liren.development.lifecircle.queries.gathering import network_of
from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory.queries import to_wgs84
from tests.make import holder
from tests.make import lifecircle as build


def places(path, city, **how):
    return services.import_places(path, city=city, by=build.SYSTEM, at=build.NOW, **how)


def test_a_table_is_taken_once_and_counts_what_it_does_not_know(quarter, tmp_path):
    path = build.table(tmp_path / "a.csv", [*build.TOWN_PLACES, ("影院", "cinema", 4, 1), ("影城", "cinema", 5, 1)])
    report = places(path, quarter.city)
    assert (report.lines, report.places, report.unknown, report.is_new) == (5, 3, {"cinema": 2}, True)
    assert report.by_category == {"market": 1, "shop": 1, "park": 1}
    again = places(path, quarter.city)
    assert (again.is_new, again.table) == (False, report.table)
    assert PlaceTable.objects.count() == 1
    with pytest.raises(BadInput):  # the same bytes in another system are another table, and one of both is wrong
        places(path, quarter.city, crs="gcj02")


def test_a_dry_run_writes_nothing(quarter, tmp_path):
    report = places(build.table(tmp_path / "a.csv", build.TOWN_PLACES), quarter.city, dry_run=True)
    assert (report.places, report.is_new, report.table) == (3, True, None)
    assert not PlaceTable.objects.exists()


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_chinese_web_maps_are_turned_into_wgs84(quarter, tmp_path, system):
    path = build.table(tmp_path / "a.csv", build.TOWN_PLACES)
    report = places(path, quarter.city, crs=system)
    lon, lat = (
        list(Place.objects.filter(table=report.table).order_by("number").values_list(name, flat=True))
        for name in ("lon", "lat")
    )
    spots = np.round([build.spot(x, y) for _name, _kind, x, y in build.TOWN_PLACES], 7)
    wanted = to_wgs84(spots[:, 0], spots[:, 1], system)
    assert np.allclose(lon, wanted[0], atol=1e-12)
    assert np.allclose(lat, wanted[1], atol=1e-12)


def test_chinese_titles_and_geojson(quarter, tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("名称,类型,经度,纬度\n东市,菜市场,104.001,30.001\n", encoding="gb18030")
    assert places(path, quarter.city).places == 1
    point = {"type": "Point", "coordinates": [104.002, 30.001]}
    feature = {"type": "Feature", "properties": {"name": "小店", "amenity": "convenience"}, "geometry": point}
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert places(path, quarter.city).by_category == {"shop": 1}


WRONG = [
    ("店,shop,x,30\n", "no number"),
    ("店,shop,30.0,104.0\n", "swapped"),
    ("店,shop,500000,3300000\n", "no degrees"),
    ("店,shop,nan,30\n", "no number"),
]


@pytest.mark.parametrize(("line", "says"), WRONG)
def test_what_is_wrong_in_a_line_is_told_with_its_number(quarter, tmp_path, line, says):
    path = tmp_path / "c.csv"
    path.write_text("name,category,lon,lat\n好店,shop,104.001,30.001\n" + line, encoding="utf-8")
    from django.utils import translation

    report = places(path, quarter.city)
    assert [fault.line for fault in report.faults] == [3]
    with translation.override("en"):  # kept as a code, and worded for whoever reads it
        assert says in str(report.faults[0])
    assert not PlaceTable.objects.exists()


def test_tables_that_can_not_be_taken(quarter, tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("name,category,lon,lat\n影院,cinema,104.001,30.001\n", encoding="utf-8")
    with pytest.raises(BadInput):  # nothing of a known category
        places(path, quarter.city)
    with pytest.raises(BadInput):
        places(path, quarter.city, crs="mars")
    (tmp_path / "e.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(BadInput):
        places(tmp_path / "e.geojson", quarter.city)
    with pytest.raises(NotAllowed):
        services.import_places(path, city=quarter.city, by=holder("lifecircle.run", quarter.city), at=build.NOW)


def test_places_that_stand_twice_or_far_away_are_reported(quarter, tmp_path):
    rows = [*build.TOWN_PLACES, ("小店", "convenience", 3.01, 1), ("远店", "convenience", 300, 300)]
    run = build.done(quarter, tmp_path / "places.csv", rows)
    assert (run.report["counts"]["duplicates"], run.report["examples"]["duplicates"]) == (1, ["小店"])
    assert (run.report["counts"]["facilities_far"], run.report["examples"]["facilities_far"]) == (1, ["远店"])


def test_a_network_is_recorded_once_and_comes_back_whole(quarter):
    again = build.recorded(quarter.city)
    assert (again.pk, again.version) == (quarter.network.pk, 1)
    assert StreetNetwork.objects.count() == 1
    net = network_of(again)
    assert (net.nodes, net.edges) == (21 * 5, 20 * 5 + 21 * 4)
    assert build.recorded(quarter.city, build.streets(width=5)).version == 2


def test_a_damaged_network_is_refused(quarter):
    kept = StreetNetwork.objects.get(pk=quarter.network.pk)
    kept.content = bytes(kept.content)[:-200]
    with pytest.raises(BadInput):
        network_of(kept)
    kept.refresh_from_db()
    kept.digest = "0" * 64
    with pytest.raises(BadInput):
        network_of(kept)


def test_networks_that_can_not_be_read(quarter, tmp_path):
    for name, content in (("a.osm.pbf", b"no"), ("b.graphml", b"<graphml>"), ("c.geojson", b"{}"), ("d.txt", b"")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(BadInput):
            services.import_network(path, city=quarter.city, by=build.SYSTEM, at=build.NOW)
    with pytest.raises(NotAllowed):
        services.import_network(path, city=quarter.city, by=holder("lifecircle.run", quarter.city), at=build.NOW)
    with pytest.raises(BadInput):
        services.import_network(path, city=quarter.city, mode="swim", by=build.SYSTEM, at=build.NOW)


def lines(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.requirement("R244")
def test_gaps_as_a_spreadsheet_reads_them(worked_out, tmp_path):
    quarter, run = worked_out
    path = tmp_path / "gaps.csv"
    assert queries.export(run, path, what="gaps", actor=ANONYMOUS) == 5
    first = lines(path)[0]
    assert (first["rank"], first["people"], first["category"], first["code"]) == (
        "1",
        "300",
        "shop",
        quarter.compounds[1].code,
    )
    # Three residents, and so those beside them, stay hidden from the public.
    assert [line["people"] for line in lines(path)] == ["300", "50", "50", "", ""]
    queries.export(run, path, what="gaps", actor=build.SYSTEM)
    assert lines(path)[4]["people"] == "3"
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.parametrize(("what", "many"), [("compounds", 4), ("units", 7), ("gaps", 5)])
def test_a_geopackage_opens_with_its_shapes(worked_out, tmp_path, what, many):
    _quarter, run = worked_out
    path = tmp_path / f"{what}.gpkg"
    assert queries.export(run, path, what=what, actor=build.SYSTEM) == many
    meta, _fids, shapes, fields = pyogrio.raw.read(path)
    assert (len(fields[0]), meta["crs"]) == (many, "EPSG:4326")
    if what == "compounds":
        minutes = dict(zip(meta["fields"], fields, strict=True))["shop_min"]
        assert sorted(np.round(minutes).tolist()) == [2, 8, 15, 25]
        assert all(shape is not None for shape in shapes)


def test_parquet(worked_out, tmp_path):
    io = pytest.importorskip("arro3.io", reason="NO PARQUET: arro3-io is not installed")
    _quarter, run = worked_out
    path = tmp_path / "compounds.parquet"
    queries.export(run, path, actor=build.SYSTEM)
    table = io.read_parquet(str(path)).read_all()
    assert table.num_rows == 4
    assert sorted(table.column("people").to_pylist()) == [3, 50, 300, 1000]


def test_what_can_not_be_written(worked_out, tmp_path, monkeypatch):
    _quarter, run = worked_out
    for path, what in ((tmp_path / "a.docx", "gaps"), (tmp_path / "a.csv", "people")):
        with pytest.raises(BadInput):
            queries.export(run, path, what=what)
    monkeypatch.setitem(__import__("sys").modules, "arro3.core", None)
    with pytest.raises(BadInput):
        queries.export(run, tmp_path / "a.parquet")


def test_the_engine_is_understood_in_chinese_and_names_no_folder(quarter, tmp_path):
    for name, content, says in (
        ("路.osm.pbf", b"no", "不是完整的 OpenStreetMap 数据"),
        ("路.graphml", b"<graphml>", "不是完整的 GraphML 文件"),
        ("路.geojson", b"{}", "读不出线"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadInput) as refused:
            services.import_network(tmp_path / name, city=quarter.city, by=build.SYSTEM, at=build.NOW)
        assert says in str(refused.value)
        assert str(tmp_path) not in str(refused.value)


def test_places_out_of_an_extract_of_openstreetmap(quarter, tmp_path):
    path = tmp_path / "a.osm.pbf"
    lon, lat = build.spot(3, 1)
    corners = [(lon, lat), (lon + 2e-4, lat), (lon + 2e-4, lat + 2e-4), (lon, lat)]
    with osmium.SimpleWriter(str(path)) as writer:
        told = (
            {"shop": "convenience", "name": "小店", "opening_hours": "Mo-Su 06:30-21:00"},
            {"shop": "kiosk"},
            {},
            {},
        )
        for number, (spot, tags) in enumerate(zip(corners, told, strict=True), 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=spot, tags=tags, version=1))
        garden = {"leisure": "garden", "name": "公园"}
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2, 3, 1], tags=garden, version=1))
    report = places(path, quarter.city, crs="gcj02")  # such a file is WGS 84, whatever is said
    assert (report.by_category, report.unknown, report.table.crs) == ({"shop": 1, "park": 1}, {}, "wgs84")
    shop, park = Place.objects.filter(table=report.table).order_by("number")
    assert (shop.name, shop.hours, round(shop.lon, 7)) == ("小店", "Mo-Su 06:30-21:00", round(lon, 7))
    assert (park.name, lon < park.lon < lon + 2e-4) == ("公园", True)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadInput, match="不是完整的 OpenStreetMap 数据"):
        places(path, quarter.city)
