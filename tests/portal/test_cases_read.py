"""Reports after they were sent: by receipt, in lists and figures; and what is sealed is nowhere."""
# ruff: noqa: F811  (fixtures that are brought in)

import re
from typing import Any

import pytest
from django.test import Client

from liren.service.cases.models import Case
from liren.service.cases.services import figures
from tests import make
from tests.make import cases
from tests.portal.reading import text
from tests.portal.test_cases import Scene, answered_now, built_scene, form, make_now, reported, scene, send  # noqa: F401


class TestReceipts:
    def test_the_link_of_the_receipt_opens_the_case_as_its_reporter(self, client: Client, scene: Scene) -> None:
        taken = cases.taken(scene.unit, text="只有我知道")
        response = client.get(f"/cases/{taken.case.number}/r/{taken.receipt_key}/")
        assert (response.status_code, response["Location"]) == (302, f"/cases/{taken.case.number}/")
        assert "只有我知道" in text(client.get(response["Location"]))

    @pytest.mark.parametrize("key", ["0" * 16, "x", "A" * 60])
    def test_a_wrong_key_and_a_wrong_number_are_answered_alike(self, client: Client, scene: Scene, key: str) -> None:
        case = cases.reported(scene.unit)
        answers = [client.get(f"/cases/{number}/r/{key}/") for number in (case.number, "9999999-6")]
        assert [one.status_code for one in answers] == [404, 404]

    def test_a_case_is_found_by_number_and_with_its_key(self, client: Client, scene: Scene) -> None:
        taken = cases.taken(scene.unit, text="只有我知道")
        typed = taken.case.number.replace("-", " ")
        response = client.post("/cases/find/", make.form(None, number=typed))
        assert response["Location"] == f"/cases/{taken.case.number}/"
        assert "只有我知道" not in text(client.get(response["Location"]))
        client.post("/cases/find/", make.form(None, number=typed, key=taken.receipt_key.lower()))
        assert "只有我知道" in text(client.get(response["Location"]))

    @pytest.mark.parametrize("fields", [{}, {"number": "1"}, {"number": "0000001-5", "key": "x"}, {"number": "x" * 41}])
    def test_what_is_not_found_is_said_on_the_form(self, client: Client, scene: Scene, fields: Any) -> None:
        assert client.post("/cases/find/", make.form(None, **fields)).status_code == 422


class TestSealed:
    """What is reported in confidence is in no list, map, count or page of others."""

    @pytest.fixture
    def complaint(self, scene: Scene) -> Any:
        cases.sealed("refuge_request", to="refuge", place="optional")
        return cases.taken(scene.unit, "refuge_request", text="我需要离开家", category="lamp", lon=104.005, lat=30.005)

    def test_it_is_nowhere(self, client: Client, scene: Scene, complaint: Any) -> None:
        number = complaint.case.number
        paths = ("/cases/", "/cases/map.geojson", "/cases/?type=refuge_request", "/cases/?unit=990102001001")
        for who in (None, make.account(), scene.desk, scene.clerk):
            one = Client()
            if who:
                make.sign_in(one, who)
            assert all(number not in text(one.get(path)) for path in paths)
            assert one.get(f"/cases/{number}/").status_code == 404
            assert one.post("/cases/find/", make.form(who, number=number)).status_code == 422
            near = one.get("/report/refuge_request/near/?lon=104.005&lat=30.005&category=lamp")
            assert number not in text(near)
            assert number not in text(one.get("/me/cases/", follow=True))

    def test_its_pages_are_quiet_and_leave_at_once(self, client: Client, scene: Scene, complaint: Any) -> None:
        for path in ("/report/refuge_request/", f"/cases/{complaint.case.number}/"):
            client.get(f"/cases/{complaint.case.number}/r/{complaint.receipt_key}/")
            page = text(client.get(path))
            title = re.search(r"<title>(.*?)</title>", page, re.S)
            assert title is not None
            assert ("data-exit" in page, "诉求" in title[1], "data-draft" in page) == (True, False, False)
        assert client.session.get_expire_at_browser_close() is True

    def test_a_complaint_names_its_office(self, client: Client, scene: Scene) -> None:
        cases.sealed("complaint")
        path = "/report/complaint/"
        assert list(send(client, path).context["form"].errors) == ["about"]
        assert list(send(client, path, about="没有这个单位").context["form"].errors) == ["about"]
        assert send(client, path, about="市政处").status_code == 303
        assert Case.objects.get().about_body == scene.body


class TestLists:
    def test_what_is_open_and_closed_stands_in_list_and_map(self, client: Client, scene: Scene) -> None:
        one = cases.reported(scene.unit, category="lamp", lon=104.00512, lat=30.00513, text="三单元老李家")
        other = cases.reported(scene.city.communities[1])
        for language in ("", "/en"):
            page = text(client.get(f"{language}/cases/"))
            assert (one.number in page, other.number in page, "老李" in page) == (True, True, False)
        page = text(client.get("/cases/?unit=990102001001"))
        assert (one.number in page, other.number in page) == (True, False)
        found = client.get("/cases/map.geojson").json()["features"]
        assert [(f["properties"]["code"], f["geometry"]["coordinates"]) for f in found] == [
            (one.number, [104.005, 30.005])
        ]

    def test_a_point_stands_for_its_community(self, client: Client, scene: Scene) -> None:
        one = cases.reported(scene.unit)
        assert one.number in text(client.get("/cases/?lon=104.005&lat=30.005"))
        assert one.number not in text(client.get("/cases/?lon=104.015&lat=30.005"))

    @pytest.mark.parametrize("query", ["unit=x", "type=x", "phase=x", "lon=999&lat=0", "after=x~1", "after=2026~x"])
    def test_a_choice_that_cannot_be_made_is_said(self, client: Client, scene: Scene, query: str) -> None:
        assert client.get(f"/cases/?{query}").status_code == (200 if query.startswith("after") else 422)

    @pytest.mark.parametrize("n", [1, 4])
    def test_the_list_costs_the_same_whatever_its_length(
        self, client: Client, scene: Scene, n: int, django_assert_num_queries: Any
    ) -> None:
        for _number in range(n):
            cases.reported(scene.unit)
        client.get("/cases/")
        with django_assert_num_queries(5):
            assert len(client.get("/cases/").context["page"].rows) == n

    def test_a_long_list_goes_on_behind_a_key(self, client: Client, scene: Scene) -> None:
        made = {cases.reported(scene.unit).number for _number in range(31)}
        first = client.get("/cases/").context["page"]
        second = client.get("/cases/" + first.next_query).context["page"]
        assert {row.case.number for row in [*first, *second]} == made
        assert len(second) == 1


class TestFigures:
    @pytest.fixture
    def counted(self, scene: Scene) -> None:
        now = make_now()
        for n in range(7):
            cases.reported(scene.unit, category="lamp" if n < 6 else "waste", at=now)
        figures.count_month(now.date(), by=cases.SYSTEM, at=now)

    @pytest.mark.requirement("R081")
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_a_place_has_its_months_as_chart_table_and_file(
        self, client: Client, scene: Scene, counted: None, language: str
    ) -> None:
        page = client.get(f"{language}/cases/figures/?unit=990102001001")
        assert page.context["months"][0].received == 7
        assert "data-chart" in text(page)
        file = client.get(f"{language}/cases/figures.csv?unit=990102001001")
        lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
        assert len(lines) > 1
        assert all("complaint" not in line for line in lines)

    def test_what_is_small_is_told_to_nobody_outside(self, client: Client, scene: Scene, counted: None) -> None:
        page = client.get("/cases/figures/?unit=990102001001")
        assert None in [one.received for _name, one in page.context["categories"]]
        assert "&lt;5" in text(page)
        make.sign_in(client, scene.desk)
        page = client.get("/cases/figures/?unit=990102001001")
        assert sorted(one.received for _name, one in page.context["categories"]) == [1, 6]

    def test_a_place_without_figures_says_so(self, client: Client, scene: Scene) -> None:
        assert "empty" in text(client.get("/cases/figures/"))
        assert client.get("/cases/figures/?unit=x&type=y").status_code == 422
        assert client.get("/cases/figures.csv?unit=x").status_code == 200


class TestBeside:
    def test_the_page_of_a_place_counts_what_is_open(self, client: Client, scene: Scene) -> None:
        cases.reported(scene.unit)
        page = client.get("/units/990102001001/")
        assert page.context["cases"] == {"open": "1", "closed": "0"}
        assert 'href="/report/?unit=990102001001"' in text(page)
        assert 'href="/report/request/?unit=990102001001"' in text(client.get("/report/?unit=990102001001"))

    def test_the_first_page_begins_with_reporting(self, client: Client, scene: Scene) -> None:
        page = text(client.get("/"))
        assert page.index('class="btn btn--huge" href="/report/"') < page.index('action="/search/"')

    def test_words_are_sorted_only_where_a_sorter_was_trained(self, client: Client, scene: Scene) -> None:
        assert "report-suggest" not in text(client.get("/report/request/"))
        response = client.post("/report/request/suggest/", make.form(None, text="路灯不亮了好几天"))
        assert (response.status_code, response.context["suggestions"]) == (200, [])
