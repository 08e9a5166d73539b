"""Photographs inside of papers: what stands beside the picture itself is taken out, and no point of it is changed."""

from __future__ import annotations

import struct

#: Markers without a length, and those segments that say how colours are meant (JFIF, ICC profile, Adobe).
ALONE = {0x01, *range(0xD0, 0xD8)}
COLOURS = {0xE0, 0xE2, 0xEE}
START, SCAN = b"\xff\xd8", 0xDA


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without camera, place, owner, preview and remarks (ITU-T T.81, annex B); and nothing behind its end.

    Raises:
        ValueError: it is none.
    """
    if not data.startswith(START):
        raise ValueError("no JPEG")
    kept, at = [START], 2
    while True:
        if at + 4 > len(data) or data[at] != 0xFF:
            raise ValueError("a JPEG that is not whole")
        marker = data[at + 1]
        if marker == 0xFF or marker in ALONE:  # filling, or a marker without content
            at += 1 if marker == 0xFF else 2
            continue
        if marker == SCAN:
            end = data.rfind(b"\xff\xd9")
            return b"".join([*kept, data[at : end + 2] if end > at else data[at:]])
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker in COLOURS or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[at : at + 2 + length])
        at += 2 + max(length, 2)
