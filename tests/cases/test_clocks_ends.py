"""Clocks that end at a moment which was said: the earlier of both, whatever stands still, and never in the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from liren.service.cases.engine.declaration import check
from liren.service.cases.models import Case, CaseClock, CaseEvent
from liren.service.cases.queries import timeline
from liren.service.cases.services import calendars, clocks, suspensions
from liren.service.cases.services.escalation import escalate_due
from liren.service.cases.services.faults import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.cases.oracle import CHINA
from tests.cases.test_clocks_rows import CLOCK, DAY, HOUR, china, clock
from tests.make import cases
from tests.make.cases import NOW, REQUEST

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R072")]

NAME = {"zh": "到什么时候", "en": "Until"}
ENDS = {"code": "ends", "name": NAME, "kind": "moment"}
ANEW = {"code": "ends_anew", "name": NAME, "kind": "moment"}


def declared(**changes: Any) -> dict[str, Any]:
    """The request whose main clock ends when its reporter said, or whoever takes it says otherwise."""
    main = {**REQUEST["clocks"][1], "extendable": False, "ends_with": ["ends_anew", "ends"], **changes}
    main = {key: value for key, value in main.items() if value is not None}
    moves = [{**one, "asks": ["ends_anew"]} if one["code"] == "take" else one for one in REQUEST["moves"]]
    fields = [*REQUEST["fields"], ENDS, ANEW]
    return {"clocks": [REQUEST["clocks"][0], main, REQUEST["clocks"][2]], "moves": moves, "fields": fields}


def sent(scene: Scene, ends: str = "2026-06-04 12:00") -> Case:
    """Dispatched at once: five working days would end on 8 June."""
    cases.declare("timed", **declared())
    values = {"ends": ends} if ends else {}
    case = cases.reported(scene.town.community, "timed", by=scene.resident, values=values)
    return cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.department.pk)


def test_a_clock_ends_when_it_was_said_or_when_its_limit_is_over(scene: Scene) -> None:
    case = sent(scene)
    main, noon = clock(case), china(6, 4, 12)
    assert (main.no_later_than, main.due_at, main.plain_due_at, case.due_at) == (noon,) * 4
    assert (case.escalate_at, clocks.rederive(main).at) == (noon, noon)
    later = clock(sent(scene, "2026-07-01 12:00"))
    assert (later.no_later_than, later.due_at) == (china(7, 1, 12), china(6, 8))
    assert clocks.rederive(later).at == china(6, 8)
    silent = clock(sent(scene, ""))
    assert (silent.no_later_than, silent.due_at) == (None, china(6, 8))


def test_no_standstill_moves_what_was_said(scene: Scene) -> None:
    case, officer = sent(scene), make.official("street_officer", scene.town.street)
    asked = suspensions.suspend(case.pk, reason="等配件", ground="条例第八条", by=scene.worker, at=NOW + HOUR)
    suspensions.decide_suspension(asked.pk, approve=True, by=officer, at=NOW + HOUR)
    main = clock(case)
    assert (main.due_at, clocks.rederive(main).at) == (china(6, 4, 12), china(6, 4, 12))
    suspensions.resume(case.pk, by=scene.worker, at=NOW + 2 * DAY)
    main = clock(case)
    assert (main.due_at, clocks.rederive(main).at) == (china(6, 4, 12), china(6, 4, 12))
    cases.moved(case, "take", by=scene.clerk, at=NOW + 2 * DAY)
    cases.moved(case, "answer", by=scene.clerk, at=china(6, 4, 12) + HOUR, note="已处理。", values={"done": "是"})
    assert clock(case).kept is False


def test_a_new_calendar_moves_the_limit_and_not_what_was_said(scene: Scene) -> None:
    bound, beyond = sent(scene), sent(scene, "2026-06-10 12:00")
    make.notice(days={date(2026, 6, 3): False, date(2026, 6, 5): False, date(2026, 6, 8): False},
                at=NOW + HOUR, settles_year=False)  # fmt: skip
    assert calendars.recompute_calendar("cn", by=CLOCK, at=NOW + DAY) == 1
    assert (clock(bound).due_at, clock(beyond).due_at) == (china(6, 4, 12), china(6, 10, 12))
    assert all(clocks.rederive(clock(one)).at == clock(one).due_at for one in (bound, beyond))


def test_a_move_that_asks_puts_the_end_elsewhere_and_the_story_says_both_dates(scene: Scene) -> None:
    case = sent(scene)
    case = cases.moved(case, "take", by=scene.clerk, at=NOW + HOUR, values={"ends_anew": "2026-06-03 12:00"})
    main = clock(case)
    assert (main.no_later_than, main.due_at, case.due_at) == (china(6, 3, 12),) * 3
    event = CaseEvent.objects.get(case=case, move="take")
    assert [one["clock"] for one in event.facts["clocks"]] == ["completion"]
    words = next(one.words for one in timeline(case, scene.worker) if one.event == event.pk)
    assert "6月4日 12:00" in words
    assert "6月3日 12:00" in words


@pytest.mark.parametrize("ends", ["2026-06-01 08:00", "1999-01-01 00:00"])
def test_a_moment_that_is_past_is_refused(scene: Scene, ends: str) -> None:
    case = sent(scene)
    with pytest.raises(BadReport) as refused:
        sent(scene, ends)
    assert list(refused.value.by_field) == ["ends"]
    with pytest.raises(BadReport) as refused:
        cases.moved(case, "take", by=scene.clerk, at=NOW + HOUR, values={"ends_anew": ends})
    assert list(refused.value.by_field) == ["ends_anew"]


def test_a_moment_that_passed_before_the_clock_began_is_due_at_once(scene: Scene) -> None:
    cases.declare("timed", **declared())
    case = cases.reported(scene.town.community, "timed", values={"ends": "2026-06-01 12:00"})
    case = cases.moved(case, "dispatch", by=scene.worker, at=NOW + DAY, body_id=scene.department.pk)
    assert case.escalate_at is not None
    assert case.escalate_at < NOW + DAY
    assert escalate_due(NOW + DAY + timedelta(minutes=1)) >= 1


def by_date(scene: Scene, day: str, **changes: Any) -> Case:
    cases.declare("timed", **declared(ends_with=["since"], **changes))
    case = cases.reported(scene.town.community, "timed", by=scene.resident, values={"since": day})
    return cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.department.pk)


@pytest.mark.requirement("R099")
def test_a_clock_that_ends_with_a_date_ends_with_that_day(scene: Scene) -> None:
    case = by_date(scene, "2026-06-03")
    main, night = clock(case), datetime(2026, 6, 3, 23, 59, 59, 999999, tzinfo=CHINA)
    assert (main.no_later_than, main.due_at, case.due_at) == (night,) * 3
    assert (clocks.rederive(main).at, clocks.rederive(main).day) == (night, date(2026, 6, 3))


@pytest.mark.requirement("R099")
def test_whoever_has_to_do_it_reads_by_when_and_everybody_else_does_not(scene: Scene) -> None:
    moves = [{**one, "asks": ["ends_anew"]} if one["code"] == "dispatch" else one for one in REQUEST["moves"]]
    cases.declare("timed", **{**declared(), "moves": moves})
    case = cases.reported(scene.town.community, "timed", by=scene.resident)
    values = {"ends_anew": "2026-06-03 12:00"}
    case = cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.department.pk, values=values)
    words = {reader: timeline(case, reader)[-1].words for reader in (scene.clerk, scene.neighbour)}
    assert words == {scene.clerk: "已派给市政处。 2026年6月3日 12:00 前办完。", scene.neighbour: "已派给市政处。"}


@pytest.mark.requirement("R099")
def test_a_day_that_is_past_is_refused_and_today_is_not(scene: Scene) -> None:
    assert clock(by_date(scene, "2026-06-01")).due_at == datetime(2026, 6, 1, 23, 59, 59, 999999, tzinfo=CHINA)
    with pytest.raises(BadReport) as refused:
        by_date(scene, "2026-05-31")
    assert list(refused.value.by_field) == ["since"]


@pytest.mark.parametrize(
    ("grace", "due"),
    [("2 hours", china(6, 4, 14)), ("1 day", china(6, 5)), ("1 working day", china(6, 5))],
)
def test_after_what_was_said_there_is_time_to_say_what_came_of_it(scene: Scene, grace: str, due: datetime) -> None:
    cases.declare("timed", **declared(grace=grace))
    case = cases.reported(scene.town.community, "timed", by=scene.resident, values={"ends": "2026-06-04 12:00"})
    cases.moved(case, "dispatch", by=scene.worker, at=NOW, body_id=scene.department.pk)
    main = clock(case)
    assert (main.due_at, clocks.rederive(main).at) == (due, due)
    case = cases.moved(case, "take", by=scene.clerk, at=NOW + HOUR, values={"ends_anew": "2026-06-02 12:00"})
    assert clock(case).due_at < due


def test_the_database_refuses_a_clock_due_after_its_last_moment(scene: Scene) -> None:
    main = clock(sent(scene))
    for wrong in ({"due_at": china(6, 5)}, {"due_at": None}, {"plain_due_at": china(6, 5)}):
        with pytest.raises(IntegrityError, match="case_clock_is_due_by_its_last_moment"), transaction.atomic():
            CaseClock.objects.filter(pk=main.pk).update(**wrong)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends_with": ["end"]}, "“end” is no field of this type; mend: “ends”?"),
        ({"ends_with": ["done"]}, "“done” is a text, and neither a moment nor a date"),
        ({"ends_with": None, "grace": "1 day"}, "has time left after nothing"),
        ({"extendable": True}, "ends at a moment that was said, and can be extended"),
        ({"ends_with": "ends"}, "ends_with"),
    ],
)
def test_the_checker_refuses_what_ends_nothing(changes: dict[str, Any], says: str) -> None:
    assert check(cases.content(**declared())) == []
    assert check(cases.content(**declared(ends_with=["since", "ends"], grace="1 working day"))) == []
    assert [says in str(fault) for fault in check(cases.content(**declared(**changes)))] == [True]
