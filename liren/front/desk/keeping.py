"""The file between its check and its confirmation: kept for its uploader alone, for an hour, and gone once imported."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError
from liren.foundation.kernel.tables import LineFault

#: A table of 100,000 lines is some 15 MB; whoever has more imports it by the command.
MOST_BYTES = 20_000_000
KEEP_S = 3600
LONGEST_NAME = 120
#: How PDF, PNG, JPEG and GIF begin.
NO_TABLES = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


class Gone(LirenError):
    """There is no such check any more, or it is not for this actor (404)."""

    status = 404


class Report(Protocol):
    """What every import tells: with any fault nothing was, or would be, written."""

    lines: int
    new: int
    unchanged: int
    faults: list[LineFault]


@dataclass(frozen=True)
class Kept:
    """A file that was checked, and what the check found. ``owner`` and ``what``: whose it is, and what it brings."""

    owner: str
    what: str
    name: str
    source: str
    packed: bytes
    digest: str
    report: Report
    key: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def size(self) -> int:
        return len(zlib.decompress(self.packed))

    @contextmanager
    def file(self) -> Iterator[Path]:
        """The very file that was checked, on the disk for as long as it is read."""
        with on_disk(self.name, zlib.decompress(self.packed)) as path:
            yield path


@contextmanager
def on_disk(name: str, content: bytes) -> Iterator[Path]:
    """The content under its own name, which the import will record."""
    with tempfile.TemporaryDirectory(prefix="liren-import-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def read_upload(upload: UploadedFile) -> tuple[str, bytes]:
    """Name and content of an upload; BadInput for one that is too large, or plainly no table."""
    if (upload.size or 0) > MOST_BYTES:
        words = {"most": MOST_BYTES // 1_000_000}
        raise BadInput(_("The file is larger than %(most)d MB. Split it, and import the parts one by one.") % words)
    content = upload.read()
    if content.startswith(NO_TABLES):
        raise BadInput(_("This is a picture or a PDF. Tables are taken as XLSX or CSV."))
    return plain_name(upload.name or ""), content


def plain_name(name: str) -> str:
    """The last part of a name, without signs that a disk would take for something else; never too long for one."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    while len(kept.encode(errors="replace")) > LONGEST_NAME:
        kept = kept[1:]
    return kept.encode(errors="replace").decode() or "upload"


def keep(name: str, content: bytes, report: Report, *, what: str, source: str, by: Any) -> Kept:
    digest = hashlib.sha256(content).hexdigest()
    kept = Kept(by.label, what, name, source, zlib.compress(content, 6), digest, report)
    cache.set(_place(kept.key), kept, KEEP_S)
    return kept


def brought_back(key: uuid.UUID, *, what: str, by: Any) -> Kept:
    """The file of this key; Gone where its hour is over, it was imported already, or is another's."""
    kept = cache.get(_place(key.hex))
    if not isinstance(kept, Kept) or (kept.owner, kept.what) != (by.label, what):
        raise Gone(
            _("This check is gone: it is older than an hour, or the file has been imported."),
            next_step=_("Upload the file again."),
        )
    return kept


def forget(kept: Kept) -> None:
    cache.delete(_place(kept.key))


def _place(key: str) -> str:
    return f"desk.import:{key}"
