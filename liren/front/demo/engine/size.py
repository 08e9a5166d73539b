"""How large a city is asked for, and what follows from the number of its communities."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

YEARS = tuple(range(2019, 2026))
"""Years with a count of households and residents."""


@dataclass(frozen=True)
class Size:
    """What the caller asks for; everything else is derived."""

    communities: int
    accounts: int
    seed: int = 1

    def __post_init__(self) -> None:
        if not 2 <= self.communities <= 6000:
            raise ValueError("communities: between 2 and 6000")
        if not 0 <= self.accounts <= 5_000_000:
            raise ValueError("accounts: between 0 and 5000000")

    @property
    def unit_m(self) -> float:
        """Metres between two lattice points."""
        return 20.0 if self.communities <= 500 else 40.0

    @property
    def is_small(self) -> bool:
        """Too small for countryside: one district, all of it town."""
        return self.communities < 30

    @property
    def offices(self) -> int:
        """Suburban offices: districts of towns and villages."""
        return 0 if self.is_small else 1

    @property
    def counties(self) -> int:
        """Counties and county-level cities."""
        return 0 if self.communities < 150 else max(2, round(self.communities / 420))

    @property
    def direct(self) -> int:
        """Streets that stand directly under the city, the three-level chain."""
        return 0 if self.is_small else 1

    @property
    def districts(self) -> int:
        """Urban districts, each across a part of the built-up area."""
        return 1 if self.is_small else max(2, round(math.sqrt(self.communities) / 4.4))

    @property
    def per_street(self) -> float:
        """Communities of one street or town, about."""
        return 5.2 if self.communities < 100 else 8.0


PRESETS = {
    "hamlet": Size(communities=2, accounts=40),
    "town": Size(communities=42, accounts=2_000),
    "city": Size(communities=300, accounts=20_000),
    "metropolis": Size(communities=3_000, accounts=2_000_000),
}


def sized(preset: str, communities: int | None = None, accounts: int | None = None, seed: int | None = None) -> Size:
    """A preset with parts of it replaced."""
    wanted = {"communities": communities, "accounts": accounts, "seed": seed}
    return replace(PRESETS[preset], **{name: value for name, value in wanted.items() if value is not None})
