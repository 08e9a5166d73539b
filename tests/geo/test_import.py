"""Taking over the national list: new, renamed, unchanged, missing; all or nothing; and again, nothing."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import Level, Op, Unit, UnitChange, UnitSpan
from liren.foundation.territory.services.imports import bulk
from liren.foundation.territory.services.imports.divisions import import_divisions
from tests.make.geo import LISTS, division_list, with_line
from tests.make.territory import NOW, SYSTEM, papers

pytestmark = pytest.mark.django_db
DAY = date(2023, 6, 30)
LATER = date(2024, 6, 30)


def take(folder, **changes):
    return import_divisions(folder, **{"effective_on": DAY, "by": SYSTEM, "at": NOW, **changes})


def listed():
    return Unit.objects.filter(code__startswith="99")


def everything():
    """Every row an import could touch, as it stands."""
    return (
        list(Unit.objects.order_by("id").values()),
        list(UnitSpan.objects.order_by("id").values()),
        list(UnitChange.objects.order_by("id").values()),
        AuditEntry.objects.count(),
    )


@pytest.mark.requirement("R023")
def test_a_list_becomes_a_tree_with_dated_parents(tmp_path):
    report = take(division_list(tmp_path))
    assert (report.new, report.unchanged, report.left_out, report.faults) == (17, 0, 3, [])
    unit = Unit.objects.get(code="990102001001")
    chain = [above.name_zh for above in queries.chain(unit)]
    assert chain == ["里仁省", "里仁市", "望江区", "东街街道", "柳荫社区居委会"]
    assert unit.path == "/" + "/".join(str(above.unit_id) for above in queries.chain(unit)) + "/"
    span = UnitSpan.objects.get(unit=unit)
    assert (span.during.lower, span.during.upper, span.parent_level) == (DAY, None, Level.STREET)
    assert (span.name_zh, span.code, span.kind) == (unit.name_zh, unit.code, "community")


@pytest.mark.requirement("R023")
def test_a_city_without_districts_is_one_level_flatter(tmp_path):
    take(division_list(tmp_path))
    levels = [above.level for above in queries.chain(Unit.objects.get(code="990201001001"))]
    assert levels == [Level.PROVINCE, Level.CITY, Level.STREET, Level.COMMUNITY]


def test_imported_units_are_found_by_short_name_pinyin_and_initials(tmp_path):
    take(division_list(tmp_path))
    for words in ("柳荫社区", "柳荫社区居委会", "liuyinshequ", "lysq"):
        assert [hit.unit.code for hit in queries.search_units(words, ANONYMOUS)] == ["990102001001"], words


def test_an_import_is_one_change_and_one_entry_in_the_audit_log(tmp_path):
    take(division_list(tmp_path))
    change = UnitChange.objects.get()
    assert (change.op, change.effective_on, change.actor) == (Op.IMPORT, DAY, "system:test")
    entry = AuditEntry.objects.get(action="territory.import")
    assert entry.facts["new"] == 17


def test_the_second_import_changes_nothing(tmp_path):
    folder = division_list(tmp_path)
    take(folder)
    before = everything()
    report = take(folder, effective_on=LATER)
    assert (report.new, report.renamed, report.unchanged, report.missing) == (0, [], 17, [])
    assert everything() == before


def test_one_city_comes_alone_and_the_country_later_completes_it(tmp_path):
    folder = division_list(tmp_path)
    assert take(folder, city="9902").new == 4
    assert set(listed().values_list("name_zh", flat=True)) == {"里仁省", "仁关市", "雄关街道", "福民社区居委会"}
    rest = take(folder, effective_on=LATER)
    assert (rest.new, rest.unchanged) == (13, 4)


@pytest.mark.parametrize("city", ["9902", "990200", "990200000000", "990201", " 9902 "])
def test_a_city_may_be_named_by_any_of_its_codes(tmp_path, city):
    assert take(division_list(tmp_path), city=city).new == 4


@pytest.mark.parametrize("city", ["9909", "6202", "99x2", "0", "９９０２", "990200000001", "9" * 40, "\0"])
def test_an_unknown_city_is_refused_in_one_line(tmp_path, city):
    with pytest.raises(BadInput, match=r"^There is no unit with the code .* in this list\.$"):
        take(division_list(tmp_path), city=city)
    assert listed().count() == 0


def test_counties_gathered_in_no_place_can_be_asked_for(tmp_path):
    take(division_list(tmp_path), city="9990")
    assert set(listed().values_list("name_zh", flat=True)) == {"里仁省", "济仁市", "北海镇", "庙街村委会"}


@pytest.mark.requirement("R024")
def test_a_new_name_is_a_change_with_a_day_and_the_old_one_is_found(tmp_path):
    take(division_list(tmp_path / "a"))
    renamed = with_line("villages", 2, '990102001001,"杏花社区居委会",990102001,99,9901,990102')
    report = take(division_list(tmp_path / "b", villages=renamed), effective_on=LATER)
    assert report.renamed == [("990102001001", "柳荫社区居委会", "杏花社区居委会")]
    unit = Unit.objects.get(code="990102001001")
    assert unit.name_zh == "杏花社区居委会"
    assert queries.span_on(unit, date(2024, 6, 29)).name_zh == "柳荫社区居委会"
    assert queries.span_on(unit, LATER).name_zh == "杏花社区居委会"
    assert [hit.unit.pk for hit in queries.search_units("柳荫社区", ANONYMOUS)] == [unit.pk]


def test_another_spelling_of_the_legal_form_is_no_new_name(tmp_path):
    take(division_list(tmp_path / "a"))
    spelt = with_line("villages", 2, '990102001001,"柳荫社区居民委员会",990102001,99,9901,990102')
    report = take(division_list(tmp_path / "b", villages=spelt), effective_on=LATER)
    assert (report.renamed, report.unchanged) == ([], 17)


def test_a_unit_missing_in_the_new_list_is_reported_and_kept(tmp_path):
    take(division_list(tmp_path / "a"))
    report = take(division_list(tmp_path / "b", villages=LISTS["villages"][:-1]), effective_on=LATER)
    assert (report.missing, report.new) == (["999001100200"], 0)
    assert Unit.objects.get(code="999001100200").closed_on is None


def test_an_ended_unit_stays_ended_and_is_reported(tmp_path):
    folder = division_list(tmp_path)
    take(folder)
    services.abolish_unit(Unit.objects.get(code="999001100200").pk, **papers(LATER))
    report = take(folder, effective_on=date(2025, 1, 1))
    assert (report.closed, report.new, report.missing) == (["999001100200"], 0, [])


def test_a_unit_moved_by_decision_stays_where_it_was_put(tmp_path):
    folder = division_list(tmp_path)
    take(folder)
    unit, town = Unit.objects.get(code="990102001002"), Unit.objects.get(code="990102100000")
    services.move_unit(unit.pk, parent_id=town.pk, **papers(LATER))
    report = take(folder, effective_on=date(2025, 1, 1))
    assert report.elsewhere == ["990102001002"]
    assert Unit.objects.get(pk=unit.pk).parent_id == town.pk


def test_a_unit_cannot_begin_before_the_one_above_it(tmp_path):
    folder = division_list(tmp_path)
    take(folder, city="9902", effective_on=LATER)
    with pytest.raises(BadInput, match="would begin before the unit above it, which begins on 2024-06-30"):
        take(folder, effective_on=DAY)
    assert listed().count() == 4


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    before = everything()
    report = take(division_list(tmp_path), dry_run=True)
    assert report.new == 17
    assert everything() == before


def test_a_dirty_list_is_reported_and_nothing_is_written(tmp_path):
    before = everything()
    report = take(division_list(tmp_path, villages=with_line("villages", 7, "999001100200,庙街")))
    assert [str(fault) for fault in report.faults] == ["villages.csv:7: 2 columns where 6 are expected"]
    assert report.new == 0
    assert everything() == before


def test_only_the_system_may_take_over_a_list(tmp_path):
    with pytest.raises(NotAllowed):
        take(division_list(tmp_path), by=ANONYMOUS)
    assert listed().count() == 0


def test_names_with_a_backslash_arrive_as_they_are(tmp_path):
    odd = with_line("villages", 2, '990102001001,"柳\\荫\\N社区",990102001,99,9901,990102')
    take(division_list(tmp_path, villages=odd))
    assert Unit.objects.get(code="990102001001").name_zh == "柳\\荫\\N社区"


@pytest.mark.parametrize("stage", ["units", "history", "checks"])
def test_an_interruption_half_way_leaves_nothing(tmp_path, stage):
    class Interruption(Exception):
        pass

    def interrupt(now, done, total):
        if now == stage:
            raise Interruption

    before = everything()
    with pytest.raises(Interruption), transaction.atomic():
        take(division_list(tmp_path), progress=interrupt)
    assert everything() == before


KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import UTC, date, datetime
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.territory.services.imports.divisions import import_divisions
def kill(stage, done, total):
    if stage == "checks":
        print("half way", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
import_divisions(sys.argv[1], effective_on=date(2023, 6, 30), by=SystemActor("test"),
                 at=datetime(2026, 6, 1, tzinfo=UTC), progress=kill)
"""


@pytest.mark.slow
def test_a_process_killed_half_way_leaves_nothing(tmp_path):
    place = connection.settings_dict
    port = f"&port={place['PORT']}" if place["PORT"] else ""
    address = f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}{port}"
    if place["PASSWORD"]:
        pytest.skip("the test server asks for a password")
    settings = {"DATABASE_URL": address, "DATABASE_OWNER_URL": address, "LIREN_ROLE": "owner"}
    root = Path(__file__).resolve().parents[2]
    settings |= {"DJANGO_SETTINGS_MODULE": "liren.config.settings", "PYTHONPATH": str(root)}
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(division_list(tmp_path))],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.stdout, ran.returncode) == ("half way\n", -9), ran.stderr
    assert listed().count() == 0


def definitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE conrelid::regclass::text"
            " IN ('territory_unit', 'territory_unitspan') ORDER BY 1"
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('territory_unit', 'territory_unitspan')"
            " ORDER BY 1"
        )
        return constraints, cursor.fetchall()


def test_indexes_made_behind_a_great_load_are_the_same_as_before(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "WORTH_REBUILDING", 1)
    before = definitions()
    assert take(division_list(tmp_path)).new == 17
    assert definitions() == before
    assert len(before[0]) > 10


def test_what_the_indexes_refuse_is_refused_behind_a_great_load(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "WORTH_REBUILDING", 1)
    take(division_list(tmp_path))
    row = UnitSpan.objects.filter(code="990102001001").values_list("pk", flat=True).get()
    columns = "unit_id, level, code, kind, character, name_zh, name_en, parent_id, parent_level, during, opened_by_id"
    again = f"INSERT INTO territory_unitspan ({columns}, search_text) SELECT {columns}, search_text"
    refused = pytest.raises(IntegrityError, match="overlaps|at_a_time")
    with (
        refused,
        transaction.atomic(),
        bulk.rebuilt_behind("territory_unitspan", rows=1),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"{again} FROM territory_unitspan WHERE id = %s", [row])


def test_the_role_of_the_web_can_take_over_a_list_too(tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "WORTH_REBUILDING", 1)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE liren_app")
    assert take(division_list(tmp_path)).new == 17
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert listed().count() == 17


@pytest.mark.slow
@pytest.mark.needs_data
@pytest.mark.requirement("R023")
@pytest.mark.parametrize(("city", "committees", "districts"), [("6202", 48, 0), ("5101", 3047, 20)])
def test_the_real_cities_come_whole_and_the_second_import_changes_nothing(shared_data, city, committees, districts):
    folder = shared_data / "divisions"
    report = take(folder, city=city)
    units = Unit.objects.filter(code__startswith=city)
    assert report.faults == []
    assert units.filter(level=Level.COMMUNITY).count() == committees
    assert units.filter(level=Level.DISTRICT).count() == districts
    assert UnitSpan.objects.filter(code__startswith=city).count() == units.count()
    before = everything()
    again = take(folder, city=city, effective_on=LATER)
    assert (again.new, again.renamed, again.missing, again.unchanged) == (0, [], [], report.new)
    assert everything() == before
