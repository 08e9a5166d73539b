"""Which registers a reader may know of, and how full they are: for catalogues, without reading every entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models.reach import covers, paths_of
from liren.foundation.policy.models import DeclarationVersion
from liren.foundation.registers.models import Book, Entry, NoRegister, Register, registers
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.models.declared import KIND
from liren.foundation.registers.models.entries import POWERS, EntryQuerySet
from liren.foundation.registers.queries.lists import COLUMNS, behind
from liren.foundation.registers.queries.overviews import is_live, last_counted
from liren.foundation.territory.models import Unit

#: Where more than so many were in force at the last count, a page says what was counted then.
MOST_COUNTED_NOW = 20_000
#: Entries looked at for the counts of one part of the territory; where there are more, the counts say "at least".
MOST_LOOKED_AT = 100_000


def is_readable(register: Register, actor: Actor) -> bool:
    """Whether the actor may know that there is this register."""
    power = POWERS.get(register.spec.visible)
    return power is None or actor.holds(power)


def readable(actor: Actor) -> list[Register]:
    """Every register in force that the actor may know of, by code."""
    return [one for one in registers() if is_readable(one, actor)]


def readable_register(code: str, actor: Actor) -> Register:
    """The register of this code.

    Raises:
        NoRegister: none is declared, or it is not for this actor to know of.
    """
    found = register_of(code)
    if not is_readable(found, actor):
        raise NoRegister(
            _("There is no register “%(code)s”.") % {"code": code[:40]}, next_step=_("Choose it from the list.")
        )
    return found


def is_register(version: DeclarationVersion) -> bool:
    """Whether what a pack declares is a register, and not something of another room."""
    return version.declaration.kind == KIND


def known_to(found: Sequence[DeclarationVersion], actor: Actor) -> list[DeclarationVersion]:
    """What packs declare, without registers that the actor may not know of."""
    if not any(is_register(one) for one in found):
        return list(found)
    known = {one.pk for one in readable(actor)}
    return [one for one in found if not is_register(one) or one.declaration_id in known]


@dataclass(frozen=True)
class Size:
    """How many entries are in force, and when one was last reviewed. ``at_least``: there may be more of them."""

    entries: int = 0
    reviewed_on: date | None = None
    at_least: bool = False


def sizes(wanted: Sequence[Register], actor: Actor, *, unit: Unit | None = None) -> dict[int, Size]:
    """Sizes by register, in the whole territory or below a unit; what has no entry is left out.

    Of the whole territory nothing is counted one by one: a register has given out so many numbers, less what is closed.
    Registers that are not for everybody are counted only where the actor reads them. In a large part of the territory
    the sizes are those of the last count of coverage, and the newest review is not said.
    """
    if unit is None:
        everywhere = [one for one in wanted if one.spec.visible == "public" or "/" in paths_of(actor, _power(one))]
        found = _whole(everywhere)
        rest = [one for one in wanted if one not in everywhere]
        return found | (_below(rest, actor, None) if rest else {})
    if not is_live(unit):
        whole = [one for one in wanted if one.spec.visible == "public" or _reads_all(actor, one, unit)]
        known = last_counted(unit, whole)
        if sum(known.values()) > MOST_COUNTED_NOW:
            rest = [one for one in wanted if one not in whole]
            sizes_then = {key: Size(count) for key, count in known.items() if count}
            return sizes_then | (_below(rest, actor, unit) if rest else {})
    return _below(wanted, actor, unit)


def _reads_all(actor: Actor, register: Register, unit: Unit) -> bool:
    return any(covers(path, unit.path) for path in paths_of(actor, _power(register)))


def _power(register: Register) -> str:
    return POWERS[register.spec.visible]


def _whole(wanted: Sequence[Register]) -> dict[int, Size]:
    keys = [one.pk for one in wanted]
    ended = Entry.objects.filter(register__in=keys, closed_on__lte=timezone.localdate())
    closed = dict(ended.values_list("register_id").annotate(many=Count("*")).order_by())
    given = dict(Book.objects.filter(register__in=keys).values_list("register_id", "last_number"))
    newest = _newest([key for key in keys if given.get(key)])
    counts = {key: given.get(key, 0) - closed.get(key, 0) for key in keys}
    return {key: Size(count, newest.get(key)) for key, count in counts.items() if count > 0}


NEWEST = """
SELECT r, (SELECT reviewed_on FROM registers_entry WHERE register_id = r ORDER BY reviewed_on DESC LIMIT 1)
FROM unnest(%s::bigint[]) AS r
"""


def _newest(keys: Sequence[int]) -> dict[int, date]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, [list(keys)])
        return {key: day for key, day in cursor.fetchall() if day is not None}


def _below(wanted: Sequence[Register], actor: Actor, unit: Unit | None) -> dict[int, Size]:
    """Counted one by one, up to a bound."""
    rows = Entry.objects.visible_to(actor).open_on(timezone.localdate()).filter(register__in=[one.pk for one in wanted])
    if unit is not None:
        rows = rows.close_by(unit) if is_live(unit) else rows.inside(unit)
    looked_at = rows.order_by().values_list("register_id", "reviewed_on")[:MOST_LOOKED_AT]
    try:
        sql, params = looked_at.query.sql_with_params()
    except EmptyResultSet:  # nothing was asked for, or nothing is this actor's
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT r, count(*), max(d) FROM ({sql}) AS seen (r, d) GROUP BY r", params)  # noqa: S608
        found: list[tuple[Any, ...]] = cursor.fetchall()
    more = sum(row[1] for row in found) >= MOST_LOOKED_AT
    return {key: Size(count, newest, more) for key, count, newest in found}


def following(rows: EntryQuerySet, register: Register, after: str) -> EntryQuerySet:
    """Entries by name behind the one of this number (all, for ""), ready to be shown with their unit."""
    ordered = rows.select_related("unit").only(*COLUMNS).order_by("pinyin", "id")
    if not after:
        return ordered
    last = Entry.objects.filter(register=register.pk, number=int(after)).values_list("pinyin", "pk").first()
    if last is None:
        return ordered.none()
    return behind(ordered, *last)
