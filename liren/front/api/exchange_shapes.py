"""Shapes of what departments' programs are given and send."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from liren.front.api.shapes import Fault, Text
from liren.service.cases.queries.exchange import CaseHead, CaseWhole


class ExchangeLine(CaseHead):
    """A case of the department in the list of changes."""

    url: str


class ExchangeCases(TypedDict):
    """One page of the department's cases, those first that were changed longest ago."""

    cases: list[ExchangeLine]
    next: Annotated[str | None, "address of the next page"]


class ExchangeMove(TypedDict):
    """A move that the department may make now."""

    code: str
    name: Text
    status: Annotated[str, "which the case has afterwards"]
    note: Annotated[bool, "it needs a note"]
    evidence: Annotated[bool, "it needs a file"]
    asks: Annotated[list[str], "questions, as the type declares them"]


class ExchangeCall(TypedDict):
    """What the department was called for."""

    id: int
    question: str
    state: Annotated[str, "open or answered"]
    due_at: str
    url: Annotated[str, "where it is answered"]


class ExchangeStep(TypedDict):
    """One line of the story. It names offices, and no person."""

    at: str
    who: str
    words: str
    note: str
    told: Annotated[bool, "the reporter reads it"]


class ExchangeFile(TypedDict):
    """A picture or a paper, and where it is fetched with the key."""

    id: int
    name: str
    type: str
    octets: int
    url: str


class ExchangeCase(CaseWhole):
    """A case of the department whole, with its story and what may be done next."""

    url: str
    attached: list[ExchangeFile]
    story: list[ExchangeStep]
    moves: list[ExchangeMove]
    calls: list[ExchangeCall]


class ExchangeNote(TypedDict):
    """A note on a case, open or closed."""

    note: str
    told: Annotated[bool, "true: for the reporter as well; false: for workers alone"]


class ExchangeAnswer(TypedDict):
    """An answer to a question that a move asks, as text."""

    field: str
    value: str


class ExchangeDone(TypedDict):
    """A move: by its code, or by the status that the case is to have."""

    revision: Annotated[int, "of the case as you know it"]
    move: NotRequired[str]
    status: NotRequired[Annotated[str, "in_work, answered, …: where one move alone leads there"]]
    note: NotRequired[str]
    values: NotRequired[list[ExchangeAnswer]]


class ExchangeReply(TypedDict):
    """An answer to a call."""

    answer: str
    comes: Annotated[bool, "whether the department comes"]


class NotExchanged(TypedDict):
    """Why not, and where the case stands now."""

    error: Fault
    case: ExchangeLine
