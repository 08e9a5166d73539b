"""Lets packs declare case types: their folder, and what makes a declaration wrong."""

from collections.abc import Iterator, Sequence
from typing import Any

from liren.foundation.policy.services import Declared, Fault, Kind, Where, declare_kind
from liren.service.cases.engine.declaration import BadDeclaration, check, stored
from liren.service.cases.engine.proposed import beside_registers, entries_beside
from liren.service.cases.spoken import spoken

NAME, FOLDER = "case_type", "cases"


def faults(content: dict[str, Any], where: Where) -> list[Fault]:
    """Everything that is wrong with one declaration, each with its line."""
    return [
        where.at(*fault.key).fault(f"{fault.where}: {spoken(fault.says)}", spoken(fault.mend or "put it right"))
        for fault in check(content)
    ]


def together(declared: Sequence[Declared]) -> Iterator[Fault]:
    """What only shows beside the registers: one that a part or a question names, which is not there or has no such
    field."""
    known = {one.code: one.content for one in declared if one.kind == "register" and isinstance(one.content, dict)}
    for one in declared:
        if one.kind != NAME or not isinstance(one.content, dict):
            continue
        try:
            spec = stored(one.content)
        except BadDeclaration:  # told already, where it is read alone
            continue
        for fault in (*beside_registers(spec, known), *entries_beside(spec, known)):
            yield one.where.at(*fault.key).fault(f"{fault.where}: {spoken(fault.says)}", spoken(fault.mend))


def declare() -> None:
    """Called once, when the apps are ready."""
    declare_kind(Kind(NAME, FOLDER, faults, together))
