"""How a desk page is entered: what is invisible is not found (404), what is visible but not yours is refused (403)."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from liren.foundation.kernel.rights import guarded_by, require
from liren.foundation.territory.models import Unit

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")
FORM = (*READ, "POST")


def desk(action: str, *methods: str) -> Callable[[View], View]:
    """A page of the desk: marked with the action it guards, for people who signed in, never kept by a browser."""

    def wrap(view: View) -> View:
        return guarded_by(action)(require_http_methods(list(methods or READ))(never_cache(login_required(view))))

    return wrap


def actor_of(request: HttpRequest) -> Any:
    """Whoever is signed in; behind ``desk`` that is an account."""
    return request.user


def may(request: HttpRequest, action: str, obj: Any = None) -> Any:
    """Ask the right before a form is shown, so that nobody fills in what will be refused. Services ask again."""
    require(actor_of(request), action, obj)
    return obj


def unit_for(request: HttpRequest, code: str, action: str, as_if: Callable[[Unit], Unit] = lambda unit: unit) -> Unit:
    """The unit with today's ``code``, on which (``as_if``: on a unit made of which) the actor may do ``action``."""
    unit: Unit = get_object_or_404(Unit.objects.visible_to(actor_of(request)).select_related("parent"), code=code)
    require(actor_of(request), action, as_if(unit))
    return unit
