"""Looks at sealed cases stand on the page of whoever reviews access, without what stands in the case."""

import pytest

from liren.service.cases import services
from liren.service.cases.models import CaseLook
from tests import make
from tests.make import cases
from tests.make.people import bare_unit
from tests.make.portal import City

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R107", "R367")]
HERE = "/desk/access/cases/"


@pytest.fixture
def look(city: City):
    cases.sealed("refuge", to="refuge", place="none")
    case = cases.reported(city.communities[0], "refuge", text="我要离开家", contact={"phone": "13800138000"})
    helper = make.official("refuge_worker", city.district, display_name="帮手")
    services.open_case(case.number, by=helper, at=cases.NOW)
    services.read_contact(case.pk, purpose="问今晚是否安全", by=helper, at=cases.NOW)
    return CaseLook.objects.get()


@pytest.fixture
def officer(city: City):
    return make.official("data_protection_officer", city.district)


def test_a_look_waits_and_is_reviewed(client, look, officer):
    make.sign_in(client, officer)
    assert HERE in client.get("/desk/").content.decode()
    shown = client.get(HERE).content.decode()
    assert ("帮手" in shown, look.case.number in shown, "我要离开家" in shown) == (True, True, False)
    page = client.get(f"{HERE}{look.pk}/").content.decode()
    assert ("问今晚是否安全" in page, "我要离开家" in page, "13800138000" in page) == (True, False, False)
    assert client.post(f"{HERE}{look.pk}/", make.form(officer, outcome="doubtful")).status_code == 422
    sent = make.form(officer, outcome="doubtful", note="为什么打开")
    assert client.post(f"{HERE}{look.pk}/", sent).status_code == 303
    assert "帮手" not in client.get(HERE).content.decode()
    assert "帮手" in client.get(f"{HERE}?state=reviewed").content.decode()


@pytest.mark.parametrize("many", [1, 4])
def test_the_list_costs_the_same_whatever_its_length(client, look, officer, city, many, django_assert_max_num_queries):
    for _ in range(many - 1):
        case = cases.reported(city.communities[0], "refuge")
        services.open_case(case.number, by=make.official("refuge_worker", city.district), at=cases.NOW)
    make.sign_in(client, officer)
    client.get(HERE)
    with django_assert_max_num_queries(14):
        assert client.get(HERE).content.decode().count('class="code"') == many


def test_who_does_not_review_there_sees_none(client, look, city):
    other = make.official("data_protection_officer", bare_unit(3, "990199000000", city.city))
    make.sign_in(client, other)
    assert "帮手" not in client.get(HERE).content.decode()
    assert client.get(f"{HERE}{look.pk}/").status_code == 404
    make.sign_in(client, make.official("community_worker", city.communities[0]))
    assert client.get(HERE).status_code == 403
