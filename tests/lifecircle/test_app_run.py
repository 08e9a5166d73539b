"""From a network and a table of places to rows: worked out by hand for a town with streets every 100 m."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from liren.development.lifecircle import services
from liren.development.lifecircle.engine import Barrier, Lines
from liren.development.lifecircle.engine.native import library
from liren.development.lifecircle.engine.plain import Plain
from liren.development.lifecircle.machine import RUN
from liren.development.lifecircle.models import Cause, CircleRow, Gap, Mode, Run, RunEvent
from liren.development.lifecircle.queries import why_failed
from liren.development.lifecircle.queries.gathering import gather
from liren.development.lifecircle.reckoning.calculate import calculate
from liren.foundation.kernel.engine.states import check_table
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.territory.models import Level
from tests.make import holder
from tests.make import lifecircle as build


def row(run, unit):
    return CircleRow.objects.get(run=run, unit=unit)


def near(found, wanted):
    """Times and metres to within a hundredth: the town lies on an ellipsoid, and its blocks are drawn in degrees."""
    return [None if value is None else round(value, -2) for value in found] == wanted


@pytest.mark.requirement("R244", "R245", "R305")
def test_times_radii_and_counts_of_compounds(worked_out):
    quarter, run = worked_out
    first, last = row(run, quarter.compounds[0]), row(run, quarter.compounds[3])
    # 1 m/s: 800 m to the market, 100 m to the shop, 400 m to the park.
    assert near(first.minutes_ds, [8000, 1000, 4000])
    assert near(first.straight_m, [800, 100, 400])
    assert first.counts == [0, 0, 1, 1, 1, 1, 0, 1, 1]  # within 5, 10 and 15 minutes
    assert first.capacity == [0, 0, 10, 10, 10, 10, 0, 10, 10]
    # 1,500 m to the shop are 25 minutes: told, though far beyond the limit of five.
    assert near(last.minutes_ds, [8000, 15000, 12000])
    assert last.causes == [Cause.NONE, Cause.NONE, Cause.NONE]  # its radius says no as well


@pytest.mark.requirement("R244", "R246", "R261")
def test_people_are_added_up_exactly_from_compounds_to_the_city(worked_out):
    quarter, run = worked_out
    city = row(run, quarter.city)
    assert (city.people, city.compounds) == (1353, 4)
    # All reach the market; those of the first compound the shop; the first two the park.
    assert city.served == [1353, 1000, 1300]
    # The park is 600 m from the third: outside its 500 m as the crow flies, and on the way.
    assert city.by_radius == [1353, 1000, 1300]
    for level in (Level.COMMUNITY, Level.STREET, Level.DISTRICT):
        rows = CircleRow.objects.filter(run=run, level=level)
        for name in ("served", "by_radius", "complete"):
            assert [sum(parts) for parts in zip(*rows.values_list(name, flat=True), strict=True)] == getattr(city, name)
        assert sum(rows.values_list("people", flat=True)) == 1353
    assert run.report["counts"]["rows"] == 4 + 3 + 2 + 1 + 1


def test_gaps_are_ranked_by_people(worked_out):
    quarter, run = worked_out
    found = list(Gap.objects.filter(run=run).order_by("pk").values_list("people", "category", "unit"))
    second, third, last = (one.pk for one in quarter.compounds[1:])
    assert found == [
        (300, "shop", second), (50, "shop", third), (50, "park", third), (3, "shop", last), (3, "park", last),
    ]  # fmt: skip
    assert round(Gap.objects.get(unit=second).over_ds, -2) == 2000


def test_the_same_inputs_give_the_same_result_bit_for_bit(worked_out):
    quarter, run = worked_out
    again = services.ask_run(quarter.city, day=build.DAY, places=run.places, by=build.SYSTEM, at=build.NOW)
    again = services.perform(again.pk, by=build.SYSTEM)
    assert again.number == run.number + 1
    assert (again.input_fingerprint, again.result_digest) == (run.input_fingerprint, run.result_digest)


def test_other_inputs_have_another_fingerprint_and_other_kernels_the_same_digest(worked_out, monkeypatch):
    quarter, run = worked_out
    spec = services.runs.spec_of(quarter.standard)
    facts = {"standard": spec, "network": quarter.network, "places": run.places}
    slow = gather(quarter.city, build.DAY, group=spec.group("elderly"), **facts).inputs
    assert slow.fingerprint() != run.input_fingerprint
    if library.load()[0] is None:
        pytest.skip("NO COMPILED KERNELS to compare with")
    from liren.development.lifecircle.engine import backend

    monkeypatch.setattr(backend, "_chosen", lambda: (Plain(), ""))
    plain = calculate(gather(quarter.city, build.DAY, group=spec.group("general"), **facts).inputs)
    assert plain.digest() == run.result_digest


def test_older_people_go_at_their_own_pace_and_metres_stay_metres(quarter, tmp_path):
    run = build.done(quarter, tmp_path / "places.csv", group="elderly")
    first = row(run, quarter.compounds[0])
    assert near(first.minutes_ds, [16000, 2000, 8000])
    # 450 m in 15 minutes at half the pace: the market is near to the two in the middle. 500 m to the park at any pace.
    assert row(run, quarter.city).served == [350, 1000, 1300]


@pytest.mark.requirement("R244")
def test_villages_go_by_bicycle_where_there_is_a_network_for_it(quarter, tmp_path):
    on_foot = build.done(quarter, tmp_path / "places.csv")
    assert on_foot.report["counts"]["rural_on_foot"] == 1
    build.recorded(quarter.city, mode=Mode.CYCLE)
    run = build.done(quarter, tmp_path / "places.csv")
    last = row(run, quarter.compounds[3])
    assert (last.mode, row(run, quarter.compounds[0]).mode) == ("cycle", "walk")
    # 4 m/s: 1,500 m to the shop in 375 s; the park stays 1,200 m away, which is more than 500 m.
    assert near(last.minutes_ds, [2000, 3800, 3000])
    assert row(run, quarter.city).served == [1353, 1000, 1300]


@pytest.mark.parametrize(("barriers", "cause"), [(Lines(), Cause.DETOUR), ("wall", Cause.WALL)])
def test_what_lies_across_is_named_as_the_cause(quarter, tmp_path, barriers, cause):
    if barriers == "wall":
        ends = np.array([[*build.spot(2.5, 0.5), *build.spot(2.5, 5)]])
        barriers = Lines(np.array([Barrier.WALL], np.uint8), ends)
    build.recorded(quarter.city, replace(build.streets(gap=2.5), barriers=barriers))
    run = build.done(quarter, tmp_path / "places.csv")
    first = row(run, quarter.compounds[0])
    # Only the street in the south crosses: 200 m more to all three, and to two of them that is too much.
    assert near(first.minutes_ds, [10000, 3000, 6000])
    assert first.causes == [cause, Cause.NONE, cause]
    assert set(Gap.objects.filter(run=run, unit=quarter.compounds[0]).values_list("cause", flat=True)) == {cause}


def test_the_table_of_states_is_sound():
    assert check_table(RUN) == []


def test_each_step_is_on_the_record(worked_out):
    quarter, run = worked_out
    assert list(RunEvent.objects.filter(run=run).values_list("move", "to_state")) == [
        ("ask", "asked"), ("start", "running"), ("finish", "done"),
    ]  # fmt: skip
    said = AuditEntry.objects.filter(action__startswith="lifecircle.", unit_id=quarter.city.pk).order_by("id")
    assert list(said.values_list("action", flat=True)) == [
        "lifecircle.network",
        "lifecircle.places",
        "lifecircle.run",
        "lifecircle.done",
    ]


def test_the_same_question_while_one_is_under_way_is_that_one(quarter):
    first = services.ask_run(quarter.city, day=build.DAY, by=build.SYSTEM, at=build.NOW)
    assert services.ask_run(quarter.city, day=build.DAY, by=build.SYSTEM, at=build.NOW).pk == first.pk
    services.run_soon(first)
    services.run_soon(first)
    assert ProcrastinateJob.objects.filter(task_name="lifecircle.run").count() == 1


def test_a_run_is_worked_out_once(worked_out):
    _quarter, run = worked_out
    services.queue.work_out(run.pk)
    assert RunEvent.objects.filter(run=run, move="start").count() == 1


def test_what_is_wrong_with_the_inputs_fails_the_run_with_its_reason(quarter):
    city = build.unit(Level.CITY, name_zh="空城")
    build.recorded(city)
    run = services.perform(services.ask_run(city, by=build.SYSTEM, at=build.NOW).pk, by=build.SYSTEM)
    assert run.state == "failed"
    assert run.fault_code == "no_compounds"
    with translation.override("en"):
        assert why_failed(run) == "空城 has no compounds with an outline or a gate."
    with translation.override("zh-hans"):
        assert why_failed(run) == "空城没有带边界或出入口的小区。"
    assert AuditEntry.objects.filter(action="lifecircle.failed").count() == 1


def test_what_nobody_foresaw_fails_the_run_and_is_raised(quarter, monkeypatch):
    def broken(*_given):
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(services.runs, "calculate", broken)
    run = services.ask_run(quarter.city, by=build.SYSTEM, at=build.NOW)
    with pytest.raises(ZeroDivisionError):
        services.perform(run.pk, by=build.SYSTEM)
    kept = Run.objects.get(pk=run.pk)
    assert kept.fault_code == "unforeseen"
    assert "a slip" not in why_failed(kept)  # that is for the log


def test_a_run_whose_process_has_gone_is_given_up(quarter):
    run = services.ask_run(quarter.city, by=build.SYSTEM, at=build.NOW)
    begun = services.runs.begin(run.pk, by=build.SYSTEM)
    assert services.give_up_silent(by=build.SYSTEM, at=timezone.now()) == 0
    assert services.give_up_silent(by=build.SYSTEM, at=timezone.now() + timedelta(minutes=31)) == 1
    assert Run.objects.get(pk=run.pk).state == "failed"
    with pytest.raises(Conflict):  # it comes back after all: what was given up stays so
        services.finish(*begun, calculate(begun[1].inputs), by=build.SYSTEM)


def test_who_may_ask(quarter):
    with pytest.raises(NotAllowed):
        services.ask_run(quarter.city, by=holder("lifecircle.run", quarter.communities[0]), at=build.NOW)
    assert services.ask_run(quarter.city, by=holder("lifecircle.run", quarter.city), at=build.NOW).state == "asked"


def test_what_can_not_be_asked(quarter):
    for wrong, how in (
        (build.unit(Level.CITY), {}),  # no network
        (quarter.communities[0], {}),  # too low
        ("000", {}),
        (quarter.city, {"group": "birds"}),
    ):
        with pytest.raises(BadInput):
            services.ask_run(wrong, by=build.SYSTEM, at=build.NOW, **how)


def test_only_what_is_done_is_public(quarter):
    run = services.ask_run(quarter.city, by=build.SYSTEM, at=build.NOW)
    assert not Run.objects.visible_to(None).filter(pk=run.pk).exists()
    assert Run.objects.visible_to(holder("lifecircle.run", quarter.city)).filter(pk=run.pk).exists()
    services.perform(run.pk, by=build.SYSTEM)
    assert Run.objects.visible_to(None).filter(pk=run.pk).exists()


def test_a_city_may_leave_levels_out(quarter, tmp_path):
    street = build.unit(Level.STREET, quarter.city)
    far = build.unit(Level.COMPOUND, build.unit(Level.COMMUNITY, street))
    facts = {"crs": "wgs84", "source": "test", "from_day": build.DAY, "by": build.SYSTEM, "at": build.NOW}
    build.territory.set_boundary(unit_id=far.pk, shape=build.square(5, 2), **facts)
    build.population(far, residents=10)
    run = build.done(quarter, tmp_path / "places.csv")
    assert row(run, quarter.city).people == 1363
    assert CircleRow.objects.filter(run=run, level=Level.DISTRICT).get().people == 1353
    assert row(run, street).people == 10
