"""What if, what lies around, and sites: each answer held against a computation from nothing."""

from dataclasses import replace

import numpy as np
import pytest

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.engine import Network, network
from liren.development.lifecircle.models import Proposal
from liren.development.lifecircle.queries.asking import cities
from liren.development.lifecircle.queries.gathering import gather
from liren.development.lifecircle.reckoning.calculate import calculate
from liren.development.lifecircle.reckoning.inputs import chosen
from liren.development.lifecircle.reckoning.live import Change, live_of
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from tests.make import holder
from tests.make import lifecircle as build

Wish = queries.Wish


@pytest.mark.requirement("R244")
def test_a_shop_more_brings_people_within_reach(worked_out):
    quarter, run = worked_out
    answer = queries.what_if(run, [Wish("add", build.spot(9, 1), "shop")], by=build.SYSTEM)
    assert answer.served == {"shop": (1000, 1350)}
    gained = [(one.code, one.was_reached, one.is_reached) for one in answer.moved if one.is_reached]
    assert gained == [(quarter.compounds[1].code, False, True), (quarter.compounds[2].code, False, True)]
    assert answer.gained_by_unit[quarter.communities[1].code] == {"shop": 50}


def test_a_question_leaves_no_trace(worked_out):
    _quarter, run = worked_out
    wishes = [
        Wish("close", build.spot(3, 1), "shop"),
        Wish("move", build.spot(6, 1), "park", build.spot(12, 1)),
        Wish("add", build.spot(0, 0), "market"),
    ]
    first = queries.what_if(run, wishes, by=build.SYSTEM)
    for _turn in range(3):
        again = queries.what_if(run, wishes, by=build.SYSTEM)
        assert (again.served, again.moved) == (first.served, first.moved)
    live = cities.of(run)
    for part in live.parts:
        assert (part.what_if.labels == part.what_if.fresh().values).all()


def inputs_of(run, **changes):
    spec = queries.standard_of(run)
    found = gather(
        run.city, run.day, standard=spec, group=spec.group(run.group), network=run.network, places=run.places
    )
    return replace(found.inputs, **changes)


def test_closing_equals_a_city_without_it(worked_out):
    _quarter, run = worked_out
    inputs = inputs_of(run)
    for facility in range(len(inputs.facilities)):
        answer = live_of(inputs).ask([Change("close", facility=facility)])
        kept = np.arange(len(inputs.facilities)) != facility
        without = calculate(replace(inputs, facilities=chosen(inputs.facilities, kept)))
        before = calculate(inputs)
        assert ((without.sums.served[-1] - before.sums.served[-1]) == answer.gained[-1]).all()
        assert (without.time_ds[answer.compound, answer.category] == answer.now_ds).all()
        assert int((without.time_ds != before.time_ds).sum()) == len(answer.compound)


@pytest.mark.requirement("R244")
def test_a_gate_opened_shortens_the_way(quarter, tmp_path):
    build.recorded(quarter.city, build.streets(gap=2.5))
    run = build.done(quarter, tmp_path / "places.csv")
    answer = queries.what_if(run, [Wish("open", build.spot(2, 1), to=build.spot(3, 1))], by=build.SYSTEM)
    (shop,) = [one for one in answer.moved if one.category.code == "shop"]
    assert (round(shop.was), round(shop.now)) == (5, 2)
    # Where there is a street already, another beside it changes nothing.
    assert queries.what_if(run, [Wish("open", build.spot(2, 0), to=build.spot(3, 0))], by=build.SYSTEM).moved == []


def test_what_can_not_be_meant(worked_out):
    quarter, run = worked_out
    for wish in (
        Wish("paint", build.spot(1, 1), "shop"),
        Wish("add", build.spot(1, 1), "cinema"),
        Wish("add", (200.0, 30.0), "shop"),
        Wish("add", (110.0, 20.0), "shop"),  # at sea
        Wish("move", build.spot(1, 1), "shop"),
        Wish("open", build.spot(1, 1), to=build.spot(15, 1)),
    ):
        with pytest.raises(BadInput):
            queries.what_if(run, [wish], by=build.SYSTEM)
    with pytest.raises(BadInput):
        queries.what_if(run, [], by=build.SYSTEM)
    with pytest.raises(NotAllowed):
        queries.what_if(run, [Wish("add", build.spot(1, 1), "shop")], by=holder("lifecircle.run", quarter.compounds[0]))


def test_where_the_facts_have_changed_a_new_run_is_asked_for(worked_out):
    quarter, run = worked_out
    build.population(quarter.compounds[0], residents=1001)
    with pytest.raises(Conflict):
        queries.what_if(run, [Wish("add", build.spot(1, 1), "shop")], by=build.SYSTEM)


def test_only_so_many_cities_stay_in_memory(worked_out, monkeypatch):
    _quarter, run = worked_out
    monkeypatch.setattr(cities, "most", 0)
    assert queries.around(run, _quarter.compounds[0])
    assert len(cities) == 0


@pytest.mark.requirement("R053")
def test_what_lies_around_a_compound(worked_out):
    quarter, run = worked_out
    found = queries.around(run, quarter.compounds[0])
    assert [(one.name, round(one.minutes)) for one in found] == [("小店", 2), ("西公园", 7), ("东菜市场", 13)]
    assert [one.name for one in queries.around(run, quarter.compounds[0], minutes=5)] == ["小店"]
    assert queries.around(run, quarter.city) == []


def propose(run, **how):
    return services.propose(run, **{"category": "shop", "budget": 1, "by": build.SYSTEM, "at": build.NOW, **how})


@pytest.mark.requirement("R261")
def test_sites_are_chosen_with_a_certificate(worked_out):
    quarter, run = worked_out
    made = propose(run)
    # One shop more reaches the second compound (300 people); the third, 400 m on, is too far for five minutes.
    assert [one["name"] for one in made.chosen] == [quarter.compounds[1].code]
    assert (made.people_before, made.people_after, made.upper_bound, made.is_proven) == (1000, 1300, 1300, True)
    two = propose(run, budget=2)
    assert (two.number, two.people_after) == (2, 1350)
    assert propose(run).digest == made.digest
    # A place between both serves both.
    between = services.Candidate(*build.spot(10, 1), "中间", 5)
    cheap = services.Candidate(*build.spot(18, 1), "东头", 1)
    best = propose(run, budget=5, candidates=[cheap, between])
    assert ([one["name"] for one in best.chosen], best.people_after) == (["中间"], 1350)
    assert [one["name"] for one in propose(run, budget=4, candidates=[cheap, between]).chosen] == ["东头"]


def test_gates_are_chosen_with_a_certificate(quarter, tmp_path):
    net = build.streets(gap=2.5)
    # Nothing crosses but the street in the south; 40 m lie between both sides: what stood at 300 m east stands at 240.
    lon = np.where(np.abs(net.lon - build.spot(3, 0)[0]) < 1e-6, build.spot(2.4, 0)[0], net.lon)
    build.recorded(quarter.city, replace(net, lon=lon))
    run = build.done(quarter, tmp_path / "places.csv", [("小店", "convenience", 2.4, 3.5), ("园", "garden", 6, 1)])
    made = propose(run, kind="edges")
    assert (made.people_before, made.people_after) == (0, 1000)
    (chosen_one,) = made.chosen
    assert abs(chosen_one["lon"] - chosen_one["to_lon"]) > 0
    opened = Wish("open", (chosen_one["lon"], chosen_one["lat"]), to=(chosen_one["to_lon"], chosen_one["to_lat"]))
    assert queries.what_if(run, [opened], by=build.SYSTEM).served["shop"] == (0, 1000)


def walled() -> Network:
    """Three streets to the north, 40 m apart, that meet only in the south: between them two walls."""
    net = build.streets()
    x, y = (np.rint((at - first) / step) for at, first, step in
            ((net.lon, build.AT[0], build.X), (net.lat, build.AT[1], build.Y)))  # fmt: skip
    across = (x[net.a] != x[net.b]) & (y[net.a] > 0) & (np.minimum(x[net.a], x[net.b]) >= 2)
    across &= np.minimum(x[net.a], x[net.b]) < 4
    lon = np.where(x == 3, build.spot(2.4, 0)[0], np.where(x == 4, build.spot(2.8, 0)[0], net.lon))
    return network(lon, net.lat, net.a[~across], net.b[~across], name="walled")


def test_two_gates_in_line_are_found_though_neither_helps_alone(quarter, tmp_path):
    build.recorded(quarter.city, walled())
    run = build.done(quarter, tmp_path / "places.csv", [("小店", "convenience", 2.8, 3), ("园", "garden", 6, 1)])
    made = propose(run, kind="edges", budget=2)
    assert (made.people_before, made.people_after, made.upper_bound) == (0, 1000, 1000)
    assert [one["people"] for one in made.chosen] == [0, 0]
    assert made.parameters["opened_together"] == 1000
    assert (made.parameters["in_line_m"], made.parameters["all_pairs"]) == (300, True)
    assert made.parameters["pairs"] > 0
    assert propose(run, kind="edges", budget=1).people_after == 0
    opened = [
        Wish("open", (one["lon"], one["lat"]), to=(one["to_lon"], one["to_lat"])) for one in made.chosen
    ]  # fmt: skip
    assert queries.what_if(run, opened, by=build.SYSTEM).served["shop"] == (0, 1000)
    for one in opened:
        was, now = queries.what_if(run, [one], by=build.SYSTEM).served.get("shop", (0, 0))
        assert (was, now) == (0, 0)


def test_proof_by_the_solver(worked_out):
    pytest.importorskip("highspy", reason="NO PROOF: highspy is not installed")
    _quarter, run = worked_out
    assert propose(run, budget=2, proof_seconds=10).is_proven


def test_what_can_not_be_proposed(worked_out, tmp_path):
    quarter, run = worked_out
    # No two ways of this town lie within 60 m: there is no gate to choose.
    for wrong in ({"category": "cinema"}, {"budget": 0}, {"kind": "tunnels"}, {"kind": "edges"}, {"budget": 10**10}):
        with pytest.raises(BadInput):
            propose(run, **wrong)
    with pytest.raises(NotAllowed):
        propose(run, by=holder("lifecircle.import", quarter.city))
    assert not Proposal.objects.exists()
    path = tmp_path / "candidates.csv"
    path.write_text("name,lon,lat,cost\n甲,104.001,30.001,2\n乙,304.0,30.0,1\n", encoding="utf-8")
    with pytest.raises(BadInput, match="candidates.csv第3行"):
        services.read_candidates(path)
