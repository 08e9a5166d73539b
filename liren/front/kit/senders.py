"""What a program says of its own message, at every door for programs alike."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Malformed


def client_key(request: HttpRequest) -> UUID | None:
    """The sender's own key of this message, which makes a repeat harmless; None where none is sent.

    Raises:
        Malformed: no UUID as RFC 9562 writes it. Python reads more than that, and one key would have many faces.
    """
    text = request.headers.get("Idempotency-Key")
    if text is None:
        return None
    try:
        found = UUID(text)
    except ValueError:
        found = None
    if str(found) != text.lower():
        raise Malformed(_("Idempotency-Key is a UUID."), next_step=_("Make a new one for each report."))
    return found
