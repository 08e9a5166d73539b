"""A run to take away as files: CSV, GeoPackage, and Parquet where its writer is installed."""

from __future__ import annotations

import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Run
from liren.foundation.kernel.reply import show
from liren.front.desk.gate import actor_of, desk
from liren.front.desk.lifecircle.place import ACTION, Place, place_for

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
WHAT = ("compounds", "units", "gaps")


@desk(ACTION)
def files(request: HttpRequest, code: str) -> HttpResponseBase:
    place = place_for(request, code)
    what, kind = request.GET.get("what", ""), request.GET.get("kind", "")
    if place.run is not None and what in WHAT and kind in TYPES:
        return written(place.run, what, kind, actor_of(request))
    return show(request, "desk/lifecircle/files.html", "", place.context(title=_("Files"), tables=tables(place)))


def written(run: Run, what: str, kind: str, actor: Any) -> FileResponse:
    """The file as a download; nothing of it stays on the disk."""
    with tempfile.TemporaryDirectory(prefix="liren-export-") as folder:
        path = Path(folder) / f"life-circle-{run.city.code}-{run.number}-{what}.{kind}"
        queries.export(run, path, what=what, actor=actor)
        content = path.open("rb")  # open, it can be read to its end though its name is gone
    return FileResponse(content, as_attachment=True, filename=path.name, content_type=TYPES[kind])


def tables(place: Place) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each table in words, with the address of each of its files."""
    words = {
        "compounds": _("Compounds: minutes, metres, counts and causes of every service"),
        "units": _("Communities, streets and districts: shares of residents"),
        "gaps": _("Gaps by the number of residents"),
    }
    kinds = {"csv": "CSV", "gpkg": "GeoPackage", "parquet": "Parquet"}
    there = [kind for kind in kinds if kind != "parquet" or find_spec("arro3")]
    address = reverse("desk-circle-files", args=[place.unit.code])
    number = place.run.number if place.run else 0
    return [
        (words[what], [(kinds[kind], f"{address}?what={what}&kind={kind}&run={number}") for kind in there])
        for what in WHAT
    ]
