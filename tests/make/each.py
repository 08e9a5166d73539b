"""A stage on which every declared register can be played: a small city with neighbours, keepers and bodies."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from liren.foundation.bodies import services as bodies
from liren.foundation.bodies.models import Body, BodyKind
from liren.foundation.kernel.rights import SystemActor
from liren.foundation.people.models import Account
from liren.foundation.policy import services as policy
from liren.foundation.registers import queries
from liren.foundation.registers.engine.columns import BUILT_IN
from liren.foundation.registers.engine.samples import Sample, sample
from liren.foundation.registers.engine.spec import LEVELS, FieldSpec, MeasureSpec, RegisterSpec
from liren.foundation.registers.models import Register
from liren.foundation.territory.models import Kind, Level, Unit
from tests.conftest import ROOT
from tests.make import people, territory

SYSTEM = SystemActor("test")
ROLES = {
    "city": "city_admin",
    "district": "district_admin",
    "street": "street_officer",
    "community": "community_worker",
}
CENTRE = (82.4, 39.4)


@dataclass
class Stage:
    """``here`` is a chain of units from the city to a grid, ``beside`` a neighbour at each level."""

    here: dict[str, Unit]
    beside: dict[str, Unit]
    units: list[Unit]
    people: dict[int, dict[str, int]]
    keepers: dict[int, Account] = field(default_factory=dict)
    bodies: dict[str, list[Body]] = field(default_factory=dict)

    def spot(self, spec: RegisterSpec) -> Unit:
        """Where an entry of the register hangs: the lowest level on which it may."""
        return self.here[spec.levels[-1]]

    def keeper(self, spec: RegisterSpec) -> Account:
        return self.keepers[self._kept(spec, self.here).pk]

    def neighbour(self, spec: RegisterSpec) -> Account:
        """Who keeps the same register next door."""
        return self.keepers[self._kept(spec, self.beside).pk]

    def above(self, spec: RegisterSpec) -> Account | None:
        """Whoever stands above the keeper; nobody above a city."""
        kept = self._kept(spec, self.here)
        return None if kept.parent_id is None else self.keepers[kept.parent_id]

    def _kept(self, spec: RegisterSpec, units: dict[str, Unit]) -> Unit:
        """The unit whose duty it is: at the level of the keeper, or the spot itself where that stands higher."""
        lowest = spec.levels[-1]
        return units[spec.kept_by if LEVELS[spec.kept_by] <= LEVELS[lowest] else lowest]

    def refers(self, one: FieldSpec) -> int | None:
        """A unit or body for a field of that kind; nothing for files, which need an entry first."""
        if one.kind == "unit":
            return self.beside[one.levels[-1]].pk
        if one.kind != "body":
            return None
        kinds = one.body_kinds or (BodyKind.DEPARTMENT,)
        return self.bodies[kinds[0]][0].pk

    def sample(self, spec: RegisterSpec, seed: object, **more: Any) -> Sample:
        return sample(spec, seed, refers=self.refers, **more)


def load_packs(at: datetime) -> None:
    """The packs that come with the code, as a start of the server loads them."""
    policy.load_packs(ROOT / "packs", by=SYSTEM, at=at)


def stage() -> Stage:
    """Two cities: one with two districts and three streets, with communities and villages, compounds and grids."""
    city = _unit(2, "990100000000")
    other = _unit(2, "990200000000")
    one, two = (_unit(3, f"99010{n}000000", city) for n in (2, 3))
    streets = [_unit(4, f"9901020{n}0000"[:9] + "000", one) for n in ("01", "02")] + [_unit(4, "990103001000", two)]
    first, second = (_unit(5, f"99010201000{n}"[:12], streets[0]) for n in (1, 2))
    third = _unit(5, "990102020001", streets[1])
    village, hamlet = (_unit(5, f"9901030012{n:02}", streets[2], kind=Kind.VILLAGE) for n in (1, 2))
    compounds = [_unit(6, f"{above.code}-X001", above) for above in (first, second, village)]
    grids = [_unit(7, f"{above.code}-G001", above) for above in (first, second)]
    units = [city, other, one, two, *streets, first, second, third, village, hamlet, *compounds, *grids]
    here = dict(zip(LEVELS, (city, one, streets[0], first, compounds[0], grids[0]), strict=True))
    beside = dict(zip(LEVELS, (other, two, streets[1], second, compounds[1], grids[1]), strict=True))
    made = Stage(here, beside, units, _counts([first, second, third, village, hamlet]))
    people.roles()
    for unit in units:
        if unit.level <= Level.COMMUNITY:
            made.keepers[unit.pk] = people.official(ROLES[Level(unit.level).name.lower()], unit)
    made.bodies = _bodies(city, here["community"])
    return made


def _unit(level: int, code: str, above: Unit | None = None, **more: Any) -> Unit:
    name = f"里仁{code[4:12].rstrip('0') or '市'}{code[12:]}{territory.NAMES[level]}"
    return territory.unit(level, above, code=code, name_zh=name, **more)


def _counts(communities: list[Unit]) -> dict[int, dict[str, int]]:
    """Households and people of each community; above them they add up."""
    found = {}
    for place, unit in enumerate(communities, 1):
        residents = 1000 * place + 17
        urban = residents if unit.kind == Kind.COMMUNITY else 0
        found[unit.pk] = {"households": 400 * place + 3, "residents": residents, "urban_residents": urban}
        territory.population(unit, **found[unit.pk])
    return found


def _bodies(city: Unit, community: Unit) -> dict[str, list[Body]]:
    found: dict[str, list[Body]] = {}
    for kind in BodyKind.values:
        if kind == BodyKind.SUB_COMMITTEE:
            continue
        found[kind] = [_body(kind, city, number) for number in (1, 2)]
    parent = _body(BodyKind.COMMITTEE, community, 3)
    found[BodyKind.SUB_COMMITTEE] = [_body(BodyKind.SUB_COMMITTEE, community, n, parent_id=parent.pk) for n in (1, 2)]
    return found


def _body(kind: str, unit: Unit, number: int, **more: Any) -> Body:
    return bodies.found_body(
        kind=kind, name_zh=f"{BodyKind(kind).name.lower()}{number}号", unit_id=unit.pk, effective_on=date(2000, 1, 1),
        instrument="里民发〔2000〕1号", by=SYSTEM, at=territory.NOW, **more,
    )  # fmt: skip


def place(spec: RegisterSpec, number: int = 0) -> dict[str, float]:
    """A point for an entry of a register that has places."""
    if spec.place == "none":
        return {}
    return {"lon": CENTRE[0] + number / 1000, "lat": CENTRE[1] - number / 1000}


def identity(spec: RegisterSpec, made: Sample, name: str, number: int = 0) -> dict[str, Any]:
    """The facts that every entry has, as a form would send them."""
    days = {"opened_on": made.opened_on, "closed_on": made.closed_on}
    return {"name_zh": name, "name_en": f"Entry {number}", **place(spec, number), **days}


def typed(stage: Stage, one: FieldSpec, value: Any) -> Any:
    """A kept value as a worker types it into a cell."""
    if value is None:
        return ""
    if one.kind == "yes_no":
        return "是" if value else "否"
    if one.kind == "choice":
        return one.choice(value).name.zh
    if one.kind == "choices":
        return "、".join(one.choice(code).name.zh for code in value)
    if one.kind == "unit":
        return Unit.objects.get(pk=value).code
    if one.kind == "body":
        return Body.objects.get(pk=value).name_zh
    return value


@dataclass
class Table:
    """A file in the form of the register's own template."""

    titles: list[str]
    rows: list[list[Any]]

    def write(self, path: Path) -> Path:
        if path.suffix == ".xlsx":
            book = openpyxl.Workbook()
            for row in (self.titles, *self.rows):
                book.active.append(row)
            book.save(path)
        else:
            out = io.StringIO(newline="")
            csv.writer(out).writerows([self.titles, *self.rows])
            path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
        return path


def template(register: Register, actor: Any) -> list[str]:
    """Titles of an empty table: what the register exports before anything is in it, and what never leaves in a file."""
    sealed = [one.name.zh for one in register.spec.fields if one.visible == "sealed"]
    if register.spec.visible != "sealed":
        given = "".join(queries.csv_export(register, actor)).removeprefix("\ufeff")
        return [*next(csv.reader(io.StringIO(given))), *sealed]
    return [BUILT_IN[name][0] for name in ("name_zh", "name_en", "unit", "opened_on", "closed_on")] + sealed


def filled(stage: Stage, spec: RegisterSpec, titles: list[str], entries: Iterable[tuple[Unit, str, Sample]]) -> Table:
    """The template with a line for each entry."""
    rows = []
    for number, (unit, name, made) in enumerate(entries, 1):
        facts = {key: value for key, value in identity(spec, made, name, number).items() if value is not None}
        cells: dict[str, Any] = {BUILT_IN[key][0]: value for key, value in facts.items()}
        cells[BUILT_IN["unit"][0]] = unit.code
        for one in spec.fields:
            value = made.values.get(one.code)
            if one.kind == "bilingual":
                both = value or {}
                cells[one.name.zh], cells[f"{one.name.zh}_en"] = both.get("zh", ""), both.get("en", "")
            else:
                cells[one.name.zh] = typed(stage, one, value)
        rows.append([cells.get(title, "") for title in titles])
    return Table(titles, rows)


def measures_for(spec: RegisterSpec, number: int) -> tuple[MeasureSpec, ...]:
    """One after another the measures of a register; every third time none, so that some entries match nothing."""
    return (spec.measures[number % len(spec.measures)],) if spec.measures and number % 3 else ()
