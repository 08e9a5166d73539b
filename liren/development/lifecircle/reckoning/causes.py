"""Why a facility that is near in a straight line is far on the way: what the straight line crosses."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from liren.development.lifecircle.engine.network import Barrier
from liren.development.lifecircle.reckoning.inputs import Inputs

DETOUR, CUT_OFF = 16, 32
#: Of several things in the way the one that is hardest to cross is named.
HARDEST = (Barrier.WATER, Barrier.RAIL, Barrier.ROAD, Barrier.WALL)


def causes_of(
    inputs: Inputs, asked: NDArray[np.bool_], nearest: NDArray[np.int32], time_ds: NDArray[np.int32]
) -> NDArray[np.int16]:
    """The cause for each compound and category that is asked about, 0 for the others.

    A line of the network's barriers that the straight line to the nearest facility crosses names it; without one, it
    is a long way round, or none within the run's horizon.
    """
    causes = np.zeros(asked.shape, np.int16)
    row, category = np.nonzero(asked)
    causes[row, category] = np.where(time_ds[row, category] < 0, CUT_OFF, DETOUR)
    barriers = inputs.on_foot.barriers
    if len(row) == 0 or len(barriers.kind) == 0:
        return causes
    compounds, facilities, to = inputs.compounds, inputs.facilities, nearest[row, category]
    ends = np.stack(
        [
            np.stack([compounds.lon[row], compounds.lat[row]], axis=1),
            np.stack([facilities.lon[to], facilities.lat[to]], axis=1),
        ],
        axis=1,
    )
    tree = shapely.STRtree(shapely.linestrings(barriers.ends.reshape(-1, 2, 2)))
    line, crossed = tree.query(shapely.linestrings(ends), predicate="intersects")
    for kind in reversed(HARDEST):
        here = line[barriers.kind[crossed] == kind]
        causes[row[here], category[here]] = kind
    return causes
