"""Addresses of the numbers that documents set: which there are, and which holds at a place on a day."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from liren.foundation.policy import queries
from liren.front.api import papers, shapes
from liren.front.api.endpoints import Asked, Endpoint, Part
from liren.front.api.reading import AFTER, JURISDICTION, LIMIT, ON, UNIT, page, the_day

CODE = Part("code", _("Code of a number, the same in every jurisdiction that sets it."))


def parameters(asked: Asked) -> shapes.Parameters:
    """By code, with the name that the first jurisdiction gives it."""
    by_code: dict[str, list[queries.Answer]] = {}
    for one in queries.parameters_on(the_day(asked), jurisdiction=asked["jurisdiction"]):
        by_code.setdefault(one.code, []).append(one)
    codes, following = page(asked, list(by_code), str)
    return {
        "parameters": [
            {
                "code": code,
                "name": papers.text(by_code[code][0].parameter, "name"),
                "jurisdictions": [one.jurisdiction.code for one in by_code[code]],
                "url": asked.url("api-parameter", code),
            }
            for code in codes
        ],
        "next": following,
    }


def parameter(asked: Asked, code: str) -> shapes.Answer:
    day = the_day(asked)
    found = queries.parameter(code, asked["unit"], on=day)
    return {
        "parameter": papers.number(found),
        "asked_for": asked["unit"],
        "on": day.isoformat(),
        "provision": None if found.provision is None else papers.provision(asked, found.provision),
    }


def one_of_the_nation() -> dict[str, str] | None:
    """A number that holds everywhere, for the documentation."""
    found = next((one for one in queries.jurisdictions() if not one.parent_code), None)
    numbers = queries.parameters_of(found, timezone.localdate()) if found else []
    return {"code": numbers[0].code} if numbers else None


ENDPOINTS = (
    Endpoint(
        "api-parameters",
        "parameters/",
        _("Numbers that documents set on the day, and where."),
        parameters,
        shapes.Parameters,
        queries=(JURISDICTION, ON, AFTER, LIMIT),
        guards="policy.view",
    ),
    Endpoint(
        "api-parameter",
        "parameters/<word:code>/",
        _("The number that holds at a place on a day, and the provision that sets it."),
        parameter,
        shapes.Answer,
        (CODE,),
        (UNIT, ON),
        guards="policy.view",
        example=one_of_the_nation,
    ),
)
