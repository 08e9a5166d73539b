"""Small counts are not published: a number below the floor could single out a person."""

from collections.abc import Sequence

FLOOR = 5


def published(count: int, floor: int = FLOOR) -> int | None:
    """The count, or None where it is small enough to single out a person (1 .. floor-1). Zero singles out nobody."""
    return count if count == 0 or count >= floor else None


def suppress(counts: Sequence[int], floor: int = FLOOR) -> list[int | None]:
    """The parts of a published total, with enough of them hidden that no small part can be worked out.

    Hiding one part alone is useless: the total minus the others gives it back. So the hidden parts must be at least
    two and must together reach the floor; the smallest visible ones (zeros last) are hidden until they do. When that
    can't be reached, everything is hidden.
    """
    shown: list[int | None] = [published(count, floor) for count in counts]
    if None not in shown:
        return shown
    helpers = sorted((i for i, v in enumerate(shown) if v is not None), key=lambda i: (counts[i] == 0, counts[i]))
    while not _is_safe(counts, shown, floor):
        if not helpers:
            return [None] * len(counts)
        shown[helpers.pop(0)] = None
    return shown


def _is_safe(counts: Sequence[int], shown: Sequence[int | None], floor: int) -> bool:
    hidden = [count for count, value in zip(counts, shown, strict=True) if value is None]
    return len(hidden) >= 2 and sum(hidden) >= floor
