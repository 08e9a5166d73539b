"""The facts of an entry of the audit log in words. What has none is shown as it was kept, marked as a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from liren.foundation.admission.models import Application
from liren.foundation.bodies.models import Body
from liren.foundation.people import queries as people
from liren.foundation.registers.models import registers
from liren.front.desk.templatetags.factwords import LISTS, NAMES
from liren.front.kit.templatetags.kit import day, is_chinese, moment, named, said, yuan
from liren.service.cases import queries as cases
from liren.service.cases.models import types

register = template.Library()
#: Facts that keep the number of a body.
BODIES = ("body", "sender", "guide")
#: What is shown of a list; the export and the database hold all of it.
MOST = 20


@dataclass(frozen=True)
class Declared:
    """What the entries of one page name: the types of their cases by the id of each, the types in force, registers and
    roles by their code, bodies by their id; and by the id of a case that carries an application, the body that applied,
    since such a case is sent to nobody."""

    of_cases: Mapping[str, Any]
    types: Mapping[str, Any]
    registers: Mapping[str, Any]
    roles: Mapping[str, Any]
    bodies: Mapping[int, Body] = field(default_factory=dict)
    applied: Mapping[str, int] = field(default_factory=dict)


def declared_for(entries: Sequence[Any]) -> Declared:
    """What the facts of these entries name; a query for each kind that occurs, two for cases."""
    named = {key for entry in entries for key in entry.facts}
    has_roles = any(entry.action.startswith("people.") and "role" in entry.facts for entry in entries)
    ids = {int(one.object_id) for one in entries if one.object_type == "cases.case" and one.object_id.isdecimal()}
    applied = _applied(entries)
    return Declared(
        {str(pk): spec for pk, spec in cases.types_of(ids).items()} if ids else {},
        {one.code: one.spec for one in types()} if named & {"type", "category"} else {},
        {one.code: one.spec for one in registers()} if "register" in named else {},
        {one.code: one for one in people.roles().prefetch_related(None)} if has_roles else {},
        _bodies(entries, applied.values()),
        applied,
    )


def _applied(entries: Sequence[Any]) -> dict[str, int]:
    """Which body applied, of the cases that were sent to no body."""
    bare = (one for one in entries if one.object_type == "cases.case" and one.facts.get("body", 0) is None)
    ids = {int(one.object_id) for one in bare if one.object_id.isdecimal()}
    found = Application.objects.filter(case_id__in=ids).values_list("case_id", "sender_id") if ids else ()
    return {str(case_id): body_id for case_id, body_id in found}


def _bodies(entries: Sequence[Any], more: Iterable[int]) -> dict[int, Body]:
    named = {one.facts.get(key) for one in entries for key in BODIES}
    ids = {pk for pk in (*named, *more) if type(pk) is int}
    return Body.objects.in_bulk(ids) if ids else {}


@register.filter
def noted(entry: Any, declared: Declared) -> list[tuple[Any, Any]]:
    """Each fact of an entry: its name and its value, in the language of the page."""
    return [(name_of(key), _value(entry, key, value, declared)) for key, value in entry.facts.items()]


def name_of(key: str) -> Any:
    """What a fact is called; its code where it has no name yet."""
    return NAMES.get(key) or format_html('<span class="code">{}</span>', key)


def _value(entry: Any, key: str, value: Any, declared: Declared) -> Any:
    if key in BODIES and type(value or 0) is int:
        return _body(value or declared.applied.get(entry.object_id), declared)
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        words = LISTS.get(f"{entry.action}.{key}") or {}
        known = words if isinstance(words, Mapping) else dict(words.choices)
        pairs = ((known.get(name) or name_of(name), _value(entry, name, one, declared)) for name, one in value.items())
        return format_html_join("; ", "{} {}", pairs)
    if isinstance(value, list):
        shown = [_value(entry, key, one, declared) for one in value[:MOST]]
        mark = "、" if is_chinese() else ", "
        return format_html_join(mark, "{}", ((one,) for one in (*shown, *["…"] * (len(value) > MOST))))
    if key == "money_fen" and isinstance(value, int):
        return yuan(value)
    return _day(value) or _word(entry, key, value, declared) or _code(value)


def _body(pk: int | None, declared: Declared) -> Any:
    """A body by its name; by its number where nobody knows it any more."""
    known = declared.bodies.get(pk or 0)
    return named(known) if known else pk or "—"


def _code(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else format_html('<span class="code">{}</span>', value)


def _day(value: Any) -> Any:
    """A day or a moment, which the log keeps as text; "" for anything else."""
    if not isinstance(value, str) or value[4:5] != "-" or value[7:8] != "-":
        return ""
    try:
        return day(dt.date.fromisoformat(value)) if len(value) == 10 else moment(dt.datetime.fromisoformat(value))
    except ValueError:
        return ""


def _word(entry: Any, key: str, value: Any, declared: Declared) -> Any:
    """The word for a code; "" where no list holds it."""
    if not isinstance(value, str):
        return ""
    room = entry.action.partition(".")[0]
    for place in (f"{entry.action}.{key}", f"{room}.{key}"):
        if place in LISTS:
            known = LISTS[place]
            return str(known[value]) if isinstance(known, dict) and value in known else _choice(known, value)
    return FINDERS[key](value, declared) if key in FINDERS else _of_type(entry, key, value, declared)


def _dataset(code: str, _declared: Declared) -> Any:
    found = next((one for one in people.datasets() if one.code == code), None)
    return said(found, "name") if found else ""


def _purpose(code: str, declared: Declared) -> Any:
    found = people.consents().get(code)
    return _dataset(found.dataset, declared) if found else ""


def _register(code: str, declared: Declared) -> Any:
    found = declared.registers.get(code)
    return found.name.text(_language()) if found else ""


def _role(code: str, declared: Declared) -> Any:
    found = declared.roles.get(code)
    return said(found, "name") if found else ""


FINDERS: dict[str, Callable[[str, Declared], Any]] = {
    "channel": lambda code, _declared: cases.channel_words(code),
    "columns": lambda code, _declared: NAMES.get(code, ""),
    "dataset": _dataset,
    "purpose": _purpose,
    "register": _register,
    "role": _role,
}


def _choice(known: Any, value: str) -> str:
    return str(known(value).label) if not isinstance(known, dict) and value in known.values else ""


def _of_type(entry: Any, key: str, value: str, declared: Declared) -> str:
    """A word of the type of the case, as of when that was received; for a rule of the catalogue, as of today."""
    of_case = declared.of_cases.get(entry.object_id) if entry.object_type == "cases.case" else None
    spec = of_case or declared.types.get(str(entry.facts.get("type", "")))
    if spec is None:
        return ""
    if key == "type":
        return spec.name.text(_language()) if spec.code == value else ""
    lists = {"state": spec.states, "move": spec.moves, "category": spec.categories}
    lists |= {"values": spec.fields, "clock": spec.clocks}
    found = next((one for one in lists.get(key, ()) if one.code == value), None)
    return found.name.text(_language()) if found else ""


def _language() -> str:
    return "zh" if is_chinese() else "en"
