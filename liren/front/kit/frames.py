"""The frame of a map, as its address says it."""

from __future__ import annotations

import math

Frame = tuple[float, float, float, float]  # west, south, east, north


def frame_of(text: str) -> Frame | None:
    """West, south, east, north as numbers; anything else is no frame."""
    parts = text[:120].split(",")
    try:
        numbers = tuple(float(part) for part in parts)
    except ValueError:
        return None
    if len(numbers) != 4 or not all(math.isfinite(one) and abs(one) <= 360 for one in numbers):
        return None
    west, south, east, north = numbers
    return (west, south, east, north) if west <= east and south <= north else None
