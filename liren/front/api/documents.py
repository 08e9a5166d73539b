"""Addresses of the library: jurisdictions, documents and provisions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liren.foundation.policy import models, queries
from liren.foundation.registers.queries import shelf
from liren.front.api import papers, shapes
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.reading import AFTER, JURISDICTION, LIMIT, ON, one_of, page, the_day

JUR = Part("jur", _("Code of a jurisdiction: “cn” for the nation, “chengdu” for Chengdu."))
DOC = Part("doc", _("Code of a document within its jurisdiction."))
NUMBER = Part("number", _("Number of a provision within its document."))
KIND = Query(
    "kind",
    _("Only documents of this kind."),
    one_of(models.DocumentKind.values),
    {"type": "string", "enum": list(models.DocumentKind.values)},
    "",
)


def jurisdictions(asked: Asked) -> shapes.Jurisdictions:
    return {"jurisdictions": [papers.jurisdiction(asked, one) for one in queries.jurisdictions()]}


def jurisdiction(asked: Asked, jur: str) -> shapes.Jurisdiction:
    return papers.jurisdiction(asked, queries.jurisdiction(jur))


def documents(asked: Asked) -> shapes.Documents:
    found = queries.library(jurisdiction=asked["jurisdiction"], kind=asked["kind"])
    rows, following = page(asked, found, lambda one: str(one.document.key))
    day = the_day(asked)
    return {
        "documents": [papers.document(asked, one.document, one.version_on(day)) for one in rows],
        "next": following,
    }


def document(asked: Asked, jur: str, doc: str) -> shapes.DocumentInFull:
    found, day = queries.document(f"{jur}/{doc}"), the_day(asked)
    numbers = queries.answered((one for one in found.parameters if day in one.during), on=day)
    return {
        **papers.document(asked, found.document, found.version_on(day)),
        "note": papers.text(found.document, "note"),
        "versions": [papers.version(one) for one in found.versions],
        "provisions": [papers.provision(asked, one) for one in found.provisions if day in one.during],
        "numbers": [papers.number(one) for one in numbers],
    }


def provision(asked: Asked, jur: str, doc: str, number: str) -> shapes.ProvisionInFull:
    key, day = f"{jur}/{doc}#{number}", the_day(asked)
    text, carried = queries.provision(key, on=asked["on"]), queries.carried_out_by(key)
    numbers = queries.answered((one for one in carried.parameters if not asked["on"] or day in one.during), on=day)
    return {
        **papers.provision(asked, text),
        "numbers": [papers.number(one) for one in numbers],
        "carried_out_by": [papers.declared(one) for one in shelf.known_to(carried.declarations, asked.actor)],
    }


def some(depth: int) -> dict[str, str] | None:
    """Parts of an address of this depth that exists: of the first document that has provisions."""
    found = next((one for one in queries.library() if one.provisions), None)
    if found is None:
        return None
    return dict(zip(("jur", "doc", "number"), papers.parts(found.provisions[0].key)[:depth], strict=False))


ENDPOINTS = (
    Endpoint(
        "api-jurisdictions",
        "jurisdictions/",
        _("Places with rules of their own, the widest first."),
        jurisdictions,
        shapes.Jurisdictions,
        guards="policy.view",
    ),
    Endpoint(
        "api-jurisdiction",
        "jurisdictions/<pack:jur>/",
        _("One place with rules of its own."),
        jurisdiction,
        shapes.Jurisdiction,
        (JUR,),
        guards="policy.view",
        example=lambda: some(1),
    ),
    Endpoint(
        "api-documents",
        "documents/",
        _("Documents, each with the version that counts on the day."),
        documents,
        shapes.Documents,
        queries=(JURISDICTION, KIND, ON, AFTER, LIMIT),
        guards="policy.view",
    ),
    Endpoint(
        "api-document",
        "documents/<pack:jur>/<pack:doc>/",
        _("One document: its versions, and the provisions and numbers that count on the day."),
        document,
        shapes.DocumentInFull,
        (JUR, DOC),
        (ON,),
        guards="policy.view",
        example=lambda: some(2),
    ),
    Endpoint(
        "api-provision",
        "documents/<pack:jur>/<pack:doc>/<provision:number>/",
        _("One provision: the duty, the numbers it sets, and what carries it out. Without a day, as it reads last."),
        provision,
        shapes.ProvisionInFull,
        (JUR, DOC, NUMBER),
        (ON,),
        guards="policy.view",
        example=lambda: some(3),
    ),
)
