"""Lets packs declare case types: their folder, and what makes a declaration wrong."""

from typing import Any

from liren.foundation.policy.services import Fault, Kind, Where, declare_kind

NAME, FOLDER = "case_type", "cases"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """Everything that is wrong with one declaration, each with its line."""
    return []


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults))
