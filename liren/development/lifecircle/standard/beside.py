"""Reads what a standard says beside its circles: answers from registers, and by what a planned estate is checked."""

from __future__ import annotations

from collections.abc import Callable

from liren.development.lifecircle.standard.spec import (
    CERTAINTIES,
    AnswerSpec,
    Beside,
    Due,
    Estates,
    Handled,
    Source,
    Words,
)
from liren.foundation.kernel.engine.declared import Table

MOST_ANSWERS, MOST_COLUMNS = 20, 16
MOST_DWELLINGS = 1_000_000
HANDLED_AT = ("community", "street", "district", "city")
Sources = Callable[[Table], Source]
Codes = Callable[[Table], str]


def answers(table: Table, source: Sources, code: Codes) -> tuple[AnswerSpec, ...]:
    """The tables ``[[answers]]``."""
    tables = table.tables("answers")
    if len(tables) > MOST_ANSWERS:
        table.fault(f"{len(tables)} answers are too few or too many", f"from 1 to {MOST_ANSWERS}", at="answers")
    return tuple(_answer(one, source, code) for one in tables)


def _answer(table: Table, source: Sources, code: Codes) -> AnswerSpec:
    made = AnswerSpec(
        code=code(table),
        name=Words(*table.words("name", longest=60)),
        says=Words(*table.words("says", longest=300)),
        measures=tuple(_pair(one, "measure") for one in table.tables("measures")),
        tallies=tuple(_pair(one, "field") for one in table.tables("tallies")),
        checks=tuple(_fields(one) for one in table.tables("checks")),
        beside=_beside(table, source),
    )
    columns = len(made.measures) + sum(len(fields) for _register, fields in made.checks) + bool(made.beside)
    if not columns and not made.tallies:
        table.fault("asks nothing of any register", "write measures, tallies, checks or beside", at="measures")
    if columns > MOST_COLUMNS:
        table.fault(f"{columns} columns are too few or too many", f"from 1 to {MOST_COLUMNS}", at="checks")
    table.done()
    return made


def _pair(table: Table, key: str) -> tuple[str, str]:
    pair = table.text("register", longest=80), table.text(key, longest=80)
    table.done()
    return pair


def _fields(table: Table) -> tuple[str, tuple[str, ...]]:
    found = table.text("register", longest=80), table.texts("fields", needed=True)
    table.done()
    return found


def _beside(table: Table, source: Sources) -> Beside | None:
    one = table.inner("beside", "{ of = …, to = … }") if table.has("beside") else None
    if one is None:
        return None
    name = Words(*one.words("name", longest=60))
    ends = [one.inner(key, '{ register = "…" }') for key in ("of", "to")]
    of, to = (Source("") if end is None else source(end) for end in ends)
    made = Beside(name, of, to, one.integer("within_m", 10, 5000), one.choice("certainty", CERTAINTIES))
    one.done()
    return made


def estates(table: Table, circles: list[str], categories: list[str]) -> Estates | None:
    """The table ``[estates]``; None where there is none."""
    one = table.inner("estates", "{ per_people = … }") if table.has("estates") else None
    if one is None:
        return None
    always = [_known(_pair_of(inner), inner, categories, "category") for inner in one.tables("always")]
    due = [_due(inner, circles) for inner in one.tables("due")]
    made = Estates(
        per_people=one.text("per_people", longest=80),
        least=one.text("least", longest=80),
        per_households=one.text("per_households", longest=80),
        always=tuple(always),
        due=tuple(due),
    )
    one.done()
    return made


def _pair_of(table: Table) -> tuple[str, str]:
    pair = table.text("category", longest=40), table.text("parameter", longest=80)
    table.done()
    return pair


def _known(pair: tuple[str, str], table: Table, known: list[str], at: str) -> tuple[str, str]:
    if pair[0] and pair[0] not in known:
        table.unknown(pair[0], known, at=at)
    return pair


def _due(table: Table, circles: list[str]) -> Due:
    circle = table.text("circle", longest=40)
    if circle and circle not in circles:
        table.unknown(circle, circles, at="circle")
    made = Due(circle, table.integer("dwellings", 0, MOST_DWELLINGS), table.choice("certainty", CERTAINTIES))
    table.done()
    return made


def handled(table: Table, categories: list[str]) -> Handled | None:
    """The table ``[handled]``; None where there is none."""
    one = table.inner("handled", '{ register = "…" }') if table.has("handled") else None
    if one is None:
        return None
    found = []
    for inner in one.tables("at"):
        pair = inner.choice("level", HANDLED_AT), inner.text("category", longest=40)
        inner.done()
        found.append((pair[0], _known((pair[1], ""), inner, categories, "category")[0]))
    made = Handled(one.text("register", longest=80), one.text("online", longest=40), tuple(found))
    one.done()
    return made
