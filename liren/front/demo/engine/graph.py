"""Which blocks touch, and which sets of them hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

Neighbours = Mapping[int, tuple[int, ...]]


def adjacent(raster: NDArray[np.int32]) -> dict[int, tuple[int, ...]]:
    """For each label ≥ 0 on the raster the other labels that share a side with it."""
    pairs = [np.stack([np.unique(raster[raster >= 0])] * 2, axis=1)]
    for a, b in ((raster[:-1, :], raster[1:, :]), (raster[:, :-1], raster[:, 1:])):
        apart = (a != b) & (a >= 0) & (b >= 0)
        pairs.append(np.stack([a[apart], b[apart]], axis=1))
    found: dict[int, set[int]] = {}
    for one, other in np.unique(np.concatenate(pairs), axis=0).tolist():
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {one: tuple(sorted(others - {one})) for one, others in found.items()}


def pieces(neighbours: Neighbours, members: Iterable[int]) -> list[list[int]]:
    """The connected parts of a set, in the order of the first member of each."""
    order = list(members)
    left = set(order)
    found = []
    for seed in order:
        if seed not in left:
            continue
        left.discard(seed)
        part, stack = [], [seed]
        while stack:
            one = stack.pop()
            part.append(one)
            near = [other for other in neighbours[one] if other in left]
            left.difference_update(near)
            stack.extend(near)
        found.append(sorted(part))
    return found
