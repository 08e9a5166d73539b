"""The map's data: of a compound the facilities around it, of a larger unit its compounds. Bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from liren.development.lifecircle import queries
from liren.development.lifecircle.models import Place, Run
from liren.foundation.kernel.rights import ANONYMOUS, Actor
from liren.foundation.registers.models import Entry
from liren.foundation.registers.models.declared import registers
from liren.foundation.territory.models import Level, Unit
from liren.front.kit import circles
from liren.front.kit.frames import Frame, frame_of
from liren.front.kit.templatetags.kit import plain_name
from liren.front.portal.lifecircle.page import nearest_seen, run_for

TYPE = "application/geo+json"
MOST_FACILITIES = 600
#: About 1.4 km to each side: what can be walked to in some fifteen to twenty minutes.
SPAN_LAT, SPAN_LON = 0.0126, 0.0146


def answer(request: HttpRequest, unit: Unit, actor: Actor) -> JsonResponse:
    """The features of a unit's map; none without a run."""
    run = run_for(unit, request.GET.get("group", ""), actor)
    data = circles.collection([], [])
    if run is not None:
        here, seen = nearest_seen(run, unit, actor)
        if seen is not None and here.level == Level.COMPOUND:
            data = circles.collection(around(seen), [])
        elif seen is not None:
            data = compounds(run, here, actor, frame_of(request.GET.get("bbox", "")))
    return JsonResponse(data, content_type=TYPE)


def compounds(run: Run, unit: Unit, actor: Actor, frame: Frame | None) -> dict[str, Any]:
    """The compounds of a unit in a frame, each with how many services it lacks; heaps of them where they are many."""
    found, heaps = circles.on_map(run, unit, actor=actor, frame=frame)
    features = [
        circles.point(
            one.lon,
            one.lat,
            kind="compound",
            code=one.unit.code,
            name=plain_name(one.unit),
            step=one.step,
            missing=len(one.missing),
            url=reverse("life-circle", args=[one.unit.code]) + f"?group={run.group}",
        )
        for one in found
    ]
    return circles.collection(features, heaps)


def around(seen: queries.Seen) -> list[dict[str, Any]]:
    """A compound and the facilities around it; each bears its category, by which the list lights it up."""
    if seen.lon is None or seen.lat is None:
        return []
    frame = (seen.lon - SPAN_LON, seen.lat - SPAN_LAT, seen.lon + SPAN_LON, seen.lat + SPAN_LAT)
    home = circles.point(seen.lon, seen.lat, kind="home", code="", name=plain_name(seen.unit))
    return [home, *facilities(seen.run, frame)]


def facilities(run: Run, frame: Frame) -> list[dict[str, Any]]:
    """The facilities of a run inside a frame, as its table or the public registers have them."""
    found = _of_table(run, frame) if run.places_id else _of_registers(run, frame)
    return [
        circles.point(
            lon, lat, kind="facility", code=one.code, name=name or circles.says(one.name), of=circles.says(one.name)
        )
        for one, name, lon, lat in found
    ]


def _of_table(run: Run, frame: Frame) -> Iterator[tuple[Any, str, float, float]]:
    standard = queries.standard_of(run)
    rows = Place.objects.filter(table_id=run.places_id).inside(*frame)
    for name, codes, lon, lat in rows.order_by("number").values_list("name", "categories", "lon", "lat")[
        :MOST_FACILITIES
    ]:
        category = next((one for one in map(standard.category, codes) if one), None)
        if category is not None:
            yield category, name, lon, lat


def _of_registers(run: Run, frame: Frame) -> Iterator[tuple[Any, str, float, float]]:
    """Open entries of the registers that the standard's categories name; only what everybody may read."""
    ids = {one.code: one.pk for one in registers()}
    by_register: dict[int, list[tuple[Any, Any]]] = {}
    for category in queries.standard_of(run).categories:
        for source in category.sources:
            if source.register in ids:
                by_register.setdefault(ids[source.register], []).append((category, source))
    rows = Entry.objects.visible_to(ANONYMOUS).open_on(run.day).filter(register_id__in=list(by_register))
    rows = rows.exclude(opened_on__gt=run.day)
    rows = rows.filter(lon__range=(frame[0], frame[2]), lat__range=(frame[1], frame[3]))
    for entry in rows.order_by("pk")[:MOST_FACILITIES]:
        for category, source in by_register[entry.register_id]:
            if source.takes(entry.values) and entry.lon is not None and entry.lat is not None:
                yield category, plain_name(entry), entry.lon, entry.lat
