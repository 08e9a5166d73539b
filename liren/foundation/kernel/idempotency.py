"""A form sent twice has one effect: each form carries a signed key, and the key is kept with the effect it had.

The view runs inside the key's transaction. So the key and the effect are there together or not at all, and a second
request with the same key waits for the first and then gets its answer.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict, Malformed
from liren.foundation.kernel.models import FormKey
from liren.foundation.kernel.reply import DONE_TO, wants_part
from liren.foundation.kernel.rights import as_actor

FIELD = "idempotency_key"
KEEP = timedelta(days=7)
NOT_CONTENT = {FIELD, "csrfmiddlewaretoken"}
FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
F = TypeVar("F", bound=Callable[..., Any])


class _Failed(Exception):
    """Carries the answer of a failed form out of the transaction that is rolled back."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response


def repeat_is_harmless(view: F) -> F:
    """Mark a view whose repeat changes nothing (a display setting): it needs no key."""
    view.repeat_is_harmless = True  # type: ignore[attr-defined]  # a mark on a function, read by the middleware
    return view


def new_token(actor: Any) -> str:
    """A fresh key for one form, signed for this actor alone, good for seven days."""
    return _signer(actor).sign(uuid.uuid4().hex)


def run(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Answer an unsafe request once: run ``view`` in the key's transaction, or give the answer it had.

    Answers below 400 are committed; the key stays used when they name a place to go (a redirect, or ``reply.done``).
    Answers from 400 up and exceptions roll everything back and free the key.

    Raises:
        Malformed: the key is missing, garbled, too old or was made for someone else.
        Conflict: the key was used with other content.
    """
    actor = as_actor(request.user)
    return run_as(request, actor.label, _key(request, actor), view)


def run_as(request: HttpRequest, owner: str, key: uuid.UUID, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The same for a program, which makes its keys itself: ``owner`` is the label of the program, and the key its own.

    Raises:
        Conflict: the key was used with other content.
    """
    content = fingerprint(request)
    try:
        with transaction.atomic():
            earlier = _claim(owner, key, content, at=timezone.now())
            return _repeat(request, earlier, content) if earlier else _first(owner, key, view)
    except _Failed as failed:
        return failed.response


def fingerprint(request: HttpRequest) -> bytes:
    """HMAC-SHA-256 over what the request says: method, address, fields and files; not its key and CSRF token.

    Keyed, because it is kept for days: a bare digest of a form with a telephone number is as good as the number.
    """
    digest = salted_hmac("liren.form-content", b"", algorithm="sha256")
    for part in _content(request):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.digest()


def _content(request: HttpRequest) -> Iterator[bytes]:
    yield (request.method or "").encode()
    yield request.get_full_path().encode(errors="surrogatepass")
    if request.content_type not in FORM_TYPES:
        yield request.body
        return
    for field, values in request.POST.lists():
        if field not in NOT_CONTENT:
            yield from (text.encode(errors="surrogatepass") for text in (field, *map(str, values)))
    for field, files in request.FILES.lists():
        for file in files:
            yield f"{field}/{file.name}".encode(errors="surrogatepass")
            yield _file_digest(file)


def _file_digest(file: Any) -> bytes:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()


def _signer(actor: Any) -> TimestampSigner:
    return TimestampSigner(salt=f"liren.form-key:{as_actor(actor).label}")


def _key(request: HttpRequest, actor: Any) -> uuid.UUID:
    token = request.POST.get(FIELD, "") or request.headers.get("Idempotency-Key", "")
    if not token:
        raise Malformed(_("This form came without its key, so nothing was saved."))
    try:
        return uuid.UUID(hex=_signer(actor).unsign(token, max_age=KEEP))
    except SignatureExpired as error:
        raise Malformed(_("This form was opened too long ago, so nothing was saved.")) from error
    except (BadSignature, ValueError) as error:
        raise Malformed(_("The key of this form is damaged or not yours, so nothing was saved.")) from error


def _claim(owner: str, key: uuid.UUID, content: bytes, *, at: datetime) -> FormKey | None:
    """Take the key; if it is taken, wait for its transaction to end and return the row it left."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_form_key (owner, key, fingerprint, answer, created_at) VALUES (%s, %s, %s, '', %s)"
            " ON CONFLICT DO NOTHING",
            [owner, key, content, at],
        )
        return FormKey.objects.get(owner=owner, key=key) if cursor.rowcount == 0 else None


def _first(owner: str, key: uuid.UUID, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    response = view()
    if response.status_code >= 400:
        raise _Failed(response)
    mine = FormKey.objects.filter(owner=owner, key=key)
    where = getattr(response, DONE_TO, "") or response.headers.get("Location", "")
    if where:
        mine.update(answer=where)
    else:
        mine.delete()
    return response


def _repeat(request: HttpRequest, earlier: FormKey, content: bytes) -> HttpResponse:
    if bytes(earlier.fingerprint) != content:
        raise Conflict(_("This form was sent before with other content; the first one counts."))
    if wants_part(request):
        return HttpResponse(headers={"HX-Redirect": earlier.answer})
    response = HttpResponseRedirect(earlier.answer)
    response.status_code = 303
    return response
