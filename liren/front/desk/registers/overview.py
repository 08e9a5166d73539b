"""The registers that I keep: how many entries, what has to be reviewed, which units have none yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liren.foundation.kernel.reply import show
from liren.foundation.kernel.rights import require
from liren.foundation.registers import queries
from liren.foundation.registers.models import Register
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.registers.area import KEEP, Area, area_of
from liren.front.desk.registers.words import GROUPS

LONGEST_WORD = 60


@dataclass(frozen=True)
class Line:
    """A register in the overview. ``missing``: units that should have an entry and have none.

    None where that is not said: no unit needs one, or the area has not been counted yet.
    """

    book: Register
    entries: int
    stale: int | None
    missing: int | None

    @property
    def waits(self) -> bool:
        return bool(self.stale or self.missing)

    def beside(self, other: Line) -> Line:
        """The same register in two areas that share no unit."""
        both = _sum(self.stale, other.stale), _sum(self.missing, other.missing)
        return Line(self.book, self.entries + other.entries, *both)


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
    context |= {"missing": sum(one.missing or 0 for one in every)}
    context["is_live"] = all(queries.is_live(unit) for unit in area.units)
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


def lines_for(actor: Any, area: Area) -> list[Line]:
    """Every register that is kept from this area, with its counts inside it; a few queries for each mandate."""
    found: dict[int, Line] = {}
    for unit in area.units:
        for one in queries.overview(actor, unit=unit):
            if area.keeps(one.register):
                line = Line(one.register, one.entries, one.stale, one.missing)
                before = found.get(one.register.pk)
                found[one.register.pk] = line if before is None else before.beside(line)
    return list(found.values())


def _sum(one: int | None, other: int | None) -> int | None:
    """Both together; what is known of neither is not said."""
    return None if one is None and other is None else (one or 0) + (other or 0)
