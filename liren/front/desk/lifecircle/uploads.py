"""A file of ways or of places on its way in: the forms, and the page that shows how far it is and what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Mode, Run
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory.models import Unit
from liren.front.desk.fields import TextField
from liren.front.desk.gate import FORM, actor_of, desk, may
from liren.front.desk.keeping import Gone, Kept, brought_back, keep, plain_name
from liren.front.desk.lifecircle import report, taking
from liren.front.desk.lifecircle.place import Place, place_for
from liren.front.desk.refusals import accepted

IMPORT = "lifecircle.import"
PAGE = "desk/lifecircle/taken.html"
#: Octets of an upload; the request itself may be a little larger. A city of 20 million people fits as an extract.
MOST_BYTES = 20_000_000
WAYS_ENDINGS = (".pbf", ".graphml", ".gpkg", ".geojson", ".json", ".zip")
PLACES_ENDINGS = (".csv", ".xlsx", ".geojson", ".json", ".pbf")


def file_field(endings: tuple[str, ...], note: str, **words: Any) -> forms.FileField:
    """A file of one of these kinds; the browser says at once when it is too large to be sent."""
    attributes = {"accept": ",".join(endings), "data-most": MOST_BYTES, "data-note": note}
    return forms.FileField(max_length=200, widget=forms.FileInput(attrs=attributes), **words)


class FileForm(forms.Form):
    """What the two forms of the page share."""

    endings: tuple[str, ...] = ()
    start = forms.BooleanField(
        label=gettext_lazy("Work it out at once if nothing is wrong with it"), required=False, initial=True
    )
    source = TextField(label=gettext_lazy("Source"), max_length=300, required=False)

    def clean_file(self) -> Any:
        """Bounded, and of a kind that is read here."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(too_large())
        if not (file.name or "").lower().endswith(self.endings):
            words = {"endings": " ".join(self.endings)}
            raise forms.ValidationError(_("Choose a file that ends in one of: %(endings)s.") % words)
        return file


class WaysForm(FileForm):
    """A network of ways."""

    endings = WAYS_ENDINGS
    file = file_field(
        WAYS_ENDINGS,
        "ways-large",
        label=gettext_lazy("File of ways"),
        help_text=gettext_lazy(
            "OpenStreetMap (.osm.pbf), OSMnx (.graphml), GeoPackage, GeoJSON, or a Shapefile as .zip; at most 20 MB."
        ),
    )
    mode = forms.ChoiceField(label=gettext_lazy("For whom"), choices=Mode.choices, initial=Mode.WALK)
    crs = TextField(
        label=gettext_lazy("Coordinate system"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Only if the file names none itself and is not in degrees, for example EPSG:4547."),
    )


class PlacesForm(FileForm):
    """A table of places."""

    endings = PLACES_ENDINGS
    file = file_field(
        PLACES_ENDINGS,
        "places-large",
        label=gettext_lazy("Table of places"),
        help_text=gettext_lazy(
            "CSV, XLSX or GeoJSON with name, category, longitude and latitude, or places out of OpenStreetMap"
            " (.osm.pbf); at most 20 MB. In force from then on."
        ),
    )
    crs = forms.ChoiceField(
        label=gettext_lazy("Coordinates"),
        choices=[
            ("wgs84", gettext_lazy("WGS 84 (GPS, OpenStreetMap)")),
            ("cgcs2000", gettext_lazy("CGCS2000 (surveys)")),
            ("gcj02", gettext_lazy("GCJ-02 (AMap, Tencent)")),
            ("bd09", gettext_lazy("BD-09 (Baidu)")),
        ],
    )


FORMS: dict[str, type[FileForm]] = {taking.WAYS: WaysForm, taking.PLACES: PlacesForm}


def too_large() -> str:
    words = {"most": MOST_BYTES // 1_000_000}
    return (
        _(
            "The file is larger than %(most)d MB. Cut it to the city, or have it imported by whoever runs this system"
            " (liren lifecircle import)."
        )
        % words
    )


def forms_of(request: HttpRequest, place: Place) -> dict[str, FileForm] | None:
    """The two forms by kind, one of them bound where it was sent; None for whoever may not bring anything in."""
    if place.home is None or not actor_of(request).holds(IMPORT, place.home):
        return None
    sent = request.POST.get("what", "")
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return {
        kind: form(data=data, files=files, prefix=kind) if kind == sent else form(prefix=kind)
        for kind, form in FORMS.items()
    }


def received(request: HttpRequest, place: Place) -> HttpResponseBase | None:
    """Where a good upload leads; None where the form is to be shown again, with what is wrong."""
    kind = request.POST.get("what", "")
    if place.home is None or kind not in FORMS:
        raise Conflict(_("There is nothing here to upload to."), next_step=_("Open the page of a city or district."))
    home = may(request, IMPORT, place.home)
    form = (forms_of(request, place) or {})[kind]
    kept: list[Kept] = []
    if form.is_valid() and accepted(form, lambda: kept.append(_kept(request, home, kind, form.cleaned_data))):
        return done(request, PAGE, "", {}, to=address(place.unit, kept[0]))
    return None


def _kept(request: HttpRequest, home: Unit, kind: str, asked: dict[str, Any]) -> Kept:
    """The file kept for the worker, in the transaction that queues it."""
    by, file = actor_of(request), asked["file"]
    facts = {"kind": kind, "mode": asked.get("mode", Mode.WALK), "crs": asked["crs"], "start": asked["start"]}
    content = file.read()
    if not content:
        raise BadInput(_("The file is empty."), next_step=_("Choose it again."))
    how: dict[str, Any] = {"what": taking.what_of(home), "source": asked["source"], "by": by, "step": "import"}
    kept = keep(plain_name(file.name or ""), content, taking.Taken(**facts), **how)
    taking.hand_over(kept, home, by=by)
    return kept


def address(unit: Unit, kept: Kept) -> str:
    return reverse("desk-circle-taken", args=[unit.code, UUID(kept.key)])


@desk(IMPORT, *FORM)
def taken(request: HttpRequest, code: str, kept: UUID) -> HttpResponseBase:
    """How far the file is, what was found in it, and the run that was started; sent, the next step is taken."""
    place = place_for(request, code)
    if place.home is None:
        raise Gone(_("There is nothing here to upload to."), next_step=_("Open the page of a city or district."))
    home = may(request, IMPORT, place.home)
    one = brought_back(kept, what=taking.what_of(home), by=actor_of(request))
    if request.method == "POST":
        return _went_on(request, place, home, one)
    context = place.context(title=_("Upload"), tab="desk-circle-networks", **seen(request, home, one))
    context["run"] = None  # whose pace is looked at elsewhere says nothing here
    return show(request, PAGE, "progress", context)


def _went_on(request: HttpRequest, place: Place, home: Unit, one: Kept) -> HttpResponseBase:
    """The worker is asked once more, or the run is started though something was wrong."""
    to = address(place.unit, one)
    if one.step:
        if taking.standing(one).is_silent:
            taking.again(one, home, by=actor_of(request))
        return done(request, PAGE, "", {}, to=to)
    made: Any = one.report
    run = taking.started(home, actor_of(request), taking.walked(made))
    return done(request, PAGE, "", {}, to=f"{reverse('desk-circle-runs', args=[place.unit.code])}?at={run.number}")


def seen(request: HttpRequest, home: Unit, one: Kept) -> dict[str, Any]:
    """What the page shows beside the place."""
    made: Any = one.report
    standing = taking.standing(one) if one.step else taking.Standing()
    run = queries.run_of(home, made.run, actor=actor_of(request)) if made.run else None
    return {
        "checked": replace(one, refusal=made.refusal or one.refusal),
        "made": made,
        "standing": standing,
        "stage": report.stage(standing),
        "watched": run,
        "fault": "" if run is None else queries.why_failed(run),
        "is_waiting": bool(one.step) or _under_way(run),
        "findings": report.findings(made) if one.is_done else None,
        "makes_sense": taking.makes_sense(made),
        "upload": reverse("desk-circle-networks", args=[home.code]),
        "home": home,
    }


def _under_way(run: Run | None) -> bool:
    return run is not None and run.state in ("asked", "running")
