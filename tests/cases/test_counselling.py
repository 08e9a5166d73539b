"""Psychological services: the resident chooses the organisation, which reads the booking and no more."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.people.models import Account
from liren.service.cases import queries, services
from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case
from liren.service.cases.queries import reading, timeline
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import bodies, cases, registers
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R108")]
SAID = "睡不着，和家里人处不好"
KINDS = {"comfort", "counselling", "relations", "integration"}


@dataclass
class Booking:
    case: Case
    house: Body
    counsellor: Account
    desk: Account


@pytest.fixture
def booking(scene: Scene) -> Booking:
    """Asked for by a resident under an alias, with an organisation of the register, and passed to it."""
    cases.real("counselling")
    content = tomllib.loads((ROOT / "packs/common/registers/psychological_service.toml").read_text(encoding="utf-8"))
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **content})
    house = bodies.body(scene.town.district, "department", name_zh="晨光心理服务中心")
    facts = {"organisation": str(house.pk), "offers": ["comfort", "counselling"], "phone": "028-12345678"}
    facts |= {"qualified": "心理咨询师"}
    entry = registers.room(scene.town.community, of="psychological_service", name="晨光心理服务中心", **facts)
    values = {"alias": "小树", "wanted": str(entry.number), "way": "phone", "times": "周三晚上"}
    asked = {"by": scene.resident, "category": "counselling", "text": SAID, "values": values}
    case = cases.reported(scene.town.community, "counselling", **asked)
    desk = make.official("support_worker", scene.town.community)
    services.add_part(case.pk, role="provider", body_id=house.pk, by=desk, at=NOW)
    case = cases.moved(Case.objects.get(pk=case.pk), "propose", by=desk, at=NOW, note="和家里人处不好，请尽快")
    return Booking(case, house, cases.clerk(house, scene.town.district), desk)


def test_the_organisation_reads_the_booking_and_nothing_else(scene: Scene, booking: Booking) -> None:
    case, counsellor = booking.case, booking.counsellor
    seen = reading(queries.case_by_number(case.number, counsellor), counsellor)
    assert {one.field.code: one.text for one in seen.values} == {
        "alias": "小树", "way": "电话", "times": "周三晚上",
    }  # fmt: skip
    assert (seen.text, seen.address, seen.lon, seen.files) == ("", "", None, [])
    lines = timeline(case, counsellor)
    assert lines
    assert not any("家里人" in f"{one.words}{one.note}" for one in lines)
    assert [row.case.pk for row in queries.own_list(counsellor).rows] == [case.pk]
    assert not Case.objects.worked_by(counsellor).filter(pk=case.pk).exists()
    for stranger in (scene.clerk, scene.worker, scene.neighbour):
        with pytest.raises(NoCase):
            queries.case_by_number(case.number, stranger)


def test_it_confirms_the_time_and_leaves_no_word_of_its_own(scene: Scene, booking: Booking) -> None:
    case, slot = booking.case, {"slot": "2026-06-03 19:30"}
    assert [one.code for one in queries.open_moves(case, booking.counsellor)] == ["confirm_slot", "other_provider"]
    with pytest.raises(BadReport) as refused:
        cases.moved(case, "confirm_slot", by=booking.counsellor, at=NOW, values=slot, note="有抑郁倾向")
    assert list(refused.value.by_field) == ["note"]
    with pytest.raises(NotAllowed):
        services.add_note(case.pk, note="谈话记录", by=booking.counsellor, at=NOW)
    case = cases.moved(case, "confirm_slot", by=booking.counsellor, at=NOW, values=slot)
    for reader in (scene.resident, booking.counsellor):
        told = {one.field.code: one.text for one in reading(case, reader).values}
        assert (case.state, told["slot"]) == ("booked", "2026-06-03 19:30")
    assert cases.moved(case, "held", by=booking.counsellor, at=NOW).outcome == "done"


def test_its_pages_show_no_more_and_an_organisation_that_left_sees_nothing(booking: Booking, client: Client) -> None:
    case = booking.case
    make.sign_in(client, booking.counsellor)
    page = client.get(f"/cases/{case.number}/").content.decode()
    assert "小树" in page
    assert "家里人" not in page
    assert "家里人" not in client.get(f"/desk/cases/{case.number}/").content.decode()
    part = case.parts.get(role="provider")
    services.leave_part(part.pk, by=booking.counsellor, at=NOW)
    assert client.get(f"/cases/{case.number}/").status_code == 404


def test_the_four_kinds_of_service_are_what_is_booked_and_what_an_organisation_offers() -> None:
    read: dict[str, Any] = {
        name: tomllib.loads((ROOT / f"packs/common/{name}.toml").read_text(encoding="utf-8"))
        for name in ("cases/counselling", "registers/psychological_service")
    }
    assert {one["code"] for one in read["cases/counselling"]["categories"]} == KINDS
    offers = next(one for one in read["registers/psychological_service"]["fields"] if one["code"] == "offers")
    assert {one["code"] for one in offers["choices"]} == KINDS


def test_the_checker_refuses_a_reader_of_parts_where_nothing_is_sealed() -> None:
    part = {"code": "provider", "name": {"zh": "机构", "en": "Provider"}, "kind": "body", "reads": ["since"]}
    found = check(cases.content(parts=[*cases.REQUEST["parts"], part]))
    assert any("only the provider on a sealed case" in str(fault) for fault in found)
