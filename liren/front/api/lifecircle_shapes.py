"""What the answers about the life circle look like."""

from __future__ import annotations

from typing import Annotated, TypedDict

from liren.front.api.shapes import Text


class CircleRun(TypedDict):
    """One reckoning of a city for one group on one day; what it rests on can be worked out again, bit for bit."""

    city: Annotated[str, "code of the city or district"]
    number: Annotated[int, "counted from 1 within the city"]
    group: Annotated[str, "whose pace: a code of the standard"]
    on: Annotated[str, "the day whose compounds, facilities and counts it took"]
    standard: str
    code_version: str
    input_fingerprint: Annotated[str, "SHA-256 of everything it read"]
    result_digest: Annotated[str, "SHA-256 of everything it found"]
    url: Annotated[str, "what it found at the city"]


class CircleRuns(TypedDict):
    """Runs that are done, the newest first."""

    runs: list[CircleRun]
    next: str | None


class CircleService(TypedDict):
    """One category of facility at a unit. Times, metres and counts are of compounds; shares of all units."""

    code: str
    name: Text
    circle: str
    limit_minutes: float
    minutes: Annotated[float | None, "along the real ways; null where not within 45 minutes"]
    reached: Annotated[bool | None, "within the limit; null for units above compounds"]
    straight_m: Annotated[int | None, "metres in a straight line to the nearest; null where the city has none"]
    radius_m: Annotated[int | None, "service radius of the standard; null where it sets none"]
    in_radius: bool | None
    within: Annotated[list[int], "how many within 5, 10 and 15 minutes"]
    cause: Annotated[
        str,
        "why it is near in a straight line and yet too far: wall, water, rail, crossing, detour, cut_off; else empty",
    ]
    served_share: Annotated[float | None, "share of residents within the limit; null where hidden"]
    radius_share: Annotated[float | None, "share of residents within the service radius; null where hidden"]
    is_unverified: Annotated[bool, "the figures of the standard have not been compared with their source"]


class CircleRing(TypedDict):
    """One circle at a unit: levels are not inclusive."""

    code: str
    name: Text
    complete_share: Annotated[
        float | None,
        "share of residents who lack nothing in it, of what is on record in the city; null where hidden or nothing is",
    ]
    counted: Annotated[int, "how many services that counts: those with a place on record anywhere in the city"]
    unrecorded: Annotated[list[str], "codes of those without any; nobody is said to lack them"]
    missing: Annotated[list[str], "codes of what a compound lacks"]


class UnitCircle(TypedDict):
    """What a run found at a unit."""

    unit: str
    name: Text
    run: CircleRun
    people: Annotated[int | None, "permanent residents; null where hidden"]
    compounds: int
    by_bicycle: bool
    circles: list[CircleRing]
    services: list[CircleService]
    page: Annotated[str, "the page for people"]


class CircleGap(TypedDict):
    """A compound that does not reach a category within its circle."""

    unit: str
    name: Text
    category: str
    people: Annotated[int | None, "residents; null where hidden"]
    over_minutes: Annotated[float | None, "how far beyond the limit; null where no way leads there"]
    cause: str


class CircleGaps(TypedDict):
    """What is missing where, the most residents first."""

    run: CircleRun
    gaps: list[CircleGap]
    next: str | None


class EstatePhase(TypedDict):
    """The end of a phase of a planned estate: square metres of service area due, planned and lacking by then."""

    households: int
    people: int
    due_m2: int
    planned_m2: int
    lacking_m2: int


class EstateService(TypedDict):
    """One category of facility at the place of a planned estate."""

    code: str
    name: Text
    minutes: Annotated[float | None, "along the real ways; null where not within 45 minutes"]
    straight_m: int | None
    within: Annotated[list[int], "how many within 5, 10 and 15 minutes"]
    cause: str
    state: Annotated[
        str,
        "there, planned (the estate builds it), build (it must, and does not plan to), street (lacking, and the estate"
        " is too small to owe it), open (lacking, and no rule says who builds it), unrecorded (none is on record"
        " in the whole city: nobody can say whether it lacks)",
    ]
    phase: Annotated[int | None, "with which it is due, counted from 1; of what is unrecorded, it would be"]


class EstateCheck(TypedDict):
    """A planned estate held against a run; the same question to the same run gives the same digest."""

    id: int
    name: str
    unit: Annotated[str, "code of the community in which it lies"]
    lon: float
    lat: float
    households: int
    people: int
    register_number: Annotated[int | None, "number of the entry in the register of new estates"]
    run: CircleRun
    passes: Annotated[bool, "nothing that the estate owes is lacking, at the end of any phase"]
    per_100_households_m2: float
    due_m2: int
    planned_m2: int
    lacking_m2: int
    phases: list[EstatePhase]
    services: list[EstateService]
    made_on: str
    digest: str


class EstateChecks(TypedDict):
    """Checks of planned estates, the newest first."""

    estates: list[EstateCheck]
    next: str | None
