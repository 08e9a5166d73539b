"""What the program of a department reads: its cases by their change, one of them whole, a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.front.api import exchange_shapes as shapes
from liren.front.api.cases import KEY, both, key_read, key_written
from liren.front.api.endpoints import Asked, Endpoint, Part, Query
from liren.front.api.partners import asking
from liren.front.api.reading import LIMIT, matching
from liren.front.api.writing import Said
from liren.service.cases import queries
from liren.service.cases.models import Case, CaseType, bodies_of
from liren.service.cases.queries import exchange as reads
from liren.service.cases.queries.keys import Partner

GUARD = "cases.move"
NUMBER = Part("number", gettext_lazy("Number of a case."))
FILE = Part("pk", gettext_lazy("Number of a file of the case."))
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
#: RFC 3339, with its zone: what is not said can't be guessed for a system elsewhere.
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")


def moment(text: str) -> datetime:
    """A moment with its zone; a plus sign that came as a blank is meant as one."""
    text = text.replace(" ", "+")
    help_text = _("Write a moment with its zone, as 2026-06-01T09:00:00+08:00.")
    try:
        found = datetime.fromisoformat(text) if MOMENT.fullmatch(text) else EARLIEST
        fits = EARLIEST < found < LATEST
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        raise ValueError(help_text)
    return found


SINCE = Query(
    "since",
    gettext_lazy("Only what was changed at this moment or after it, with its zone."),
    moment,
    {"type": "string", "format": "date-time"},
)
AFTER = Query(
    "after",
    gettext_lazy("Begin after this case; “next” in an answer writes it for you."),
    matching(KEY, gettext_lazy("Take the address from “next” in the answer before.")),
    {"type": "string", "pattern": f"^{KEY.pattern}$"},
    "",
)


def cases(asked: Asked) -> shapes.ExchangeCases:
    after = key_read(asked["after"]) if asked["after"] else None
    page = reads.changed_cases(asking(asked), since=asked["since"], after=after, limit=asked["limit"])
    listed = [line(asked, one, spec) for one, spec in page.rows]
    return {"cases": listed, "next": asked.after(key_written(*page.after)) if page.after else None}


def line(asked: Asked | Said, one: Case, spec: CaseType) -> shapes.ExchangeLine:
    """Where a case stands, and where it is read."""
    return {**reads.head_of(one, spec), "url": asked.url("api-exchange-case", one.number)}


def case(asked: Asked, number: str) -> shapes.ExchangeCase:
    return whole(asked, reads.partner_case(number, asking(asked)))


def whole(asked: Asked, found: Case) -> shapes.ExchangeCase:
    """The case with its story, and what may be done next."""
    facts = reads.whole_of(found, asking(asked))
    lines = queries.timeline(found, asked.actor)
    return {
        **facts,
        "url": asked.url("api-exchange-case", found.number),
        "attached": [
            {**one, "url": asked.url("api-exchange-file", found.number, str(one["id"]))} for one in facts["files"]
        ],
        "story": [
            {"at": one.at.isoformat(), "who": one.who, "words": one.words, "note": one.note, "told": one.told}
            for one in lines
        ],
        "moves": moves(found, asking(asked)),
        "calls": calls(asked, found),
    }


def moves(found: Case, actor: Partner) -> list[shapes.ExchangeMove]:
    return [
        {
            "code": one.code,
            "name": both(one.name),
            "status": status,
            "note": one.note,
            "evidence": one.evidence,
            "asks": list(one.asks),
        }
        for one, status in reads.next_moves(found, actor)
    ]


def calls(asked: Asked, found: Case) -> list[shapes.ExchangeCall]:
    rows = found.calls.filter(body_id__in=bodies_of(asked.actor)).exclude(state="withdrawn").order_by("-pk")[:20]
    return [
        {
            "id": one.pk,
            "question": one.question,
            "state": one.state,
            "due_at": one.due_at.isoformat(),
            "url": asked.url("api-exchange-call", found.number, str(one.pk)),
        }
        for one in rows
    ]


def file(asked: Asked, number: str, pk: int) -> HttpResponse:
    """One file, always as a download: nothing that was sent in is opened as a page of ours."""
    found = reads.partner_case(number, asking(asked))
    held = queries.file_of(found, pk, asked.actor)
    ending = held.name[held.name.rfind(".") :]
    headers = {"Content-Disposition": f'attachment; filename="{found.number}-{held.pk}{ending}"'}
    return HttpResponse(bytes(held.content), content_type=held.type, headers=headers)


ENDPOINTS = (
    Endpoint(
        "api-exchange-cases",
        "exchange/cases/",
        gettext_lazy("Cases of your department in the order in which they were changed."),
        cases,
        shapes.ExchangeCases,
        queries=(SINCE, AFTER, LIMIT),
        guards=GUARD,
    ),
    Endpoint(
        "api-exchange-case",
        "exchange/cases/<number:number>/",
        gettext_lazy("One case of your department whole, with its story and what may be done next."),
        case,
        shapes.ExchangeCase,
        (NUMBER,),
        guards=GUARD,
    ),
    Endpoint(
        "api-exchange-file",
        "exchange/cases/<number:number>/files/<id:pk>/",
        gettext_lazy("A picture or a paper of a case of your department."),
        file,
        bytes,
        (NUMBER, FILE),
        guards=GUARD,
    ),
)
