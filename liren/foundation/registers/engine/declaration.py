"""Reads a declaration: what it says, or everything that is wrong with it."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from liren.foundation.kernel.engine.declared import DeclarationFault, Faults, Table, nearest, one_of
from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.registers.engine.forbidden import check_name
from liren.foundation.registers.engine.gates import read_gates
from liren.foundation.registers.engine.measures import read_measures
from liren.foundation.registers.engine.spec import (
    BUILT_IN,
    GROUPS,
    KEEPERS,
    KINDS,
    LEVELS,
    PLACE,
    TAKEN,
    VISIBLE,
    Choice,
    FieldSpec,
    RegisterSpec,
    Words,
)

CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
CHOICE_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
REQUIREMENT = re.compile(r"R[0-9]{3}")
BASIS = re.compile(r"[a-z0-9][a-z0-9_-]*/[a-z0-9][a-z0-9_.-]*#\S{1,60}")
MOST_FIELDS, MOST_CHOICES, MOST_IN_LIST = 40, 100, 3
LONGEST = {"text": (200, 500), "long_text": (1000, 5000), "bilingual": (200, 500)}
MOST = Decimal(10) ** 15
# Titles that columns of every file bear already.
TITLES = {"名称", "英文名称", "单元", "单元代码", "编号", "经度", "纬度", "开始日期", "结束日期", "核对日期"}


class BadDeclaration(ValueError):
    """The declaration can't be used; ``faults`` says all that is wrong."""

    def __init__(self, faults: list[DeclarationFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def check(content: Mapping[str, Any]) -> list[DeclarationFault]:
    """Everything that is wrong with a declaration; nothing for a good one."""
    return _read(content)[1]


def parse(content: Mapping[str, Any]) -> RegisterSpec:
    """What the declaration says.

    Raises:
        BadDeclaration: anything is wrong with it.
    """
    spec, faults = _read(content)
    if faults:
        raise BadDeclaration(faults)
    return spec


def _read(content: Mapping[str, Any]) -> tuple[RegisterSpec, list[DeclarationFault]]:
    faults = Faults()
    table = Table(content, (), "", faults)
    code = read_code(table, CODE)
    name = Words(*table.words("name", longest=60))
    visible = table.choice("visible", VISIBLE)
    levels = read_levels(table, "level")
    fields = tuple(_field(one, code, visible) for one in table.tables("fields"))
    _check_together(table, fields)
    kept_by = table.choice("kept_by", KEEPERS)
    _check_keeper(table, kept_by, levels)
    spec = RegisterSpec(
        code=code,
        name=name,
        purpose=Words(*table.words("purpose", longest=400)),
        group=table.choice("group", GROUPS),
        levels=levels,
        kept_by=kept_by,
        visible=visible,
        place=table.choice("place", PLACE),
        review_days=table.integer("review_days", 1, 3660),
        requirements=read_matching(table, "requirements", REQUIREMENT, '"R" and three digits, such as "R088"'),
        basis=read_matching(table, "basis", BASIS, '"jurisdiction/document#number"'),
        covers_people=table.flag("covers_people"),
        title_help=Words(*table.words("title_help", needed=False, longest=400)),
        fields=fields,
        measures=read_measures(table, {one.code: one for one in fields}, levels, code),
        gates=read_gates(table, {one.code: one for one in fields}, visible),
        by_code={one.code: one for one in fields},
    )
    check_name(table, code, code, name)
    table.done()
    return spec, faults.found


def read_code(table: Table, pattern: re.Pattern[str]) -> str:
    code = table.text("code", longest=40)
    if code and not pattern.fullmatch(code):
        table.fault(f"“{code}” is no code", "small letters, digits and _, beginning with a letter", at="code")
    return code


def read_levels(table: Table, key: str) -> tuple[str, ...]:
    """A list of levels, from the highest to the lowest."""
    given = table.texts(key, needed=True)
    for one in given:
        if one not in LEVELS:
            close = nearest(one, LEVELS)
            table.fault(f"“{one[:40]}” is no level", f"“{close}”?" if close else one_of(LEVELS), at=key)
    return tuple(level for level in LEVELS if level in given)


def read_matching(table: Table, key: str, pattern: re.Pattern[str], words: str) -> tuple[str, ...]:
    given = table.texts(key)
    for one in given:
        if not pattern.fullmatch(one):
            table.fault(f"“{one[:60]}” is not of the form that is meant", f"write {words}", at=key)
    return given


def _check_keeper(table: Table, kept_by: str, levels: tuple[str, ...]) -> None:
    if levels and LEVELS[kept_by] > max(LEVELS[level] for level in levels):
        table.fault(
            f"“{kept_by}” lies below every level on which an entry can hang ({', '.join(levels)})",
            "authority runs down: name one of these levels, or one above them",
            at="kept_by",
        )


def _check_together(table: Table, fields: tuple[FieldSpec, ...]) -> None:
    """What must hold among the fields: each code and title once, few in the list."""
    if len(fields) > MOST_FIELDS:
        table.fault(f"{len(fields)} fields are more than anybody keeps", f"at most {MOST_FIELDS}", at="fields")
    codes = [one.code for one in fields]
    codes += [f"{one.code}_en" for one in fields if one.kind == "bilingual"]
    for what, values in (
        ("code", codes),
        ("Chinese name", [one.name.zh for one in fields]),
        ("English name", [one.name.en.lower() for one in fields]),
    ):
        for value in sorted({value for value in values if value and values.count(value) > 1}):
            table.fault(f"the {what} “{value}” is borne by two fields", "give each its own", at="fields")
    if sum(one.in_list for one in fields) > MOST_IN_LIST:
        table.fault("more fields are in_list than a list has room for", f"at most {MOST_IN_LIST}", at="fields")


def _field(table: Table, register: str, widest: str) -> FieldSpec:
    code = read_code(table, CODE)
    if code in BUILT_IN or code in TAKEN:
        table.fault(f"“{code}” is a fact of every entry already, or a word of its address", "another code", at="code")
    table.name = f"{table.name} ({code})" if code else table.name
    name = Words(*table.words("name", longest=80))
    if name.zh in TITLES:
        table.fault(f"“{name.zh}” is the title of a column that every entry has", "another name", at="name")
    kind = table.choice("kind", KINDS)
    visible = table.choice("visible", VISIBLE, default=widest)
    if VISIBLE.index(visible) < VISIBLE.index(widest):
        table.fault(
            f"“{visible}” is wider than the register's own “{widest}”", f"“{widest}”, or leave it out", at="visible"
        )
    facts: dict[str, Any] = {
        "required": table.flag("required"),
        "in_list": table.flag("in_list"),
        "help": Words(*table.words("help", needed=False, longest=400)),
    }
    facts |= BY_KIND.get(kind, _nothing)(table, kind)
    if facts["required"] and kind == "file":
        table.fault("a file is added once the entry is there", "required = false", at="required")
    if facts["in_list"] and kind in ("long_text", "file"):
        table.fault(f"a {kind} has no room in a list", "in_list = false", at="in_list")
    check_name(table, register, code, name, lists=kind != "number")
    for place, choice in enumerate(facts.get("choices", ())):
        one = Table({}, (*table.key, "choices", place), f"{table.name}, choices", table.faults)
        check_name(one, register, choice.code, choice.name, lists=False)
    if table.content.get("kind") in KINDS:  # else nobody knows which keys belong here
        table.done()
    return FieldSpec(code=code, name=name, kind=kind, visible=visible, **facts)


def _nothing(table: Table, kind: str) -> dict[str, Any]:
    return {}


def _text(table: Table, kind: str) -> dict[str, Any]:
    usual, most = LONGEST[kind]
    return {"longest": table.integer("max", 1, most, default=usual)}


def _number(table: Table, kind: str) -> dict[str, Any]:
    unit = table.text("unit", needed=False, longest=40)
    if unit and unit not in UNITS:
        said = next((code for code, one in UNITS.items() if unit in (one.zh, one.en)), "")
        close = said or nearest(unit, UNITS)
        table.fault(f"“{unit}” is no unit", f"“{close}”?" if close else one_of(UNITS), at="unit")
        unit = ""
    low, high = read_decimal(table, "min"), read_decimal(table, "max")
    if low is not None and high is not None and low > high:
        table.fault("min is greater than max", "exchange them", at="min")
    people = table.flag("counts_people")
    whole = table.flag("whole")
    if people and not whole:
        table.fault("a count of people is a whole number", "whole = true", at="counts_people")
    return {"unit": unit, "low": low, "high": high, "whole": whole, "counts_people": people}


def read_decimal(table: Table, key: str) -> Decimal | None:
    value = table.raw(key)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise InvalidOperation
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) > MOST:
            raise InvalidOperation
    except InvalidOperation:
        table.fault(f"“{str(value)[:40]}” is no number that can be kept", f"write {key} = 0", at=key)
        return None
    return number


def _date(table: Table, kind: str) -> dict[str, Any]:
    value = table.raw("not_before")
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = False
    if value is not None and type(value) is not date:
        table.fault("is no day", "write not_before = 1949-10-01", at="not_before")
        value = None
    facts: dict[str, Any] = {"future": table.flag("future")}
    return facts | ({"not_before": value} if value else {})


def _choices(table: Table, kind: str) -> dict[str, Any]:
    choices = []
    for one in table.tables("choices"):
        code = one.text("code", longest=40)
        if code and not CHOICE_CODE.fullmatch(code):
            one.fault(f"“{code}” is no code", "small letters, digits and _", at="code")
        choices.append(Choice(code, Words(one.text("zh", longest=40), one.text("en", longest=80))))
        one.done()
    if not 2 <= len(choices) <= MOST_CHOICES:
        table.fault(f"offers {len(choices)} choices", f"from 2 to {MOST_CHOICES} of {{ code, zh, en }}", at="choices")
    for words in ([c.code for c in choices], [c.name.zh for c in choices], [c.name.en.lower() for c in choices]):
        if len(set(words)) != len(words):
            table.fault("two choices bear the same word", "give each its own", at="choices")
            break
    return {"choices": tuple(choices)}


def _unit(table: Table, kind: str) -> dict[str, Any]:
    return {"levels": read_levels(table, "level")}


def _body(table: Table, kind: str) -> dict[str, Any]:
    return {"body_kinds": table.texts("body_kinds")}


BY_KIND = {
    "text": _text,
    "long_text": _text,
    "bilingual": _text,
    "number": _number,
    "date": _date,
    "choice": _choices,
    "choices": _choices,
    "unit": _unit,
    "body": _body,
}
