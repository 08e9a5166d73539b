"""What pages are shown: compliance beside reality, page by page, and small numbers hidden."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.development.lifecircle import queries, services
from liren.foundation.kernel.rights import ANONYMOUS
from tests.make import holder
from tests.make import lifecircle as build


@pytest.mark.requirement("R053", "R244", "R245")
def test_a_compound_is_seen_with_what_it_lacks(worked_out):
    quarter, run = worked_out
    seen = queries.seen(run, quarter.compounds[1])
    (shop,) = seen.of_circle("circle_5")
    assert (round(shop.minutes), shop.limit_minutes, shop.reached, shop.in_radius) == (8, 5.0, False, False)
    assert shop.category.is_unverified
    circles = {one.circle.code: one for one in seen.circles}
    assert [one.code for one in circles["circle_5"].missing] == ["shop"]
    assert circles["circle_15"].missing == ()
    assert seen.people == 300
    assert [cell.category.code for cell in seen.everyday] == ["market"]


def test_the_city_is_seen_whole(worked_out):
    quarter, run = worked_out
    seen = queries.seen(run, quarter.city)
    served = {cell.category.code: cell.served for cell in seen.cells}
    # The market reaches all; nobody is singled out by that.
    assert (seen.people, served["shop"], served["park"]) == (1353, 1000, 1300)
    assert all(cell.minutes is None and cell.counts == () for cell in seen.cells)
    assert queries.seen(run, build.unit(6)) is None


@pytest.mark.requirement("R378")
def test_small_numbers_are_hidden_beside_their_neighbours(worked_out):
    quarter, run = worked_out
    planner = holder("lifecircle.run", quarter.city)
    last = quarter.compounds[3]
    assert queries.seen(run, last).people is None
    assert queries.seen(run, last).cells[0].served_share is None
    assert queries.seen(run, last, actor=planner).people == 3
    # The other street is hidden with it: the district's total would give it away.
    rows, _after = queries.below(run, quarter.district)
    assert [row.people for row in rows] == [None, None]
    rows, _after = queries.below(run, quarter.district, actor=planner)
    assert sorted(row.people for row in rows) == [3, 1350]
    assert [gap.people for gap in queries.gaps(run).rows] == [300, 50, 50, None, None]
    assert [gap.people for gap in queries.gaps(run, actor=planner).rows] == [300, 50, 50, 3, 3]
    assert [one.people for one in queries.by_category(run)] == [350, 50]
    assert [one.people for one in queries.by_category(run, actor=planner)] == [353, 53]


def test_gaps_page_by_page(worked_out):
    quarter, run = worked_out
    seen, after = [], None
    while True:
        page = queries.gaps(run, after=after, limit=2)
        seen += [(one.unit.pk, one.category.code) for one in page.rows]
        after = page.after
        if after is None:
            break
    whole = [(one.unit.pk, one.category.code) for one in queries.gaps(run).rows]
    assert seen == whole
    assert len(seen) == 5
    assert {one.category.code for one in queries.gaps(run, circle="circle_5").rows} == {"shop"}
    assert len(queries.gaps(run, category="park").rows) == 2
    assert len(queries.gaps(run, unit=quarter.communities[1]).rows) == 2


def test_below_page_by_page(worked_out):
    quarter, run = worked_out
    first, after = queries.below(run, quarter.communities[0], limit=1)
    second, end = queries.below(run, quarter.communities[0], limit=1, after=after)
    assert {row.unit.pk for row in (*first, *second)} == {one.pk for one in quarter.compounds[:2]}
    assert end is None


def test_the_number_of_queries_does_not_hang_on_the_size(worked_out):
    _quarter, run = worked_out
    queries.gaps(run)
    for ask in (
        lambda: queries.gaps(run),
        lambda: queries.gaps(run, limit=1),
        lambda: queries.compound_features(run, "shop"),
    ):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            ask()
        assert len(caught) <= 4


def test_maps(worked_out):
    quarter, run = worked_out
    found = queries.compound_features(run, "shop", actor=ANONYMOUS)
    assert (len(found["features"]), found["truncated"]) == (4, False)
    assert json.loads(json.dumps(found)) == found
    east, north = build.spot(10, 4)
    framed = queries.compound_features(run, "shop", frame=(*build.AT, east, north))
    assert len(framed["features"]) == 2
    assert queries.compound_features(run, "shop", limit=1)["truncated"]
    outlines = queries.unit_features(run, "shop", 6)["features"]
    shares = {one["properties"]["code"]: one["properties"]["served_share"] for one in outlines}
    assert shares == {
        quarter.compounds[0].code: 1.0,
        quarter.compounds[1].code: 0.0,
        quarter.compounds[2].code: 0.0,
        quarter.compounds[3].code: None,
    }


def test_which_runs_there_are(worked_out):
    quarter, run = worked_out
    asked = services.ask_run(quarter.city, day=build.DAY, group="elderly", by=build.SYSTEM, at=build.NOW)
    assert queries.latest_run(quarter.city) == run
    assert queries.latest_run(quarter.city, group="elderly") is None
    assert queries.groups_of(quarter.city) == ["general"]
    assert [one.pk for one in queries.runs(quarter.city, actor=ANONYMOUS)] == [run.pk]
    assert [one.pk for one in queries.runs(quarter.city, actor=build.SYSTEM)] == [asked.pk, run.pk]
    with pytest.raises(queries.NoRun):
        queries.run_of(quarter.city, asked.number, actor=ANONYMOUS)
    assert queries.run_of(quarter.city, asked.number, actor=build.SYSTEM) == asked
    assert queries.city_above(quarter.compounds[0]) == quarter.city
    assert quarter.city in queries.cities_with_runs()
    assert [one.version for one in queries.networks(quarter.city)] == [1]
    assert [one.version for one in queries.place_tables(quarter.city)] == [1]
    assert queries.proposals(run) == []


NO_PARK = [row for row in build.TOWN_PLACES if row[1] != "garden"]


@pytest.fixture
def without_a_park(quarter, tmp_path):
    """The run of a city that has no park on record."""
    return quarter, build.done(quarter, tmp_path / "places.csv", NO_PARK)


@pytest.mark.requirement("R053", "R246")
def test_nobody_is_said_to_lack_what_is_on_record_nowhere(without_a_park):
    quarter, run = without_a_park
    assert run.unrecorded == {"park"}
    park = next(one for one in queries.seen(run, quarter.city).circles if one.circle.code == "park")
    assert (park.counted, [one.code for one in park.unrecorded], park.complete_share) == (0, ["park"], None)
    home = queries.seen(run, quarter.compounds[0])
    assert [(one.circle.code, [it.code for it in one.missing]) for one in home.circles] == [
        ("circle_15", []),
        ("circle_5", []),
        ("park", []),
    ]
    assert [cell.on_record for cell in home.cells] == [True, True, False]
    (line,), _after = queries.below(run, quarter.city)
    assert dict(zip(run.circles, line.complete_share, strict=True))["park"] is None


def test_a_circle_counts_what_is_left_of_it(quarter, tmp_path):
    build.declared(categories=[*build.STANDARD["categories"], SCHOOL])
    run = build.done(quarter, tmp_path / "places.csv")
    ring = next(one for one in queries.seen(run, quarter.city).circles if one.circle.code == "circle_15")
    assert (ring.counted, [one.code for one in ring.unrecorded], ring.complete) == (1, ["school"], 1353)
    under = queries.under(run, quarter.city, queries.Setting(None), by=build.SYSTEM)
    assert {one.circle.code: one.was_complete for one in under.rings} == dict(
        zip(run.circles, (1353, 1000, 1300), strict=True)
    )


def test_runs_of_an_earlier_code_say_that_all_was_counted(worked_out):
    quarter, run = worked_out
    run.parameters = {key: value for key, value in run.parameters.items() if key != "unrecorded"}
    seen = queries.seen(run, quarter.city)
    assert [(one.counted, one.unrecorded) for one in seen.circles] == [(1, ()), (1, ()), (1, ())]


SCHOOL = {"code": "school", "name": {"zh": "小学", "en": "School"}, "circle": "circle_15", "kind": "education",
          "radius_m": 500, "certainty": "from_memory", "poi": ["school"]}  # fmt: skip


def test_the_list_of_gaps_leaves_out_what_is_on_record_nowhere_until_it_is_asked_for(without_a_park, tmp_path):
    quarter, run = without_a_park
    assert {one.category.code for one in queries.gaps(run, actor=build.SYSTEM).rows} == {"shop"}
    assert len(queries.gaps(run, actor=build.SYSTEM, category="park").rows) == 4
    assert [one.category.code for one in queries.by_category(run, actor=build.SYSTEM)] == ["shop"]
    assert "park" not in {one.category.code for one in queries.by_category(run, unit=quarter.city)}
    queries.export(run, tmp_path / "gaps.csv", what="gaps", actor=build.SYSTEM)
    assert "park" not in (tmp_path / "gaps.csv").read_text(encoding="utf-8-sig")
