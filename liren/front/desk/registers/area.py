"""Whose registers these are: the units from which an actor keeps a register, and the units where entries may hang."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import NotAllowed
from liren.foundation.kernel.rights import require
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.registers.models import Register, register
from liren.foundation.territory.models import Level, Unit
from liren.front.desk.gate import actor_of

KEEP, IMPORT = "registers.keep", "registers.import"


@dataclass(frozen=True)
class Area:
    """The units of an actor's mandates with one power; a power counts on them and below."""

    units: tuple[Unit, ...]

    def of(self, book: Register) -> tuple[Unit, ...]:
        """Those of them from which this register is kept: at or above the keeper, and above some entry."""
        keeper = Level[book.spec.kept_by.upper()]
        return tuple(unit for unit in self.units if unit.level <= keeper and unit.level <= max(book.spec.ranks))

    def keeps(self, book: Register) -> bool:
        return bool(self.of(book))

    def places(self, book: Register) -> QuerySet[Unit]:
        """Units on which the actor may enter something."""
        today = timezone.localdate()
        paths = tuple(unit.path for unit in self.of(book))
        return Unit.objects.existing_on(today).filter(inside(paths, "path"), level__in=book.spec.ranks)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(unit.path for unit in self.units)


def area_of(actor: Any, power: str = KEEP) -> Area:
    """Where the actor holds the power; a unit that lies below another of them adds nothing."""
    found = list(Unit.objects.filter(path__in=paths_of(actor, power)).order_by("level", "code"))
    outer = [one for one in found if not any(one.path.startswith(up.path) and one != up for up in found)]
    return Area(tuple(outer))


def book_for(request: HttpRequest, code: str, power: str = KEEP) -> tuple[Register, Area]:
    """The register of an address (404 where none is declared), for whoever does this in it somewhere (else 403)."""
    book, actor = register(code), actor_of(request)
    require(actor, power)
    area = area_of(actor, power)
    if not area.keeps(book):
        words = {"level": Level[book.spec.kept_by.upper()].label}
        raise NotAllowed(_("This register is not kept from your office, but by: %(level)s.") % words)
    return book, area
