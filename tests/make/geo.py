"""Builders for the files that imports read: a small list of divisions, outlines, tables of counts."""

import gzip
import json
from pathlib import Path
from typing import Any

# A fictional province 99 with the patterns of the real list: a city with districts, one without, one that the list
# repeats as its own area, and a county straight under the province.
LISTS: dict[str, list[str]] = {
    "provinces": ["code,name", '99,"里仁省"'],
    "cities": [
        "code,name,provinceCode",
        '9901,"里仁市",99',
        '9902,"仁关市",99',
        '9903,"莞仁市",99',
        '9990,"省直辖县级行政区划",99',
    ],
    "areas": [
        "code,name,cityCode,provinceCode",
        '990102,"望江区",9901,99',
        '990201,"仁关市",9902,99',
        '990300,"莞仁市",9903,99',
        '999001,"济仁市",9990,99',
    ],
    "streets": [
        "code,name,areaCode,provinceCode,cityCode",
        '990102001,"东街街道",990102,99,9901',
        '990102100,"石桥镇",990102,99,9901',
        '990201001,"雄关街道",990201,99,9902',
        '990300003,"东城街道",990300,99,9903',
        '999001100,"北海镇",999001,99,9990',
    ],
    "villages": [
        "code,name,streetCode,provinceCode,cityCode,areaCode",
        '990102001001,"柳荫社区居委会",990102001,99,9901,990102',
        '990102001002,"梅园社区居民委员会",990102001,99,9901,990102',
        '990102100201,"石桥村村民委员会",990102100,99,9901,990102',
        '990201001001,"福民社区居委会",990201001,99,9902,990201',
        '990300003001,"岗贝社区居委会",990300003,99,9903,990300',
        '999001100200,"庙街村委会",999001100,99,9990,999001',
    ],
}


def division_list(folder: Path, *, packed: bool = False, **tables: list[str] | bytes) -> Path:
    """Write the five tables; a keyword replaces one of them by other lines or by raw bytes."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, lines in LISTS.items():
        given = tables.get(name, lines)
        raw = given if isinstance(given, bytes) else ("\n".join(given) + "\n").encode()
        path = folder / (f"{name}.csv.gz" if packed else f"{name}.csv")
        path.write_bytes(gzip.compress(raw) if packed else raw)
    return folder


def with_line(table: str, number: int, line: str) -> list[str]:
    """The lines of a table with one of them (counted from 1) replaced."""
    return [line if place == number else kept for place, kept in enumerate(LISTS[table], 1)]


def square(west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    """A GeoJSON square, in degrees."""
    east, north = round(west + size, 9), round(south + size, 9)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(path: Path, *features: tuple[dict[str, Any], dict[str, Any]], crs: str = "") -> Path:
    """A collection of (properties, geometry); ``crs`` adds the older member of that name."""
    rows = [{"type": "Feature", "properties": facts, "geometry": shape} for facts, shape in features]
    data: dict[str, Any] = {"type": "FeatureCollection", "features": rows}
    if crs:
        data["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
