"""Buildings and social organisations with their service contacts, on the desk and for residents (R029)."""

import pytest

from liren.foundation.territory import services
from liren.foundation.territory.models import ServiceContact, ServiceSubject
from tests import make
from tests.make.portal import DAY, NOW, SYSTEM

CONTACT = {"effective_on": "2026-01-01", "post": "楼栋长", "name": "丙某", "telephone": "028-0000003"}


def register(unit, number=1):
    facts = {"kind": "building", "effective_on": DAY, "by": SYSTEM, "at": NOW}
    return services.register_service_subject(unit.pk, name_zh=f"{number}栋", **facts)


def shares(context):
    return [(one.what, one.covered, one.total, str(one.percent)) for one in context["coverage"]]


@pytest.mark.requirement("R029")
def test_a_building_is_listed_its_contact_named_and_the_coverage_seen_by_worker_and_resident(
    city, as_official, client, send
):
    home = city.communities[0]
    as_official("community_worker", home)
    url = f"/desk/units/{home.code}/subjects/"
    for kind, name in (("building", "1栋"), ("building", "2栋"), ("organisation", "桂花井舞蹈队")):
        assert send(url, kind=kind, name_zh=name, effective_on="2026-01-01").status_code == 303
    assert shares(client.get(url).context) == [
        ("grid", 1, 1, "100"),
        ("building", 0, 2, "0"),
        ("organisation", 0, 1, "0"),
    ]
    building = ServiceSubject.objects.get(name_zh="1栋")
    reply = send(f"/desk/subjects/{building.pk}/", **CONTACT)
    assert (reply.status_code, reply["Location"]) == (303, url)
    page = client.get(url)
    assert [[one.name for one in row.named_today] for row in page.context["page"]] == [["丙某"], [], []]
    assert shares(page.context)[1] == ("building", 1, 2, "50")
    public = client.get(f"/units/{home.code}/")
    assert shares(public.context)[1] == ("building", 1, 2, "50")
    assert "丙某" in public.content.decode()
    assert shares(client.get(f"/units/{city.street.code}/").context)[1] == ("building", 1, 2, "50")
    assert client.get(f"/units/{city.district.code}/").context["coverage"] == []


def test_a_later_contact_takes_over_and_the_earlier_one_stays_to_be_read(city, as_official, client, send):
    building = register(city.communities[0])
    as_official("street_officer", city.street)
    url = f"/desk/subjects/{building.pk}/"
    assert send(url, **CONTACT).status_code == 303
    assert send(url, **(CONTACT | {"name": "丁某"})).status_code == 422
    assert send(url, **(CONTACT | {"name": "丁某", "effective_on": "2026-03-01"})).status_code == 303
    assert [row[3] for row in client.get(url).context["rows"]] == ["丁某", "丙某"]


@pytest.mark.parametrize(
    "wrong", [{"kind": "house"}, {"name_zh": ""}, {"name_zh": "甲" * 201}, {"effective_on": "x"}, {"effective_on": ""}]
)
def test_what_can_not_be_on_the_list_is_refused(wrong, city, as_official, send):
    as_official("community_worker", city.communities[0])
    good = {"kind": "building", "name_zh": "1栋", "effective_on": "2026-01-01"}
    assert send(f"/desk/units/{city.communities[0].code}/subjects/", **(good | wrong)).status_code == 422
    assert not ServiceSubject.objects.exists()


def test_nobody_names_a_contact_outside_their_unit(city, as_official, client, send):
    building = register(city.communities[1])
    as_official("community_worker", city.communities[0])
    assert send(f"/desk/subjects/{building.pk}/", **CONTACT).status_code == 403
    assert not ServiceContact.objects.filter(subject=building).exists()
    assert client.get("/desk/subjects/999999/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(number, city, as_official, client, django_assert_num_queries):
    for index in range(number):
        register(city.communities[0], index)
    make.official("community_worker", city.communities[1])
    as_official("community_worker", city.communities[0])
    url = f"/desk/units/{city.communities[0].code}/subjects/"
    client.get(url)
    with django_assert_num_queries(8):
        assert len(client.get(url).context["page"]) == number
