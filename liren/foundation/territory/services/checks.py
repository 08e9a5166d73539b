"""What can be said about one entry before the database is asked: sentences instead of constraint names."""

import re
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.territory.engine import names
from liren.foundation.territory.models import CODES, KINDS, Character, Kind, Level, Unit, UnitSpan


def checked_text(value: str, *, most: int, empty: str = "") -> str:
    """The text without blanks around it. Empty text is refused with the sentence ``empty``, if one is given."""
    value = value.strip()
    if not value and empty:
        raise BadInput(empty)
    if names.has_control(value):
        raise BadInput(_("A name or text holds characters that can't be printed."))
    if len(value) > most:
        raise BadInput(_("A text is longer than the %(most)d characters that fit.") % {"most": most})
    return value


def checked_long_text(value: str, *, empty: str = "") -> str:
    """As ``checked_text``, with line breaks, up to 2,000 characters."""
    checked_text(re.sub(r"[\r\n\t]", " ", value), most=2000, empty=empty)
    return value.strip()


def checked_name(name_zh: str) -> str:
    """A Chinese name in its one spelling (full-width digits narrow, no blanks inside)."""
    return names.clean(checked_text(name_zh, most=100, empty=_("A unit needs a Chinese name.")))


def check_kind(level: int, kind: str) -> None:
    if kind not in KINDS[Level(level)]:
        labels = {"kind": Kind(kind).label if kind in Kind.values else kind[:20], "level": Level(level).label}
        raise BadInput(_("“%(kind)s” is not a legal form of the level “%(level)s”.") % labels)


def check_code(level: int, code: str) -> None:
    """Twelve digits whose zeros fit the level; compounds and grids add a number of their own."""
    if not re.fullmatch(CODES[Level(level)].strip("^$"), code):
        labels = {"code": code[:30], "level": Level(level).label}
        raise BadInput(_("The division code %(code)s does not fit the level “%(level)s”.") % labels)


def check_character(level: int, character: str) -> None:
    if character and (level != Level.COMMUNITY or character not in Character.values):
        raise BadInput(_("Only communities have a type, and it must be one of the list."))


def check_parent(level: int, parent: Unit) -> None:
    if parent.level >= level:
        name = {"name": parent.name_zh}
        raise BadInput(_("%(name)s stands at the same level or below and can't be the parent.") % name)


def check_code_is_free(code: str, day: date, but_for: int = 0) -> None:
    """A code names one unit at a time, and pages show a unit by its latest code."""
    later = Q(during__endswith__gt=day) | Q(during__upper_inf=True)
    faces = Unit.objects.filter(code=code).exclude(pk=but_for)
    if faces.exists() or UnitSpan.objects.filter(later, code=code).exclude(unit_id=but_for).exists():
        raise Conflict(
            _("The division code %(code)s belongs to another unit.") % {"code": code},
            next_step=_("Choose a code that no other unit bears or bore last."),
        )


def checked_face(level: int, *, code: str, kind: str, name_zh: str, name_en: str, character: str) -> dict[str, Any]:
    """The columns of a new unit, checked as far as one row can tell."""
    if level not in Level.values:
        raise BadInput(_("There is no such level."))
    check_kind(level, kind)
    check_code(level, code)
    check_character(level, character)
    zh, en = checked_name(name_zh), checked_text(name_en, most=200)
    return {"code": code, "kind": kind, "name_zh": zh, "name_en": en, "character": character}
