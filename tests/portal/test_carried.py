"""What packs declare leads to the page that shows what came of it, for everybody and in a place."""

from django.test import Client

from liren.foundation.policy.models import DeclarationVersion
from liren.front.kit.templatetags import documents as tags
from tests import make
from tests.make import cases, circles, registers


def test_a_case_type_leads_to_its_public_cases_and_a_sealed_one_nowhere(client: Client, city: make.City) -> None:
    cases.declare()
    cases.sealed("refuge_request", to="refuge", place="optional")
    unit = city.communities[0]
    found = {
        one.declaration.code: (tags.declared_url(one), tags.declared_url_in(one, unit))
        for one in DeclarationVersion.objects.filter(declaration__kind="case_type").select_related("declaration")
    }
    assert found["request"] == ("/cases/?type=request", f"/cases/?type=request&unit={unit.code}")
    assert found["refuge_request"] == ("", "")
    assert {client.get(url).status_code for pair in found.values() for url in pair if url} == {200}


def test_a_register_and_a_standard_of_the_life_circle_lead_to_their_pages(client: Client, db: None) -> None:
    town = circles.circled().quarter
    registers.declared()
    for one in DeclarationVersion.objects.filter(declaration__kind__in=["register", "lifecircle"]):
        urls = [tags.declared_url(one), tags.declared_url_in(one, town.communities[0])]
        assert [client.get(url).status_code for url in urls] == [200, 200]
        assert tags.declared_kind(one) != one.declaration.kind
