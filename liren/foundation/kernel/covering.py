"""Faces and number plates made unrecognisable in a picture, for good: what was there is not in the new picture.

A mosaic of many small tiles can be undone for letters of a known shape: here an area becomes at most four by four
tiles, each the mean of its points in coarse steps, so that no more than that is left of it. The picture is written
anew, without the original's points or metadata.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from PIL import Image, ImageStat

from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.files import TYPES, Clean

MOST_AREAS = 200
#: Tiles along either side of an area, and the step of their colours.
TILES, STEP = 4, 16
#: An area smaller than this part of a side is a slip of the finger and covers nothing.
LEAST = 0.002


@dataclass(frozen=True)
class Area:
    """A rectangle of a picture in parts of its width and height, 0 to 1, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        inside = 0 <= self.left < 1 and 0 <= self.top < 1 and self.left + self.width <= 1.0001
        if not (inside and self.top + self.height <= 1.0001 and min(self.width, self.height) >= LEAST):
            raise BadInput(_("The area does not lie within the picture."), next_step=_("Give it in percent, 0 to 100."))

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Every point that the area touches: left, upper, right, lower, the last two excluded."""
        left, upper = int(self.left * width), int(self.top * height)
        right = min(width, int((self.left + self.width) * width) + 1)
        return left, upper, right, min(height, int((self.top + self.height) * height) + 1)


def covered(content: bytes, areas: Sequence[Area]) -> Clean:
    """The picture as everybody may see it, its areas in coarse tiles; the size and the kind stay.

    Raises:
        BadInput: no area, or more than ``MOST_AREAS``.
    """
    if not 0 < len(areas) <= MOST_AREAS:
        raise BadInput(_("Mark between one and %(most)s areas.") % {"most": MOST_AREAS})
    with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as image:
        kind = image.format or ""
        seen = image.convert("RGBA")
    bare = Image.new("RGB", seen.size, "white")  # what lay hidden under clear points is not in it either
    bare.paste(seen, mask=seen)
    for area in areas:
        _tile(bare, area.box(*bare.size))
    out = io.BytesIO()
    bare.save(out, kind, **({"quality": 85} if kind != "PNG" else {}))
    return Clean("", TYPES[kind], out.getvalue(), bare.width, bare.height)


def _tile(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    left, upper, right, lower = box
    for x, beyond in pairwise(_cuts(left, right)):
        for y, below in pairwise(_cuts(upper, lower)):
            means = ImageStat.Stat(image.crop((x, y, beyond, below))).mean
            image.paste(tuple(int(one) // STEP * STEP + STEP // 2 for one in means), (x, y, beyond, below))


def _cuts(start: int, end: int) -> list[int]:
    """Where the tiles of a side begin and end; a side of few points has fewer tiles."""
    tiles = max(1, min(TILES, (end - start) // TILES))
    return [start + (end - start) * n // tiles for n in range(tiles + 1)]
