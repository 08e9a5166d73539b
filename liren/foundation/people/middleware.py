"""Whoever acts for the city proves it twice before any page of the desk opens."""

import re
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

DESK = re.compile(r"^(en/)?desk(/|$)")


class SecondFactor:
    """Whoever holds a mandate whose role asks for a second factor sets one up, and is asked for it once a session.

    It looks at the route that was resolved, not at the text of the address, so that no spelling slips past.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not DESK.match(match.route):
            return None
        user: Any = request.user
        if not user.is_authenticated or not user.needs_second_factor or was_asked(request):
            return None
        return sent_to(request, *next_step(user))


def was_asked(request: HttpRequest) -> bool:
    """Was a second factor proved by whoever is signed in here, on entering or later?"""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def next_step(user: Any) -> tuple[str, str]:
    """Name of the page that comes next, and the sentence that says why."""
    kinds = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        # Translators: 双重验证
        return "mfa_index", _("Your duty needs a second factor. Set up a passkey or an authenticator app first.")
    page = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
    return page, _("Confirm with your second factor to open the desk.")


def sent_to(request: HttpRequest, page: str, why: str) -> HttpResponse:
    """A redirect that a browser and htmx both follow, and that comes back to where the reader wanted to go."""
    back = request.get_full_path() if request.method == "GET" else reverse("desk")
    messages.info(request, why)
    target = f"{reverse(page)}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
