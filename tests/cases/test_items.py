"""A case about an item of the catalogue: what it takes from there, whom it goes to, what is refused."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from liren.foundation.bodies import services as body_services
from liren.foundation.registers import services as registering
from liren.foundation.registers.models import Entry
from liren.service.cases import queries
from liren.service.cases.kind import faults, together
from liren.service.cases.models import CaseClock, CaseEvent, type_of
from liren.service.cases.queries import dispatch, items
from liren.service.cases.services import BadReport, catalogue
from tests.cases.test_proposing import Told
from tests.conftest import ROOT
from tests.make import bodies, cases, registers

TODAY = cases.NOW.date()
pytestmark = pytest.mark.requirement("R040")


def packed(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "packs/common" / path).read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.fixture
def window(scene):
    """One window: the catalogue and the type of the packs, and an item of the department, to be done in three days."""
    registers.declared(**{**dict.fromkeys(registers.PLAIN), **packed("registers/service_item.toml")})
    content = packed("cases/service_item.toml")
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **content})
    return scene


def item(unit: Any, owner: Any, *, days: int = 3, name: str = "老年人优待证", **more: Any) -> Entry:
    facts = {"item_class": "government", "service_function": "serve", "legal_basis": "优待办法", "documents": "身份证",
             "handled_at": "便民中心", "owner": str(owner.pk), "time_limit": str(days), "fee": "0"}  # fmt: skip
    return registers.room(unit, of="service_item", name=name, **facts, **more)


def applied(scene: Any, number: Any, **more: Any) -> Any:
    facts = {"category": "elderly", "values": {"item": str(number)}, "by": scene.resident, **more}
    return cases.reported(scene.town.community, "service_item", **facts)


@pytest.mark.requirement("R038", "R039")
def test_it_goes_to_the_body_in_charge_of_the_item_with_the_time_that_was_promised(window):
    made = item(window.town.city, window.department)
    case = applied(window, made.number)
    assert (case.body, case.state) == (window.department, "dispatched")
    assert case.values == {"item": made.number, "promised_days": 3, "to_bring": "身份证", "fee": 0}
    assert CaseClock.objects.get(case=case, code="completion").amount == "3 working days"
    sent = CaseEvent.objects.get(case=case, kind="dispatched")
    assert (sent.facts["item"], "rule" in sent.facts) == ("老年人优待证", False)
    assert [one.text for one in queries.reading(case, window.resident).values][:2] == ["老年人优待证", "3"]


def test_the_item_comes_before_the_catalogue_of_kinds(window):
    facts = {
        "unit_id": window.town.district.pk,
        "body_id": window.other.pk,
        "ground": "三定规定",
        "since": bodies.SINCE,
    }
    catalogue.add_rule("service_item", category="elderly", **facts, **cases.BY)
    assert applied(window, item(window.town.city, window.department).number).body == window.department
    without = cases.reported(window.town.community, "service_item", category="elderly", by=window.resident)
    assert without.body == window.other


def test_what_was_promised_stays_though_the_catalogue_changes(window):
    made = item(window.town.city, window.department)
    case = applied(window, made.number)
    registering.change_entry("service_item", made.number, values={"time_limit": "9"}, **cases.BY)
    case.refresh_from_db()
    assert case.values["promised_days"] == 3
    assert applied(window, made.number).values["promised_days"] == 9


@pytest.mark.parametrize(("days", "amount"), [(0, "1 working day"), (14, "14 working days"), (60, "15 working days")])
def test_a_promise_shortens_the_time_and_never_lengthens_it(window, days, amount):
    case = applied(window, item(window.town.city, window.department, days=days).number)
    assert CaseClock.objects.get(case=case, code="completion").amount == amount


def test_an_item_that_is_not_offered_here_is_refused(window):
    here, there = window.town.community, window.town.cousin_community
    ended = item(here, window.department, opened_on=date(2020, 1, 1), closed_on=TODAY - timedelta(days=1))
    elsewhere = item(there, window.department)
    for number in (ended.number, elsewhere.number, 99, "abc", 2**40):
        with pytest.raises(BadReport) as caught:
            applied(window, number)
        assert list(caught.value.by_field) == ["item"]
    assert applied(window, item(here, window.department).number).values["fee"] == 0


def test_a_register_that_is_not_for_everybody_offers_nothing(window):
    made = item(window.town.city, window.department)
    field = type_of("service_item").spec.fields[0]
    assert items.offered(field, window.town.community) == [(str(made.number), "老年人优待证")]
    registers.declared(
        **{**dict.fromkeys(registers.PLAIN), **packed("registers/service_item.toml"), "visible": "workers"}
    )
    assert items.offered(field, window.town.community) == []
    with pytest.raises(BadReport):
        applied(window, made.number)


def test_what_is_offered_is_bounded_and_holds_what_was_chosen(window, monkeypatch):
    city, here = window.town.city, window.town.community
    monkeypatch.setattr(items, "MOST", 2)
    made = [item(city, window.department, name=name) for name in ("第一件", "第二件", "第三件")]
    field = type_of("service_item").spec.fields[0]
    assert len(items.offered(field, here)) == 2
    assert len(items.offered(field, None)) == 2
    left_out = next(one for one in made if str(one.number) not in dict(items.offered(field, here)))
    assert items.offered(field, here, chosen=str(left_out.number))[-1] == (str(left_out.number), left_out.name)
    assert len(items.offered(field, here, chosen="9; DROP")) == 2


def test_a_body_of_another_place_is_not_in_charge_here(window):
    """An item of the whole city that names one district's office: elsewhere the catalogue of kinds decides."""
    far = bodies.body(window.town.cousin_community, "department", name_zh="那边的站点")
    assert applied(window, item(window.town.city, far).number).body is None


def test_a_body_that_is_gone_leaves_it_to_the_catalogue(window):
    gone = bodies.body(window.town.district, "department", name_zh="原民政处")
    made = item(window.town.city, gone)
    body_services.dissolve_body(gone.pk, effective_on=TODAY, instrument=bodies.PAPER, **cases.BY)
    case = applied(window, made.number)
    assert (case.body, case.state) == (None, "received")
    kind = type_of("service_item")
    assert not dispatch.responsible_for(case, kind, kind.spec, TODAY)


def test_an_old_case_keeps_the_text_that_was_asked_for_then(window):
    older = packed("cases/service_item.toml")
    older["fields"][0] = {"code": "item", "name": {"zh": "办理事项", "en": "Item"}, "kind": "text"}
    for one in older["clocks"]:
        one.pop("days_in", None)
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **older})
    case = applied(window, "老年证")
    cases.declare(**{**dict.fromkeys(cases.REQUEST), **packed("cases/service_item.toml")})
    case.refresh_from_db()
    assert [one.text for one in queries.reading(case, window.resident).values] == ["老年证"]


# --- what dangles is told when packs are checked ---


def dangling(old: str, new: str) -> list[str]:
    """Faults of the type of the packs with a piece replaced, beside the registers of the packs."""
    text = (ROOT / "packs/common/cases/service_item.toml").read_text(encoding="utf-8")
    assert old in text
    case_type = Told("case_type", text.replace(old, new, 1))
    books = [
        Told("register", (ROOT / f"packs/common/registers/{one}.toml").read_text(encoding="utf-8"))
        for one in ("service_item", "public_sensor")
    ]
    with translation.override("en"):
        alone = faults(case_type.content, case_type.where)
        return [str(one) for one in (alone or list(together([case_type, *books])))]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('register = "service_item"', 'register = "service_items"', "there is no register “service_items”"),
        ('sends_to = "owner"', 'sends_to = "owners"', "no such field “owners”"),
        ('sends_to = "owner"', 'sends_to = "legal_basis"', "no such field “legal_basis”"),
        ('promised_days = "time_limit"', 'promised_days = "time"', "no such field “time”"),
        ('promised_days = "time_limit"', 'promise = "time_limit"', "“promise” is no field of this type"),
        ('days_in = "promised_days"', 'days_in = "promise"', "“promise” is no number of this type"),
        ('days_in = "promised_days"', 'days_in = "to_bring"', "“to_bring” is no number of this type"),
        ('asks = ["missing"]', 'asks = ["item"]', "“item” is chosen from a register"),
        ('asks = ["missing"]', 'asks = ["fee"]', "“fee” is given by an entry, and asked by a move"),
        ('register = "service_item"', 'register = "Service Item"', "no code of a register"),
    ],
)
def test_what_a_question_takes_from_a_register_is_checked(old, new, says):
    assert dangling('code = "service_item"', 'code = "service_item"') == []
    found = dangling(old, new)
    assert any(says in one for one in found), found
