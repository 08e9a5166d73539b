"""What is: bodies and their past, posts and holders, duties, ties, records of what was done."""

from liren.foundation.bodies.models.bodies import FACE, Body, BodyChange, ChangeKind
from liren.foundation.bodies.models.constraints import NAME_DAYS
from liren.foundation.bodies.models.contacts import ContactArrangement, DelegateKind, Reception, Topic
from liren.foundation.bodies.models.kinds import FOLLOWING, GROWING, BodyKind, Part, Place, Registration, Work
from liren.foundation.bodies.models.posts import Duty, DutyKind, Filled, OfficeHolding, Post
from liren.foundation.bodies.models.records import PEOPLE, PUBLIC_ENTRIES, Activity, Entry, EntryKind, Figure, Measure
from liren.foundation.bodies.models.ties import (
    Authority,
    Delivery,
    Liaison,
    Line,
    MemberRole,
    MembershipOfBody,
    Pairing,
    Power,
    Strand,
)

__all__ = [
    "Activity",
    "Authority",
    "Body",
    "BodyChange",
    "BodyKind",
    "ChangeKind",
    "ContactArrangement",
    "DelegateKind",
    "Delivery",
    "Duty",
    "DutyKind",
    "Entry",
    "EntryKind",
    "FACE",
    "FOLLOWING",
    "Figure",
    "Filled",
    "GROWING",
    "Liaison",
    "Line",
    "Measure",
    "MemberRole",
    "MembershipOfBody",
    "NAME_DAYS",
    "OfficeHolding",
    "PEOPLE",
    "PUBLIC_ENTRIES",
    "Pairing",
    "Part",
    "Place",
    "Post",
    "Power",
    "Reception",
    "Registration",
    "Strand",
    "Topic",
    "Work",
]
