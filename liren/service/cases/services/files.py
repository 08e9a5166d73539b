"""Photographs and papers of a case, cleaned by ``kernel.files``: on a line of its story, and shown to everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import Conflict
from liren.foundation.kernel.files import PDF, Clean
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.models import Case, CaseEvent, CaseFile
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.story import changed, locked_case, noted, wrote


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
def publish_file(file_id: int, *, by: Actor, at: datetime) -> CaseFile:
    """Release a picture for everybody, after a look that it shows neither faces nor plates nor names (R078).

    Raises:
        NoCase, NotAllowed. Conflict: no picture, or a case that is not public.
    """
    return _released(file_id, True, by=by, at=at)


@transaction.atomic
def withdraw_file(file_id: int, *, by: Actor, at: datetime) -> CaseFile:
    """Take a released picture back."""
    return _released(file_id, False, by=by, at=at)


def _released(file_id: int, public: bool, *, by: Actor, at: datetime) -> CaseFile:
    case_id = CaseFile.objects.filter(pk=file_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NoCase.unknown()
    case = locked_case(case_id, by)
    require(by, "cases.moderate", case.unit)
    file = CaseFile.objects.defer("content").get(pk=file_id)
    if public and (case.confidentiality != "public" or file.type == PDF):
        raise Conflict(_("Only pictures of public cases are shown to everybody."))
    if (file.published_at is not None) == public:
        return file
    file.published_at, file.published_by = (at, by.label) if public else (None, "")
    file.save(update_fields=["published_at", "published_by"])
    wrote(case, "file", by=by, at=at, role="desk", told=False, facts={"file": file.pk, "published": public})
    changed(case, at=at)
    noted("published_file" if public else "withdrew_file", case, by=by, at=at, role="desk", file=file.pk)
    return file
