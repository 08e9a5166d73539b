"""What the registers of the simulated city hold: good by their own declarations, in their units, with gaps left."""

import hashlib
import tomllib
from collections import Counter
from datetime import date, timedelta
from functools import cache

import pytest
import shapely
from django.db import connection

from liren.foundation.bodies.models import Body
from liren.foundation.kernel.models import AuditEntry
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries, services
from liren.foundation.registers.engine.declaration import parse
from liren.foundation.registers.engine.identity import read_identity
from liren.foundation.registers.engine.values import clean
from liren.foundation.registers.models import Book, Coverage, Entry, EntryChange, ImportBatch
from liren.foundation.territory.models import Unit
from liren.front.demo import loader
from liren.front.demo.engine.city import make_city
from liren.front.demo.engine.entries import LEVELS, entries_of, main_level, singular
from liren.front.demo.engine.rows import SOURCE
from liren.front.demo.engine.size import PRESETS, sized
from tests.conftest import ROOT
from tests.make import demo
from tests.make.demo import demo_city

DAY = date(2026, 9, 1)
SPECS = [parse(tomllib.loads(path.read_text())) for path in sorted((ROOT / "packs").glob("**/registers/*.toml"))]


@cache
def held(preset):
    """Every register with its entries; never change them."""
    return list(zip(SPECS, entries_of(demo_city(preset), SPECS, DAY), strict=True))


def digest(city):
    return hashlib.sha256(repr(list(entries_of(city, SPECS, DAY))).encode()).hexdigest()


class Anything:
    """Finds whatever a value refers to: places in the lists of the city are looked at elsewhere."""

    def unit(self, text, levels):
        return int(text)

    def body(self, text, kinds):
        return int(text)

    def file(self, text):
        return None


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    assert digest(make_city(PRESETS["hamlet"])) == digest(demo_city("hamlet"))
    assert digest(make_city(sized("hamlet", seed=2))) != digest(demo_city("hamlet"))


def test_a_register_does_not_depend_on_the_others():
    alone = list(entries_of(demo_city("hamlet"), SPECS[5:6], DAY))
    assert alone == [held("hamlet")[5][1]]


def test_every_register_that_is_not_sealed_holds_something_in_a_town():
    assert {spec.code for spec, found in held("town") if not found} == {s.code for s in SPECS if s.visible == "sealed"}
    assert sum(len(found) for _spec, found in held("town")) > 5000


@pytest.mark.slow
def test_every_entry_is_good_by_its_own_declaration():
    for spec, found in held("town"):
        for one in found:
            values, faults = clean(spec, one.values, finder=Anything(), today=DAY)
            assert (values, faults) == (one.values, []), spec.code
            facts = {
                name: getattr(one, name) for name in ("name_zh", "name_en", "lon", "lat", "opened_on", "closed_on")
            }
            identity, faults = read_identity(spec, {**facts, "reviewed_on": one.reviewed_on}, today=DAY)
            assert faults == [], (spec.code, one)
            assert (identity.name_zh, identity.lon, identity.lat) == (one.name_zh, one.lon, one.lat)


def test_every_entry_hangs_on_a_unit_of_today_where_it_may_hang():
    city = demo_city("town")
    for spec, found in held("town"):
        units = [city.units[one.unit] for one in found]
        assert {unit.level for unit in units} <= {LEVELS[level] for level in spec.levels}
        assert [unit for unit in units if unit.closed_on is not None] == []


def test_no_two_entries_of_a_unit_bear_one_name():
    for spec, found in held("town"):
        twice = [key for key, many in Counter((one.unit, one.name_zh) for one in found).items() if many > 1]
        assert twice == [], spec.code


def test_bodies_are_of_a_kind_that_the_field_asks_for():
    city = demo_city("town")
    for spec, found in held("town"):
        for field in (one for one in spec.fields if one.kind == "body"):
            named = {city.acting.bodies[one.values[field.code]].kind for one in found if field.code in one.values}
            assert not field.body_kinds or named <= set(field.body_kinds)


@pytest.mark.slow
def test_places_lie_inside_the_outline_of_their_unit():
    city = demo_city("town")
    shapes = {}
    for outline in city.outlines:
        shapes[outline.owner] = shapely.Polygon(outline.rings[0], list(outline.rings[1:]))
    placed = [one for _spec, found in held("town") for one in found if one.lon is not None]
    assert len(placed) > 2000
    assert [one for one in placed if not shapes[one.unit].contains(shapely.Point(one.lon, one.lat))] == []
    for spec, found in held("town"):
        has = {one.lon is not None for one in found}
        assert has <= {"required": {True}, "none": {False}, "optional": {True, False}}[spec.place]


def test_coverage_leaves_gaps_and_is_nowhere_absent():
    """Of the units at the main level of each register, between two and all in five hold an entry.

    Left out: registers whose entries must name a body of a kind that not every unit has (a firm, a collective).
    """
    city = demo_city("town")
    shares = []
    for spec, found in held("town"):
        level = main_level(spec)
        units = {place for place, unit in enumerate(city.units) if unit.level == level and unit.closed_on is None}
        needs_a_body = any(one.required and one.body_kinds for one in spec.fields)
        if found and len(units) > 20 and not needs_a_body:
            shares.append(len({one.unit for one in found} & units) / len(units))
    assert len(shares) > 80
    assert 0.3 < min(shares) < 0.6
    assert sum(share < 0.95 for share in shares) > len(shares) / 2


def test_some_entries_await_their_review_and_some_have_ended():
    late = ended = total = 0
    for spec, found in held("town"):
        total += len(found)
        late += sum(one.reviewed_on < DAY - timedelta(days=spec.review_days) for one in found)
        ended += sum(one.closed_on is not None and one.closed_on <= DAY for one in found)
    assert 0.08 < late / total < 0.16
    assert 0.005 < ended / total < 0.03


@pytest.mark.parametrize(
    ("title", "one"),
    [
        ("Community law houses", "law house"),
        ("Incubators of social organisations", "incubator of social organisations"),
        ("Class", "class"),
        ("Classes of environment events", "class of environment events"),
        ("Community complexes", "complex"),
        ("Facilities that units open to residents", "facility that units open to residents"),
    ],
)
def test_one_of_many_has_a_name_in_english(title, one):
    assert singular(title) == one


@pytest.mark.slow
class TestLoaded:
    def test_the_rows_are_those_of_the_generator(self, hamlet, db):
        units = dict(Unit.objects.values_list("pk", "code"))
        bodies = dict(Body.objects.values_list("pk", "name_zh"))
        today = demo.LOADED_AT.date()
        for spec, found in zip(SPECS, entries_of(hamlet, SPECS, today), strict=True):
            register = queries.register(spec.code)
            rows = list(Entry.objects.filter(register_id=register.pk).order_by("number"))
            assert [row.number for row in rows] == list(range(1, len(found) + 1))
            for row, one in zip(rows, found, strict=True):
                assert (units[row.unit_id], row.name_zh) == (hamlet.units[one.unit].face.code, one.name_zh)
                for field in spec.fields:
                    value, wanted = row.values.get(field.code), one.values.get(field.code)
                    if field.kind == "body" and value is not None:
                        value, wanted = bodies[value], hamlet.acting.bodies[wanted].name_zh
                    assert value == wanted

    def test_every_entry_has_a_story_and_says_that_it_is_simulated(self, hamlet, db):
        assert Entry.objects.count() == EntryChange.objects.count() > 300
        assert set(ImportBatch.objects.values_list("source", flat=True)) == {SOURCE}
        assert dict(Book.objects.values_list("register", "last_number")) == {
            **dict.fromkeys(Book.objects.values_list("register", flat=True), 0),
            **Counter(Entry.objects.values_list("register", flat=True)),
        }
        law_house = queries.register("law_house")
        number = Entry.objects.filter(register_id=law_house.pk).values_list("number", flat=True)[0]
        assert queries.detail(law_house, number, ANONYMOUS).source == SOURCE
        assert [one.kind for one in queries.history(law_house, number, ANONYMOUS)] == ["imported"]

    def test_it_is_found_by_the_words_of_its_name(self, hamlet, db):
        law_house = queries.register("law_house")
        entry = Entry.objects.filter(register_id=law_house.pk).order_by("pinyin").first()
        assert entry.pk in [row.entry.pk for row in queries.entries(law_house, ANONYMOUS, q=entry.name_zh[:4]).rows]

    def test_coverage_is_computed_already(self, hamlet, db):
        assert Coverage.objects.filter(value__isnull=False).count() > 500
        assert Coverage.objects.exclude(target=None).filter(met=False).exists()
        counted = services.recompute_coverage(by=demo.DEMO, at=demo.LOADED_AT)
        assert len(counted) > 100
        assert sum(counted.values()) == 0

    def test_all_deferred_constraints_hold_and_the_log_tells_of_it(self, hamlet, db):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert AuditEntry.objects.get(action="demo.registers").facts["entries"] == Entry.objects.count()

    def test_a_second_load_changes_nothing(self, hamlet, db):
        before = [model._default_manager.count() for model in (Entry, EntryChange, ImportBatch, Coverage, AuditEntry)]
        assert loader.load(PRESETS["hamlet"], by=demo.DEMO, at=demo.LOADED_AT).is_new is False
        after = [model._default_manager.count() for model in (Entry, EntryChange, ImportBatch, Coverage, AuditEntry)]
        assert after == before
