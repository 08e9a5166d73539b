"""Registers from the desk: entered, changed, reviewed, closed, opened, each by whoever keeps them and nobody else."""

import pytest

from liren.foundation.registers.models import Entry, EntryChange, Look
from tests import make
from tests.make import registers as build

ROOM = {"name_zh": "桂花井书屋", "lon": "104.005", "lat": "30.005", "area": "120", "open_daily": "true", "rhythm": "weekly"}
URL = "/desk/registers/reading_room/"


@pytest.fixture
def rooms(city):
    return build.declared()


@pytest.fixture
def keeper(city, rooms, as_official):
    return as_official("community_worker", city.communities[0])


def test_an_entry_is_entered_and_stands_in_the_list(city, keeper, client, send):
    home = city.communities[0]
    assert client.get(f"{URL}add/").status_code == 200
    answer = send(f"{URL}add/", unit=home.code, **ROOM)
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}1/")
    entry = Entry.objects.get()
    assert (entry.unit, entry.name_zh, entry.lon, entry.values["area"]) == (home, "桂花井书屋", 104.005, 120)
    for url in ("/desk/registers/", URL, f"{URL}1/", f"{URL}1/edit/", f"{URL}1/review/", f"{URL}1/close/", f"{URL}import/", f"{URL}?state=missing", f"{URL}?state=stale", f"{URL}?state=closed", f"{URL}export.csv", f"{URL}template.xlsx", f"{URL}template.csv"):
        assert client.get(url).status_code == 200, url
