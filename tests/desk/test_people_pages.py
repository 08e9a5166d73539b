"""Claims and mandates on the desk: lists, filters, decisions, refusals, exports, and the same cost for any length."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from liren.foundation.people.models import AccessEntry, Account, Mandate, Residency
from tests import make

#: Every list, with the number of its queries: session, account, powers, rows, and what a list needs beside.
LISTS = {
    "/desk/residency/": 4,
    "/desk/mandates/": 6,
    "/desk/access/": 4,
    "/desk/audit/": 11,
    "/desk/proposals/": 4,
}


def text(reply):
    body = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return body.decode()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "path", ["/desk/residency/", "/desk/mandates/", "/desk/access/", "/desk/audit/", "/desk/proposals/"]
)
def test_a_list_costs_the_same_whatever_its_length(path, number, city, client, as_official, django_assert_num_queries):
    for _ in range(number):
        make.resident(city.communities[0], verified=False)
        make.official("community_worker", city.communities[1])
    role = {"/desk/access/": "data_protection_officer", "/desk/audit/": "auditor"}.get(path, "district_admin")
    as_official(role, city.district)
    client.get(path)
    with django_assert_num_queries(LISTS[path]):
        assert client.get(path).status_code == 200


def test_the_desk_counts_what_waits_and_stops_counting_at_ninety_nine(city, client, as_official, monkeypatch):
    from liren.front.desk import counting

    for _ in range(3):
        make.resident(city.communities[0], verified=False)
    as_official("community_worker", city.communities[0])
    assert [line.number for line in client.get("/desk/").context["waiting"] if "residency" in line.url] == ["3"]
    monkeypatch.setattr(counting, "MOST", 2)
    assert [line.number for line in client.get("/desk/").context["waiting"] if "residency" in line.url] == ["2+"]


def test_the_desk_of_somebody_without_a_mandate_says_so(client, db):
    make.sign_in(client, make.account())
    page = client.get("/en/desk/")
    assert page.context["waiting"] == []
    assert [section.url_name for section in page.context["sections"]] == ["desk-calendar"]


def test_a_stranger_is_sent_to_sign_in(client, db):
    reply = client.get("/desk/mandates/")
    assert (reply.status_code, reply["Location"]) == (302, "/accounts/login/?next=/desk/mandates/")


def test_a_refusal_needs_its_reason_and_the_resident_reads_it(city, client, as_official, send):
    person = make.resident(city.communities[0], verified=False)
    claim = person.residencies.get()
    as_official("community_worker", city.communities[0])
    url = f"/desk/residency/{claim.pk}/"
    assert send(url, decision="refuse", note="").status_code == 422
    assert send(url, decision="refuse", note="请带租房合同来").status_code == 303
    assert (Residency.objects.get().state, Residency.objects.get().events.last().note) == ("refused", "请带租房合同来")
    assert send(url, decision="verify", note="").status_code == 422


def test_no_page_shows_a_residents_name_without_leaving_a_line_that_the_resident_reads(city, client, as_official, send):
    person = make.resident(city.communities[0], verified=False, display_name="周小林")
    as_official("community_worker", city.communities[0])
    url = f"/desk/residency/{person.residencies.get().pk}/"
    reach = f"/desk/people/{person.pk}/contact/"
    for page in (send(url, decision=""), client.get(reach), send(reach, kind="phone", purpose="")):
        assert "周小林" not in text(page)
        assert "周**" in text(page)
    assert AccessEntry.objects.count() == 0
    assert "周小林" in text(client.get(url))
    assert AccessEntry.objects.get().subject == person


def test_claims_are_filtered_by_state_and_unit_and_an_unreadable_filter_shows_what_waits(city, client, as_official):
    first, second = (make.resident(unit, verified=False) for unit in city.communities[:2])
    make.resident(city.communities[0])
    as_official("street_officer", city.street)

    def shown(query):
        return [claim.account_id for claim in client.get(f"/desk/residency/{query}").context["page"]]

    assert shown("") == [first.pk, second.pk]
    assert shown(f"?unit={city.communities[1].code}") == [second.pk]
    assert shown(f"?unit={city.communities[1].name_zh}") == [second.pk]
    assert shown("?state=nonsense") == [first.pk, second.pk]
    assert len(shown("?state=verified")) == 1


def test_the_export_of_claims_holds_no_full_name_and_no_formula(city, client, as_official):
    make.resident(city.communities[0], verified=False, display_name="=cmd|x")
    as_official("community_worker", city.communities[0])
    lines = text(client.get("/desk/residency.csv")).splitlines()
    assert len(lines) == 2
    assert "cmd" not in lines[1]
    assert "'=*" in lines[1]


def test_a_street_officer_appoints_a_worker_and_ends_the_mandate(city, client, as_official, send):
    person = make.account(username="he.gong")
    as_official("street_officer", city.street)
    unit = city.communities[0]
    facts = {"username": "He.Gong", "role": "community_worker", "unit": unit.code, "starts_on": "2026-01-01"}
    assert send("/desk/mandates/grant/", **facts).status_code == 303
    mandate = Mandate.objects.get(account=person)
    assert (mandate.unit, mandate.starts_on) == (unit, date(2026, 1, 1))
    assert mandate.pk in client.get("/desk/mandates/").context["endable"]
    today = timezone.localdate().isoformat()
    assert send(f"/desk/mandates/{mandate.pk}/end/", last_day=today, reason="调岗").status_code == 303
    assert not Account.objects.get(pk=person.pk).holds("people.verify")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "nobody.here"}, "username"),
        ({"role": "emperor"}, "role"),
        ({"unit": "没有这个社区"}, "unit"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": "1900-01-01"}, "starts_on"),
        ({"ends_on": "2025-12-31"}, "ends_on"),
        ({"weekly_minutes": "10081"}, "weekly_minutes"),
        ({"role": "city_admin"}, None),
        ({"role": "grid_worker"}, None),
    ],
)
def test_a_mandate_that_can_not_be_is_refused_on_its_form(wrong, field, city, as_official, send):
    make.account(username="he.gong")
    as_official("city_admin", city.city)
    good = {"username": "he.gong", "role": "community_worker", "unit": city.communities[0].code}
    reply = send("/desk/mandates/grant/", **(good | {"starts_on": "2026-01-01", "ends_on": ""} | wrong))
    assert reply.status_code in ({422} if field else {403, 422})
    if field:
        assert list(reply.context["form"].errors) == [field]
    assert not Mandate.objects.filter(account__username="he.gong").exists()


def test_several_units_of_one_name_ask_for_the_code(city, as_official, send, client):
    make.portal.unit(5, "990102002001", "community", city.communities[0].name_zh, city.other_street)
    as_official("city_admin", city.city)
    form = client.get(f"/desk/mandates/?unit={city.communities[0].name_zh}").context["filter"]
    assert form.errors.as_data()["unit"][0].code == "several"


def test_mandates_are_filtered_by_role_and_day_and_exported(city, client, as_official):
    worker = make.official("community_worker", city.communities[0])
    as_official("district_admin", city.district)
    day = (date(2020, 1, 1) - timedelta(1)).isoformat()
    assert [row.account_id for row in client.get("/desk/mandates/?role=community_worker").context["page"]] == [
        worker.pk
    ]
    assert client.get(f"/desk/mandates/?on={day}").context["page"].rows == []
    assert worker.display_name in text(client.get("/desk/mandates.csv?role=community_worker"))


def test_a_mediator_is_appointed_by_whose_duty_it_is(city, client, as_official, send):
    person = make.account(username="he.gong")
    as_official("street_officer", city.street)
    form = client.get("/desk/mandates/grant/")
    assert 'value="mediator"' in text(form)
    assert 'value="refuge_worker"' not in text(form)
    facts = {"username": "he.gong", "role": "mediator", "unit": city.communities[0].code, "starts_on": "2026-01-01"}
    refused = send("/desk/mandates/grant/", **facts)
    assert list(refused.context["form"].errors) == ["way", "instrument"]
    facts |= {"way": "elected", "instrument": "居民会议纪要〔2026〕3号"}
    assert send("/desk/mandates/grant/", **facts).status_code == 303
    assert Account.objects.get(pk=person.pk).holds("cases.sealed.mediation", city.communities[0])
    assert "居民会议纪要〔2026〕3号" in text(client.get("/desk/mandates/"))
