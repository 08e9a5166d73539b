"""What people are here: an account, how to reach it, where it lives, what it may do, and who looked at it."""

from liren.foundation.people.models.account import Account, Language
from liren.foundation.people.models.contact import Contact, ContactKind
from liren.foundation.people.models.mandate import Mandate, Role, RoleLevel, RolePower, Side, Way
from liren.foundation.people.models.privacy import (
    AccessEntry,
    AccessGrant,
    ConsentEvent,
    Destruction,
    ReviewOutcome,
)
from liren.foundation.people.models.residency import Residency, ResidencyEvent, ResidencyState

__all__ = [
    "AccessEntry",
    "AccessGrant",
    "Account",
    "ConsentEvent",
    "Contact",
    "ContactKind",
    "Destruction",
    "Language",
    "Mandate",
    "Residency",
    "ResidencyEvent",
    "ResidencyState",
    "ReviewOutcome",
    "Role",
    "RoleLevel",
    "RolePower",
    "Side",
    "Way",
]
