"""What is wrong with a value, as a sentence that can be said in the reader's language.

``message`` is an English sentence with places (%(value)s); whoever shows it translates it and then fills the places.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from liren.foundation.registers.engine.spec import Words

SHOWN = 40


def gettext_noop(message: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return message


@dataclass(frozen=True, slots=True)
class ValueFault:
    """``field`` is the code of the field (or of a fact that every entry has); ``facts`` fill the places."""

    field: str
    message: str
    facts: Mapping[str, Any] = made(default_factory=dict)

    def text(self, language: str = "en", translate: Callable[[str], str] | None = None) -> str:
        """The sentence. ``translate`` turns the English sentence into the one of the language."""
        said = {key: one.text(language) if isinstance(one, Words) else one for key, one in self.facts.items()}
        sentence = self.message if translate is None else translate(self.message)
        return sentence % said if said else sentence

    def __str__(self) -> str:
        return self.text()


class Unfit(Exception):
    """Raised while one value is read; becomes a fault of its field."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts


class BadTable(ValueError):
    """A file that can't be read as a table; ``message`` is a sentence for the catalogue, ``facts`` fill its places."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message % facts if facts else message)
        self.message, self.facts = message, facts


def short(value: object) -> str:
    """A value as it may be quoted: cut, and without signs that can't be shown."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value)[: SHOWN * 2]).strip()
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
