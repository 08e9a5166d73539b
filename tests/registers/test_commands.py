"""`liren registers` and `liren import osm` from the terminal, with a map extract made for the test."""

from datetime import date

import osmium
import pytest

from liren.cli import main
from liren.foundation.kernel.errors import BadInput
from liren.foundation.registers import services
from liren.foundation.registers.models import Entry, EntryChange, ImportBatch
from liren.foundation.territory import services as territory
from tests.make import geo
from tests.make import registers as build

TAG = ("amenity", "library")


@pytest.fixture
def extract(tmp_path):
    """Three libraries and a school: nodes with and without a name, an outline, one far away."""
    path = tmp_path / "city.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        node = osmium.osm.mutable.Node
        writer.add_node(
            node(
                id=1,
                location=(104.05, 30.05),
                tags={"amenity": "library", "name": "市图书馆", "name:en": "City Library"},
            )
        )
        writer.add_node(node(id=2, location=(104.06, 30.05), tags={"amenity": "library"}))
        writer.add_node(node(id=3, location=(104.06, 30.06), tags={"amenity": "school", "name": "小学"}))
        writer.add_node(node(id=4, location=(110.0, 20.0), tags={"amenity": "library", "name": "远方图书馆"}))
        writer.add_node(node(id=5, location=(104.05, 30.051), tags={"amenity": "library", "name": "市图书馆"}))
        corners = [(104.02, 30.02), (104.03, 30.02), (104.03, 30.03), (104.02, 30.03)]
        for number, corner in enumerate(corners, 10):
            writer.add_node(node(id=number, location=corner))
        writer.add_way(
            osmium.osm.mutable.Way(
                id=1, nodes=[10, 11, 12, 13, 10], tags={"amenity": "library", "name": "东街书馆", "building": "yes"}
            )
        )
    return path


@pytest.fixture
def ground(town, rooms):
    territory.set_boundary(
        unit_id=town.willow.pk, shape=geo.square(104.0, 30.0), crs="wgs84", source="测绘", from_day=date(2020, 1, 1),
        by=build.SYSTEM, at=build.NOW,
    )  # fmt: skip
    return town


def test_places_of_a_map_go_into_the_units_that_hold_them(ground, extract):
    facts = {"values": {"rhythm": "weekly"}, "by": build.SYSTEM, "at": build.NOW}
    dry = services.import_osm("reading_room", extract, [TAG], dry_run=True, **facts)
    assert (dry.new, Entry.objects.count()) == (2, 0)
    found = services.import_osm("reading_room", extract, [TAG], **facts)
    assert (found.new, found.outside, found.skipped, found.fault_count) == (2, 1, 2, 0)
    library, outline = Entry.objects.get(name_zh="市图书馆"), Entry.objects.get(name_zh="东街书馆")
    assert (library.name_en, library.lon, library.unit_id, library.values) == (
        "City Library",
        104.05,
        ground.willow.pk,
        {"rhythm": "weekly"},
    )
    assert 104.02 < outline.lon < 104.03
    assert 30.02 < outline.lat < 30.03
    assert ImportBatch.objects.get().source == "© OpenStreetMap contributors, ODbL 1.0"
    again = services.import_osm("reading_room", extract, [TAG], **facts)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert EntryChange.objects.count() == 2


def test_all_into_one_unit_without_outlines(town, rooms, extract):
    found = services.import_osm("reading_room", extract, [TAG], unit=town.plum.code, by=build.SYSTEM, at=build.NOW)
    assert (found.new, found.outside) == (3, 0)
    with pytest.raises(BadInput):
        services.import_osm("reading_room", extract, [TAG], unit="1", by=build.SYSTEM, at=build.NOW)


@pytest.mark.parametrize("raw", [b"", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", b"no map", b"\xff" * 4000])
def test_what_is_no_extract_is_refused(town, rooms, tmp_path, raw):
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(raw)
    with pytest.raises(BadInput):
        services.import_osm("reading_room", path, [TAG], unit=town.plum.code, by=build.SYSTEM, at=build.NOW)
    assert not Entry.objects.exists()


def test_needed_fields_that_the_map_does_not_know_are_told(town, extract):
    build.declared(
        fields=[{"code": "who", "name": {"zh": "管理单位", "en": "Keeper"}, "kind": "text", "required": True}],
        coverage=None,
    )
    found = services.import_osm("reading_room", extract, [TAG], unit=town.plum.code, by=build.SYSTEM, at=build.NOW)
    assert [str(fault) for fault in found.faults] == ["缺少“管理单位”这一列。"]


def test_the_command_from_a_table_to_figures_and_back(town, rooms, tmp_path, capsys):
    path = build.csv_file(tmp_path / "a.csv", "名称,单元代码,面积,每天开放", f"柳荫书屋,{town.willow.code},120,是")
    assert main(["registers", "import", "reading_room", str(path), "--dry-run", "--quiet"]) == 0
    assert "1 entries would be added" in capsys.readouterr().out
    assert main(["registers", "import", "reading_room", str(path), "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "a.csv: UTF-8, 1 lines." in said
    assert "1 entries were added, 0 changed, 0 unchanged." in said
    assert main(["registers", "coverage", "--unit", town.city.code, "--quiet"]) == 0
    assert "书屋覆盖率  33.3333%" in capsys.readouterr().out
    assert main(["registers", "list", "--unit", town.city.code]) == 0
    assert "reading_room" in capsys.readouterr().out
    for name in ("o.csv", "o.xlsx", "o.geojson"):
        assert main(["registers", "export", "reading_room", str(tmp_path / name), "--unit", town.city.code]) == 0
        assert (tmp_path / name).stat().st_size > 100
    assert not list(tmp_path.glob("*.part"))
    assert main(["registers", "export", "reading_room", str(tmp_path / "o.doc")]) == 1
    assert main(["registers", "export", "reading_room", str(tmp_path / "o.csv"), "--unit", "1"]) == 1
    assert main(["registers", "export", "nothing", str(tmp_path / "o.csv")]) == 1
    bad = build.csv_file(tmp_path / "b.csv", "名称,单元代码", "柳荫书屋,nowhere")
    assert main(["registers", "import", "reading_room", str(bad), "--quiet"]) == 1
    assert "Nothing was written: 1 fault." in capsys.readouterr().out


def test_the_command_for_maps(ground, extract, capsys):
    words = [
        "import",
        "osm",
        str(extract),
        "--register",
        "reading_room",
        "--tag",
        "amenity=library",
        "--set",
        "rhythm=weekly",
        "--quiet",
    ]
    assert main([*words, "--dry-run"]) == 0
    assert main(words) == 0
    assert "Left out: 1 that lie in no unit, 2 without a name" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*words[:4], "reading_room", "--tag", "library"])
