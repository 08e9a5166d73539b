"""What the answers about registers look like."""

from __future__ import annotations

from typing import Annotated, TypedDict

from liren.front.api.shapes import Text


class RegisterSummary(TypedDict):
    """A register, and how full it is."""

    code: str
    name: Text
    purpose: Text
    group: str
    visible: Annotated[str, "public, workers or sealed: who may read its entries"]
    entries: Annotated[int, "entries in force"]
    at_least: Annotated[bool, "there may be more entries than were counted"]
    reviewed_on: Annotated[str | None, "day on which an entry was last checked"]
    url: str
    page: Annotated[str, "the page for people"]


class Registers(TypedDict):
    """All registers that the caller may know of, by code."""

    registers: list[RegisterSummary]


class FieldChoice(TypedDict):
    """One of the words that a field offers."""

    code: str
    name: Text


class RegisterField(TypedDict):
    """A declared field."""

    code: str
    name: Text
    kind: Annotated[
        str, "text, long_text, bilingual, number, date, choice, choices, yes_no, unit, body, phone, file or link"
    ]
    required: bool
    visible: Annotated[str, "public, workers or sealed: who may read it"]
    unit: Annotated[str, "unit of measure of a number; empty for a bare number"]
    counts_people: Annotated[bool, "numbers from 1 to 4 are not published"]
    choices: list[FieldChoice]
    help: Text


class RegisterMeasure(TypedDict):
    """A figure that is computed from the entries."""

    code: str
    name: Text
    measure: Annotated[str, "units, rate, entries, ratio or count"]
    unit: Annotated[str, "unit of the result"]
    level: Annotated[str, "level of the units that are counted"]
    of: Annotated[str, "all, urban or rural"]
    parameter: Annotated[str, "code of the number that is its target; empty for none"]


class RegisterDeclaration(RegisterSummary):
    """A register as declared."""

    level: Annotated[list[str], "levels of the units to which an entry may belong"]
    kept_by: Annotated[str, "level whose workers keep it"]
    place: Annotated[str, "required, optional or none: a point on the map"]
    review_days: int
    basis: Annotated[list[str], "keys of the provisions that ask for it"]
    requirements: list[str]
    fields: list[RegisterField]
    coverage: list[RegisterMeasure]
    entries_url: str
    coverage_url: str


class UnitNamed(TypedDict):
    """A unit of territory."""

    code: str
    name: Text


class Place(TypedDict):
    """A point in WGS 84 degrees."""

    lon: float
    lat: float


class EntryValue(TypedDict):
    """What an entry says in one field."""

    field: str
    value: Annotated[
        str | bool | list[str] | Text | None,
        "numbers as exact decimals, choices as codes; null where a small number of people is hidden",
    ]
    text: Annotated[str, "as people read it, in the language of the address"]
    is_hidden: Annotated[bool, "there is a number, too small to be published"]


class RegisterEntry(TypedDict):
    """An entry, with the fields that the caller may read."""

    number: int
    name: Text
    unit: UnitNamed
    place: Place | None
    opened_on: str | None
    closed_on: Annotated[str | None, "first day on which it is no longer there"]
    reviewed_on: Annotated[str, "day on which it was last checked"]
    values: list[EntryValue]
    url: str
    page: str


class RegisterEntries(TypedDict):
    """One page of entries, by name."""

    entries: list[RegisterEntry]
    next: Annotated[str | None, "address of the next page"]


class CoverageFigure(TypedDict):
    """A measure at a unit."""

    measure: str
    name: Text
    unit: UnitNamed
    value: Annotated[
        str | None, "exact decimal in the unit of the measure; null where it is not known or not published"
    ]
    numerator: str | None
    denominator: str | None
    operator: Annotated[str, "how the value is held against the target; empty for none"]
    target: str | None
    target_high: str | None
    met: bool | None
    gap: str | None
    on: Annotated[str | None, "day as of which it was computed"]
    is_hidden: Annotated[bool, "not published: a small number of people could be worked out from it"]


class RegisterCoverage(TypedDict):
    """Every measure of a register at a unit and at the units directly below it."""

    unit: Annotated[
        UnitNamed | None, "null where none was asked for and the tree has several tops, which then are below"
    ]
    here: list[CoverageFigure]
    below: list[CoverageFigure]
