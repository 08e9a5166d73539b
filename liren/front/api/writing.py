"""Addresses of the API at which something is changed: declared once, as those that are read.

Whoever writes is signed in, as on pages, and holds the mandate that the page would ask for: there is no account for
programs. Each write bears a key of its own (``Idempotency-Key``, from /api/key/), by which a repeat gets the answer of
the first (303), and Django's token against forged requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from liren.foundation.kernel.errors import BadInput, Malformed, NotAllowed
from liren.foundation.kernel.idempotency import new_token
from liren.foundation.kernel.rights import SIGNED_IN, Actor, as_actor, guarded_by, require
from liren.front.api import gate_shapes
from liren.front.api.endpoints import Part, View

MOST = 2**63 - 1
PLAIN = {str: gettext_lazy("a text"), int: gettext_lazy("a whole number"), bool: gettext_lazy("true or false")}


@dataclass(frozen=True)
class Said:
    """One write: by whom, and what it says."""

    request: HttpRequest
    actor: Actor
    body: Any

    def url(self, name: str, *parts: Any, query: str = "") -> str:
        return self.request.build_absolute_uri(reverse(name, args=parts) + query)


@dataclass(frozen=True)
class Write:
    """One address. ``may`` asks the right before anything of what was sent is read; ``act`` does it and gives the
    address of what came of it with the answer, or a response that refuses."""

    name: str
    path: str
    about: Any
    body: type
    act: Callable[..., tuple[str, Any] | HttpResponse]
    shape: type
    refused: type
    parts: tuple[Part, ...] = ()
    guards: str = SIGNED_IN
    may: Callable[..., None] = lambda actor, **parts: None


def write_view(one: Write) -> View:
    """The view: who, then what, then the act; the answer is 201 with the address of what was made."""

    @guarded_by(one.guards)
    @require_POST
    @never_cache
    def write(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        actor = signed_in(request)
        if one.guards != SIGNED_IN:
            require(actor, one.guards)
        one.may(actor, **parts)
        found = one.act(Said(request, actor, sent(request, one.body)), **parts)
        return found if isinstance(found, HttpResponse) else made(*found)

    return write


def signed_in(request: HttpRequest) -> Actor:
    """Whoever writes. NotAllowed for a stranger: an address for programs sends nobody to a form."""
    actor = as_actor(request.user)
    if actor.pk is None:
        raise NotAllowed(_("Only somebody who is signed in can do this."))
    return actor


def made(where: str, answer: Any) -> HttpResponse:
    headers = {"Location": where}
    return JsonResponse(answer, status=201, headers=headers, json_dumps_params={"ensure_ascii": False})


def sent(request: HttpRequest, kind: type) -> Any:
    """The body, as its type says.

    Raises:
        BadInput: no JSON, or something that the description does not allow, with the place where it stands.
    """
    if request.content_type != "application/json":
        raise BadInput(_("This address takes JSON."), next_step=_("Send it with Content-Type: application/json."))
    try:
        said = json.loads(request.body)
    except ValueError as error:
        raise Malformed(_("This is no JSON.")) from error
    return fitted(kind, said, "")


def fitted(kind: Any, said: Any, at: str) -> Any:
    """A value, if it is of the kind; BadInput with its place where it is not."""
    if get_origin(kind) in (Annotated, NotRequired):
        return fitted(get_args(kind)[0], said, at)
    if get_origin(kind) in (Union, UnionType):
        inner = next(one for one in get_args(kind) if one is not NoneType)
        return None if said is None else fitted(inner, said, at)
    if get_origin(kind) is list:
        _expect(isinstance(said, list), at, _("a list"))
        return [fitted(get_args(kind)[0], one, f"{at}[{number}]") for number, one in enumerate(said)]
    if is_typeddict(kind):
        return _object(kind, said, at)
    _expect(type(said) is kind and (kind is not int or 0 <= said <= MOST), at, PLAIN[kind])
    return said


def _object(kind: Any, said: Any, at: str) -> dict[str, Any]:
    _expect(isinstance(said, dict), at, _("an object"))
    known = get_type_hints(kind, include_extras=True)
    needed = {name for name, one in known.items() if get_origin(one) is not NotRequired}
    for name in [*(one for one in said if one not in known), *sorted(needed - set(said))]:
        sentence = _("“%(name)s” is missing.") if name in known else _("There is no “%(name)s” here.")
        raise BadInput(sentence % {"name": f"{at}.{name}".strip(".")[:60]})
    return {name: fitted(known[name], value, f"{at}.{name}".strip(".")) for name, value in said.items()}


def _expect(is_so: bool, at: str, what: Any) -> None:
    if not is_so:
        raise BadInput(_("%(name)s has to be %(what)s.") % {"name": at or _("What is sent"), "what": what})


# A key changes nothing, so that asking for one needs none.
@guarded_by(SIGNED_IN)
@require_safe
@never_cache
def key(request: HttpRequest) -> HttpResponse:
    actor = signed_in(request)
    answer: gate_shapes.Key = {"idempotency_key": new_token(actor), "csrf_token": get_token(request)}
    return JsonResponse(answer)
