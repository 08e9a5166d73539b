"""The places among which the pages of registers let one choose: the chain above, and what hangs below."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from liren.foundation.registers.models.vocabulary import RegisterSpec
from liren.foundation.territory import queries
from liren.foundation.territory.models import Unit
from liren.front.kit.templatetags.kit import plain_name

#: More places than this are no choice any more; one goes down the tree instead.
OFFERED = 80


@dataclass(frozen=True)
class Scope:
    """Where one looks: the chain from the top to the place asked for, or the only top, and what hangs below it.

    Where there are several tops and none is asked for, the chain is empty, and the tops are the parts.
    """

    unit: Unit | None
    chain: list[Unit]
    parts: list[Unit]

    @property
    def here(self) -> Unit | None:
        """The place whose figures are shown: the one asked for, or the only top."""
        return self.chain[-1] if self.chain else None

    @property
    def options(self) -> list[tuple[str, str]]:
        """For a select: everything, the chain, the parts, each one step further in."""
        found = [("", _("Everywhere"))]
        chain = self.chain if self.unit else []
        found += [(one.code, "　" * depth + plain_name(one)) for depth, one in enumerate(chain)]
        return found + [(one.code, "　" * len(chain) + plain_name(one)) for one in self.parts]


def scope(unit: Unit | None, spec: RegisterSpec | None = None) -> Scope:
    """The scope at a unit, down to the deepest level on which an entry of the register may hang."""
    tops = list(Unit.objects.filter(parent=None, closed_on=None).order_by("code")[:OFFERED]) if unit is None else []
    chain: list[Unit] = list(queries.chain(unit)) if unit else tops[:1] if len(tops) == 1 else []  # type: ignore[arg-type]
    here = chain[-1] if chain else None
    parts: list[Unit] = list(queries.children(here, limit=OFFERED)) if here else tops  # type: ignore[arg-type]
    deepest = max(spec.ranks) if spec else 7
    return Scope(unit, chain, [one for one in parts if one.level <= deepest])
