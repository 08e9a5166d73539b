"""Chance that repeats: every draw is a hash of seed, purpose and position, so a run gives the same bytes anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    """Scramble 64 bits (the finaliser of splitmix64, Steele, Lea and Flood 2014)."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


def key(seed: int, *purpose: str | int) -> int:
    """A 64-bit key for one purpose under one seed."""
    state = mix(seed & MASK ^ GOLDEN)
    for part in purpose:
        for byte in str(part).encode():
            state = mix(state ^ byte ^ GOLDEN)
        state = mix(state + GOLDEN & MASK)
    return state


def uniforms(count: int, seed: int, *purpose: str | int) -> NDArray[np.float64]:
    """``count`` numbers in [0, 1); the same that a :class:`Dice` of this purpose would roll one by one."""
    state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN) + np.uint64(key(seed, *purpose))
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53


class Dice:
    """A stream of draws for one purpose."""

    def __init__(self, seed: int, *purpose: str | int) -> None:
        self._state = key(seed, *purpose)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        self._state = self._state + GOLDEN & MASK
        return low + (high - low) * (mix(self._state) >> 11) * 2.0**-53

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in ``share`` of all rolls."""
        return self.uniform() < share

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.uniform() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher-Yates)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = self.whole(0, last)
            out[last], out[other] = out[other], out[last]
        return out
