"""Every register that the packs declare, played through once: kept, refused, imported, mapped, counted, exported.

Entries are made up from the declaration itself; what is expected follows from it or from a slow count beside it.
"""

import itertools
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.policy import queries as policy
from liren.foundation.registers import queries, services
from liren.foundation.registers.engine.declaration import parse
from liren.foundation.registers.engine.values import clean
from liren.foundation.registers.models import Attachment, Coverage, Entry, Look, NoEntry
from tests.conftest import ROOT
from tests.make import each, standing
from tests.make.each import SYSTEM, Stage
from tests.registers import oracle

FILES = sorted((ROOT / "packs").glob("**/registers/*.toml"))
CASES = [
    pytest.param(spec.code, id=spec.code, marks=pytest.mark.requirement(*spec.requirements))
    for spec in (parse(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FILES)
]
TODAY = timezone.localdate()
#: One white point.
PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==")
FORMATS = itertools.cycle(("table.csv", "table.xlsx"))
DAY = timedelta(days=1)


def moment(day: date) -> datetime:
    """Nine o'clock of a day, or now."""
    at = timezone.make_aware(datetime.combine(day, datetime.min.time().replace(hour=9)))
    return min(at, timezone.now())


NOW = moment(TODAY)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The city with all packs, once for all registers. Each test runs in a savepoint on top of it."""
    with standing(django_db_blocker, loaded_stage) as made:
        yield made


def loaded_stage() -> Stage:
    each.load_packs(moment(TODAY - 30 * DAY))
    return each.stage()


def add(stage: Stage, code: str, *, name: str = "一号", seed: object = 1, day: date = TODAY, by: Any = None) -> Entry:
    """An entry by the service, as its keeper."""
    spec = queries.register(code).spec
    made = stage.sample(spec, seed, today=day, full=True)
    return services.add_entry(
        code, unit_id=stage.spot(spec).pk, identity=each.identity(spec, made, name, 1), values=made.values,
        by=by or stage.keeper(spec), at=moment(day),
    )  # fmt: skip


def other_values(stage: Stage, code: str, entry: Entry) -> dict[str, Any]:
    """Values that differ from those of the entry in at least one field that everybody who sees the entry reads."""
    spec = queries.register(code).spec
    for seed in range(2, 50):
        made = stage.sample(spec, seed, today=TODAY - 3 * DAY, full=True).values
        if any(
            made[one.code] != entry.values.get(one.code) for one in spec.fields_for(spec.visible) if one.code in made
        ):
            return made
    raise AssertionError(f"{code}: every sample is the same")


WRONG = {
    "number": ["许多", "1.2.3", "１２三"],
    "date": ["2024-13-01", "去年", "2024/2/30"],
    "choice": ["没有这一项"],
    "choices": ["没有这一项", "没有这一项、也没有"],
    "yes_no": ["也许", "2"],
    "phone": ["打总机", "12"],
    "link": ["javascript:alert(1)", "liren.example"],
    "unit": ["没有这个单元"],
    "body": ["没有这个机构"],
    "file": ["1"],
    "text": ["一\u202e二", "字" * 501],
    "long_text": ["一\x00二", "字" * 5001],
    "bilingual": [{"zh": "字" * 501, "en": "a"}, {"zh": "一\u202e二", "en": ""}],
}


def wrong_values(one: Any) -> list[Any]:
    """What a field can't hold, by its kind and its bounds."""
    found = list(WRONG[one.kind])
    if one.kind == "number":
        found += [] if one.low is None else [str(one.low - 1)]
        found += [] if one.high is None else [str(one.high + 1)]
        found += ["1999.5"] if one.whole else []
    if one.kind == "date":
        found += [(one.not_before - DAY).isoformat()]
        found += [] if one.future else [(TODAY + DAY).isoformat()]
    return found


def check_sight(stage: Stage, register: Any, entry: Entry) -> None:
    """Everybody, workers there, or whoever states a purpose: as the register and each of its fields say."""
    spec, reader = register.spec, stage.keeper(register.spec)
    public, workers = (
        {one.code for one in spec.fields_for(reach)} & set(entry.values) for reach in ("public", "workers")
    )
    if spec.visible == "public":
        shown = queries.detail(register, entry.number, ANONYMOUS)
        assert {one.field.code for one in shown.fields} == public
    else:
        for one in (ANONYMOUS, stage.neighbour(spec)):
            assert queries.count(register, one) == 0
            with pytest.raises(NoEntry):
                queries.detail(register, entry.number, one)
    shown = queries.detail(register, entry.number, reader)
    assert {one.field.code for one in shown.fields} == (set() if spec.visible == "sealed" else workers)
    if spec.visible == "sealed":
        assert shown.name == ""
        opened = services.open_sealed(register.code, entry.number, purpose="核对", by=reader, at=NOW)
        assert {one.field.code for one in opened.fields} == set(entry.values)
        assert Look.objects.filter(entry=entry).count() == 1


@pytest.mark.parametrize("code", CASES)
class TestEachRegister:
    def test_its_keeper_keeps_it_and_nobody_else_and_it_is_seen_as_declared(self, stage, db, code):
        register = queries.register(code)
        spec, keeper = register.spec, stage.keeper(register.spec)
        for stranger in (ANONYMOUS, stage.neighbour(spec)):
            with pytest.raises(NotAllowed):
                add(stage, code, by=stranger)
        entry = add(stage, code)
        assert entry.values == stage.sample(spec, 1, today=TODAY, full=True).values
        check_sight(stage, register, entry)
        entry = self.upload(register, entry, keeper)
        for stranger in (ANONYMOUS, stage.neighbour(spec)):
            with pytest.raises(NotAllowed):
                services.change_entry(code, entry.number, identity={"name_zh": "二号"}, by=stranger, at=NOW)
        above = stage.above(spec) or keeper
        assert (
            services.change_entry(code, entry.number, identity={"name_zh": "二号"}, by=above, at=NOW).name_zh == "二号"
        )
        if entry.closed_on is None:
            services.close_entry(code, entry.number, reason="撤并", by=keeper, at=NOW)
            assert queries.count(register, keeper) == 0
            assert queries.count(register, keeper, closed=True) == 1
        kinds = [one.kind for one in queries.history(register, entry.number, keeper)]
        files = sum(one.kind == "file" for one in spec.fields)
        assert kinds == ([] if entry.closed_on else ["closed"]) + ["changed"] * (1 + files) + ["created"]

    def upload(self, register, entry, keeper):
        """A small good file into every field for one: kept, and given back as everybody or only workers may see it."""
        for one in register.spec.fields:
            if one.kind == "file":
                put = {"field": one.code, "name": "图.png", "content": PICTURE, "by": keeper, "at": NOW}
                entry = services.add_file(register.code, entry.number, **put)
                kept = Attachment.objects.get(pk=entry.values[one.code])
                assert (kept.entry_id, kept.field, kept.name, kept.type) == (entry.pk, one.code, "图.png", "image/png")
        return entry

    def test_each_field_refuses_what_it_cannot_hold(self, stage, db, code):
        spec = queries.register(code).spec
        good = stage.sample(spec, 1, today=TODAY, full=True)
        finder = services_finder()
        assert clean(spec, good.values, finder=finder, today=TODAY) == (good.values, [])
        for one in spec.fields:
            for wrong in wrong_values(one):
                _values, faults = clean(spec, {**good.values, one.code: wrong}, finder=finder, today=TODAY)
                assert [fault.field for fault in faults] == [one.code], (one.code, wrong)
                assert str(faults[0])
            _values, faults = clean(spec, {**good.values, one.code: ""}, finder=finder, today=TODAY)
            assert [fault.field for fault in faults] == ([one.code] if one.required else [])
        with pytest.raises(services.BadEntry) as refused:
            services.add_entry(
                code, unit_id=stage.spot(spec).pk, identity=each.identity(spec, good, " ", 1),
                values={one.code: wrong_values(one)[0] for one in spec.fields} | {"no_such_field": 1},
                by=stage.keeper(spec), at=NOW,
            )  # fmt: skip
        assert set(refused.value.by_field) == {"name_zh", "no_such_field", *(one.code for one in spec.fields)}
        assert not Entry.objects.filter(register_id=queries.register(code).pk).exists()

    def test_it_is_on_the_map_and_in_the_history_until_it_grows_stale(self, stage, db, code):
        register = queries.register(code)
        spec, keeper = register.spec, stage.keeper(register.spec)
        entry = add(stage, code, day=TODAY - 3 * DAY)
        points = queries.features(register, keeper)
        if spec.place == "none" or spec.visible == "sealed":
            assert points == []
        else:
            assert [one["geometry"]["coordinates"] for one in points] == [[entry.lon, entry.lat]]
            assert points[0]["properties"]["name"] == "一号"
        before = dict(entry.values)
        values = other_values(stage, code, entry)
        services.change_entry(code, entry.number, values=values, by=keeper, at=NOW)
        then = queries.entry_on(register, entry.number, TODAY - 2 * DAY, keeper)
        now = queries.entry_on(register, entry.number, TODAY, keeper)
        assert queries.entry_on(register, entry.number, TODAY - 4 * DAY, keeper) is None
        assert (then.entry.values, now.entry.values) == (before, {**before, **values})
        newest = queries.history(register, entry.number, keeper)[0]
        assert bool(newest.differences) is (spec.visible != "sealed")
        long_ago = TODAY - (spec.review_days + 1) * DAY
        Entry.objects.filter(pk=entry.pk).update(reviewed_on=long_ago, opened_on=None, closed_on=None)
        assert [row.entry.pk for row in queries.stale(register, keeper)] == [entry.pk]
        services.review_entry(code, entry.number, by=keeper, at=NOW)
        assert queries.stale(register, keeper) == []

    def test_it_is_imported_counted_and_exported(self, stage, db, code, tmp_path):
        register = queries.register(code)
        spec = register.spec
        places = [unit for unit in stage.units if unit.level in spec.ranks]
        entries = [
            (unit, f"{number}号", stage.sample(spec, number, today=TODAY, meets=each.measures_for(spec, number)))
            for number, unit in enumerate(places * (1 + 12 // len(places)))
        ]
        table = each.filled(stage, spec, each.template(register, SYSTEM), entries)
        path = table.write(tmp_path / next(FORMATS))
        told = services.import_entries(code, path, by=SYSTEM, at=NOW, dry_run=True)
        assert (told.faults, told.new, Entry.objects.count()) == ([], len(entries), 0)
        first = services.import_entries(code, path, by=SYSTEM, at=NOW)
        assert (first.faults, first.new, first.changed) == ([], len(entries), 0)
        kept = list(Entry.objects.select_related("unit").order_by("number"))
        assert [(one.unit, one.name_zh, one.values) for one in kept] == [(u, n, made.values) for u, n, made in entries]
        self.compare_coverage(stage, register, [oracle.Held(one.unit, one.values) for one in kept])
        if spec.visible == "sealed":
            with pytest.raises(NotAllowed):
                list(queries.csv_export(register, SYSTEM))
        back = services.import_entries(code, self.exported(register, path), by=SYSTEM, at=NOW)
        assert (back.faults, back.new, back.changed, back.unchanged) == ([], 0, 0, len(entries))

    def exported(self, register, path):
        """What the register gives out; for a sealed one, which gives out nothing, the file that came in."""
        if register.spec.visible == "sealed":
            return path
        out = path.with_name("export.csv")
        out.write_text("".join(queries.csv_export(register, SYSTEM)), encoding="utf-8", newline="")
        return out

    def compare_coverage(self, stage, register, held):
        for measure in register.spec.measures:
            rows = {row.unit_id: row for row in Coverage.objects.filter(register=register.pk, measure=measure.code)}
            wanted = oracle.expected(register.spec, measure, stage.units, held, stage.people)
            assert set(rows) == set(wanted), measure.code
            for unit in stage.units:
                if unit.pk in wanted:
                    above, below, value = wanted[unit.pk]
                    row = rows[unit.pk]
                    found = Fraction(row.numerator), None if row.denominator is None else Fraction(row.denominator)
                    assert (*found, row.value) == (above, below, value), (measure.code, unit.code)
                    self.compare_target(measure, unit, row)

    def compare_target(self, measure, unit, row):
        try:
            goal = policy.parameter(measure.parameter, unit.code, on=TODAY) if measure.parameter else None
        except policy.NoParameter:
            goal = None
        if goal is None:
            assert (row.target, row.met, row.gap) == (None, None, None)
            return
        target = goal.quantity.to(measure.unit).value
        assert row.target == target
        if row.value is None:
            assert row.met is None
            return
        met = {
            ">=": row.value >= target, ">": row.value > target, "=": row.value == target,
            "<=": row.value <= target, "<": row.value < target,
        }[goal.operator]  # fmt: skip
        assert row.met is met
        assert row.gap == (Decimal(0) if met else abs(target - row.value))


def services_finder() -> Any:
    """What a write finds units and bodies with."""
    from liren.foundation.registers.queries.finding import Found

    return Found(TODAY)


def test_there_are_well_over_a_hundred_registers():
    assert len(CASES) > 140
