"""Bodies out of a table: the same steps as for entries of a register."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.foundation.bodies import queries, services
from liren.foundation.people.models.reach import inside, paths_of
from liren.foundation.territory.models import Unit
from liren.front.desk import importing
from liren.front.desk.body_steps import ACTION
from liren.front.desk.export import csv_reply
from liren.front.desk.gate import FORM, actor_of, desk, may


def import_of() -> importing.Import:
    """What the pages of an import are told of bodies."""
    upload, check, faults = importing.addresses("desk-body")
    return importing.Import(
        what="bodies",
        take=_take,
        titles=queries.template.titles(),
        page="desk/body_import.html",
        upload=upload,
        check=check,
        faults=faults,
        home=reverse("desk-bodies"),
        shows={"about": _("Bodies")},
    )


def _take(path: Path, *, source: str, **how: Any) -> services.BodyReport:
    """A line of bodies names its own document, so nobody is asked for a source of the whole."""
    return services.import_bodies(path, **how)


@desk(ACTION, *FORM)
def body_import(request: HttpRequest) -> HttpResponseBase:
    may(request, ACTION)
    return importing.upload_page(request, import_of(), importing.FileForm(*importing.sent(request)))


@desk(ACTION, *FORM)
def body_check(request: HttpRequest, kept: UUID) -> HttpResponseBase:
    may(request, ACTION)
    return importing.check_page(request, import_of(), kept)


@desk(ACTION)
def body_faults(request: HttpRequest, kept: UUID) -> HttpResponseBase:
    may(request, ACTION)
    return importing.faults_csv(request, import_of(), kept)


@desk(ACTION)
def body_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    may(request, ACTION)
    if kind == "csv":
        return csv_reply("bodies-template", queries.template.titles().values(), [])
    mine = Unit.objects.filter(inside(paths_of(actor_of(request), ACTION), "path")).order_by("path").first()
    return importing.template_xlsx("bodies", queries.template.workbook(mine))
