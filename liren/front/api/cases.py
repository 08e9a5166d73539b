"""Addresses of the cases: types as they are declared, public cases, one case as far as the caller reads it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.rights import ANONYMOUS
from liren.front.api import case_shapes as shapes
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.reading import LIMIT, matching, one_of
from liren.front.api.registers import PLACE, named, unit_of
from liren.front.api.shapes import Text
from liren.service.cases import queries, services
from liren.service.cases.models import (
    PHASES,
    SEVERITIES,
    CaseType,
    Choice,
    Clock,
    Field,
    MoveSpec,
    StateSpec,
    Words,
)
from liren.service.cases.models.declared import DeclaredType, type_of, types

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY = re.compile(r"[0-9]{1,17}-[0-9]{1,18}", re.ASCII)
TYPE = Part("code", gettext_lazy("Code of a case type."))
NUMBER = Part("number", gettext_lazy("Number of a case."))
OF_TYPE = Query(
    "type", gettext_lazy("Only cases of this type."), matching(CODE, gettext_lazy("Write its code.")), default=""
)
CATEGORY = Query(
    "category",
    gettext_lazy("Only cases of this category."),
    matching(CODE, gettext_lazy("Write its code.")),
    default="",
)
PHASE = Query(
    "phase",
    gettext_lazy("open, answered or closed; all when empty."),
    one_of(list(PHASES)),
    {"type": "string", "enum": list(PHASES)},
    "",
)
AFTER = Query(
    "after",
    gettext_lazy("Begin after this case; “next” in an answer writes it for you."),
    matching(KEY, gettext_lazy("Take the address from “next” in the answer before.")),
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
    "",
)
MOST = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def both(words: Words) -> Text:
    return {"zh": words.zh, "en": words.en}


def case_types(asked: Asked) -> shapes.CaseTypes:
    return {"case_types": [summary(asked, one) for one in types()]}


def summary(asked: Asked, one: DeclaredType) -> shapes.CaseTypeSummary:
    return {
        "code": one.code,
        "name": both(one.spec.name),
        "purpose": both(one.spec.purpose),
        "group": one.spec.group,
        "confidentiality": one.spec.confidentiality,
        "channels": list(one.spec.channels),
        "url": asked.url("api-case-type", one.code),
    }


def case_type(asked: Asked, code: str) -> shapes.CaseTypeDeclaration:
    one = type_of(code)
    spec = one.spec
    return {
        **summary(asked, one),
        "basis": list(spec.basis),
        "requirements": list(spec.requirements),
        "level": spec.level,
        "place": spec.place,
        "anonymous": spec.anonymous,
        "categories": [
            {
                "code": c.code,
                "name": both(c.name),
                "severity": c.severity,
                "notice": both(c.notice),
                "place": spec.place_of(c.code),
                "exact": c.exact,
            }
            for c in spec.categories
        ],
        "fields": [field(spec, one) for one in spec.fields],
        "states": [state(one) for one in spec.states],
        "moves": [move(one) for one in spec.moves],
        "clocks": [clock(one) for one in spec.clocks],
    }


def field(spec: CaseType, one: Field) -> shapes.CaseField:
    return {
        "code": one.code,
        "name": both(one.name),
        "kind": one.kind,
        "required": one.required,
        "public": one.public,
        "asked_by": [move.code for move in spec.moves if one.code in move.asks],
        "choices": [choice(each) for each in one.choices],
    }


def choice(one: Choice) -> Any:
    return {"code": one.code, "name": both(one.name)}


def state(one: StateSpec) -> shapes.CaseState:
    words: Text = both(one.public)
    return {
        "code": one.code,
        "name": both(one.name),
        "public": words,
        "told": both(one.told),
        "owner": one.owner,
        "phase": one.phase,
        "outcome": one.outcome,
    }


def move(one: MoveSpec) -> shapes.CaseMove:
    return {
        "code": one.code,
        "name": both(one.name),
        "sources": sorted(one.sources),
        "target": one.target,
        "by": list(one.by),
        "journey": one.journey,
    }


def clock(one: Clock) -> shapes.CaseClock:
    limits = {name: queries.text_of(one.limits[name]) if name in one.limits else "" for name in SEVERITIES}
    return {
        "code": one.code,
        "name": both(one.name),
        "runs_in": sorted(one.runs_in),
        "starts": one.starts,
        "critical": limits["critical"],
        "urgent": limits["urgent"],
        "normal": limits["normal"],
        "ends_with": list(one.ends_with),
    }


def cases(asked: Asked) -> shapes.Cases:
    kind = type_of(asked["type"]).pk if asked["type"] else None
    page = queries.public_list(
        unit=unit_of(asked),
        type=kind,
        phase=asked["phase"],
        category=asked["category"],
        actor=asked.actor,
        after=key_read(asked["after"]) if asked["after"] else None,
        limit=min(asked["limit"], MOST),
    )
    listed = [line(asked, one, one.public_words or one.state_words, one.public_point) for one in page.rows]
    return {"cases": listed, "next": asked.after(key_written(*page.after)) if page.after else None}


def key_written(at: datetime, pk: int) -> str:
    """Where a page ended: microseconds and id."""
    since = at - EPOCH
    return f"{since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds}-{pk}"


def key_read(text: str) -> tuple[datetime, int]:
    micros, _hyphen, pk = text.partition("-")
    return datetime.fromtimestamp(int(micros) // 1_000_000, UTC).replace(microsecond=int(micros) % 1_000_000), int(pk)


def line(asked: Asked, one: Any, words: str, point: tuple[float | None, float | None]) -> shapes.CaseSummary:
    """One case; ``one`` is a line of a list or a reading."""
    found, (lon, lat) = one.case, point
    return {
        "number": found.number,
        "type": one.spec.code,
        "category": found.category,
        "status": found.outcome or found.phase,
        "state": found.state,
        "state_name": words,
        "severity": found.severity,
        "unit": {"code": found.unit.code, "name": named(found.unit)},
        "place": None if lon is None or lat is None else {"lon": lon, "lat": lat},
        "body": found.body.name if found.body else None,
        "received_at": str(moment(found.received_at)),
        "changed_at": str(moment(found.changed_at)),
        "due_at": moment(found.due_at),
        "closed_at": moment(found.closed_at),
        "hops": found.hops,
        "followers": found.followers,
        "url": asked.url("api-case", found.number),
        "page": asked.url("case", found.number),
    }


def moment(at: datetime | None) -> str | None:
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


def case(asked: Asked, number: str) -> shapes.CaseDetail:
    found = services.open_case(number, by=asked.actor, at=timezone.now())
    read = queries.reading(found, asked.actor)
    story = queries.timeline(found, asked.actor)
    return {
        **line(asked, read, read.state_words, (read.lon, read.lat)),
        "level": read.level,
        "text": read.text,
        "address": read.address,
        "values": [{"field": one.field.code, "text": one.text} for one in read.values],
        "files": [asked.url("case-file", found.number, str(one.pk)) for one in read.files],
        "story": [{"at": str(moment(one.at)), "who": one.who, "words": one.words} for one in story],
    }


def some_type() -> dict[str, str] | None:
    found = types()
    return {"code": found[0].code} if found else None


def some_case() -> dict[str, str] | None:
    """A case that everybody sees."""
    rows = queries.public_list(actor=ANONYMOUS, limit=1).rows
    return {"number": rows[0].case.number} if rows else None


ENDPOINTS = (
    Endpoint(
        "api-case-types", "case-types/", gettext_lazy("What can be reported, asked for or complained of."), case_types,
        shapes.CaseTypes, guards="cases.view",
    ),
    Endpoint(
        "api-case-type",
        "case-types/<word:code>/",
        gettext_lazy("One case type as declared: its form, its states and moves, its deadlines."),
        case_type,
        shapes.CaseTypeDeclaration,
        (TYPE,),
        guards="cases.view",
        example=some_type,
    ),
    Endpoint(
        "api-cases",
        "cases/",
        gettext_lazy("Public cases, the newest first."),
        cases,
        shapes.Cases,
        queries=(PLACE, OF_TYPE, CATEGORY, PHASE, AFTER, LIMIT),
        guards="cases.view",
    ),
    Endpoint(
        "api-case",
        "cases/<number:number>/",
        gettext_lazy("One case with its story, as far as you may read it."),
        case,
        shapes.CaseDetail,
        (NUMBER,),
        guards="cases.view",
        example=some_case,
    ),
)  # fmt: skip
