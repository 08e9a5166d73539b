"""How exactly a place is published stands in the declaration, and every page and feed says the same of it."""

import json

import pytest

from liren.foundation.kernel.rights import ANONYMOUS
from liren.service.cases import queries, services
from liren.service.cases.queries import feeds
from tests.make import cases

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R078")]
POINT = {"lon": 104.0051234, "lat": 30.0051234}
BLURRED = {"lon": 104.005, "lat": 30.005}


@pytest.fixture
def kinds():
    """A lamp is published as it is, waste about, and a noise has no place."""
    lamp, waste, fire = cases.REQUEST["categories"]
    noise = {"code": "noise", "name": {"zh": "噪声", "en": "Noise"}, "place": "none"}
    return cases.declare(categories=[{**lamp, "exact": True}, waste, fire, noise])


def told(client, case):
    """Longitude and latitude wherever everybody may read of the case."""
    face = queries.reading(case, ANONYMOUS)
    (row,) = queries.public_list().rows
    found = {"page": (face.lon, face.lat), "list": row.public_point}
    place = feeds.face_of(case)["place"]
    found["webhook"] = (place["lon"], place["lat"]) if place else (None, None)
    features = client.get("/cases/map.geojson").json()["features"]
    found["map"] = tuple(features[0]["geometry"]["coordinates"]) if features else (None, None)
    one = client.get(f"/open311/v2/requests/{case.number}.json").json()[0]
    found["open311"] = (one["long"], one["lat"])
    (line,) = client.get("/api/cases/").json()["cases"]
    found["api"] = _point(line)
    found["api, one"] = _point(client.get(f"/api/cases/{case.number}/").json())
    return found


def _point(line):
    place = line["place"]
    return (place["lon"], place["lat"]) if place else (None, None)


@pytest.mark.parametrize(
    ("category", "lon", "lat"),
    [("lamp", *POINT.values()), ("waste", *BLURRED.values()), ("", *BLURRED.values()), ("noise", None, None)],
)
def test_every_page_and_feed_says_the_same_of_a_place(scene, client, kinds, category, lon, lat):
    """Sorted anew, a case goes by its new category at once; the desk keeps the pin."""
    case = cases.reported(scene.town.community, category="waste", **POINT)
    case = services.correct(case.pk, category=category, by=scene.worker, at=cases.NOW)
    assert told(client, case) == dict.fromkeys(told(client, case), (lon, lat))
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert ("位置只显示到50米左右。" in page) == (lon == BLURRED["lon"])
    if category != "lamp":
        assert str(POINT["lon"]) not in page + json.dumps(client.get("/api/cases/").json())
    assert queries.reading(case, scene.worker).lon == POINT["lon"]


def test_what_has_no_place_is_near_nobody(scene, kinds):
    case = cases.reported(scene.town.community, category="waste", **POINT)
    services.correct(case.pk, category="noise", by=scene.worker, at=cases.NOW)
    assert queries.near(**POINT, category="noise", at=cases.NOW) == []
