"""What the program of a department does with its cases: write a note, make a move, answer a call."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from liren.front.api import exchange_shapes as shapes
from liren.front.api.endpoints import Part
from liren.front.api.exchange import GUARD, NUMBER, line
from liren.front.api.partners import FILES, asking
from liren.front.api.shapes import Error
from liren.front.api.writing import Said, Write
from liren.service.cases.models import Case
from liren.service.cases.models.declared import by_version
from liren.service.cases.queries.exchange import partner_case
from liren.service.cases.services import Outdated, Upload, uploads
from liren.service.cases.services.exchange import partner_answer, partner_move, partner_note

CALL = Part("pk", gettext_lazy("Number of a call, as the case names it."))


def files_of(said: Said) -> list[Upload]:
    return uploads(said.request.FILES.getlist(FILES))


def note(said: Said, number: str) -> tuple[str, shapes.ExchangeLine]:
    found = partner_note(number, **said.body, files=files_of(said), by=asking(said), at=timezone.now())
    return stands(said, found)


def move(said: Said, number: str) -> tuple[str, shapes.ExchangeLine] | HttpResponse:
    facts: dict[str, Any] = {name: said.body[name] for name in ("move", "status", "note") if name in said.body}
    values = {one["field"]: one["value"] for one in said.body.get("values", [])}
    facts |= {"seen": said.body["revision"], "values": values, "files": files_of(said)}
    try:
        return stands(said, partner_move(number, **facts, by=asking(said), at=timezone.now()))
    except Outdated as outdated:
        return moved_on(said, number, outdated)


def moved_on(said: Said, number: str, outdated: Outdated) -> HttpResponse:
    """409 with where the case stands now."""
    case = partner_case(number, asking(said))
    error = {"status": 409, "message": str(outdated.message), "next_step": str(outdated.next_step)}
    facts = {"error": error, "case": line(said, case, by_version(case.written_as_id))}
    return JsonResponse(facts, status=409, json_dumps_params={"ensure_ascii": False})


def answer(said: Said, number: str, pk: int) -> tuple[str, shapes.ExchangeLine]:
    return stands(said, partner_answer(number, pk, **said.body, by=asking(said), at=timezone.now()))


def stands(said: Said, found: Case) -> tuple[str, shapes.ExchangeLine]:
    """Where the case is read, and how it stands."""
    made = line(said, found, by_version(found.written_as_id))
    return made["url"], made


WRITES = (
    Write(
        "api-exchange-notes", "exchange/cases/<number:number>/notes/",
        gettext_lazy("Write a note on a case of your department, open or closed; it moves nothing."),
        shapes.ExchangeNote, note, shapes.ExchangeLine, Error, (NUMBER,), guards=GUARD,
    ),
    Write(
        "api-exchange-moves", "exchange/cases/<number:number>/moves/",
        gettext_lazy("Move a case of your department on: by the move of its type, or by the status it is to have."),
        shapes.ExchangeDone, move, shapes.ExchangeLine, shapes.NotExchanged, (NUMBER,), guards=GUARD,
    ),
    Write(
        "api-exchange-call", "exchange/cases/<number:number>/calls/<id:pk>/",
        gettext_lazy("Answer what your department was called for on a case."),
        shapes.ExchangeReply, answer, shapes.ExchangeLine, Error, (NUMBER, CALL), guards=GUARD,
    ),
)  # fmt: skip
