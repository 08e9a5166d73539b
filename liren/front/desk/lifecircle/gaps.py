"""What is missing where, the most people first: the page, and the table to take away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.foundation.kernel.reply import show
from liren.front.desk.export import csv_reply
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, Place, place_for
from liren.front.kit import circles
from liren.front.kit.pages import Page
from liren.front.kit.templatetags.kit import plain_name

#: Gaps on a page, in one query of the table, and on paper: some twelve sheets.
SIZE, STEP, PRINTED = 50, 500, 500
KEY = re.compile(r"([0-9]{1,15})~([0-9]{1,18})", re.ASCII)


class GapFilter(forms.Form):
    """Of one circle, of one category; the unit is that of the address."""

    circle = forms.ChoiceField(label=gettext_lazy("Circle"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Service"), required=False)

    def __init__(self, *args: Any, run: Run, **options: Any) -> None:
        super().__init__(*args, **options)
        standard = queries.standard_of(run)
        known: dict[str, tuple[Any, ...]] = {"circle": standard.circles, "category": standard.categories}
        for name, declared in known.items():
            choices = [("", _("All")), *((one.code, circles.says(one.name)) for one in declared)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields
            self.fields[name].needed = True  # type: ignore[attr-defined]  # "all" is a choice like the others

    def chosen(self) -> dict[str, str]:
        """What holds of it; what can't be meant counts as no choice."""
        return {name: self.cleaned_data.get(name, "") for name in self.fields} if self.is_bound else {}


@desk(ACTION)
def gaps(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    context = place.context(title=_("What is missing where"))
    status = 200
    if place.run is not None:
        context |= listed_gaps(request, place, place.run)
        status = 422 if context["form"].errors else 200
    return show(request, "desk/lifecircle/gaps.html", "", context, status=status)


def listed_gaps(request: HttpRequest, place: Place, run: Run) -> dict[str, Any]:
    """The filter, the page of gaps, and the sum of each category."""
    form = GapFilter(request.GET, run=run)
    form.is_valid()
    actor = actor_of(request)
    found = queries.gaps(run, actor=actor, unit=place.unit, after=key(request), limit=SIZE, **form.chosen())
    sums = queries.by_category(run, actor=actor, unit=place.unit)
    following = "" if found.after is None else kept(request, after=f"{found.after[0]}~{found.after[1]}")
    return {
        "form": form,
        "page": Page(found.rows, following, kept(request) if key(request) else ""),
        "sums": sums,
        "worst": worst(place, run, sums),
        "absent": circles.absent(run),
        "nowhere": nowhere(run),
        "exports": exports(request, place),
        "print_url": reverse("desk-circle-gaps-print", args=[place.unit.code]) + kept(request, run=str(run.number)),
    }


def worst(place: Place, run: Run, sums: list[queries.CategoryGap]) -> Any:
    """The service that most residents lack, for whoever may have sites chosen for it; else None."""
    return sums[0].category if sums and place.may_ask and place.unit.pk == run.city_id else None


def nowhere(run: Run) -> list[str]:
    """Names of what the list leaves out, since the whole city has no place of it."""
    return [circles.says(one.name) for one in queries.standard_of(run).categories if one.code in run.unrecorded]


def key(request: HttpRequest) -> tuple[int, int] | None:
    """People and row of the last gap of the page before."""
    found = KEY.fullmatch(request.GET.get("after", ""))
    return (int(found[1]), int(found[2])) if found else None


def kept(request: HttpRequest, **more: str) -> str:
    """The query of this page from the beginning of the list, or with another key."""
    return "?" + urlencode(
        [(name, value) for name, value in request.GET.items() if name not in ("after", *more)] + list(more.items())
    )


def exports(request: HttpRequest, place: Place) -> list[tuple[str, str]]:
    """The same gaps as files: words, address."""
    return [(_("Table (CSV)"), reverse("desk-circle-gaps-csv", args=[place.unit.code]) + kept(request))]


@desk(ACTION)
def gaps_print(request: HttpRequest, code: str) -> HttpResponseBase:
    """The gaps under the filter for print, the most residents first, with where they come from."""
    place = place_for(request, code)
    context = place.context(title=_("What is missing where"), tab="desk-circle-gaps")
    if place.run is not None:
        form = GapFilter(request.GET, run=place.run)
        form.is_valid()
        actor, unit = actor_of(request), place.unit
        found = queries.gaps(place.run, actor=actor, unit=unit, after=None, limit=PRINTED, **form.chosen())
        sums = queries.by_category(place.run, actor=actor, unit=unit)
        context |= {"rows": found.rows, "more": found.after is not None, "sums": sums, "chosen": chosen_words(form)}
        context |= {
            "worst": worst(place, place.run, sums),
            "small": any(0 < (one.people or 0) < 5 for one in found.rows),
        }
        context |= {"absent": circles.absent(place.run), "nowhere": nowhere(place.run), "back": kept(request)}
    return show(request, "desk/lifecircle/gaps_print.html", "", context)


def chosen_words(form: GapFilter) -> list[str]:
    """What the filter is set to, as it is called there."""
    choices = {name: dict(form.fields[name].choices) for name in form.fields}  # type: ignore[attr-defined]
    return [choices[name][value] for name, value in form.chosen().items() if value]


@desk(ACTION)
def gaps_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    header = [
        _("Compound"),
        _("Division code"),
        _("Service"),
        _("Circle"),
        _("Residents"),
        _("Minutes too far"),
        _("Why"),
    ]
    return csv_reply(f"gaps-{code}", header, [] if place.run is None else lines(request, place, place.run))


def lines(request: HttpRequest, place: Place, run: Run) -> Iterator[list[object]]:
    """Every gap under the filter, a page at a time."""
    form = GapFilter(request.GET, run=run)
    form.is_valid()
    after: tuple[int, int] | None = None
    while True:
        found = queries.gaps(run, actor=actor_of(request), unit=place.unit, after=after, limit=STEP, **form.chosen())
        yield from (line(run, one) for one in found.rows)
        after = found.after
        if after is None:
            return


def line(run: Run, one: queries.GapSeen) -> list[object]:
    circle = queries.standard_of(run).circle(one.category.circle)
    over = "" if one.over_minutes is None else round(one.over_minutes, 1)
    words = "" if circle is None else circles.says(circle.name)
    why = circles.because(one.cause)
    return [plain_name(one.unit), one.unit.code, circles.says(one.category.name), words, one.people, over, why]
