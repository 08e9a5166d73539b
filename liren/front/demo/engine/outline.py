"""Outlines of groups of cells on the lattice, as closed rings of shared points."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Ring = list[tuple[int, int]]


def _edges(labels: NDArray[np.int32]) -> tuple[Ints, Ints, Ints]:
    """Every side of a cell that parts two labels: (label, from, to), the labelled cell on its left; points numbered."""
    high, wide = labels.shape
    padded = np.full((high + 2, wide + 2), -1, dtype=np.int32)
    padded[1:-1, 1:-1] = labels
    row = wide + 1
    found = []
    below, above = padded[:-1, 1:-1], padded[1:, 1:-1]
    v, u = np.nonzero(below != above)
    left, right = v * row + u, v * row + u + 1
    found += [(below[v, u], right, left), (above[v, u], left, right)]
    west, east = padded[1:-1, :-1], padded[1:-1, 1:]
    v, u = np.nonzero(west != east)
    low, top = v * row + u, (v + 1) * row + u
    found += [(west[v, u], low, top), (east[v, u], top, low)]
    label, start, stop = (np.concatenate([part[i] for part in found]).astype(np.int64) for i in range(3))
    kept = label >= 0
    return label[kept], start[kept], stop[kept]


def _follow(nexts: dict[int, list[int]], start: int, row: int) -> list[int]:
    """Walk one ring; where a ring touches itself turn right, so that holes come off as rings of their own."""
    ring, at, step = [start], nexts[start].pop(), 0
    step = at - start
    while at != start:
        ring.append(at)
        choice = nexts[at]
        if len(choice) == 1:
            onward = choice.pop()
        else:
            right = {1: -row, -row: -1, -1: row, row: 1}[step]
            onward = at + right if at + right in choice else choice[0]
            choice.remove(onward)
        step, at = onward - at, onward
    return ring


def outlines(labels: NDArray[np.int32], kept: NDArray[np.bool_]) -> dict[int, list[Ring]]:
    """Rings (u, v) for each label ≥ 0, outer ring first and counter-clockwise, holes clockwise, not closed.

    ``kept`` marks the lattice points that become vertices. It is the same for all labels: so neighbours share
    every vertex of their common side.
    """
    row = labels.shape[1] + 1
    label, start, stop = _edges(labels)
    order = np.lexsort((start, label))
    label, start, stop = label[order], start[order], stop[order]
    cuts = np.flatnonzero(np.diff(label)) + 1
    flat = kept.ravel()
    out: dict[int, list[Ring]] = {}
    for starts, stops, ids in zip(np.split(start, cuts), np.split(stop, cuts), np.split(label, cuts), strict=True):
        out[int(ids[0])] = _rings(starts.tolist(), stops.tolist(), row, flat)
    return out


def _rings(starts: list[int], stops: list[int], row: int, kept: NDArray[np.bool_]) -> list[Ring]:
    nexts: dict[int, list[int]] = defaultdict(list)
    for a, b in zip(starts, stops, strict=True):
        nexts[a].append(b)
    rings = []
    for a in starts:
        while nexts[a]:
            walked = np.array(_follow(nexts, a, row))
            points = walked[kept[walked]]
            rings.append([(int(p % row), int(p // row)) for p in points])
    return sorted(rings, key=lambda ring: -lattice_area(ring))


def lattice_area(ring: Ring) -> float:
    """Signed area in cells: positive when counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2
