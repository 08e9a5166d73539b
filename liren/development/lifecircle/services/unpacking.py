"""A zip that holds a Shapefile, GeoPackage or GeoJSON, unpacked into a folder that goes again; bounded, named by us."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liren.development.lifecircle.spoken import NotWorkedOut

#: Octets that all parts together may unpack to; the ways of a city of a million nodes take some 100 MB as a Shapefile.
MOST_UNPACKED = 200_000_000
MOST_ENTRIES = 200
HEADS = (".shp", ".gpkg", ".geojson", ".json")
PARTS = {*HEADS, ".shx", ".dbf", ".prj", ".cpg"}
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file inside a zip to begin with, under the zip's own name; parts of one name belong together.

    Raises:
        NotWorkedOut: no whole zip, a locked one, one that holds nothing of ways, several, or far more than a city.
    """
    with tempfile.TemporaryDirectory(prefix="liren-ways-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                _take(archive, Path(folder), path)
        except BROKEN as error:
            raise NotWorkedOut("zip_broken", file=path.name[:100]) from error
        yield next(found for head in HEADS if (found := Path(folder) / f"{path.stem}{head}").exists())


def _take(archive: zipfile.ZipFile, folder: Path, path: Path) -> None:
    """Write the parts that belong to the one file of ways; names in a zip are not trusted, only their endings."""
    entries = [one for one in archive.infolist()[:MOST_ENTRIES] if not one.is_dir() and "__MACOSX" not in one.filename]
    heads = [one for one in entries if _ending(one) in HEADS]
    if len(heads) != 1:
        raise NotWorkedOut("zip_of_several" if heads else "zip_without_ways", file=path.name[:100])
    wanted = heads[0].filename.rsplit(".", 1)[0]
    left = MOST_UNPACKED
    for one in entries:
        if _ending(one) in PARTS and one.filename.rsplit(".", 1)[0] == wanted:
            left -= _copy(archive, one, folder / f"{path.stem}{_ending(one)}", left, path.name)


def _ending(entry: zipfile.ZipInfo) -> str:
    return Path(entry.filename).suffix.lower()


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int, name: str) -> int:
    """Written piece by piece and counted on the way: what a zip says of its sizes may be a lie."""
    done = 0
    with archive.open(entry) as source, target.open("wb") as out:
        while piece := source.read(1 << 20):
            done += len(piece)
            if done > left:
                raise NotWorkedOut("zip_unpacks", file=name[:100], most=MOST_UNPACKED // 1_000_000)
            out.write(piece)
    return done
