"""axe finds nothing on any page: two widths, two languages, light, dark and large print (WCAG 2.2 AA)."""

import pytest

from liren.foundation.people.models import Residency
from liren.foundation.territory import services
from liren.foundation.territory.models import UnitSpan
from tests import make
from tests.browser import walk
from tests.make import registers
from tests.make.portal import NOW, SYSTEM


@pytest.mark.parametrize("language", walk.LANGUAGES, ids=["zh", "en"])
def test_nothing_is_wrong_with_any_public_page(site: walk.Site, language: str) -> None:
    numbers = walk.numbers_of(site.city) | walk.cases_of(site.city, make.account())
    walk.check(site.look(), [language + path.format(**numbers) for path in walk.PUBLIC], looks=not language)


@pytest.mark.parametrize("language", walk.LANGUAGES, ids=["zh", "en"])
def test_nothing_is_wrong_with_any_page_about_oneself(site: walk.Site, resident: str, language: str) -> None:
    numbers = walk.cases_of(site.city, Residency.objects.get().account)
    walk.check(
        site.look(session=resident), [language + path.format(**numbers) for path in walk.OWN], looks=not language
    )


@pytest.mark.parametrize("language", walk.LANGUAGES, ids=["zh", "en"])
def test_nothing_is_wrong_with_any_page_of_the_desk(site: walk.Site, officials: dict[str, str], language: str) -> None:
    claim = Residency.objects.get(state="claimed").pk
    entry = UnitSpan.objects.filter(unit=site.city.street).earliest("during").pk
    facts = {"kind": "building", "name_zh": "1栋", "effective_on": make.portal.DAY, "by": SYSTEM, "at": NOW}
    numbers = {"residency": claim, "entry": entry, "zone": site.city.zone.pk, **walk.numbers_of(site.city)}
    numbers["subject"] = services.register_service_subject(site.city.communities[0].pk, **facts).pk
    numbers["street"] = site.city.communities[0].streets.first().pk
    registers.declared(place="required")
    numbers["room"] = registers.room(site.city.communities[0], lon=104.005, lat=30.005, key_holder="值班岗").number
    left = [language + path.format(**numbers) for path in walk.DESK]
    for session in officials.values():
        look = site.look(session=session)
        mine = [path for path in left if walk.opens(look, path)]
        walk.check(look, mine, looks=not language)
        left = [path for path in left if path not in mine]
    assert left == []
