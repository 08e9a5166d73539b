"""Documents, provisions and numbers as they go out: rows of the policy room in the shapes of the API."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liren.foundation.kernel.engine.quantities import plain
from liren.foundation.policy import models, queries
from liren.front.api import shapes
from liren.front.api.endpoints import Asked
from liren.front.kit.templatetags.documents import address


def text(row: Any, name: str) -> shapes.Text:
    """A text that has a column for each language."""
    return {"zh": getattr(row, f"{name}_zh"), "en": getattr(row, f"{name}_en")}


def iso(day: dt.date | None) -> str | None:
    """A day as programs write it."""
    return None if day is None else day.isoformat()


def parts(key: str) -> list[str]:
    """``chengdu/opinion-2017#4`` as the parts of an address."""
    whole, _hash, number = key.partition("#")
    return [*whole.split("/"), *([number] if number else [])]


def page(asked: Asked, key: str) -> str:
    """The page for people."""
    return asked.request.build_absolute_uri(address(key))


def jurisdiction(asked: Asked, row: models.Jurisdiction) -> shapes.Jurisdiction:
    return {
        "code": row.code,
        "name": text(row, "name"),
        "division": row.division,
        "parent": row.parent_code or None,
        "is_simulated": row.is_simulated,
        "url": asked.url("api-jurisdiction", row.code),
        "page": page(asked, row.code),
    }


def version(row: models.DocumentVersion) -> shapes.Version:
    return {
        "label": row.label,
        "status": row.status,
        "issued_on": iso(row.issued_on),
        "in_force_on": iso(row.in_force_on),
        "since": row.during.lower.isoformat(),
        "until": iso(row.during.upper),
        "certainty": row.certainty,
        "source": text(row, "source"),
    }


def number(answer: queries.Answer) -> shapes.Number:
    row = answer.parameter
    return {
        "code": row.code,
        "name": text(row, "name"),
        "operator": row.operator,
        "value": f"{plain(row.value):f}",
        "high": None if row.high is None else f"{plain(row.high):f}",
        "unit": row.unit,
        "text": {"zh": answer.text("zh"), "en": answer.text("en")},
        "attribute": row.attribute,
        "is_draft": answer.is_draft,
        "scope": text(row, "scope"),
        "phrase": row.phrase,
        "note": text(row, "note"),
        "requirements": row.requirements,
        "jurisdiction": row.jurisdiction.code,
        "provision": row.provision_key,
        "since": row.during.lower.isoformat(),
        "until": iso(row.during.upper),
        "due": iso(row.due_on),
    }


def provision(asked: Asked, row: models.Provision) -> shapes.Provision:
    return {
        "key": row.key,
        "document": row.document.key,
        "number": row.number,
        "place": row.place,
        "heading": text(row, "heading"),
        "duty": text(row, "duty"),
        "requirements": row.requirements,
        "certainty": row.certainty,
        "since": row.during.lower.isoformat(),
        "until": iso(row.during.upper),
        "url": asked.url("api-provision", *parts(row.key)),
        "page": page(asked, row.key),
    }


def declared(row: models.DeclarationVersion) -> shapes.Declared:
    name = row.content.get("name")
    names = name if isinstance(name, dict) else {}
    return {
        "kind": row.declaration.kind,
        "code": row.declaration.code,
        "name": {"zh": str(names.get("zh", "")), "en": str(names.get("en", ""))},
        "version": row.number,
        "basis": row.basis,
    }


def document(asked: Asked, row: models.Document, counting: models.DocumentVersion | None) -> shapes.Document:
    return {
        "key": row.key,
        "jurisdiction": row.jurisdiction.code,
        "kind": row.kind,
        "title": text(row, "title"),
        "issuer": text(row, "issuer"),
        "number": row.number,
        "version": None if counting is None else version(counting),
        "url": asked.url("api-document", *parts(row.key)),
        "page": page(asked, row.key),
    }
