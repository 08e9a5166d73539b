"""Builders for papers: PDF files put together object by object, so that a test says all that stands in them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

HEAD = b"%PDF-1.7\n"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]"


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1, of which the first is the catalogue."""
    out, starts = bytearray(HEAD), []
    for number, one in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    return bytes(
        out + b"trailer\n<</Root 1 0 R/Size %d%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    )


def stream(content: bytes, facts: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (facts, len(content), content)


def packed(content: bytes, facts: bytes = b"") -> bytes:
    return stream(zlib.compress(content, 9), facts + b"/Filter/FlateDecode")


def pages(count: int = 1, *, catalogue: bytes = b"", page: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A file of so many pages alike; ``more`` are objects from number 3 on, before those of the pages."""
    first = 3 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + n) for n in range(count))
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count)
    root = b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue
    return pdf([root, tree, *more, *[PAGE + page + b">>"] * count])


def paper(words: bytes = b"0 0 1 rg 10 10 50 50 re f") -> bytes:
    """One page with a drawing, as a scanner or an office program would send it."""
    return pages(page=b"/Contents 3 0 R", more=[stream(words)])


def joined_table(count: int, octets: int) -> bytes:
    """A file whose tables are packed, each unpacking to so many octets, one behind the other."""
    out, before = bytearray(HEAD + b"1 0 obj<</Type/Catalog>>endobj\n"), b""
    table = zlib.compress(bytes(octets), 9)
    for _ in range(count):
        at = len(out)
        facts = b"/Type/XRef/Filter/FlateDecode/Size 4/W[1 2 1]/Root 1 0 R" + before
        out += b"9 0 obj" + stream(table, facts) + b"endobj\n"
        before = b"/Prev %d" % at
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)


def inner_table(content: bytes) -> bytes:
    """A file whose catalogue lies in a packed stream of objects."""
    out = bytearray(HEAD)
    at = len(out)
    out += b"1 0 obj" + packed(b"1000 0 " + content, b"/Type/ObjStm/N 1/First 7") + b"endobj\n"
    rows = bytes(5) + b"\1" + at.to_bytes(3, "big") + b"\0\2" + (1).to_bytes(3, "big") + b"\0"
    at = len(out)
    out += b"9 0 obj" + packed(rows, b"/Type/XRef/Size 3/W[1 3 1]/Root 2 0 R") + b"endobj\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % at)
