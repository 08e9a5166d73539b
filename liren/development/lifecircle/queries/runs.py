"""Runs, networks and tables of places, as far as an actor sees them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liren.development.lifecircle.models import PlaceTable, Proposal, Run, StreetNetwork
from liren.development.lifecircle.models.declared import spec_of, version_of
from liren.development.lifecircle.spoken import said
from liren.development.lifecircle.standard.spec import Standard
from liren.foundation.kernel.errors import LirenError
from liren.foundation.territory.models import Level, Unit


class NoRun(LirenError):
    """There is no such run, or it is not for this actor (404)."""

    status = 404


def city_above(unit: Unit) -> Unit | None:
    """The unit whose runs hold this one: the nearest above (or itself) for which something was worked out."""
    ids = Run.objects.done().filter(city__in=unit.path_ids).order_by("-city__level").values_list("city", flat=True)
    found = ids.first()
    return unit if found == unit.pk else None if found is None else Unit.objects.get(pk=found)


def latest_run(city: Unit, *, group: str = "general", actor: Any = None) -> Run | None:
    """The newest run of a city for a group that is done."""
    rows = Run.objects.visible_to(actor).done().filter(city=city, group=group)
    return _with_standard(rows.order_by("-number"), city)


def groups_of(city: Unit) -> list[str]:
    """The groups for which the city has a run that is done, by code."""
    rows = Run.objects.done().filter(city=city).order_by("group")
    return list(rows.values_list("group", flat=True).distinct())


def run_of(city: Unit, number: int, *, actor: Any) -> Run:
    """One run of a city.

    Raises:
        NoRun: there is none, or it is not for this actor.
    """
    found = _with_standard(Run.objects.visible_to(actor).filter(city=city, number=number).order_by(), city)
    if found is None:
        raise NoRun(_("There is no such run."), next_step=_("Choose one from the list."))
    return found


def done_run(city: Unit, number: int, *, actor: Any) -> Run | None:
    """One run of a city that is done; None where there is none for this actor."""
    rows = Run.objects.visible_to(actor).done().filter(city=city, number=number)
    return _with_standard(rows.order_by(), city)


def _with_standard(rows: QuerySet[Run], city: Unit) -> Run | None:
    """The first run, with its city and its standard at hand: the text of a standard is half of what the row weighs."""
    found = next(iter(rows[:1]), None)
    if found is not None:
        found.city, found.standard = city, version_of(found.standard_id)
    return found


def runs(city: Unit, *, actor: Any, before: int | None = None, limit: int = 50) -> list[Run]:
    """Runs of a city, the newest first; ``before``: the number of the last one that was shown."""
    rows = Run.objects.visible_to(actor).filter(city=city).select_related("city")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return list(rows.order_by("-number")[: min(limit, 500)])


def cities_with_runs(*, limit: int = 100) -> list[Unit]:
    """Cities and districts for which something was worked out, by name."""
    ids = Run.objects.done().values("city")
    return list(Unit.objects.filter(pk__in=ids, level__lte=Level.DISTRICT).order_by("pinyin", "pk")[: min(limit, 500)])


def networks(city: Unit, *, limit: int = 50) -> list[StreetNetwork]:
    """The recorded networks of a city, without their arrays, the newest first."""
    rows = StreetNetwork.objects.filter(city=city).defer("content").order_by("-recorded_at", "-pk")
    return list(rows[: min(limit, 500)])


def place_tables(city: Unit, *, limit: int = 50) -> list[PlaceTable]:
    """The recorded tables of places of a city, the newest first."""
    return list(PlaceTable.objects.filter(city=city).order_by("-version")[: min(limit, 500)])


def proposals(run: Run, *, limit: int = 50) -> list[Proposal]:
    """Choices of sites made from a run, the newest first."""
    return list(Proposal.objects.filter(run=run).order_by("-number")[: min(limit, 500)])


def why_failed(run: Run) -> str:
    """Why a run was given up, in the reader's language as far as that is known; empty for one that was not."""
    return said(run.fault_code, run.fault_facts) if run.fault_code else run.fault


def counted(run: Run, circle: str) -> list[str]:
    """Codes of the categories of a circle by which somebody lacks nothing: all but what is on record nowhere."""
    standard, nowhere = standard_of(run), run.unrecorded
    mine = [one.code for one in standard.categories if one.circle == circle and one.code in run.categories]
    return [code for code in mine if code not in nowhere]


def standard_of(run: Run) -> Standard:
    """The standard that a run went by, as it was then; only categories that the run knows count."""
    return spec_of(run.standard)
