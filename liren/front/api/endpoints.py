"""What an address of the API is: declared once, and from that come its URL, its documentation and openapi.json.

A module of this room declares its addresses in ``ENDPOINTS``; ``table.py`` puts them together. ``answer`` gets the
parts of the address by name after ``Asked``, and returns what its ``shape`` says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.rights import Actor, as_actor, guarded_by

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Part:
    """One part of an address, as ``<converter:name>`` in the path."""

    name: str
    about: Any


@dataclass(frozen=True)
class Query:
    """One name of the query string. ``read`` makes a value of the text, or raises ValueError with what to write."""

    name: str
    about: Any
    read: Callable[[str], Any]
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    default: Any = None


@dataclass(frozen=True)
class Asked:
    """One request: by whom, with which values, and how to write addresses of this API."""

    request: HttpRequest
    actor: Actor
    query: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.query[name]

    def url(self, name: str, *parts: str, **query: str) -> str:
        """An absolute address by its name, so that a program can follow it as it stands."""
        address = reverse(name, args=parts) + (f"?{urlencode(query)}" if query else "")
        return self.request.build_absolute_uri(address)

    def after(self, key: str) -> str:
        """This same address, for what comes after ``key``."""
        kept = {name: value for name, value in self.request.GET.items() if name != "after"}
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode({**kept, 'after': key})}")


@dataclass(frozen=True)
class Endpoint:
    """One address. ``example`` gives parts of an address that exists now, for the documentation; None for none."""

    name: str
    path: str
    about: Any
    answer: Callable[..., Any]
    shape: type
    parts: tuple[Part, ...] = ()
    queries: tuple[Query, ...] = ()
    guards: str = "public"
    example: Callable[[], dict[str, str] | None] = dict


def view(endpoint: Endpoint) -> View:
    """The view of an address: reads the query, asks for the answer, writes it as JSON with an ETag."""

    @guarded_by(endpoint.guards)
    @conditional_page
    @require_safe
    def answer(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        asked = Asked(request, as_actor(request.user), values(endpoint, request))
        return written(endpoint.answer(asked, **parts))

    return answer


def values(endpoint: Endpoint, request: HttpRequest) -> dict[str, Any]:
    """The query as values.

    Raises:
        BadInput: a name that the address does not take, or a value that can't be meant. A slip of the pen must not
            pass for an answer.
    """
    known = {one.name: one for one in endpoint.queries}
    for name in request.GET:
        if name not in known:
            names = ", ".join(known) or _("none")
            raise BadInput(
                _("This address takes no “%(name)s”.") % {"name": name[:40]},
                next_step=_("Names that it takes: %(names)s.") % {"names": names},
            )
    return {name: value(one, request.GET.get(name, "")) for name, one in known.items()}


def value(query: Query, text: str) -> Any:
    """One value; the default where nothing is written."""
    if not text:
        return query.default
    try:
        return query.read(text)
    except ValueError as error:
        message = _("“%(text)s” does not fit %(name)s.") % {"text": text[:40], "name": query.name}
        raise BadInput(message, next_step=str(error)) from error


def written(found: Any) -> HttpResponseBase:
    """The answer as JSON, Chinese readable; what is a response already passes."""
    if isinstance(found, HttpResponse):
        return found
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False})
