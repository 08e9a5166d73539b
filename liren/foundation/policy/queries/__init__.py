"""Reads worth a name: numbers by place and day, the library, and what packs declare. Everything is public."""

from liren.foundation.policy.queries.answers import (
    Answer,
    Compared,
    NoParameter,
    NotInPacks,
    answered,
    compared,
    parameter,
    parameter_history,
    parameters_at,
    parameters_of,
    parameters_on,
)
from liren.foundation.policy.queries.beside import Asked, asked_in_both, jurisdictions_at, provision_history
from liren.foundation.policy.queries.library import (
    CarriedOut,
    Shelved,
    carried_out_by,
    declaration,
    declared,
    document,
    jurisdiction,
    jurisdictions,
    library,
    provision,
)
from liren.foundation.policy.queries.snapshot import pinned

__all__ = [
    "Answer",
    "Asked",
    "CarriedOut",
    "Compared",
    "NoParameter",
    "NotInPacks",
    "Shelved",
    "answered",
    "asked_in_both",
    "carried_out_by",
    "compared",
    "declaration",
    "declared",
    "document",
    "jurisdiction",
    "jurisdictions",
    "jurisdictions_at",
    "library",
    "parameter",
    "parameter_history",
    "parameters_at",
    "parameters_of",
    "parameters_on",
    "pinned",
    "provision",
    "provision_history",
]
