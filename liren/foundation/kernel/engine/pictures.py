"""Pictures inside of papers and Office files: what stands beside the picture itself is taken out, and no point of it is
changed."""

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


PNG = b"\x89PNG\r\n\x1a\n"
#: Parts of a PNG by which it looks as it does, animated ones with them (PNG, third edition).
DRAWN = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"bKGD",
        b"pHYs", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip


def bare_png(data: bytes) -> bytes:
    """A PNG without remarks, camera, place and time; and nothing behind its end. ValueError: it is none."""
    if not data.startswith(PNG):
        raise ValueError("no PNG")
    kept, at = [PNG], len(PNG)
    while True:
        if at + 12 > len(data):
            raise ValueError("a PNG that is not whole")
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError("a PNG that is not whole")
        if kind in DRAWN:
            kept.append(data[at:end])
        if kind == b"IEND":
            return b"".join(kept)
        at = end


#: Remarks, and text that no program draws any more (GIF89a, 24, 25); blocks of programs, of which one is seen: repeat.
SPOKEN, OWN, REPEATED = {0xFE, 0x01}, 0xFF, b"NETSCAPE2.0"


def bare_gif(data: bytes) -> bytes:
    """A GIF without remarks and what programs hung on it; and nothing behind its end. ValueError: it is none."""
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < 13:
        raise ValueError("no GIF")
    at = 13 + _colours(data[10])
    kept = [data[:at]]
    while at < len(data):
        if data[at] == 0x3B:
            return b"".join([*kept, b";"])
        if data[at] == 0x21:
            end = _blocks(data, at + 2)
            if data[at + 1] not in SPOKEN and (data[at + 1] != OWN or data[at + 3 : at + 14] == REPEATED):
                kept.append(data[at:end])
        elif data[at] == 0x2C and at + 10 < len(data):
            end = _blocks(data, at + 11 + _colours(data[at + 9]))
            kept.append(data[at:end])
        else:
            break
        at = end
    raise ValueError("a GIF that is not whole")


def _colours(flags: int) -> int:
    """Octets of the table of colours that follows."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """Where a row of blocks that begins here ends."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    if at >= len(data):
        raise ValueError("a GIF that is not whole")
    return at + 1


def bare_picture(data: bytes) -> tuple[bytes, str, str]:
    """A JPEG, PNG or GIF bared, its ending and its type. ValueError: it is none of them."""
    if data.startswith(START):
        return bare_jpeg(data), ".jpeg", "image/jpeg"
    if data.startswith(PNG):
        return bare_png(data), ".png", "image/png"
    return bare_gif(data), ".gif", "image/gif"
