"""Coverage in words: a figure with both numbers of its share, its target with the provision, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.foundation.kernel.rights import Actor
from liren.foundation.policy.queries import Answer, NoParameter, parameter
from liren.foundation.registers import queries
from liren.foundation.registers.models import Book, Register
from liren.foundation.registers.models.vocabulary import FieldSpec, MeasureSpec
from liren.foundation.registers.queries.hidden import hidden_figures
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags.kit import is_chinese
from liren.front.portal.forms import today
from liren.front.portal.registers import words
from liren.front.portal.registers.places import Scope, scope

#: A share of fewer than this many jumps with each single one; the page says so.
FEW = 10


@dataclass(frozen=True)
class Line:
    """A measure at a unit, as a page shows it. ``share`` is the length of its bar in percent, None for no bar."""

    covered: queries.Covered
    unit: Unit
    value: str
    how: str
    share: int | None
    is_hidden: bool
    is_few: bool
    gap: str
    why: str

    @property
    def measure(self) -> MeasureSpec:
        return self.covered.measure

    @property
    def figure(self) -> Any:
        return self.covered.figure


@dataclass(frozen=True)
class Summary:
    """A measure at the place one looks at, with the target that documents set there."""

    line: Line
    target: Answer | None

    @property
    def goal(self) -> str:
        return self.target.text("zh" if is_chinese() else "en") if self.target else ""


@dataclass(frozen=True)
class Table:
    """A measure at a place and at each of its parts."""

    summary: Summary
    rows: list[Line]


def at(register: Register, unit: Unit | None, actor: Actor) -> list[Summary]:
    """Every measure at a unit, with its target."""
    if unit is None or not register.spec.measures:
        return []
    hidden = hidden_figures(register, [unit], actor)
    counted = is_counted(register)
    found = queries.coverage(register, unit, actor)
    return [Summary(line(one, hidden, counted), target(one.measure, unit)) for one in found]


def is_counted(register: Register) -> bool:
    """Whether the figures of the register have been computed at all."""
    return Book.objects.filter(register=register.pk, counted_at__isnull=False).exists()


def page(request: HttpRequest, register: Register, unit: Unit | None, actor: Actor) -> dict[str, Any]:
    """The page of coverage: every measure at the place, then at each of its parts."""
    where = scope(unit, register.spec)
    summaries = at(register, where.here, actor)
    return {
        "register": register,
        "spec": register.spec,
        "scope": where,
        "tables": tables(register, summaries, where, actor),
        "days": sorted({one.line.figure.on_day for one in summaries if one.line.figure})[-1:],
        "ground_url": reverse("unit-geo", args=[where.here.code]) if where.here else "",
    }


def tables(register: Register, summaries: list[Summary], where: Scope, actor: Actor) -> list[Table]:
    """For each measure the parts of the place. The same queries for one part or eighty."""
    hidden = hidden_figures(register, where.parts, actor) if summaries else set()
    counted = bool(summaries) and is_counted(register)
    rows = queries.coverage_at(register, where.parts, actor) if summaries else []
    found: dict[str, list[Line]] = {}
    for row in rows:
        found.setdefault(row.measure.code, []).append(line(row, hidden, counted))
    return [Table(one, told(found.get(one.line.measure.code, []))) for one in summaries]


def told(lines: list[Line]) -> list[Line]:
    """The lines of a table; none where no place has anything to tell."""
    return lines if any(one.figure or one.is_hidden for one in lines) else []


def target(measure: MeasureSpec, unit: Unit) -> Answer | None:
    """What the documents that hold at the unit set for this measure."""
    if not measure.parameter:
        return None
    try:
        return parameter(measure.parameter, unit, on=today())
    except NoParameter:
        return None


def line(one: queries.Covered, hidden: set[tuple[str, int]], counted: bool) -> Line:
    """A figure in words; where there is none, why."""
    figure, measure = one.figure, one.measure
    is_hidden = figure is None and (measure.code, one.unit.pk) in hidden
    value = "—" if figure is None else words.number(figure.value, measure.unit)
    how = "" if figure is None else sentence(one.register, measure, figure)
    why = "" if figure else missing(is_hidden, counted)
    few, short = is_few(measure, figure), gap(measure, figure)
    return Line(one, one.unit, value, how, bar(measure, figure), is_hidden, few, short, why)


def missing(is_hidden: bool, counted: bool) -> str:
    """Why there is no figure."""
    if is_hidden:
        return _("Not published: a number of people from 1 to 4 could be worked out from it.")
    return _("There is nothing of this kind here.") if counted else _("Not computed yet.")


def bar(measure: MeasureSpec, figure: Any) -> int | None:
    """How long a share's bar is, in whole percent."""
    if figure is None or figure.value is None or not figure.denominator or measure.measure not in ("units", "entries"):
        return None
    return int(min(Decimal(100), 100 * figure.numerator / figure.denominator))


def gap(measure: MeasureSpec, figure: Any) -> str:
    """By how much the target is missed; "" where it is met or can't be judged."""
    if figure is None or figure.met is not False or figure.gap is None:
        return ""
    if measure.unit == "percent":
        return _("%(n)s percentage points short") % {"n": words.number(round(figure.gap, 1))}
    return _("%(n)s short") % {"n": words.number(figure.gap, measure.unit)}


def is_few(measure: MeasureSpec, figure: Any) -> bool:
    """Whether a share rests on so few that one more or less changes it much."""
    is_share = measure.measure in ("units", "entries")
    return bool(figure is not None and is_share and figure.denominator and figure.denominator < FEW)


def sentence(register: Register, measure: MeasureSpec, figure: Any) -> str:
    """Both numbers of a share, and what they count."""
    above, below = Decimal(figure.numerator), figure.denominator
    if measure.measure == "units":
        return of_units(measure, int(above), int(below or 0))
    if measure.measure == "entries":
        if not below:
            return _("no entry yet")
        names = {"above": words.number(above), "below": words.number(below)}
        return ngettext("%(above)s of %(below)s entry", "%(above)s of %(below)s entries", int(below or 0)) % names
    if measure.measure == "rate":
        return of_rate(register, measure, above, below)
    if measure.measure == "ratio":
        return of_ratio(register, measure, above, below)
    return ""


def of_units(measure: MeasureSpec, above: int, below: int) -> str:
    """31 of 42 urban communities."""
    names = {"above": f"{above:,}", "below": f"{below:,}"}
    if measure.level == "community" and measure.of == "urban":
        return ngettext("%(above)s of %(below)s community", "%(above)s of %(below)s urban communities", below) % names
    if measure.level == "community" and measure.of == "rural":
        return ngettext("%(above)s of %(below)s village", "%(above)s of %(below)s villages", below) % names
    return UNITS[measure.level](below) % names


#: One sentence for each level: languages count each noun in their own way.
UNITS = {
    "city": lambda n: ngettext("%(above)s of %(below)s city", "%(above)s of %(below)s cities", n),
    "district": lambda n: ngettext("%(above)s of %(below)s district", "%(above)s of %(below)s districts", n),
    "street": lambda n: ngettext(
        "%(above)s of %(below)s street or town", "%(above)s of %(below)s streets and towns", n
    ),
    "community": lambda n: ngettext(
        "%(above)s of %(below)s community or village", "%(above)s of %(below)s communities and villages", n
    ),
    "compound": lambda n: ngettext("%(above)s of %(below)s compound", "%(above)s of %(below)s compounds", n),
    "grid": lambda n: ngettext("%(above)s of %(below)s grid", "%(above)s of %(below)s grids", n),
}


def of_rate(register: Register, measure: MeasureSpec, above: Decimal, below: Decimal | None) -> str:
    """12 in all, for 51,260 residents."""
    if below is None:
        return _("The number of people or households there is not known yet.")
    counted = _summed(register, measure.sum, above) if measure.sum else words.number(above)
    people = {
        "residents": ngettext("%(n)s permanent resident", "%(n)s permanent residents", int(below)),
        "urban_residents": ngettext("%(n)s urban resident", "%(n)s urban residents", int(below)),
        "households": ngettext("%(n)s household", "%(n)s households", int(below)),
    }[measure.per] % {"n": f"{int(below):,}"}
    return _("%(counted)s in all, for %(people)s") % {"counted": counted, "people": people}


def of_ratio(register: Register, measure: MeasureSpec, above: Decimal, below: Decimal | None) -> str:
    """Both sums by the names of their fields."""
    first, second = (_named(register, code) for code in (measure.sum, measure.over))
    return _("%(first)s: %(above)s; %(second)s: %(below)s") % {
        "first": first,
        "above": _summed(register, measure.sum, above),
        "second": second,
        "below": _summed(register, measure.over, below),
    }


def _field(register: Register, code: str) -> FieldSpec | None:
    return register.spec.by_code.get(code)


def _named(register: Register, code: str) -> str:
    field = _field(register, code)
    return field.name.text(words.language()) if field else code


def _summed(register: Register, code: str, value: Decimal | None) -> str:
    field = _field(register, code)
    return words.number(value, field.unit if field else "")
