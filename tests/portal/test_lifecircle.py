"""What is within fifteen minutes of a home, as residents read it: one town, worked out once for the file."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from liren.development.lifecircle import queries
from liren.foundation.territory.models import Level
from liren.front.kit import circles as kit
from tests import make
from tests.make import circles, registers
from tests.make import lifecircle as build
from tests.make import people as people_make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[circles.Circled]:
    """The town with a run for everybody and one for older people, half as fast."""
    with make.standing(django_db_blocker, circles.circled) as made:
        yield made


def page(client: Any, unit: Any, query: str = "") -> str:
    reply = client.get(f"/en/life-circle/{unit.code}/{query}")
    assert reply.status_code == 200
    return text(reply)


def text(reply: Any) -> str:
    """The words of the page's main part."""
    main = reply.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


@pytest.mark.requirement("R244")
@pytest.mark.requirement("R245")
def test_what_is_missing_stands_first_and_says_by_how_much(client, town):
    words = page(client, town.quarter.compounds[1])
    assert "1 service is missing, 2 are there." in words
    # The shop lies 500 m away: 8.3 minutes at 60 m a minute, and the circle ends at five.
    assert "Missing: 1 Shop 9 minutes" in words
    assert "9 minutes on foot: 4 minutes too far." in words
    assert words.index("Missing: 1") < words.index("Within reach: 1", words.index("Missing: 1"))


def test_a_report_counts_all_compounds_in_the_database_as_one_would_by_hand(town):
    run, city = town.elderly, town.quarter.city
    by_hand = kit.compounds(run, city, actor=None)
    lacked = Counter(code for one in by_hand for code in one.missing)
    assert (queries.lacked(run, city), queries.how_many(run, city)) == (lacked, len(by_hand))
    assert len(set(lacked.values())) > 1
    worst = sorted(by_hand, key=lambda one: (-len(one.missing), one.unit.pk))[:2]
    assert kit.worst_compounds(run, city, actor=None, most=2) == worst
    village = town.quarter.communities[2]
    assert queries.lacked(run, village) == Counter(
        code for one in by_hand if one.unit.parent_id == village.pk for code in one.missing
    )


@pytest.mark.requirement("R261")
@pytest.mark.requirement("R305")
def test_the_straight_line_stands_beside_the_way(client, town):
    words = page(client, town.quarter.compounds[1])
    assert "499 m in a straight line: beyond the standard’s 300 m" in words
    assert "200 m in a straight line: within the standard’s 1 km" in words


def test_how_many_are_within_five_ten_and_fifteen_minutes(client, town):
    assert "Within 5 / 10 / 15 minutes: 0 / 1 / 1" in page(client, town.quarter.compounds[1])


def test_figures_from_memory_say_so_and_others_do_not(client, town):
    words = page(client, town.quarter.compounds[1])
    assert (
        words.count("figure not verified at its source") == 3
    )  # market, shop and the note; the park's are from the text
    assert "30 metres a minute on foot. figure not verified" in page(
        client, town.quarter.compounds[1], "?group=elderly"
    )


@pytest.mark.requirement("R244")
def test_a_village_goes_by_bicycle_only_where_ways_for_bicycles_are_known(client, town):
    assert "on foot" in page(client, town.quarter.compounds[3])


def test_older_people_reach_less_in_the_same_time(client, town):
    general, elderly = (page(client, town.quarter.compounds[0], query) for query in ("", "?group=elderly"))
    assert "Nothing is missing: all 3 services are within reach." in general
    assert "1 service is missing" in elderly  # 800 m to the market: 26.7 minutes at half the pace


def test_what_is_not_reached_is_never_fifteen(client, town):
    seen = queries.seen(town.elderly, town.quarter.compounds[3])
    shop = next(cell for cell in seen.cells if cell.category.code == "shop")
    assert shop.minutes is None
    assert "Shop over 45 minutes" in page(client, town.quarter.compounds[3], "?group=elderly")


@pytest.mark.requirement("R053")
def test_a_community_counts_residents_and_offers_its_compounds(client, town):
    words = page(client, town.quarter.communities[0])
    assert "Choose your compound" in words
    assert "76.9%" in words  # 1000 of 1300 lack nothing within five minutes
    assert words.index(town.quarter.compounds[1].name) < words.index(town.quarter.compounds[0].name)  # lacking first


@pytest.fixture
def parkless(db: None, tmp_path: Any) -> build.Quarter:
    """A town that has no park on record."""
    quarter = build.quarter()
    build.done(quarter, tmp_path / "places.csv", [row for row in build.TOWN_PLACES if row[1] != "garden"])
    return quarter


@pytest.mark.requirement("R053", "R246")
def test_what_is_on_record_nowhere_stands_apart_and_the_headline_does_not_count_it(client, parkless):
    words = page(client, parkless.city)
    assert "Park in 500 m — its 1 service is not recorded anywhere in the city" in words
    assert "Park in 500 m: not recorded anywhere in the city, and so not counted: Park" in words
    assert "Park not on record —" in words  # in the list of services, where nobody reached it before
    chinese = text(client.get(f"/life-circle/{parkless.city.code}/"))
    assert "500米见园 — 共1项服务，全市都没有登记" in chinese
    assert "500米见园中全市都没有登记、因而不计入的： 公园" in chinese


def test_a_home_lacks_nothing_that_is_on_record_nowhere(client, parkless):
    words = page(client, parkless.compounds[0])
    assert "Nothing is missing: all 2 services are within reach. 1 more has no place on record" in words
    assert "Not on record anywhere in the city: Park" in words
    there = client.get(f"/life-circle/{parkless.communities[0].code}/map.geojson").json()["features"]
    assert [one["properties"]["missing"] for one in there] == [0, 1]
    report = text(client.get(f"/en/life-circle/{parkless.communities[0].code}/report/"))
    assert "Not on record anywhere in the city: Park" in report


def test_many_compounds_are_drawn_as_heaps_until_the_map_is_close_enough(client, town, monkeypatch):
    """The address of the map is bounded, whatever the city: with four compounds and room for three, two heaps or so."""
    monkeypatch.setattr(kit, "MOST_ON_MAP", 3)
    source = f"/en/life-circle/{town.quarter.city.code}/map.geojson"
    far = client.get(source).json()
    heaps = [one["properties"] for one in far["features"]]
    assert far["more"]
    assert sum(one["many"] for one in heaps) == 4
    assert sorted(one["missing"] for one in heaps) == [0, 1, 2, 2]  # the same as of the compounds
    assert {one["name"] for one in heaps} == {"1 compound"}
    (west, south), (east, north) = build.spot(0, 0), build.spot(10, 4)
    near = client.get(source, {"bbox": f"{west},{south},{east},{north}"}).json()
    assert not near["more"]
    assert sorted(one["properties"]["code"] for one in near["features"]) == sorted(
        one.code for one in town.quarter.compounds[:2]
    )
    assert client.get(source, {"bbox": "x"}).json() == far  # no frame is the whole place


@pytest.mark.requirement("R378")
def test_a_village_of_three_people_gives_no_share(client, town):
    words = page(client, town.quarter.communities[2])
    assert "3 residents" not in words
    assert re.search(r"How many residents lack nothing 15 minutes — ", words)


def test_the_map_holds_the_home_and_the_facilities_of_the_table(client, town):
    found = client.get(f"/life-circle/{town.quarter.compounds[0].code}/map.geojson").json()["features"]
    assert [one["properties"]["kind"] for one in found] == ["home", *["facility"] * 3]
    assert sorted(one["properties"]["code"] for one in found[1:]) == ["market", "park", "shop"]


def test_the_map_of_a_community_says_how_much_each_compound_lacks(client, town):
    found = client.get(f"/life-circle/{town.quarter.communities[0].code}/map.geojson").json()["features"]
    assert sorted((one["properties"]["missing"], one["properties"]["step"]) for one in found) == [(0, 0), (1, 1)]


@pytest.mark.parametrize(("language", "heading"), [("", "生活圈"), ("/en", "Life circle")])
def test_the_report_fits_a_sheet_in_both_languages(client, town, language, heading):
    words = text(client.get(f"{language}/life-circle/{town.quarter.communities[0].code}/report/"))
    assert heading in words
    assert "1 / 2" in words  # the shop is missing in one of two compounds
    assert town.general.result_digest[:12] in words


@pytest.mark.parametrize("query", ["", "?group=x", "?group=%20", "?after=x~y", "?after=9~9~9"])
def test_what_cannot_be_meant_is_no_choice(client, town, query):
    assert client.get(f"/life-circle/{town.quarter.district.code}/{query}").status_code == 200


def test_a_city_without_a_run_says_so(client, town):
    other = make.unit(Level.CITY, name_zh="无图市")
    for end in ("", "report/"):
        assert client.get(f"/life-circle/{other.code}/{end}").status_code == 200
    assert client.get(f"/life-circle/{other.code}/map.geojson").json()["features"] == []
    assert "Nothing has been worked out for this city yet" in page(client, other)


def test_home_is_found_by_name_by_point_and_by_residency(client, town):
    home = town.quarter.compounds[0]
    found = client.get("/en/life-circle/", {"q": home.name_zh}).content.decode()
    assert f"/en/life-circle/{home.code}/" in found
    at = {"lon": "104.002073", "lat": "30.000902"}
    assert f"/en/life-circle/{home.code}/" in client.get("/en/life-circle/", at).content.decode()
    assert client.get("/en/life-circle/", {"lon": "x", "lat": "1"}).status_code == 422
    make.sign_in(client, people_make.resident(home))
    assert "Where you live" in client.get("/en/life-circle/").content.decode()


def test_a_long_community_costs_as_many_queries_as_a_short_one(client, town, django_assert_max_num_queries):
    with translation.override("zh-hans"), django_assert_max_num_queries(24):
        client.get(f"/life-circle/{town.quarter.communities[0].code}/")


@pytest.mark.requirement("R053")
def test_what_can_be_handled_near_home_says_how_far_the_counter_is(client, town):
    home, far = town.quarter.compounds[0], town.quarter.compounds[3]
    fields = [{"code": "handled_online", "name": {"zh": "能否网办", "en": "Online"}, "kind": "yes_no"}]
    facts = {"level": ["street", "community"], "kept_by": "street", "place": "none", "coverage": None}
    registers.declared(code="service_item", fields=fields, **facts)
    community, street = town.quarter.communities[0], town.quarter.communities[0].parent
    matters = ((community, "开具居住证明", "是"), (community, "老年证", "否"), (street, "婚姻登记", "否"))
    for unit, name, online in matters:
        registers.room(unit, of="service_item", name=name, handled_online=online)
    words = page(client, home)
    assert re.search(r"Community\S* .{0,20}2 matters .{0,3}1 wholly online .{0,3}Shop: 2 minutes", words)
    assert re.search(r"Street\S* .{0,30}1 matter .{0,3}Market: 14 minutes", words)
    assert "开具居住证明" in words
    assert "76.9% of the residents within reach" in page(client, community)
    assert "What can be handled near home" not in page(client, far)  # another street, where nothing is on record
