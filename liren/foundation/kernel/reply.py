"""Page, fragment or redirect: one decision, made from the HX-Request header in one place."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers

DONE_TO = "liren_done_to"


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page. A boosted link or a restored history entry needs the whole page."""
    headers = request.headers
    is_whole = headers.get("HX-Boosted") == "true" or headers.get("HX-History-Restore-Request") == "true"
    return headers.get("HX-Request") == "true" and not is_whole


def show(request: HttpRequest, template: str, part: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page, or only its partial ``part`` for htmx. A form that fails its check is shown with ``status=422``."""
    name = f"{template}#{part}" if part and wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def shown_once(request: HttpRequest, template: str, context: dict[str, Any], *, to: Any) -> HttpResponse:
    """The answer to a change that made something which can't be shown again: on this page now, and on no other.

    The form's key stays used, so that sending it again makes no second one but leads to ``to``.
    """
    response = show(request, template, "", context)
    add_never_cache_headers(response)
    setattr(response, DONE_TO, resolve_url(to))
    return response


def done(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, to: Any, message: str = ""
) -> HttpResponse:
    """The answer to a change that is made: the partial for htmx, else 303 to ``to`` with a message on that page.

    ``to`` is a URL, a URL name or an object with ``get_absolute_url``.
    """
    where = resolve_url(to)
    if part and wants_part(request):
        response = show(request, template, part, {**context, "message": message})
    else:
        if message:
            messages.success(request, message)
        response = HttpResponseRedirect(where)
        response.status_code = 303
        patch_vary_headers(response, ["HX-Request"])
    setattr(response, DONE_TO, where)
    return response
