"""Proposals and sizes as files: what the page shows, under its filter, all pages of it (R026, R027)."""

import csv

from liren.foundation.territory import services
from liren.foundation.territory.models import FormationProposal
from liren.front.desk import sizes
from tests.make.portal import DAY, NOW, SYSTEM

FACTS = {"source": "办法", "effective_on": DAY, "by": SYSTEM, "at": NOW}


def lines(reply):
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(b"".join(reply.streaming_content).decode("utf-8-sig").splitlines()))


def test_proposals_are_exported_under_the_filter_of_the_page(city, as_official, client):
    services.set_size_band(city.city.pk, measure="occupancy_percent", low=80, **FACTS)
    homes = {"homes_planned": 100, "homes_occupied": 90, "source": "台账", "by": SYSTEM, "at": NOW}
    services.record_occupancy(city.compound.pk, measured_on=NOW.date(), **homes)
    as_official("civil_affairs", city.district)
    page = client.get("/desk/proposals/?state=raised")
    head, *rows = lines(client.get(page.context["export"]))
    assert len(rows) == FormationProposal.objects.count() == 1
    assert len(head) == len(rows[0])
    assert rows[0][:7] == ["桂花苑", city.compound.code, "桂花井社区", "100", "90", "90", "80"]
    assert lines(client.get("/desk/proposals.csv?state=accepted")) == [head]


def test_flags_of_size_are_exported_page_after_page(city, as_official, client, monkeypatch):
    monkeypatch.setattr(sizes, "COMMUNITIES", 2)
    services.set_size_band(city.street.pk, measure="households", low=900_000, **FACTS)
    as_official("planner", city.street)
    page = client.get(f"/desk/units/{city.street.code}/size/")
    _head, *rows = lines(client.get(page.context["export"]))
    assert sorted(row[1] for row in rows) == sorted(unit.code for unit in city.communities)
    assert [row[6] for row in rows if row[1] == city.communities[5].code] == ["过小"]
    assert {row[6] for row in rows} == {"过小", "未知"}


def test_a_file_of_another_area_is_refused(city, as_official, client):
    as_official("planner", city.other_street)
    assert client.get(f"/desk/units/{city.street.code}/size.csv").status_code == 403
    assert client.get("/desk/proposals.csv").status_code == 403
