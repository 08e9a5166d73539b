"""What the checker of declarations says, in the reader's language.

The engine knows no languages: it says each fault in English. Here every sentence it can say stands once, with holes for
what differs, so that the catalogue holds it and an official reads it in Chinese.
"""

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = (
    # What is wrong.
    _("is missing"),
    _("is empty"),
    _("is an empty list"),
    _("is no list of different words"),
    _("is no day"),
    _("is too long or holds signs that can't be shown"),
    _("is {kind}"),
    _("{value} is out of reach"),
    _("this key is not known here"),
    _("holds something that is no table"),
    _("“{word}” is not known"),
    _("“{word}” is no code"),
    _("“{word}” is no level"),
    _("“{word}” is no unit"),
    _("“{word}” is no kind of body"),
    _("“{word}” is no number that can be kept"),
    _("“{word}” is no number field of this register"),
    _("“{word}” is no field of this register"),
    _("“{word}” is not of the form that is meant"),
    _("“{word}” lies below every level on which an entry can hang ({levels})"),
    _("“{word}” is a fact of every entry already, or a word of its address"),
    _("“{word}” is the title of a column that every entry has"),
    _("“{word}” is wider than the register's own “{widest}”"),
    _("the code “{word}” is borne by two measures"),
    _("the code “{word}” is borne by two fields"),
    _("the Chinese name “{word}” is borne by two fields"),
    _("the English name “{word}” is borne by two fields"),
    _("{many} fields are more than anybody keeps"),
    _("{many} measures are more than anybody reads"),
    _("more fields are in_list than a list has room for"),
    _("a file is added once the entry is there"),
    _("a {kind} has no room in a list"),
    _("min is greater than max"),
    _("a count of people is a whole number"),
    _("offers {many} choices"),
    _("two choices bear the same word"),
    _("has too many conditions"),
    _("is the share of entries that match, and nothing is to be matched"),
    _("“{word}” tells communities apart, not a {level}"),
    _("no entry hangs on a {level} or below"),
    _("“{word}” says “{part}”, which the standing rules on rights forbid"),
    _("“{word}” says “{part}”, which standing rule {rule} on rights forbids"),
    _("“{word}” is a fact about a person's own life"),
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
    _('write "R" and three digits, such as "R088"'),
    _('write "jurisdiction/document#number"'),
    _("a unit that fits the field"),
    _("a unit that fits both fields"),
    _("the unit of what is counted, such as “piece”"),
    _("leave “over” out"),
    _("write {key} = {words}"),
    _("fill it in"),
    _("name at least one"),
    _("leave it out"),
    _("at most {many} characters"),
    _("at most {many}"),
    _("from {low} to {high} of {parts}"),
    _("from {low} to {high}"),
    _("one of {words}, such as is = true"),
    _("one of {words}"),
    _("exchange them"),
    _("another code"),
    _("another name"),
    _("give each its own"),
    _("“{word}”, or leave it out"),
    _("“{word}”, or a level above it"),
    _("“{word}”?"),
    _("small letters, digits and _, beginning with a letter"),
    _("small letters, digits and _"),
    _("authority runs down: name one of these levels, or one above them"),
    _("describe the place, the service or the post, and nobody's person"),
    _("register the programme, the place or a count instead"),
    _("put it right"),
    _("{words}, or leave it out"),
)
#: What a value is instead of what was meant.
KINDS = (_("true or false"), _("a number"), _("a text"), _("a list"), _("a table"))
HOLE = re.compile(r"\{(\w+)\}")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = HOLE.split(sentence)
    return re.compile("".join(f"(?P<{one}>.+?)" if odd % 2 else re.escape(one) for odd, one in enumerate(parts)))


PATTERNS = [(_pattern(sentence), sentence) for sentence in SENTENCES]


def spoken(text: str) -> str:
    """A sentence of the checker in the reader's language; as it is where it stands in no catalogue."""
    for pattern, sentence in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            holes = {name: gettext(value) if value in KINDS else value for name, value in found.groupdict().items()}
            return HOLE.sub(lambda hole: holes.get(hole[1], hole[0]), gettext(sentence))  # noqa: B023  (used at once)
    return text
