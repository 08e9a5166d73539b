"""What the checker of declarations of registers says, in the reader's language (``kernel.spoken``)."""

from django.utils.translation import gettext_noop as _

from liren.foundation.kernel.spoken import HOLE, speaker
from liren.foundation.kernel.spoken import SENTENCES as COMMON

__all__ = ["HOLE", "SENTENCES", "spoken"]

OWN = (
    # What is wrong.
    _("is no day"),
    _("“{word}” is no level"),
    _("“{word}” is no unit"),
    _("“{word}” is no kind of body"),
    _("“{word}” is no number that can be kept"),
    _("“{word}” is no number field of this register"),
    _("“{word}” is no field of this register"),
    _("“{word}” lies below every level on which an entry can hang ({levels})"),
    _("“{word}” is a fact of every entry already, or a word of its address"),
    _("“{word}” is the title of a column that every entry has"),
    _("“{word}” is wider than the register's own “{widest}”"),
    _("the code “{word}” is borne by two measures"),
    _("the code “{word}” is borne by two gates"),
    _("the code “{word}” is borne by two fields"),
    _("the Chinese name “{word}” is borne by two fields"),
    _("the English name “{word}” is borne by two fields"),
    _("{many} fields are more than anybody keeps"),
    _("{many} measures are more than anybody reads"),
    _("{many} gates are more than anybody passes"),
    _("{many} {what} are too few or too many"),
    _("“{word}” is seen by fewer than the register"),
    _("more fields are in_list than a list has room for"),
    _("a file is added once the entry is there"),
    _("a {kind} has no room in a list"),
    _("min is greater than max"),
    _("a count of people is a whole number"),
    _("has too many conditions"),
    _("is the share of entries that match, and nothing is to be matched"),
    _("“{word}” tells communities apart, not a {level}"),
    _("no entry hangs on a {level} or below"),
    _("a share is not given in “{word}”"),
    _("“{word}” is not counted per {per}"),
    _("{what} per {per} is not “{word}”"),
    _("{what} over {below} is not “{word}”"),
    _("“{word}” does not fit the unit “{unit}”"),
    _("“{word}” does not fit {what}, a {kind}"),
    _("“{word}” is nothing that {what} can be"),
    _("what is counted is not given in “{word}”"),
    _("says not exactly one comparison"),
    _("a ratio of two number fields is at_least or at_most something"),
    # How it is mended.
    _("a field that every reader sees"),
    _("a unit that fits the field"),
    _("a unit that fits both fields"),
    _("the unit of what is counted, such as “piece”"),
    _("leave “over” out"),
    _("at most {many}"),
    _("one of {words}, such as is = true"),
    _("exchange them"),
    _("another code"),
    _("another name"),
    _("“{word}”, or leave it out"),
    _("“{word}”, or a level above it"),
    _("authority runs down: name one of these levels, or one above them"),
    _("describe the place, the service or the post, and nobody's person"),
    _("register the programme, the place or a count instead"),
    _("{words}, or leave it out"),
)
SENTENCES = (*OWN, *COMMON)
#: A sentence of the checker in the reader's language.
spoken = speaker(OWN)
