"""A picture of the city as SVG: for the README, and to see whether it looks like one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from liren.front.demo.engine.ground import CENTRE, METRES_PER_DEGREE
from liren.front.demo.engine.names import CITY_ZH, RIVER_ZH
from liren.front.demo.engine.regions import COMMUNITY, DISTRICT, STREET
from liren.front.demo.engine.rows import City, Outline, Ring
from liren.front.demo.engine.streets import WIDTH_M, edges

_LAND = {
    "park": "#b9d9a3", "green": "#cfe3bb", "fields": "#eef0d2", "village": "#eef0d2", "industry": "#d9d5df",
    "works": "#e2dce0", "old": "#ead6bd", "homes": "#f3ebdf", "shops": "#f3dcd2", "school": "#f1e6c0",
}  # fmt: skip
_HOMES = {
    "estate": "#dcc8ae", "old_courtyard": "#cfa987", "rural_cluster": "#d8c39b", "rural_scattered": "#d8c39b",
    "shanty": "#c9a79a", "urban_village": "#d0b28c",
}  # fmt: skip
_ROAD = {
    "arterial": "#f6c667", "primary": "#fbe29b", "secondary": "#ffffff", "local": "#ffffff", "lane": "#fffaf0",
    "rural": "#ffffff", "path": "#ffffff",
}  # fmt: skip
_GROUND, _WATER, _EDGE = "#f4efe6", "#a9cfe0", "#b9ab98"


class _Canvas:
    """Collects shapes; metres in, pixels out."""

    def __init__(self, city: City, width: int) -> None:
        shape = np.concatenate([_metres(ring) for ring in city.outlines[0].rings])
        low, high = shape.min(axis=0), shape.max(axis=0)
        pad = 0.03 * float((high - low).max())
        self.low, self.scale = low - pad, width / float(high[0] - low[0] + 2 * pad)
        self.width, self.height = width, round(float(high[1] - low[1] + 2 * pad) * self.scale)
        self.parts: list[str] = []
        self.taken: list[tuple[float, float, float, float]] = []

    def points(self, metres: np.ndarray) -> str:
        """A path through points in metres."""
        x = (metres[:, 0] - self.low[0]) * self.scale
        y = self.height - (metres[:, 1] - self.low[1]) * self.scale
        return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))

    def area(self, rings: Sequence[np.ndarray], fill: str, extra: str = "") -> None:
        """A filled shape."""
        path = "".join(self.points(ring) + "Z" for ring in rings)
        self.parts.append(f'<path d="{path}" fill="{fill}" {extra}/>')

    def line(self, runs: Iterable[np.ndarray], colour: str, width_m: float, least: float, extra: str = "") -> None:
        """Lines of one width."""
        path = "".join(self.points(run) for run in runs)
        wide = max(least, width_m * self.scale)
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{wide:.2f}" {extra}/>')

    def text(self, at: np.ndarray, words: str, size: float, colour: str) -> None:
        """A label with a halo; left out where another stands already."""
        x, y = (at[0] - self.low[0]) * self.scale, self.height - (at[1] - self.low[1]) * self.scale
        half = size * len(words) / 2
        box = (x - half, y - size, x + half, y + 0.3 * size)
        if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.taken):
            return
        self.taken.append(box)
        self.parts.append(
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size:.0f}" fill="{colour}" text-anchor="middle" '
            f'stroke="#fffdf8" stroke-width="{size / 5:.1f}" paint-order="stroke">{escape(words)}</text>'
        )


def _metres(ring: Ring) -> np.ndarray:
    """Longitude and latitude to metres from the centre."""
    shrink = math.cos(math.radians(CENTRE[1]))
    return np.stack(
        [(ring[:, 0] - CENTRE[0]) * METRES_PER_DEGREE * shrink, (ring[:, 1] - CENTRE[1]) * METRES_PER_DEGREE], axis=1
    )


def _lattice(city: City, points: Sequence[tuple[float, float]]) -> np.ndarray:
    """Lattice points to metres from the centre."""
    at = np.array(points, dtype=np.float64)
    return np.stack(city.ground.warped(at[:, 0], at[:, 1]), axis=1)


def _box(city: City, u0: int, v0: int, u1: int, v1: int) -> np.ndarray:
    """The outline of a rectangle of the lattice, fine enough to be curved."""
    us, vs = range(u0, u1, 3), range(v0, v1, 3)
    ring = [(u, v0) for u in us] + [(u1, v) for v in vs] + [(u, v1) for u in range(u1, u0, -3)]
    return _lattice(city, [*ring, *[(u0, v) for v in range(v1, v0, -3)]])


def _draw_land(city: City, canvas: _Canvas) -> None:
    canvas.area([_metres(ring) for ring in city.outlines[0].rings], "#eef0d2")
    for place in city.units[0].members:
        block = city.mesh.blocks[place]
        canvas.area([_box(city, block.u0, block.v0, block.u1, block.v1)], _LAND[city.uses[place]])
    kinds = {c.unit: city.units[c.unit].face.kind for c in city.compounds}
    for outline in city.outlines:
        if outline.owner in kinds:
            canvas.area([_metres(ring) for ring in outline.rings], _HOMES[kinds[outline.owner]])


def _draw_water(city: City, canvas: _Canvas) -> None:
    south, north = city.ground.river
    canvas.area([_box(city, 0, south, 2 * city.ground.half, north)], _WATER)
    for place in city.units[0].members:
        if city.uses[place] == "park":
            block = city.mesh.blocks[place]
            u, v = (block.u0 + block.u1) / 2, (block.v0 + block.v1) / 2
            a, b = 0.3 * (block.u1 - block.u0), 0.22 * (block.v1 - block.v0)
            turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
            far = 1 + 0.16 * np.sin(3 * turn + 1) + 0.1 * np.sin(5 * turn)
            lake = list(zip((u + a * far * np.cos(turn)).tolist(), (v + b * far * np.sin(turn)).tolist(), strict=True))
            canvas.area([_lattice(city, lake)], _WATER)


def _draw_streets(city: City, canvas: _Canvas) -> None:
    found = edges(city.ground, city.mesh)
    walks = [_lattice(city, e.points) for e in found if e.kind == "path"]
    canvas.line(walks, "#b08d66", 3, 0.7, 'stroke-dasharray="2 2"')
    order = ("rural", "lane", "local", "secondary", "primary", "arterial")
    for casing in (True, False):
        for kind in order:
            runs = [_lattice(city, e.points) for e in found if e.kind == kind]
            if runs:
                wide, least = WIDTH_M[kind] * 0.8, 1.2 if kind in ("lane", "rural") else 1.8
                colour = _EDGE if casing else _ROAD[kind]
                canvas.line(
                    runs, colour, wide + (7 if casing else 0), least + (1.1 if casing else 0), 'stroke-linecap="round"'
                )


def _current(city: City, level: int) -> list[Outline]:
    return [o for o in city.outlines if city.units[o.owner].level == level and o.end is None]


def _draw_borders(city: City, canvas: _Canvas) -> None:
    styles = (
        (COMMUNITY, "#c2564a", 1.1, 'stroke-dasharray="5 4" stroke-opacity="0.75"'),
        (STREET, "#b03a2e", 2.2, 'stroke-opacity="0.85"'),
        (DISTRICT, "#7d2a6b", 4.0, 'stroke-opacity="0.75"'),
    )
    for level, colour, width, extra in styles:
        rings = [_metres(np.vstack([ring, ring[:1]])) for o in _current(city, level) for ring in o.rings]
        canvas.line(rings, colour, 0, width, f'stroke-linejoin="round" {extra}')
    for outline, zone in zip(city.zone_outlines, city.zones, strict=True):
        colour = "#5b5aa8" if zone.kind == "industrial" else "#2f7d4f" if zone.kind == "scenic" else "#b36b00"
        canvas.area([_metres(r) for r in outline.rings], colour, 'fill-opacity="0.10"')


def _heart(city: City, outline: Outline) -> np.ndarray:
    """The middle of the block of a unit that lies nearest to the middle of all its blocks."""
    blocks = [city.mesh.blocks[m] for m in city.units[outline.owner].members]
    at = _lattice(city, [((b.u0 + b.u1) / 2, (b.v0 + b.v1) / 2) for b in blocks])
    area = np.array([(b.u1 - b.u0) * (b.v1 - b.v0) for b in blocks])
    middle = np.average(at, axis=0, weights=area)
    return at[int(np.argmin(((at - middle) ** 2).sum(axis=1)))]


def _draw_names(city: City, canvas: _Canvas) -> None:
    styles = {DISTRICT: (28, "#6a1f5a"), STREET: (21, "#9a2b20"), COMMUNITY: (13, "#5b4f45")}
    south, north = city.ground.river
    at = _lattice(city, [(1.45 * city.ground.half, (south + north) / 2)])[0]
    canvas.text(at, RIVER_ZH, 18, "#35708c")
    for level in (DISTRICT, STREET, COMMUNITY) if len(city.units) < 2000 else (DISTRICT,):
        for outline in _current(city, level):
            canvas.text(_heart(city, outline), city.units[outline.owner].face.name_zh, *styles[level])


def picture(city: City, width: int = 1800) -> str:
    """The city as an SVG document of a width in pixels."""
    canvas = _Canvas(city, width)
    for draw in (_draw_land, _draw_water, _draw_streets, _draw_borders, _draw_names):
        draw(city, canvas)
    title = f"{CITY_ZH}：虚构的城市，并非真实地方"
    canvas.parts.append(f'<text x="30" y="54" font-size="34" fill="#4a4038">{title}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {canvas.width} {canvas.height}" '
        f'width="{canvas.width}" height="{canvas.height}" font-family="Noto Sans CJK SC, sans-serif">'
        f'<title>{title}</title><rect width="100%" height="100%" fill="{_GROUND}"/>{"".join(canvas.parts)}</svg>\n'
    )
