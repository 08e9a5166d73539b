"""Finding a case by its number, or with the key of its receipt."""

from __future__ import annotations

from django.http import HttpRequest

from liren.front.portal.cases import receipt
from liren.front.portal.cases.forms import FindForm
from liren.service.cases.queries import NoCase, case_by_id
from liren.service.cases.services import holder


def found(request: HttpRequest, form: FindForm) -> str:
    """The number of the case as it is written; "" with what is wrong said on the form."""
    asked = form.cleaned_data
    try:
        if asked["key"].strip():
            return held(request, asked["number"], asked["key"])
        return receipt.reader_of(request, asked["number"])[0].number
    except NoCase as error:
        form.add_error("key" if asked["key"].strip() else "number", error.said)
        return ""


def held(request: HttpRequest, number: str, key: str) -> str:
    """Let this browser keep the receipt.

    Raises:
        NoCase: no such number, or not its key.
    """
    one = holder(number, key)
    case = case_by_id(one.receipt_of, one)
    receipt.remember(request, case)
    return case.number
