"""What a checker of declarations says, in the reader's language.

The engines know no languages: they say each fault in English. Here every sentence that more than one checker can say
stands once, with holes for what differs, so that the catalogue holds it and an official reads it in Chinese; each room
adds its own.
"""

import re
from collections.abc import Callable, Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = (
    # What is wrong.
    _("is missing"),
    _("is empty"),
    _("is an empty list"),
    _("is no list of different words"),
    _("is too long or holds signs that can't be shown"),
    _("is {kind}"),
    _("{value} is out of reach"),
    _("this key is not known here"),
    _("holds something that is no table"),
    _("“{word}” is not known"),
    _("“{word}” is no code"),
    _("“{word}” is not of the form that is meant"),
    _("offers {many} choices"),
    _("two choices bear the same word"),
    _("“{word}” says “{part}”, which the standing rules on rights forbid"),
    _("“{word}” says “{part}”, which standing rule {rule} on rights forbids"),
    _("“{word}” is a fact about a person's own life"),
    # How it is mended.
    _('write "R" and three digits, such as "R088"'),
    _('write "jurisdiction/document#number"'),
    _("write {key} = {words}"),
    _("fill it in"),
    _("name at least one"),
    _("leave it out"),
    _("at most {many} characters"),
    _("from {low} to {high} of {parts}"),
    _("from {low} to {high}"),
    _("one of {words}"),
    _("give each its own"),
    _("“{word}”?"),
    _("small letters, digits and _, beginning with a letter"),
    _("small letters, digits and _"),
    _("put it right"),
)
#: What a value is instead of what was meant.
KINDS = (_("true or false"), _("a number"), _("a text"), _("a list"), _("a table"))
HOLE = re.compile(r"\{(\w+)\}")


def speaker(sentences: Iterable[str]) -> Callable[[str], str]:
    """Says a sentence of a checker in the reader's language; as it is where it stands in no catalogue."""
    patterns = [(_pattern(sentence), sentence) for sentence in (*sentences, *SENTENCES)]

    def spoken(text: str) -> str:
        for pattern, sentence in patterns:
            found = pattern.fullmatch(text)
            if found:
                holes = {name: gettext(value) if value in KINDS else value for name, value in found.groupdict().items()}
                return HOLE.sub(lambda hole: holes.get(hole[1], hole[0]), gettext(sentence))  # noqa: B023
        return text

    return spoken


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = HOLE.split(sentence)
    return re.compile("".join(f"(?P<{one}>.+?)" if odd % 2 else re.escape(one) for odd, one in enumerate(parts)))
