"""Values that have broken web pages before. Each has a name, so that a failing test says which one it was."""

import io
import struct
import zipfile
from functools import cache

TEXTS: dict[str, str] = {
    "empty": "",
    "blank": " \t ",
    "nul": "a\x00b",
    "control": "\x01\x1f\x7f",
    "surrogate": "\ud800",
    "replacement": "\ufffd",
    "right to left": "\u202egnp.exe",
    "zero width": "里\u200b仁\u200d",
    "combining": "Z" + "\u0351" * 50,
    "emoji": "👨‍👩‍👧‍👦🇨🇳",
    "rare han": "𠀀𪚥𬭩",
    "very long": "长" * 7_000,
    "quote": "' OR 1=1; DROP TABLE territory_unit; --",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "template": "{{ request }}{% load x %}${7*7}",
    "percent": "%s%n%(x)s{0}%",
    "like": "%_\\%",
    "newlines": "a\r\nSet-Cookie: x=1\r\n\r\nb",
    "path": "../../../../etc/passwd",
    "json list": '["a", 1]',
    "tsquery": "a & | ! <-> ':*",
}
NUMBERS: dict[str, str] = {
    "minus one": "-1",
    "zero": "0",
    "past int4": str(2**31),
    "past bigint": str(2**63),
    "ten to the thirty": str(10**30),
    "five thousand digits": "9" * 5_000,
    "fraction": "1.5",
    "exponent": "1e400",
    "not a number": "NaN",
    "infinity": "-inf",
    "full width": "１２３",
    "arabic digits": "٣",
    "superscript": "²",
    "hex": "0x10",
    "underscore": "1_000",
}
DATES: dict[str, str] = {
    "year zero": "0000-00-00",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "day thirty": "2025-02-30",
    "month thirteen": "2025-13-01",
    "five digit year": "10000-01-01",
    "bc": "-1",
    "words": "infinity",
    "moment": "2025-01-01T25:61:61Z",
    "slashes": "2025/1/1",
}
VALUES: dict[str, str] = TEXTS | NUMBERS | DATES

HEADERS: dict[str, dict[str, str]] = {
    "language of garbage": {"HTTP_ACCEPT_LANGUAGE": "zz-\x01;q=9,*;;;q=,,,=" + "x" * 4_000},
    "accept of garbage": {"HTTP_ACCEPT": "\\/*;;;q=a,application/json;q=2,text/html"},
    "json wanted": {"HTTP_ACCEPT": "application/json"},
    "foreign host": {"HTTP_HOST": "evil.example"},
    "broken host": {"HTTP_HOST": "a b\x00:99999999"},
    "cookie of garbage": {"HTTP_COOKIE": 'sessionid="\\377\\000; csrftoken=\ud7ff; ;;==; a'.encode().decode("latin-1")},
    "forged session": {"HTTP_COOKIE": "sessionid=" + "a" * 32 + "; csrftoken=short; messages=x:y:z"},
    "huge cookie": {"HTTP_COOKIE": "x=" + "y" * 9_000},
    "fragment asked": {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "\x00"},
    "length that lies": {"CONTENT_LENGTH": "-5"},
    "length of words": {"CONTENT_LENGTH": "ten"},
    "type of garbage": {"CONTENT_TYPE": "multipart/form-data"},
    "charset unknown": {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=klingon"},
    "forwarded": {"HTTP_X_FORWARDED_FOR": "not-an-address, ::gg, 1.1.1.1" * 50, "HTTP_X_FORWARDED_PROTO": "gopher"},
    "referer of garbage": {"HTTP_REFERER": "javascript:\x0b//"},
    "conditional": {"HTTP_IF_MODIFIED_SINCE": "never", "HTTP_IF_NONE_MATCH": '"\x00'},
    "range": {"HTTP_RANGE": "bytes=9999999999-1"},
}


def zip_bomb(megabytes: int = 64) -> bytes:
    """A small zip that unpacks to a .shp of that many MB of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in ("a.shp", "a.shx", "a.dbf"):
            archive.writestr(name, b"\0" * megabytes * 1_000_000)
    return out.getvalue()


def zip_with_path() -> bytes:
    """A zip whose entry wants to climb out of the folder that it is unpacked to."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../../../tmp/liren-escaped.shp", b"x")
    return out.getvalue()


SQUARE = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon",'
    b'"coordinates":[[[104,30],[104.01,30],[104.01,30.01],[104,30.01],[104,30]]]}}]}'
)
BOW_TIE = SQUARE.replace(b"[104.01,30],[104.01,30.01],[104,30.01]", b"[104.01,30.01],[104.01,30],[104,30.01]")


@cache
def files() -> dict[str, tuple[str, bytes]]:
    """Uploads by name: file name and content. Made at the first call, because the bomb takes a moment."""
    return {
        "empty": ("a.geojson", b""),
        "cut off": ("a.geojson", SQUARE[: len(SQUARE) // 2]),
        "crosses itself": ("a.geojson", BOW_TIE),
        "not a number": ("a.geojson", SQUARE.replace(b"104.01", b"NaN")),
        "far too large number": ("a.geojson", SQUARE.replace(b"104.01", b"1e400")),
        "off the globe": ("a.geojson", SQUARE.replace(b"104.01", b"4000")),
        "a point": ("a.geojson", b'{"type":"Point","coordinates":[104,30]}'),
        "no geometry": ("a.geojson", b'{"type":"Feature","properties":{},"geometry":null}'),
        "list": ("a.geojson", b"[1,2,3]"),
        "deep": ("a.geojson", b"[" * 50_000),
        "wrong encoding": ("a.geojson", b"\xff\xfe\x00{"),
        "picture under a map's name": ("a.geojson", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        "sqlite that is none": ("a.gpkg", b"SQLite format 3\0" + b"\0" * 5_000),
        "zip cut off": ("a.zip", zip_bomb(1)[:200]),
        "zip of nothing": ("a.zip", b"PK\x05\x06" + b"\0" * 18),
        "zip that climbs": ("a.zip", zip_with_path()),
        "zip bomb": ("a.zip", zip_bomb()),
        "shapefile without its sisters": ("a.shp", struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50) + b"\0" * 72),
        "unknown kind": ("a.exe", b"MZ"),
        "name that climbs": ("../../a.geojson", SQUARE),
        "name of control characters": ("a\x01\n.geojson", SQUARE),
        "three megabytes": ("a.geojson", b" " * 3_000_000 + SQUARE),
    }
