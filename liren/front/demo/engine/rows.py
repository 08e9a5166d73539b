"""What the generator gives: plain rows. A unit, a zone or a street is known by its place in its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from liren.front.demo.engine.body_rows import Acting
from liren.front.demo.engine.ground import Ground
from liren.front.demo.engine.mesh import Mesh
from liren.front.demo.engine.size import Size

SOURCE = "模拟数据 (simulated)"
FOUNDED = date(2017, 1, 1)
"""First day known to the register of the simulated city."""
REGISTERED = date(2019, 1, 1)
"""First day of compounds and grids, unless their community is younger."""
APPOINTED = date(2025, 1, 1)
"""First day in office of everybody who holds a post."""
MEASURED = date(2026, 6, 30)
"""The day on which the homes lived in were counted."""

Ring = NDArray[np.float64]


@dataclass(frozen=True)
class Span:
    """What a unit was from one day up to, but not on, another."""

    start: date
    end: date | None
    code: str
    kind: str
    name_zh: str
    name_en: str
    parent: int | None
    character: str = ""


@dataclass(frozen=True)
class Unit:
    """A unit with its life; ``members`` are the blocks it is made of."""

    level: int
    spans: tuple[Span, ...]
    members: tuple[int, ...]

    @property
    def face(self) -> Span:
        """The last of its spans."""
        return self.spans[-1]

    @property
    def opened_on(self) -> date:
        """First day of its life."""
        return self.spans[0].start

    @property
    def closed_on(self) -> date | None:
        """First day without it."""
        return self.spans[-1].end


@dataclass(frozen=True)
class Change:
    """A decision about territory. ``came_from`` has (source, target, share in billionths) of merges and splits."""

    op: str
    on: date
    unit: int
    instrument: str
    reason: str = ""
    came_from: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True)
class Outline:
    """The boundary of a unit or zone during a part of its life: rings of longitude and latitude, not closed."""

    owner: int
    start: date
    end: date | None
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Count:
    """Households and residents of a unit at the end of a year."""

    unit: int
    year: int
    households: int
    residents: int
    urban: int


@dataclass(frozen=True)
class Compound:
    """What is known of a compound beside its unit: management, homes, and where it stands on the lattice."""

    unit: int
    block: int
    corners: tuple[tuple[float, float], ...]
    form: str
    manager: str
    homes: int
    occupied: int
    is_filling: bool


@dataclass(frozen=True)
class Zone:
    """A zone laid over the tree, with the units it touches: (unit, lies wholly inside)."""

    slug: str
    kind: str
    name_zh: str
    name_en: str
    body: str
    members: tuple[int, ...]
    units: tuple[tuple[int, bool], ...]


@dataclass(frozen=True)
class Post:
    """The holder of a public post who is to be asked about a grid, or answers for a street."""

    owner: int
    post: str
    name: str
    telephone: str


@dataclass(frozen=True)
class StreetRow:
    """A street of the register, in the care of a unit."""

    unit: int
    line: int
    name_zh: str
    name_en: str
    length_m: int
    start: str
    end: str


@dataclass(frozen=True)
class Band:
    """A size band below the city."""

    measure: str
    kind: str
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Proposal:
    """A proposal to found a community for a compound that has filled up."""

    compound: int
    planned: int
    occupied: int


@dataclass(frozen=True)
class Resident:
    """Accounts with residency, as columns: names, compounds, days since the first joined, and who still waits for
    the community to verify the claim."""

    names: list[str]
    units: NDArray[np.int64]
    days: NDArray[np.int64]
    waiting: NDArray[np.bool_]


@dataclass(frozen=True)
class Official:
    """An account with a mandate; the named ones are there to be tried."""

    username: str
    name: str
    role: str
    unit: int
    duties: str = ""
    minutes: int | None = None


@dataclass(frozen=True)
class City:
    """All of it."""

    size: Size
    ground: Ground
    mesh: Mesh
    uses: list[str]
    units: list[Unit]
    changes: list[Change]
    outlines: list[Outline]
    zone_outlines: list[Outline]
    counts: list[Count]
    compounds: list[Compound]
    zones: list[Zone]
    streets: list[StreetRow]
    chiefs: list[Post]
    contacts: list[Post]
    bands: list[Band]
    proposals: list[Proposal]
    residents: Resident
    officials: list[Official]
    acting: Acting
