"""Which jurisdictions reach a place: by the digits of division codes, and up the chain of parents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

WIDTHS = (2, 4, 6, 9, 12)
DIVISION = re.compile(r"[0-9]{12}")


class Reach(Protocol):
    """A jurisdiction: a division ("" is everywhere) and the code of the one above ("" is none)."""

    @property
    def division(self) -> str: ...

    @property
    def parent_code(self) -> str: ...


def significant(division: str) -> str:
    """The digits that count: "510100000000" is "5101"; "" stays ""."""
    return next((division[:width] for width in WIDTHS if not division[width:].strip("0")), division)


def digits(place: str) -> str:
    """The division code in a unit's code: "510104001001-X001" is "510104001001"."""
    found = place.partition("-")[0]
    return found if found.isascii() and found.isdigit() else ""


def chain(place: str, jurisdictions: Mapping[str, Reach]) -> list[str]:
    """Codes of the jurisdictions that hold at a place, the narrowest first, up to the one without a parent.

    The narrowest is the one whose division is the longest beginning of the place's code; where none fits, the chain is
    the root alone.
    """
    code = digits(place)
    reaching = [
        (len(significant(one.division)), key)
        for key, one in jurisdictions.items()
        if one.division and code.startswith(significant(one.division))
    ]
    roots = sorted(key for key, one in jurisdictions.items() if not one.parent_code)
    return chain_from(max(reaching)[1] if reaching else next(iter(roots), ""), jurisdictions)


def chain_from(step: str, jurisdictions: Mapping[str, Reach]) -> list[str]:
    """A jurisdiction and those above it."""
    found: list[str] = []
    while step and step not in found and step in jurisdictions:
        found.append(step)
        step = jurisdictions[step].parent_code
    return found
