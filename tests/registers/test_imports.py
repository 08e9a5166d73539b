"""Files taken over: whole or not at all, the same twice without effect, by whoever may, and nothing half done."""

import csv
import random
import resource
from datetime import timedelta

import pytest
from django.db import connection

from liren.foundation.kernel.errors import BadInput, NotAllowed
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries, services
from liren.foundation.registers.engine import tables
from liren.foundation.registers.models import Book, Coverage, Entry, EntryChange, ImportBatch, IncomingLine
from liren.foundation.registers.services.imports import compare, report
from liren.foundation.registers.services.imports import lines as lines_of
from tests import make
from tests.make import registers as build

HEADER = "名称,单元代码,面积,每天开放,活动频次,说明"
LATER = build.NOW + timedelta(days=40)


def take(path, *, by=build.SYSTEM, at=build.NOW, **facts):
    return services.import_entries("reading_room", path, by=by, at=at, **facts)


def table(tmp_path, *lines, header=HEADER, name="rooms.csv", **facts):
    return build.csv_file(tmp_path / name, header, *lines, **facts)


def said(found) -> list[str]:
    return [str(fault) for fault in found.faults]


def untouched() -> bool:
    return not (
        Entry.objects.exists()
        or EntryChange.objects.exists()
        or ImportBatch.objects.exists()
        or IncomingLine.objects.exists()
    )


def test_a_file_becomes_entries_with_history_batch_audit_and_coverage(town, rooms, tmp_path):
    path = table(
        tmp_path,
        f"柳荫书屋,{town.willow.code},１２０㎡,是,每周,靠河",
        f"梅园书屋,{town.plum.name_zh},80,否,,",
        encoding="gb18030",
    )
    found = take(path, source="文化站报表")
    assert (found.written, found.lines, found.new, found.fault_count) == ("GB18030 (GBK)", 2, 2, 0)
    first = Entry.objects.get(number=1)
    assert (first.name_zh, first.unit_id, first.values) == (
        "柳荫书屋", town.willow.pk, {"area": 120, "open_daily": True, "rhythm": "weekly", "note": "靠河"},
    )  # fmt: skip
    line = EntryChange.objects.get(entry=first)
    assert (line.kind, line.values, line.batch_id) == ("imported", first.values, found.batch)
    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.source, batch.new, len(batch.digest)) == ("rooms.csv", "文化站报表", 2, 64)
    assert AuditEntry.objects.filter(action="registers.import").get().facts["new"] == 2
    assert Book.objects.get().last_number == 2
    assert Coverage.objects.filter(measure="rooms_covered", unit=town.city).get().value > 33
    assert [row.name for row in queries.entries(rooms, ANONYMOUS, q="靠河").rows] == ["柳荫书屋"]
    assert not IncomingLine.objects.exists()
    assert queries.detail(rooms, 1, ANONYMOUS).source == "文化站报表"


def test_the_same_file_again_changes_nothing_and_a_changed_line_one_entry(town, rooms, tmp_path):
    lines = [f"书屋{n},{town.willow.code},{n},是,每周," for n in range(5)]
    take(table(tmp_path, *lines))
    again = take(table(tmp_path, *lines), at=LATER)
    assert (again.new, again.changed, again.unchanged, again.batch) == (0, 0, 5, None)
    lines[3] = f"书屋3,{town.willow.code},33,否,,新"
    some = take(table(tmp_path, *lines), at=LATER)
    assert (some.new, some.changed, some.unchanged) == (0, 1, 4)
    entry = Entry.objects.get(number=4)
    assert (entry.values, EntryChange.objects.count()) == ({"area": 33, "open_daily": False, "note": "新"}, 6)


def test_columns_that_are_not_in_the_file_leave_their_fields(town, rooms, tmp_path):
    build.room(town.willow, name="柳荫书屋", area="1", note="靠河", name_en="Willow", lon=104, lat=30)
    found = take(table(tmp_path, f"柳荫书屋,{town.willow.code},120", header="名称,单元代码,面积"), at=LATER)
    entry = Entry.objects.get()
    assert (found.changed, entry.values, entry.name_en, entry.lon) == (1, {"area": 120, "note": "靠河"}, "Willow", 104)
    assert len(queries.entries(rooms, ANONYMOUS, q="靠河").rows) == 1


def test_a_number_names_the_entry_whatever_its_name_and_unit(town, rooms, tmp_path):
    build.room(town.willow, name="旧名")
    take(table(tmp_path, f"1,新名,{town.plum.code}", header="编号,名称,单元代码"), at=LATER)
    entry = Entry.objects.get()
    assert (entry.name_zh, entry.unit_id, EntryChange.objects.count()) == ("新名", town.plum.pk, 2)


def test_what_was_exported_can_be_imported_unchanged(town, rooms, tmp_path):
    build.room(
        town.willow,
        name="=柳荫",
        area="120.5",
        open_daily="是",
        rhythm="weekly",
        readers="3",
        lon=104.123456,
        lat=30,
        opened_on="2020-01-01",
    )
    build.room(town.plum, name="梅园书屋")
    (tmp_path / "out.csv").write_text("".join(queries.csv_export(rooms, build.SYSTEM)), newline="")
    found = take(tmp_path / "out.csv", at=LATER)
    assert said(found) == []
    assert found.changed + found.unchanged == 2
    queries.xlsx_export(rooms, build.SYSTEM, tmp_path / "out.xlsx")
    found = take(tmp_path / "out.xlsx", at=LATER)
    assert (said(found), found.new) == ([], 0)


def test_every_fault_is_told_by_line_and_nothing_is_written(town, rooms, tmp_path):
    path = table(
        tmp_path,
        f"柳荫书屋,{town.willow.code},120平米左右,是,每周,",
        "梅园书屋,123456789012,80,否,,",
        f",{town.plum.code},80,也许,从不,",
        "",
        f"好的,{town.plum.code},80,是,,",
        f"好的,{town.plum.code},90,是,,",
        f"街上的,{town.east.code},80,是,,",
        f"太多,{town.plum.code},80,是,,,多余",
    )
    found = take(path)
    assert said(found) == [
        "2: “120平米左右”不是以平方米计的数，请填 120。",
        "3: 没有可以登记在其下的单元 123456789012。",
        "4: 名称必须填写。",
        "4: “也许”既不是“是”也不是“否”，请填 是 或 否。",
        "4: 活动频次没有“从不”这一项，请从以下选择：每周、每月。",
        f"8: 没有可以登记在其下的单元 {town.east.code}。",
        "9: 这一行的单元格比表头多。",
        "7: 同一条登记已在第 6 行出现。",
    ]
    assert untouched()


def test_the_first_thousand_faults_are_kept_and_all_are_counted(town, rooms, tmp_path):
    found = take(table(tmp_path, *(f"书屋{n},nowhere,,,," for n in range(1200))))
    assert (len(found.faults), found.fault_count, report.MOST_FAULTS) == (1000, 1200, 1000)


def test_columns_that_can_not_be_used_are_told_before_any_line_is_read(town, rooms, tmp_path):
    found = take(table(tmp_path, "x", header="名称,面机"))
    assert [fault.line for fault in found.faults] == [1, 1]
    assert untouched()


def test_merged_cells_and_formulas_are_told_by_line(town, rooms, tmp_path):
    rows = [["单元代码", "名称", "面积"], [town.willow.code, "甲", 1], [None, "乙", "=1+1"]]
    found = take(build.xlsx_file(tmp_path / "a.xlsx", *rows, merged="A2:A3"))
    assert {fault.line for fault in found.faults} == {3}
    assert any("A2:A3" in fault.says for fault in found.faults)
    assert any("C3" in fault.says for fault in found.faults)
    assert untouched()


def test_a_dry_run_says_the_same_and_writes_nothing(town, rooms, tmp_path):
    found = take(table(tmp_path, f"柳荫书屋,{town.willow.code},120,是,,"), dry_run=True)
    assert (found.new, found.batch) == (1, None)
    assert untouched()
    assert not Coverage.objects.exists()


def test_two_entries_of_one_name_need_their_number(town, rooms, tmp_path):
    build.room(town.willow, name="书屋")
    build.room(town.willow, name="书屋")
    found = take(table(tmp_path, f"书屋,{town.willow.code},1,,,"))
    assert "1, 2" in said(found)[0]
    found = take(table(tmp_path, f"7,书屋,{town.willow.code}", header="编号,名称,单元代码"))
    assert "7" in said(found)[0]


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "甲", "99999999999", "9" * 400, "2147483648"])
def test_a_number_that_is_none_is_told(town, rooms, tmp_path, number):
    found = take(table(tmp_path, f"{number},书屋,{town.willow.code}", header="编号,名称,单元代码"))
    assert found.fault_count == 1


def test_a_closed_entry_is_not_changed_by_a_file_that_does_not_speak_of_its_end(town, rooms, tmp_path):
    build.room(town.willow, name="书屋", opened_on="2020-01-01")
    services.close_entry("reading_room", 1, reason="x", by=build.SYSTEM, at=build.NOW)
    found = take(table(tmp_path, f"1,书屋,{town.willow.code}", header="编号,名称,单元代码"))
    assert found.fault_count == 1
    found = take(table(tmp_path, f"1,书屋,{town.willow.code},", header="编号,名称,单元代码,结束日期"))
    assert (found.changed, Entry.objects.get().closed_on) == (1, None)


def test_names_of_units_count_within_the_importers_reach(town, rooms, tmp_path):
    worker = make.official("community_worker", town.willow)
    assert take(table(tmp_path, "柳荫书屋,柳荫社区,,,,"), by=worker).new == 1
    found = take(table(tmp_path, f"梅园书屋,{town.plum.code},,,,"), by=worker)
    assert "梅园社区" in said(found)[0]
    assert Entry.objects.count() == 1


def test_an_entry_moves_only_where_the_importer_reaches_both_units(town, rooms, tmp_path):
    build.room(town.plum, name="梅园书屋")
    worker = make.official("community_worker", town.willow)
    found = take(table(tmp_path, f"1,梅园书屋,{town.willow.code}", header="编号,名称,单元代码"), by=worker)
    assert "梅园社区" in said(found)[0]
    street = make.official("street_officer", town.east)
    assert take(table(tmp_path, f"1,梅园书屋,{town.willow.code}", header="编号,名称,单元代码"), by=street).changed == 1


def test_a_register_kept_by_streets_is_not_imported_by_a_community(town, tmp_path):
    build.declared(kept_by="street")
    worker = make.official("community_worker", town.willow)
    assert take(table(tmp_path, "柳荫书屋,柳荫社区,,,,"), by=worker).fault_count == 1
    assert take(table(tmp_path, "柳荫书屋,柳荫社区,,,,"), by=make.official("street_officer", town.east)).new == 1


@pytest.mark.parametrize("role", ["planner", "auditor"])
def test_who_holds_no_power_imports_nothing(town, rooms, tmp_path, role):
    for who in (make.official(role, town.city), ANONYMOUS):
        with pytest.raises(NotAllowed):
            take(table(tmp_path, "柳荫书屋,柳荫社区,,,,"), by=who)


@pytest.mark.parametrize(
    "cell", ["a\\N", "\\.", "a\tb", "'; DROP TABLE registers_entry; --", "甲\\乙", '"引"', '{"a": 1}', "\\x00"]
)
def test_cells_that_look_like_commands_are_texts(town, rooms, tmp_path, cell):
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["名称", "单元代码", "说明"], [cell, town.willow.code, cell]])
    assert said(take(path)) == []
    entry = Entry.objects.get()
    assert (entry.name_zh, entry.values["note"]) == (" ".join(cell.split()), " ".join(cell.split()))


def test_a_file_that_breaks_off_or_is_too_long_is_refused_whole(town, rooms, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_LINES", 5)
    with pytest.raises(BadInput, match="5"):
        take(table(tmp_path, *(f"书屋{n},{town.willow.code},,,," for n in range(6))))
    path = table(tmp_path, f"书屋,{town.willow.code},,,,")
    path.write_bytes(path.read_bytes() + b'"never ends')
    with pytest.raises(BadInput):
        take(path)
    assert untouched()


def test_an_interruption_half_way_leaves_nothing(town, rooms, tmp_path, monkeypatch):
    def broken(self):
        assert (Entry.objects.count(), EntryChange.objects.count()) == (1, 1)
        raise KeyboardInterrupt

    monkeypatch.setattr(compare.Incoming, "change", broken)
    from django.db import transaction

    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        take(table(tmp_path, f"书屋,{town.willow.code},,,,"))
    assert untouched()


@pytest.mark.slow
def test_a_large_file_takes_little_memory(town, rooms, tmp_path):
    chance = random.Random(1)
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.split(","))
        for number in range(20_000):
            writer.writerow([f"书屋{number}", town.willow.code, chance.randint(1, 900), "是", "每周", "说明" * 60])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert take(path, dry_run=True).new == 20_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000
    assert connection.is_usable()


@pytest.mark.slow
def test_the_largest_table_is_read_to_its_end_in_little_memory_and_its_faults_are_named(town, rooms, tmp_path):
    """300,000 lines by the real way. One of a hundred is good, so that the time goes into reading and checking."""
    path = tmp_path / "largest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("名称,单元代码,面积\n")
        areas = ("许多" if number % 100 else "80" for number in range(tables.MOST_LINES))
        file.writelines(f"书屋{number},{town.willow.code},{area}\n" for number, area in enumerate(areas))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = take(path, dry_run=True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
    assert (found.lines, found.fault_count, found.new) == (tables.MOST_LINES, tables.MOST_LINES * 99 // 100, 0)
    assert [one.line for one in found.faults] == [n + 2 for n in range(1011) if n % 100][: report.MOST_FAULTS]
    assert {one.field for one in found.faults} == {"area"}
    assert untouched()


def test_many_lines_are_never_gone_through_for_each_of_them(town, rooms, tmp_path):
    """Statistics are of runs that are gone: the planner would take a thousand lines for one, and square the work."""
    lines = [f"书屋{number},{town.willow.code},80,是,每周," for number in range(1100)]
    path = build.csv_file(tmp_path / "many.csv", HEADER, *lines)
    plans = []

    def explained(execute, sql, params, many, context):
        if "registers_incomingline" in str(sql):
            with context["connection"].cursor() as cursor:
                cursor.cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(row[0] for row in cursor.cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        assert (take(path).new, take(path).unchanged) == (1100, 1100)
    assert len(plans) > 15
    assert [plan for plan in plans if "Nested Loop" in plan] == []
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)


@pytest.mark.parametrize("large", [10, 1000])
def test_what_is_wrong_in_the_last_slice_takes_back_the_first(town, rooms, tmp_path, monkeypatch, large):
    """Slices are written while others are read: numbers in the order of lines, and a name of the first is not there."""
    monkeypatch.setattr(lines_of, "BATCH", 3)
    monkeypatch.setattr(lines_of, "AHEAD", 1)
    lines = [f"书屋{n},{town.willow.code},{n},是,每周," for n in range(40)]
    twice = take(table(tmp_path, *lines, f"书屋2,{town.willow.code},1,是,,"))
    assert [(fault.line, fault.field) for fault in twice.faults] == [(42, "name_zh")]
    late = take(table(tmp_path, *lines, f"书屋40,{town.willow.code},一,是,,"))
    assert [(fault.line, fault.field) for fault in late.faults] == [(42, "area")]
    numbers = [f",书屋{n},{town.willow.code}" for n in range(40)]
    own = take(table(tmp_path, *numbers, f"1,书屋,{town.willow.code}", header="编号,名称,单元代码"))
    assert [(fault.line, fault.field) for fault in own.faults] == [(42, "number")]
    assert untouched()
    monkeypatch.setattr(compare, "LARGE", large)
    right = take(table(tmp_path, *lines))
    again = take(table(tmp_path, *lines, f"书屋40,{town.plum.code},1,是,,"))
    assert (again.new, again.unchanged) == (1, 40)
    assert (right.new, Book.objects.get().last_number) == (40, 41)
    assert list(Entry.objects.order_by("number").values_list("name_zh", flat=True)) == [f"书屋{n}" for n in range(41)]
    assert EntryChange.objects.filter(batch=right.batch).count() == 40
