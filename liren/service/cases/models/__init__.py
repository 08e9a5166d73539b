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
from liren.service.cases.models.chosen import MOST_CHOSEN, ChosenTopic
from liren.service.cases.models.clocks import CaseClock, Escalation, Extension, Suspension
from liren.service.cases.models.declared import (
    HANDLING,
    DeclaredType,
    NoType,
    asked_back,
    asks_back,
    by_version,
    by_versions,
    handling_moves,
    type_of,
    types,
)
from liren.service.cases.models.dispatching import Call, DispatchRule, Dispute
from liren.service.cases.models.looks import CaseLook
from liren.service.cases.models.outside import KEY_KINDS, ApiKey, Delivery, MonthFigure, SavedView, Sorter, Subscription
from liren.service.cases.models.passes import ServicePass
from liren.service.cases.models.reach import CaseQuerySet, bodies_of, in_sight_of, looked_up, lying_in, one_of, posts_of
from liren.service.cases.models.repeats import Repeat
from liren.service.cases.models.topics import Topic

__all__ = [
    "HANDLING",
    "MOST_CHOSEN",
    "KEY_KINDS",
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
    "CaseLook",
    "CasePart",
    "CaseQuerySet",
    "CaseType",
    "Choice",
    "ChosenTopic",
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
    "Repeat",
    "SavedView",
    "ServicePass",
    "Sorter",
    "StateSpec",
    "Subscription",
    "Suspension",
    "Topic",
    "Words",
    "asked_back",
    "asks_back",
    "bodies_of",
    "by_version",
    "by_versions",
    "handling_moves",
    "in_sight_of",
    "lying_in",
    "looked_up",
    "one_of",
    "posts_of",
    "type_of",
    "types",
]
