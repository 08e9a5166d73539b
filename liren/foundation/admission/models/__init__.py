"""What the gate keeps."""

from liren.foundation.admission.models.admissions import ECONOMIC, Admission, Application, Hearing, Reach
from liren.foundation.admission.models.burden import (
    DIARY,
    AgreedMatter,
    Agreement,
    Burden,
    BurdenChange,
    DiarySheet,
    MutualAppraisal,
)
from liren.foundation.admission.models.gate import Gated, gated_constraints
from liren.foundation.admission.models.handed import Assignment, FormField, Ledger, LedgerEntry, bodies_of
from liren.foundation.admission.models.lists import ListChange, ListComment, ListItem, ListRevision
from liren.foundation.admission.models.refusals import Notice, OutsideReport, Refusal
from liren.foundation.admission.models.words import (
    CANCELLED,
    UNDECIDED,
    CommentFrom,
    Fate,
    ListKind,
    ListOp,
    ListState,
    Medium,
    Origin,
    Outcome,
    ReportState,
    RowState,
    Side,
    Stand,
    Stock,
    Told,
    Verdict,
    WorkType,
)

__all__ = [
    "CANCELLED", "DIARY", "ECONOMIC", "UNDECIDED", "Admission", "AgreedMatter", "Agreement", "Application",
    "Assignment", "Burden", "BurdenChange", "CommentFrom", "DiarySheet", "Fate", "FormField", "Gated", "Hearing",
    "Ledger", "LedgerEntry", "ListChange", "ListComment", "ListItem", "ListKind", "ListOp", "ListRevision",
    "ListState", "Medium", "MutualAppraisal", "Notice", "Origin", "Outcome", "OutsideReport", "Reach", "Refusal",
    "ReportState", "RowState", "Side", "Stand", "Stock", "Told", "Verdict", "WorkType", "bodies_of",
    "gated_constraints",
]  # fmt: skip
