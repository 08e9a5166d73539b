"""Photographs and papers of a case, cleaned by ``kernel.files``: on a line of its story, and shown to everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.covering import Area, covered
from liren.foundation.kernel.errors import BadInput, Conflict
from liren.foundation.kernel.files import PDF, Clean
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.models import Case, CaseEvent, CaseFile
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.story import changed, locked_case, noted, wrote

#: What is said of faces and number plates before a picture is released.
COVERS = ("blurred", "nothing")


def attach(case: Case, event: CaseEvent, files: Sequence[Clean], *, by: Actor, at: datetime) -> list[CaseFile]:
    """Hang files on a line of the story; inside the caller's transaction."""
    return CaseFile.objects.bulk_create(
        CaseFile(
            case=case,
            event=event,
            name=one.name,
            type=one.type,
            content=one.content,
            size=len(one.content),
            digest=hashlib.sha256(one.content).hexdigest(),
            width=one.width,
            height=one.height,
            added_by=by.label,
            added_at=at,
        )
        for one in files
    )


@transaction.atomic
def publish_file(file_id: int, *, cover: str, areas: Sequence[Area] = (), by: Actor, at: datetime) -> CaseFile:
    """Release a picture for everybody, after a look for faces and plates (R078).

    ``cover``: "blurred", with the areas that are made unrecognisable in the picture that everybody gets, or "nothing":
    whoever releases it says that there is nothing to cover. The answer stands in the story of the case.

    Raises:
        NoCase, NotAllowed. BadInput: no answer, or one that contradicts the areas. Conflict: no picture, a case that is
        not public, or a picture that is released with another answer.
    """
    if cover not in COVERS or (cover == "blurred") != bool(areas):
        raise BadInput(
            _("Say what is to be covered before the picture is shown to everybody."),
            next_step=_("Mark every face and number plate, or choose that there is none."),
        )
    case, file = _moderated(file_id, by)
    if case.confidentiality != "public" or file.type == PDF:
        raise Conflict(_("Only pictures of public cases are shown to everybody."))
    shown = covered(bytes(file.content), areas).content if areas else None
    if file.published_at is not None:
        return _same(file, cover, shown)
    file.published_at, file.published_by, file.cover, file.shown = at, by.label, cover, shown
    return _told(case, file, {"published": True, "cover": cover, "areas": len(areas)}, by=by, at=at)


@transaction.atomic
def withdraw_file(file_id: int, *, by: Actor, at: datetime) -> CaseFile:
    """Take a released picture back; what everybody was shown goes, and the next release is answered for anew."""
    case, file = _moderated(file_id, by)
    if file.published_at is None:
        return file
    file.published_at, file.published_by, file.cover, file.shown = None, "", "", None
    return _told(case, file, {"published": False}, by=by, at=at)


def _moderated(file_id: int, by: Actor) -> tuple[Case, CaseFile]:
    """The file with its case, locked, for whom moderates there."""
    case_id = CaseFile.objects.filter(pk=file_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NoCase.unknown()
    case = locked_case(case_id, by)
    require(by, "cases.moderate", case.unit)
    return case, CaseFile.objects.get(pk=file_id)


def _same(file: CaseFile, cover: str, shown: bytes | None) -> CaseFile:
    """What was released before: a repeat is no fault, another answer is one."""
    if (file.cover, file.shown and bytes(file.shown)) != (cover, shown):
        raise Conflict(
            _("Somebody else has released this picture meanwhile."),
            next_step=_("Look at it as everybody sees it; take it back if something has to be covered."),
        )
    return file


def _told(case: Case, file: CaseFile, facts: dict[str, Any], *, by: Actor, at: datetime) -> CaseFile:
    file.save(update_fields=["published_at", "published_by", "cover", "shown"])
    wrote(case, "file", by=by, at=at, role="desk", told=False, facts={"file": file.pk, **facts})
    changed(case, at=at)
    if file.cover:
        noted("published_file", case, by=by, at=at, role="desk", file=file.pk, cover=file.cover)
    else:
        noted("withdrew_file", case, by=by, at=at, role="desk", file=file.pk)
    return file
