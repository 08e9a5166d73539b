"""Streets that end, and chiefs who hand over (R034)."""

import pytest

from liren.foundation.territory.models import Street, StreetChief

CHIEF = {"post": "街长", "name": "丙某", "telephone": "028-0000000", "duties": "巡查", "sign_place": "路口"}


@pytest.mark.requirement("R034")
def test_appointing_another_chief_ends_the_office_of_the_one_before(city, as_official, client, send):
    street, unit = Street.objects.get(name_zh="桂花井巷"), city.communities[0]
    as_official("street_officer", city.street)
    url = f"/desk/units/{unit.code}/chiefs/"
    assert send(url, **CHIEF, street=str(street.pk), effective_on="2026-02-01").status_code == 303
    first, second = StreetChief.objects.filter(street=street).order_by("during")
    assert (first.during.upper, second.name) == (second.during.lower, "丙某")
    assert [row[4] for row in client.get(url).context["rows"]] == ["丙某", "甲某"]


@pytest.mark.requirement("R034")
def test_a_street_is_closed_and_the_office_of_its_chief_ends(city, as_official, client, send):
    street, unit = Street.objects.get(name_zh="桂花井巷"), city.communities[0]
    as_official("street_officer", city.street)
    listed = f"/desk/units/{unit.code}/streets/"
    link = next(row[-1] for row in client.get(listed).context["rows"] if row[0] == street.name)
    assert link.url in client.get(listed).content.decode()
    assert send(link.url, effective_on="1999-01-01").status_code == 422
    reply = send(link.url, effective_on="2026-03-01")
    assert (reply.status_code, reply["Location"]) == (303, listed)
    assert [row[0] for row in client.get(listed).context["rows"]] == ["书院街"]
    assert str(StreetChief.objects.get(street=street).during.upper) == "2026-03-01"
    assert "桂花井巷" not in client.get(f"/units/{unit.code}/streets/").content.decode()
    assert send(link.url, effective_on="2026-04-01").status_code == 422


def test_nobody_closes_a_street_elsewhere(city, as_official, send):
    street = Street.objects.get(name_zh="书院街")
    as_official("street_officer", city.other_street)
    assert send(f"/desk/streets/{street.pk}/close/", effective_on="2026-03-01").status_code == 403
