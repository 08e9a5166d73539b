"""Runs of a city: the list, asking for one, and how far one has come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries, services
from liren.development.lifecircle.models import Mode, Run, RunState, StreetNetwork
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory.models import Unit
from liren.front.desk.fields import DayField
from liren.front.desk.gate import FORM, actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, NUMBER, Place, place_for
from liren.front.desk.refusals import accepted
from liren.front.kit import circles
from liren.front.kit.pages import Page, listed

PAGE = "desk/lifecircle/runs.html"
SIZE = 20
#: Networks to choose from; who has had more of them since takes the newest.
MOST_WAYS = 20


class RunForm(forms.Form):
    """For whom, as of which day, with which ways and facilities."""

    group = forms.ChoiceField(label=gettext_lazy("At the pace of"))
    day = DayField(label=gettext_lazy("As of"))
    places = forms.ChoiceField(
        label=gettext_lazy("Facilities"),
        required=False,
        help_text=gettext_lazy("What the registers of the city hold, or a table that was imported."),
    )

    ways = forms.ChoiceField(
        label=gettext_lazy("Ways"),
        required=False,
        help_text=gettext_lazy("Another network than the newest where that was uploaded by mistake."),
    )

    def __init__(self, *args: Any, home: Unit | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tables = [] if home is None else queries.place_tables(home)
        groups = [
            (one.code, circles.says(one.name)) for declared in queries.standards() for one in declared.spec.groups
        ]
        self.fields["group"].choices = list(dict.fromkeys(groups))  # type: ignore[attr-defined]  # a choice field
        choices = [
            ("", _("The city’s registers")),
            *((str(one.pk), f"{one.version}. {one.file_name}") for one in self.tables),
        ]
        self.fields["places"].choices = choices  # type: ignore[attr-defined]
        # What was imported is in force: a run of nothing but registers is a choice, no oversight.
        self.fields["places"].initial = str(self.tables[0].pk) if self.tables else ""
        self.networks = [] if home is None else list(StreetNetwork.objects.of(home, Mode.WALK)[:MOST_WAYS])
        ways = [("", _("The newest")), *((str(one.pk), f"{one.version}. {one.file_name}") for one in self.networks)]
        self.fields["ways"].choices = ways  # type: ignore[attr-defined]

    def table(self) -> Any:
        """The table that was chosen, None for the registers."""
        return next((one for one in self.tables if str(one.pk) == self.cleaned_data["places"]), None)

    def network(self) -> Any:
        """The ways that were chosen, None for the newest."""
        return next((one for one in self.networks if str(one.pk) == self.cleaned_data["ways"]), None)


@desk(ACTION, *FORM)
def runs(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    sent = request.POST if request.method == "POST" else None
    form = RunForm(sent, home=place.home, initial={"day": timezone.localdate()})
    made: list[Run] = []
    if form.is_valid() and accepted(form, lambda: made.append(asked(request, place, form))):
        return done(request, PAGE, "", {}, to=f"{reverse('desk-circle-runs', args=[code])}?at={made[0].number}")
    run = watched(request, place)
    context = place.context(title=_("Runs"), form=form, watched=run, page=earlier(request, place))
    context["fault"] = "" if run is None else queries.why_failed(run)
    return show(request, PAGE, "progress", context, status=422 if form.is_bound else 200)


def asked(request: HttpRequest, place: Place, form: RunForm) -> Run:
    """Ask for the run, and queue it in the same transaction."""
    facts = {"day": form.cleaned_data["day"], "group": form.cleaned_data["group"], "places": form.table()}
    facts["ways"] = form.network()
    with transaction.atomic():
        run = services.ask_run(place.home or place.unit, **facts, by=actor_of(request), at=timezone.now())
        services.run_soon(run)
    return run


def watched(request: HttpRequest, place: Place) -> Run | None:
    """The run whose progress is looked at (``?at=``).

    Raises:
        NoRun: there is none of this number.
    """
    number = request.GET.get("at", "")
    if place.home is None or not NUMBER.fullmatch(number):
        return None
    return queries.run_of(place.home, int(number), actor=actor_of(request))


def earlier(request: HttpRequest, place: Place) -> Page[Any]:
    """The runs, the newest first."""
    home = place.home
    if home is None:
        return Page([], "", "")

    def fetch(after: Any, limit: int) -> list[Run]:
        return queries.runs(home, actor=actor_of(request), before=after[0] if after else None, limit=limit)

    return listed(request, fetch, lambda run: (run.number,), shape="n", size=SIZE)


#: States in which a page looks again.
UNDER_WAY = (RunState.ASKED, RunState.RUNNING)
