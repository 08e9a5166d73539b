"""Finding the home whose circle one wants to see: by name, by one's own residency, or by a point."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from liren.development.lifecircle import queries
from liren.foundation.kernel.rights import Actor
from liren.foundation.people.models import Account
from liren.foundation.people.queries import my_residency
from liren.foundation.territory.models import Unit
from liren.front.portal import facts
from liren.front.portal.forms import SearchForm, WhereForm


def page(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """The three ways, with what was found by the one that was taken."""
    search = SearchForm(request.GET)
    q = search.cleaned_data["q"] if search.is_valid() else ""
    by_point = WhereForm(request.GET if request.GET.get("lon") or request.GET.get("lat") else None)
    at = facts.at(**by_point.cleaned_data)[0] if by_point.is_bound and by_point.is_valid() else None
    return {
        "search": search,
        "q": q,
        "found": facts.found(request, q, actor) if q else None,
        "form": by_point,
        "at": at,
        "mine": home_of(actor),
        "cities": queries.cities_with_runs(),
    }


def home_of(actor: Actor) -> Unit | None:
    """Where the person who is signed in says to live; None for others."""
    mine = my_residency(actor) if isinstance(actor, Account) else None
    return mine.unit if mine else None
