"""What the checker of standards says, in the reader's language (``kernel.spoken``)."""

from django.utils.translation import gettext_noop as _

from liren.foundation.kernel.spoken import HOLE, speaker
from liren.foundation.kernel.spoken import SENTENCES as COMMON

__all__ = ["HOLE", "SENTENCES", "spoken"]

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
    # How it is mended.
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
