"""Files of ways and of places through the page: kept for the worker, read once, told in plain words."""

import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.development.lifecircle import services
from liren.development.lifecircle.engine.readers.blobs import unpacked_octets
from liren.development.lifecircle.models import PlaceTable, Run, StreetNetwork
from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.people.models import Account
from liren.foundation.territory.queries import SYSTEMS
from liren.front.desk import keeping
from liren.front.desk.lifecircle import taking, uploads
from tests import make
from tests.desk.test_lifecircle import at, read, text
from tests.fuzz.hostile import files
from tests.make import lifecircle as build

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[build.Quarter]:
    """The roles and the town with its network; nothing has been brought in by a page yet."""

    def scene() -> build.Quarter:
        make.roles()
        return build.quarter()

    with make.standing(django_db_blocker, scene) as made:
        yield made


@pytest.fixture
def planner(client: Any, town: build.Quarter) -> Account:
    return make.sign_in(client, make.official("planner", town.city))


def lines(gap: float | None = None) -> list[list[list[float]]]:
    """The streets of the town as coordinates; a way more in the west than those that are on the record."""
    net = build.streets(gap=gap)
    ends = zip(net.a.tolist(), net.b.tolist(), strict=True)
    point = list(zip(net.lon.tolist(), net.lat.tolist(), strict=True))
    return [[list(build.spot(-1, 0)), list(build.spot(0, 0))], *([list(point[a]), list(point[b])] for a, b in ends)]


def geojson(coordinates: Any = None, **more: Any) -> bytes:
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": one}}
        for one in (lines() if coordinates is None else coordinates)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def shapefile(folder: Path, crs: str = "EPSG:4326", shift: float = 0.0) -> bytes:
    """A zip with a Shapefile of the streets."""
    shapes = [shapely.linestrings([(x + shift, y + shift) for x, y in one]) for one in lines()]
    path = folder / "roads.shp"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes)),
        field_data=[np.zeros(len(shapes), np.int32)],
        fields=["k"],
        geometry_type="LineString",
        crs=crs,
    )
    return packed({one.name: one.read_bytes() for one in folder.iterdir()})


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(client: Any, who: Account, unit: Any, content: bytes, name: str, what: str = "ways", **more: Any) -> Any:
    fields = {"mode": "walk", "crs": "wgs84" if what == "places" else "", "source": "", "start": "on", **more}
    fields = {f"{what}-{key}": value for key, value in fields.items() if value is not None}
    fields |= {f"{what}-file": SimpleUploadedFile(name, content), "what": what}
    return client.post(at(unit, "networks/"), make.form(who, **fields))


def work() -> int:
    """What the worker does with the files that wait; how many there were."""
    waiting = list(ProcrastinateJob.objects.filter(status="todo", task_name="desk.take_circle_file").order_by("id"))
    for one in waiting:
        taking.take_file.func(**one.args)
    ProcrastinateJob.objects.filter(pk__in=[one.pk for one in waiting]).update(status="cancelled")
    return len(waiting)


@pytest.fixture(autouse=True)
def _heard_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a thread, whose connection would see nothing of a test's transaction."""

    def beating(kept: Any) -> Any:
        return _Still(kept)

    monkeypatch.setattr(taking, "beating", beating)


class _Still:
    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def __enter__(self) -> Any:
        return lambda stage, done, total: cache.set(taking._beat_of(self.kept), (stage, done, total, time.time()), 60)

    def __exit__(self, *_given: Any) -> None:
        cache.delete(taking._beat_of(self.kept))


def uploaded(client: Any, who: Account, unit: Any, content: bytes, name: str, **more: Any) -> str:
    """Sent, worked on, and the words of the page where the answer led."""
    answer = send(client, who, unit, content, name, **more)
    assert answer.status_code == 303, text(answer)
    assert "It waits for its turn." in read(client, answer["Location"])
    assert work() == 1
    return read(client, answer["Location"])


def test_ways_are_recorded_and_the_run_goes_on_by_itself(client, town, planner):
    words = uploaded(client, planner, town.city, geojson(), "streets.geojson")
    made = StreetNetwork.objects.of(town.city, "walk").first()
    assert (made.version, made.file_name, made.recorded_by) == (2, "streets.geojson", planner.label)
    assert "It is on the record" in words
    assert "4 compounds in the city" in re_ordered(words)
    run = Run.objects.get(city=town.city)
    assert (run.network_id, run.asked_by) == (made.pk, planner.label)
    assert ProcrastinateJob.objects.filter(task_name="lifecircle.run", args__run_id=run.pk).exists()
    services.perform(run.pk, by=build.SYSTEM)
    page = client.get(address_of(client, town)).content.decode()
    assert f"gaps/?run={run.number}" in page
    assert "hx-get" not in page.partition('id="progress"')[2].partition(">")[0]  # nothing more to wait for


def re_ordered(words: str) -> str:
    """Findings as number and words, in that order."""
    import re

    return " ".join(
        f"{many} {what.strip()}" for what, many in re.findall(r"([a-z][a-z0-9 ,]+?) ([0-9][0-9.,]*)", words)
    )


def address_of(client: Any, town: build.Quarter) -> str:
    """The page of the newest upload."""
    job = ProcrastinateJob.objects.filter(task_name="desk.take_circle_file").order_by("-id").first()
    return at(town.city, f"networks/{UUID(job.args['kept_as'])}/")


def test_the_same_file_again_changes_nothing_and_asks_for_no_second_run(client, town, planner, tmp_path):
    table = build.table(tmp_path / "p.csv", build.TOWN_PLACES).read_bytes()
    first = uploaded(client, planner, town.city, table, "places.csv", what="places")
    assert "3 places taken from 3 lines" in first
    again = uploaded(client, planner, town.city, table, "places.csv", what="places")
    assert "It was on the record already; nothing has changed" in again
    assert PlaceTable.objects.filter(city=town.city).count() == 1
    assert Run.objects.filter(city=town.city).count() == 1
    assert AuditEntry.objects.filter(action="lifecircle.places").count() == 1


def test_ways_that_were_a_mistake_are_left_behind(client, town, planner):
    """The right file once more is on record already, and yet it is the one that its run goes by."""
    right = StreetNetwork.objects.of(town.city, "walk").first()
    for content in (geojson(), geojson(lines()[1:]), geojson()):
        uploaded(client, planner, town.city, content, "streets.geojson")
        services.perform(Run.objects.latest("number").pk, by=build.SYSTEM)
    assert [run.network.version for run in Run.objects.order_by("number")] == [2, 3, 2]
    form = make.form(planner, group="general", day="2026-06-01", places="", ways=str(right.pk))
    assert client.post(at(town.city, "runs/"), form).status_code == 303
    assert Run.objects.latest("number").network == right
    with translation.override("en"), pytest.raises(BadInput, match="another city"):
        services.ask_run(town.city, ways=build.quarter((20, 30, 40, 50)).network, by=build.SYSTEM, at=build.NOW)


def test_what_is_wrong_with_places_is_told_before_a_run(client, town, planner, tmp_path):
    far = [
        ("远店", "convenience", 300, 300),
        ("小店", "convenience", 3, 1),
        ("小店", "convenience", 3, 1),
        ("塔", "ufo", 1, 1),
    ]
    table = build.table(tmp_path / "p.csv", far).read_bytes()
    words = uploaded(client, planner, town.city, table, "places.csv", what="places", start=None)
    assert "a category that no service knows, left out ufo (1)" in words
    assert "facilities farther than 500 m from every way 远店 1" in words
    assert "facilities recorded twice, counted once 小店 1" in words
    assert not Run.objects.exists()
    answer = client.post(address_of(client, town), make.form(planner))  # then the planner goes on
    assert (answer.status_code, answer["Location"]) == (303, at(town.city, "runs/?at=1"))


def test_lines_with_faults_are_told_and_nothing_is_written(client, town, planner):
    table = (
        "名称,类型,经度,纬度\n好店,convenience,104.001,30.001\n坏店,convenience,30.001,104.001\n空店,convenience,,nan\n"
    )
    words = uploaded(client, planner, town.city, table.encode("gb18030"), "p.csv", what="places", crs="gcj02")
    assert "2 faults: nothing of the file is imported" in words
    assert "3 latitude and longitude are swapped." in words
    chinese = read(client, address_of(client, town).removeprefix("/en"))  # by whoever reads it, not by who uploaded it
    assert "3 经度和纬度写反了。" in chinese
    assert not PlaceTable.objects.exists()


def test_ways_of_another_place_start_no_run_by_themselves(client, town, planner, shared_data):
    extract = (shared_data / "geo" / "helsinki_centre.osm.pbf").read_bytes()
    words = uploaded(client, planner, town.city, extract, "其他.osm.pbf")
    assert "The file may be of another place" in words
    assert "compounds farther than 500 m from every way" in words
    assert town.compounds[0].name_zh in words
    assert "Work it out all the same" in words
    assert not Run.objects.exists()


def test_a_shapefile_comes_in_as_a_zip(client, town, planner, tmp_path):
    words = uploaded(client, planner, town.city, shapefile(tmp_path), "路网.zip")
    assert "It is on the record" in words
    assert StreetNetwork.objects.of(town.city, "walk").first().file_name == "路网.zip"


WRONG = {
    "a picture": (b"\x89PNG\r\n", "x.geojson", "数据|读不出线"),
    "cut off": (geojson()[:-300], "x.geojson", "读不出线"),
    "no line": (geojson([]), "x.geojson", "没有线|读不出线"),
    "a description of other files": (b"<OGRVRTDataSource/>", "x.geojson", "读不出线"),
    "metres": (geojson([[[500000.0, 3300000.0], [500100.0, 3300100.0]]]), "x.geojson", "像是投影坐标"),
    "swapped": (geojson([[[30.0, 104.0], [30.1, 104.1]]]), "x.geojson", "经纬度写反了"),
    "not a number": (geojson([[[float("nan"), 30.0], [104.1, 30.1]]]), "x.geojson", "没有坐标|读不出线"),
    "half an extract": (b"", "half.osm.pbf", "不是完整的 OpenStreetMap 数据"),
    "no extract": (b"hello", "x.osm.pbf", "不是完整的 OpenStreetMap 数据"),
    "no GraphML": (b"<graphml>", "x.graphml", "不是完整的 GraphML"),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "a">]><graphml/>', "x.graphml", "文档类型"),
    "half a zip": (packed({"a.shp": b"x" * 100})[:-30], "x.zip", "压缩包损坏"),
    "no ways in it": (packed({"a.txt": b"x"}), "x.zip", "没有路网文件"),
    "two in it": (packed({"a.geojson": b"{}", "b.geojson": b"{}"}), "x.zip", "不止一份路网"),
    "outside": (packed({"../../../tmp/evil.geojson": b"{}"}), "x.zip", "读不出线|没有线"),
}


@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_wrong_with_a_file_is_told_in_chinese_and_nothing_is_written(town, db, tmp_path, what, shared_data):
    content, name, told = WRONG[what]
    path = tmp_path / name
    path.write_bytes(content or (shared_data / "geo" / "helsinki_centre.osm.pbf").read_bytes()[:300_000])
    before = StreetNetwork.objects.count()
    with translation.override("zh-hans"), pytest.raises(BadInput) as refused:
        services.import_network(path, city=town.city, by=build.SYSTEM, at=build.NOW)
    assert any(one in refused.value.said for one in told.split("|"))
    assert StreetNetwork.objects.count() == before


def test_hostile_files_are_refused_in_words_by_whatever_reads_them(town, db, tmp_path):
    endings = [(one, services.import_network) for one in uploads.WAYS_ENDINGS]
    endings += [(one, services.import_places) for one in uploads.PLACES_ENDINGS]
    for number, (_name, content) in enumerate(files().values()):
        for turn in (number, number + 3):  # each kind of file meets every third ending, and each ending many files
            ending, read_it = endings[turn % len(endings)]
            path = tmp_path / f"{number}{ending}"
            path.write_bytes(content)
            with suppress(LirenError):
                read_it(path, city=town.city, by=build.SYSTEM, at=build.NOW, dry_run=True)


def test_a_refusal_stands_on_the_page_with_the_next_step_in_the_language_it_is_read_in(client, town, planner):
    refused = [
        ("ways", "x.osm.pbf", b"hello", "不是完整的 OpenStreetMap 数据", "x.osm.pbf: not a whole OpenStreetMap"),
        ("ways", "x.zip", b"PK", "压缩包损坏", "x.zip: the zip is damaged, cut off or locked. Pack it again"),
        ("places", "x.csv", b"a,b\n1,2\n", "缺少：名称, 类型, 经度, 纬度", "missing: name, category, lon, lat"),
        ("places", "x.csv", b"name,x\n\xff\xff\n", "不是 UTF-8", "x.csv:2: not UTF-8 at byte"),
    ]
    for kind, name, content, chinese, english in refused:
        where = send(client, planner, town.city, content, name, kind)["Location"]
        assert work() == 1
        words = read(client, where.removeprefix("/en"))
        assert "这份文件没能读进来" in words
        assert chinese in words
        assert "上传另一个文件" in words
        assert english in read(client, where)  # whatever the language of the upload was


def test_a_zip_that_unpacks_without_end_is_stopped(town, db, tmp_path, monkeypatch):
    monkeypatch.setattr("liren.development.lifecircle.services.unpacking.MOST_UNPACKED", 1_000_000)
    (tmp_path / "bomb.zip").write_bytes(packed({"a.geojson": b" " * 5_000_000}))
    with translation.override("en"), pytest.raises(BadInput, match="unpacks to more than 1 MB"):
        services.import_network(tmp_path / "bomb.zip", city=town.city, by=build.SYSTEM, at=build.NOW)


def test_an_extract_that_unpacks_without_end_is_not_begun(town, db, tmp_path, shared_data):
    """The same blob as in an honest extract, but it says of itself that it unpacks to two gigabytes."""
    blob = bytes([0x10]) + b"\x80\x80\x80\x80\x08" + b"\x1a\x04xxxx"
    header = b"\x0a\x07OSMData\x18" + bytes([len(blob)])
    path = tmp_path / "trap.osm.pbf"
    path.write_bytes(len(header).to_bytes(4, "big") + header + blob)
    assert unpacked_octets(path) == 1 << 31
    with translation.override("en"), pytest.raises(BadInput, match="far more than an honest extract"):
        services.import_network(path, city=town.city, by=build.SYSTEM, at=build.NOW)
    assert 1 < unpacked_octets(shared_data / "geo" / "helsinki_centre.osm.pbf") / 685_110 < 5


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ways.exe", b"x", "Choose a file that ends in one of"),
        ("ways.zip", b"", "empty"),
        ("ways.zip", b"x" * 2_000, "larger than"),
    ],
)
def test_what_the_form_refuses(client, town, planner, monkeypatch, name, content, told):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000)
    answer = send(client, planner, town.city, content, name)
    assert answer.status_code == 422
    assert told in text(answer)
    assert not ProcrastinateJob.objects.filter(task_name="desk.take_circle_file").exists()


def test_a_worker_that_was_ended_half_way_has_written_nothing_and_is_asked_once_more(
    client, town, planner, monkeypatch
):
    answer = send(client, planner, town.city, geojson(), "streets.geojson")

    def ended(*_given: Any, **_how: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("liren.development.lifecircle.services.networks.audit.record", ended)
        with pytest.raises(KeyboardInterrupt):
            work()
    assert StreetNetwork.objects.filter(city=town.city).count() == 1
    job = ProcrastinateJob.objects.get(task_name="desk.take_circle_file")
    ProcrastinateJob.objects.filter(pk=job.pk).update(status="cancelled")
    kept = keeping.brought_back(UUID(job.args["kept_as"]), what=taking.what_of(town.city), by=planner)
    cache.set(taking._beat_of(kept), ("reading", 0, 0, time.time() - 90), 60)
    assert "Nothing has been heard of it for a minute" in read(client, answer["Location"])
    assert client.post(answer["Location"], make.form(planner)).status_code == 303
    assert work() == 1
    assert "It is on the record" in read(client, answer["Location"])
    assert StreetNetwork.objects.filter(city=town.city).count() == 2


def test_two_workers_with_one_file_record_it_once(client, town, planner):
    for _twice in range(2):
        send(client, planner, town.city, geojson(), "streets.geojson")
    assert work() == 2
    assert StreetNetwork.objects.filter(city=town.city).count() == 2  # the town's own, and this
    assert Run.objects.filter(city=town.city).count() == 1


def test_nobody_else_sees_or_sends_a_file(client, town, planner):
    answer = send(client, planner, town.city, geojson(), "streets.geojson")
    make.sign_in(client, make.official("planner", town.city))
    assert client.get(answer["Location"]).status_code == 404  # another planner's
    worker = make.sign_in(client, make.official("community_worker", town.communities[0]))
    assert client.get(answer["Location"]).status_code == 403
    assert send(client, worker, town.city, geojson(), "streets.geojson").status_code == 403
    below = make.sign_in(client, make.official("planner", town.district))
    assert send(client, below, town.city, geojson(), "streets.geojson").status_code == 403
    assert ProcrastinateJob.objects.filter(task_name="desk.take_circle_file").count() == 1


def test_every_system_of_places_can_be_chosen():
    assert {code for code, _name in uploads.PlacesForm.base_fields["crs"].choices} == set(SYSTEMS)


def test_the_worker_says_in_a_thread_of_its_own_that_it_is_there(monkeypatch):
    said: list[Any] = []
    heard = SimpleNamespace(
        set=lambda _key, value, _keep: said.append(value[:3]), delete=lambda _key: said.append("gone")
    )
    monkeypatch.undo()
    monkeypatch.setattr(taking, "cache", heard)
    monkeypatch.setattr(taking, "BEAT_S", 0.01)
    kept = keeping.Kept("x", "x", "x", "", b"", "", taking.Taken("ways"))
    with taking.beating(kept) as tell:
        tell("reading", 1, 2)
        deadline = time.time() + 5
        while ("reading", 1, 2) not in said and time.time() < deadline:
            time.sleep(0.01)
    assert said[0] == ("", 0, 0)
    assert ("reading", 1, 2) in said
    assert said[-1] == "gone"
