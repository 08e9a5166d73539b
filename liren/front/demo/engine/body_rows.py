"""Who acts in the simulated city, as plain rows. A body or a post is known by its place in its list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Body:
    """A body of a unit."""

    unit: int
    kind: str
    name_zh: str
    name_en: str
    since: date
    parent: int | None = None
    registration: str = "none"
    uscc: str = ""
    works: tuple[str, ...] = ()
    part: str = ""
    place: str = ""
    remit_zh: str = ""
    remit_en: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class BodyPost:
    """A post of a body, since the body is there."""

    body: int
    name_zh: str
    name_en: str
    duty_zh: str
    filled_by: str
    seats: int = 1
    is_head: bool = False


@dataclass(frozen=True)
class Holding:
    """A seat that is taken: by a name or by virtue of another post."""

    post: int
    seat: int
    name: str
    how: str
    since: date
    by_post: int | None = None
    sent_by: int | None = None


@dataclass(frozen=True)
class Duty:
    """A line of a duty list."""

    body: int
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Membership:
    """A body that belongs to another."""

    whole: int
    member: int
    role: str


@dataclass(frozen=True)
class Pairing:
    """A body paired with a community, and the days on which it delivered."""

    body: int
    unit: int
    agreed_zh: str
    agreed_en: str
    delivered: tuple[date, ...]


@dataclass(frozen=True)
class Liaison:
    """Who speaks for a body in a unit."""

    body: int
    unit: int
    name: str
    telephone: str


@dataclass(frozen=True)
class Authority:
    """Authority extended to a street or town."""

    unit: int
    power: str


@dataclass(frozen=True)
class Strand:
    """Which body leads a strand of work in a community."""

    unit: int
    line: str
    lead: int


@dataclass(frozen=True)
class Figure:
    """A count of a year."""

    body: int
    measure: str
    year: int
    number: int


@dataclass(frozen=True)
class Activity:
    """Something that was done in a unit."""

    body: int
    unit: int
    on: date
    line: str
    text_zh: str
    took_part: int


@dataclass(frozen=True)
class Reception:
    """A deputy who receives residents of a unit."""

    unit: int
    name: str
    times: str
    where: str


@dataclass
class Acting:
    """All of it."""

    bodies: list[Body] = field(default_factory=list)
    posts: list[BodyPost] = field(default_factory=list)
    holdings: list[Holding] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    pairings: list[Pairing] = field(default_factory=list)
    liaisons: list[Liaison] = field(default_factory=list)
    authorities: list[Authority] = field(default_factory=list)
    strands: list[Strand] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    receptions: list[Reception] = field(default_factory=list)
