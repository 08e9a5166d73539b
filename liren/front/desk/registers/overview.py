"""The registers that I keep: how many entries, what has to be reviewed, which units have none yet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import require
from liren.foundation.people.models.reach import inside
from liren.foundation.registers import queries
from liren.foundation.registers.models import Entry, Register
from liren.foundation.territory.models import Kind, Level, Unit
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.registers.area import KEEP, Area, area_of
from liren.front.desk.registers.words import GROUPS

#: The kinds of communities that a measure of coverage means.
KINDS = {"urban": (Kind.COMMUNITY,), "rural": (Kind.VILLAGE,)}
LONGEST_WORD = 60


@dataclass(frozen=True)
class Line:
    """A register in the overview. ``missing``: units that should have an entry and have none.

    None where that is not said: no unit needs one, or the area is too large to be counted for a page.
    """

    book: Register
    entries: int
    stale: int | None
    missing: int | None

    @property
    def waits(self) -> bool:
        return bool(self.stale or self.missing)


@dataclass(frozen=True)
class Group:
    """A group of registers under its heading."""

    title: str
    lines: list[Line]


@desk(KEEP)
def overview(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    require(actor, KEEP)
    area = area_of(actor)
    every = lines_for(actor, area)
    words, todo = request.GET.get("q", "")[:LONGEST_WORD].strip(), request.GET.get("todo") == "1"
    found = [one for one in every if said(one.book, words) and (one.waits or not todo)]
    context = {"title": _("Registers"), "area": area.units, "groups": grouped(found), "q": words, "todo": todo}
    context |= {"many": len(every), "stale": sum(one.stale or 0 for one in every)}
    context |= {"missing": sum(one.missing or 0 for one in every), "is_counted": is_counted(area)}
    return show(request, "desk/registers/overview.html", "", context)


def said(book: Register, words: str) -> bool:
    """Whether the name or the purpose of the register holds the words."""
    spec = book.spec
    texts = (spec.code, spec.name.zh, spec.name.en, spec.purpose.zh, spec.purpose.en)
    return not words or any(words.casefold() in text.casefold() for text in texts)


def grouped(lines: Iterable[Line]) -> list[Group]:
    by: dict[str, list[Line]] = {}
    for line in lines:
        by.setdefault(line.book.spec.group, []).append(line)
    return [Group(str(title), by[code]) for code, title in GROUPS.items() if code in by]


def is_counted(area: Area) -> bool:
    """Whether what waits is counted for a page: in a street and below. Above, each list shows it page by page."""
    return all(unit.level >= Level.STREET for unit in area.units)


def lines_for(actor: Any, area: Area) -> list[Line]:
    """Every register that is kept from this area, with its counts inside it; a few queries for each mandate."""
    entries: Counter[int] = Counter()
    stale: Counter[int] = Counter()
    kept: dict[int, Register] = {}
    for unit in area.units:
        for one in queries.overview(actor, unit=unit):
            entries[one.register.pk] += one.entries
            stale[one.register.pk] += one.stale or 0
            if area.keeps(one.register):
                kept[one.register.pk] = one.register
    if not is_counted(area):
        return [Line(one, entries[pk], None, None) for pk, one in kept.items()]
    missing = missing_in(actor, area, kept.values())
    return [Line(one, entries[pk], stale[pk], missing.get(pk)) for pk, one in kept.items()]


def measured(book: Register) -> tuple[int, str] | None:
    """The level (and kind of area) of which every unit should have an entry of its own, if the register says so."""
    for measure in book.spec.measures:
        rank = Level[measure.level.upper()]
        if measure.measure == "units" and rank == max(book.spec.ranks):
            return rank, measure.of
    return None


def missing_in(actor: Any, area: Area, books: Iterable[Register]) -> dict[int, int]:
    """For each register how many units have no entry: two grouped queries for all of them."""
    wanted = {one.pk: measured(one) for one in books}
    today, reach = timezone.localdate(), inside(area.paths, "path")
    units = Unit.objects.existing_on(today).filter(reach).values("level", "kind").annotate(many=Count("id")).order_by()
    total = Counter({(row["level"], row["kind"]): row["many"] for row in units})
    rows = Entry.objects.visible_to(actor).open_on(today).filter(inside(area.paths))
    rows = rows.filter(register__in=[pk for pk, level in wanted.items() if level])
    grouped = rows.values("register_id", "unit__level", "unit__kind").annotate(many=Count("unit", distinct=True))
    found = grouped.order_by()
    there = Counter({(row["register_id"], row["unit__level"], row["unit__kind"]): row["many"] for row in found})
    return {pk: _short(pk, *level, total, there) for pk, level in wanted.items() if level}


def _short(pk: int, rank: int, of: str, total: Counter[Any], there: Counter[Any]) -> int:
    kinds = [kind for level, kind in total if level == rank and (of == "all" or kind in KINDS[of])]
    return sum(total[rank, kind] - there[pk, rank, kind] for kind in kinds)
