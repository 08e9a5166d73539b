"""The file between its check and its confirmation: kept for its uploader alone, for an hour, and gone once imported."""

from __future__ import annotations

import hashlib
import tempfile
import uuid
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import connections
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput, LirenError

#: 300,000 lines, the most that one import takes, are some 45 MB.
MOST_BYTES = 60_000_000
#: Some 2,000 lines: what is larger is read by the worker, and the page says how far it has come.
MOST_AT_ONCE = 100_000
KEEP_S = 3600
LONGEST_NAME = 120
#: How PDF, PNG, JPEG and GIF begin.
NO_TABLES = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")


class Gone(LirenError):
    """There is no such check any more, or it is not for this actor (404)."""

    status = 404


#: Told the stage, the lines that were read, and how many there are, if that is known.
Progress = Callable[[str, int, int], None]


class Fault(Protocol):
    """What is wrong in a line of a file, in words where it is read."""

    @property
    def line(self) -> int: ...

    @property
    def field(self) -> str: ...

    @property
    def says(self) -> str: ...


class Report(Protocol):
    """What every import tells: with any fault nothing was, or would be, written."""

    lines: int
    new: int
    unchanged: int

    @property
    def faults(self) -> Sequence[Fault]: ...


def counted(report: Report) -> int:
    """How many faults there are, be it more than were kept."""
    return int(getattr(report, "fault_count", len(report.faults)))


@dataclass(frozen=True)
class Kept:
    """A file, and what its check found. ``owner`` and ``what``: whose it is, and what it brings.

    ``step``: what a worker is doing with it ("check", "import"), "" when nobody is. ``is_done``: it has been imported,
    and only the report is left. ``refusal``: why it could not be read.
    """

    owner: str
    what: str
    name: str
    source: str
    packed: bytes
    digest: str
    report: Report
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    step: str = ""
    is_done: bool = False
    refusal: str = ""

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


def keep(name: str, content: bytes, report: Report, *, what: str, source: str, by: Any, step: str = "") -> Kept:
    digest = hashlib.sha256(content).hexdigest()
    kept = Kept(by.label, what, name, source, zlib.compress(content, 6), digest, report, step=step)
    cache.set(_place(kept.key), kept, KEEP_S)
    return kept


def changed(kept: Kept, **facts: Any) -> Kept:
    """The same file with what has become of it, kept for another hour."""
    kept = replace(kept, **facts)
    cache.set(_place(kept.key), kept, KEEP_S)
    return kept


def how_far(kept: Kept) -> tuple[str, int]:
    """The stage that the worker has come to ("" before it begins), and the lines it has read."""
    stage, lines = cache.get(_progress(kept)) or ("", 0)
    return stage, lines


@contextmanager
def telling(kept: Kept) -> Iterator[Progress]:
    """Progress that can be seen while the import goes on.

    The import is one transaction, of which nobody sees anything before its end: what is told here goes another way, in
    a thread with a connection of its own.
    """
    with ThreadPoolExecutor(max_workers=1) as aside:
        try:
            yield lambda stage, lines, _total: _tell(aside, kept, stage, lines)
        finally:
            aside.submit(connections.close_all)


def _tell(aside: ThreadPoolExecutor, kept: Kept, stage: str, lines: int) -> None:
    aside.submit(cache.set, _progress(kept), (stage, lines), KEEP_S)


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


def _progress(kept: Kept) -> str:
    return f"desk.import.progress:{kept.key}:{kept.step}"
