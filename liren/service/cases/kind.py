"""Lets packs declare case types: their folder, and what makes a declaration wrong."""

from typing import Any

from liren.foundation.policy.services import Fault, Kind, Where, declare_kind
from liren.service.cases.engine.declaration import check
from liren.service.cases.spoken import spoken

NAME, FOLDER = "case_type", "cases"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """Everything that is wrong with one declaration, each with its line."""
    return [
        where.at(*fault.key).fault(f"{fault.where}: {spoken(fault.says)}", spoken(fault.mend or "put it right"))
        for fault in check(content)
    ]


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults))
