"""Which clocks run in which state: the table of the type decides, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.kernel.engine.deadlines import WorkingDays
from liren.service.cases.engine import clocks
from liren.service.cases.engine.declaration import parse
from tests.cases.oracle import CHINA
from tests.make import cases

SPEC = parse(cases.content())
MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=CHINA)
HOUR = timedelta(hours=1)
STATES = [state.code for state in SPEC.states]


def moments(round: int = 1, dispatched: datetime | None = None, at: datetime = MONDAY) -> clocks.Moments:
    return clocks.Moments(MONDAY, dispatched, round, at)


def test_a_new_case_has_the_clock_of_its_first_state_from_its_reception() -> None:
    (start,) = clocks.change(SPEC, "received", "normal", moments(at=MONDAY + HOUR)).start
    assert (start.clock.code, start.started_at, start.run) == ("acceptance", MONDAY, 1)


def test_the_main_clock_counts_from_the_first_dispatch_and_not_from_taking() -> None:
    at = moments(dispatched=MONDAY + HOUR, at=MONDAY + 5 * HOUR)
    (start,) = clocks.change(SPEC, "working", "normal", at).start
    assert (start.clock.code, start.started_at) == ("completion", MONDAY + HOUR)


def test_before_a_dispatch_there_is_no_main_clock() -> None:
    assert clocks.change(SPEC, "working", "normal", moments()).start == ()


def test_taking_changes_no_clock() -> None:
    running = [clocks.Run("acceptance", 1, 1, False), clocks.Run("completion", 1, 1, True)]
    assert clocks.change(SPEC, "working", "normal", moments(dispatched=MONDAY), running) == clocks.Change()


def test_back_from_a_detour_the_main_clock_goes_on_and_a_clock_of_a_state_begins_anew() -> None:
    runs = [clocks.Run("completion", 1, 1, False), clocks.Run("verdict", 1, 1, False)]
    now = moments(dispatched=MONDAY, at=MONDAY + 9 * HOUR)
    back = clocks.change(SPEC, "sent", "normal", now, runs)
    assert (back.go_on, back.start) == ((runs[0],), ())
    (start,) = clocks.change(SPEC, "answered", "normal", now, runs).start
    assert (start.run, start.started_at) == (2, MONDAY + 9 * HOUR)


def test_a_new_round_has_a_main_clock_of_its_own_that_counts_from_the_reopening() -> None:
    runs = [clocks.Run("completion", 1, 1, False), clocks.Run("verdict", 1, 1, True)]
    found = clocks.change(SPEC, "working", "normal", moments(2, MONDAY, MONDAY + 30 * HOUR), runs)
    (start,) = found.start
    assert (start.clock.code, start.round, start.run, start.started_at) == ("completion", 2, 1, MONDAY + 30 * HOUR)
    assert found.stop == (runs[1],)


def test_a_severity_without_a_limit_of_its_own_has_the_normal_one() -> None:
    clock = SPEC.clock("completion")
    assert clocks.limit(clock, "unheard of") == clock.limits["normal"] == WorkingDays(5)


def test_the_system_ends_what_the_resident_leaves_unsaid_and_climbs_otherwise() -> None:
    verdict, completion = SPEC.clock("verdict"), SPEC.clock("completion")
    lapse = clocks.lapse(SPEC, "answered", verdict)
    assert (lapse and lapse.code, clocks.lapse(SPEC, "working", completion)) == ("lapse", None)


@given(st.lists(st.tuples(st.sampled_from(STATES), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_on_any_way_through_a_type_exactly_the_clocks_of_the_state_run_each_once(
    way: list[tuple[str, bool, bool]],
) -> None:
    runs: dict[tuple[str, int, int], clocks.Run] = {}
    starts: dict[tuple[str, int], datetime] = {}
    round, dispatched, at = 1, None, MONDAY
    for state, reopens, dispatches in way:
        at += HOUR
        round += reopens
        dispatched = dispatched or (at if dispatches else None)
        now = moments(round, dispatched, at)
        found = clocks.change(SPEC, state, "normal", now, runs.values())
        for run in found.stop:
            runs[run.code, run.round, run.run] = clocks.Run(run.code, run.round, run.run, False)
        for run in found.go_on:
            runs[run.code, run.round, run.run] = clocks.Run(run.code, run.round, run.run, True)
        for start in found.start:
            key = (start.clock.code, start.round, start.run)
            assert key not in runs
            runs[key] = clocks.Run(*key, True)
            if start.clock.starts != "entered":
                assert starts.setdefault(key[:2], start.started_at) == start.started_at
        wanted = {c.code for c in SPEC.clocks if state in c.runs_in and (c.starts != "dispatched" or dispatched)}
        assert sorted(run.code for run in runs.values() if run.is_running) == sorted(wanted)
        assert clocks.change(SPEC, state, "normal", now, runs.values()) == clocks.Change()
