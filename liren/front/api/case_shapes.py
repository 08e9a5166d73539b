"""What the answers about cases look like: fields and words that systems agree on to exchange cases (R083)."""

from __future__ import annotations

from typing import Annotated, TypedDict

from liren.front.api.register_shapes import FieldChoice, Place, UnitNamed
from liren.front.api.shapes import Text


class CaseTypeSummary(TypedDict):
    """A kind of matter."""

    code: str
    name: Text
    purpose: Text
    group: Annotated[str, "request, service, contact, mediation, safety, support or supervision"]
    confidentiality: Annotated[str, "public, limited or sealed: how far its cases are seen"]
    channels: Annotated[list[str], "ways in which it is taken in"]
    url: str


class CaseTypes(TypedDict):
    """All of them, by code."""

    case_types: list[CaseTypeSummary]


class CaseCategory(TypedDict):
    """What a case can be about."""

    code: str
    name: Text
    severity: Annotated[str, "critical, urgent or normal"]
    notice: Annotated[Text, "told before anything is sent"]
    place: Annotated[str, "required, optional or none"]
    exact: Annotated[bool, "its place is published as it is, not rounded"]


class CaseField(TypedDict):
    """A question of the form, or of a move."""

    code: str
    name: Text
    kind: Annotated[str, "text, long_text, number, date, time, moment (day and time), choice, yes_no or body"]
    required: bool
    public: Annotated[bool, "its answer belongs to the public face of a case"]
    asked_by: Annotated[list[str], "moves that ask it; none: the form of the reporter does"]
    choices: list[FieldChoice]


class CaseState(TypedDict):
    """Where a case can stand."""

    code: str
    name: Text
    public: Annotated[Text, "the same for everybody"]
    told: Annotated[Text, "the same as it is said to the reporter"]
    owner: Annotated[str, "whose turn it is: reporter, desk, body, supervisor, callback, system or part:<role>"]
    phase: Annotated[str, "open, answered or closed: the same words for all types"]
    outcome: Annotated[str, "how it ended, in words that hold for all types; empty while it is not closed"]


class CaseMove(TypedDict):
    """How it gets from one state to another."""

    code: str
    name: Text
    sources: list[str]
    target: str
    by: list[str]
    journey: Annotated[str, "the process that alone makes this move, together with rows of its own; empty: none"]


class CaseClock(TypedDict):
    """A deadline, as an amount for each severity."""

    code: str
    name: Text
    runs_in: list[str]
    starts: Annotated[str, "received, dispatched or entered"]
    critical: str
    urgent: str
    normal: str
    ends_with: Annotated[list[str], "moment fields: the first that is answered ends it, where that comes earlier"]


class CaseTypeDeclaration(CaseTypeSummary):
    """A case type as declared."""

    basis: Annotated[list[str], "keys of the provisions that ask for it"]
    requirements: list[str]
    level: Annotated[str, "level of the units to which its cases belong"]
    place: Annotated[str, "required, optional or none"]
    anonymous: bool
    categories: list[CaseCategory]
    fields: list[CaseField]
    states: list[CaseState]
    moves: list[CaseMove]
    clocks: list[CaseClock]


class CaseSummary(TypedDict):
    """A case as everybody sees it."""

    number: str
    type: str
    category: str
    status: Annotated[str, "open, answered, or how it ended: solved, unsolved, done, refused, out_of_remit, …"]
    state: str
    state_name: Annotated[str, "in public words, in the language of the address"]
    severity: str
    unit: UnitNamed
    place: Annotated[Place | None, "rounded to about 50 metres"]
    body: Annotated[str | None, "the department that has it"]
    received_at: str
    changed_at: str
    due_at: str | None
    closed_at: str | None
    hops: Annotated[int, "how often it was sent on after a dispute"]
    followers: int
    url: str
    page: Annotated[str, "the page for people"]


class Cases(TypedDict):
    """One page of public cases, the newest first."""

    cases: list[CaseSummary]
    next: Annotated[str | None, "address of the next page"]


class CaseAnswer(TypedDict):
    """What was answered to a question of the form."""

    field: str
    text: str


class CaseLine(TypedDict):
    """One line of the story. It names offices, and no person."""

    at: str
    who: str
    words: str


class CaseDetail(CaseSummary):
    """A case as far as the caller reads it."""

    level: Annotated[str, "public, reporter or work: how far the caller reads it"]
    text: Annotated[str, "empty on the public face"]
    address: Annotated[str, "empty on the public face"]
    values: list[CaseAnswer]
    files: Annotated[list[str], "addresses of pictures and papers"]
    story: list[CaseLine]


class AlarmTaken(TypedDict):
    """What a device is told."""

    number: Annotated[str, "of the case"]
    repeated: Annotated[bool, "an alarm of this device was open already"]
