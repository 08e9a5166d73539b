"""The dispatch catalogue: who is responsible and why, rules by days, files in, and what a change would move."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from liren.foundation.bodies import services as body_services
from liren.foundation.kernel.errors import BadInput, Conflict, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.people.models import Account
from liren.service.cases.models import Case, DispatchRule
from liren.service.cases.models.declared import NoType, type_of
from liren.service.cases.queries import dispatch
from liren.service.cases.queries.dispatch import reasons, responsible
from liren.service.cases.services import catalogue
from liren.service.cases.services.catalogue_files import Change, dry_run, import_rules
from liren.service.cases.services.faults import BadReport
from tests import make
from tests.cases.conftest import Scene
from tests.cases.test_clocks_rows import DAY
from tests.make import bodies, cases
from tests.make.cases import NOW

pytestmark = pytest.mark.django_db
TODAY, SINCE = date(2026, 6, 1), date(2026, 1, 1)
ONE = timedelta(days=1)


@pytest.fixture
def keeper(scene: Scene) -> Account:
    return make.official("district_admin", scene.town.district)


def rule(scene: Scene, keeper: Account, **changes: Any) -> DispatchRule:
    facts = {
        "category": "lamp",
        "unit_id": scene.town.district.pk,
        "body_id": scene.department.pk,
        "ground": "目录第3项",
    }
    return catalogue.add_rule("request", **{**facts, "since": SINCE, "by": keeper, "at": NOW, **changes})


def answer(scene: Scene, category: str = "lamp", on: date = TODAY, **more: Any) -> dispatch.Answer:
    return responsible(type_of("request"), category, scene.town.community, on, **more)


# --- who, and why ---


def test_nobody_is_responsible_where_no_rule_says_so(scene: Scene) -> None:
    found = answer(scene)
    assert (bool(found), found.body, found.rule) == (False, None, None)
    assert {one.word for one in found.why} == {dispatch.NOTHING}


def test_one_answer_costs_one_statement(scene: Scene, keeper: Account, django_assert_num_queries: Any) -> None:
    for place in (scene.town.district, scene.town.community):
        rule(scene, keeper, unit_id=place.pk)
    kind = type_of("request")
    with django_assert_num_queries(1):
        responsible(kind, "lamp", scene.town.community, TODAY)


def test_the_nearest_unit_decides(scene: Scene, keeper: Account) -> None:
    rule(scene, keeper)
    near = rule(scene, keeper, unit_id=scene.town.street.pk, body_id=scene.other.pk)
    assert (answer(scene).rule, answer(scene).body) == (near, scene.other)
    elsewhere = responsible(type_of("request"), "lamp", scene.town.cousin_community, TODAY)
    assert elsewhere.body == scene.department


def test_what_is_a_departments_task_does_not_fall_to_the_community_that_takes_the_rest(
    scene: Scene, keeper: Account
) -> None:
    committee = bodies.body(scene.town.community, "committee")
    rule(scene, keeper, category="", unit_id=scene.town.community.pk, body_id=committee.pk)
    rule(scene, keeper)
    assert (answer(scene, "lamp").body, answer(scene, "waste").body) == (scene.department, committee)
    assert answer(scene, "").body == committee


def test_why_here_names_every_unit_asked_from_near_to_far(scene: Scene, keeper: Account) -> None:
    rule(scene, keeper)
    rule(
        scene,
        keeper,
        category="",
        unit_id=scene.town.city.pk,
        body_id=bodies.body(scene.town.city).pk,
        by=make_city(scene),
    )
    lines = reasons(answer(scene))
    town = scene.town
    assert [(one.unit, one.word) for one in lines[:3]] == [
        (town.community, dispatch.NOTHING), (town.street, dispatch.NOTHING), (town.district, dispatch.DECIDES),
    ]  # fmt: skip
    assert [(one.unit, one.category, one.word) for one in lines[3:]] == [(town.city, "", dispatch.FARTHER)]
    assert (lines[2].body, lines[2].ground) == (scene.department, "目录第3项")


def make_city(scene: Scene) -> Account:
    return make.official("city_admin", scene.town.city)


def test_a_body_that_is_gone_or_concerned_is_passed_over(scene: Scene, keeper: Account) -> None:
    rule(scene, keeper, unit_id=scene.town.street.pk)
    rule(scene, keeper, body_id=scene.other.pk)
    concerned = answer(scene, about_body_id=scene.department.pk)
    assert concerned.body == scene.other
    assert dispatch.CONCERNED in {one.word for one in concerned.why}
    body_services.dissolve_body(
        scene.department.pk, effective_on=TODAY, instrument="里编〔2026〕1号", by=cases.SYSTEM, at=NOW
    )
    gone = answer(scene)
    assert (gone.body, dispatch.OVER in {one.word for one in gone.why}) == (scene.other, True)


def test_a_new_case_goes_where_the_catalogue_says(scene: Scene, keeper: Account) -> None:
    rule(scene, keeper)
    case = cases.reported(scene.town.community, category="lamp")
    assert (case.body, case.state, case.dispatched_at) == (scene.department, "sent", NOW)
    assert cases.reported(scene.town.community, category="waste").body is None


# --- rules by days ---


def test_a_rule_holds_from_its_day_until_the_next_one_begins(scene: Scene, keeper: Account) -> None:
    first = rule(scene, keeper)
    later = rule(scene, keeper, body_id=scene.other.pk, since=TODAY)
    first.refresh_from_db()
    assert first.during == DateRange(SINCE, TODAY)
    assert (answer(scene, on=TODAY - ONE).body, answer(scene).body) == (scene.department, scene.other)
    catalogue.end_rule(later.pk, on=TODAY + ONE, by=keeper, at=NOW)
    assert answer(scene, on=TODAY + ONE).body is None
    assert AuditEntry.objects.filter(action__in=["cases.rule_added", "cases.rule_ended"]).count() == 4


def test_rules_of_one_kind_never_hold_at_one_time(scene: Scene, keeper: Account) -> None:
    first = rule(scene, keeper, until=TODAY)
    for since in (SINCE, SINCE + ONE, SINCE - ONE):
        with pytest.raises(Conflict):
            rule(scene, keeper, since=since)
    rule(scene, keeper, category="waste")
    first.pk = None
    with pytest.raises(IntegrityError, match="dispatch_rule_is_one_at_a_time"), transaction.atomic():
        first.save(force_insert=True)


def test_what_a_rule_cant_say_is_refused(scene: Scene, keeper: Account) -> None:
    far = bodies.body(scene.town.sibling_street, "social_organisation")
    wrong: list[dict[str, Any]] = [
        {"category": "unknown"}, {"unit_id": 0}, {"unit_id": 2**63}, {"body_id": 0}, {"body_id": 2**63},
        {"body_id": far.pk}, {"until": SINCE}, {"ground": " "}, {"ground": "字" * 301}, {"since": date(1990, 1, 1)},
    ]  # fmt: skip
    for one in wrong:
        with pytest.raises(BadInput):
            rule(scene, keeper, **one)
    with pytest.raises(NoType):
        catalogue.add_rule(
            "none", unit_id=scene.town.district.pk, body_id=scene.department.pk, ground="目录", since=SINCE, by=keeper,
            at=NOW,
        )  # fmt: skip
    with pytest.raises(BadReport):
        rule(scene, keeper, ground="")
    assert DispatchRule.objects.count() == 0


def test_only_who_keeps_the_catalogue_there_changes_it(scene: Scene, keeper: Account) -> None:
    made = rule(scene, keeper)
    elsewhere = make.official("district_admin", scene.town.sibling_district)
    for stranger in (elsewhere, scene.worker, scene.clerk, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            rule(scene, keeper, category="waste", by=stranger)
        with pytest.raises(NotAllowed):
            catalogue.end_rule(made.pk, on=TODAY, by=stranger, at=NOW)
    with pytest.raises(BadInput):
        catalogue.end_rule(made.pk, on=SINCE, by=keeper, at=NOW)
    with pytest.raises(catalogue.NoRule):
        catalogue.end_rule(made.pk + 1, on=TODAY, by=keeper, at=NOW)
    catalogue.end_rule(made.pk, on=TODAY, by=keeper, at=NOW)
    with pytest.raises(Conflict):
        catalogue.end_rule(made.pk, on=TODAY + ONE, by=keeper, at=NOW)


# --- what a change would do ---


def test_a_trial_shows_which_cases_would_go_elsewhere_and_writes_nothing(scene: Scene, keeper: Account) -> None:
    rule(scene, keeper)
    here = cases.reported(scene.town.community, category="lamp")
    cases.reported(scene.town.cousin_community, category="lamp")
    cases.reported(scene.town.community, category="waste")
    change = Change(type_of("request"), "lamp", scene.town.street, scene.other, "目录", TODAY)
    (moved,) = dry_run([change], by=keeper, at=NOW)
    assert (moved.unit_id, moved.before, moved.after) == (scene.town.community.pk, scene.department, scene.other)
    assert (moved.open, moved.recent, moved.named) == (1, 1, (here,))
    assert DispatchRule.objects.count() == 1


def test_a_trial_counts_closed_cases_of_ninety_days_and_no_older_ones(scene: Scene, keeper: Account) -> None:
    for days in (80, 100):
        case = cases.reported(scene.town.community, category="lamp", at=NOW - days * DAY, by=scene.resident)
        cases.moved(case, "withdraw", by=scene.resident, at=NOW - days * DAY)
    change = Change(type_of("request"), "", scene.town.district, scene.other, "目录", TODAY)
    (moved,) = dry_run([change], by=keeper, at=NOW)
    assert (moved.open, moved.recent, len(moved.named), moved.after) == (0, 1, 1, scene.other)


def test_a_trial_costs_the_same_for_any_number_of_cases(
    scene: Scene, keeper: Account, django_assert_max_num_queries: Any
) -> None:
    change = Change(type_of("request"), "", scene.town.district, scene.other, "目录", TODAY)
    for _ in range(2):
        for category in ("lamp", "waste"):
            cases.reported(scene.town.community, category=category)
        Account.objects.get(pk=keeper.pk)
        with django_assert_max_num_queries(8):
            assert len(dry_run([change], by=keeper, at=NOW)) == 2


def test_nobody_tries_on_cases_that_are_not_their_work(scene: Scene, keeper: Account) -> None:
    cases.reported(scene.town.community, category="lamp")
    change = Change(type_of("request"), "", scene.town.district, scene.other, "目录", TODAY)
    elsewhere = make.official("district_admin", scene.town.sibling_district)
    assert dry_run([change], by=elsewhere, at=NOW) == []
    with pytest.raises(NotAllowed):
        dry_run([change], by=scene.worker, at=NOW)


# --- files ---

HEADER = "类型,类别,区划,责任单位,依据,生效日期"


def csv(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = folder / "catalogue.csv"
    path.write_text("\n".join([header, *lines]), encoding=encoding)
    return path


def line(scene: Scene, category: str = "路灯", body: str = "市政处", **more: str) -> str:
    facts = {"type": "居民诉求", "category": category, "unit": scene.town.district.code, "body": body, "ground": "目录"}
    return ",".join({**facts, "since": "2026-06-01", **more}.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_rules_is_taken_over_once(scene: Scene, keeper: Account, tmp_path: Path, encoding: str) -> None:
    path = csv(tmp_path, line(scene), line(scene, "waste", "环卫处"), line(scene, "", "环卫处"), encoding=encoding)
    found = import_rules(path, by=keeper, at=NOW)
    assert (found.faults, found.lines, found.new, found.unchanged) == ([], 3, 3, 0)
    assert (answer(scene, "lamp").body, answer(scene, "waste").body) == (scene.department, scene.other)
    again = import_rules(path, by=keeper, at=NOW)
    assert (again.new, again.unchanged, DispatchRule.objects.count()) == (0, 3, 3)
    assert AuditEntry.objects.filter(action="cases.catalogue_imported").count() == 1


def test_a_workbook_is_taken_over_too(scene: Scene, keeper: Account, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["type", "category", "unit", "body", "ground", "since", "until"])
    code = scene.town.district.code
    book.active.append(["request", "lamp", code, "市政处", "目录", date(2026, 6, 1), date(2027, 1, 1)])
    book.active.append(["request", "", int(code), "环卫处", "目录", None, None])
    book.save(tmp_path / "rules.xlsx")
    found = import_rules(tmp_path / "rules.xlsx", by=keeper, at=NOW)
    assert (found.faults, found.new) == ([], 2)
    assert DispatchRule.objects.get(category="lamp").during == DateRange(TODAY, date(2027, 1, 1))
    assert DispatchRule.objects.get(category="").during == DateRange(TODAY, None)


def test_with_one_fault_nothing_is_written_and_every_fault_names_its_line(
    scene: Scene, keeper: Account, tmp_path: Path
) -> None:
    far = bodies.body(scene.town.sibling_street, "social_organisation", name_zh="远方社")
    path = csv(
        tmp_path,
        line(scene),
        line(scene, type="没有的事"),
        line(scene, "没有"),
        line(scene, "waste", unit="999"),
        line(scene, "waste", body="没有处"),
        line(scene, "waste", body=far.name_zh),
        line(scene, "waste", ground=""),
        line(scene, "waste", since="六月一日"),
        line(scene),
        line(scene, "waste", unit=scene.town.sibling_district.code),
        line(scene, "waste"),
    )
    found = import_rules(path, by=keeper, at=NOW)
    assert [one.line for one in found.faults] == [3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert [one.field for one in found.faults] == [
        "type", "category", "unit", "body", "body", "ground", "since", "", "body",
    ]  # fmt: skip
    assert DispatchRule.objects.count() == 0


def test_a_line_that_overlaps_what_holds_later_is_a_fault_of_that_line(
    scene: Scene, keeper: Account, tmp_path: Path
) -> None:
    rule(scene, keeper, since=TODAY + 9 * ONE)
    found = import_rules(csv(tmp_path, line(scene, "waste"), line(scene)), by=keeper, at=NOW)
    assert [one.line for one in found.faults] == [3]
    assert DispatchRule.objects.count() == 1


def test_a_trial_run_of_a_file_shows_what_would_move(scene: Scene, keeper: Account, tmp_path: Path) -> None:
    rule(scene, keeper)
    case = cases.reported(scene.town.community, category="lamp")
    found = import_rules(csv(tmp_path, line(scene, body="环卫处")), dry_run=True, by=keeper, at=NOW)
    (moved,) = found.moved
    assert (moved.before, moved.after, moved.named) == (scene.department, scene.other, (case,))
    assert (found.new, DispatchRule.objects.get().body) == (1, scene.department)
    assert not AuditEntry.objects.filter(action="cases.rule_ended").exists()
    assert Case.objects.get(pk=case.pk).body == scene.department


@pytest.mark.parametrize(
    "content", [b"", b"\0\0", b"PK\x03\x04 broken", "类型,类别\n".encode(), b"\xff\xfe\x00", b"a;b;c"]
)
def test_what_is_no_catalogue_is_refused_whole(keeper: Account, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        import_rules(path, by=keeper, at=NOW)


def test_only_who_keeps_a_catalogue_imports_one(scene: Scene, tmp_path: Path) -> None:
    for stranger in (scene.worker, scene.resident, ANONYMOUS):
        with pytest.raises(NotAllowed):
            import_rules(csv(tmp_path, line(scene)), by=stranger, at=NOW)
