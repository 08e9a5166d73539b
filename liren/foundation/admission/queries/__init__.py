"""Reads of the gate that are worth a name."""

from liren.foundation.admission.queries.burden import (
    GONE,
    Capacity,
    Covered,
    Cut,
    Load,
    Milestone,
    Month,
    agreement_coverage,
    capacity,
    cut,
    cuts,
    fulfilled,
    inventory,
    milestones,
    month,
    other_way,
    year,
)
from liren.foundation.admission.queries.checks import Finding, blocking, decide_by, findings, soonest_day
from liren.foundation.admission.queries.gate import (
    BY_COMMUNITY,
    Due,
    Fault,
    Tally,
    audit_faults,
    correction_due,
    counted_against,
    gated_tables,
    is_of,
    notices,
    outside_reports,
    parties,
    refusals,
    ungated_tables,
)
from liren.foundation.admission.queries.lists import (
    admissions_of,
    asked_of,
    concerning,
    list_items,
    looks_like,
    negative_list,
    open_applications,
    revisions,
    work_of,
)
from liren.foundation.admission.queries.load import InHand, in_hand
from liren.foundation.admission.queries.named import Alike, alike_names
from liren.foundation.admission.queries.places import Concerned, Street, by_street
from liren.foundation.admission.queries.questions import Asked, kept_questions, repeated_fields
from liren.foundation.admission.queries.staff import Staff, staff_of

__all__ = [
    "BY_COMMUNITY",
    "GONE", "Alike", "Asked", "Capacity", "Concerned", "Covered", "Cut", "Due", "Fault", "Finding", "InHand",
    "Load", "Milestone", "Month", "Staff", "Street", "Tally", "admissions_of", "agreement_coverage", "alike_names",
    "asked_of", "audit_faults", "blocking", "by_street", "capacity", "concerning", "correction_due",
    "counted_against", "cut", "cuts", "findings", "fulfilled", "gated_tables", "in_hand", "inventory", "is_of",
    "kept_questions", "list_items", "looks_like", "milestones", "month", "negative_list", "notices",
    "open_applications", "other_way", "outside_reports", "parties", "refusals", "repeated_fields", "revisions",
    "decide_by", "soonest_day", "staff_of", "ungated_tables", "work_of", "year",
]  # fmt: skip
