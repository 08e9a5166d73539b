"""Division codes: 12 digits that say where a unit hangs and, from street down, what it is.

Sources: GB/T 2260 (province, city, county: digits 1-6), GB/T 10114-2003 县级以下行政区划代码编制规则 (street, town,
township: digits 7-9) and 统计用区划代码和城乡划分代码编制规则 of the National Bureau of Statistics (committees: digits
10-12): 001-099 streets, 100-199 towns, 200-399 townships, 400-599 farms, parks and other units that stand for a
township; 001-199 residents' committees, 200-399 villagers' committees, 400-499 and 500-599 their likenesses.
"""

from __future__ import annotations

import re

PROVINCE, CITY, DISTRICT, STREET, COMMUNITY = 1, 2, 3, 4, 5
# Digits that count at each level, and the other way round.
WIDTHS = {PROVINCE: 2, CITY: 4, DISTRICT: 6, STREET: 9, COMMUNITY: 12}
LEVELS = {width: level for level, width in WIDTHS.items()}
FULL = 12
_DIGITS = re.compile(r"[0-9]+", re.ASCII)


class CodeFault(ValueError):
    """A code that cannot be one; the text says why."""


def padded(code: str) -> str:
    """The 12-digit form of a short code: "6202" is "620200000000"."""
    return code.ljust(FULL, "0")


def parse(code: str) -> str:
    """A code of 2, 4, 6, 9 or 12 digits as 12 digits; CodeFault for anything else."""
    if not _DIGITS.fullmatch(code) or len(code) not in LEVELS:
        raise CodeFault(f"{code[:30]!r} is not a code of 2, 4, 6, 9 or 12 digits")
    full = padded(code)
    level(full)
    return full


def level(code: str) -> int:
    """The level a 12-digit code stands for, by its trailing zeros; CodeFault when the groups do not fit."""
    if len(code) != FULL or not _DIGITS.fullmatch(code):
        raise CodeFault(f"{code[:30]!r} is not a code of 12 digits")
    groups = (code[:2], code[2:4], code[4:6], code[6:9], code[9:])
    if set(groups[0]) == {"0"}:
        raise CodeFault(f"{code!r} names no province")
    filled = [set(group) != {"0"} for group in groups]
    depth = max(place for place, full in enumerate(filled, 1) if full)
    # Cities without districts put their streets straight under xx00: digits 5-6 may be zero below, no other group may.
    if not all(full for place, full in enumerate(filled[:depth], 1) if place != DISTRICT):
        raise CodeFault(f"{code!r} skips a level that cannot be skipped")
    return depth


def significant(code: str) -> str:
    """The digits that count: "620200000000" is "6202"; the reach of a unit is every code that starts with them."""
    return code[: WIDTHS[level(code)]]


def parent(code: str) -> str | None:
    """The 12-digit code one level up; None above a province. Where a city has no districts, digits 5-6 are zero and
    the street's parent is the city itself."""
    rank = level(code)
    return None if rank == PROVINCE else padded(code[: WIDTHS[rank - 1]])


def is_under(code: str, ancestor: str) -> bool:
    """Whether a 12-digit code lies in the reach of another (a code lies in its own)."""
    return code.startswith(significant(ancestor))


def place_name_only(code: str, name: str) -> bool:
    """Whether a row of the list stands for no place at all: 市辖区, 县, 省直辖县级行政区划 and the like."""
    return name in {"市辖区", "县"} or name.endswith("直辖县级行政区划")


_STREET_KINDS = {"0": "street", "1": "town", "2": "township", "3": "township"}
_COMMITTEE_KINDS = {"0": "community", "1": "community", "2": "village", "3": "village"}


def is_zone(code: str) -> bool:
    """Whether digits 5-6 are of the range that the statistics office gives to development zones (71-80)."""
    return "71" <= code[4:6] <= "80"


def street_kind(code: str) -> str:
    """street|town|township|street_like by the seventh digit of a 12-digit code."""
    return _STREET_KINDS.get(code[6], "street_like")


def committee_kind(code: str) -> str:
    """community|village|community_like by the tenth digit of a 12-digit code; the last is a park, farm or forest that
    is counted like a committee without being one."""
    return _COMMITTEE_KINDS.get(code[9], "community_like")
