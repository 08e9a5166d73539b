"""The life circle at the desk: coverage, gaps, what if, where best, runs; one town, worked out once for the file."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.utils import translation

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import Proposal, Run
from liren.development.lifecircle.queries.asking import cities
from liren.foundation.people.models import Account
from liren.front.desk.lifecircle import sites
from liren.front.desk.lifecircle.certificate import certificate
from liren.front.kit import circles as kit
from tests import make
from tests.make import circles, registers
from tests.make import lifecircle as build
from tests.make.territory import population

pytestmark = pytest.mark.django_db

SPACE = [
    {"code": one, "name": {"zh": one, "en": one}, "kind": "number", "unit": "m2"}
    for one in ("floor_area", "activity_area")
]


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[circles.Circled]:
    """The roles, and the town with a run for everybody and one for older people."""

    def scene() -> circles.Circled:
        make.roles()
        return circles.circled()

    with make.standing(django_db_blocker, scene) as made:
        yield made


@pytest.fixture
def planner(client: Any, town: circles.Circled) -> Account:
    """A planner of the city who is signed in."""
    return make.sign_in(client, make.official("planner", town.quarter.city))


def at(unit: Any, end: str = "", language: str = "/en") -> str:
    return f"{language}/desk/life-circle/{unit.code}/{end}"


def text(reply: Any) -> str:
    """The words of the page's main part."""
    main = reply.content.decode().partition("<main")[2].partition("</main>")[0] or reply.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


def read(client: Any, url: str, status: int = 200, **headers: str) -> str:
    reply = client.get(url, headers=headers)
    assert reply.status_code == status
    return text(reply)


@pytest.mark.requirement("R053")
def test_the_city_is_covered_by_population_down_to_its_communities(client, town, planner):
    words = read(client, at(town.quarter.city))
    assert "1,353 residents in 4 compounds." in words
    assert "73.9%" in words  # 1000 of 1353 lack nothing within five minutes
    assert "望江区" in words
    below = read(client, at(town.quarter.district))
    assert (
        "74.1% (74.1%)" in below
    )  # 1000 of the 1350 of a street: its one service within five minutes, and who lacks nothing
    assert [
        one["properties"]["missing"] for one in client.get(at(town.quarter.city, "map.geojson")).json()["features"]
    ] == [0, 1, 2, 2]


def test_the_desks_map_is_bounded_too(client, town, planner, monkeypatch):
    monkeypatch.setattr(kit, "MOST_ON_MAP", 1)
    monkeypatch.setattr("liren.development.lifecircle.queries.heaping.CELLS", 1)
    found = client.get(at(town.quarter.city, "map.geojson")).json()
    (heap,) = (one["properties"] for one in found["features"])
    assert (heap["many"], heap["missing"], heap["step"], found["more"]) == (4, 1.2, 1, True)
    assert heap["says"] == "4 compounds: 1.2 services missing on average"
    east, north = build.spot(3, 4)
    (west, south) = build.spot(0, 0)
    close = client.get(at(town.quarter.city, "map.geojson"), {"bbox": f"{west},{south},{east},{north}"}).json()
    assert [one["properties"]["code"] for one in close["features"]] == [town.quarter.compounds[0].code]


def test_the_desk_says_what_is_counted_where_something_is_on_record_nowhere(client, town, planner, tmp_path):
    rows = [row for row in build.TOWN_PLACES if row[1] == "marketplace"]
    build.done(town.quarter, tmp_path / "places.csv", rows)
    words = read(client, at(town.quarter.city))
    assert "Park in 500 m: not recorded anywhere in the city, and so not counted: Park" in words
    assert "What is not recorded anywhere in the city is not counted." in words
    assert "Park in 500 m 0 / 3" not in words  # of communities covered whole
    for page in ("gaps/", "gaps/print/"):
        listed = read(client, at(town.quarter.city, page))
        assert "Not recorded anywhere in the city, and so in no line of this list: Shop, Park." in listed, page
    slow = read(client, at(town.quarter.city, "what-if/?pace=30"))
    assert "What is not recorded anywhere in the city is not counted." in slow
    reply = client.post(at(town.quarter.city, "estates/"), estate_of(planner))
    check = read(client, reply["Location"])
    assert "Nothing that the estate owes is lacking." in check
    assert "2 services are not recorded anywhere in the city and are not judged" in check
    assert re.search(r"Shop [^.]*5 minutes phase 2 — — 0 / 0 / 0", check), check


def test_a_run_that_looks_back_says_how_registers_are_read(client, town, planner, tmp_path):
    said = "Asked for on 1 June 2026 , looking back: units and names are those of 1 May 2026"
    assert said not in read(client, at(town.quarter.city))
    assert "today’s communities, counts and register" in read(client, at(town.quarter.city, "space/"))
    places = services.import_places(build.table(tmp_path / "p.csv", build.TOWN_PLACES), city=town.quarter.city,
                                    by=build.SYSTEM, at=build.NOW).table  # fmt: skip
    run = services.ask_run(town.quarter.city, day=date(2026, 5, 1), places=places, by=build.SYSTEM, at=build.NOW)
    services.perform(run.pk, by=build.SYSTEM)
    assert said in read(client, at(town.quarter.city, f"?run={run.number}"))
    then = read(client, at(town.quarter.city, f"space/?run={run.number}"))
    assert "As of 1 May 2026 , the day of the run" in then


@pytest.mark.requirement("R258")
def test_everyday_services_are_told_apart(client, town, planner):
    assert re.search(r"Everyday services .* Market \S+%", read(client, at(town.quarter.city)))


@pytest.mark.requirement("R261")
@pytest.mark.requirement("R305")
def test_gaps_are_ranked_by_people_and_filtered(client, town, planner):
    words = read(client, at(town.quarter.city, "gaps/"))
    first, second = (town.quarter.compounds[k].name for k in (1, 2))
    assert words.index(first) < words.index(second)
    assert "none in the city" not in words
    only = read(client, at(town.quarter.city, "gaps/?category=park"))
    assert first not in only.partition("By service")[0]
    assert read(client, at(town.quarter.city, "gaps/?category=x"), status=422)


def test_gaps_go_on_page_by_page_and_away_as_a_table(client, town, planner, monkeypatch):
    monkeypatch.setattr("liren.front.desk.lifecircle.gaps.SIZE", 2)
    seen: list[str] = []
    url = at(town.quarter.city, "gaps/")
    while url and len(seen) < 9:
        reply = client.get(url)
        seen += re.findall(r'<tr><th scope="row"><a href="/en/life-circle/([^/]+)/', reply.content.decode())
        following = re.search(r'rel="next" href="([^"]+)"', reply.content.decode())
        url = at(town.quarter.city, "gaps/") + following[1].replace("&amp;", "&") if following else ""
    table = b"".join(client.get(at(town.quarter.city, "gaps.csv")).streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in table[1:]] == seen
    assert len(seen) == 5


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("gpkg", b"SQLite")])
def test_a_run_goes_away_as_a_file(client, town, planner, kind, start):
    reply = client.get(at(town.quarter.city, f"files/?what=compounds&kind={kind}"))
    assert b"".join(reply.streaming_content).startswith(start)
    assert "Compounds: minutes" in read(client, at(town.quarter.city, "files/"))


def test_a_new_facility_is_tried_and_nothing_is_written(client, town, planner):
    lon, lat = build.spot(9, 1)
    words = read(client, at(town.quarter.city, f"what-if/?kind=add&category=shop&lon={lon:.6f}&lat={lat:.6f}"))
    assert re.search(r"Shop 1,000 1,3[05]0 \+3[05]0", words)
    assert "comes within reach" in words
    assert not Proposal.objects.exists()


def test_changes_add_up_and_one_can_be_taken_back(client, town, planner):
    lon, lat = build.spot(3, 1)
    reply = client.get(at(town.quarter.city, "what-if/"), {
        "kind": "close", "category": "shop", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}",
        "tried": f"close~park~{build.spot(6, 1)[0]:.6f}~{build.spot(6, 1)[1]:.6f}",
    })  # fmt: skip
    html = reply.content.decode()
    assert len(re.findall(r'name="tried" form="wish"', html)) == 2
    assert "−1,000" in text(reply)  # nobody has a shop any more
    things = json.loads(re.search(r"<template data-things>(.*?)</template>", html)[1].replace("&quot;", '"'))
    assert {one["properties"]["kind"] for one in things["features"]} == {"worse", "wish"}


def test_the_answer_alone_comes_for_htmx(client, town, planner):
    lon, lat = build.spot(9, 1)
    url = at(town.quarter.city, f"what-if/?kind=add&category=shop&lon={lon:.6f}&lat={lat:.6f}")
    reply = client.get(url, headers={"HX-Request": "true"})
    assert reply.content.decode().lstrip().startswith('<div id="answer"')


@pytest.mark.parametrize(
    "query", ["kind=move&category=shop&lon=104&lat=30", "kind=add&lon=104&lat=30", "kind=add&category=shop&lon=9&lat=9"]
)
def test_a_change_that_cannot_be_meant_is_told(client, town, planner, query):
    assert client.get(at(town.quarter.city, f"what-if/?{query}")).status_code == 422


@pytest.mark.parametrize(
    "query",
    ["tried=x", "tried=add~shop~1e9~2", "pace=x", "pace=99999", "pace=-1", "run=x", "day=xx", "day=mo&time=99:99",
     "day=mo&tried=hours~shop~104~30"],
)  # fmt: skip
def test_what_the_address_carries_is_not_trusted(client, town, planner, query):
    assert client.get(at(town.quarter.city, f"what-if/?{query}")).status_code == 200


@pytest.mark.requirement("R246")
def test_communities_that_lack_nothing_are_counted(client, town, planner):
    words = read(client, at(town.quarter.city))
    assert re.search(r"Communities covered whole .* 15 minutes 3 / 3 5 minutes 0 / 3", words)
    assert "Communities covered whole" not in read(client, at(town.quarter.district))


@pytest.mark.requirement("R239")
@pytest.mark.requirement("R243")
def test_service_space_per_hundred_households(client, town, planner):
    assert "There are no communities here" not in read(client, at(town.quarter.city, "space/"))
    registers.declared(code="service_facility", fields=SPACE, coverage=None, level=["community"], place="none")
    registers.room(
        town.quarter.communities[0], of="service_facility", name="服务站", floor_area="60", activity_area="30"
    )
    population(town.quarter.communities[0], residents=1300, households=400)
    words = read(client, at(town.quarter.city, "space/"))
    assert re.search(rf"{town.quarter.communities[0].name} 400 60 15\.0 — 50%", words)  # no document sets a norm here


def test_the_slider_answers_as_a_run_at_that_pace(client, town, planner):
    run, other = town.general, town.elderly
    at_30 = queries.under(run, town.quarter.city, queries.Setting(500), by=planner)
    slow = {one.circle.code: one.complete for one in at_30.rings}
    city = other.rows.get(unit=town.quarter.city)
    was = dict(zip(other.circles, city.complete, strict=True))
    assert slow == was
    reply = client.get(at(town.quarter.city, "what-if/?pace=30&only=paced"), headers={"HX-Request": "true"})
    html = reply.content.decode()
    assert html.lstrip().startswith('<div id="paced"')
    assert "30 metres a minute" in html
    assert 'id="answer" role="status" hx-swap-oob="true"' in html


def test_changes_are_answered_for_the_hour_that_was_chosen(client, town, planner):
    lon, lat = build.spot(3, 1)
    wish = f"kind=hours&category=shop&lon={lon:.6f}&lat={lat:.6f}&hours=Mo-Fr 08:00-20:00"
    assert client.get(at(town.quarter.city, f"what-if/?{wish}")).status_code == 422  # of which hour?
    closed = read(client, at(town.quarter.city, f"what-if/?{wish}&day=sa&time=09:30"))
    assert re.search(r"Shop 1,000 0 −1,000", closed)
    assert "Saturday 09:30" in closed
    assert "Of 3 places in the city 3 count as open then. Of 0 the hours are known" in closed
    html = client.get(at(town.quarter.city, f"what-if/?{wish}&day=mo&time=09:30")).content.decode()
    assert "Nobody’s way becomes shorter or longer." in html
    assert f"hours~shop~{lon:.6f}~{lat:.6f}~~Mo-Fr 08:00-20:00" in html
    vague = wish.replace("Mo-Fr", "sometimes")
    assert client.get(at(town.quarter.city, f"what-if/?{vague}&day=mo")).status_code == 422


def test_a_question_about_changed_facts_says_so_beside_the_slider(client, town, planner):
    population(town.quarter.compounds[0], residents=1001)
    cities.forget()
    words = read(client, at(town.quarter.city, "what-if/?pace=30"))
    assert "have changed since run" in words
    cities.forget()


def test_a_certificate_says_what_it_is_about(town):
    told = {"in_line_m": 300, "pairs": 12, "all_pairs": True, "opened_together": 95}
    one = Proposal(kind="edges", people_before=10, people_after=90, upper_bound=100, parameters=told)
    with translation.override("en"):
        first, about, all_open = certificate(one)
        assert first.startswith("At most 10.00% from the best: no choice of as many of these ways reaches more")
        assert "two in line up to 300 m of walking apart together (12 pairs)" in about
        assert "three or more" in about
        assert "95 residents" in all_open
        one.parameters = told | {"all_pairs": False}
        assert "left out of choice and bound" in certificate(one)[2]
        one.parameters = {}
        assert "was not weighed" in certificate(one)[1]


def test_the_best_site_is_found_by_the_worker_with_its_certificate(client, town, planner):
    fields = make.form(planner, kind="sites", category="shop", budget="1")
    reply = client.post(at(town.quarter.city, "sites/"), fields)
    assert reply.status_code == 303
    assert "It is being worked out" in read(client, reply["Location"])
    key = parse_qs(urlsplit(reply["Location"]).query)["job"][0]
    asked = {"kind": "sites", "category": "shop", "budget": 1}
    sites.choose_sites(kept_as=key, run_id=town.general.pk, account=planner.pk, language="en", **asked)
    words = read(client, reply["Location"])
    assert re.search(r"\+3[05]\d residents come within reach", words)
    assert "Proven: no choice of as many sites reaches more residents." in words or "At most" in words
    assert "proposal=1" in client.get(at(town.quarter.city, "sites/")).content.decode()


def test_what_the_worker_was_refused_is_told_to_whoever_asked_and_nobody_else(client, town, planner):
    key = "0" * 31 + "1"
    cache.set(f"desk.sites:{key}", {"owner": planner.label, "run": town.general.pk, "number": 0, "refusal": ""}, 60)
    asked = {"kind": "sites", "category": "gone", "budget": 1}
    sites.choose_sites(kept_as=key, run_id=town.general.pk, account=planner.pk, language="en", **asked)
    assert "There is no category" in read(client, at(town.quarter.city, f"sites/?job={key}"))
    make.sign_in(client, make.official("planner", town.quarter.city))
    assert "There is no category" not in read(client, at(town.quarter.city, f"sites/?job={key}"))


def test_a_run_is_asked_for_watched_and_read(client, town, planner):
    form = client.get(at(town.quarter.city, "runs/")).context["form"]
    assert form["places"].value() == str(town.general.places_id)  # the newest table is in force
    fields = make.form(planner, group="elderly", day="2026-06-01", places=str(town.general.places_id))
    reply = client.post(at(town.quarter.city, "runs/"), fields)
    assert (reply.status_code, reply["Location"]) == (303, at(town.quarter.city, "runs/?at=3"))
    assert "It waits for its turn." in read(client, reply["Location"])
    services.perform(Run.objects.get(city=town.quarter.city, number=3).pk, by=build.SYSTEM)
    words = read(client, reply["Location"], **{"HX-Request": "true"})
    assert "It is done." in words
    assert town.elderly.result_digest in words  # the same question has the same answer


def test_networks_and_tables_say_what_was_found_in_them(client, town, planner):
    words = read(client, at(town.quarter.city, "networks/"))
    assert "places.csv" in words
    assert re.search(r"1[0-9]{2} nodes|[0-9]+ nodes", words)


def test_the_first_page_leads_to_the_mandates(client, town, planner):
    assert f'href="{at(town.quarter.city)}"' in client.get("/en/desk/life-circle/").content.decode()


@pytest.mark.requirement("R367")
def test_who_plans_for_a_district_asks_no_questions_of_the_city(client, town):
    make.sign_in(client, make.official("planner", town.quarter.district))
    assert client.get(at(town.quarter.city)).status_code == 403
    assert "for which you hold no mandate" in read(client, at(town.quarter.district, "what-if/"))
    assert "for which you hold no mandate" in read(client, at(town.quarter.district, "sites/"))
    make.sign_in(client, make.official("community_worker", town.quarter.communities[0]))
    assert client.get(at(town.quarter.communities[0])).status_code == 403


@pytest.mark.parametrize("end", ["", "gaps/", "what-if/", "sites/", "networks/", "space/"])
def test_pages_cost_a_bounded_number_of_queries(client, town, planner, end, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        client.get(at(town.quarter.city, end))


def estate_of(planner, **changes) -> dict[str, Any]:
    """What is typed into the form of a planned estate: 300 households in two phases, far from the shop."""
    lon, lat = build.spot(14, 1)
    typed = {
        "entry": "", "name": "东岸一期", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "households": "300", "people": "900",
        "area": "700", "households_1": "100", "area_1": "300", "starts_1": "2027-03", "ends_1": "2028-06",
        "households_2": "200", "area_2": "400",
    }  # fmt: skip
    return {**typed, **make.form(planner), **changes}


@pytest.mark.requirement("R240")
@pytest.mark.requirement("R267")
def test_a_planned_estate_is_checked_on_the_page_kept_and_told_to_programs(client, town, planner):
    url = at(town.quarter.city, "estates/")
    assert "None yet." in read(client, url)
    reply = client.post(url, estate_of(planner))
    assert reply.status_code == 303
    words = read(client, reply["Location"])
    assert "It cannot pass as planned" in words
    assert re.search(r"Shop .*5 minutes phase 2", words)
    assert re.search(r"Phase 1 2027-03 – 2028-06 100 300", words)
    assert "figure not verified at its source" in words
    assert "something is lacking" in read(client, url)
    told = client.get(f"/api/life-circle/{town.quarter.city.code}/estates/").json()["estates"]
    assert [(one["name"], one["passes"]) for one in told] == [("东岸一期", False)]
    assert {one["code"]: one["state"] for one in told[0]["services"]}["shop"] == "build"
    client.logout()
    assert client.get(f"/api/life-circle/{town.quarter.city.code}/estates/").json()["estates"] == []


def test_a_planned_estate_may_be_placed_by_the_name_of_what_is_on_record(client, town, planner):
    url, name = at(town.quarter.city, "estates/"), town.quarter.compounds[0].name_zh
    reply = client.post(url, estate_of(planner, lon="", lat="", address=name))
    assert reply.status_code == 303
    assert re.search(r"Shop .*phase 1|Within reach already", read(client, reply["Location"]))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lon": "", "lat": ""}, "Say where: point at the map, or write an address."),
        ({"lon": "", "lat": "", "address": "天上"}, "Nothing is on record here under this name or address."),
        ({"lon": "110", "lat": "30"}, "The place does not lie in"),
        ({"name": ""}, "Give the estate a name."),
        ({"households": "x"}, "Enter a whole number."),
        ({"households_2": "100"}, "The households of the phases do not add up"),
        ({"starts_1": "2027-19"}, "Write months as 2027-03."),
        ({"starts_1": "soon"}, "Enter a valid value."),
        ({"own": "casino"}, "Select a valid choice."),
        ({"entry": "99"}, "Select a valid choice."),
    ],
    ids=str,
)
def test_a_plan_that_cannot_be_meant_comes_back_with_its_reason(client, town, planner, changes, says):
    reply = client.post(at(town.quarter.city, "estates/"), estate_of(planner, **changes))
    assert reply.status_code == 422
    assert says in text(reply)


@pytest.mark.parametrize("check", ["1", "0", "x", "9" * 30, "-1", "%00"])
def test_a_check_that_is_not_there_or_not_theirs_is_not_found(client, town, check):
    make.sign_in(client, make.official("planner", town.quarter.district))
    answer = client.get(at(town.quarter.city, f"estates/?check={check}"))
    assert answer.status_code in (400, 403)
    answer = client.get(at(town.quarter.district, f"estates/?check={check}"))
    assert answer.status_code in (400, 404)


def test_what_the_registers_say_stands_among_the_pages_of_the_planner(client, town, planner):
    assert "No standard in force asks such a question" in read(client, at(town.quarter.city, "answers/"))
    assert client.get(at(town.quarter.city, "answers/?about=layout")).status_code == 404
