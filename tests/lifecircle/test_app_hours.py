"""A city at another pace and at another hour: each answer is that of a run worked out for just that."""

from dataclasses import replace

import numpy as np
import pytest
from django.db import connection

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Place, PlaceTable
from liren.development.lifecircle.queries import Setting, Wish
from liren.development.lifecircle.queries.asking import cities
from liren.development.lifecircle.reckoning.calculate import calculate
from liren.development.lifecircle.reckoning.live import Change, live_of
from liren.foundation.kernel.errors import BadInput, NotAllowed
from tests import make
from tests.make import holder
from tests.make import lifecircle as build

TOWN = [
    ("早市", "marketplace", 10, 1, "每天 6:00—12:00"),
    ("小店", "convenience", 3, 1, "24/7"),
    ("夜店", "convenience", 9, 1, "Mo-Fr 18:00-02:00"),
    ("西公园", "garden", 6, 1, "见公告"),
]
NOON, NIGHT = queries.moment_of("Tu", "11:00"), queries.moment_of("We", "1:30")
SETTINGS = [Setting(walk, at) for walk in (None, 400, 1_700) for at in (None, NOON, NIGHT)]


@pytest.fixture(scope="module")
def open_city(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hours")

    def made():
        quarter = build.quarter()
        return quarter, build.done(quarter, folder / "places.csv", TOWN)

    with make.standing(django_db_blocker, made) as both:
        yield both


@pytest.fixture
def asked(open_city, db):
    cities.forget()
    return open_city


def as_a_run(live, fresh):
    """The same times and people as a whole run of these inputs finds."""
    (part,) = live.parts
    times = part.what_if.times.values
    assert (np.where(times > live.inputs.horizon_ds, -1, times.astype(np.int32)) == fresh.time_ds).all()
    assert all((one == other).all() for one, other in zip(live.served, fresh.sums.served, strict=True))


@pytest.mark.requirement("R244")
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_a_city_under_a_setting_is_a_run_of_it(asked, setting):
    _quarter, run = asked
    base = cities.of(run)
    live = base.under(setting)
    as_a_run(live, calculate(base.inputs.under(setting)))
    assert base.under(setting) is live
    (part,) = live.parts
    assert (part.what_if.labels == part.what_if.fresh().values).all()
    as_a_run(base, calculate(base.inputs))


def changed_hours(inputs, facility: int, text: str):
    said = list(inputs.facilities.hours)
    said[facility] = text
    return replace(inputs, facilities=replace(inputs.facilities, hours=tuple(said)))


@pytest.mark.requirement("R244")
def test_other_hours_answer_as_opening_and_closing(asked):
    _quarter, run = asked
    base = cities.of(run)
    moved = 0
    for facility in range(len(base.inputs.facilities)):
        category = int(base.inputs.facilities.category[facility])
        for moment, text in ((NOON, "off"), (NOON, "24/7"), (NIGHT, "01:00-02:00"), (NIGHT, "Mo 08:00-09:00")):
            live = base.under(Setting(None, moment))
            answer = live.ask([Change("hours", category=category, facility=facility, hours=text)])
            fresh = live_of(changed_hours(base.inputs, facility, text)).under(live.setting)
            assert ((fresh.served[-1] - live.served[-1]) == answer.gained[-1]).all()
            times = fresh.parts[0].what_if.times.values[answer.compound, answer.category]
            assert (np.where(times > base.inputs.horizon_ds, -1, times.astype(np.int32)) == answer.now_ds).all()
            moved += len(answer.compound)
            (part,) = live.parts
            assert (part.what_if.labels == part.what_if.fresh().values).all()
    assert moved > 0


def test_what_opens_may_close_and_move_again_in_one_question(asked):
    _quarter, run = asked
    live = cities.of(run).under(Setting(None, NOON))
    night = live.inputs.facilities.names.index("夜店")
    shop = run.categories.index("shop")
    opened = Change("hours", category=shop, facility=night, hours="24/7")
    gone, moved = Change("close", shop, night), Change("move", shop, night, place=build.spot(18, 1))
    assert len(live.ask([opened]).compound) > 0
    for _turn in range(3):
        assert len(live.ask([opened, gone]).compound) == 0
        assert len(live.ask([gone]).compound) == len(live.ask([moved]).compound) == 0
        there = live.ask([opened, moved]).gained[-1][:, shop]
        added = live.ask([Change("add", shop, place=build.spot(18, 1))]).gained[-1][:, shop]
        assert (there == added).all()
    (part,) = live.parts
    assert (part.what_if.labels == part.what_if.fresh().values).all()


def test_a_planner_asks_what_is_open_on_a_weekday(asked):
    quarter, run = asked
    asks = {"by": build.SYSTEM}
    noon = queries.under(run, quarter.city, Setting(None, NOON), **asks)
    assert (noon.places, noon.with_hours, noon.open_then) == (4, 3, 3)
    night = queries.under(run, quarter.city, Setting(None, NIGHT), **asks)
    fifteen = next(one for one in night.rings if one.circle.code == "circle_15")
    assert (fifteen.complete, fifteen.gained < 0) == (0, True)  # the market is closed
    slow = queries.under(run, quarter.communities[0], Setting(300), **asks)
    assert next(one for one in slow.rings if one.circle.code == "circle_5").gained < 0
    wish = Wish("hours", build.spot(10, 1), "market", hours="00:00-24:00")
    answer = queries.what_if(run, [wish], setting=Setting(None, NIGHT), **asks)
    assert answer.served["market"][0] == 0 < answer.served["market"][1]


def test_what_can_not_be_meant(asked):
    quarter, run = asked
    wish = Wish("hours", build.spot(10, 1), "market", hours="24/7")
    for one, setting in ((wish, queries.AS_RUN), (replace(wish, hours="见公告"), Setting(None, NOON))):
        with pytest.raises(BadInput):
            queries.what_if(run, [one], by=build.SYSTEM, setting=setting)
    with pytest.raises(BadInput):
        queries.under(run, quarter.city, Setting(0), by=build.SYSTEM)
    with pytest.raises(NotAllowed):
        queries.under(run, quarter.city, Setting(None, NOON), by=holder("lifecircle.import", quarter.city))
    assert [queries.moment_of(*words) for words in (("xx", "8:00"), ("Mo", "24:00"), ("Mo", ""))] == [None] * 3


def test_a_map_frame_looks_into_few_cells_and_finds_every_place(asked, django_assert_num_queries):
    _quarter, run = asked
    every = Place.objects.filter(table=run.places)
    table = PlaceTable.objects.get(pk=run.places_id)
    edges = [(-180.0, -90.0), (180.0, 90.0), (-0.005, 0.005), (104.01, 30.01), (0.29, -0.29)]
    Place.objects.bulk_create(
        Place(table=table, number=100 + k, name="边", categories=["shop"], lon=x, lat=y)
        for k, (x, y) in enumerate(edges)
    )
    for x, y in [*edges, *every.values_list("lon", "lat")]:
        frame = (max(-180, x - 0.0146), max(-90, y - 0.0126), min(180, x + 0.0146), min(90, y + 0.0126))
        plain = every.filter(lon__range=(frame[0], frame[2]), lat__range=(frame[1], frame[3]))
        with django_assert_num_queries(1):
            found = set(every.inside(*frame).values_list("number", flat=True))
        assert found == set(plain.values_list("number", flat=True))
        assert found
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # of five rows, reading all is cheapest
    assert "place_of_cell" in every.inside(104.0, 30.0, 104.01, 30.01).explain()
    with pytest.raises(ValueError, match="too wide"):
        every.inside(104.0, 30.0, 105.0, 31.0)
