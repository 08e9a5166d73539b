"""The units above compounds as the engine's tree, where a city may leave levels out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.rollup import Tree, tree
from liren.development.lifecircle.reckoning.inputs import Compounds


@dataclass(frozen=True, eq=False)
class Units:
    """``levels[k]``: rank of level k of the engine's tree (0: compounds); ``codes[k]`` its units, "" for a stand-in.

    Where the tree leaves a level out, a stand-in keeps the chain whole; nobody is told of it.
    """

    levels: tuple[int, ...]
    codes: tuple[tuple[str, ...], ...]
    tree: Tree


def units_of(compounds: Compounds, compound_level: int = 6) -> Units:
    """The tree over compounds, bottom up; units by code, stand-ins behind them."""
    below: list[tuple[str, ...]] = [(code,) for code in compounds.codes]  # what tells units of the level below apart
    place: NDArray[np.int32] = np.arange(len(compounds), dtype=np.int32)
    codes: list[tuple[str, ...]] = [compounds.codes]
    parents = []
    for column in range(len(compounds.levels)):
        keys = [_key(above, column) for above in compounds.above]
        known = sorted(set(keys), key=lambda key: (key[0] == "", key))
        number = {key: k for k, key in enumerate(known)}
        parent = np.zeros(len(below), np.int32)
        at = np.array([number[key] for key in keys], np.int32)
        parent[place] = at
        parents.append(parent)
        codes.append(tuple(key[0] for key in known))
        below, place = [tuple(key) for key in known], at
    return Units((compound_level, *compounds.levels), tuple(codes), tree(parents, [len(level) for level in codes]))


def _key(above: tuple[str, ...], column: int) -> tuple[str, str]:
    """The unit at a level, or a stand-in under the next one above that there is."""
    if above[column]:
        return above[column], ""
    return "", next(code for code in above[column:] if code)
