"""Communities too large or too small for their residents to govern: the flags, and the bands they come from (R026)."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries, services
from liren.foundation.territory.models import KINDS, Character, Level, Measure, SizeBand, Unit
from liren.front.desk.export import csv_reply
from liren.front.desk.facts import FactForm
from liren.front.desk.fields import DayField, TextField
from liren.front.desk.gate import FORM, actor_of, desk, unit_for
from liren.front.desk.refusals import accepted

PAGE = "desk/size.html"
ACTION = "territory.size_bands"
#: Communities looked at for one page.
COMMUNITIES = 200
#: The largest edge: square metres of a large prefecture.
MOST = 10**12
ANY = ("", gettext_lazy("Any"))


class BandForm(FactForm):
    """From which to which size a community should be, below this unit."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"), choices=Measure.choices)
    kind = forms.ChoiceField(
        label=gettext_lazy("Only this legal form"),
        choices=[ANY, *((kind.value, kind.label) for kind in KINDS[Level.COMMUNITY])],
        required=False,
    )
    character = forms.ChoiceField(
        label=gettext_lazy("Only this type"), choices=[ANY, *Character.choices], required=False
    )
    low = forms.IntegerField(label=gettext_lazy("From"), min_value=0, max_value=MOST, required=False)
    high = forms.IntegerField(label=gettext_lazy("To"), min_value=0, max_value=MOST, required=False)
    effective_on = DayField(label=gettext_lazy("Holds from"))
    source = TextField(label=gettext_lazy("Source"), max_length=300)


@desk(ACTION, *FORM)
def size(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, ACTION)
    form = BandForm(request.POST if request.method == "POST" else None, unit=unit, actor=actor_of(request))
    if form.is_valid() and accepted(form, lambda: _set(unit, form)):
        return done(request, PAGE, "", {}, to=reverse("desk-size", args=[code]), message=_("The band is set."))
    context: dict[str, Any] = {
        "title": _("Sizes of communities"),
        "unit": unit,
        "chain": queries.chain(unit),
        "form": form,
        "found": queries.size_flags(unit, only_wrong=True, after=_after(request), limit=COMMUNITIES),
        "bands": bands_of(unit),
        "export": reverse("desk-size-csv", args=[code]),
    }
    return show(request, PAGE, "", context, status=422 if form.is_bound else 200)


@desk(ACTION)
def size_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    unit = unit_for(request, code, ACTION)
    header = [_("Community"), _("Division code"), _("Measure"), _("Value"), _("From"), _("To"), _("Flag"), _("Source")]
    return csv_reply("sizes", header, (_line(flag) for flag in all_flags(unit)))


def all_flags(unit: Unit) -> Iterator[queries.SizeFlag]:
    """Every flag below the unit, a page of communities at a time."""
    after: tuple[str, int] | None = None
    while True:
        found = queries.size_flags(unit, only_wrong=True, after=after, limit=COMMUNITIES)
        yield from found.flags
        after = found.after
        if after is None:
            return


def _line(flag: queries.SizeFlag) -> list[object]:
    face, band = flag.span, flag.band
    verdict = {"large": _("too large"), "small": _("too small")}.get(flag.verdict, _("not known"))
    return [face.name, face.code, flag.measure.label, flag.value, band.low, band.high, verdict, band.source]


def _after(request: HttpRequest) -> tuple[str, int] | None:
    """Where the page starts: pinyin and id of the last community of the page before."""
    pinyin, number = request.GET.get("after", "")[:200], request.GET.get("id", "")
    is_id = number.isascii() and number.isdigit() and len(number) <= 18
    return (pinyin, int(number)) if is_id else None


def _set(unit: Unit, form: BandForm) -> None:
    services.set_size_band(unit.pk, by=form.actor, at=timezone.now(), **form.facts())


def bands_of(unit: Unit) -> QuerySet[SizeBand]:
    """Bands that hold today at the unit or above it."""
    today = timezone.localdate()
    return SizeBand.objects.filter(root__in=unit.path_ids, during__contains=today).select_related("root")
