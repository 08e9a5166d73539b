"""What ties bodies and deputies to a unit, on the desk: liaison, authority, strands, receptions, linked accounts."""

import pytest

from liren.foundation.bodies.models import (
    Authority,
    ContactArrangement,
    Liaison,
    OfficeHolding,
    Reception,
    Strand,
)
from liren.foundation.kernel.models import AuditEntry
from tests import make

DAY = {"effective_on": "2026-03-01"}
PAPER = {**DAY, "instrument": "里社治〔2026〕1号"}
DEPUTY = {"kind": "people_deputy", "level": "3", "name": "甲某", "times": "每月5日", "where": "会客厅", **PAPER}


@pytest.fixture
def worker(city, as_official):
    return as_official("community_worker", city.communities[0])


@pytest.fixture
def home(city):
    return city.communities[0]


def steps(client, unit):
    return [path.split("/")[-2] for path, _words in client.get(f"/desk/units/{unit.code}/ties/").context["steps"]]


@pytest.mark.requirement("R004")
def test_a_union_names_who_speaks_for_it_in_the_community(city, home, worker, client, send):
    union = make.bodies.body(city.district, "mass_organisation", name_zh="临川区总工会")
    named = {"unit": home.code, "name": "甲某", "telephone": "000-0000007", **DAY}
    assert send(f"/desk/bodies/{union.pk}/liaison/", **named).status_code == 303
    row = Liaison.objects.latest("pk")
    for page in (f"/desk/bodies/{union.pk}/", f"/bodies/{union.pk}/", f"/desk/units/{home.code}/ties/"):
        assert "000-0000007" in client.get(page).content.decode()
    assert send(f"/desk/liaisons/{row.pk}/end/", effective_on="2026-04-01").status_code == 303
    assert send(f"/desk/liaisons/{row.pk}/end/", effective_on="2026-05-01").status_code == 422
    assert AuditEntry.objects.get(action="bodies.end_liaison").actor == worker.label
    elsewhere = named | {"unit": city.communities[1].code}
    assert send(f"/desk/bodies/{union.pk}/liaison/", **elsewhere).status_code == 403


@pytest.mark.requirement("R008", "R009")
def test_a_district_extends_authority_to_a_street_and_takes_it_back(city, as_official, client, send):
    as_official("district_admin", city.district)
    office = make.bodies.body(city.district, "department", name_zh="临川区应急管理局")
    url = f"/desk/units/{city.street.code}/authority/"
    other = {"power": "other", "from_body": office.name_zh, **PAPER}
    assert send(url, **other).status_code == 422
    assert send(url, **other, detail="小型餐饮备案").status_code == 303
    row = Authority.objects.latest("pk")
    assert "小型餐饮备案" in client.get(f"/desk/units/{city.street.code}/ties/").content.decode()
    assert send(f"/desk/authorities/{row.pk}/end/", effective_on="2026-04-01").status_code == 303
    row.refresh_from_db()
    assert (row.from_body, str(row.during.upper)) == (office, "2026-04-01")
    assert send(f"/desk/units/{city.communities[0].code}/authority/", power="planning", **PAPER).status_code == 422


@pytest.mark.requirement("R008")
def test_a_street_reads_its_authority_and_extends_none_to_itself(city, as_official, client, send):
    as_official("street_officer", city.street)
    row = make.bodies.services.extend_authority(
        city.street.pk, power="planning", instrument="文", effective_on=make.bodies.SINCE, **make.bodies.BY
    )
    assert steps(client, city.street) == ["deputy"]
    page = client.get(f"/desk/units/{city.street.code}/ties/").content.decode()
    assert "/desk/authorities/" not in page
    assert send(f"/desk/units/{city.street.code}/authority/", power="other", **PAPER).status_code == 403
    assert send(f"/desk/authorities/{row.pk}/end/", **DAY).status_code == 403


@pytest.mark.requirement("R017")
def test_each_strand_is_led_by_a_body_and_the_lead_changes_hands(city, home, worker, client, send):
    committee, group = city.acting.committee, city.acting.organisation
    url = f"/desk/units/{home.code}/strand/"
    assert steps(client, home) == ["deputy", "strand"]
    before = Strand.objects.filter(unit=home, line="volunteers").count()
    assert send(url, line="volunteers", lead=str(committee.pk), effective_on="2026-02-01").status_code == 303
    assert send(url, line="volunteers", lead=group.name_zh, effective_on="2026-03-01").status_code == 303
    rows = Strand.objects.filter(unit=home, line="volunteers").order_by("during")
    assert [row.lead for row in rows][before:] == [committee, group]
    row = rows.last()
    assert send(f"/desk/strands/{row.pk}/end/", effective_on="2026-04-01").status_code == 303
    assert send(f"/desk/strands/{row.pk}/end/", effective_on="2026-04-01").status_code == 422
    assert send(url, line="volunteers", lead="无此机构", **DAY).status_code == 422


@pytest.mark.requirement("R018")
def test_a_deputy_receives_residents_and_what_came_of_it_is_published(home, worker, client, send):
    assert send(f"/desk/units/{home.code}/deputy/", **{**DEPUTY, "name": ""}).status_code == 422
    assert send(f"/desk/units/{home.code}/deputy/", **DEPUTY).status_code == 303
    row = ContactArrangement.objects.latest("pk")
    raised = {"held_on": "2026-03-05", "topic": "traffic", "times_raised": "3", "outcome": "增设车位"}
    assert send(f"/desk/deputies/{row.pk}/reception/", **raised).status_code == 303
    more = {**raised, "topic": "care", "times_raised": "12", "outcome": ""}
    assert send(f"/desk/deputies/{row.pk}/reception/", **more).status_code == 303
    assert Reception.objects.filter(arrangement=row).count() == 2
    public = client.get(f"/units/{home.code}/bodies/").content.decode()
    assert "增设车位" in public
    assert "反映不到 5 次" in public
    assert "反映 12 次" in public
    assert "反映 3 次" in client.get(f"/desk/units/{home.code}/ties/").content.decode()
    assert send(f"/desk/deputies/{row.pk}/end/", effective_on="2026-04-01").status_code == 303
    assert send(f"/desk/deputies/{row.pk}/reception/", **{**raised, "held_on": "2026-04-02"}).status_code == 422


@pytest.mark.requirement("R002", "R021")
def test_an_account_is_linked_to_an_office_and_can_be_taken_back(city, worker, client, send):
    holding = city.acting.holding
    url = f"/desk/holdings/{holding.pk}/link/"
    resident = make.resident(city.communities[0])
    stranger = make.resident(city.communities[1])
    assert send(url, account=stranger.username).status_code == 422
    assert send(url, account="").status_code == 422
    assert send(url, account=resident.username.upper()).status_code == 303
    holding.refresh_from_db()
    assert holding.account_id == resident.pk
    assert client.get(url).context["form"]["account"].value() == resident.username
    card = client.get(f"/desk/bodies/{city.acting.committee.pk}/").content.decode()
    assert "已关联账号" in card
    assert resident.username not in client.get(f"/bodies/{city.acting.committee.pk}/").content.decode()
    assert send(url, account="").status_code == 303
    holding.refresh_from_db()
    assert holding.account_id is None


@pytest.mark.requirement("R021")
def test_who_carries_out_is_not_linked_to_an_office_that_checks(city, worker, send):
    resident = make.resident(city.communities[0])
    url = "/desk/holdings/{}/link/"
    assert send(url.format(city.acting.holding.pk), account=resident.username).status_code == 303
    watch = make.bodies.body(city.communities[0], "committee", name_zh="居务监督委员会", part="checks")
    checker = make.bodies.holding(make.bodies.post(watch, name_zh="监督员"))
    refused = send(url.format(checker.pk), account=resident.username)
    assert refused.status_code == 422
    assert "监督" in refused.content.decode()
    assert OfficeHolding.objects.get(pk=checker.pk).account is None


def test_an_office_is_filled_with_the_account_of_its_holder(city, worker, send):
    post = make.bodies.post(city.acting.committee, name_zh="委员")
    resident = make.resident(city.communities[0])
    filled = {"name": "甲某", "account": resident.username, **PAPER}
    assert send(f"/desk/posts/{post.pk}/fill/", **filled).status_code == 303
    assert OfficeHolding.objects.get(post=post).account_id == resident.pk


def test_a_form_sent_twice_arranges_one_reception(home, worker, client):
    fields = make.form(worker, **DEPUTY)
    path = f"/desk/units/{home.code}/deputy/"
    assert [client.post(path, fields).status_code for _time in range(2)] == [303, 303]
    assert ContactArrangement.objects.filter(times="每月5日").count() == 1


@pytest.mark.parametrize("what", ["ties", "strand", "deputy", "authority"])
def test_nobody_of_the_next_community_comes_in(city, as_official, client, what):
    as_official("community_worker", city.communities[1])
    assert client.get(f"/desk/units/{city.communities[0].code}/{what}/").status_code == 403
