"""axe finds nothing on any page: two widths, light, dark and large print (WCAG 2.2 AA).

That is asked in Chinese. In English the same page is asked for what other words can break: layout, size of targets,
order of headings, names and titles left empty, the language it says it is in.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from liren.foundation.people.models import Account, Residency
from liren.foundation.territory import services
from liren.foundation.territory.models import UnitSpan
from tests import make
from tests.browser import walk
from tests.make import registers
from tests.make.portal import NOW, SYSTEM, City


@pytest.fixture
def db(standing: City) -> City:
    """The database as the server sees it: committed, for all tests of the file."""
    return standing


@pytest.fixture
def site(server: Any, db: City, chromium: Any) -> Iterator[walk.Site]:
    """One city for all tests of the file: they look at it, or undo what they do."""
    site = walk.Site(server.url, chromium, db)
    yield site
    site.close()


def test_nothing_is_wrong_with_any_public_page(site: walk.Site) -> None:
    numbers = walk.numbers_of(site.city) | walk.cases_of(site.city, make.account())
    walk.check(walk.both(site.look(), [path.format(**numbers) for path in walk.PUBLIC]))


def test_nothing_is_wrong_with_any_page_about_oneself(site: walk.Site, resident: str) -> None:
    numbers = walk.cases_of(site.city, Residency.objects.latest("pk").account)
    walk.check(walk.both(site.look(session=resident), [path.format(**numbers) for path in walk.OWN]))


def test_nothing_is_wrong_with_any_page_of_the_desk(site: walk.Site, officials: dict[str, str]) -> None:
    claim = Residency.objects.get(state="claimed").pk
    entry = UnitSpan.objects.filter(unit=site.city.street).earliest("during").pk
    facts = {"kind": "building", "name_zh": "1栋", "effective_on": make.portal.DAY, "by": SYSTEM, "at": NOW}
    numbers = {
        "residency": claim,
        "entry": entry,
        "zone": site.city.zone.pk,
        **walk.numbers_of(site.city),
        **walk.programs_of(site.city),
    }
    numbers["subject"] = services.register_service_subject(site.city.communities[0].pk, **facts).pk
    numbers |= walk.imports_of(Account.objects.get(mandates__role__code="city_admin"))
    numbers["street"] = site.city.communities[0].streets.first().pk
    registers.declared(place="required")
    numbers["room"] = registers.room(site.city.communities[0], lon=104.005, lat=30.005, key_holder="值班岗").number
    left, faults = [path.format(**numbers) for path in walk.DESK], []
    for session in officials.values():
        look = site.look(session=session)
        closed = []
        for path in left:
            if walk.opens(look, path):
                faults += [f"{path} {fault}" for fault in walk.faults_of(look)]
                faults += walk.walk(look, ["/en" + path], walk.faults_of_words)
            else:
                closed.append(path)
        left = closed
    walk.check(faults)
    assert left == []
