"""Registers at the size of a city: pages, coverage, imports.

    script/bench registers                                       3,000 communities, 145 registers, 3 million entries
    script/bench registers --communities 300 --entries 300000    a tenth of it

Fills a database of its own (dropped afterwards) with made-up registers and entries, each with its line of history, and
measures on the server's side: a page of a list read and made ready to be shown, for readers at every level; coverage of
all registers at all levels; an import of a file. Beside the clock stands what it takes of a processor, here and in
PostgreSQL.
"""

import argparse
import csv
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scratch import processor, scratch_database

DAY = date(2020, 1, 1)
CITY = "9901"
COMMUNITIES_OF_A_STREET, STREETS_OF_A_DISTRICT = 15, 10
WORDS = "柳荫梅园石桥望江东街西门福民岗贝庙街清水河湾文昌翠微锦绣和平建设光明红旗胜利向阳长青"


def declaration(number: int) -> dict[str, Any]:
    """A made-up register with the usual mixture of fields and two measures."""
    return {
        "code": f"made_up_{number:03}",
        "name": {"zh": f"登记册{number:03}", "en": f"Register {number:03}"},
        "purpose": {"zh": "测量用。", "en": "For measuring."},
        "group": "services",
        "level": ["community"],
        "kept_by": "community",
        "visible": "public",
        "place": "optional",
        "review_days": 365,
        "fields": [
            {"code": "area", "name": {"zh": "面积", "en": "Area"}, "kind": "number", "unit": "m2", "in_list": True},
            {"code": "working", "name": {"zh": "运行", "en": "Working"}, "kind": "yes_no"},
            {
                "code": "rhythm",
                "name": {"zh": "频次", "en": "Rhythm"},
                "kind": "choice",
                "in_list": True,
                "choices": [
                    {"code": one, "zh": zh, "en": one} for one, zh in (("weekly", "每周"), ("monthly", "每月"))
                ],
            },
            {
                "code": "visitors",
                "name": {"zh": "人次", "en": "Visitors"},
                "kind": "number",
                "unit": "person",
                "whole": True,
                "counts_people": True,
            },
            {"code": "note", "name": {"zh": "说明", "en": "Note"}, "kind": "text"},
            {"code": "built_on", "name": {"zh": "建成日期", "en": "Built on"}, "kind": "date"},
        ],
        "coverage": [
            {
                "code": f"covered_{number:03}",
                "name": {"zh": "覆盖率", "en": "Covered"},
                "measure": "units",
                "level": "community",
                "where": [{"field": "working", "is": True}],
            },
            {
                "code": f"space_{number:03}",
                "name": {"zh": "每百户面积", "en": "Space"},
                "measure": "rate",
                "sum": "area",
                "per": "households",
                "unit": "m2_per_100_households",
            },
        ],
    }  # fmt: skip


def tree(communities: int) -> list[Any]:
    """A city of so many communities, fifteen to a street and ten streets to a district, straight into the tables."""
    from django.db import connection

    from liren.foundation.territory.models import Op, Population, Unit, UnitChange
    from liren.foundation.territory.models.words import search_text

    made: list[Unit] = []

    def unit(level: int, code: str, parent: Unit | None, kind: str) -> Unit:
        pk = len(made) + 1
        one = Unit(
            pk=pk, level=level, code=code, kind=kind, name_zh=f"单元{code}", pinyin=f"dan yuan {code}", parent=parent,
            parent_level=None if parent is None else parent.level, opened_on=DAY,
            path=f"{'/' if parent is None else parent.path}{pk}/",
        )  # fmt: skip
        made.append(one)
        return one

    city = unit(2, f"{CITY}00000000", None, "city")
    for number in range(communities):
        street_number, district_number = number // 15, number // 150
        if number % 150 == 0:
            district = unit(3, f"{CITY}{district_number + 1:02}000000", city, "district")
        if number % 15 == 0:
            street = unit(4, f"{CITY}{district_number + 1:02}{street_number % 10 + 1:03}000", district, "street")
        code = f"{CITY}{district_number + 1:02}{street_number % 10 + 1:03}{number % 15 + 1:03}"
        unit(5, code, street, "village" if number % 3 == 0 else "community")
    Unit.objects.bulk_create(made, batch_size=5000)
    change = UnitChange.objects.create(
        op=Op.IMPORT, effective_on=DAY, instrument="bench", actor="system:bench", recorded_at=NOW()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('territory_unit', 'id'), %s)", [len(made)])
        cursor.execute(
            "INSERT INTO territory_unitspan (unit_id, level, code, kind, character, name_zh, name_en, parent_id,"
            " parent_level, during, opened_by_id, search_text)"
            " SELECT id, level, code, kind, '', name_zh, '', parent_id, parent_level,"
            " daterange(opened_on, NULL), %s, %s FROM territory_unit",
            [change.pk, search_text("单元")],
        )
    Population.objects.bulk_create(
        Population(unit=one, year=2025, households=1500, residents=4000, source="bench", published_on=date(2026, 1,
            1), recorded_by="system:bench", recorded_at=NOW())
        for one in made if one.level == 5
    )  # fmt: skip
    return made


def NOW() -> Any:
    from django.utils import timezone

    return timezone.now()


def declare(count: int) -> None:
    from liren.foundation.policy.models import Declaration, DeclarationVersion, Jurisdiction, Load

    at = NOW()
    nation = Jurisdiction.objects.create(code="cn", name_zh="国家", name_en="Nation")
    for number in range(count):
        content = declaration(number)
        identity = Declaration.objects.create(kind="register", code=content["code"])
        DeclarationVersion.objects.create(
            declaration=identity, number=1, jurisdiction=nation, basis=[], content=content,
                fingerprint=f"{number:064x}",
            loaded_at=at, loaded_by="system:bench",
        )  # fmt: skip
    Load.objects.create(at=at, by="system:bench", fingerprint="0" * 64, tool="bench")


FILL = """
INSERT INTO registers_entry (register_id, written_as_id, number, unit_id, name_zh, name_en, pinyin, search, "values",
    lon, lat, reviewed_on, changed_at)
SELECT %(register)s, %(version)s, n, u.id, w.zh || n, '', w.pinyin || ' ' || n,
    array_to_tsvector(string_to_array(w.tokens, ' ') || ARRAY[n::text]),
    jsonb_build_object('area', n %% 900, 'working', n %% 3 > 0,
        'rhythm', CASE n %% 2 WHEN 0 THEN 'weekly' ELSE 'monthly' END,
        'visitors', n %% 50, 'note', w.zh, 'built_on', '2015-06-01'),
    104 + random(), 30 + random(), current_date - (n %% 700), now()
FROM generate_series(1, %(count)s) n
JOIN LATERAL (SELECT (%(units)s::bigint[])[1 + (n * 7919 %% %(many)s)] AS id) u ON true
JOIN LATERAL (SELECT zh, pinyin, tokens FROM bench_words WHERE id = (n * 31 %% 400)) w ON true
"""
TOLD = """
INSERT INTO registers_entrychange (entry_id, at, actor, kind, note, written_as_id, unit_id, name_zh, name_en, "values",
    lon, lat, opened_on, closed_on, reviewed_on)
SELECT id, changed_at, 'system:bench', 'created', '', written_as_id, unit_id, name_zh, name_en, "values", lon, lat,
    opened_on, closed_on, reviewed_on FROM registers_entry WHERE register_id = %(register)s
"""


def fill(communities: list[int], entries: int) -> None:
    """So many entries over all registers, made by the server, each with its line of history."""
    from django.db import connection
    from tqdm import tqdm

    from liren.foundation.registers.models import Book, registers
    from liren.foundation.territory.models import words

    chance = random.Random(1)  # noqa: S311  (made-up names)
    names = ["".join(chance.sample(WORDS, 4)) for _ in range(400)]
    keys = words.keys_of([(name, name) for name in names])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("CREATE TABLE bench_words (id int, zh text, pinyin text, tokens text)")
        rows = [(n, name, *key) for n, (name, key) in enumerate(zip(names, keys, strict=True))]
        cursor.executemany("INSERT INTO bench_words VALUES (%s, %s, %s, %s)", rows)
        known = registers()
        for one in tqdm(known, desc="entries", unit="register"):
            count = entries // len(known)
            facts = {
                "register": one.pk,
                "version": one.version,
                "count": count,
                "units": communities,
                "many": len(communities),
            }
            cursor.execute(FILL, facts)
            cursor.execute(TOLD, facts)
            Book.objects.create(register_id=one.pk, last_number=count)
        cursor.execute("VACUUM ANALYZE")


def timed(act: Callable[[], Any], times: int = 15) -> str:
    """Median and slowest of several runs, and the processor for each, after one to warm up."""
    act()
    seconds, spent = [], processor()
    for _ in range(times):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    spent = (processor() - spent) / times
    median, worst = statistics.median(seconds) * 1000, max(seconds) * 1000
    return f"median {median:7.1f} ms   slowest {worst:7.1f} ms   processor {spent * 1000:6.1f} ms"


def pages(units: list[Any]) -> None:
    """A page of 50 lines with its words, for readers at every level; first page, a later one, searched, filtered."""
    from django.template import engines

    from liren.foundation.kernel.rights import ANONYMOUS
    from liren.foundation.registers import queries

    register = queries.registers()[len(queries.registers()) // 2]
    page = engines["django"].from_string(
        "<table>{% for row in page.rows %}<tr><td>{{ row.entry.number }}<td>{{ row.name }}<td>{{ row.entry.unit.name }}"
        "{% for cell in row.cells %}<td>{{ cell.text }}{% endfor %}<td>{{ row.is_stale }}{% endfor %}</table>"
    )

    def show(**facts: Any) -> Any:
        found = queries.entries(register, ANONYMOUS, **facts)
        page.render({"page": found})
        return found

    middle = show(after=("m", 0))
    by_level = {one.level: one for one in units}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("whole register", {}),
        ("a page in the middle", {"after": middle.after}),
    ]
    cases += [(f"inside one unit of level {level}", {"unit": unit}) for level, unit in sorted(by_level.items())]
    cases += [
        ("searched, two characters", {"q": "柳荫", "unit": by_level[3]}),
        ("searched, nothing found", {"q": "没有这个", "unit": by_level[2]}),
        ("filtered by choice in a street", {"filters": {"rhythm": "weekly"}, "unit": by_level[4]}),
        ("filtered, in the city", {"filters": {"rhythm": "weekly"}, "unit": by_level[2]}),
    ]
    for name, facts in cases:
        print(f"  {name:<36} {timed(lambda facts=facts: show(**facts))}")  # type: ignore[misc]
    for name, act in (
        ("counted up to 10,000, in the city", lambda: queries.count(register, ANONYMOUS, unit=by_level[2])),
        ("longest unreviewed, in the city", lambda: queries.stale(register, ANONYMOUS, unit=by_level[2])),
        (
            "map frame, at most 5,000 points",
            lambda: queries.features(register, ANONYMOUS, frame=(104.2, 30.2, 104.4, 30.4)),
        ),
        ("one entry", lambda: queries.detail(register, 7, ANONYMOUS)),
        ("one story", lambda: queries.history(register, 7, ANONYMOUS)),
        ("all registers of a community", lambda: queries.overview(ANONYMOUS, unit=by_level[5])),
        ("all registers of a district", lambda: queries.overview(ANONYMOUS, unit=by_level[3])),
    ):
        print(f"  {name:<36} {timed(act, 5)}")


def whole_pages(units: list[Any]) -> None:
    """The same lists as a stranger's browser gets them: address, middleware, form, figures, template."""
    from django.test import Client

    from liren.foundation.registers import queries

    code = queries.registers()[len(queries.registers()) // 2].code
    by_level, client = {one.level: one.code for one in units}, Client(headers={"host": "127.0.0.1"})
    asked = [("whole register", "")]
    asked += [(f"inside one unit of level {level}", f"?unit={unit}") for level, unit in sorted(by_level.items())]
    asked += [
        ("searched in a district", f"?q=柳荫&unit={by_level[3]}"),
        ("filtered by choice in a street", f"?rhythm=weekly&unit={by_level[4]}"),
        ("filtered, in the city", f"?rhythm=weekly&unit={by_level[2]}"),
    ]

    def ask(query: str) -> None:
        status = client.get(f"/registers/{code}/{query}").status_code
        assert status == 200, (query, status)

    for name, query in asked:
        print(f"  {name:<36} {timed(lambda query=query: ask(query))}")  # type: ignore[misc]


def covered() -> None:
    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.registers import services

    for name in ("first time", "again, nothing new"):
        start, spent = time.perf_counter(), processor()
        changed = services.recompute_coverage(by=SystemActor("bench"), at=NOW())
        took, spent = time.perf_counter() - start, processor() - spent
        written = sum(changed.values())
        print(f"  {len(changed)} registers, {name}: {took:.1f} s, {spent:.1f} of processor, {written} figures written")


def imported(units: list[Any], rows: int) -> None:
    from liren.foundation.kernel.rights import SystemActor
    from liren.foundation.registers import queries, services

    communities = [one.code for one in units if one.level == 5]
    register = queries.registers()[0]
    chance = random.Random(2)  # noqa: S311  (made-up names)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["名称", "单元代码", "面积", "运行", "频次", "人次", "说明", "建成日期"])
            for number in range(rows):
                name = "".join(chance.sample(WORDS, 4)) + f"站{number}"
                code = communities[number % len(communities)]
                writer.writerow([name, code, f"{number % 800}㎡", "是", "每周", number % 90, "靠近公交站", "2019/3/1"])
        for name in ("new", "again, unchanged"):
            start, spent = time.perf_counter(), processor()
            report = services.import_entries(register.code, path, by=SystemActor("bench"), at=NOW())
            took, spent = time.perf_counter() - start, processor() - spent
            print(
                f"  {report.lines} lines, {name}: {took:.1f} s, {spent:.1f} of processor,"
                f" {report.lines / took:,.0f} lines/s, {report.fault_count} faults"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--communities", type=int, default=3000)
    parser.add_argument("--registers", type=int, default=145)
    parser.add_argument("--entries", type=int, default=3_000_000)
    parser.add_argument("--rows", type=int, default=50_000, help="lines of the file that is imported")
    options = parser.parse_args()
    with scratch_database():
        start = time.perf_counter()
        units = tree(options.communities)
        declare(options.registers)
        fill([one.pk for one in units if one.level == 5], options.entries)
        print(f"{options.entries} entries in {options.registers} registers made in {time.perf_counter() - start:.0f} s")
        print("A page of 50 lines, queried and rendered:")
        pages(units)
        print("Coverage of all registers at all levels:")
        covered()
        print("The same pages through all of Django:")
        whole_pages(units)
        print("An import:")
        imported(units, options.rows)


if __name__ == "__main__":
    main()
