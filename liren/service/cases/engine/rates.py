"""Shares with the range in which the truth lies: a rate of few answers is told with a caution, never bare.

Wilson's score interval (E. B. Wilson, 1927): it stays between 0 and 1 and is honest also for few answers and for shares
near the ends, where the plain interval is not (Brown, Cai, DasGupta, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: Two-sided 95 %.
Z = 1.959963984540054
#: Below so many answers a rate is shown with a caution.
CAUTION = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many, and the 95 % interval of the share; share and bounds are None where nobody answered."""

    hits: int
    of: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        return self.hits / self.of if self.of else None

    @property
    def is_cautious(self) -> bool:
        """Too few answers to compare one place with another, or one month with the next."""
        return self.of < CAUTION


def wilson(hits: int, of: int, z: float = Z) -> tuple[float, float]:
    """The bounds of the share of which ``hits`` of ``of`` were seen.

    Raises:
        ValueError: no answers, or more hits than answers.
    """
    if not 0 <= hits <= of or of == 0:
        raise ValueError(f"{hits} of {of} is no share.")
    share, square = hits / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    # At the ends the bounds are exact; arithmetic in floats would miss them by a hair.
    return (0.0 if hits == 0 else max(0.0, middle - half)), (1.0 if hits == of else min(1.0, middle + half))


def rate(hits: int, of: int) -> Rate:
    """The share with its interval.

    Raises:
        ValueError: more hits than answers, or fewer than none.
    """
    if of == 0 and hits == 0:
        return Rate(0, 0, None, None)
    return Rate(hits, of, *wilson(hits, of))
