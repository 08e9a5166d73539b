"""The library of documents: what a provision asks for, what it sets, what carries it out, and two places compared."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from liren.foundation.bodies import services as bodies
from liren.front.kit.templatetags import documents as tags
from tests import make
from tests.make import policy

CITY, FIRST = "990100000000", "990102001001"
LIST, PLACE, PAPER = "/documents/", "/documents/north/", "/documents/north/opinion-2017/"
CLAUSE, DRAFT, PLAN = f"{PAPER}4/", "/documents/north/draft-2024/", "/documents/south/plan-2022/"
COMPARE = "/documents/compare/"
PAGES = [LIST, PLACE, PAPER, CLAUSE, f"{PAPER}5/", DRAFT, PLAN, f"{PLAN}4/", COMPARE, f"{COMPARE}?by=provisions"]


def plain(response: Any) -> str:
    """What a reader sees, without the marks of the page."""
    page = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


@pytest.fixture(scope="module")
def built_papers(built_city: make.City, django_db_blocker: Any) -> Iterator[make.City]:
    with make.standing(django_db_blocker, lambda: policy.library(CITY)):
        yield built_city


@pytest.fixture
def papers(built_papers: make.City, db: None) -> make.City:
    """The city with the invented documents of the north, which is this city, and of the south."""
    return built_papers


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_in_both_languages(client: Client, papers: make.City, path: str) -> None:
    assert [client.get(prefix + path).status_code for prefix in ("", "/en")] == [200, 200]


@pytest.mark.parametrize(
    "path",
    [
        "/documents/west/",
        "/documents/North/",
        "/documents/north/opinion-2018/",
        "/documents/south/opinion-2017/",
        f"{PAPER}99/",
        f"{PAPER}4%00/",
        f"{PAPER}../4/",
        f"{PAPER}{'4' * 41}/",
    ],
)
def test_what_no_pack_knows_is_no_page(client: Client, papers: make.City, path: str) -> None:
    assert [client.get(prefix + path).status_code for prefix in ("", "/en")] in ([404, 404], [400, 400])


@pytest.mark.parametrize("path", [PLACE, PAPER, CLAUSE, COMPARE])
@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "0001-01-01", "2300-01-01", "99999-01-01"])
def test_a_day_that_is_none_gives_the_form_again(client: Client, papers: make.City, path: str, day: str) -> None:
    response = client.get(path, {"on": day})
    assert (response.status_code, 'aria-invalid="true"' in response.content.decode()) == (
        422,
        path != CLAUSE,  # the day is no field of this page: it comes from the page of the document
    )


@pytest.mark.parametrize("query", ["a=x&b=y", "a=north&b=north", "a=north&b=", "by=junk", "a=north&b=south&on=x"])
def test_a_pair_that_is_none_gives_the_form_again(client: Client, papers: make.City, query: str) -> None:
    assert client.get(f"{COMPARE}?{query}").status_code == (200 if query == "a=north&b=" else 422)


class TestLibrary:
    @pytest.mark.requirement("R019")
    def test_it_shows_each_document_with_issuer_status_day_and_certainty(
        self, client: Client, papers: make.City
    ) -> None:
        page = plain(client.get(f"/en{LIST}"))
        assert "Document opinion-2017 In force Opinion · Some office · 1 January 2017 · Full text at hand" in page
        assert "Document draft-2024 Draft Regulation" in page

    def test_what_holds_in_this_city_stands_first(self, client: Client, papers: make.City) -> None:
        context = client.get(LIST).context
        codes = {name: [one.jurisdiction.code for one in context[name]] for name in ("holding", "others")}
        assert codes == {"holding": ["north", "cn"], "others": ["south"]}

    def test_the_way_leads_from_the_menu_down_to_a_provision(self, client: Client, papers: make.City) -> None:
        for here, there in ((LIST, PLACE), (LIST, PAPER), (PLACE, PAPER), (PAPER, CLAUSE)):
            assert f'href="{there}"' in client.get(here).content.decode()
        for here in ("/", "/about/"):
            assert f'href="{LIST}"' in client.get(here).content.decode()

    @pytest.mark.requirement("R020")
    def test_a_place_shows_every_number_that_it_sets_on_a_day(self, client: Client, papers: make.City) -> None:
        shown = [(one.code, one.attribute) for one in client.get("/documents/south/").context["numbers"]]
        assert shown == [(policy.AREA, "expected"), ("years", "binding")]
        before = [(one.code, one.attribute) for one in client.get("/documents/south/?on=2021-06-01").context["numbers"]]
        assert before == [(policy.AREA, "baseline")]


class TestDocument:
    @pytest.mark.requirement("R019")
    def test_it_shows_versions_provisions_and_numbers(self, client: Client, papers: make.City) -> None:
        page = plain(client.get(f"/en{PAPER}"))
        for fact in ("2017 In force", "from 1 January 2017", "Item 4", "Some office must act.", "≥ 30 m² per 100"):
            assert fact in page

    def test_a_draft_says_that_it_binds_nobody(self, client: Client, papers: make.City) -> None:
        for path in (DRAFT, f"{DRAFT}4/"):
            assert "binds nobody" in plain(client.get(f"/en{path}"))
        assert "It would have to be met if the draft became law." in plain(client.get(f"/en{DRAFT}4/"))
        assert "It must be met." not in plain(client.get(f"/en{DRAFT}4/"))

    def test_before_it_counted_it_says_so_and_shows_nothing_of_later(self, client: Client, papers: make.City) -> None:
        response = client.get(f"/en{PAPER}?on=2016-12-31")
        assert "No version of this document counts on 31 December 2016 ." in plain(response)
        assert (response.context["provisions"], response.context["numbers"]) == ([], [])

    def test_one_that_no_longer_counts_is_read_as_it_was(self, client: Client, city: make.City) -> None:
        ended = policy.document(
            "opinion-2017", policy.version("2017", "2017-01-01", "repealed", "until = 2020-01-01\n")
        )
        files = {
            "north/opinion-2017/document.toml": ended,
            "north/opinion-2017/parameters.toml": policy.parameter(policy.AREA, "30", until="2020-01-01"),
        }
        policy.library(CITY, **files)
        response = client.get(f"/en{PAPER}")
        assert [one.number for one in response.context["provisions"]] == ["4", "5"]
        assert "replaced or repealed" in plain(response)
        clause = plain(client.get(f"/en{CLAUSE}"))
        assert ("1 January 2017 to 31 December 2019" in clause, "not on this day" in clause) == (True, False)

    @pytest.mark.parametrize("certainty", ["secondary", "from_memory"])
    def test_what_was_not_read_in_the_original_is_said_so(
        self, client: Client, city: make.City, certainty: str
    ) -> None:
        text = policy.provision("4", f'certainty = "{certainty}"')
        policy.library(CITY, **{"south/plan-2022/provisions.toml": text})
        said = {"secondary": "from a secondary source", "from_memory": "from memory"}[certainty]
        assert said in plain(client.get(f"/en{PLAN}4/"))


class TestProvision:
    @pytest.mark.requirement("R019")
    def test_it_says_the_duty_the_requirements_and_each_number_with_its_evidence(
        self, client: Client, papers: make.City
    ) -> None:
        page = plain(client.get(f"/en{CLAUSE}"))
        for fact in (
            "Some office must act.",
            "R239",
            "≥ 30 m² per 100 households",
            "at least 30 m² per 100 households",
            "Binding It must be met.",
            "from 1 January 2017",
            "不低于30",
            "Full text at hand",
        ):
            assert fact in page

    def test_the_chinese_page_says_the_number_in_words(self, client: Client, papers: make.City) -> None:
        page = plain(client.get(CLAUSE))
        for fact in (
            "≥ 30 平方米/百户",
            "不低于 30 平方米/百户",
            "约束性",
            "必须达到",
            "2017年1月1日起",
            "某机关应当办理",
        ):
            assert fact in page

    def test_what_carries_it_out_is_named_and_else_that_nothing_does(self, client: Client, papers: make.City) -> None:
        assert "Lamp thing" in plain(client.get(f"/en{CLAUSE}"))
        assert "Nothing here carries this provision out yet" in plain(client.get(f"/en{PAPER}5/"))

    def test_duties_that_bodies_rest_on_it_stand_there_and_lead_there_and_back(
        self, client: Client, papers: make.City
    ) -> None:
        committee = papers.acting.committee
        facts = {
            "text_zh": "每月巡查路灯",
            "text_en": "Walks past every lamp each month",
            "effective_on": dt.date(2026, 1, 1),
        }
        for rests in ({"basis": "north/opinion-2017#5"}, {"instrument": "三定方案"}):
            bodies.publish_duty(committee.pk, **facts, **rests, by=make.portal.SYSTEM, at=make.portal.NOW)
        page = client.get(f"/en{PAPER}5/")
        assert "Duties that bodies have published under it" in plain(page)
        assert "Nothing here carries this provision out yet" not in plain(page)
        assert f'href="/en/bodies/{committee.pk}/"' in page.content.decode()
        here, other = committee.unit.code, papers.communities[1].code
        found = plain(client.get(f"/en{PAPER}5/?unit={here}"))
        assert "of 1 here and below, 1 published a duty under it. Whether each of them must" in found
        assert "Walks past every lamp" not in plain(client.get(f"/en{PAPER}5/?unit={other}"))
        page = client.get(f"/bodies/{committee.pk}/")
        assert re.findall(r'href="(/documents/[^"]+/)"', page.content.decode()) == [f"{PAPER}5/"]
        assert "依据“三定方案”（文字说明，文库中无此条款）" in plain(page)
        policy.library(
            CITY, **{"north/opinion-2017/provisions.toml": policy.provision("4")}
        )  # the provision is taken out
        assert "文库中已无此条款" in plain(client.get(f"/bodies/{committee.pk}/"))

    def test_a_baseline_that_has_passed_is_marked(self, client: Client, papers: make.City) -> None:
        page = plain(client.get(f"/en{PLAN}4/"))
        assert "Counts 31 December 2020 to 31 December 2021 not on this day" in page
        assert "It says where things stood at the beginning." in page
        assert "between 3 years and 5 years" in page
        assert "Counts from 1 January 2022 target for 2025 day has passed" in page

    def test_what_it_said_before_can_be_read(self, client: Client, city: make.City) -> None:
        policy.library(CITY)
        changed = policy.provision("4").replace("Some office must act.", "Two offices must act.") + policy.provision(
            "5"
        )
        policy.library(CITY, **{"north/opinion-2017/provisions.toml": changed})
        response = client.get(f"/en{CLAUSE}")
        assert [one.duty_en for one in response.context["history"]] == [
            "Two offices must act.",
            "Some office must act.",
        ]
        assert "How this entry read before" in plain(response)

    def test_it_leads_to_the_provisions_beside_it(self, client: Client, papers: make.City) -> None:
        first, last = client.get(CLAUSE).content.decode(), client.get(f"{PAPER}5/").content.decode()
        assert (f'rel="next" href="{PAPER}5/"' in first, 'rel="prev"' in first) == (True, False)
        assert (f'rel="prev" href="{CLAUSE}"' in last, 'rel="next"' in last) == (True, False)

    def test_it_leads_to_the_same_as_data(self, client: Client, papers: make.City) -> None:
        links = re.findall(
            r'href="(/api/[^"]+)"', client.get(CLAUSE).content.decode() + client.get(PAPER).content.decode()
        )
        assert {client.get(link).status_code for link in links} == {200}
        assert len(links) >= 2


class TestState:
    def test_in_a_unit_of_the_city_its_own_number_holds(self, client: Client, papers: make.City) -> None:
        response = client.get(f"{CLAUSE}?unit={FIRST}")
        state = response.context["state"]
        assert "None" not in plain(response)
        assert (state.reaches, [held.is_own for held in state.numbers]) == (True, [True])
        assert [one.declaration.declaration.code for one in state.carried] == ["lamp"]

    def test_a_provision_of_elsewhere_does_not_reach_and_says_what_holds_instead(
        self, client: Client, papers: make.City
    ) -> None:
        response = client.get(f"/en{PLAN}4/?unit={FIRST}")
        state = response.context["state"]
        assert (state.reaches, [one.code for one in state.holding]) == (False, ["north", "cn"])
        held = {one.asked.code: one.here and one.here.parameter.provision_key for one in state.numbers}
        assert held == {policy.AREA: "north/opinion-2017#4", "years": None}
        page = plain(response)
        assert "does not reach this place" in page
        assert "No document sets this number here." in page

    def test_one_goes_down_the_tree_step_by_step(self, client: Client, papers: make.City) -> None:
        steps = [CITY, "990102000000", "990102001000", FIRST]
        assert f"?unit={CITY}" in client.get(CLAUSE).content.decode()
        for above, below in zip(steps, steps[1:], strict=False):
            assert f"?unit={below}" in client.get(f"{CLAUSE}?unit={above}").content.decode()

    @pytest.mark.parametrize("unit", ["x", "999999999999", "' OR 1=1", "9" * 30, "９９０１００００００００"])
    def test_a_code_that_no_place_has_gives_the_form_again(self, client: Client, papers: make.City, unit: str) -> None:
        response = client.get(CLAUSE, {"unit": unit})
        assert (response.status_code, response.context["state"]) == (422, None)


class TestCompare:
    @pytest.mark.requirement("R020")
    def test_numbers_stand_side_by_side_as_set_alike_differently_or_by_one_only(
        self, client: Client, papers: make.City
    ) -> None:
        groups = client.get(f"{COMPARE}?a=cn&b=north").context["groups"]
        found = {name: [line.row.code for line in lines] for name, lines in groups.items()}
        wanted = {"matters": [], "differ": [policy.AREA, "quorum"], "same": [], "left": ["notice_days"], "right": []}
        assert found == wanted

    @pytest.mark.requirement("R019")
    @pytest.mark.requirement("R020")
    def test_one_matter_that_two_places_rule_by_other_numbers_is_one_line(
        self, client: Client, city: make.City
    ) -> None:
        matter = policy.subject("meetings", "quorum", "notice_days", "years")
        policy.library(CITY, **{"cn/subjects/meetings.toml": matter})
        response = client.get(f"/en{COMPARE}?a=cn&b=north")
        groups = response.context["groups"]
        (row,) = groups["matters"]
        assert [[one.code for one in side] for side in (row.left, row.right)] == [["quorum", "notice_days"], ["quorum"]]
        assert ([line.row.code for line in groups["differ"]], groups["left"]) == ([policy.AREA], [])
        line = plain(response).partition("One matter, other numbers")[2].partition("Set differently")[0]
        for words in ("meetings in English They are counted in two ways.", "50% Binding", "10 days", "≥ 60%", "draft"):
            assert words in line
        page = plain(client.get(f"/en{DRAFT}4/"))
        assert "The same matter in other documents: meetings in English (3)" in page
        page = plain(client.get(f"/en{PLAN}4/?unit={FIRST}"))
        assert "rule the same matter by other numbers: Number of quorum &gt; 50% Binding Place cn" in page
        assert "Number of notice_days ≥ 10 days Binding" in page

    def test_what_sets_two_numbers_apart_is_said_and_both_provisions_are_linked(
        self, client: Client, papers: make.City
    ) -> None:
        response = client.get(f"/en{COMPARE}?a=cn&b=north")
        page = plain(response)
        assert "In Place north it is higher by 10 m² per 100 households." in page
        assert (
            "In Place north it is higher by 10 percentage points. They are meant differently. It binds only in" in page
        )
        for key in ("/en/documents/cn/law-2020/4/", f"/en{CLAUSE}"):
            assert f'href="{key}"' in response.content.decode()

    def test_numbers_set_alike_tell_which_of_them_binds(self, client: Client, papers: make.City) -> None:
        (line,) = client.get(f"/en{COMPARE}?a=north&b=south").context["groups"]["same"]
        assert line.why == ["It binds only in Place north."]

    def test_numbers_of_different_measures_are_not_called_more_or_less(self, client: Client, city: make.City) -> None:
        other = policy.parameter(policy.AREA, "3", unit='"m2_per_person"')
        policy.library(CITY, **{"south/plan-2022/parameters.toml": other})
        (line,) = client.get(f"/en{COMPARE}?a=north&b=south").context["groups"]["differ"]
        assert line.why == ["The two are counted in different measures, so neither is simply more or less."]

    def test_a_gap_that_no_decimal_writes_is_told_without_its_size(self, client: Client, city: make.City) -> None:
        thirds = policy.parameter("quorum", "2", "2024-01-01", operator='">"', unit='"third"')
        policy.library(CITY, **{"south/plan-2022/parameters.toml": thirds})
        (line,) = client.get(f"/en{COMPARE}?a=cn&b=south").context["groups"]["differ"]
        assert line.why == ["In Place south it is higher."]

    def test_without_a_choice_this_city_stands_beside_another(self, client: Client, papers: make.City) -> None:
        for query, pair in (
            ("", ("north", "south")),
            ("?a=south", ("south", "north")),
            ("?b=north", ("south", "north")),
            ("?b=cn", ("north", "cn")),
        ):
            context = client.get(COMPARE + query).context
            assert (context["left"].code, context["right"].code) == pair

    def test_the_day_counts(self, client: Client, papers: make.City) -> None:
        groups = client.get(f"{COMPARE}?a=north&b=south&on=2021-06-01").context["groups"]
        assert {name: [line.row.code for line in lines] for name, lines in groups.items()} == {
            "matters": [],
            "differ": [policy.AREA],
            "same": [],
            "left": [],
            "right": [],
        }
        assert "Neither place sets a number" in plain(client.get(f"/en{COMPARE}?on=1999-01-01"))

    def test_provisions_are_compared_by_what_they_ask_for(self, client: Client, papers: make.City) -> None:
        asked = client.get(f"{COMPARE}?a=north&b=south&by=provisions").context["asked"]
        (row,) = asked["shared"]
        assert (row.requirement, [one.key for one in row.right]) == ("R239", ["south/plan-2022#4"])
        assert "No provision of either place" in plain(client.get(f"/en{COMPARE}?by=provisions&on=1999-01-01"))


@pytest.mark.parametrize(
    ("path", "queries"),
    [(LIST, 4), (PLACE, 4), (PAPER, 3), (CLAUSE, 7), (f"{CLAUSE}?unit={FIRST}", 13), (COMPARE, 6)],
)
@pytest.mark.parametrize("rows", [1, 3])
def test_it_costs_the_same_whatever_stands_in_the_documents(
    client: Client, city: make.City, path: str, queries: int, rows: int, django_assert_max_num_queries: Any
) -> None:
    numbers = "".join(policy.parameter(f"number_{one}", str(one), unit='"piece"') for one in range(1, rows + 1))
    provisions = "".join(policy.provision(str(one)) for one in range(4, 5 + rows))
    files = {"north/opinion-2017/parameters.toml": numbers, "north/opinion-2017/provisions.toml": provisions}
    policy.library(CITY, **files)
    client.get(path)  # reads the packs once
    with django_assert_max_num_queries(queries):
        assert client.get(path).status_code == 200


def test_a_key_becomes_the_address_of_its_page() -> None:
    with translation.override("zh-hans"):
        found = [tags.address(key) for key in ("north", "north/opinion-2017", "north/opinion-2017#box1-3")]
    assert found == [PLACE, PAPER, f"{PAPER}box1-3/"]


def test_templates_of_documents_are_short() -> None:
    folder = Path(__file__).resolve().parents[2] / "liren/front/portal/templates/portal"
    assert [path.name for path in folder.glob("*.html") if len(path.read_text().splitlines()) > 60] == []
