"""One door for the items of all offices: found in the catalogue, applied for, followed, and the result received."""

import datetime as dt
import re
import tomllib
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries as registered
from liren.foundation.registers import services as registering
from liren.service.cases.models import Case
from liren.service.cases.services import Upload
from tests import make
from tests.conftest import ROOT
from tests.make import bodies, cases, registers
from tests.portal.reading import plain, text


def packed(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "packs/common" / path).read_text(encoding="utf-8"), parse_float=Decimal)


def register(code: str) -> Any:
    return registers.declared(**{**dict.fromkeys(registers.PLAIN), **packed(f"registers/{code}.toml")})


@pytest.fixture
def hall(city: make.City) -> make.City:
    """The catalogue of the packs and the type by which one applies."""
    register("service_item")
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **packed("cases/service_item.toml")})
    return city


def item(unit: Any, owner: Any, name: str, days: int = 5) -> Any:
    facts = {"item_class": "government", "service_function": "serve", "legal_basis": "办法第三条",
             "documents": "身份证", "handled_at": "便民中心", "owner": str(owner.pk),
             "time_limit": str(days)}  # fmt: skip
    return registers.room(unit, of="service_item", name=name, **facts)


def apply(client: Client, address: str, **more: Any) -> Case:
    """The form as the page of the item opens it, sent with a photograph of a paper."""
    page = text(client.get(address))
    chosen = re.search(r'<option value="(\d+)" selected', page)
    unit = re.search(r'name="unit" value="(\d+)" checked', page)
    paper = SimpleUploadedFile("证.jpg", cases.picture(), "image/jpeg")
    facts = {"text": "给母亲办一张", "category": "elderly", "ask_item": chosen[1], "unit": unit[1], "shots": [paper]}
    sent = client.post("/report/service_item/", {**facts, "client_key": str(uuid.uuid4()), **more})
    assert sent.status_code == 303, plain(sent)
    return Case.objects.latest("id")


@pytest.mark.requirement("R038", "R040", "R062")
def test_from_a_word_to_the_result_in_the_hand(client: Client, hall: make.City) -> None:
    office = bodies.body(hall.district, "department", name_zh="民政局")
    clerk = cases.clerk(office, hall.district)
    made = item(hall.communities[0], office, "老年人优待证")
    person = make.sign_in(client, make.account(), second=False)

    found = text(client.get("/report/?q=优待证"))
    assert f'href="/registers/service_item/{made.number}/"' in found
    entry = text(client.get(f"/registers/service_item/{made.number}/"))
    address = re.search(r'href="(/report/service_item/\?[^"]+)"', entry)[1].replace("&amp;", "&")
    case = apply(client, address)
    assert (case.reporter, case.body, case.state, case.unit) == (person, office, "dispatched", hall.communities[0])

    page = text(client.get(f"/cases/{case.number}/"))
    assert f'<a href="/registers/service_item/{made.number}/">老年人优待证</a>' in page
    assert "民政局" in page, "who handles it"
    assert "身份证" in page, "what to bring"
    case = cases.moved(case, "take", by=clerk, at=timezone.now())
    result = [Upload("优待证.png", cases.picture("PNG"))]
    case = cases.moved(
        case, "answer", by=clerk, note="已办好。", values={"decision": "granted"}, files=result, at=timezone.now()
    )
    page = text(client.get(f"/cases/{case.number}/"))
    assert "已办好。" in page
    shown = re.findall(rf"/cases/{case.number}/files/(\d+)/", page)
    paper = case.files.latest("pk")
    assert str(paper.pk) in shown
    assert client.get(f"/cases/{case.number}/files/{paper.pk}/").status_code == 200
    assert Client().get(f"/cases/{case.number}/files/{paper.pk}/").status_code == 404
    assert 'name="solved"' in page, "and the last word is hers"


@pytest.mark.requirement("R038")
def test_an_item_of_that_name_comes_before_those_that_only_speak_of_it(client: Client, hall: make.City) -> None:
    office = bodies.body(hall.district, "department", name_zh="民政局")
    for place in hall.communities[:3]:
        item(place, office, "低保申请")  # its papers are an identity card
    card = item(hall.district, office, "身份证补办")
    listed = re.findall(r'href="/registers/service_item/(\d+)/"', text(client.get("/report/?q=身份证")))
    assert (listed[0], len(listed)) == (str(card.number), 4)


@pytest.mark.requirement("R036", "R043")
def test_one_account_reaches_the_items_of_all_offices_in_every_community(client: Client, hall: make.City) -> None:
    """One installation: each community has its own entrance, and each office works on what is its own."""
    offices = [bodies.body(hall.district, "department", name_zh=name) for name in ("民政局", "社保中心")]
    clerks = [cases.clerk(one, hall.district) for one in offices]
    for office in offices:
        item(hall.district, office, f"{office.name_zh}的服务卡")
    make.sign_in(client, make.account(), second=False)
    listed = text(client.get("/report/?q=服务卡"))
    addresses = re.findall(r'href="(/registers/service_item/\d+/)"', listed)
    assert len(addresses) == 2
    taken = []
    for address, community in zip(addresses, hall.communities, strict=False):
        form = re.search(r'href="(/report/service_item/\?[^"]+)"', text(client.get(address)))[1]
        taken.append(apply(client, f"{form}&unit={community.code}".replace("&amp;", "&")))
    assert [one.unit for one in taken] == hall.communities[:2]
    assert {one.body for one in taken} == set(offices)
    for clerk, office in zip(clerks, offices, strict=True):
        mine = set(Case.objects.visible_to(clerk))
        assert mine == {one for one in taken if one.body == office}
    mine = text(client.get("/me/cases/"))
    assert all(one.number in mine for one in taken)


@pytest.mark.requirement("R043")
def test_departments_items_and_visits_are_counted_level_by_level(client: Client, hall: make.City) -> None:
    """Visits are added up; what is connected stands in one entry of the city, so that nothing counts twice."""
    use = register("service_use")
    office = bodies.body(hall.district, "department", name_zh="民政局")
    for name in ("优待证", "居住证"):
        item(hall.district, office, name)
    year = {"year_counted": "2025", "counted_from": "后台", "opened_on": dt.date(2025, 1, 1)}
    facts = {"entrance": "portal", "departments": "58", "items": "215", "visits": "1200"}
    registers.room(hall.city, of="service_use", name="市民端2025年", **facts, **year)
    registers.room(hall.communities[0], of="service_use", name="窗口2025年", entrance="hall", visits="300", **year)
    registering.recompute_coverage(None, by=registers.SYSTEM, at=timezone.now())

    def told(code: str, unit: Any) -> dict[str, Decimal | None]:
        found = registered.coverage(registered.register(code), unit, ANONYMOUS)
        return {one.measure.code: one.figure and one.figure.value for one in found}

    counted = told("service_use", hall.city)
    assert counted == {"person_times_served": 1500, "portal_departments": 58, "portal_items": 215}
    assert told("service_use", hall.communities[0])["person_times_served"] == 300
    assert told("service_item", hall.city)["service_items_min"] == 2
    page = text(client.get(f"/registers/{use.code}/coverage/"))
    assert "215" in page
