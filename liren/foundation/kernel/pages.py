"""Error pages: what went wrong, and the next step. Named in the URL table and by CSRF_FAILURE_VIEW."""

import logging
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, Busy, Conflict, LirenError, Malformed, NotAllowed

logger = logging.getLogger(__name__)
TEMPLATE = "errors/page.html"
#: Addresses below /api/ answer programs, with or without the language in front.
FOR_PROGRAMS = re.compile(r"/(?:[a-z]{2}/)?api/.")


def answer(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page for an error whose cause is known; None for one that is ours to mend (500)."""
    known = understood(error)
    return None if known is None else error_page(request, known)


def understood(error: Exception) -> LirenError | None:
    """The error a reader can do something about; None if there is none behind it."""
    if isinstance(error, LirenError):
        return error
    if isinstance(error, ValidationError):
        return BadInput(" ".join(error.messages))
    if isinstance(error, DatabaseError | InterfaceError):
        return _from_database(error)
    if isinstance(error, UnicodeError | RecursionError | OverflowError):
        logger.warning("unreadable input: %s", type(error).__name__, exc_info=error)
        return Malformed(_("The request holds signs or numbers that can't be read."))
    return None


def _from_database(error: Exception) -> LirenError | None:
    diag = getattr(error.__cause__, "diag", None)
    # The detail of the message holds values from the row: it stays out of the log.
    logger.warning(
        "database: %s %s %s",
        type(error.__cause__ or error).__name__,
        getattr(diag, "constraint_name", None) or "",
        getattr(diag, "message_primary", None) or "",
    )
    if isinstance(error, DataError):
        return BadInput(_("A value is too long, too large or holds signs that can't be kept."))
    if isinstance(error, IntegrityError):
        return Conflict(_("This does not fit what is recorded by now, so nothing was changed."))
    if isinstance(error, OperationalError | InterfaceError):
        return Busy(_("The server is too busy to answer."))
    return None


def error_page(request: HttpRequest, error: LirenError) -> HttpResponse:
    """JSON for programs, the page ``errors/page.html`` for people, plain text where even that can't be drawn.

    Where a standard says how refusals are written, ``LIREN_REFUSALS`` names who writes them, by address.
    """
    for address, writer in getattr(settings, "LIREN_REFUSALS", {}).items():
        if re.match(address, request.path_info):
            written: HttpResponse = import_string(writer)(request, error)
            return written
    facts = {"status": error.status, "message": str(error.message), "next_step": str(error.next_step)}
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            {"error": facts}, status=error.status, json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = HttpResponse(_page(request, facts), status=error.status)
        if not response.content.lstrip().startswith(b"<"):
            response.headers["Content-Type"] = "text/plain; charset=utf-8"
    if error.retry_after_s:
        response.headers["Retry-After"] = str(error.retry_after_s)
    add_never_cache_headers(response)
    return response


def _page(request: HttpRequest, facts: dict[str, object]) -> str:
    try:
        return loader.render_to_string(TEMPLATE, {**facts, "error": facts}, request)
    except Exception:  # the last line of defence: the page may fail for the very reason it reports
        logger.exception("the error page can't be drawn")
        return f"{facts['status']}\n{facts['message']}\n{facts['next_step']}\n"


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller names JSON and not HTML among what it accepts, or asks at an address for programs."""
    if FOR_PROGRAMS.match(request.path_info):
        return True
    accept = request.headers.get("Accept", "")
    return "json" in accept and "html" not in accept


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400"""
    return error_page(request, Malformed(_("The request can't be read.")))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403"""
    known = exception if isinstance(exception, LirenError) else None
    return error_page(request, known or NotAllowed(_("Your account may not open this page.")))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404"""
    error = LirenError(
        _("There is no such page, or it is not for your account."),
        next_step=_("Check the address, or look for it by search."),
        status=404,
    )
    return error_page(request, error)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500"""
    error = LirenError(
        _("An error on our side. It has been noted."),
        next_step=_("Try again later; if it stays, tell your community office what you were doing."),
        status=500,
    )
    return error_page(request, error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW"""
    error = NotAllowed(
        _("This form does not come from a page that we gave you, so nothing was saved."),
        next_step=_("Allow cookies for this site, open the page again, and fill in the form once more."),
    )
    return error_page(request, error)


def in_language_of(request: HttpRequest) -> translation.override:
    """The language that the address names, before any middleware has looked at it."""
    code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    return translation.override(code)
