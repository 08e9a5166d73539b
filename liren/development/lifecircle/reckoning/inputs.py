"""Everything a run is worked out from, in an order of its own, so that two databases give one fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liren.development.lifecircle.engine import Network, Pace, hours, metres_to_ds

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

HORIZON_DS = 27_000  # 45 minutes: what lies farther is told as not reached
JOIN_WITHIN_M = 500.0  # farther from every way, a compound or facility is reported and left out
#: The thresholds for which counts and capacity are kept: 5, 10 and 15 minutes.
THRESHOLDS_DS = (3000, 6000, 9000)


@dataclass(frozen=True, eq=False)
class Compounds:
    """Compounds by code, rising; their gates (``gate_of`` positions of compounds); people; and the units above.

    ``above`` (compounds, levels): codes of the units from the communities up, "" where the tree leaves a level out; the
    last column is the city. ``rural`` goes by bicycle.
    """

    codes: tuple[str, ...]
    lon: Floats
    lat: Floats
    gate_lon: Floats
    gate_lat: Floats
    gate_of: Ints
    people: Longs
    households: Longs
    rural: Bools
    levels: tuple[int, ...]
    above: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Facilities:
    """Facilities: degrees, position of the category, capacity (0 where unknown), and what they are called.

    A category of -1: not there at the moment that is asked about. ``hours``: texts, () where there are none at all. A
    run counts every place as open; hours are for questions about a weekday and a time.
    """

    lon: Floats
    lat: Floats
    category: Ints
    capacity: Longs
    names: tuple[str, ...]
    hours: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    def hours_of(self, k: int) -> str:
        return self.hours[k] if self.hours else ""


@dataclass(frozen=True)
class Setting:
    """Under which circumstances a city is asked: another pace on foot, and a minute of the week from Monday 0:00.

    None: the pace of the run; every place counts as open.
    """

    walk_mm_per_s: int | None = None
    moment: int | None = None


AS_RUN = Setting()


@dataclass(frozen=True)
class Ring:
    """A circle: so many deciseconds, or so many metres of way; and its categories by position."""

    code: str
    limit_ds: int
    metres: int
    categories: tuple[int, ...]

    def limit(self, pace: Pace) -> int:
        """The limit in deciseconds at a pace: metres are metres, however fast somebody goes."""
        return metres_to_ds(self.metres, pace) if self.metres else self.limit_ds


@dataclass(frozen=True, eq=False)
class Inputs:
    """What one run of one city is worked out from. ``by_bicycle`` is None where the city has no network for it."""

    on_foot: Network
    by_bicycle: Network | None
    compounds: Compounds
    facilities: Facilities
    categories: tuple[str, ...]
    rings: tuple[Ring, ...]
    radius_m: Ints
    walk: Pace
    cycle: Pace
    horizon_ds: int = HORIZON_DS
    thresholds_ds: tuple[int, ...] = THRESHOLDS_DS
    join_within_m: float = JOIN_WITHIN_M

    def limits(self, pace: Pace) -> Ints:
        """Within how many deciseconds each category counts as reached, by its own circle, (categories,)."""
        limits = np.zeros(len(self.categories), np.int32)
        for ring in self.rings:
            limits[list(ring.categories)] = ring.limit(pace)
        return limits

    def recorded(self) -> Bools:
        """Of which categories the city has a place at all, open or not, (categories,)."""
        return np.bincount(self.facilities.category[self.facilities.category >= 0], minlength=len(self.categories)) > 0

    def counted(self) -> tuple[list[int], ...]:
        """Of each circle the categories by which somebody lacks nothing: those of which a place is on record."""
        there = self.recorded()
        return tuple([one for one in ring.categories if there[one]] for ring in self.rings)

    def under(self, setting: Setting) -> Inputs:
        """The same city for a group at another pace, with only those facilities that are open then."""
        walk = self.walk if setting.walk_mm_per_s is None else self.walk.walking(setting.walk_mm_per_s)
        kind = self.facilities.category
        if setting.moment is not None and self.facilities.hours:
            kind = np.where(hours(self.facilities.hours).open_at(setting.moment), kind, -1).astype(np.int32)
        return replace(self, walk=walk, facilities=replace(self.facilities, category=kind))

    def fingerprint(self) -> str:
        """SHA-256 of everything in here."""
        digest = hashlib.sha256()
        _add(digest, self)
        return digest.hexdigest()


def digest_of(*values: Any) -> str:
    """SHA-256 of arrays, texts and numbers, each with its kind and size, in the order given."""
    digest = hashlib.sha256()
    for value in values:
        _add(digest, value)
    return digest.hexdigest()


def _add(digest: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif hasattr(value, "__dataclass_fields__"):
        digest.update(type(value).__name__.encode())
        for one in fields(value):
            _add(digest, getattr(value, one.name))
    else:
        digest.update(json.dumps(value, default=_plain, ensure_ascii=False, sort_keys=True).encode())


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    return str(value)


@dataclass
class Report:
    """What was found wrong on the way, for whoever reads the result: counts, and the first few names of each."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def tell(self, what: str, names: list[str], most: int = 20) -> None:
        self.counts[what] = len(names)
        if names:
            self.examples[what] = names[:most]


def without_doubles(facilities: Facilities, report: Report) -> Facilities:
    """Facilities of one name and category inside the same square of some 50 m are one; the others are reported."""
    if not len(facilities):
        return facilities
    cell_x, cell_y = np.floor(facilities.lon * 2000).astype(np.int64), np.floor(facilities.lat * 2000).astype(np.int64)
    _names, name = np.unique(np.array(facilities.names, dtype=object).astype(str), return_inverse=True)
    key = np.stack([facilities.category.astype(np.int64), name, cell_x, cell_y], axis=1)
    _unique, first = np.unique(key, axis=0, return_index=True)
    kept = np.zeros(len(facilities), np.bool_)
    kept[first] = True
    report.tell("duplicates", [facilities.names[k] for k in np.flatnonzero(~kept).tolist()])
    return chosen(facilities, kept)


def chosen(facilities: Facilities, kept: Bools) -> Facilities:
    """Those facilities that are kept, in their order."""
    return Facilities(
        facilities.lon[kept],
        facilities.lat[kept],
        facilities.category[kept],
        facilities.capacity[kept],
        tuple(facilities.names[k] for k in np.flatnonzero(kept).tolist()),
        tuple(facilities.hours[k] for k in np.flatnonzero(kept).tolist()) if facilities.hours else (),
    )
