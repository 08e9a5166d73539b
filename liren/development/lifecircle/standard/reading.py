"""Reads a declared standard key by key, and says everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from liren.development.lifecircle.standard import beside
from liren.development.lifecircle.standard.spec import (
    CERTAINTIES,
    HOURS,
    KINDS,
    Category,
    Circle,
    Group,
    Source,
    Standard,
    Words,
)
from liren.foundation.kernel.engine.declared import DeclarationFault, Faults, Table, nearest, one_of

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
MOST_GROUPS, MOST_CIRCLES, MOST_CATEGORIES, MOST_POI = 12, 12, 64, 40
SLOWEST, FASTEST = 100, 10_000  # millimetres a second
LEVELS = ("street", "community", "compound")


class BadStandard(ValueError):
    """A declaration from which no standard can be had."""

    def __init__(self, faults: list[DeclarationFault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def check(content: Mapping[str, Any]) -> list[DeclarationFault]:
    """Everything that is wrong with a declaration; nothing for a good one."""
    return _read(content)[1]


def parse(content: Mapping[str, Any]) -> Standard:
    """What the declaration says.

    Raises:
        BadStandard: anything is wrong with it.
    """
    standard, faults = _read(content)
    if faults:
        raise BadStandard(faults)
    return standard


def _read(content: Mapping[str, Any]) -> tuple[Standard, list[DeclarationFault]]:
    faults = Faults()
    table = Table(content, (), "", faults)
    code = table.text("code", longest=80)
    for key in ("requirements", "basis"):  # these the policy room reads
        table.raw(key)
    name, source = Words(*table.words("name", longest=80)), Words(*table.words("source", longest=400))
    groups = tuple(_group(one) for one in _bounded(table, "groups", MOST_GROUPS))
    circles = tuple(_circle(one) for one in _bounded(table, "circles", MOST_CIRCLES))
    known = [one.code for one in circles if one.code]
    categories = tuple(_category(one, known) for one in _bounded(table, "categories", MOST_CATEGORIES))
    gates = _source(one) if table.has("gates") and (one := table.inner("gates", '{ register = "…" }')) else None
    told = beside.answers(table, _source, _code)
    codes = [one.code for one in categories]
    of_estates, at = beside.estates(table, known, codes), beside.handled(table, codes)
    table.done()
    for what, found in (("groups", groups), ("circles", circles), ("categories", categories), ("answers", told)):
        _twice(table, what, [one.code for one in found])
    _same_words(table, nested(circles, categories))
    _empty(table, circles, categories)
    return Standard(code, name, source, groups, circles, categories, gates, told, of_estates, at), faults.found


def _bounded(table: Table, key: str, most: int) -> list[Table]:
    found = table.tables(key)
    if not 1 <= len(found) <= most:
        table.fault(f"{len(found)} {key} are too few or too many", f"from 1 to {most}", at=key)
    return found


def _code(table: Table) -> str:
    code = table.text("code", longest=40)
    if code and not CODE.fullmatch(code):
        table.fault(f"“{code}” is no code", "small letters, digits and _, beginning with a letter", at="code")
    table.name = f"{table.name} ({code})" if code else table.name
    return code


def _group(table: Table) -> Group:
    code, name = _code(table), Words(*table.words("name", longest=40))
    walk = table.integer("walk_mm_per_s", SLOWEST, FASTEST)
    made = Group(
        code=code,
        name=name,
        walk_mm_per_s=walk,
        steps_mm_per_s=table.integer("steps_mm_per_s", 0, FASTEST, default=walk),
        cycle_mm_per_s=table.integer("cycle_mm_per_s", SLOWEST, FASTEST),
        certainty=table.choice("certainty", CERTAINTIES),
    )
    table.done()
    return made


def _circle(table: Table) -> Circle:
    code, name = _code(table), Words(*table.words("name", longest=40))
    minutes, metres = table.integer("minutes", 1, 600, default=0), table.integer("metres", 10, 50_000, default=0)
    if bool(minutes) == bool(metres):
        table.fault("says not exactly one of minutes and metres", "minutes = 15, or metres = 300", at="minutes")
    made = Circle(
        code=code,
        name=name,
        minutes=minutes,
        metres=metres,
        parameter=table.text("parameter", needed=False, longest=80),
        certainty=table.choice("certainty", CERTAINTIES),
        level=table.choice("level", LEVELS),
        alone=table.flag("alone"),
    )
    table.done()
    return made


def _category(table: Table, circles: Iterable[str]) -> Category:
    code, name = _code(table), Words(*table.words("name", longest=60))
    circle = table.text("circle", longest=40)
    if circle and circle not in circles:
        close = nearest(circle, circles)
        table.fault(
            f"“{circle}” is no circle of this standard", f"“{close}”?" if close else one_of(circles), at="circle"
        )
    made = Category(
        code=code,
        name=name,
        circle=circle,
        kind=table.choice("kind", KINDS),
        radius_m=table.integer("radius_m", 50, 50_000, default=0),
        certainty=table.choice("certainty", CERTAINTIES),
        everyday=table.text("everyday", needed=False, longest=40),
        capacity=table.text("capacity", needed=False, longest=60),
        sources=tuple(_source(one) for one in table.tables("sources")),
        poi=table.texts("poi"),
        hours=table.text("hours", needed=False, longest=60) or HOURS,
    )
    if not made.sources and not made.poi:
        table.fault("names neither a register nor a word of tables of places", "write sources or poi", at="sources")
    if len(made.poi) > MOST_POI:
        table.fault(f"{len(made.poi)} words are more than anybody keeps", f"at most {MOST_POI}", at="poi")
    table.done()
    return made


def _source(table: Table) -> Source:
    register = table.text("register", longest=80)
    where = tuple(_condition(one) for one in table.tables("where"))
    table.done()
    return Source(register, where)


def _condition(table: Table) -> tuple[str, tuple[Any, ...]]:
    field = table.text("field", longest=60)
    one, many = table.raw("is"), table.raw("one_of")
    if (one is None) == (many is None):
        table.fault("says not exactly one comparison", 'write is = "…", or one_of = ["…", "…"]', at="is")
    wanted = tuple(many) if isinstance(many, list | tuple) else () if one is None else (one,)
    if not all(isinstance(value, str | bool) for value in wanted):
        table.fault("compares with something that is no word", 'write is = "…", or is = true', at="is")
    table.done()
    return field, wanted


def _twice(table: Table, what: str, codes: list[str]) -> None:
    for place, code in enumerate(codes):
        if code and code in codes[:place]:
            inner = Table({}, (what, place), f"{what} {place + 1} ({code})", table.faults)
            inner.fault(f"the code “{code}” is borne by two", "give each its own", at="code")


def nested(circles: tuple[Circle, ...], categories: tuple[Category, ...]) -> list[tuple[int, Category]]:
    """The categories of circles that are levels of one another, with their places."""
    alone = {one.code for one in circles if one.alone}
    return [(place, one) for place, one in enumerate(categories) if one.circle not in alone]


def _same_words(table: Table, categories: list[tuple[int, Category]]) -> None:
    """A word of tables of places stands for one category of the nested circles.

    A facility of one level does not serve another (GB 50180-2018).
    """
    words: dict[str, str] = {}
    for place, one in categories:
        inner = Table({}, ("categories", place), f"categories {place + 1} ({one.code})", table.faults)
        for word in (*one.poi, one.name.zh):
            if word in words and words[word] != one.code:
                inner.fault(f"“{word}” stands for “{words[word]}” already", "one word, one category", at="poi")
            words[word] = one.code


def _empty(table: Table, circles: tuple[Circle, ...], categories: tuple[Category, ...]) -> None:
    used = {one.circle for one in categories}
    for place, circle in enumerate(circles):
        if circle.code and circle.code not in used:
            inner = Table({}, ("circles", place), f"circles {place + 1} ({circle.code})", table.faults)
            inner.fault("no category is in this circle", "add one, or leave the circle out")


def same_entries(standard: Standard) -> list[tuple[int, str]]:
    """Categories of nested circles whose entries another one counts already: (place, the other's code)."""
    seen: dict[tuple[str, Any], str] = {}
    found = set()
    for place, one in nested(standard.circles, standard.categories):
        for key in (key for source in one.sources for key in _keys(source)):
            if seen.setdefault(key, one.code) != one.code:
                found.add((place, seen[key]))
    return sorted(found)


def _keys(source: Source) -> list[tuple[str, Any]]:
    """What a source takes, value by value: of one field; several conditions together are their own key."""
    if len(source.where) == 1:
        field, wanted = source.where[0]
        return [(source.register, (field, value)) for value in wanted]
    return [(source.register, source.where)]
