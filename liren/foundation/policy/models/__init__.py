"""What packs become: jurisdictions, documents with versions and provisions, parameters, declarations, loads."""

from liren.foundation.policy.models.base import in_language
from liren.foundation.policy.models.declarations import Declaration, DeclarationVersion, Load
from liren.foundation.policy.models.documents import Document, DocumentVersion, Jurisdiction, Provision
from liren.foundation.policy.models.parameters import Parameter
from liren.foundation.policy.models.words import Attribute, Certainty, DocumentKind, Operator, Status

__all__ = [
    "Attribute",
    "Certainty",
    "Declaration",
    "DeclarationVersion",
    "Document",
    "DocumentKind",
    "DocumentVersion",
    "Jurisdiction",
    "Load",
    "Operator",
    "Parameter",
    "Provision",
    "Status",
    "in_language",
]
