"""The code of a receipt, read as a telephone reads it."""
# ruff: noqa: F811  (fixtures that are brought in)

import pytest
from django.test import Client

from liren.service.cases.services import key_of
from tests.portal.reading import code_on, text
from tests.portal.test_cases import Scene, built_scene, reported, scene  # noqa: F401


@pytest.mark.requirement("R068")
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_telephone_reads_the_code_and_opens_the_case(client: Client, scene: Scene, language: str) -> None:
    case = reported(client, f"{language}/report/request/", text="只有我知道")
    read = code_on(text(client.get(f"{language}/report/sent/{case.number}/")))
    assert read == f"http://testserver{language}/cases/{case.number}/r/{key_of(case)}/"
    phone = Client()
    assert "只有我知道" not in text(phone.get(f"/cases/{case.number}/"))
    assert "只有我知道" in text(phone.get(read, follow=True))
