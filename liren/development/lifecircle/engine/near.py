"""Nearest facility of every category, counts and lists: for nodes, and for compounds with their gates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import backend
from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.graph import Graph
from liren.development.lifecircle.engine.kernels import (
    Found,
    Ints,
    Kernels,
    Labels,
    Longs,
    Seeds,
    check_limit,
    check_within,
    label_type,
)


@dataclass(frozen=True, eq=False)
class Times:
    """Deciseconds, shape (rows, categories). What is not reached within the limit holds ``limit + 1``."""

    values: Labels
    limit: int

    @property
    def reached(self) -> NDArray[np.bool_]:
        return np.asarray(self.values <= self.limit)

    def minutes(self) -> NDArray[np.float64]:
        """Minutes, NaN where nothing is reached."""
        return np.where(self.reached, self.values / 600.0, np.nan)


def by_category(facilities: Seeds, category: Ints) -> Seeds:
    """Seeds of facilities as seeds of their categories; a category of -1 leaves a facility out."""
    owner = category[facilities.owner].astype(np.int32)
    kept = owner >= 0
    return Seeds(facilities.at[kept], owner[kept], facilities.cost[kept])


def nearest(
    graph: Graph, facilities: Seeds, category: Ints, *, categories: int, limit: int, kernels: Kernels | None = None
) -> Times:
    """Time from every node of the graph to the nearest facility of each category, all categories at once.

    ``category`` (facilities,); ``limit`` in deciseconds, from 0 to years. A category without
    facilities is reached from nowhere.

    :raises BadParameter: when a category or the limit cannot be meant.
    """
    _check(facilities, category, categories)
    sources = by_category(facilities, category)
    serving = kernels or backend.best()
    return Times(serving.nearest(graph.arcs, sources, categories, check_limit(limit)), limit)


def at_origins(times: Times, origins: Seeds, owners: int) -> Times:
    """From times of nodes to those of compounds: the access leg added, and of several gates the best."""
    limit = times.limit
    kind = label_type(limit)
    total = times.values[origins.at].astype(np.int32) + np.minimum(origins.cost, limit + 1)[:, None]
    total = np.minimum(total, limit + 1).astype(kind)
    values: Labels = np.full((owners, times.values.shape[1]), limit + 1, kind)
    if len(origins) == 0:
        return Times(values, limit)
    order = np.argsort(origins.owner, kind="stable")
    owner = origins.owner[order]
    first = np.flatnonzero(np.append(True, np.diff(owner) != 0))
    values[owner[first]] = np.minimum.reduceat(total[order], first, axis=0)
    return Times(values, limit)


def counts_at_nodes(
    graph: Graph,
    facilities: Seeds,
    category: Ints,
    *,
    categories: int,
    within: Ints,
    capacity: Longs | None = None,
    kernels: Kernels | None = None,
) -> tuple[Ints, Longs | None]:
    """How many facilities of each category lie within each threshold of every node, and with how much capacity.

    Shapes (nodes, categories, thresholds); ``within`` rises, deciseconds; wider thresholds hold the narrower ones.
    """
    _check(facilities, category, categories)
    kept = category[facilities.owner] >= 0
    sources = Seeds(facilities.at[kept], facilities.owner[kept], facilities.cost[kept])
    serving = kernels or backend.best()
    return serving.counts(graph.arcs, sources, category.astype(np.int32), capacity, categories, check_within(within))


def lists(graph: Graph, origins: Seeds, facilities: Seeds, *, limit: int, kernels: Kernels | None = None) -> Found:
    """Every facility within the limit of every compound with its time, sorted by compound and then facility."""
    serving = kernels or backend.best()
    return serving.lists(graph.arcs, facilities, origins, check_limit(limit))


def counts_of(
    found: Found,
    category: Ints,
    *,
    owners: int,
    categories: int,
    within: Ints,
    capacity: Longs | None = None,
) -> tuple[Longs, Longs | None]:
    """Full lists summed up: facilities of each category within each threshold, and their capacity.

    Shapes (owners, categories, thresholds).

    :raises BadParameter: when a threshold is wider than the lists go.
    """
    within = check_within(within)
    if int(within[-1]) > found.limit:
        raise BadParameter("wider_than_lists", given=int(within[-1]), limit=found.limit)
    kind = category[found.source]
    step = np.searchsorted(within, found.time)
    kept = (step < len(within)) & (kind >= 0)
    cell = (found.origin[kept].astype(np.int64) * categories + kind[kept]) * len(within) + step[kept]
    shape = (owners, categories, len(within))
    size = owners * categories * len(within)
    counts = np.bincount(cell, minlength=size).astype(np.int64).reshape(shape)
    if capacity is None:
        return np.cumsum(counts, axis=2), None
    sums = np.zeros(size, np.int64)
    np.add.at(sums, cell, capacity[found.source[kept]])
    return np.cumsum(counts, axis=2), np.cumsum(sums.reshape(shape), axis=2)


def _check(facilities: Seeds, category: Ints, categories: int) -> None:
    if categories < 1:
        raise BadParameter("no_categories")
    if len(category) and int(category.max()) >= categories:
        raise BadParameter("category_unknown", category=int(category.max()), categories=categories)
    if len(facilities) and int(facilities.owner.max()) >= len(category):
        raise BadParameter("facility_without_category", facility=int(facilities.owner.max()))
