"""Files and maps of registers on the portal, and the words for everything that can be declared."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from liren.foundation.registers.models import Entry, Register
from liren.front.portal.registers import words
from liren.front.portal.registers.exports import frame_of
from tests import make
from tests.make import registers as build
from tests.portal.reading import FILES, LIST, streamed, text


class TestFiles:
    def test_the_table_is_what_the_list_shows(self, client: Client, city: make.City, room: Entry) -> None:
        build.room(city.communities[1], name="东门书屋", rhythm="monthly")
        response = client.get(FILES[0], {"rhythm": "weekly"})
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"] == 'attachment; filename="reading_room.csv"'
        rows = list(csv.reader(io.StringIO(streamed(response).removeprefix("\ufeff"))))
        assert [row[1] for row in rows] == ["名称", "桂花书屋"]

    @pytest.mark.parametrize("path", FILES)
    def test_a_wrong_choice_gives_no_file_rather_than_everything(self, client: Client, room: Entry, path: str) -> None:
        assert client.get(path, {"rhythm": "daily"}).status_code == 422

    @pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+86", "-2", '=HYPERLINK("x")'])
    def test_no_cell_is_run_by_a_spreadsheet(self, client: Client, city: make.City, rooms: Register, name: str) -> None:
        build.room(city.communities[0], name=name, note=name)
        rows = list(csv.reader(io.StringIO(streamed(client.get(FILES[0])).removeprefix("\ufeff"))))
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]

    @pytest.mark.parametrize(("most", "portion"), [(3, 2), (2, 2), (3, 10), (5, 2), (9, 2)])
    def test_a_file_is_bounded(
        self, client: Client, city: make.City, rooms: Register, monkeypatch: Any, most: int, portion: int
    ) -> None:
        monkeypatch.setattr("liren.front.portal.registers.exports.MOST_IN_A_FILE", most)
        monkeypatch.setattr("liren.foundation.registers.queries.exports.PORTION", portion)
        for number in range(5):
            build.room(city.communities[0], name=f"书屋{number}")
        lines = streamed(client.get(FILES[0])).splitlines()
        assert len(lines) - 1 == min(most, 5)
        assert len(json.loads(streamed(client.get(FILES[1])))["features"]) == min(most, 5)

    def test_the_places_are_geojson(self, client: Client, city: make.City, room: Entry) -> None:
        build.room(city.communities[1], name="无址书屋")
        response = client.get(FILES[1])
        data = json.loads(streamed(response))
        assert response["Content-Type"] == "application/geo+json"
        assert data["type"] == "FeatureCollection"
        first = next(one for one in data["features"] if one["properties"]["name"] == "桂花书屋")
        assert first["geometry"] == {"type": "Point", "coordinates": [104.005, 30.005]}
        assert first["properties"]["area"] == 120
        assert all(one["type"] == "Feature" and "geometry" in one for one in data["features"])

    def test_the_map_gets_points_with_what_lights_up_the_list(self, client: Client, room: Entry) -> None:
        response = client.get(f"/en{LIST}map.geojson")
        assert (response["Content-Type"], response.json()["more"]) == ("application/geo+json", False)
        assert [one["properties"] for one in response.json()["features"]] == [
            {"code": "1", "name": "桂花书屋", "note": "桂花井社区", "url": "/en/registers/reading_room/1/"}
        ]
        assert 'data-code="1"' in text(client.get(f"/en{LIST}"))

    @pytest.mark.parametrize(
        ("frame", "hits"), [("104,30,104.01,30.01", 1), ("104.01,30,104.02,30.01", 0), ("", 1), ("x", 1)]
    )
    def test_the_map_asks_for_its_frame(self, client: Client, room: Entry, frame: str, hits: int) -> None:
        assert len(client.get(f"{LIST}map.geojson", {"bbox": frame}).json()["features"]) == hits

    def test_the_map_says_when_there_are_more(
        self, client: Client, city: make.City, room: Entry, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr("liren.front.portal.registers.exports.MOST_POINTS", 1)
        build.room(city.communities[1], lon="104.015", lat="30.005")
        data = client.get(f"{LIST}map.geojson").json()
        assert (len(data["features"]), data["more"]) == (1, True)


@pytest.mark.parametrize(
    ("words_", "frame"),
    [
        ("1,2,3,4", (1.0, 2.0, 3.0, 4.0)),
        ("1,2,3", None),
        ("3,2,1,4", None),
        ("1,4,3,2", None),
        ("1,2,3,inf", None),
        ("nan,2,3,4", None),
        ("1,2,3,9e9", None),
        ("a,b,c,d", None),
    ],
)
def test_a_frame_is_four_numbers_in_order(words_: str, frame: Any) -> None:
    assert frame_of(words_) == frame


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (365, "Every year"),
        (730, "Every 2 years"),
        (30, "Every month"),
        (90, "Every 3 months"),
        (1, "Every day"),
        (45, "Every 45 days"),
    ],
)
def test_an_interval_is_said_in_the_largest_unit_that_fits(days: int, said: str) -> None:
    from django.utils import translation

    with translation.override("en"):
        assert words.interval(days) == said


def test_every_group_level_and_kind_that_can_be_declared_has_words() -> None:
    from liren.foundation.registers.engine import spec

    assert set(words.GROUPS) == set(spec.GROUPS)
    assert set(words.LEVELS) == set(spec.LEVELS)
    assert set(words.KEEPERS) == set(spec.KEEPERS)
    assert set(words.KINDS) == set(spec.KINDS)
    assert set(words.SEEN_BY) == set(spec.VISIBLE)
    assert set(words.PLACES) == set(spec.PLACE)
    assert set(words.MEASURED) == set(spec.MEASURES)
