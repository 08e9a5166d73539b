"""The outline of a unit or a zone: upload → dry run with picture and faults → set (R023, R028)."""

import base64
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from shapely.geometry.base import BaseGeometry

from liren.foundation.kernel.errors import BadInput, Malformed
from liren.foundation.kernel.reply import done, show
from liren.foundation.territory import queries
from liren.foundation.territory.models import Boundary, Unit, Zone
from liren.foundation.territory.services.boundaries import bad_boundary, checked_boundary, set_boundary
from liren.front.desk.fields import CountField, DayField, DeskForm, TextField
from liren.front.desk.gate import FORM, actor_of, desk, unit_for
from liren.front.desk.refusals import accepted
from liren.front.desk.uploads import outlines_of

PAGE = "desk/boundary.html"
ACTION = "territory.boundary"
SALT = "liren.desk.boundary"
#: An outline travels from the dry run to the confirmation in a signed field, for an hour, up to this many characters.
MOST_CARRIED, KEEP_S = 1_500_000, 3600
#: Neighbours looked at for overlaps, and the overlap in square metres that is worth a word (two badly joined edges).
NEIGHBOURS, WORTH_A_WORD_M2 = 300, 1_000.0
#: Width of the picture, in its own units.
WIDTH = 600.0
SYSTEMS = [
    ("auto", gettext_lazy("As the file says")),
    ("wgs84", "WGS 84"),
    ("cgcs2000", "CGCS2000"),
    ("gcj02", gettext_lazy("GCJ-02 (Amap, Tencent)")),
    ("bd09", gettext_lazy("BD-09 (Baidu)")),
]

Owner = Unit | Zone


class BoundaryForm(DeskForm):
    """A file, its coordinate system, and where it comes from."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("GeoJSON, GeoPackage, or a zip with a Shapefile; at most 20 MB."),
    )
    crs = forms.ChoiceField(label=gettext_lazy("Coordinate system"), choices=SYSTEMS)
    feature = CountField(
        label=gettext_lazy("Which outline of the file"),
        min_value=1,
        initial=1,
        required=False,
        help_text=gettext_lazy("The first one if left empty."),
    )
    source = TextField(label=gettext_lazy("Source"), max_length=300)
    from_day = DayField(label=gettext_lazy("Holds from"))


class ConfirmForm(forms.Form):
    """The signed drawing that the dry run showed."""

    drawing = forms.CharField(max_length=MOST_CARRIED)


@dataclass(frozen=True)
class Drawing:
    """An outline as it would be stored, and all that the confirmation needs to know."""

    shape: BaseGeometry
    source_crs: str
    source: str
    from_day: date

    def carried(self, owner: Owner) -> str:
        """The drawing as one signed text, for this unit or zone only."""
        wkb = base64.b64encode(shapely.to_wkb(self.shape)).decode()
        facts = [_mark(owner), wkb, self.source_crs, self.source, self.from_day.isoformat()]
        text = signing.dumps(facts, salt=SALT, compress=True)
        if len(text) > MOST_CARRIED:
            raise BadInput(_("The outline has too many points. Simplify it to about one metre, then upload it again."))
        return text


def _mark(owner: Owner) -> str:
    return f"{owner._meta.model_name} {owner.pk}"


def brought_back(text: str, owner: Owner) -> Drawing:
    """The drawing that the dry run showed. Malformed when it is not ours, not of this owner, or too old."""
    try:
        mark, wkb, crs, source, day = signing.loads(text, salt=SALT, max_age=KEEP_S)
    except (signing.BadSignature, ValueError) as error:
        raise Malformed(_("The dry run is too old or damaged. Upload the file again.")) from error
    if mark != _mark(owner):
        raise Malformed(_("The dry run was of another unit. Upload the file again."))
    return Drawing(shapely.from_wkb(base64.b64decode(wkb)), crs, source, date.fromisoformat(day))


def drawing_of(form: BoundaryForm) -> Drawing:
    """The chosen outline of the upload, checked as it would be for storing."""
    data = form.cleaned_data
    outlines = outlines_of(data["file"], data["crs"])
    number = data["feature"] or 1
    if number > len(outlines):
        raise BadInput(_("The file holds %(many)d outlines.") % {"many": len(outlines)})
    chosen = outlines[number - 1]
    if chosen.fault:
        raise bad_boundary(chosen.fault)
    if chosen.shape is None:
        raise BadInput(_("This feature of the file has no outline."))
    return Drawing(checked_boundary(chosen.shape, chosen.crs), chosen.crs, data["source"], data["from_day"])


@desk(ACTION, *FORM)
def boundary(request: HttpRequest, code: str) -> HttpResponseBase:
    return boundary_page(request, unit_for(request, code, ACTION))


def boundary_page(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    """Upload, dry run and confirmation of the outline of a unit or a zone, on which the right was asked already."""
    if request.POST.get("step") == "confirm":
        return _confirm(request, owner)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = BoundaryForm(*sent, actor=actor_of(request))
    seen: list[dict[str, Any]] = []
    if form.is_valid():
        accepted(form, lambda: seen.append(dry_run(owner, drawing_of(form))))
    context = _context(owner) | {"form": form, "seen": seen[0] if seen else None}
    return show(request, PAGE, "", context, status=422 if form.is_bound and not seen else 200)


def _confirm(request: HttpRequest, owner: Owner) -> HttpResponseBase:
    """Set what the dry run showed, or say on the form why that can't be."""
    confirmation = ConfirmForm(request.POST)
    if confirmation.is_valid() and accepted(confirmation, lambda: _set(request, owner, **confirmation.cleaned_data)):
        return done(request, PAGE, "", {}, to=_home(owner), message=_("The boundary is set."))
    form = BoundaryForm(actor=actor_of(request))
    context = _context(owner) | {"form": form, "refusals": confirmation.errors.values()}
    return show(request, PAGE, "", context, status=422)


def _context(owner: Owner) -> dict[str, Any]:
    chain = queries.chain(owner) if isinstance(owner, Unit) else []
    return {"title": _("Boundary"), "back": _home(owner), "chain": chain, "held": _held(owner), "owner": owner}


def _home(owner: Owner) -> str:
    """The page of the desk about the unit or zone."""
    if isinstance(owner, Unit):
        return reverse("desk-unit", args=[owner.code])
    return reverse("desk-zone", args=[owner.pk])


def _key(owner: Owner) -> dict[str, Any]:
    return {"unit": owner} if isinstance(owner, Unit) else {"zone": owner}


def _set(request: HttpRequest, owner: Owner, *, drawing: str) -> None:
    held = brought_back(drawing, owner)
    set_boundary(
        **{f"{name}_id": one.pk for name, one in _key(owner).items()},
        shape=held.shape,
        crs="wgs84",
        source=held.source,
        source_crs=held.source_crs,
        from_day=held.from_day,
        by=actor_of(request),
        at=timezone.now(),
    )


def _held(owner: Owner) -> Boundary | None:
    return Boundary.objects.filter(**_key(owner), during__upper_inf=True).first()


def dry_run(owner: Owner, drawing: Drawing) -> dict[str, Any]:
    """What the page shows before anything is set."""
    held = _held(owner)
    old = shapely.from_wkb(bytes(held.wkb)) if held else None
    return {
        "drawing": drawing.carried(owner),
        "from_day": drawing.from_day,
        "source_crs": drawing.source_crs,
        "points": int(shapely.get_num_coordinates(drawing.shape)),
        "area_m2": area_m2(drawing.shape),
        "old_area_m2": round(held.area_m2) if held else None,
        "overlaps": overlaps(owner, drawing.shape) if isinstance(owner, Unit) else [],
        "picture": picture([drawing.shape, *([old] if old is not None else [])]),
    }


def area_m2(shape: BaseGeometry) -> int:
    """Square metres, near enough for a preview: degrees scaled at the middle latitude of the shape."""
    west, south, east, north = shape.bounds
    return round(shape.area * _m2_of_a_square_degree((south + north) / 2))


def _m2_of_a_square_degree(latitude: float) -> float:
    """On a sphere of 6,371,008.8 m, the mean radius of the Earth (IUGG)."""
    return (math.pi / 180 * 6_371_008.8) ** 2 * math.cos(math.radians(latitude))


def overlaps(unit: Unit, shape: BaseGeometry) -> list[tuple[str, int]]:
    """Neighbours under the same parent whose outline lies partly under the new one, with square metres."""
    west, south, east, north = shape.bounds
    near = Boundary.objects.filter(
        unit__parent=unit.parent_id,
        unit__level=unit.level,
        during__upper_inf=True,
        west__lt=east,
        east__gt=west,
        south__lt=north,
        north__gt=south,
    ).exclude(unit=unit)
    found = []
    for row in near.select_related("unit")[:NEIGHBOURS]:
        shared = shared_m2(shapely.intersection(shapely.from_wkb(bytes(row.wkb)), shape))
        if row.unit and shared >= WORTH_A_WORD_M2:
            found.append((row.unit.name, shared))
    return found


def shared_m2(shape: BaseGeometry) -> int:
    return 0 if shape.is_empty else area_m2(shape)


@dataclass(frozen=True)
class Picture:
    """Outlines as SVG paths, the new one first; north is up, and both axes have one scale."""

    width: float
    height: float
    paths: list[str]


def picture(shapes: list[BaseGeometry]) -> Picture:
    """The shapes drawn in one frame of ``WIDTH``, with enough points for the eye."""
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    squeeze = math.cos(math.radians((south + north) / 2)) or 1e-6
    scale = WIDTH / max((east - west) * squeeze, (north - south), 1e-9)

    def path(shape: BaseGeometry) -> str:
        eased = shapely.simplify(shape, 1 / scale, preserve_topology=True)
        rings = [ring for part in shapely.get_parts(eased) for ring in (part.exterior, *part.interiors)]
        return " ".join(_ring(ring.coords, west, north, scale * squeeze, scale) for ring in rings)

    return Picture(
        round((east - west) * squeeze * scale, 1), round((north - south) * scale, 1), [path(shape) for shape in shapes]
    )


def _ring(points: Any, west: float, north: float, across: float, down: float) -> str:
    return "M" + " ".join(f"{(x - west) * across:.1f},{(north - y) * down:.1f}" for x, y, *_z in points) + "Z"
