"""What the case engine keeps."""

from liren.service.cases.engine.spec import (
    PHASES,
    SEVERITIES,
    CaseType,
    Choice,
    Clock,
    Field,
    MoveSpec,
    StateSpec,
    Words,
)
from liren.service.cases.models.cases import (
    MOST_TEXT,
    Case,
    CaseContact,
    CaseEvent,
    CaseFile,
    CaseFollower,
    CasePart,
    Rating,
)
from liren.service.cases.models.clocks import CaseClock, Escalation, Extension, Suspension
from liren.service.cases.models.declared import DeclaredType, NoType, by_version, by_versions, type_of, types
from liren.service.cases.models.dispatching import Call, DispatchRule, Dispute
from liren.service.cases.models.outside import ApiKey, Delivery, MonthFigure, SavedView, Sorter, Subscription
from liren.service.cases.models.reach import CaseQuerySet, bodies_of, lying_in, one_of, posts_of
from liren.service.cases.models.topics import Topic

__all__ = [
    "MOST_TEXT",
    "PHASES",
    "SEVERITIES",
    "ApiKey",
    "Call",
    "Case",
    "CaseClock",
    "CaseContact",
    "CaseEvent",
    "CaseFile",
    "CaseFollower",
    "CasePart",
    "CaseQuerySet",
    "CaseType",
    "Choice",
    "Clock",
    "DeclaredType",
    "Delivery",
    "DispatchRule",
    "Dispute",
    "Escalation",
    "Extension",
    "Field",
    "MonthFigure",
    "MoveSpec",
    "NoType",
    "Rating",
    "SavedView",
    "Sorter",
    "StateSpec",
    "Subscription",
    "Suspension",
    "Topic",
    "Words",
    "bodies_of",
    "by_version",
    "by_versions",
    "lying_in",
    "one_of",
    "posts_of",
    "type_of",
    "types",
]
