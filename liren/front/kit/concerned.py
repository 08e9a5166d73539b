"""The communities that something concerns, as every page shows them: by street, foldable, searched without a script."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from liren.foundation.admission.models import Application
from liren.foundation.admission.queries import Concerned, by_street
from liren.foundation.territory.models import Unit

#: Words of communities at a hearing on one page.
WORDS = 40


class FindForm(forms.Form):
    """One of many communities."""

    q = forms.CharField(label=_("Find a community by its name or code"), max_length=40, required=False)


def concerned(request: HttpRequest, units: QuerySet[Unit]) -> Concerned:
    """Those that fit what was typed; what can't be a name is as if nothing was."""
    form = FindForm(request.GET)
    return by_street(units, form.cleaned_data["q"] if form.is_valid() else "")


def heard(row: Application | None, q: str) -> dict[str, Any]:
    """What communities said at the hearing, the last word on top, and how many more said something."""
    if row is None:
        return {"hearings": [], "more_hearings": 0}
    said = row.hearings.select_related("community")
    if q:
        said = said.filter(community__name_zh__icontains=q) or said
    found = list(said.order_by("-pk")[: WORDS + 1])
    more = row.hearings.count() - WORDS if len(found) > WORDS else 0
    return {"hearings": found[:WORDS], "more_hearings": more}
