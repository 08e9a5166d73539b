"""Which matters can be handled near home, and how far the counter is (R053)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liren.development.lifecircle.models.declared import standard
from liren.development.lifecircle.queries.runs import standard_of
from liren.development.lifecircle.queries.seeing import Cell, Seen
from liren.foundation.kernel.rights import ANONYMOUS
from liren.foundation.registers.models import Entry, NoRegister
from liren.foundation.registers.models.declared import register
from liren.foundation.territory.models import Level

MOST = 300


@dataclass(frozen=True)
class HandledNear:
    """Matters that are handled at one level: the entries of the register by name, how many of them wholly online, and
    the counter's cell: minutes for a compound, people within reach for a larger unit."""

    register: str
    level: Level
    cell: Cell
    entries: tuple[Entry, ...]
    online: int


def handled_near(seen: Seen, *, day: date) -> list[HandledNear]:
    """The matters of the levels around a unit of a run, the nearest level first; two queries, none where no standard
    says where matters are handled."""
    own = standard_of(seen.run)
    rules = own.handled or standard(own.code).spec.handled
    if rules is None:
        return []
    try:
        book = register(rules.register)
    except NoRegister:
        return []
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(day).filter(register_id=book.pk, unit__in=seen.unit.path_ids)
    found = list(rows.select_related("unit").order_by("pinyin", "pk")[:MOST])
    made = []
    for name, category in rules.at:
        cell = next((one for one in seen.cells if one.category.code == category), None)
        mine = tuple(one for one in found if one.unit.level == Level[name.upper()])
        if cell is not None and mine:
            online = sum(one.values.get(rules.online) is True for one in mine)
            made.append(HandledNear(rules.register, Level[name.upper()], cell, mine, online))
    return made
