"""An empty table to fill in for a register: its columns, an example line, and the words that may be chosen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.kernel.workbooks import Column
from liren.foundation.kernel.workbooks import workbook as empty
from liren.foundation.registers.engine.columns import BUILT_IN
from liren.foundation.registers.engine.spec import FieldSpec, Words
from liren.foundation.registers.models import Register
from liren.foundation.registers.queries.sight import language
from liren.foundation.territory.models import Unit

BEFORE = ("number", "unit", "unit_name", "name_zh", "name_en")
AFTER = ("opened_on",)
YES, NO = Words("是", "yes"), Words("否", "no")


def names(register: Register) -> list[str]:
    """The facts of a line in the order of the columns; a text in two languages has two."""
    place = [] if register.spec.place == "none" else ["lon", "lat"]
    declared = [one for one in register.spec.fields if one.kind != "file"]
    fields = [name for one in declared for name in (one.code, f"{one.code}_en")[: 2 if one.kind == "bilingual" else 1]]
    return [*BEFORE, *fields, *place, *AFTER]


def titles(register: Register) -> dict[str, str]:
    """The title of each column in the reader's language; an import knows them again."""
    found = {name: Words(*words[:2]).text(language()) for name, words in BUILT_IN.items()}
    for one in register.spec.fields:
        found[one.code] = one.name.text(language())
        if one.kind == "bilingual":
            found[f"{one.code}_en"] = f"{one.name.text(language())}_en"
    return found


def header(register: Register) -> list[str]:
    known = titles(register)
    return [known[name] for name in names(register)]


def offered(field: FieldSpec) -> list[str]:
    """The words that may be written in a column; none where it is free."""
    if field.kind == "yes_no":
        return [YES.text(language()), NO.text(language())]
    return [one.name.text(language()) for one in field.choices]


def example(register: Register, unit: Unit | None) -> dict[str, Any]:
    """A line as it should look; with a unit of the reader, it could be imported as it stands."""
    line: dict[str, Any] = {"name_zh": f"{register.spec.name.zh}（示例）", "name_en": "", "opened_on": "2024-03-01"}
    line |= {"unit": unit.code if unit else "990102001001", "unit_name": unit.name if unit else ""}
    if register.spec.place != "none":
        line |= {"lon": 104.066541, "lat": 30.572269}
    for one in register.spec.fields:
        line[one.code] = _example(one)
    return line


def _example(field: FieldSpec) -> Any:
    if field.kind == "choices":
        return "、".join(offered(field)[:2])
    if field.kind in ("choice", "yes_no"):
        return offered(field)[0]
    if field.kind == "number":
        return _number(field)
    if field.kind == "date":
        return max(field.not_before, date(2024, 3, 1)).isoformat()
    plain = {"text": _("for example"), "long_text": _("for example"), "bilingual": "示例"}
    return {"phone": "028-12345678", "link": "https://example.org/", **plain}.get(field.kind, "")


def _number(field: FieldSpec) -> int | float:
    """A number between the least and the most that the field takes."""
    low = field.low if field.low is not None else min(Decimal(1), field.high or Decimal(1))
    wanted = low if field.high is None or low + 1 > field.high else low + 1
    whole = wanted == wanted.to_integral_value()
    return int(wanted) if whole else float(wanted)


def explained(field: FieldSpec) -> str:
    """What a column takes, in one line."""
    parts = [_("needed") if field.required else _("may be empty")]
    if field.unit:
        parts.append(Words(UNITS[field.unit].zh, UNITS[field.unit].en).text(language()))
    low, high = (None if one is None else f"{one:f}" for one in (field.low, field.high))
    if low is not None and high is not None:
        parts.append(_("from %(low)s to %(high)s") % {"low": low, "high": high})
    elif low is not None:
        parts.append(_("at least %(low)s") % {"low": low})
    if field.whole:
        parts.append(_("a whole number"))
    kinds = {
        "date": _("a day, as 2024-03-01"),
        "choices": _("one or several of the words, with 、 between them"),
        "choice": _("one of the words"),
        "yes_no": _("one of the words"),
        "unit": _("code or full name of a unit"),
        "body": _("full name or credit code of a body on the record"),
        "phone": _("a telephone number"),
        "link": _("an address that begins with https://"),
    }
    parts += [kinds[field.kind]] if field.kind in kinds else []
    return ("；" if language().startswith("zh") else "; ").join([*parts, *filter(None, [field.help.text(language())])])


def columns(register: Register, unit: Unit | None) -> list[Column]:
    """What each column takes, with the example of a line."""
    known, needed, line = titles(register), _needed(register), example(register, unit)
    facts = {one.code: one for one in register.spec.fields}
    return [
        Column(
            known[name],
            explained(facts[name]) if name in facts else _built_in(name, register),
            line.get(name, ""),
            offered(facts[name]) if name in facts else (),
            takes_several=name in facts and facts[name].kind == "choices",
            is_needed=name in needed,
        )
        for name in names(register)
    ]


def workbook(register: Register, unit: Unit | None) -> bytes:
    """An empty workbook for the register."""
    return empty(columns(register, unit))


def _needed(register: Register) -> set[str]:
    place = {"lon", "lat"} if register.spec.place == "required" else set()
    return {"unit", "name_zh", *place, *(one.code for one in register.spec.fields if one.required)}


def _built_in(name: str, register: Register) -> str:
    texts = {
        "number": _("leave it empty for something new; the number of an entry changes that entry"),
        "unit": _("needed: the code of the unit"),
        "unit_name": _("may be empty; instead of the code where no other unit has the name"),
        "name_zh": _("needed"),
        "lon": _("degrees in WGS 84, for example 104.066541"),
        "lat": _("degrees in WGS 84, for example 30.572269"),
        "opened_on": _("a day, as 2024-03-01"),
    }
    return texts.get(name, _("may be empty"))
