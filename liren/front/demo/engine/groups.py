"""Blocks grouped into units by recursive bisection, every group in one piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine.graph import Neighbours, pieces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Field:
    """Blocks as a graph: where they lie, how much each counts, which ones share a street, on which bank they stand."""

    x: Floats
    y: Floats
    weight: Floats
    side: NDArray[np.bool_]
    neighbours: Neighbours


def by_weight(field: Field, members: Ints) -> list[Ints]:
    """The connected parts of a set of blocks, the heaviest first."""
    found = [np.array(part, dtype=np.int64) for part in pieces(field.neighbours, members.tolist())]
    return sorted(found, key=lambda p: (-float(field.weight[p].sum()), int(p[0])))


def _long_axis(field: Field, members: Ints) -> float:
    """Direction (radians) in which the set is longest."""
    x, y = field.x[members], field.y[members]
    w = field.weight[members] + 1e-9
    x, y = x - np.average(x, weights=w), y - np.average(y, weights=w)
    xx, yy, xy = (w * x * x).sum(), (w * y * y).sum(), (w * x * y).sum()
    return float(0.5 * np.arctan2(2 * xy, xx - yy))


def bisect(field: Field, members: Ints, share: float, axis: float) -> tuple[Ints, Ints]:
    """Cut a connected set in two connected ones across ``axis`` (radians); the first has ``share`` of the weight."""
    along = field.x[members] * np.cos(axis) + field.y[members] * np.sin(axis)
    order = members[np.argsort(along, kind="stable")]
    reached = np.cumsum(field.weight[order])
    place = int(np.searchsorted(reached, share * reached[-1])) + 1
    place = min(max(place, 1), len(order) - 1)
    first, second = order[:place], order[place:]
    parts = by_weight(field, first)
    first, second = parts[0], np.concatenate([*parts[1:], second])
    parts = by_weight(field, second)
    return np.concatenate([first, *parts[1:]]), parts[0]


def quotas(weights: Sequence[float], total: int, least: int = 1) -> list[int]:
    """Share out a whole number by weight (largest remainders), everybody getting at least ``least``."""
    spare = total - least * len(weights)
    if spare < 0:
        raise ValueError(f"{total} cannot give {least} to each of {len(weights)}")
    scaled = [w / sum(weights) * spare for w in weights]
    out = [least + int(s) for s in scaled]
    rest = sorted(range(len(weights)), key=lambda i: (-(scaled[i] % 1), i))
    for i in rest[: total - sum(out)]:
        out[i] += 1
    return out


def partition(field: Field, members: Ints, count: int) -> list[Ints]:
    """Cut a set into ``count`` connected groups of about equal weight; a group lies on one bank if it can."""
    if count == 1:
        return [members]
    banks = [members[field.side[members]], members[~field.side[members]]]
    if all(len(bank) for bank in banks):
        north, south = quotas([float(field.weight[b].sum()) for b in banks], count)
        return partition(field, banks[0], north) + partition(field, banks[1], south)
    few = count // 2
    axis = _long_axis(field, members)
    tries = []
    for turn in (0.0, np.pi / 2, np.pi / 4, -np.pi / 4):
        first, second = bisect(field, members, few / count, axis + turn)
        if len(first) >= 3 * few and len(second) >= 3 * (count - few):
            return partition(field, first, few) + partition(field, second, count - few)
        tries.append((first, second))
    for first, second in tries:
        if len(first) >= few and len(second) >= count - few:
            return partition(field, first, few) + partition(field, second, count - few)
    raise ValueError(f"{len(members)} blocks cannot be cut into {count} groups")
