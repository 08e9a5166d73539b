"""Why a facility that is near in a straight line is far on the way: the engine's causes, compound by category."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import Cause, causes
from liren.development.lifecircle.reckoning.inputs import Inputs

CUT_OFF = 9  # behind the engine's own numbers: no way at all within the horizon


def causes_of(
    inputs: Inputs, asked: NDArray[np.bool_], nearest: NDArray[np.int32], time_ds: NDArray[np.int32]
) -> NDArray[np.int16]:
    """The cause for each compound and category that is asked about, 0 for the others.

    What the straight line to the nearest facility crosses names it; where that is nothing known, it is a long way
    round, or no way within the horizon of the run.
    """
    found = np.zeros(asked.shape, np.int16)
    row, category = np.nonzero(asked)
    to = nearest[row, category]
    compounds, facilities = inputs.compounds, inputs.facilities
    named = causes(
        inputs.on_foot,
        compounds.lon[row],
        compounds.lat[row],
        facilities.lon[to],
        facilities.lat[to],
        np.ones(len(row), np.bool_),
    ).astype(np.int16)
    unnamed = (named == Cause.DETOUR) & (time_ds[row, category] < 0)
    named[unnamed] = CUT_OFF
    found[row, category] = named
    return found
