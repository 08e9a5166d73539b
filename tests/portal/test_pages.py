"""Every page of the portal: what it tells, and that it opens in both languages."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape

from liren.foundation.people import queries as people
from liren.foundation.territory import services
from liren.front.portal.forms import today
from tests import make
from tests.make.portal import NOW, SYSTEM

PUBLIC = [
    "/", "/units/", "/search/", "/where/", "/about/", "/about/data/", "/about/automation/", "/about/accessibility/",
    "/display/", "/health", "/units/990102001000/", "/units/990102001000/history/", "/units/990102001000/changes/",
    "/units/990102001000/bodies/", "/units/990102001001/bodies/", "/bodies/",
    "/bodies/?unit=990102000000&kind=committee",
    "/documents/", "/documents/compare/", "/api/",
    "/units/990102001000/streets/", "/units/990102001000/map.geojson", "/zones/qingshui/", "/accounts/login/",
    "/accounts/signup/",
]  # fmt: skip
OWN = [
    "/me/", "/me/residency/", "/me/contacts/", "/me/profile/", "/me/consents/", "/me/access/", "/me/export/",
    "/me/erase/", "/accounts/password/change/", "/accounts/logout/", "/accounts/2fa/", "/accounts/sessions/",
]  # fmt: skip


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.slow
def test_every_public_page_opens_in_both_languages(client: Client, city: make.City) -> None:
    found = {
        path: client.get(prefix + path).status_code for path in PUBLIC for prefix in ("", "/en") if path != "/health"
    }
    assert set(found.values()) == {200}, found


@pytest.mark.slow
def test_pages_about_oneself_ask_strangers_to_sign_in_and_open_for_the_person(client: Client, city: make.City) -> None:
    asked = {path: client.get(path).status_code for path in OWN if path != "/accounts/logout/"}
    assert set(asked.values()) == {302}, asked
    make.sign_in(client, make.account(password=make.people.PASSWORD), second=False)
    opened = {prefix + path: client.get(prefix + path).status_code for path in OWN for prefix in ("", "/en")}
    assert set(opened.values()) == {200}, opened


def test_health_tells_nothing_but_health(client: Client, db: None) -> None:
    assert json.loads(client.get("/health").content) == {"status": "up", "database": "answers"}


@pytest.mark.parametrize("path", PUBLIC)
def test_no_page_changes_anything_when_posted_to_without_a_form(client: Client, city: make.City, path: str) -> None:
    assert client.post(path).status_code in {200, 302, 400, 403, 405, 422}


class TestUnit:
    def test_it_shows_what_it_is_where_it_lies_and_what_it_was(self, client: Client, city: make.City) -> None:
        page = text(client.get("/units/990102001000/"))
        for fact in ("文昌里街道", "里仁市", "临川区", "文昌镇", "桂花井社区", "51,260", "里仁市统计年鉴"):
            assert fact in page

    @pytest.mark.requirement("R023")
    def test_on_a_past_day_it_bears_the_name_and_form_of_that_day(self, client: Client, city: make.City) -> None:
        page = text(client.get("/units/990102001000/?on=2010-01-01"))
        assert "<h1>文昌镇</h1>" in page
        assert 'href="/units/990102001001/?on=2010-01-01"' in page

    def test_a_name_of_a_day_to_come_is_no_former_name(self, client: Client, city: make.City) -> None:
        day = today() + timedelta(days=30)
        one = city.communities[0]
        facts: dict[str, Any] = {"effective_on": day, "instrument": "批复", "by": SYSTEM, "at": NOW}
        services.rename_unit(one.pk, name_zh="新名社区", **facts)
        assert client.get(f"/units/{one.code}/").context["former"] == []
        later = client.get(f"/units/{one.code}/?on={day.isoformat()}")
        assert later.context["former"] == [one.name_zh]

    def test_a_day_before_it_existed_is_said_so(self, client: Client, city: make.City) -> None:
        response = client.get("/en/units/990102001000/?on=1990-01-01")
        assert response.status_code == 200
        assert "did not exist on 1 January 1990" in re.sub(r"<[^>]+>", "", text(response))

    @pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "0001-01-01", "99999-01-01", "2300-01-01"])
    def test_a_day_that_is_none_gives_the_form_again(self, client: Client, city: make.City, day: str) -> None:
        response = client.get("/units/990102001000/", {"on": day})
        assert response.status_code == 422
        assert 'aria-invalid="true"' in text(response)

    @pytest.mark.requirement("R378")
    def test_a_small_number_of_people_is_not_shown(self, client: Client, city: make.City) -> None:
        page = text(client.get("/en/units/990102001006/"))
        assert "Numbers of people from 1 to 4 are not published" in page
        assert '<span class="stat__value">—</span>' in page

    @pytest.mark.requirement("R378")
    def test_a_small_number_is_not_found_by_subtracting_all_other_pages_from_the_total(
        self, client: Client, city: make.City
    ) -> None:
        """The street has 51,260 residents; its sixth community four. Its neighbours' pages must not give it away."""
        facts: dict[str, Any] = {"source": "统计年鉴", "published_on": date(2026, 5, 1), "by": SYSTEM, "at": NOW}
        for one, residents in zip(city.communities[:5], (9_000, 10_000, 12_000, 20_000, 256), strict=True):
            services.record_population(one.pk, year=2024, residents=residents, **facts)
        shown = [client.get(f"/units/{one.code}/").context["population"].residents for one in city.communities]
        assert shown == [9_000, 10_000, 12_000, 20_000, None, None]
        years = [client.get(f"/units/{one.code}/changes/").context["years"] for one in city.communities]
        assert [[row["value"] for row in rows] for rows in years] == [[9_000], [10_000], [12_000], [20_000], [], []]

    @pytest.mark.requirement("R378")
    def test_a_small_number_is_not_found_by_a_merger(self, client: Client, city: make.City) -> None:
        """What a unit had before and after it took in a tiny one: their difference is the tiny one."""
        facts: dict[str, Any] = {"source": "统计年鉴", "published_on": date(2026, 5, 1), "by": SYSTEM, "at": NOW}
        for one, residents in zip(city.communities[:2], (9_000, 800), strict=True):
            services.record_population(one.pk, year=2024, residents=residents, **facts)
        big, tiny = city.communities[0], city.communities[5]
        day = {"effective_on": date(2025, 3, 1), "instrument": "批复", "by": SYSTEM, "at": NOW}
        services.merge_units([tiny.pk], into=big.pk, **day)
        before = client.get(f"/units/{big.code}/?on=2024-12-31").context["population"].residents
        after = [row["value"] for row in client.get(f"/units/{big.code}/changes/").context["years"]]
        assert (before, after) == (9_000, [])

    def test_a_name_known_only_in_chinese_is_marked_on_the_english_page(self, client: Client, city: make.City) -> None:
        page = text(client.get("/en/units/990102001000/"))
        assert '<h1><span lang="zh-Hans">文昌里街道</span></h1>' in page
        assert ">Liren</a>" in page

    @pytest.mark.parametrize(
        "code", ["1", "99010200100", "990102001000-Z001", "99010200100a", "990102001000%00", "999999999999"]
    )
    def test_an_unknown_code_is_no_page(self, client: Client, city: make.City, code: str) -> None:
        assert client.get(f"/units/{code}/").status_code in {400, 404}

    @pytest.mark.requirement("R031")
    def test_the_zone_over_a_community_is_named_and_leads_back(self, client: Client, city: make.City) -> None:
        assert "/zones/qingshui/" in text(client.get("/units/990102001004/"))
        assert "清水河社区" in text(client.get("/zones/qingshui/"))

    def test_a_grid_names_its_service_contact(self, client: Client, city: make.City) -> None:
        page = text(client.get("/units/990102001001-G001/"))
        assert "乙某" in page
        assert 'href="tel:000-0000001"' in page

    @pytest.mark.parametrize("rows", [1, 6])
    def test_it_costs_the_same_whatever_hangs_below(
        self, client: Client, city: make.City, rows: int, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(rows):
            make.portal.unit(5, f"9901020020{number + 10}", "community", f"第{number}社区", city.other_street)
        with django_assert_max_num_queries(24):
            client.get("/units/990102002000/")


class TestHistory:
    def test_it_tells_each_change_in_a_sentence_with_its_document(self, client: Client, city: make.City) -> None:
        page = text(client.get("/en/units/990102001000/history/"))
        assert "Renamed from 文昌乡镇 to 文昌镇." in page
        assert "Turned from 文昌镇 (Town) into 文昌里街道 (Street)." in page
        assert page.count("测试文件〔2001〕1号") == 3

    @pytest.mark.requirement("R025")
    def test_two_days_are_compared_level_by_level_with_percentages(self, client: Client, city: make.City) -> None:
        page = text(client.get("/en/units/990102000000/changes/?start=2010-01-01&end=2026-01-01"))
        rows = [" ".join(part.split("<")[0] for part in row.split(">")) for row in page.split("<tr")]
        town = next(row for row in rows if " Town " in row and "Street" not in row)
        assert "−1" in town
        assert "−100.00%" in town

    @pytest.mark.parametrize(
        "query", ["start=2026-01-01&end=2010-01-01", "start=x&end=y", "start=&end=2010-01-01", "end=0001-01-01"]
    )
    def test_days_the_wrong_way_round_give_the_form_again(self, client: Client, city: make.City, query: str) -> None:
        assert client.get(f"/units/990102000000/changes/?{query}").status_code == 422


class TestMap:
    def test_it_draws_the_unit_and_its_parts_with_names_and_addresses(self, client: Client, city: make.City) -> None:
        response = client.get("/units/990102001000/map.geojson")
        assert response["Content-Type"] == "application/geo+json"
        features = response.json()["features"]
        assert sorted(one["properties"]["role"] for one in features) == ["part"] * 6 + ["self"]
        part = next(one for one in features if one["properties"]["code"] == "990102001001")
        assert part["properties"]["name"] == "桂花井社区"
        assert part["properties"]["url"] == "/units/990102001001/"
        west, south = part["properties"]["at"]
        assert (104.0 < west < 104.01, 30.0 < south < 30.01) == (True, True)

    def test_a_browser_that_has_it_is_told_so(self, client: Client, city: make.City) -> None:
        first = client.get("/units/990102001000/map.geojson")
        again = client.get("/units/990102001000/map.geojson", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        english = client.get("/en/units/990102001000/map.geojson")
        assert english["ETag"] != first["ETag"]

    def test_a_unit_without_outline_has_an_empty_map(self, client: Client, city: make.City) -> None:
        assert client.get("/units/990102002000/map.geojson").json()["features"] == []


class TestStreets:
    @pytest.mark.requirement("R034")
    def test_street_chiefs_are_published_for_the_community_and_above(self, client: Client, city: make.City) -> None:
        for code in ("990102001001", "990102001000", "990100000000"):
            page = text(client.get(f"/units/{code}/streets/"))
            assert ("桂花井巷" in page, "甲某" in page, "街道办事处副主任" in page) == (True, True, True)


class TestSearch:
    @pytest.mark.parametrize("q", ["桂花", "桂", "guihuajing", "990102001001"])
    def test_a_place_is_found_by_name_pinyin_and_code(self, client: Client, city: make.City, q: str) -> None:
        assert "桂花井社区" in text(client.get("/search/", {"q": q}))

    def test_a_former_name_is_found_and_marked(self, client: Client, city: make.City) -> None:
        page = text(client.get("/en/search/", {"q": "文昌镇"}))
        assert 'formerly <span lang="zh-Hans">文昌镇</span>' in page
        assert "文昌里街道" in page

    def test_htmx_gets_only_the_results(self, client: Client, city: make.City) -> None:
        part = text(client.get("/search/", {"q": "桂花"}, headers={"HX-Request": "true"}))
        assert part.strip().startswith("<section")
        assert "<html" not in part

    @pytest.mark.parametrize(
        "q", ["", " ", "'", "%", "\\", "&|!:*", "💥", "ʼ" * 60, "a" * 61, "\ud800".encode("utf-16", "surrogatepass")]
    )
    def test_whatever_is_typed_there_is_an_answer(self, client: Client, city: make.City, q: Any) -> None:
        assert client.get("/search/", {"q": q}).status_code in {200, 400, 422}

    @pytest.mark.parametrize("after", ["x", "1~2~3", "9~9~a~9", "99999999999999999999~1~a~1", "~~~", "1~1~~1"])
    def test_a_forged_key_is_the_first_page_or_an_empty_one(self, client: Client, city: make.City, after: str) -> None:
        assert client.get("/search/", {"q": "社区", "after": after}).status_code == 200


class TestWhere:
    def test_a_point_leads_to_the_community_and_the_street(self, client: Client, city: make.City) -> None:
        page = text(client.get("/where/", {"lon": "104.005", "lat": "30.005"}))
        assert ("桂花井社区" in page, "文昌里街道" in page, "东门外社区" in page) == (True, True, False)

    def test_a_point_outside_every_boundary_is_said_so(self, client: Client, city: make.City) -> None:
        assert "No boundary that we know" in text(client.get("/en/where/", {"lon": "0", "lat": "0"}))

    @pytest.mark.parametrize(
        "query",
        [
            {"lon": "x", "lat": "1"},
            {"lon": "181", "lat": "0"},
            {"lon": "nan", "lat": "0"},
            {"lon": "1e400", "lat": "0"},
            {"lat": "30"},
        ],
    )
    def test_a_point_that_is_none_gives_the_form_again(self, client: Client, db: None, query: dict[str, str]) -> None:
        assert client.get("/where/", query).status_code == 422


class TestDisplay:
    def test_the_choice_is_kept_on_the_device_and_leads_back(self, client: Client, db: None) -> None:
        response = client.post("/display/", {"theme": "dark", "print": "large", "next": "/about/"})
        assert (response.status_code, response["Location"]) == (302, "/about/")
        page = text(client.get("/about/"))
        assert 'data-theme="dark" data-print="large"' in page

    @pytest.mark.parametrize(
        "to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", "", "/a\nb"]
    )
    def test_it_never_leads_away(self, client: Client, db: None, to: str) -> None:
        response = client.post("/display/", {"theme": "dark", "print": "large", "next": to})
        assert response["Location"] == reverse("home")

    def test_an_unknown_choice_is_refused(self, client: Client, db: None) -> None:
        assert client.post("/display/", {"theme": "pink", "print": "large"}).status_code == 422


def test_every_answer_carries_the_headers_and_names_its_language(client: Client, city: make.City) -> None:
    for path, language in (("/", "zh-Hans-CN"), ("/en/", "en")):
        response = client.get(path)
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert f'<html lang="{language}"' in text(response)


def test_each_page_leads_to_itself_in_the_other_language(client: Client, city: make.City) -> None:
    with translation.override("zh-hans"):
        path = reverse("unit-history", args=["990102001000"])
    assert f'href="/en{path}"' in text(client.get(path))
    assert f'href="{path}"' in text(client.get(f"/en{path}"))


@pytest.mark.requirement("R365")
def test_every_data_set_is_published_with_purpose_ground_period_fields_and_who_answers(
    client: Client, db: None
) -> None:
    make.roles()
    page = text(client.get("/en/about/data/"))
    for one in people.dataset_register():
        said = [one.name_en, one.purpose_en, one.basis_en, one.retention_en, *one.columns]
        assert [word for word in said if escape(word) not in page] == []
    assert "Data protection officer" in page


@pytest.mark.requirement("R375")
def test_every_automated_tool_is_labelled_and_names_who_decides(client: Client, db: None) -> None:
    page = text(client.get("/en/about/automation/"))
    tools = people.automation_register()
    assert [tool.code for tool in tools if escape(tool.name_en) not in page or escape(tool.human_en) not in page] == []
