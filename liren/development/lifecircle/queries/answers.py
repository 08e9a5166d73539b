"""What registers say beside the circles, for a unit and each of its parts: figures, counts by kind, yes or no.

Numbers of people hidden in the registers stay hidden here: figures of coverage come through ``visible_to``. Numbers of
facilities are no people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from liren.development.lifecircle.models.declared import standards
from liren.development.lifecircle.queries.besides import beside_counts
from liren.development.lifecircle.standard.spec import AnswerSpec, Standard, Words
from liren.foundation.kernel.rights import ANONYMOUS, Actor
from liren.foundation.registers import queries as registers
from liren.foundation.registers.models import Entry, Register
from liren.foundation.territory.models import Level, Unit

MOST = 200


@dataclass(frozen=True)
class Column:
    """One figure of an answer. ``kind``: measure, tally, check or beside; ``register`` where it comes from.

    ``unit`` is that of the values; ``measured`` how a figure of coverage is made up; ``goal`` what a document sets.
    """

    code: str
    name: Words
    kind: str
    register: Register
    unit: str = ""
    measured: str = ""
    parameter: str = ""
    within_m: int = 0
    is_unverified: bool = False

    @property
    def is_share(self) -> bool:
        return self.kind in ("check", "beside") or self.unit == "percent"


@dataclass(frozen=True)
class Figure:
    """A value (a share in percent, or a number), of which counts it is made (``part`` of ``whole``), and whether it
    meets what is set. All None where nothing is known, or where it is not for this reader."""

    value: float | None = None
    part: float | None = None
    whole: float | None = None
    met: bool | None = None


@dataclass(frozen=True)
class Line:
    """A unit with its figures, column by column."""

    unit: Unit
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Answered:
    """An answer at a unit (``whole``) and at its parts, by name; ``after`` is the key of the next parts."""

    spec: AnswerSpec
    columns: tuple[Column, ...]
    whole: Line
    parts: list[Line]
    after: tuple[str, int] | None


def answers() -> tuple[AnswerSpec, ...]:
    """Every answer that a standard in force declares."""
    return tuple(one for found in standards() for one in found.spec.answers)


def standard_with(code: str) -> Standard | None:
    """The standard that declares an answer."""
    return next((one.spec for one in standards() if one.spec.answer(code)), None)


def answered(
    spec: AnswerSpec, unit: Unit, *, actor: Actor, day: date, after: tuple[str, int] | None = None, limit: int = 60
) -> Answered:
    """The figures of an answer at a unit and its parts down to communities; the same queries for one part or sixty."""
    parts, following = _parts(unit, day, after, min(limit, MOST))
    units = [unit, *parts]
    known = {one.code: one for one in registers.registers() if one.code in spec.registers}
    columns: list[Column] = []
    cells: dict[int, list[Figure]] = {one.pk: [] for one in units}
    for found, figures in (
        *_measured(spec, known, units, actor),
        *_beside(spec, known, units, day),
        *_tallied(spec, known, units, day),
        *_checked(spec, known, units, day),
    ):
        columns.append(found)
        for one in units:
            cells[one.pk].append(figures.get(one.pk, Figure()))
    lines = [Line(one, tuple(cells[one.pk])) for one in units]
    return Answered(spec, tuple(columns), lines[0], lines[1:], following)


def _parts(
    unit: Unit, day: date, after: tuple[str, int] | None, limit: int
) -> tuple[list[Unit], tuple[str, int] | None]:
    if unit.level >= Level.COMMUNITY:
        return [], None
    rows = Unit.objects.existing_on(day).filter(parent=unit, level__lte=Level.COMMUNITY)
    if after is not None:
        rows = rows.filter(pinyin__gte=after[0]).exclude(pinyin=after[0], pk__lte=after[1])
    found = list(rows.order_by("pinyin", "pk")[: limit + 1])
    page = found[:limit]
    return page, (page[-1].pinyin, page[-1].pk) if len(found) > limit else None


Figures = tuple[Column, dict[int, Figure]]


def _measured(spec: AnswerSpec, known: dict[str, Register], units: list[Unit], actor: Actor) -> Iterable[Figures]:
    """Figures of coverage; two queries for each register."""
    asked: dict[str, list[str]] = {}
    for code, measure in spec.measures:
        asked.setdefault(code, []).append(measure)
    for code, measures in asked.items():
        if code not in known:
            continue
        rows = registers.coverage_at(known[code], units, actor)
        for measure in measures:
            of = known[code].spec.measure(measure)
            if of is None:
                continue
            column = Column(
                measure, _words(of.name), "measure", known[code], of.unit, measured=of.measure, parameter=of.parameter
            )
            mine = (one for one in rows if one.measure.code == measure)
            yield column, {one.unit.pk: _figure(one) for one in mine}


def _figure(one: registers.Covered) -> Figure:
    row = one.figure
    if row is None:
        return Figure()
    value, whole = (None if it is None else float(it) for it in (row.value, row.denominator))
    return Figure(value, float(row.numerator), whole, row.met)


def _tallied(spec: AnswerSpec, known: dict[str, Register], units: list[Unit], day: date) -> Iterable[Figures]:
    """How many entries of each choice; one query for each register."""
    for code, name in spec.tallies:
        field = known[code].spec.field(name) if code in known else None
        if field is None:
            continue
        counts = _counts(known[code], name, units, day)
        for choice in field.choices:
            column = Column(f"{code}.{choice.code}", _words(choice.name), "tally", known[code], "piece")
            yield column, {one.pk: _number(counts[one.pk].get(choice.code, 0)) for one in units}


def _number(count: int) -> Figure:
    return Figure(float(count), float(count))


def _words(name: Any) -> Words:
    return Words(name.zh, name.en)


def _checked(spec: AnswerSpec, known: dict[str, Register], units: list[Unit], day: date) -> Iterable[Figures]:
    """Of the entries that say yes or no, how many say yes; one query for each field."""
    for code, names in spec.checks:
        for name in names:
            field = known[code].spec.field(name) if code in known else None
            if field is None:
                continue
            counts = _counts(known[code], name, units, day)
            column = Column(f"{code}.{name}", _words(field.name), "check", known[code], "percent")
            yield column, {one.pk: shared(counts[one.pk]["true"], counts[one.pk]) for one in units}


def shared(part: int, counts: dict[str, int]) -> Figure:
    """A share in percent of what was answered; nothing where nobody has answered."""
    whole = counts.get("true", 0) + counts.get("false", 0)
    return Figure(100 * part / whole if whole else None, float(part), float(whole))


def _counts(register: Register, field: str, units: list[Unit], day: date) -> dict[int, dict[str, int]]:
    """Entries in force at each unit and below it, by what a field says."""
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id=register.pk)
    rows = rows.filter(unit__path__startswith=units[0].path).annotate(said=KeyTextTransform(field, "values"))
    found: dict[int, dict[str, int]] = {one.pk: defaultdict(int) for one in units}
    counted = rows.order_by().values_list("unit__path", "said").annotate(many=Count("pk"))
    for path, said, many in counted:
        for pk in map(int, filter(None, path.split("/"))):
            if pk in found and said is not None:
                found[pk][said] += many
    return found


def _beside(spec: AnswerSpec, known: dict[str, Register], units: list[Unit], day: date) -> Iterable[Figures]:
    """How many of one kind have one of another beside them; two queries."""
    if spec.beside is None or spec.beside.of.register not in known:
        return
    of = known[spec.beside.of.register]
    column = Column(
        "beside", spec.beside.name, "beside", of, "percent",
        within_m=spec.beside.within_m, is_unverified=spec.beside.is_unverified,
    )  # fmt: skip
    counts = beside_counts(spec.beside, known, units, day)
    yield column, {pk: shared(there["true"], there) for pk, there in counts.items()}
