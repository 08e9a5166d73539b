"""The pages of the portal over the simulated city: each answers, and former units can be read as well."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from liren.foundation.territory.models import Unit

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("page", ["unit", "unit-history", "unit-changes", "unit-streets", "unit-bodies", "unit-geo"])
def test_a_unit_of_every_level_and_a_former_one_have_their_pages(hamlet, db, client, page):
    sorts = {(unit.level, unit.closed_on is None): unit.code for unit in Unit.objects.all()}
    codes = sorts.values()
    answers = {code: client.get(reverse(page, args=[code])).status_code for code in codes}
    assert len(answers) == 7
    assert {code: status for code, status in answers.items() if status != 200} == {}


def test_a_former_name_leads_to_the_unit_that_bears_another_now(hamlet, db, client):
    change = next(change for change in hamlet.changes if change.op == "rename")
    former, now = (span.name_zh for span in hamlet.units[change.unit].spans)
    with translation.override(settings.LANGUAGE_CODE):  # whatever language the test before has left behind
        address = reverse("search")
    assert now in client.get(address, {"q": former}).content.decode()
