"""The door of partners: programs of departments, each with the key of its department and with no session.

What is declared for other addresses is declared for these too; only who asks is found by the key.
"""

from __future__ import annotations

import json
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from liren.foundation.kernel.errors import Malformed
from liren.foundation.kernel.idempotency import repeat_is_harmless, run_as
from liren.foundation.kernel.rights import guarded_by
from liren.front.api.alarms import bearer
from liren.front.api.endpoints import Asked, Endpoint, View, values, written
from liren.front.api.writing import Said, Write, fitted, made, sent
from liren.front.kit.limits import within_limit
from liren.front.kit.senders import client_key
from liren.service.cases.queries.keys import Partner, partner_by_text
from liren.service.cases.services import note_use

#: The name of a department's key among the ways of showing who one is.
PARTNER = "partner"
PER_MINUTE = 120
#: The part of a message in several parts that holds the JSON; the others are files.
PART, FILES = "said", "files"


def partner_of(request: HttpRequest) -> Partner:
    """Whose program asks.

    Raises:
        NoKey: no key, or one that is not good for this. TooMany: more than a program has to ask in a minute.
    """
    now = timezone.now()
    key, actor = partner_by_text(bearer(request), on=timezone.localdate(now))
    within_limit("exchange", actor.label, PER_MINUTE)
    note_use(key, at=now)
    return actor


def asking(one: Asked | Said) -> Partner:
    """The program behind a request that came through this door."""
    return cast(Partner, one.actor)


def read_view(endpoint: Endpoint) -> View:
    """The view of an address that is read with a department's key. Nothing of it stays in any cache."""

    @guarded_by(endpoint.guards)
    @require_safe
    @never_cache
    def answer(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        asked = Asked(request, partner_of(request), values(endpoint, request))
        return written(endpoint.answer(asked, **parts))

    return answer


def write_view(one: Write) -> View:
    """The view of an address at which a department's program writes. The key of the message makes a repeat harmless:
    it is the sender's own, and not that of one of our forms."""

    @csrf_exempt
    @repeat_is_harmless
    @guarded_by(one.guards)
    @require_POST
    @never_cache
    def write(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        actor = partner_of(request)
        return run_as(request, actor.label, key_of(request), lambda: acted(one, request, actor, parts))

    return write


def acted(one: Write, request: HttpRequest, actor: Partner, parts: dict[str, Any]) -> HttpResponse:
    """What was sent is read, and done."""
    found = one.act(Said(request, actor, body_of(request, one.body)), **parts)
    return found if isinstance(found, HttpResponse) else made(*found)


def key_of(request: HttpRequest) -> UUID:
    """The sender's key of this message; Malformed without one, since what came twice could not be told."""
    found = client_key(request)
    if found is None:
        raise Malformed(
            _("Idempotency-Key is missing."),
            next_step=_("Send a new UUID with each message, and the same in a repeat."),
        )
    return found


def body_of(request: HttpRequest, kind: type) -> Any:
    """What was sent, as its type says: JSON, or the same in the part ``said`` where files come along."""
    if request.content_type != "multipart/form-data":
        return sent(request, kind)
    try:
        said = json.loads(request.POST.get(PART, ""))
    except ValueError as error:
        raise Malformed(_("This is no JSON.")) from error
    return fitted(kind, said, "")
