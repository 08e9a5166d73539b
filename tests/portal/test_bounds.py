"""Whoever sends very much is bounded: what was written stays, and the page says whom to call."""

import tomllib
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from liren.foundation.kernel.doors import Most
from liren.foundation.kernel.models import Knock
from liren.front.kit import limits
from liren.front.kit.limits import UNKNOWN, network_of
from liren.service.cases.models import Case
from tests import make
from tests.conftest import ROOT
from tests.make import cases
from tests.portal.reading import text
from tests.portal.test_cases import Scene, built_scene, form, scene, send  # noqa: F401

pytestmark = pytest.mark.requirement("R068")


@pytest.fixture(autouse=True)
def _one_an_hour(settings: Any) -> None:
    settings.LIREN_REPORTS_OF_NETWORK = settings.LIREN_REPORTS_OF_ACCOUNT = (1, 3)


@pytest.mark.parametrize(("language", "says"), [("", "请拨打12345"), ("/en", "Call 12345")])
def test_what_is_too_much_is_not_sent_and_not_lost(client: Client, scene: Scene, language: str, says: str) -> None:  # noqa: F811
    path = f"{language}/report/request/"
    assert send(client, path).status_code == 303
    response = client.post(path, form(text="二单元的路灯也坏了"), REMOTE_ADDR="127.0.0.1")
    page = text(response)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert (says in page, "二单元的路灯也坏了" in page, 'role="alert"' in page) == (True, True, True)
    assert Case.objects.count() == 1


def test_a_program_hears_it_in_json(client: Client, scene: Scene) -> None:  # noqa: F811
    send(client)
    response = client.post("/report/request/", form(), headers={"Accept": "application/json"})
    assert response.status_code == 429
    assert "12345" in response.json()["error"]["next_step"]
    assert int(response["Retry-After"]) > 0


def test_one_network_does_not_use_up_the_bound_of_another(client: Client, scene: Scene) -> None:  # noqa: F811
    for address, status in [("192.0.2.7", 303), ("192.0.2.99", 429), ("198.51.100.7", 303), ("2001:db8::1", 303),
                            ("2001:db8:0:ff::1", 429), ("2001:db8:0:100::1", 303)]:  # fmt: skip
        assert client.post("/report/request/", form(), REMOTE_ADDR=address).status_code == status, address


def test_who_is_signed_in_is_counted_by_account(client: Client, scene: Scene) -> None:  # noqa: F811
    send(Client())
    for person in (make.account(), make.account()):
        make.sign_in(client, person, second=False)
        assert [send(client).status_code for _n in range(2)] == [303, 429]


def test_what_is_sent_in_confidence_is_counted_apart(client: Client, scene: Scene) -> None:  # noqa: F811
    cases.sealed("refuge", "refuge")
    assert [send(client).status_code for _n in range(2)] == [303, 429]
    sealed = {key: value for key, value in form().items() if key != "category"}
    assert client.post("/report/refuge/", sealed).status_code == 303


def test_what_was_refused_is_not_counted_and_one_statement_counts(client: Client, scene: Scene) -> None:  # noqa: F811
    assert send(client, phone="call me").status_code == 422
    assert not Knock.objects.exists()
    with CaptureQueriesContext(connection) as asked:
        assert send(client).status_code == 303
    assert sum("kernel_knock" in one["sql"] for one in asked) == 1
    assert "127.0.0" not in str(list(Knock.objects.values()))


@pytest.mark.parametrize(
    ("facts", "behind_proxy", "network"),
    [
        ({"REMOTE_ADDR": "192.0.2.7"}, False, "192.0.2.0/24"),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, False, "192.0.2.0/24"),
        ({"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "10.0.0.1, 203.0.113.5"}, True, "203.0.113.0/24"),
        ({"REMOTE_ADDR": "192.0.2.7"}, True, UNKNOWN),
        ({"REMOTE_ADDR": "::ffff:192.0.2.7"}, False, "192.0.2.0/24"),
        ({"REMOTE_ADDR": "fe80::1%eth0"}, False, "fe80::/56"),
        ({"REMOTE_ADDR": "x" * 9000}, False, UNKNOWN),
        ({"REMOTE_ADDR": ""}, False, UNKNOWN),
    ],
)
def test_the_header_of_a_proxy_counts_only_where_there_is_one(
    settings: Any, facts: dict[str, str], behind_proxy: bool, network: str
) -> None:
    settings.LIREN_BEHIND_PROXY = behind_proxy
    assert network_of(RequestFactory().get("/", **facts)) == network


def test_the_bounds_are_numbers_of_the_packs_and_the_operators_count_first(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A city's own pack goes before what is declared for everybody."""
    settings.LIREN_REPORTS_OF_NETWORK = settings.LIREN_REPORTS_OF_ACCOUNT = (0, 0)
    said = {limits.EVERYWHERE: {"reports_of_network_hour": 50, "reports_of_network_day": 200}, "6202": {}}
    said["6202"]["reports_of_network_hour"] = 7

    def parameters_at(codes: list[str], where: str, *, on: date) -> dict[str, Any]:
        found = {code: said[where][code] for code in codes if code in said[where]}
        return {code: SimpleNamespace(quantity=SimpleNamespace(value=value)) for code, value in found.items()}

    monkeypatch.setattr(limits, "parameters_at", parameters_at)
    day = date(2026, 6, 1)
    assert limits.most_of("network", "", day) == Most(50, 200)
    assert limits.most_of("network", "6202", day) == Most(7, 200)
    assert limits.most_of("account", "", day) == Most(20, 60)  # of which these packs say nothing
    settings.LIREN_REPORTS_OF_NETWORK = (0, 9)
    assert limits.most_of("network", "6202", day) == Most(7, 9)


def test_without_packs_the_bounds_are_those_that_the_packs_come_with() -> None:
    declared = tomllib.loads((ROOT / "packs/common/platform-2026/parameters.toml").read_text(encoding="utf-8"))
    numbers = {one["code"]: one["value"] for one in declared["parameters"]}
    assert {code: numbers[code] for code in limits.USUAL} == limits.USUAL


def test_packs_are_asked_once_for_a_report_and_its_bound(client: Client, scene: Scene) -> None:  # noqa: F811
    with CaptureQueriesContext(connection) as caught:
        send(client)
    assert sum('"policy_load"' in one["sql"] for one in caught) <= 2
