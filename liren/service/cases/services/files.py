"""Photographs and papers of a case. A picture is drawn anew: place, camera, owner and what hides behind it go.

What a file is, is told by its content. SVG runs scripts and is never taken; a paper (PDF) is written anew page by page,
so that author, history, attachments and scripts stay behind.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from liren.foundation.kernel.errors import BadInput, Conflict, TooLarge
from liren.foundation.kernel.rights import Actor, require
from liren.service.cases.engine.papers import MOST_PAGES, NoPaper, bare_paper
from liren.service.cases.models import Case, CaseEvent, CaseFile
from liren.service.cases.queries.details import NoCase
from liren.service.cases.services.story import changed, locked_case, noted, wrote

MOST_FILES, MOST_BYTES = 5, 10 * 1024 * 1024
#: A telephone's photograph has 12 to 50 million points; more is no photograph of a street lamp.
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2560
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
PDF = "application/pdf"


@dataclass(frozen=True)
class Upload:
    """A file as it was sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Clean:
    """A file as it is kept."""

    name: str
    type: str
    content: bytes
    width: int | None = None
    height: int | None = None


def cleaned(uploads: Iterable[Upload]) -> list[Clean]:
    """Files as they are kept; BadInput or TooLarge for the first that is not taken."""
    uploads = list(uploads)
    if len(uploads) > MOST_FILES:
        raise BadInput(_("At most %(most)s files are taken at a time.") % {"most": MOST_FILES})
    return [_cleaned(one) for one in uploads]


def _cleaned(upload: Upload) -> Clean:
    content = bytes(upload.content)
    if len(content) > MOST_BYTES:
        raise TooLarge(_("The file is larger than 10 MB."), next_step=_("Send a smaller file: at most 10 MB."))
    made = _paper(content) if content.startswith(b"%PDF-") else _drawn(content)
    return Clean(_plain_name(upload.name, ENDINGS[made.type]), made.type, made.content, made.width, made.height)


def _drawn(content: bytes) -> Clean:
    """The picture drawn anew, upright, without anything that is not to be seen on it."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as image:
            kind, (width, height) = image.format or "", image.size
            if width * height > MOST_PIXELS:
                raise BadInput(_("The picture is too large: at most 60 million points."))
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _written(upright, kind)
    except BadInput:
        raise
    except Exception as error:  # decoders fail in any way at hostile pictures; whatever it is, it is no picture
        raise BadInput(
            _("Only photographs (JPEG, PNG, WebP) and PDF files are taken."),
            next_step=_("Take the picture again, or leave it out."),
        ) from error


def _written(image: Image.Image, kind: str) -> Clean:
    clear = kind != "JPEG" and image.has_transparency_data
    plain = image.convert("RGBA" if clear else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if kind == "PNG" and not clear and plain.width * plain.height > 1_000_000:
        kind = "JPEG"  # a photograph that somebody stored as PNG is several times as large
    options = {"quality": 85} if kind != "PNG" else {}
    bare.save(out, kind, **options)
    return Clean("", TYPES[kind], out.getvalue(), bare.width, bare.height)


def _paper(content: bytes) -> Clean:
    """The paper with its pages alone."""
    try:
        return Clean("", PDF, bare_paper(content))
    except NoPaper as error:
        said, step = _refusal(error.reason)
        raise BadInput(said, next_step=step) from error


def _refusal(reason: str) -> tuple[str, str]:
    """Why a paper is not taken, and what to do next."""
    if reason == "locked":
        return _("This PDF file is locked by a password."), _("Save it without a password, or photograph the paper.")
    if reason == "large":
        return (
            _("This PDF file is too large: at most %(most)s pages are taken.") % {"most": MOST_PAGES},
            _("Send only the pages that matter."),
        )
    return _("This PDF file is not whole."), _("Print it into a new PDF file, or photograph the paper.")


def _plain_name(name: str, ending: str) -> str:
    """The last part of the name, without signs that a file system or a page could take for something else."""
    last = name[-400:].replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*&')
    return (kept.strip(". ")[-100:] or "file") + ending


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
