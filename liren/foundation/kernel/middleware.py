"""Three doors of the request: what can't be read is refused, what goes wrong gets a page, what is repeated is harmless.

Order in MIDDLEWARE: ``InputGuard`` first, ``ErrorPages`` after the locale, ``Idempotency`` last.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from liren.foundation.kernel import idempotency, pages
from liren.foundation.kernel.errors import LirenError, Malformed, TooLarge

GetResponse = Callable[[HttpRequest], HttpResponseBase]
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
#: Octets of a file that most pages take, and of a whole table, at addresses that settings.LIREN_LARGE_UPLOADS names.
MOST_OCTETS, MOST_OCTETS_OF_TABLES = 20_000_000, 60_000_000
#: What a form holds besides its file. Both together are far below what fills a disk.
BESIDES = 5_000_000


class InputGuard:
    """Refuses control characters in the address, query and cookies (400): no page has a use for them.

    And a body too large for any page (413), before anything of it is read: Django would write it all to the disk.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.large = re.compile(getattr(settings, "LIREN_LARGE_UPLOADS", r"(?!)"))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_readable(request):
            return self._refused(request, Malformed(_("The address holds signs that no page here has.")))
        most = MOST_OCTETS_OF_TABLES if self.large.fullmatch(request.path_info) else MOST_OCTETS
        if announced(request) > most + BESIDES:
            return self._refused(request, too_large(most))
        return self.get_response(request)

    def _refused(self, request: HttpRequest, error: LirenError) -> HttpResponseBase:
        request.user = AnonymousUser()
        with pages.in_language_of(request):
            return pages.error_page(request, error)


def is_readable(request: HttpRequest) -> bool:
    """No control character in the path, and none but tab and line ends in the query and the cookies."""
    query = unquote_plus(request.META.get("QUERY_STRING", ""))
    texts = [query, *request.COOKIES, *request.COOKIES.values()]
    return not CONTROL.search(request.path_info) and not any(map(CONTROL_IN_TEXT.search, texts))


def too_large(most: int) -> TooLarge:
    step = _("Send a smaller file: at most %(most)d MB.") % {"most": most // 1_000_000}
    return TooLarge(_("What you sent is larger than this page takes."), next_step=step)


def announced(request: HttpRequest) -> int:
    """Octets of the body that will be read; Django, too, reads nothing of a body whose length is no number."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class ErrorPages:
    """Turns errors with a known cause into a page that says the next step."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return pages.answer(request, exception)


class Idempotency:
    """Runs unsafe requests to our own pages inside the transaction of their form key."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.roots = tuple(getattr(settings, "LIREN_KEYED_VIEWS", ("liren.front.",)))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if request.method in SAFE or not self._is_keyed(view):
            return None
        try:
            return idempotency.run(request, lambda: view(request, *args, **kwargs))
        except Exception as error:  # the view is called here, so process_exception will not see what it raises
            page = pages.answer(request, error)
            if page is None:
                raise
            return page

    def _is_keyed(self, view: Callable[..., HttpResponseBase]) -> bool:
        return view.__module__.startswith(self.roots) and not getattr(view, "repeat_is_harmless", False)
