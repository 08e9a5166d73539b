"""Outlines out of an upload: GeoJSON, GeoPackage, or a zip that holds a Shapefile; nothing of it stays on the disk."""

import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from liren.foundation.kernel.errors import BadInput
from liren.foundation.territory.services.imports.outlines import Outline, read_outlines

#: Bytes of an upload, and of everything that a zip unpacks to. A city's outline is far below one megabyte.
MOST_BYTES = 20_000_000
#: Parts of a Shapefile and the other kinds that are read; whatever else a zip holds is left in it.
PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".gpkg"}
HEADS = (".shp", ".gpkg", ".geojson", ".json")


def outlines_of(upload: UploadedFile, crs: str) -> list[Outline]:
    """The outlines in an uploaded file. BadInput, with the place where there is one, for what can't be read."""
    if (upload.size or 0) > MOST_BYTES:
        raise BadInput(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    with tempfile.TemporaryDirectory(prefix="liren-upload-") as folder:
        return read_outlines(_head(Path(folder), upload), crs)


def _head(folder: Path, upload: UploadedFile) -> Path:
    """The file to begin with, in ``folder`` under a name of ours: names in uploads are not to be trusted."""
    start = upload.read(4)
    upload.seek(0)
    if start.startswith(b"PK"):
        return _unpacked(folder, upload)
    whole = folder / ("upload.gpkg" if start == b"SQLi" else "upload.geojson")
    whole.write_bytes(upload.read())
    return whole


def _unpacked(folder: Path, upload: UploadedFile) -> Path:
    try:
        with zipfile.ZipFile(upload) as archive:
            _take(folder, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadInput(_("The zip file is damaged, cut off or locked.")) from error
    for head in HEADS:
        if (folder / f"upload{head}").exists():
            return folder / f"upload{head}"
    raise BadInput(_("The zip file holds no Shapefile, GeoPackage or GeoJSON."))


def _take(folder: Path, archive: zipfile.ZipFile) -> None:
    """Write the parts that are read, one of each kind, never more than ``MOST_BYTES`` in all."""
    left = MOST_BYTES
    for entry in archive.infolist()[:100]:
        suffix = Path(entry.filename).suffix.lower()
        target = folder / f"upload{suffix}"
        if suffix not in PARTS or entry.is_dir() or target.exists():
            continue
        with archive.open(entry) as source:
            left -= _copy(source, target, left)


def _copy(source: IO[bytes], target: Path, left: int) -> int:
    content = source.read(left + 1)
    if len(content) > left:
        raise BadInput(_("The zip file unpacks to more than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    return target.write_bytes(content)
