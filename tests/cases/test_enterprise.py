"""The channel with enterprises and project owners: an entry of the register, a contact, and the time taken."""

from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest
from django.test import Client

from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers.models import register as register_of
from liren.service.cases import services
from liren.service.cases.models import Case
from liren.service.cases.queries import raised, reading
from liren.service.cases.services import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.conftest import ROOT
from tests.make import cases, registers
from tests.make.cases import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R079")]
HOUR = timedelta(hours=1)


@pytest.fixture
def firm(scene: Scene) -> int:
    """A key enterprise of the community, as the register that ships keeps it."""
    cases.real("enterprise_contact")
    content = tomllib.loads((ROOT / "packs/common/registers/key_enterprise.toml").read_text(encoding="utf-8"))
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **content})
    facts = {"kind": "project", "contact_post": "企业服务岗", "contact_phone": "028-12345678", "since": "2026-01-01"}
    return registers.room(scene.town.community, of="key_enterprise", name="临川光电项目", **facts).number


def told(scene: Scene, number: int, actor: object) -> list[tuple[int, int, int, float | None]]:
    register = register_of("key_enterprise")
    found = raised.raised(register, number, scene.town.community, actor, at=NOW + 9 * HOUR)
    return [(one.matters, one.answered, one.waiting, one.hours) for one in found]


def test_a_matter_names_the_firm_its_contact_answers_and_the_time_is_told(scene: Scene, firm: int) -> None:
    facts = {
        "type": "enterprise_contact",
        "by": scene.resident,
        "category": "permits",
        "values": {"company": str(firm)},
    }
    first, second, third = (cases.reported(scene.town.community, channel=way, **facts) for way in ("web", "web", "web"))
    for case, hours in ((first, 2), (second, 5)):
        contact = services.add_part(case.pk, role="contact", account_id=scene.worker.pk, by=scene.worker, at=NOW)
        assert contact.account == scene.worker
        cases.moved(case, "assign", by=scene.worker, at=NOW)
        answer = {"note": "已帮助办理。", "values": {"help_given": "陪同到窗口办理"}}
        cases.moved(case, "answer", by=scene.worker, at=NOW + hours * HOUR, **answer)
    words = {one.field.code: one.text for one in reading(Case.objects.get(pk=first.pk), scene.resident).values}
    assert words["help_given"] == "陪同到窗口办理"
    assert words["company"] == "临川光电项目"
    assert third.values == {"company": firm}
    assert told(scene, firm, scene.worker) == [(3, 2, 1, 3.5)]
    assert told(scene, firm, ANONYMOUS) == told(scene, firm, scene.resident) == []


def test_the_page_of_the_firm_tells_it_to_workers_alone(scene: Scene, firm: int, client: Client) -> None:
    cases.reported(scene.town.community, "enterprise_contact", by=scene.resident, values={"company": str(firm)})
    address = f"/en/registers/key_enterprise/{firm}/"
    page = client.get(address).content.decode()
    assert "Matters raised in a year" not in page
    assert f"/report/enterprise_contact/?company={firm}" in page
    make.sign_in(client, scene.worker)
    assert "Matters raised in a year" in client.get(address).content.decode()


def test_at_the_counter_too_and_a_firm_of_no_register_is_written_down(scene: Scene, firm: int) -> None:
    facts = {"type": "enterprise_contact", "by": scene.worker, "taken_by_desk": True, "channel": "counter"}
    facts |= {"contact": {"phone": "13800000000"}}
    case = cases.reported(scene.town.community, values={"company_name": "新来的小厂"}, **facts)
    assert (case.channel, case.values) == ("counter", {"company_name": "新来的小厂"})
    with pytest.raises(BadReport):
        cases.reported(scene.town.community, values={"company": "999999"}, **facts)
