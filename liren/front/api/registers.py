"""Addresses of the registers: what is declared, entries as far as the caller reads them, and coverage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.engine.quantities import plain
from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers import queries
from liren.foundation.registers.models import Entry, Facts, NoEntry, Register
from liren.foundation.registers.models.vocabulary import FieldSpec, MeasureSpec, Shown, Words, exact
from liren.foundation.registers.queries import lists, shelf
from liren.foundation.registers.queries.hidden import hidden_figures
from liren.foundation.registers.queries.sight import Readings, names_for
from liren.foundation.territory import queries as territory
from liren.foundation.territory.models import Unit
from liren.front.api import register_shapes as shapes
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.papers import iso
from liren.front.api.reading import LIMIT, ON, matching, one_of
from liren.front.api.shapes import Text
from liren.front.kit.converters import CodeConverter

REGISTER = Part("code", gettext_lazy("Code of a register."))
NUMBER = Part("number", gettext_lazy("Number of an entry within its register."))
PLACE = Query(
    "unit",
    gettext_lazy("Code of a unit of territory; everywhere when empty."),
    matching(
        re.compile(CodeConverter.regex, re.ASCII),
        gettext_lazy("Write twelve digits, with the tail of a compound or grid."),
    ),
    {"type": "string", "pattern": f"^(?:{CodeConverter.regex})$"},
    "",
)
WORDS = Query(
    "q",
    gettext_lazy("Words of an entry, or its number."),
    matching(re.compile(r"[^\x00]{1,60}"), gettext_lazy("Write at most 60 characters.")),
    default="",
)
STATE = Query(
    "state",
    gettext_lazy("“past” for what has ended; what is in force when empty."),
    one_of(["past"]),
    {"type": "string", "enum": ["past"]},
    "",
)
PAIR = r"[a-z][a-z0-9_]{1,39}:[a-z0-9_]{1,40}"
FILTER = Query(
    "filter",
    gettext_lazy("What fields say, as field:choice, with commas between: working:true,rhythm:weekly."),
    matching(re.compile(rf"{PAIR}(?:,{PAIR}){{0,9}}"), gettext_lazy("Write field:choice, with commas between.")),
    {"type": "string", "pattern": f"^{PAIR}(?:,{PAIR}){{0,9}}$"},
    "",
)
AFTER = Query(
    "after",
    gettext_lazy("Begin after this entry; “next” in an answer writes it for you."),
    matching(re.compile(r"[1-9][0-9]{0,8}"), gettext_lazy("Take the address from “next” in the answer before.")),
    {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"},
    "",
)
NUMBERS = ("value", "numerator", "denominator", "target", "target_high", "gap")
FILTERED = ("choice", "choices", "yes_no")


class NoUnit(LirenError):
    """No unit of today has this code (404)."""

    status = 404


def unit_of(asked: Asked) -> Unit | None:
    """The unit that was asked for, as it is today."""
    if not asked["unit"]:
        return None
    found = Unit.objects.visible_to(asked.actor).filter(code=asked["unit"], closed_on=None).first()
    if found is None:
        raise NoUnit(_("No place of today has this code."), next_step=_("Take the code from the page of the place."))
    return found


def both(words: Words) -> Text:
    return {"zh": words.zh, "en": words.en}


def named(one: Any) -> Text:
    return {"zh": one.name_zh, "en": one.name_en}


def decimal(value: Decimal | None) -> str | None:
    return None if value is None else f"{plain(value):f}"


def registers(asked: Asked) -> shapes.Registers:
    known = shelf.readable(asked.actor)
    sizes = shelf.sizes(known, asked.actor, unit=unit_of(asked))
    return {"registers": [summary(asked, one, sizes.get(one.pk, shelf.Size())) for one in known]}


def summary(asked: Asked, one: Register, size: shelf.Size) -> shapes.RegisterSummary:
    return {
        "code": one.code,
        "name": both(one.spec.name),
        "purpose": both(one.spec.purpose),
        "group": one.spec.group,
        "visible": one.spec.visible,
        "entries": size.entries,
        "at_least": size.at_least,
        "reviewed_on": iso(size.reviewed_on),
        "url": asked.url("api-register", one.code),
        "page": asked.url("register", one.code),
    }


def register(asked: Asked, code: str) -> shapes.RegisterDeclaration:
    one = shelf.readable_register(code, asked.actor)
    size = shelf.sizes([one], asked.actor).get(one.pk, shelf.Size())
    spec = one.spec
    return {
        **summary(asked, one, size),
        "level": list(spec.levels),
        "kept_by": spec.kept_by,
        "place": spec.place,
        "review_days": spec.review_days,
        "basis": list(spec.basis),
        "requirements": list(spec.requirements),
        "fields": [field(f) for f in spec.fields],
        "coverage": [measure(m) for m in spec.measures],
        "entries_url": asked.url("api-register-entries", code),
        "coverage_url": asked.url("api-register-coverage", code),
    }


def field(one: FieldSpec) -> shapes.RegisterField:
    return {
        "code": one.code,
        "name": both(one.name),
        "kind": one.kind,
        "required": one.required,
        "visible": one.visible,
        "unit": one.unit,
        "counts_people": one.counts_people,
        "choices": [{"code": choice.code, "name": both(choice.name)} for choice in one.choices],
        "help": both(one.help),
    }


def measure(one: MeasureSpec) -> shapes.RegisterMeasure:
    return {
        "code": one.code,
        "name": both(one.name),
        "measure": one.measure,
        "unit": one.unit,
        "level": one.level,
        "of": one.of,
        "parameter": one.parameter,
    }


def entries(asked: Asked, code: str) -> shapes.RegisterEntries:
    one = shelf.readable_register(code, asked.actor)
    if one.spec.visible == "sealed":
        return {"entries": [], "next": None}
    rows = lists.rows_of(
        one,
        asked.actor,
        unit=unit_of(asked),
        q=asked["q"],
        filters=filters(one, asked),
        closed=asked["state"] == "past",
    )
    found = list(shelf.following(rows, one, asked["after"])[: asked["limit"] + 1])
    shown = found[: asked["limit"]]
    names, read = names_for(one.spec.fields, shown), Readings(one, asked.actor)
    listed = [entry(asked, one, row, row.number, read.of(row.unit).shown(row.values, names)) for row in shown]
    return {"entries": listed, "next": asked.after(str(shown[-1].number)) if len(found) > len(shown) else None}


def filters(one: Register, asked: Asked) -> dict[str, str]:
    """Fields with what they shall say.

    Raises:
        NoFilter: a field that can't be asked for, so that a slip of the pen does not pass for an answer.
    """
    pairs = dict(part.split(":") for part in asked["filter"].split(",") if part)
    read = one.spec.fields_for("workers" if asked.actor.holds("registers.read") else "public")
    known = {f.code for f in read if f.kind in FILTERED}
    for code in pairs:
        if code not in known:
            names = ", ".join(sorted(known)) or _("none")
            raise NoFilter(
                _("The field “%(name)s” can’t be asked for.") % {"name": code},
                next_step=_("Fields that can: %(names)s.") % {"names": names},
            )
    return pairs


class NoFilter(LirenError):
    """The register has no such field to ask for (422)."""

    status = 422


def entry(asked: Asked, one: Register, facts: Facts, number: int, values: list[Shown]) -> shapes.RegisterEntry:
    return {
        "number": number,
        "name": named(facts),
        "unit": {"code": facts.unit.code, "name": named(facts.unit)},
        "place": None if facts.lon is None or facts.lat is None else {"lon": facts.lon, "lat": facts.lat},
        "opened_on": iso(facts.opened_on),
        "closed_on": iso(facts.closed_on),
        "reviewed_on": facts.reviewed_on.isoformat(),
        "values": [said(value) for value in values],
        "url": asked.url("api-register-entry", one.code, str(number)),
        "page": asked.url("register-entry", one.code, str(number)),
    }


def said(shown: Shown) -> shapes.EntryValue:
    return {"field": shown.field.code, "value": bare(shown), "text": shown.text, "is_hidden": shown.hidden}


def bare(shown: Shown) -> Any:
    """A value for machines: exact decimals as text, codes of choices, names of what is referred to."""
    if shown.hidden or shown.value is None:
        return None
    if shown.field.kind == "number":
        number = exact(shown.value)
        return str(shown.value) if number is None else decimal(number)
    if shown.field.kind == "bilingual" and isinstance(shown.value, Mapping):
        return {"zh": str(shown.value.get("zh", "")), "en": str(shown.value.get("en", ""))}
    if shown.field.kind in ("unit", "body", "file"):
        return shown.text
    return shown.value if isinstance(shown.value, bool | list) else str(shown.value)


def one_entry(asked: Asked, code: str, number: int) -> shapes.RegisterEntry:
    one = shelf.readable_register(code, asked.actor)
    if one.spec.visible == "sealed":
        raise no_entry()
    found = queries.detail(one, number, asked.actor)
    if asked["on"]:
        past = queries.entry_on(one, number, asked["on"], asked.actor)
        if past is None:
            raise no_entry()
        found = past
    return entry(asked, one, found.entry, number, found.fields)


def no_entry() -> NoEntry:
    return NoEntry(_("This register has no such entry on that day."), next_step=_("Choose another day, or none."))


def coverage(asked: Asked, code: str) -> shapes.RegisterCoverage:
    one = shelf.readable_register(code, asked.actor)
    place = unit_of(asked)
    if place is None:
        tops = list(Unit.objects.filter(parent=None, closed_on=None).order_by("code")[: asked["limit"]])
        place = tops[0] if len(tops) == 1 else None
    parts: list[Unit] = list(territory.children(place, limit=asked["limit"])) if place else tops  # type: ignore[arg-type]
    here = [place] if place else []
    hidden = hidden_figures(one, [*here, *parts], asked.actor)
    return {
        "unit": None if place is None else {"code": place.code, "name": named(place)},
        "here": [figure(row, hidden) for row in queries.coverage_at(one, here, asked.actor)],
        "below": [figure(row, hidden) for row in queries.coverage_at(one, parts, asked.actor)],
    }


def figure(one: queries.Covered, hidden: set[tuple[str, int]]) -> shapes.CoverageFigure:
    row = one.figure
    numbers = {name: None if row is None else decimal(getattr(row, name)) for name in NUMBERS}
    return {
        "measure": one.measure.code,
        "name": both(one.measure.name),
        "unit": {"code": one.unit.code, "name": named(one.unit)},
        "value": numbers["value"],
        "numerator": numbers["numerator"],
        "denominator": numbers["denominator"],
        "operator": "" if row is None else row.operator,
        "target": numbers["target"],
        "target_high": numbers["target_high"],
        "met": None if row is None else row.met,
        "gap": numbers["gap"],
        "on": None if row is None else row.on_day.isoformat(),
        "is_hidden": row is None and (one.measure.code, one.unit.pk) in hidden,
    }


def some_register() -> dict[str, str] | None:
    """A register that everybody reads, with entries if there is one."""
    known = shelf.readable(ANONYMOUS)
    full = shelf.sizes(known, ANONYMOUS)
    best = next((one for one in known if one.pk in full), known[0] if known else None)
    return {"code": best.code} if best else None


def some_entry() -> dict[str, str] | None:
    """An entry that everybody reads."""
    found = Entry.objects.visible_to(ANONYMOUS).order_by("register_id", "pinyin", "id").first()
    return {"code": queries.by_id(found.register_id).code, "number": str(found.number)} if found else None


ENDPOINTS = (
    Endpoint(
        "api-registers",
        "registers/",
        gettext_lazy("Registers that you may read, with the number of their entries."),
        registers,
        shapes.Registers,
        queries=(PLACE,),
        guards="registers.view",
    ),
    Endpoint(
        "api-register",
        "registers/<word:code>/",
        gettext_lazy("One register as declared: its fields, its measures, and the provisions that ask for it."),
        register,
        shapes.RegisterDeclaration,
        (REGISTER,),
        guards="registers.view",
        example=some_register,
    ),
    Endpoint(
        "api-register-entries",
        "registers/<word:code>/entries/",
        gettext_lazy("Entries by name, with the fields that you may read."),
        entries,
        shapes.RegisterEntries,
        (REGISTER,),
        (PLACE, WORDS, FILTER, STATE, AFTER, LIMIT),
        guards="registers.view",
        example=some_register,
    ),
    Endpoint(
        "api-register-entry",
        "registers/<word:code>/entries/<id:number>/",
        gettext_lazy("One entry, as it is or as it was on a day."),
        one_entry,
        shapes.RegisterEntry,
        (REGISTER, NUMBER),
        (ON,),
        guards="registers.view",
        example=some_entry,
    ),
    Endpoint(
        "api-register-coverage",
        "registers/<word:code>/coverage/",
        gettext_lazy("The measures of a register at a place and at the places directly below it."),
        coverage,
        shapes.RegisterCoverage,
        (REGISTER,),
        (PLACE, LIMIT),
        guards="registers.view",
        example=some_register,
    ),
)
