"""What the answers look like. openapi.json is made from these types, so a field is described where it is typed."""

from __future__ import annotations

from typing import Annotated, TypedDict


class Text(TypedDict):
    """A text in both languages; English may be empty where there is none."""

    zh: str
    en: str


class Jurisdiction(TypedDict):
    """A place with rules of its own."""

    code: str
    name: Text
    division: Annotated[str, "twelve digits; empty where the rules hold everywhere"]
    parent: Annotated[str | None, "code of the jurisdiction above"]
    is_simulated: Annotated[bool, "an invented place, for demonstration"]
    url: str
    page: Annotated[str, "the page for people"]


class Jurisdictions(TypedDict):
    """All places with rules of their own, the widest first."""

    jurisdictions: list[Jurisdiction]


class Version(TypedDict):
    """A version of a document, and when it counts."""

    label: str
    status: Annotated[str, "draft, in_force, superseded, repealed, or reported (binds nobody)"]
    issued_on: str | None
    in_force_on: str | None
    since: Annotated[str, "first day on which it counts"]
    until: Annotated[str | None, "first day on which it no longer counts"]
    certainty: Annotated[str, "full_text, law_text_found, secondary or from_memory"]
    source: Text


class Number(TypedDict):
    """A number that a provision sets."""

    code: Annotated[str, "the same in every jurisdiction that sets this number"]
    name: Text
    operator: Annotated[str, ">=, >, =, <=, < or range"]
    value: Annotated[str, "exact decimal; of a range the lower end"]
    high: Annotated[str | None, "upper end of a range"]
    unit: Annotated[str, "code of the unit of measure"]
    text: Annotated[Text, "the number as people write it"]
    attribute: Annotated[str, "binding, expected, baseline or reported"]
    is_draft: Annotated[bool, "set by a draft only: binds nobody"]
    scope: Text
    phrase: Annotated[str, "the words of the source that hold the number"]
    note: Text
    requirements: list[str]
    jurisdiction: str
    provision: Annotated[str, "key of the provision that sets it"]
    since: str
    until: str | None
    due: Annotated[str | None, "last day by which the document wants it reached; it ends nothing"]


class Provision(TypedDict):
    """What one provision asks for, in our own words."""

    key: str
    document: str
    number: str
    place: Annotated[str, "how the document itself numbers it"]
    heading: Text
    duty: Text
    requirements: list[str]
    certainty: str
    since: str
    until: str | None
    url: str
    page: str


class Declared(TypedDict):
    """What the packs declare to carry a provision out: a register, for one."""

    kind: str
    code: str
    name: Text
    version: int
    basis: Annotated[list[str], "keys of the provisions that ask for it"]


class ProvisionInFull(Provision):
    """A provision with the numbers it sets and what carries it out."""

    numbers: list[Number]
    carried_out_by: list[Declared]


class Document(TypedDict):
    """A document, with the version that counts on the day."""

    key: str
    jurisdiction: str
    kind: Annotated[str, "law, regulation, rule, opinion, plan, standard, report or notice"]
    title: Text
    issuer: Text
    number: str
    version: Annotated[Version | None, "null where none counts on the day"]
    url: str
    page: str


class DocumentInFull(Document):
    """A document with all its versions, and what counts of it on the day."""

    note: Text
    versions: list[Version]
    provisions: list[Provision]
    numbers: list[Number]


class Documents(TypedDict):
    """One page of documents, by key."""

    documents: list[Document]
    next: Annotated[str | None, "address of the next page"]


class Named(TypedDict):
    """A number that some document sets, and where."""

    code: str
    name: Text
    jurisdictions: Annotated[list[str], "codes of the jurisdictions that set it on the day"]
    url: str


class Parameters(TypedDict):
    """One page of numbers, by code."""

    parameters: list[Named]
    next: Annotated[str | None, "address of the next page"]


class Answer(TypedDict):
    """The number that holds at a place on a day."""

    parameter: Number
    asked_for: Annotated[str, "the place that was asked for; empty is the nation"]
    on: Annotated[str, "the day"]
    provision: Annotated[Provision | None, "where it stands"]


class Fault(TypedDict):
    """What went wrong, and what to do next."""

    status: int
    message: str
    next_step: str


class Error(TypedDict):
    """Every refusal looks like this."""

    error: Fault
