"""Functional zones from the desk: founded, filled, drawn and ended, over the tree and not in it (R031)."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from liren.foundation.territory import services
from liren.foundation.territory.models import Boundary, Zone, ZoneUnit
from tests.make.portal import DAY, NOW, SYSTEM

PARK = {"name_zh": "文昌产业园", "name_en": "Wenchang Park", "kind": "industrial", "managing_body": "产业园管委会"}
SENT = {"crs": "wgs84", "feature": "", "source": "测绘成果", "from_day": "2026-01-01", "step": "preview"}


@pytest.fixture
def planner(city, as_official):
    return as_official("planner", city.street)


def outline():
    ring = [[104.001, 30.001], [104.005, 30.001], [104.005, 30.005], [104.001, 30.005], [104.001, 30.001]]
    return SimpleUploadedFile("a.geojson", json.dumps({"type": "Polygon", "coordinates": [ring]}).encode())


@pytest.mark.requirement("R031")
def test_a_zone_is_founded_filled_emptied_and_ended(city, planner, client, send):
    assert send("/desk/zones/create/", **PARK, slug="wenchang", effective_on="2026-01-01").status_code == 303
    zone = Zone.objects.get(slug="wenchang")
    assert [row.slug for row in client.get("/desk/zones/").context["page"]] == ["qingshui", "wenchang"]
    url, unit = f"/desk/zones/{zone.pk}/", city.communities[0]
    assert send(f"{url}put/", unit=unit.code, effective_on="2026-02-01").status_code == 303
    assert [(row.unit, row.whole) for row in client.get(url).context["page"]] == [(unit, False)]
    assert "wenchang" in client.get(f"/units/{unit.code}/").content.decode()
    assert client.get(f"{url}take-out/?unit={unit.code}").context["form"]["unit"].value() == unit.code
    assert send(f"{url}take-out/", unit=unit.code, effective_on="2026-03-01").status_code == 303
    assert client.get(url).context["page"].rows == []
    assert send(f"{url}close/", effective_on="2026-04-01").status_code == 303
    page = client.get(url)
    assert (page.status_code, page.context["exists"]) == (200, False)
    assert send(f"{url}put/", unit=unit.code, effective_on="2026-05-01").status_code == 422


@pytest.mark.requirement("R031")
def test_the_outline_of_a_zone_is_looked_at_and_set(city, planner, client, send):
    url, before = f"/desk/zones/{city.zone.pk}/boundary/", Boundary.objects.count()
    seen = send(url, **SENT, file=outline())
    assert (seen.status_code, Boundary.objects.count()) == (200, before)
    answer = send(url, step="confirm", drawing=seen.context["seen"]["drawing"])
    assert (answer.status_code, answer["Location"]) == (303, f"/desk/zones/{city.zone.pk}/")
    assert client.get(answer["Location"]).context["boundary"] == Boundary.objects.get(zone=city.zone)
    assert "qingshui" in client.get("/where/?lon=104.003&lat=30.003").content.decode()


def test_a_dry_run_of_a_zone_can_not_be_confirmed_for_the_unit_of_the_same_number(city, planner, send):
    seen = send(f"/desk/zones/{city.zone.pk}/boundary/", **SENT, file=outline())
    drawing = seen.context["seen"]["drawing"]
    assert send(f"/desk/units/{city.grid.code}/boundary/", step="confirm", drawing=drawing).status_code == 422
    assert not Boundary.objects.filter(unit=city.grid).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slug": "qingshui"}, "__all__"),
        ({"slug": "Not A Slug"}, "__all__"),
        ({"slug": ""}, "slug"),
        ({"kind": "moon"}, "kind"),
        ({"managing_body": ""}, "managing_body"),
        ({"name_zh": " "}, "name_zh"),
        ({"effective_on": "2026-02-30"}, "effective_on"),
    ],
)
def test_a_zone_that_can_not_be_is_refused(wrong, field, city, planner, send):
    good = PARK | {"slug": "wenchang", "effective_on": "2026-01-01"}
    reply = send("/desk/zones/create/", **(good | wrong))
    assert (reply.status_code, list(reply.context["form"].errors)) == (422, [field])
    assert Zone.objects.count() == 1


def test_a_unit_outside_the_mandate_is_not_put_into_a_zone(city, planner, send):
    url, before = f"/desk/zones/{city.zone.pk}/", ZoneUnit.objects.count()
    assert send(f"{url}put/", unit=city.other_street.code, effective_on="2026-02-01").status_code == 403
    assert send(f"{url}put/", unit="999999999999", effective_on="2026-02-01").status_code == 422
    assert send(f"{url}take-out/", unit=city.communities[1].code, effective_on="2026-02-01").status_code == 422
    assert ZoneUnit.objects.count() == before


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_of_zones_cost_the_same_whatever_their_length(
    number, city, planner, client, django_assert_num_queries
):
    for index in range(number):
        facts = {"kind": "other", "name_zh": f"甲{index}园", "managing_body": "管委会", "effective_on": DAY}
        zone = services.create_zone(slug=f"z{index}", **facts, by=SYSTEM, at=NOW)
        services.put_in_zone(
            city.zone.pk, city.communities[index].pk, effective_on=timezone.localdate(), by=SYSTEM, at=NOW
        )
    assert zone.pk
    for url, queries in (("/desk/zones/", 4), (f"/desk/zones/{city.zone.pk}/", 6)):
        client.get(url)
        with django_assert_num_queries(queries):
            assert len(client.get(url).context["page"]) == number + 1
