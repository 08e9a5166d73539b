"""Proposals for new communities (R027)."""

from datetime import datetime

from liren.foundation.kernel.rights import Actor, can
from liren.foundation.territory import machine
from liren.foundation.territory.models import FormationProposal, Unit


def proposals(
    root: Unit | None = None,
    *,
    only_open: bool = False,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> list[FormationProposal]:
    """Proposals below a unit of today (None: all), newest first; page by page."""
    rows = FormationProposal.objects.select_related("compound__parent", "occupancy", "new_unit")
    if root is not None:
        rows = rows.filter(compound__path__startswith=root.path)
    if only_open:
        rows = rows.exclude(state__in=machine.FORMATION.final)
    if after is not None:
        at, pk = after
        rows = rows.filter(raised_at__lte=at).exclude(raised_at=at, id__gte=pk)
    return list(rows.order_by("-raised_at", "-id")[: min(limit, 500)])


def open_proposal_moves(actor: Actor, proposal: FormationProposal) -> list[str]:
    """Codes of the moves that the actor may make now; pages draw one button for each."""
    moves = machine.FORMATION.open_moves(proposal.state)
    return [move.code for move in moves if _may(actor, move.by, proposal)]


def _may(actor: Actor, action: str, proposal: FormationProposal) -> bool:
    if action == "territory.change":  # founding a community beside the compound is decided where its parent is
        return can(actor, action, proposal.compound.parent or proposal.compound)
    return can(actor, action, proposal)
