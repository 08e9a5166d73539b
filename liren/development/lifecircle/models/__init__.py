"""Tables of the life circle. Standards are declared in packs (``models.declared``)."""

from liren.development.lifecircle.models.estates import EstateCheck
from liren.development.lifecircle.models.networks import Mode, Place, PlaceTable, StreetNetwork
from liren.development.lifecircle.models.rows import Cause, CircleRow, Gap, Proposal, ProposalKind
from liren.development.lifecircle.models.runs import Run, RunEvent, RunState

__all__ = [
    "Cause",
    "CircleRow",
    "EstateCheck",
    "Gap",
    "Mode",
    "Place",
    "PlaceTable",
    "Proposal",
    "ProposalKind",
    "Run",
    "RunEvent",
    "RunState",
    "StreetNetwork",
]
