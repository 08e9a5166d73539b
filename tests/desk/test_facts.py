"""Counts, grids, streets, compounds, bands, proposals, calendar, audit and boundaries, entered from the desk."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from liren.foundation.kernel.models import CalendarNotice
from liren.foundation.territory import services
from liren.foundation.territory.models import (
    Boundary,
    FormationProposal,
    GridProfile,
    Management,
    Occupancy,
    Population,
    ServiceContact,
    SizeBand,
    Street,
    StreetChief,
)
from tests import make
from tests.make.people import MOMENT, SYSTEM
from tests.make.portal import unit

CHIEF = {"effective_on": "2026-07-01", "post": "街长", "name": "某某", "telephone": "028-0000000"}


@pytest.fixture
def everything(city, as_official):
    return as_official("city_admin", city.city, ("planner", city.city), ("civil_affairs", city.city))


@pytest.mark.requirement("R033")
def test_a_second_count_of_a_year_is_a_new_revision_and_the_first_stays_to_be_read(city, everything, client, send):
    url = f"/desk/units/{city.communities[1].code}/population/"
    facts = {"year": "2019", "urban_residents": "", "source": "年报", "published_on": "2020-03-01"}
    assert send(url, **facts, households="1400", residents="4200").status_code == 303
    assert send(url, **facts, households="1405", residents="4210").status_code == 303
    rows = Population.objects.filter(unit=city.communities[1], year=2019).order_by("revision")
    assert [(row.revision, row.households, row.residents) for row in rows] == [(1, 1400, 4200), (2, 1405, 4210)]
    shown = [row for row in client.get(url).context["rows"] if row[0] == "2019"]
    assert [row[1:4] for row in shown] == [[2, 1405, 4210], [1, 1400, 4200]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"residents": "", "households": "", "urban_residents": ""},
        {"urban_residents": "5000"},
        {"residents": "-1"},
        {"residents": str(10**30)},
        {"source": ""},
        {"year": "1700"},
        {"published_on": "0000-00-00"},
    ],
)
def test_counts_that_can_not_be_are_refused(wrong, city, everything, send):
    good = {"year": "2019", "households": "1", "residents": "2", "urban_residents": "1", "source": "年报"}
    url = f"/desk/units/{city.communities[1].code}/population/"
    assert send(url, **(good | {"published_on": "2020-03-01"} | wrong)).status_code == 422
    assert not Population.objects.filter(unit=city.communities[1], year=2019).exists()


@pytest.mark.requirement("R028", "R029")
def test_a_grid_gets_its_profile_and_its_service_contact(city, everything, send):
    facts = {"effective_on": "2026-07-01", "systems": "网格平台\n\n物联平台", "rules": "网格管理办法", "rules_url": ""}
    assert send(f"/desk/units/{city.grid.code}/grid/", **facts, extent="三栋楼").status_code == 303
    assert GridProfile.objects.get(unit=city.grid, during__upper_inf=True).systems == ["网格平台", "物联平台"]
    assert send(f"/desk/units/{city.grid.code}/service-contact/", **CHIEF).status_code == 303
    assert ServiceContact.objects.filter(unit=city.grid, name="某某").count() == 1


@pytest.mark.requirement("R034")
def test_a_street_is_registered_and_its_chief_appointed(city, everything, client, send):
    code = city.communities[1].code
    facts = {
        "name_zh": "明德新路",
        "name_en": "",
        "start": "东",
        "end": "西",
        "length_m": "800",
        "opened_on": "2020-01-01",
    }
    assert send(f"/desk/units/{code}/streets/", **facts).status_code == 303
    street = Street.objects.get(name_zh="明德新路")
    chief = CHIEF | {"street": str(street.pk), "duties": "巡查", "sign_place": "路口"}
    assert send(f"/desk/units/{code}/chiefs/", **chief).status_code == 303
    assert StreetChief.objects.get(street=street).post == "街长"
    elsewhere = f"/desk/units/{city.communities[2].code}/chiefs/"
    assert send(elsewhere, **chief).status_code == 422
    assert client.get(f"/desk/units/{code}/chiefs/").context["rows"][0][0] == "明德新路"


@pytest.mark.requirement("R032")
def test_a_compound_says_how_it_is_managed(city, everything, send):
    url = f"/desk/units/{city.compound.code}/management/"
    facts = {"effective_on": "2026-07-01", "form": "firm", "source": "合同"}
    assert send(url, **facts, manager="").status_code == 422
    assert send(url, **facts, manager="和顺物业").status_code == 303
    assert Management.objects.get(unit=city.compound).manager == "和顺物业"


def band(city, low=80):
    facts = {"measure": "occupancy_percent", "low": low, "source": "办法", "by": SYSTEM, "at": MOMENT}
    return services.set_size_band(city.city.pk, effective_on=make.portal.DAY, **facts)


@pytest.mark.requirement("R027")
def test_occupancy_at_the_rate_raises_a_proposal_which_is_accepted_and_completed(city, everything, client, send):
    band(city)
    facts = {"measured_on": "2026-01-01", "homes_planned": "100", "source": "台账"}
    url = f"/desk/units/{city.compound.code}/occupancy/"
    assert send(url, **facts, homes_occupied="101").status_code == 422
    assert send(url, **facts, homes_occupied="85").status_code == 303
    assert Occupancy.objects.get(unit=city.compound).percent == 85
    proposal = FormationProposal.objects.get(compound=city.compound)
    assert [row.pk for row in client.get("/desk/proposals/?state=raised").context["page"]] == [proposal.pk]
    assert send(f"/desk/proposals/{proposal.pk}/", step="decline", note="").status_code == 422
    assert send(f"/desk/proposals/{proposal.pk}/", step="accept", note="同意").status_code == 303
    done = {"step": "form", "note": "", "new_unit": ""}
    assert send(f"/desk/proposals/{proposal.pk}/", **done).status_code == 422
    assert send(f"/desk/proposals/{proposal.pk}/", **(done | {"new_unit": city.communities[5].code})).status_code == 303
    assert FormationProposal.objects.get().state == "formed"


@pytest.mark.requirement("R027")
def test_a_worker_proposes_and_withdraws_but_does_not_decide(city, as_official, client, send):
    band(city)
    facts = {"homes_planned": 100, "homes_occupied": 90, "source": "台账", "by": SYSTEM, "at": MOMENT}
    services.record_occupancy(city.compound.pk, measured_on=MOMENT.date(), **facts)
    first = FormationProposal.objects.get()
    services.decline_proposal(first.pk, note="待定", by=SYSTEM, at=MOMENT)
    as_official("community_worker", city.communities[0])
    assert send(f"/desk/units/{city.compound.code}/propose/", reason="住户已达九成").status_code == 303
    proposal = FormationProposal.objects.exclude(pk=first.pk).get()
    steps = client.get(f"/desk/proposals/{proposal.pk}/").context["form"].fields["step"].choices
    assert [step for step, _words in steps] == ["withdraw"]
    assert send(f"/desk/proposals/{proposal.pk}/", step="accept", note="").status_code == 422
    assert send(f"/desk/proposals/{proposal.pk}/", step="withdraw", note="资料有误").status_code == 303


@pytest.mark.requirement("R026")
def test_a_band_flags_communities_that_are_too_small(city, everything, client, send):
    url = f"/desk/units/{city.street.code}/size/"
    facts = {"measure": "households", "kind": "", "character": "", "effective_on": "2010-01-01", "source": "办法"}
    assert send(url, **facts, low="", high="").status_code == 422
    assert send(url, **facts, low="900000", high="").status_code == 303
    assert SizeBand.objects.filter(root=city.street, low=900000).exists()
    found = client.get(url).context["found"].flags
    assert {flag.verdict for flag in found} <= {"small", "unknown"}
    assert "small" in {flag.verdict for flag in found}


def test_the_calendar_marks_a_year_without_a_notice_until_one_is_recorded(city, everything, client, send):
    assert client.get("/desk/calendar/?year=2031").context["year"].is_provisional
    days = "2031-01-01 休 元旦\n2031-01-04 班 补班"
    facts = {"unit": city.city.code, "year": "2031", "title": "2031年安排", "document": "1号", "settles_year": "on"}
    assert send("/desk/calendar/add/", **facts, issued_on="2030-11-01", days="2031-01-01 maybe").status_code == 422
    assert send("/desk/calendar/add/", **facts, issued_on="2030-11-01", days=days).status_code == 303
    year = client.get(f"/desk/calendar/?year=2031&unit={city.communities[0].code}").context["year"]
    assert not year.is_provisional
    assert [(cell.day.isoformat(), cell.is_working, cell.name) for cell, _said in year.special] == [
        ("2031-01-01", False, "元旦"),
        ("2031-01-04", True, "补班"),
    ]
    assert CalendarNotice.objects.filter(year=2031).count() == 1


def test_a_notice_for_another_city_is_refused(city, client, as_official, send):
    other = unit(2, "990200000000", "city", "邻水市", None)
    as_official("city_admin", city.city)
    facts = {"unit": other.code, "year": "2031", "title": "放假安排", "issued_on": "2030-11-01"}
    assert send("/desk/calendar/add/", **facts, days="2031-01-01 rest 元旦").status_code == 403
    assert CalendarNotice.objects.count() == 0


def test_the_calendar_as_a_file_has_a_line_for_each_day(db, client):
    make.sign_in(client, make.account())
    reply = client.get("/desk/calendar.csv?year=2028")
    assert len(b"".join(reply.streaming_content).decode().splitlines()) == 367


def test_the_audit_log_shows_my_area_only_and_says_that_the_chain_holds(city, as_official, client):
    make.resident(city.communities[0], verified=False)
    far = make.people.bare_unit(2, "980100000000")
    make.resident(
        make.people.bare_unit(5, "980101001001", make.people.bare_unit(4, "980101001000", far)), verified=False
    )
    make.chained()
    as_official("auditor", city.district)
    context = client.get("/desk/audit/?action=people.residency_claim").context
    assert [entry.unit_id for entry in context["page"]] == [city.communities[0].pk]
    assert context["chain_state"].holds
    assert client.get(f"/desk/audit/?action=people&unit={city.communities[1].code}").context["page"].rows == []
    reply = client.get("/desk/audit.csv?action=people.residency_claim")
    assert len(b"".join(reply.streaming_content).decode().splitlines()) == 2


def square(west, south, side=0.004):
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def upload(content, name="a.geojson"):
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else json.dumps(content).encode())


SENT = {"crs": "wgs84", "feature": "", "source": "测绘成果", "from_day": "2026-07-01", "step": "preview"}


@pytest.mark.requirement("R023")
def test_a_boundary_is_looked_at_in_a_dry_run_and_then_set(city, everything, send):
    url, before = f"/desk/units/{city.grid.code}/boundary/", Boundary.objects.count()
    seen = send(url, **SENT, file=upload(square(104.001, 30.001)))
    assert (seen.status_code, Boundary.objects.count()) == (200, before)
    facts = seen.context["seen"]
    assert facts["points"] == 5
    assert abs(facts["area_m2"] - 0.004 * 111_195 * 0.004 * 111_195 * 0.866) < 1_000
    assert send(url, step="confirm", drawing=facts["drawing"]).status_code == 303
    assert abs(Boundary.objects.get(unit=city.grid).area_m2 - facts["area_m2"]) < 1_500


def test_a_dry_run_of_another_unit_can_not_be_confirmed(city, everything, send):
    seen = send(f"/desk/units/{city.grid.code}/boundary/", **SENT, file=upload(square(104.001, 30.001)))
    other = f"/desk/units/{city.compound.code}/boundary/"
    assert send(other, step="confirm", drawing=seen.context["seen"]["drawing"]).status_code == 422
    assert not Boundary.objects.filter(unit__in=[city.compound, city.grid]).exists()


def test_an_outline_that_lies_over_neighbours_is_said(city, everything, send):
    url = f"/desk/units/{city.communities[5].code}/boundary/"
    seen = send(url, **SENT, file=upload(square(104.0, 30.0, 0.03)))
    assert city.communities[0].name in [name for name, _area in seen.context["seen"]["overlaps"]]
    assert len(seen.context["seen"]["picture"].paths) == 2


@pytest.mark.parametrize("feature", ["0", "3", "x"])
def test_an_outline_that_the_file_does_not_hold_is_refused(feature, city, everything, send):
    many = {"type": "FeatureCollection", "features": [square(104.001, 30.001), square(104.006, 30.001)]}
    url = f"/desk/units/{city.grid.code}/boundary/"
    assert send(url, **(SENT | {"feature": feature}), file=upload(many)).status_code == 422
    assert send(url, **(SENT | {"feature": "2"}), file=upload(many)).status_code == 200


def test_a_zip_may_hold_the_outline(city, everything, send):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "x")
        archive.writestr("folder/../outline.GEOJSON", json.dumps(square(104.001, 30.001)))
    url = f"/desk/units/{city.grid.code}/boundary/"
    assert send(url, **SENT, file=upload(packed.getvalue(), "a.zip")).status_code == 200
