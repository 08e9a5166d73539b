"""How much an extract of OpenStreetMap unpacks to, told by its frames alone: nothing is unpacked to find out.

PBF: a length of four octets, a header with the size of what follows, and a blob that names the size it unpacks to
(``raw_size``; libosmium unpacks no more than that). Source: https://wiki.openstreetmap.org/wiki/PBF_Format
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

#: Headers are below 64 KiB by the format.
MOST_HEADER = 64 * 1024
RAW_SIZE, DATA_SIZE = 2, 3


def unpacked_octets(path: Path) -> int:
    """The sum of what the blobs of a file say of themselves; where the frames break off, of those before."""
    with path.open("rb") as file:
        return sum(_sizes(file, path.stat().st_size))


def _sizes(file: BinaryIO, end: int) -> Iterator[int]:
    while len(frame := file.read(4)) == 4:
        header = file.read(min(int.from_bytes(frame, "big"), MOST_HEADER))
        size = _fields(header).get(DATA_SIZE, 0)
        if not size or file.tell() + size > end:
            return
        yield _fields(file.read(size)).get(RAW_SIZE, size)


def _fields(octets: bytes) -> dict[int, int]:
    """The numbers among the fields of a message of protobuf, of several the largest; texts are passed over."""
    found: dict[int, int] = {}
    at = 0
    while at < len(octets):
        key, at = _number(octets, at)
        value, at = _number(octets, at)
        if key & 7 == 2:
            at += value
        elif key & 7 == 0:
            found[key >> 3] = max(value, found.get(key >> 3, 0))
        else:
            break
    return found


def _number(octets: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(octets) and shift < 64:
        value |= (octets[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not octets[at - 1] & 0x80:
            break
    return value, at
