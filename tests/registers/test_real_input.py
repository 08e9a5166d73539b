"""Real input: the committees of real cities, a spreadsheet as offices keep them, places out of a real map.

The data lie beside the project; without them these tests say so loudly and are left out.
"""

import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

import openpyxl
import osmium
import pytest
import shapely
from django.db import transaction

from liren.foundation.kernel.rights import ANONYMOUS, SystemActor
from liren.foundation.policy import queries as policy
from liren.foundation.registers import queries, services
from liren.foundation.registers.engine.samples import sample
from liren.foundation.registers.models import Coverage, Entry, EntryChange
from liren.foundation.territory.models import Level, Unit
from liren.foundation.territory.services.boundaries import set_boundary
from liren.foundation.territory.services.imports.divisions import import_divisions
from tests.make import each, territory

SYSTEM = SystemActor("test")
NOW = datetime(2026, 9, 1, 1, tzinfo=UTC)
DAY = date(2026, 9, 1)
pytestmark = [pytest.mark.needs_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """All packs, once for all tests of the file; each runs in a savepoint on top of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        each.load_packs(NOW)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def packs(loaded, db):
    """The packs, for a test that may write."""


def committees(folder, city):
    import_divisions(folder / "divisions", city=city, effective_on=date(2017, 1, 1), by=SYSTEM, at=NOW)
    units = Unit.objects.filter(level=Level.COMMUNITY, code__startswith=city).order_by("code")
    return list(units)


@pytest.mark.requirement("R088", "R241")
def test_the_four_cities_answer_with_their_own_numbers(shared_data, packs):
    found = committees(shared_data, "6202")
    assert len(found) == 48
    assert {one.division[:4] for one in policy.jurisdictions() if one.division} == {"5101", "6202", "3204", "9901"}
    asked = {"6202": "law_house_coverage_urban", "3204": "social_orgs_per_10000", "5101": "legal_adviser_coverage"}
    for place, code in asked.items():
        answer = policy.parameter(code, f"{place}01001001", on=DAY)
        assert answer.provision.document.jurisdiction.division.startswith(place)
    assert policy.parameter("law_house_coverage_urban", found[0], on=DAY).quantity.value == 60
    with pytest.raises(policy.NoParameter):
        policy.parameter("law_house_coverage_urban", "510104001001", on=DAY)


@pytest.mark.requirement("R088")
def test_half_of_the_real_committees_get_a_law_house_and_the_gap_is_the_other_half(shared_data, packs, tmp_path):
    found = committees(shared_data, "6202")
    register = queries.register("law_house")
    entries = [(unit, f"{unit.name_zh}法律之家") for unit in found[::2]]
    path = tmp_path / "law_houses.csv"
    lines = [
        f"{name},{unit.code},98.2{n:02},39.7{n:02},是,每天,法律咨询,0937-6300{n:03}"
        for n, (unit, name) in enumerate(entries)
    ]
    path.write_text(
        "\n".join(["名称,单元代码,经度,纬度,是否正常开放,开放时间,提供的服务,公开电话", *lines]), encoding="gb18030"
    )
    report = services.import_entries("law_house", path, by=SYSTEM, at=NOW)
    assert (report.faults, report.new, report.written) == ([], 24, "GB18030 (GBK)")
    city = Unit.objects.get(code="620200000000")
    figures = {one.measure.code: one.figure for one in queries.coverage(register, city, ANONYMOUS, on=DAY)}
    urban = sum(unit.kind == "community" for unit in found)
    for code, kind, of, target in (("urban", "community", urban, 60), ("rural", "village", 48 - urban, 30)):
        figure = figures[f"law_house_coverage_{code}"]
        covered = sum(unit.kind == kind for unit, _name in entries)
        assert (figure.numerator, figure.denominator, figure.target) == (covered, of, target)
        assert figure.met is (covered / of * 100 >= target)


HEADER = [
    "名称", "单元代码", "经度", "纬度", "开始日期", "物资类别", "品名和规格", "数量", "计量单位", "存放位置",
    "保管岗位", "最近清点日期",
]  # fmt: skip
FIELDS = [
    "name_zh", "unit", "lon", "lat", "opened_on", "goods_kind", "goods", "quantity", "quantity_unit", "store_place",
    "keyholder_post", "checked_on",
]  # fmt: skip
COLUMN = {name: place for place, name in enumerate(FIELDS)}
ROWS = 5000
# What people type that means the same: it must be taken without a word.
HARMLESS = [
    ("quantity", lambda cell: str(cell).translate(str.maketrans("0123456789.", "０１２３４５６７８９．"))),
    ("quantity", lambda cell: f" {cell:,} "),
    ("checked_on", lambda cell: f"{cell.year}年{cell.month}月{cell.day}日"),
    ("checked_on", lambda cell: cell.strftime("%Y/%m/%d")),
    ("unit", lambda cell: f"{cell} "),
    ("unit", lambda cell: int(cell)),
    ("goods_kind", lambda cell: f"　{cell}"),
]
# What can't be meant: it must be named, with its line and its field.
WRONG = [
    ("unit", lambda cell: ""),
    ("unit", lambda cell: f"{cell[:6]}999{cell[9:]}"),
    ("unit", lambda cell: cell[:11]),
    ("unit", lambda cell: "第九百九十九社区"),
    ("goods_kind", lambda cell: "其他杂物"),
    ("goods_kind", lambda cell: f"{cell}类"),
    ("checked_on", lambda cell: f"{cell.year}-02-30"),
    ("checked_on", lambda cell: "上个月"),
    ("checked_on", lambda cell: "2031-01-01"),
    ("quantity", lambda cell: "若干"),
    ("quantity", lambda cell: f"-{cell}"),
    ("quantity", lambda cell: ""),
    ("name_zh", lambda cell: " "),
    ("goods", lambda cell: ""),
    ("lon", lambda cell: "东经"),
    ("lat", lambda cell: 139.66),
]


@dataclass
class Sheet:
    """A spreadsheet as it was typed, and as it was meant."""

    meant: list[list[object]]
    typed: list[list[object]]
    wrong: dict[int, str]  # line of the file -> field

    def write(self, path):
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet("储备")
        for row in (HEADER, *self.typed):
            page.append(row)
        book.save(path)
        return path


def spreadsheet(units, seed):
    """Five thousand lots in the real committees of a city, three in a hundred mistyped, three more carelessly typed."""
    chance = random.Random(seed)
    spec = queries.register("emergency_store").spec
    kinds = {choice.code: choice.name.zh for choice in spec.field("goods_kind").choices}
    meant = []
    for number in range(ROWS):
        made = sample(spec, number, today=DAY, full=True).values
        unit = units[number % len(units)]
        meant.append([
            f"{number // len(units) + 1}号库 第{number}批", unit.code, 104.0 + number / 1e5, 30.6 + number / 1e5,
            date(2020, 1, 1), kinds[made["goods_kind"]], made["goods"], 1000 + int(float(made["quantity"])),
            made["quantity_unit"], made["store_place"], made["keyholder_post"], date.fromisoformat(made["checked_on"]),
        ])  # fmt: skip
    typed, wrong = [list(row) for row in meant], {}
    chosen = chance.sample(range(ROWS), 2 * ROWS * 3 // 100)
    for place, row in enumerate(chosen):
        mistakes = WRONG if place % 2 == 0 else HARMLESS
        name, spoil = mistakes[place // 2 % len(mistakes)]
        typed[row][COLUMN[name]] = spoil(meant[row][COLUMN[name]])
        if mistakes is WRONG:
            wrong[row + 2] = name
    return Sheet(meant, typed, wrong)


@pytest.mark.requirement("R100")
def test_a_mistyped_spreadsheet_is_mended_as_the_report_says(shared_data, packs, tmp_path):
    units = committees(shared_data, "5101")
    assert len(units) == 3047
    sheet = spreadsheet(units, seed=7)
    assert len(sheet.wrong) == 150
    path = sheet.write(tmp_path / "stores.xlsx")
    report = services.import_entries("emergency_store", path, by=SYSTEM, at=NOW)
    assert {(one.line, one.field) for one in report.faults} == set(sheet.wrong.items())
    assert (report.fault_count, report.lines, Entry.objects.count()) == (150, ROWS, 0)
    assert all(one.says for one in report.faults)
    suggested = 0
    for fault in report.faults:
        line, place = fault.line - 2, COLUMN[fault.field]
        near = re.search("是不是“(.+?)”|did you mean “(.+?)”", fault.says)
        suggested += near is not None
        sheet.typed[line][place] = (near[1] or near[2]) if near else sheet.meant[line][place]
    assert suggested >= 9
    mended = services.import_entries("emergency_store", sheet.write(tmp_path / "mended.xlsx"), by=SYSTEM, at=NOW)
    assert (mended.faults, mended.new) == ([], ROWS)
    kinds = queries.register("emergency_store").spec.field("goods_kind")
    kept = Entry.objects.order_by("number").values_list("name_zh", "unit__code", "values", "lon")
    assert [
        (n, u, kinds.choice(v["goods_kind"]).name.zh, int(v["quantity"]), v["checked_on"], lon) for n, u, v, lon in kept
    ] == [(row[0], row[1], row[5], row[7], row[11].isoformat(), round(row[2], 6)) for row in sheet.meant]
    counts = (Entry.objects.count(), EntryChange.objects.count(), Coverage.objects.count())
    again = services.import_entries("emergency_store", tmp_path / "mended.xlsx", by=SYSTEM, at=NOW)
    assert (again.faults, again.new, again.changed, again.unchanged) == ([], 0, 0, ROWS)
    assert (Entry.objects.count(), EntryChange.objects.count(), Coverage.objects.count()) == counts


# Two communities, west and east of a line through the extract.
WEST, MIDDLE, EAST, SOUTH, NORTH = 24.90, 24.9433, 25.00, 60.10, 60.20
PLACES = {
    "health_facility": (
        [("amenity", "hospital"), ("amenity", "clinic")],
        {"facility_kind": "station", "working": "是", "hours": "见门口", "phone": "0000-5000000"},
    ),
    "school": ([("amenity", "school"), ("amenity", "kindergarten")], {"school_kind": "primary", "run_as": "public"}),
}


@pytest.fixture
def halves(db):
    made = []
    for west, east in ((WEST, MIDDLE), (MIDDLE, EAST)):
        unit = territory.unit()
        shape = shapely.box(west, SOUTH, east, NORTH)
        set_boundary(
            unit_id=unit.pk, shape=shape, crs="wgs84", source="test", from_day=date(2020, 1, 1), by=SYSTEM, at=NOW
        )
        made.append(unit)
    return made


def named_in(path, tags):
    """Names of what carries one of the tags, from nodes and from ways, without the reader under test."""
    return sorted(
        found.tags["name"]
        for found in osmium.FileProcessor(path)
        if any(found.tags.get(key) == value for key, value in tags) and "name" in found.tags
    )


@pytest.mark.parametrize("code", PLACES)
def test_places_of_a_real_map_become_entries_in_the_units_that_hold_them(shared_data, packs, halves, code):
    tags, values = PLACES[code]
    path = shared_data / "geo" / "helsinki_centre.osm.pbf"
    register = queries.register(code)
    values = values | missing(register.spec, values)
    report = services.import_osm(code, path, tags, values=values, by=SYSTEM, at=NOW)
    assert report.faults == []
    names = named_in(path, tags)
    assert len(names) >= 3
    assert report.new + report.skipped + report.outside >= len(names)
    assert sorted(Entry.objects.values_list("name_zh", flat=True)) == sorted(set(names))
    for feature in queries.features(register, ANONYMOUS):
        lon, lat = feature["geometry"]["coordinates"]
        west_one = lon < MIDDLE
        assert SOUTH < lat < NORTH
        assert feature["properties"]["unit"] == halves[0 if west_one else 1].code
    assert len(queries.features(register, ANONYMOUS)) == report.new
    assert "OpenStreetMap" in queries.sources(register)[0]
    again = services.import_osm(code, path, tags, values=values, by=SYSTEM, at=NOW)
    assert (again.new, again.changed, again.unchanged) == (0, 0, report.new)


def missing(spec, values):
    """Needed fields that the map does not tell, as the importer would set them for all."""
    made = sample(spec, 1, today=DAY, full=True).values
    needed = {one.code: made[one.code] for one in spec.fields if one.required and one.code not in values}
    return {code: typed(value) for code, value in needed.items()}


def typed(value):
    if isinstance(value, bool):
        return "是" if value else "否"
    return ",".join(value) if isinstance(value, list) else str(value)
