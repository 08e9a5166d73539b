"""What the checker of standards and the engine say, in the reader's language (``kernel.spoken``, ``engine.errors``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from liren.development.lifecircle.engine.errors import SAYS, WORDS, LifeCircleError
from liren.foundation.kernel.errors import BadInput
from liren.foundation.kernel.spoken import HOLE, speaker
from liren.foundation.kernel.spoken import SENTENCES as COMMON
from liren.foundation.kernel.tables import SAYS as TABLES
from liren.foundation.kernel.tables import NoTable, refused

__all__ = ["FAULTS", "HOLE", "LINES", "SENTENCES", "NotWorkedOut", "PlaceFault", "coded", "explained", "said", "spoken"]

OWN = (
    # What is wrong.
    _("{many} {what} are too few or too many"),
    _("says not exactly one of minutes and metres"),
    _("“{word}” is no circle of this standard"),
    _("names neither a register nor a word of tables of places"),
    _("{many} words are more than anybody keeps"),
    _("says not exactly one comparison"),
    _("compares with something that is no word"),
    _("the code “{word}” is borne by two"),
    _("“{word}” stands for “{other}” already"),
    _("no category is in this circle"),
    _("“{word}” counts entries that “{other}” counts already"),
    _("there is no register “{word}”"),
    _("“{word}” is no number field of “{other}”"),
    _("the register has no field “{word}”"),
    _("“{word}” is no choice of “{other}”"),
    _("asks nothing of any register"),
    _("“{word}” is nothing that “{other}” can be asked for here"),
    # How it is mended.
    _("write measures, tallies, checks or beside"),
    _("minutes = 15, or metres = 300"),
    _("write sources or poi"),
    _("one word, one category"),
    _("one entry, one category"),
    _("add one, or leave the circle out"),
    _("at most {many}"),
)
SENTENCES = (*OWN, *COMMON)
#: A sentence of the checker in the reader's language.
spoken = speaker(OWN)

#: Why a run can't be worked out, apart from what the engine refuses.
FAULTS = {
    "group_unknown": _("There is no group “{group}” in this standard."),
    "no_compounds": _("{city} has no compounds with an outline or a gate."),
    "network_damaged": _("The stored network “{file}” is damaged. Import it again."),
    "process_gone": _("The process that worked it out has ended. Ask anew."),
    "unforeseen": _(
        "Something went wrong that nobody foresaw; it is in the log of the worker. Ask anew, and tell whoever runs this"
        " system if it happens again."
    ),
    "places_none_known": _("{file} holds no place of a known category."),
    "places_other_crs": _("This file was recorded before as {crs}; which of the two is it?"),
    "geojson_broken": _("{file} can't be read as GeoJSON."),
    "ways_none": _("{file} holds no ways that hang together."),
    "ways_ending": _("{file}: end the name in .osm.pbf, .graphml, .gpkg, .geojson, .shp or .zip."),
    "zip_broken": _("{file}: the zip is damaged, cut off or locked. Pack it again without a password."),
    "zip_without_ways": _(
        "{file}: the zip holds no file of ways. Pack one Shapefile (.shp, .shx, .dbf, .prj), GeoPackage or GeoJSON, and"
        " nothing else."
    ),
    "zip_of_several": _(
        "{file}: the zip holds several files of ways. Pack one Shapefile (.shp, .shx, .dbf, .prj), GeoPackage or"
        " GeoJSON, and nothing else."
    ),
    "zip_unpacks": _("{file}: the zip unpacks to more than {most} MB. Cut the ways to the city first."),
}
#: What is wrong in a line of a table of places.
LINES = {
    "degrees_no_number": _("longitude or latitude is no number."),
    "name_unshown": _("the name holds signs that can't be shown."),
    "degrees_swapped": _("latitude and longitude are swapped."),
    "degrees_none": _("these are no degrees of longitude and latitude."),
}


def said(code: str, facts: Mapping[str, Any]) -> str:
    """The words of a code in the reader's language; of one that a later version took away, the code itself."""
    if code in TABLES:
        return refused(code, facts)
    sentence = SAYS.get(code) or FAULTS.get(code) or LINES.get(code)
    if sentence is None:
        return code
    return gettext(sentence).format(**{name: _word(name, value) for name, value in facts.items()})


def _word(name: str, value: Any) -> Any:
    is_word = name in ("mode", "name") and value in WORDS
    return gettext(WORDS[value]) if is_word else value


def explained(error: Exception) -> str:
    """What the engine or a service refused, in the reader's language."""
    return said(error.code, error.facts) if isinstance(error, (LifeCircleError, NotWorkedOut)) else str(error)


class NotWorkedOut(BadInput):
    """Why a run can't be worked out, or a table not taken: a code of ``FAULTS``, so that everybody reads it in their
    language, later too."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts
        super().__init__(said(code, facts))


@dataclass(frozen=True, slots=True)
class PlaceFault:
    """What is wrong in a line of a table of places, as a code of ``LINES``: kept, it is read in any language later."""

    line: int
    field: str
    code: str

    @property
    def says(self) -> str:
        return said(self.code, {})

    def __str__(self) -> str:
        return f"{self.line}: {self.says}"


def coded(error: BaseException) -> tuple[str, dict[str, Any]]:
    """Code and facts of a refusal; an empty code for one that has only words."""
    return (error.code, error.facts) if isinstance(error, (LifeCircleError, NotWorkedOut, NoTable)) else ("", {})
