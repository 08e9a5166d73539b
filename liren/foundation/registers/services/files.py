"""Files of entries: of few kinds, told by their first bytes and not by their names, cleaned once and never changed.

All are written anew (``kernel.files``), papers and pictures as those of cases are: author, history, place stay behind.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, TooLarge
from liren.foundation.kernel.files import office, paper, picture
from liren.foundation.kernel.rights import Actor, require
from liren.foundation.registers.models import Attachment, Entry
from liren.foundation.registers.models import register as register_of
from liren.foundation.registers.models.books import MOST_FILE_BYTES
from liren.foundation.registers.models.reach import Spot
from liren.foundation.registers.services.checks import locked_entry
from liren.foundation.registers.services.entries import change_entry

#: Of a picture of an entry, in points: plans and certificates are read more closely than photographs of a lamp.
LONGEST_SIDE = 6000
STARTS = {
    b"%PDF-": Attachment.Type.PDF,
    b"\x89PNG\r\n\x1a\n": Attachment.Type.PNG,
    b"\xff\xd8\xff": Attachment.Type.JPEG,
}
# Parts by which an Office file is told, and parts that run something.
OFFICE = {"xl/workbook.xml": Attachment.Type.XLSX, "word/document.xml": Attachment.Type.DOCX}
MACROS = "vbaproject.bin"


@transaction.atomic
def add_file(register: str, number: int, *, field: str, name: str, content: bytes, by: Actor, at: datetime) -> Entry:
    """Put a file into a field of an entry; the file that was there before stays in the history.

    Raises:
        NoEntry, NotAllowed, TooLarge. BadInput: no such field, or a file of a kind that is not taken.
    """
    book_of = register_of(register)
    entry = locked_entry(book_of, number)
    require(by, "registers.keep", Spot(book_of, entry.unit))
    spec = book_of.spec.by_code.get(field)
    if spec is None or spec.kind != "file":
        raise BadInput(_("There is no field for a file of this name."))
    if len(content) > MOST_FILE_BYTES:
        raise TooLarge(_("The file is larger than 10 MB."), next_step=_("Send a smaller file: at most 10 MB."))
    kind = kind_of(content)
    content = _bare(content, kind)
    if len(content) > MOST_FILE_BYTES:
        raise TooLarge(_("The file is larger than 10 MB."), next_step=_("Send a smaller file: at most 10 MB."))
    kept = Attachment.objects.create(
        entry=entry,
        field=field,
        name=_plain_name(name),
        type=kind,
        content=content,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        added_by=by.label,
        added_at=at,
    )
    return change_entry(register, number, values={field: str(kept.pk)}, by=by, at=at)


def _bare(content: bytes, kind: str) -> bytes:
    """A file without what hides behind it. A plan keeps its kind, and more points than a photograph."""
    if kind == Attachment.Type.PDF:
        return paper(content).content
    if kind in (Attachment.Type.PNG, Attachment.Type.JPEG):
        return picture(content, longest=LONGEST_SIDE, same_kind=True).content
    return office(content, {Attachment.Type.XLSX: "xlsx", Attachment.Type.DOCX: "docx"}[Attachment.Type(kind)])


def _plain_name(name: str) -> str:
    """The last part of the name, without signs that a file system or a page could take for something else."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*')
    return kept.strip(". ")[-120:] or "file"


def kind_of(content: bytes) -> str:
    """What the file is, by its content; BadInput for anything that is not taken."""
    for start, kind in STARTS.items():
        if content.startswith(start):
            return str(kind)
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = {part.lower() for part in archive.namelist()[:2000]}
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            parts = set()
        for part, kind in OFFICE.items():
            if part in parts and not any(one.endswith(MACROS) for one in parts):
                return str(kind)
    raise BadInput(_("Only PDF, PNG, JPEG, XLSX and DOCX files without macros are taken."))
