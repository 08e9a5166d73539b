"""Pages about who acts where: the list, one body, and the panel on the page of a place."""

from typing import Any

import pytest
from django.test import Client

from liren.foundation.bodies import services
from liren.foundation.bodies.models import Body
from tests import make
from tests.make import bodies as make_bodies
from tests.make.portal import NOW, SYSTEM

COMMUNITY = "990102001001"
BY = {"by": SYSTEM, "at": NOW}


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.requirement("R007")
def test_anyone_sees_who_answers_for_what(client: Client, city: make.City) -> None:
    page = text(client.get(f"/en/bodies/{city.acting.committee.pk}/"))
    for words in (
        "调解居民纠纷",
        "Rests on “里仁市社区章程（2020）”",
        "Director",
        "丁某",
        "人民调解委员会",
        "Founded as",
    ):
        assert words in page, words


@pytest.mark.requirement("R002")
def test_a_chair_by_virtue_of_a_post_shows_the_post(client: Client, city: make.City) -> None:
    commission = Body.objects.get(name_zh="里仁市社区发展治理委员会")
    page = text(client.get(f"/bodies/{commission.pk}/"))
    assert "丁某" in page
    assert "由桂花井社区党组织书记兼任" in page


@pytest.mark.requirement("R015", "R175")
def test_an_organisation_shows_pairing_support_and_figures_but_no_words_of_complaints(
    client: Client, city: make.City
) -> None:
    page = text(client.get(f"/bodies/{city.acting.organisation.pk}/"))
    for words in ("每季度一次演出", "春季演出", "免费场地", "¥500", "1至4，不公布", "60人参加", "投诉1件"):
        assert words in page, words
    assert "排练声音大" not in page
    budget = text(client.get(f"/bodies/{city.acting.committee.pk}/"))
    assert "¥1,234.56" in budget


def test_a_body_as_it_stood_on_another_day(client: Client, city: make.City) -> None:
    made = city.acting.organisation
    services.change_body(made.pk, name_zh="桂花井合唱团", effective_on=NOW.date(), instrument="更名", **BY)
    page = text(client.get(f"/bodies/{made.pk}/"))
    assert "桂花井合唱团" in page
    assert "桂花井合唱队" in page
    before = client.get(f"/bodies/{made.pk}/?on=2021-01-01")
    assert before.context["face"]["name_zh"] == "桂花井合唱队"
    assert client.get(f"/bodies/{made.pk}/?on=1990-01-01").context["exists"] is False
    assert client.get(f"/bodies/{made.pk}/?on=x").status_code == 422


def test_a_body_that_is_over_says_so(client: Client, city: make.City) -> None:
    made = city.acting.organisation
    services.dissolve_body(made.pk, effective_on=NOW.date(), instrument="注销", **BY)
    page = text(client.get(f"/en/bodies/{made.pk}/"))
    assert "No longer exists" in page
    assert "Dissolved." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=合唱", ["桂花井合唱队"]),
        ("?q=ghjhcd", ["桂花井合唱队"]),
        (f"?unit={COMMUNITY}&kind=committee", ["桂花井社区居民委员会"]),
        ("?registration=filed", ["桂花井合唱队"]),
        ("?unit=990102001002", []),
    ],
)
def test_the_list_finds_by_name_kind_registration_and_place(
    client: Client, city: make.City, query: str, found: list[str]
) -> None:
    assert [body.name_zh for body in client.get(f"/bodies/{query}").context["page"]] == found


@pytest.mark.parametrize("query", ["?kind=sect", "?registration=x", "?unit=000", f"?q={'长' * 61}"])
def test_what_can_not_be_asked_is_said(client: Client, city: make.City, query: str) -> None:
    assert client.get(f"/bodies/{query}").status_code == 422


def test_a_long_list_goes_on_on_a_next_page(client: Client, city: make.City) -> None:
    for number in range(35):
        make_bodies.body(city.communities[1], "other", name_zh=f"甲{number:02}", effective_on=make_bodies.SINCE)
    first = client.get("/bodies/?kind=other")
    rest = client.get("/bodies/" + first.context["page"].next_query)
    names = [body.name_zh for page in (first, rest) for body in page.context["page"]]
    assert names == [f"甲{number:02}" for number in range(35)]


@pytest.mark.requirement("R004", "R009", "R018")
def test_the_page_of_a_place_says_who_acts_here(client: Client, city: make.City) -> None:
    page = text(client.get(f"/en/units/{COMMUNITY}/"))
    for words in ("Who acts here", "桂花井合唱队", "Guihuajing Residents", "戊某", "己某", "社区会客厅"):
        assert words in page, words
    assert "Public services" in text(client.get("/en/units/990102001000/"))
    assert "No body has been recorded here yet" in text(client.get("/en/units/990102001006/"))


@pytest.mark.requirement("R014", "R022", "R171")
def test_the_counts_of_a_place(client: Client, city: make.City) -> None:
    page = client.get("/units/990102000000/bodies/")
    assert {row.kind: row.count for row in page.context["overview"]} == {
        "committee": 1, "sub_committee": 1, "party_organisation": 1, "community_social_organisation": 1,
    }  # fmt: skip
    assert [(row.unit.name_zh, row.filed) for row in page.context["organisations"]] == [
        ("文昌里街道", 1), ("北门街道", 0),
    ]  # fmt: skip
    assert "其中1个两个职务均已产生，1个由同一人担任" in text(page)


@pytest.mark.requirement("R017")
def test_a_community_shows_its_five_strands(client: Client, city: make.City) -> None:
    rows = client.get(f"/units/{COMMUNITY}/bodies/").context["strands"]
    assert len(rows) == 5
    assert [row.lead for row in rows if row.lead] == [city.acting.organisation]


@pytest.mark.parametrize("rows", [1, 5])
def test_a_body_costs_the_same_whatever_hangs_on_it(
    client: Client, city: make.City, rows: int, django_assert_max_num_queries: Any
) -> None:
    made = city.acting.committee
    for number in range(rows):
        make_bodies.holding(make_bodies.post(made, name_zh=f"委员{number}"), name="庚某")
        make_bodies.body(city.communities[0], "sub_committee", name_zh=f"委员会{number}", parent_id=made.pk)
    with django_assert_max_num_queries(18):
        client.get(f"/bodies/{made.pk}/")


def test_what_is_not_there_is_not_found(client: Client, db: None) -> None:
    for path in ("/bodies/999999999/", "/bodies/0/", "/units/990199001001/bodies/"):
        assert client.get(path).status_code == 404
