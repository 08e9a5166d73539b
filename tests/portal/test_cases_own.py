"""One's own cases: what was reported and what was joined, each page by page, whatever their number."""
# ruff: noqa: F811  (fixtures that are brought in)

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.front.portal.cases import listing
from liren.service.cases.services import follow
from tests import make
from tests.make import cases
from tests.portal.reading import text
from tests.portal.test_cases import Scene, built_scene, make_now, scene  # noqa: F401

PATH = "/me/cases/"


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 2)


def reports(scene: Scene, person: Any, many: int) -> list[str]:
    """Numbers of reports of this person, the newest first."""
    return [cases.reported(scene.unit, by=person).number for _ in range(many)][::-1]


def joined(scene: Scene, person: Any, many: int) -> list[str]:
    """Numbers of reports of somebody else that this person joined, the newest first."""
    found = [cases.reported(scene.unit) for _ in range(many)][::-1]
    for one in found:
        follow(one.pk, by=person, at=make_now())
    return [one.number for one in found]


def shown(page: str, name: str) -> list[str]:
    """Numbers in one of the two lists."""
    part = re.search(rf'<ul class="rows cases" id="{name}">(.*?)</ul>', page, re.S)
    return re.findall(r'data-code="([^"]+)"', part[1]) if part else []


def ways(page: str) -> list[str]:
    """Where "Next page" leads: once for each list that goes on."""
    return [PATH + unescape(found) for found in re.findall(r'rel="next" href="([^"]+)"', page)]


@pytest.mark.parametrize("name", ["own", "followed"])
def test_three_pages_hold_each_case_once_the_newest_first(client: Client, scene: Scene, name: str) -> None:
    person = make.sign_in(client, make.account(), second=False)
    wanted = (reports if name == "own" else joined)(scene, person, 5)
    path, pages = [PATH], []
    while path:
        page = text(client.get(path[0]))
        pages.append(shown(page, name))
        path = ways(page)
    assert pages == [wanted[:2], wanted[2:4], wanted[4:]]


def test_each_list_keeps_the_place_of_the_other(client: Client, scene: Scene) -> None:
    person = make.sign_in(client, make.account(), second=False)
    own, others = reports(scene, person, 3), joined(scene, person, 3)
    page = text(client.get(PATH))
    assert (shown(page, "own"), shown(page, "followed")) == (own[:2], others[:2])
    page = text(client.get(ways(page)[0]))
    assert (shown(page, "own"), shown(page, "followed")) == (own[2:], others[:2])
    page = text(client.get(ways(page)[0]))
    assert (shown(page, "own"), shown(page, "followed"), ways(page)) == (own[2:], others[2:], [])
    assert page.count('<nav class="pages"') == 2


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?after=1~2", f"?joined={'9' * 40}"])
def test_what_is_no_key_is_the_first_page(client: Client, scene: Scene, query: str) -> None:
    person = make.sign_in(client, make.account(), second=False)
    own = reports(scene, person, 1)
    assert shown(text(client.get(PATH + query)), "own") == own


def test_it_costs_the_same_whatever_their_number(client: Client, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SIZE", 30)
    person = make.sign_in(client, make.account(), second=False)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PATH).status_code == 200
        return len(found)

    (reports(scene, person, 1), joined(scene, person, 1), asked())
    before = asked()
    (reports(scene, person, 3), joined(scene, person, 3))
    assert asked() == before
