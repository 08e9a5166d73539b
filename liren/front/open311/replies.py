"""Answers as Open311 writes them, in JSON or XML; what goes wrong, too, in a list of code and description."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from xml.etree import ElementTree as tree

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import LirenError
from liren.foundation.kernel.idempotency import repeat_is_harmless
from liren.foundation.kernel.pages import understood
from liren.front.kit.atom import plain

TYPES = {"json": "application/json", "xml": "text/xml; charset=utf-8"}
#: Open311 knows 400 for whatever the sender can mend.
STATUS = {422: 400}
View = Callable[..., HttpResponse]


def answered(*methods: str) -> Callable[[View], View]:
    """A view that takes these methods, answers errors in the shape of Open311 and may be read from any web page.

    Nothing here depends on who is signed in, so that a page elsewhere reads what everybody reads, and there is no
    session to ride on: a program shows its key with each report. What makes its repeat harmless is the key of its own
    that it sends along, not that of one of our forms.
    """

    def around(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, notation: str = "json", **parts: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise LirenError(
                        _("This address takes: %(methods)s.") % {"methods": ", ".join(methods)}, status=405
                    )
                reply = view(request, *args, notation=notation, **parts)
            except Exception as error:
                known = understood(error)
                if known is None:
                    raise
                reply = refused(known, notation)
                if known.status == 405:
                    reply["Allow"] = ", ".join(methods)
            return readable_anywhere(reply)

        inner.csrf_exempt = True  # type: ignore[attr-defined]  # a mark on a function, read by the middleware
        return repeat_is_harmless(inner)

    return around


def readable_anywhere(reply: HttpResponse) -> HttpResponse:
    reply["Access-Control-Allow-Origin"] = "*"
    reply["Cross-Origin-Resource-Policy"] = "cross-origin"
    return reply


def refused_at(request: HttpRequest, error: LirenError) -> HttpResponse:
    """The same for what no view was asked about: an address that is none, or that holds signs that no address has."""
    return readable_anywhere(refused(error, "xml" if request.path_info.endswith(".xml") else "json"))


def refused(error: LirenError, notation: str) -> HttpResponse:
    """Why not, and what to do next."""
    status = STATUS.get(error.status, error.status)
    faults = getattr(error, "by_field", None) or {"": [error.message]}
    said = [f"{field}: {text}" if field else str(text) for field, many in faults.items() for text in many]
    step = str(error.next_step)
    described = [{"code": status, "description": f"{one} {step}".strip()} for one in said]
    reply = written(described, notation, "errors", "error", status=status)
    if error.retry_after_s:
        reply["Retry-After"] = str(error.retry_after_s)
    add_never_cache_headers(reply)
    return reply


def written(found: Any, notation: str, root: str, each: str = "", *, status: int = 200) -> HttpResponse:
    """``found`` in JSON, or in XML below ``root``; ``each`` names the elements of a list."""
    if notation == "json":
        return JsonResponse(found, safe=False, status=status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(as_xml(found, root, each), content_type=TYPES["xml"], status=status)


#: How the elements of a list are called that stands inside of an answer.
INSIDE = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}


def as_xml(found: Any, root: str, each: str = "") -> bytes:
    """The same facts as XML; a fact that is missing is an empty element."""
    top = tree.Element(root)
    _filled(top, found, each)
    document: bytes = tree.tostring(top, encoding="utf-8", xml_declaration=True)
    return document


def _filled(element: tree.Element, value: Any, each: str) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _filled(tree.SubElement(element, name), inner, INSIDE.get(name, ""))
    elif isinstance(value, list):
        for inner in value:
            _filled(tree.SubElement(element, each), inner, "")
    elif value is not None:
        element.text = plain(value)
