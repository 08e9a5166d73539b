"""What packs declare leads to the page that shows what came of it, for everybody and in a place."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone, translation

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy.engine.packs import read_packs
from liren.foundation.policy.models import DeclarationVersion
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags import documents as tags
from liren.front.portal import carried
from liren.service.cases.models import MonthFigure, type_of
from liren.service.cases.queries import spread
from tests import make
from tests.make import cases, circles, gatepages, policy, registers
from tests.portal.reading import plain


def test_a_case_type_leads_to_its_public_cases_and_a_sealed_one_nowhere(client: Client, city: make.City) -> None:
    cases.declare()
    cases.sealed("refuge_request", to="refuge", place="optional")
    unit = city.communities[0]
    found = {
        one.declaration.code: (tags.declared_url(one), tags.declared_url_in(one, unit))
        for one in DeclarationVersion.objects.filter(declaration__kind="case_type").select_related("declaration")
    }
    assert found["request"] == ("/cases/?type=request", f"/cases/?type=request&unit={unit.code}")
    assert found["refuge_request"] == ("", "")
    assert {client.get(url).status_code for pair in found.values() for url in pair if url} == {200}


def test_a_register_and_a_standard_of_the_life_circle_lead_to_their_pages(client: Client, db: None) -> None:
    town = circles.circled().quarter
    registers.declared()
    for one in DeclarationVersion.objects.filter(declaration__kind__in=["register", "lifecircle"]):
        urls = [tags.declared_url(one), tags.declared_url_in(one, town.communities[0])]
        assert [client.get(url).status_code for url in urls] == [200, 200]
        assert tags.declared_kind(one) != one.declaration.kind


def declared(kind: str) -> list[DeclarationVersion]:
    return list(DeclarationVersion.objects.filter(declaration__kind=kind).select_related("declaration"))


def test_cases_are_told_as_their_published_figures_are(city: make.City) -> None:
    """Small months are not told and make the sum a lower bound; a sealed type is not told at all."""
    cases.declare()
    cases.sealed("refuge_request", to="refuge", place="optional")
    found = {one.declaration.code: one for one in declared("case_type")}
    facts = {"unit": city.communities[0], "computed_at": timezone.now(), "received": 20, "reopened": 0}
    closed = 1 << MonthFigure.COUNTS.index("closed")
    for code, month, more in (
        ("request", 5, {"closed": 12, "overdue": 7}),
        ("request", 6, {"closed": 3, "overdue": 0, "waiting": 9, "hidden": closed, "withheld": True}),
        ("refuge_request", 6, {"closed": 30, "overdue": 30}),
    ):
        MonthFigure.objects.create(type=found[code].declaration, month=dt.date(2026, month, 1), **facts, **more)
    with translation.override("en"):
        told = carried.said(list(found.values()), city.communities[0], ANONYMOUS, dt.date(2026, 7, 9))
        assert told == {
            found["request"].declaration_id: [
                "Open at the end of the newest month: 9",
                "Closed in the last 12 months: 12 or more (small numbers are not told)",
                "Came to be late in the last 12 months: 7",
            ]
        }
        later = carried.said(list(found.values()), city.communities[0], ANONYMOUS, dt.date(2027, 5, 31))
        assert (
            later[found["request"].declaration_id][1]
            == "Closed in the last 12 months: 0 or more (small numbers are not told)"
        )


ITEM = {"code": "item", "name": {"zh": "事项", "en": "Item"}, "kind": "entry", "register": "service_item"}


@pytest.mark.requirement("R037")
def test_a_community_counts_where_something_of_the_catalogue_is_in_force(
    city: make.City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A case was handled in three; whoever stands above may keep the items for all of them."""
    monkeypatch.setattr(spread, "LEAST", 3)
    registers.declared(code="service_item", level=["city", "district", "street", "community"])
    cases.declare(code="hall", fields=[*cases.REQUEST["fields"], ITEM])
    mine, under_street, without = some = [city.communities[0], city.communities[1], city.communities[2]]
    facts = {"computed_at": timezone.now(), "received": 9, "reopened": 0, "overdue": 0, "closed": 7}
    for unit in some:
        declaration = declared("case_type")[0].declaration
        MonthFigure.objects.create(unit=unit, month=dt.date(2026, 6, 1), type=declaration, **facts)
    top, kinds = city.city, [type_of("hall")]

    def reached() -> int:
        return spread.spread_of(top, types=kinds, until=dt.date(2026, 6, 30))[kinds[0].pk].reached

    assert reached() == 0
    registers.room(mine, of="service_item")
    assert reached() == 1
    ended = registers.room(without, of="service_item", opened_on=dt.date(2020, 1, 1), closed_on=dt.date(2021, 1, 1))
    assert reached() == 1, ended
    registers.room(city.other_street, of="service_item")
    assert reached() == 1, "another street's"
    registers.room(under_street, of="service_item")
    assert reached() == 2
    registers.room(city.district, of="service_item")
    assert reached() == 3


@pytest.mark.requirement("R037", "R041", "R091")
def test_it_is_told_in_how_many_communities_a_type_is_used(city: make.City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counts once, whatever its number of cases; a sealed type and few communities tell nothing."""
    monkeypatch.setattr(spread, "LEAST", 4)
    cases.declare("service_item", confidentiality="limited")
    cases.sealed("refuge_request", to="refuge", place="optional")
    found = {one.declaration.code: one for one in declared("case_type")}
    item = found["service_item"].declaration
    first, second, third, *_more = city.communities
    everywhere = Unit.objects.filter(pk__in=[one.pk for one in city.communities])
    everywhere.update(kind="community")
    Unit.objects.filter(pk=second.pk).update(kind="village")
    facts = {"computed_at": timezone.now(), "received": 9, "reopened": 0, "overdue": 0}
    for unit, month, closed, kind in (
        (first, dt.date(2026, 5, 1), 1, item), (first, dt.date(2026, 6, 1), 30, item),
        (second, dt.date(2026, 6, 1), 2, item), (third, dt.date(2026, 6, 1), 0, item),
        (third, dt.date(2025, 6, 1), 8, item), (third, dt.date(2026, 6, 1), 8, found["refuge_request"].declaration),
    ):  # fmt: skip
        MonthFigure.objects.create(unit=unit, month=month, type=kind, closed=closed, **facts)
    asked, on, many = list(found.values()), dt.date(2026, 6, 9), len(city.communities)
    with translation.override("en"):
        told = carried.said(asked, city.city, ANONYMOUS, on)
        line = f"Communities with one closed in the last 12 months: 2 of {many}"
        line += f" (urban communities 1 of {many - 1}, villages 1 of 1)"
        assert told == {item.pk: [line]}
        everywhere.update(kind="village")
        assert carried.said(asked, city.city, ANONYMOUS, on) == {item.pk: [line.split(" (")[0]]}
    monkeypatch.setattr(spread, "LEAST", many + 1)
    assert carried.said(asked, city.city, ANONYMOUS, on) == {}
    assert carried.said(asked, first, ANONYMOUS, on) == {}


def test_the_newest_run_tells_the_share_of_a_place_and_of_no_other(city: make.City) -> None:
    town = circles.circled().quarter
    with translation.override("en"):
        assert all("% of people lack nothing" in one for one in carried.of_circle(town.communities[0], ANONYMOUS))
        assert carried.of_circle(town.communities[0], ANONYMOUS)
        assert carried.of_circle(city.communities[0], ANONYMOUS) == []


def test_the_gate_tells_its_cuts(city: make.City) -> None:
    assert carried.of_gate(city.city) == []
    gatepages.counted(city.city, {"venue": (4, 3)})
    with translation.override("en"):
        assert carried.of_gate(city.city) == ["Venues and signboards: 3 of 4 cut"]


ENGINE = """\
code = "gate_part"
name = { zh = "社区准入把关", en = "Admission gate" }
says = { zh = "没有准入的进不了社区。", en = "What was not admitted comes in nowhere." }
room = "admission"
page = "gate"
requirements = ["R239"]
"""


def test_a_part_of_the_program_stands_with_every_provision_of_its_requirements(client: Client, city: make.City) -> None:
    policy.library(city.city.code, **{"cn/engines/gate_part.toml": ENGINE})
    for path in ("north/opinion-2017/4/", "south/plan-2022/4/"):
        page = client.get(f"/en/documents/{path}?unit={city.communities[0].code}")
        assert "Part of the program · What was not admitted comes in nowhere." in plain(page)
        assert page.content.decode().count('href="/en/gate/"') >= 2


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"admission"', '"admision"', ":4: there is no part 'admision' of the program"),
        ('"gate"\n', '"gaate"\n', ":5: the site has no page 'gaate'"),
        ('"R239"', '"R240"', ":6: no provision answers to 'R240'"),
        ('requirements = ["R239"]', "", ":1: requirements is missing"),
        ("requirements", 'basis = ["cn/law-2020#4"]\nrequirements', ":6: basis is drawn from the requirements here"),
    ],
)
def test_a_part_that_leads_nowhere_is_a_fault(tmp_path, old: str, new: str, says: str) -> None:
    root = policy.packs(
        tmp_path,
        **{
            "cn/engines/gate_part.toml": ENGINE.replace(old, new),
            "north/opinion-2017/things/lamp.toml": policy.thing(),
        },
    )
    found = [str(one) for one in read_packs(root).faults if "gate_part" in one.file]
    assert [says in one for one in found] == [True], found
