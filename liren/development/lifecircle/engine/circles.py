"""Nested circles: each level with its own limit and its own set of services, and none serving for another.

GB 50180-2018: a facility of an upper level never counts for a lower one (levels are not inclusive), so the same kind of
facility at two levels is two categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.kernels import Ints, Labels, Longs
from liren.development.lifecircle.engine.near import Times

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Circle:
    """One level: its code, its limit in deciseconds, and its categories by number."""

    code: str
    limit_ds: int
    categories: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Circles:
    """What holds at each compound: ``reached`` (compounds, categories) within the limit of the category's own level;
    ``complete`` (compounds, circles) whether a circle lacks nothing; ``missing`` (compounds, circles) how many it
    lacks."""

    reached: Bools
    complete: Bools
    missing: Ints


def check(circles: Sequence[Circle], categories: int) -> None:
    """Refuse a category in two circles, or one that is not there.

    :raises BadParameter: naming the category and the circles.
    """
    seen: dict[int, str] = {}
    for circle in circles:
        for category in circle.categories:
            if not 0 <= category < categories:
                raise BadParameter(
                    "circle_category_unknown", circle=circle.code, category=category, categories=categories
                )
            if category in seen:
                raise BadParameter("circle_category_twice", category=category, one=seen[category], other=circle.code)
            seen[category] = circle.code


def judge(times: Times, circles: Sequence[Circle]) -> Circles:
    """Every circle at every compound.

    :raises BadParameter: when circles share a category, or the times were cut off below a circle's limit.
    """
    rows, categories = times.values.shape
    check(circles, categories)
    reached = np.zeros((rows, categories), np.bool_)
    missing = np.zeros((rows, len(circles)), np.int32)
    for k, circle in enumerate(circles):
        if circle.limit_ds > times.limit:
            raise BadParameter("circle_wider_than_times", circle=circle.code, limit=circle.limit_ds, known=times.limit)
        mine = list(circle.categories)
        reached[:, mine] = times.values[:, mine] <= circle.limit_ds
        missing[:, k] = (~reached[:, mine]).sum(axis=1)
    return Circles(reached, missing == 0, missing)


@dataclass(frozen=True, eq=False)
class Gaps:
    """What is missing where, the most people first: ``origin``, ``category``, ``people`` (k,)."""

    origin: Ints
    category: Ints
    people: Longs


def gaps(judged: Circles, circles: Sequence[Circle], population: Longs) -> Gaps:
    """Every compound with people and category of a circle that is not reached, ranked by people, then by number."""
    asked = np.zeros(judged.reached.shape[1], np.bool_)
    for circle in circles:
        asked[list(circle.categories)] = True
    origin, category = np.nonzero(~judged.reached & asked[None, :] & (population > 0)[:, None])
    people = np.asarray(population, np.int64)[origin]
    order = np.lexsort((category, origin, -people))
    return Gaps(origin[order].astype(np.int32), category[order].astype(np.int32), people[order])


def by_residence(urban: Bools, on_foot: Times, by_bicycle: Times) -> Times:
    """Times of each compound's own way: on foot for urban residents, by bicycle for rural ones (R244)."""
    if on_foot.limit != by_bicycle.limit or on_foot.values.shape != by_bicycle.values.shape:
        raise BadParameter("times_differ")
    values: Labels = np.where(urban[:, None], on_foot.values, by_bicycle.values).astype(on_foot.values.dtype)
    return Times(values, on_foot.limit)
