"""What the page of a case says of its coming round: how often, the one before, the next one and when it is due."""

import re
from typing import Any

import pytest
from django.test import Client

from liren.service.cases.models import Repeat
from liren.service.cases.services.repeats import open_repeats
from tests import make
from tests.cases.test_repeats import CODE, DAY, YEAR, packed, through
from tests.make import cases, registers
from tests.make.cases import NOW
from tests.make.portal import City

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R104")]


def said(client: Client, number: str, prefix: str = "") -> str:
    """The words behind “Comes round” on the page, without the marks around them."""
    page = client.get(f"{prefix}/desk/cases/{number}/").content.decode()
    found = re.search(r"<dt>(?:定期|Comes round)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_the_page_links_what_came_before_and_after(city: City, client: Client) -> None:
    packed("drill")
    registers.parameter(CODE, "12", "month", operator="<=")
    home = city.communities[0]
    worker: Any = make.official("community_worker", home)
    first = through(None, cases.reported(home, "drill", by=worker), NOW, by=worker)
    make.sign_in(client, worker)
    assert said(client, first.number) == "每 12 个月一次 · 下一次 2027年6月2日 到期"
    assert said(client, first.number, "/en") == "every 12 months · the next one is due on 2 June 2027"
    open_repeats(at=NOW + YEAR + DAY)
    links = [said(client, number) for number in (first.number, next_of(first.pk))]
    assert links == [f"每 12 个月一次 · 下一次 {next_of(first.pk)}", f"每 12 个月一次 · 上一次 {first.number}"]
    assert said(client, next_of(first.pk), "/en") == f"every 12 months · the one before {first.number}"


def next_of(pk: int) -> str:
    case = Repeat.objects.select_related("case").get(before_id=pk).case
    assert case is not None
    return case.number
