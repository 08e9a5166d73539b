"""What is: units and their history, counts, outlines, zones, grids, compounds, streets."""

from liren.foundation.territory.models.boundaries import Boundary, BoundaryCell
from liren.foundation.territory.models.changes import Descent, Op, UnitChange
from liren.foundation.territory.models.compounds import (
    FormationEvent,
    FormationProposal,
    Management,
    ManagementForm,
    ProposalState,
)
from liren.foundation.territory.models.counts import Measure, Occupancy, Population, SizeBand
from liren.foundation.territory.models.grids import GridProfile, ServiceContact, ServiceSubject, SubjectKind
from liren.foundation.territory.models.streets import Street, StreetChief
from liren.foundation.territory.models.units import CODES, KINDS, Character, Face, Kind, Level, Unit, UnitSpan
from liren.foundation.territory.models.zones import Zone, ZoneKind, ZoneUnit

__all__ = [
    "CODES",
    "KINDS",
    "Boundary",
    "BoundaryCell",
    "Character",
    "Descent",
    "Face",
    "FormationEvent",
    "FormationProposal",
    "GridProfile",
    "Kind",
    "Level",
    "Management",
    "ManagementForm",
    "Measure",
    "Occupancy",
    "Op",
    "Population",
    "ProposalState",
    "ServiceContact",
    "ServiceSubject",
    "SizeBand",
    "Street",
    "StreetChief",
    "SubjectKind",
    "Unit",
    "UnitChange",
    "UnitSpan",
    "Zone",
    "ZoneKind",
    "ZoneUnit",
]
