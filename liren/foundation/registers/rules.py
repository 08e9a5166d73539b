"""Who may do what with registers. A power counts on the unit of a mandate and below it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from liren.foundation.kernel.rights import Actor, rule
from liren.foundation.registers.models.reach import Spot, may
from liren.foundation.territory.models import Unit

#: Every action of this room in plain words, for the pages that explain roles.
DESCRIPTIONS = {
    "registers.view": _("See the registers that are open to everybody."),
    "registers.keep": _("Keep the entries of registers: enter, change, review, close."),
    "registers.import": _("Take over entries of registers from files."),
    "registers.read": _("Read registers and fields that are for workers."),
    "registers.unseal": _("Open sealed entries, with a reason that is recorded."),
    "registers.count": _("Compute coverage anew."),
    "registers.follow": _("Carry entries out of units that have closed."),
}


@rule("registers.view")
def _view(actor: Actor, obj: Any) -> bool:
    """Anybody; what is seen is the matter of ``Entry.objects.visible_to``."""
    return True


@rule("registers.keep")
def _keep(actor: Actor, spot: Spot | None) -> bool:
    """Whoever holds the power over the unit that keeps the register there, or above it."""
    return may(actor, "registers.keep", spot)


@rule("registers.import")
def _import(actor: Actor, spot: Spot | None) -> bool:
    """As keeping, with a power of its own: a file changes thousands of entries at once."""
    return may(actor, "registers.import", spot)


@rule("registers.read")
def _read(actor: Actor, unit: Unit | None) -> bool:
    """Whoever holds the power over the unit of the entry."""
    return bool(actor.holds("registers.read", unit))


@rule("registers.unseal")
def _unseal(actor: Actor, unit: Unit | None) -> bool:
    """Whoever holds the power over the unit of the entry."""
    return bool(actor.holds("registers.unseal", unit))


@rule("registers.count")
def _count(actor: Actor, obj: Any) -> bool:
    """No account: the system does it by the clock and after imports."""
    return False


@rule("registers.follow")
def _follow(actor: Actor, obj: Any) -> bool:
    """No account: the system does it by the clock."""
    return False
