"""What the answers about the gate look like, and what is sent to it."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from liren.front.api.shapes import Fault, Text

KIND = "task, form, ledger, inspection, meeting, award, appraisal, certificate, system, signboard or organisation"


class BodyNamed(TypedDict):
    """A body that asks, or that is asked."""

    number: Annotated[int, "as in /bodies/{number}/"]
    name: Text


class ListedMatter(TypedDict):
    """A matter of a list or catalogue, from the version that put it there on."""

    list: Annotated[str, "self_government, assistance, negative, duties or assisting"]
    code: Annotated[str, "the same in every version"]
    name: Text
    unit: Annotated[str, "code of the city or district whose list it is; it holds there and below"]
    basis: Annotated[str, "legal basis"]
    kind: Annotated[str, f"only of this kind of work: {KIND}; empty: any"]
    words: Annotated[list[str], "words that betray it in the name of an application"]
    version: int
    reason: Annotated[str, "why that version put it there"]
    since: str
    until: str | None


class ListedMatters(TypedDict):
    """What stands on the lists."""

    matters: list[ListedMatter]
    next: str | None


class AdmissionSummary(TypedDict):
    """What may be asked of communities: by whom, on which ground, until when."""

    number: int
    kind: Annotated[str, KIND]
    title: Text
    sender: BodyNamed
    basis: str
    is_assistance: bool
    minutes_a_month: Annotated[int, "minutes of work a month in one community"]
    money_fen: Annotated[int | None, "money for one community and year, in fen"]
    meeting: Annotated[str, "joint meeting that decided"]
    since: str
    until: Annotated[str | None, "first day on which it does not hold any more"]
    url: str
    page: Annotated[str, "the page for people"]


class Admissions(TypedDict):
    """Admissions that hold on a day, the newest first."""

    admissions: list[AdmissionSummary]
    next: str | None


class AdmissionInFull(AdmissionSummary):
    """An admission with the communities that it reaches and the questions that it asks."""

    is_active: Annotated[bool, "false while money and support are missing, or after its end"]
    communities: Annotated[list[str], "codes, at most 500"]
    reaches: Annotated[int, "how many communities"]
    questions: list[str]


class BurdenCount(TypedDict):
    kind: Annotated[str, KIND]
    number: int


class BurdenLoad(TypedDict):
    """What one body asked of a community in a month."""

    sender: Annotated[BodyNamed | None, "null: residents themselves"]
    work: list[BurdenCount]
    ledgers: int
    repeated: Annotated[int, "questions that another form asks too"]
    minutes: Annotated[int, "minutes that it was thought to take"]


class BurdenHours(TypedDict):
    what: str
    hours: Annotated[float, "mean hours of a day"]


class MonthlyBurden(TypedDict):
    """How heavy a month was for a community, by the body that asked."""

    unit: str
    month: Annotated[str, "YYYY-MM"]
    admitted: Annotated[int, "matters that could be asked for"]
    loads: list[BurdenLoad]
    sheets: Annotated[int, "sheets of the diary, handed in by free will"]
    hours: Annotated[list[BurdenHours] | None, "null with fewer than five sheets"]


class InventoryCut(TypedDict):
    stock: Annotated[str, "organisation, venue, task, system or stamp"]
    there: Annotated[int, "how many communities had to carry when it was counted"]
    gone: Annotated[int, "how many are stopped or cancelled; of systems also merged"]
    percent: Annotated[int | None, "null where nothing was counted"]


class Cuts(TypedDict):
    """What was taken off the communities of a place."""

    unit: str
    cuts: list[InventoryCut]
    page: Annotated[str, "the page for people"]


class WorkSummary(TypedDict):
    """A piece of work of one community."""

    number: int
    kind: Annotated[str, KIND]
    title: Text
    community: Annotated[str, "code"]
    sender: Annotated[BodyNamed | None, "null: residents themselves"]
    admission: Annotated[int | None, "number"]
    since: Annotated[str, "first day"]
    due: str | None
    minutes: int
    state: Annotated[str, "asked, accepted, refused, done, withdrawn or closed"]
    note: Annotated[str, "why it was refused or withdrawn"]
    url: str


class Work(TypedDict):
    """Work as far as you see it, the oldest first."""

    work: list[WorkSummary]
    next: str | None


class OutsideSummary(TypedDict):
    """A report of work that came round the gate, and what became of it."""

    number: int
    community: str
    sender: BodyNamed
    kind: Annotated[str, KIND]
    on: str
    text: str
    state: Annotated[str, "reported, ordered, corrected, criticised, accountable or unfounded"]
    answer: str
    url: str


class OutsideReports(TypedDict):
    """Reports as far as you see them, the newest first."""

    reports: list[OutsideSummary]
    next: str | None


# --- what is sent ---


class Handed(TypedDict):
    """One line: work for one community under one admission."""

    admission: Annotated[int, "number of an admission of the sender that holds there on that day"]
    community: Annotated[str, "code of a community or village"]
    title: NotRequired[Annotated[str, "what is to be done; as the admission is called when missing"]]
    text: NotRequired[Annotated[str, "what is asked, in plain words"]]
    since: NotRequired[Annotated[str, "first day, YYYY-MM-DD; today when missing"]]
    due: NotRequired[Annotated[str, "last day, YYYY-MM-DD"]]
    minutes: NotRequired[Annotated[int, "minutes that it takes in one community"]]


class HandOut(TypedDict):
    """Work that a body hands out: every line, or none. At most 5,000 lines."""

    sender: Annotated[int, "number of a body in which you hold a post"]
    work: list[Handed]


class HandedOut(TypedDict):
    """What was handed out. A line that was handed out before changes nothing."""

    new: int
    unchanged: int
    url: Annotated[str, "where to read it"]


class LineRefused(TypedDict):
    line: Annotated[int, "counted from 1"]
    says: Annotated[str, "why, and which admission is missing"]


class NotHandedOut(TypedDict):
    """Nothing was handed out. Lines that the gate refused are recorded and count against the sender."""

    error: Fault
    lines: list[LineRefused]


class RefuseWork(TypedDict):
    """A community refuses a piece of work in one step. One of both says why."""

    matter: NotRequired[Annotated[str, "code of a matter of the negative list that holds there"]]
    note: NotRequired[Annotated[str, "why, in a sentence"]]


class ReportOutside(TypedDict):
    """A community reports work that was handed to it round the gate."""

    community: Annotated[str, "code"]
    sender: Annotated[int, "number of the body that handed it down"]
    kind: Annotated[str, KIND]
    on: Annotated[str, "the day, YYYY-MM-DD"]
    text: Annotated[str, "what was asked, and how"]


class Key(TypedDict):
    """What a write has to send along: each key is good once, for seven days, for you alone."""

    idempotency_key: Annotated[str, "for the header Idempotency-Key"]
    csrf_token: Annotated[str, "for the header X-CSRFToken, with the cookie that comes along"]
