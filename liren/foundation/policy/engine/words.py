"""Words for a reader that can be said in another language later: this folder knows no catalogue.

``say`` gives the English text, and keeps sentence and values apart; ``in_language`` fills the translated sentence.
Files import it as ``_``, by which the catalogue finds its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

HOLE = re.compile(r"\{(\w+)\}")
Translate = Callable[[str], str]


class Said(str):
    """A filled sentence that remembers what it was filled from."""

    sentence: str
    values: dict[str, Any]

    def __new__(cls, sentence: str, values: dict[str, Any]) -> Said:
        made = super().__new__(cls, _filled(sentence, values))
        made.sentence, made.values = sentence, values
        return made


def say(sentence: str, **values: Any) -> Said:
    """A sentence with ``{holes}`` and what fills them. Other braces stay as they are."""
    return Said(sentence, values)


def in_language(text: str, translate: Translate) -> str:
    """The text as ``translate`` says it; what was never a sentence of ours stays."""
    if not isinstance(text, Said) or not text.sentence:
        return text
    values = {name: in_language(one, translate) if isinstance(one, str) else one for name, one in text.values.items()}
    return _filled(translate(text.sentence), values)


def _filled(sentence: str, values: dict[str, Any]) -> str:
    """In one pass: what fills a hole is never filled again."""
    return HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), sentence)
