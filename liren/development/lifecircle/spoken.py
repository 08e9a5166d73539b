"""What the checker of standards and the engine say, in the reader's language (``kernel.spoken``)."""

from pathlib import Path

from django.utils.translation import gettext_noop as _

from liren.foundation.kernel.spoken import HOLE, speaker
from liren.foundation.kernel.spoken import SENTENCES as COMMON

__all__ = ["ENGINE", "HOLE", "SENTENCES", "explained", "spoken"]

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

#: What the engine says of files, places and changes that people bring; the rest is for whoever writes code.
ENGINE = (
    _("{file}: there is no such file."),
    _("{file}: not a whole OpenStreetMap extract ({why}). Fetch it again."),
    _("{file}: no whole GraphML file ({why})."),
    _("{file}: carries a document type, which no network needs."),
    _("{file}: cannot be read as lines ({why})."),
    _("{file}: holds no line."),
    _("{file}: holds no edge that may be used ({rules})."),
    _("{file}: holds no way that may be used ({rules})."),
    _("{file}: a node or edge is not whole ({why})."),
    _("{file}: is in {crs}; convert it to WGS 84 (EPSG:4326) first."),
    _("{file}: says {crs}, but its coordinates do not lie there."),
    _("{file}: {many} points have no coordinates, first number {first}."),
    _(
        "{file}: point {number} has coordinates {place}, which are not degrees."
        " Longitude and latitude look exchanged: longitude comes first."
    ),
    _(
        "{file}: point {number} has coordinates {place}, which are not degrees."
        " They look like metres of a projection: name it (crs) or convert to EPSG:4326."
    ),
    _("The place lies farther than {many} m from every way."),
    _("There is no facility of this category to close or move."),
    _("There is no facility {number} to close."),
    _("A gate or crossing of {many} m can't be meant: at most {most} m."),
    _("A way is opened between two points that are both on the network."),
    _("A proof needs the package highspy: pip install 'liren[proof]'."),
)
_engine = speaker(ENGINE)


def explained(error: Exception, path: Path | None = None) -> str:
    """What the engine refused, in the reader's language; a file by its name, not by where it lies."""
    said = str(error) if path is None else str(error).replace(str(path), path.name)
    return _engine(said)
