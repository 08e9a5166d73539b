"""Reads worth a name: numbers by place and day, the library, and what packs declare. Everything is public."""

from liren.foundation.policy.queries.answers import (
    Answer,
    Compared,
    NoParameter,
    NotInPacks,
    compared,
    parameter,
    parameter_history,
    parameters_of,
)
from liren.foundation.policy.queries.library import (
    CarriedOut,
    Shelved,
    carried_out_by,
    declaration,
    declared,
    document,
    jurisdictions,
    library,
    provision,
)

__all__ = [
    "Answer",
    "CarriedOut",
    "Compared",
    "NoParameter",
    "NotInPacks",
    "Shelved",
    "carried_out_by",
    "compared",
    "declaration",
    "declared",
    "document",
    "jurisdictions",
    "library",
    "parameter",
    "parameter_history",
    "parameters_of",
    "provision",
]
