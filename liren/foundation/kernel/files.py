"""Files that are sent in, as they are kept: what hides behind a picture or a paper stays behind.

A picture is drawn anew: place, camera and owner go. What a file is, is told by its content. SVG runs scripts and is
never taken; a paper (PDF) is written anew page by page, so that author, history, attachments and scripts stay behind.
An Office file is written anew part by part.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from liren.foundation.kernel.engine.office import NoOffice, bare_office
from liren.foundation.kernel.engine.papers import MOST_PAGES, NoPaper, bare_paper
from liren.foundation.kernel.errors import BadInput, TooLarge

MOST_FILES, MOST_BYTES = 5, 10 * 1024 * 1024
#: A telephone's photograph has 12 to 50 million points; more is no photograph of a street lamp.
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2560
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
PDF = "application/pdf"
#: How each of them begins.
PAPER = b"%PDF-"


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
    made = paper(content) if content.startswith(PAPER) else picture(content)
    return Clean(_plain_name(upload.name, ENDINGS[made.type]), made.type, made.content, made.width, made.height)


def picture(content: bytes, *, longest: int = LONGEST_SIDE, same_kind: bool = False) -> Clean:
    """The picture drawn anew, upright, without anything that is not to be seen on it; its longer side at most so many
    points. ``same_kind``: a drawing stays one, however large; a photograph stored as PNG becomes a JPEG otherwise."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as image:
            kind, (width, height) = image.format or "", image.size
            if width * height > MOST_PIXELS:
                raise BadInput(_("The picture is too large: at most 60 million points."))
            image.draft("RGB", (longest, longest))
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _written(upright, kind, longest, same_kind)
    except BadInput:
        raise
    except Exception as error:  # decoders fail in any way at hostile pictures; whatever it is, it is no picture
        raise BadInput(
            _("Only photographs (JPEG, PNG, WebP) and PDF files are taken."),
            next_step=_("Take the picture again, or leave it out."),
        ) from error


def _written(image: Image.Image, kind: str, longest: int, same_kind: bool) -> Clean:
    clear = kind != "JPEG" and image.has_transparency_data
    plain = image.convert("RGBA" if clear else "RGB")
    plain.thumbnail((longest, longest))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if kind == "PNG" and not same_kind and not clear and plain.width * plain.height > 1_000_000:
        kind = "JPEG"  # a photograph that somebody stored as PNG is several times as large
    options = {"quality": 85} if kind != "PNG" else {}
    bare.save(out, kind, **options)
    return Clean("", TYPES[kind], out.getvalue(), bare.width, bare.height)


def paper(content: bytes) -> Clean:
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


def office(content: bytes, kind: str) -> bytes:
    """A text or a workbook ("docx", "xlsx") with what it shows alone."""
    try:
        return bare_office(content, kind)
    except NoOffice as error:
        said, step = _office_refusal(error.reason)
        raise BadInput(said, next_step=step) from error


def _office_refusal(reason: str) -> tuple[str, str]:
    """Why an Office file is not taken, and what to do next."""
    as_pdf = _("Save it as PDF, or send only the part that matters.")
    if reason == "locked":
        return _("This Office file is locked by a password."), _("Save it without a password, or as PDF.")
    if reason == "large":
        return _("This Office file unpacks to more than can be taken."), as_pdf
    if reason == "macros":
        return _("This Office file holds macros."), _("Save it as DOCX or XLSX without macros, or as PDF.")
    if reason == "hidden":
        return (
            _("This workbook has hidden sheets, or content in hidden rows or columns: who has the file can read it."),
            _("Delete what is hidden, or show it if everybody may read it, and send the file again."),
        )
    if reason == "picture":
        return _("This Office file holds a picture that is neither JPEG, PNG nor GIF."), as_pdf
    return _("This Office file is not whole."), _("Open it, save it anew as DOCX or XLSX, or as PDF.")


def _plain_name(name: str, ending: str) -> str:
    """The last part of the name, without signs that a file system or a page could take for something else."""
    last = name[-400:].replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*&')
    return (kept.strip(". ")[-100:] or "file") + ending
