"""Reads one table of a pack key by key; what is missing, of a wrong type or unknown becomes a fault with its line.

After a fault the reader answers with an empty value, so that one look finds all faults of a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from liren.foundation.policy.engine.faults import Fault, Where
from liren.foundation.policy.engine.words import say as _

REQUIRED: Any = object()
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
LARGEST, PLACES = Decimal(10) ** 15, 6
MOST_ITEMS, MOST_NAMED, MOST_NEAR = 500, 12, 4
#: Control characters, and those that turn the direction of writing: a reader would not see what is stored.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
#: R001 to R379: so many the register of requirements has; a number beyond it points at nothing.
REQUIREMENT = re.compile(r"R(?!000)(?:[0-2][0-9]{2}|3[0-7][0-9])")


class Table:
    """One table: each method reads one key; ``done`` reports the keys that nobody asked for."""

    def __init__(self, content: Any, where: Where, faults: list[Fault]) -> None:
        self.where, self.faults, self.asked = where, faults, set[str]()
        self.content: dict[str, Any] = content if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            faults.append(
                where.fault(
                    _("a table is expected here, not {kind}", kind=kind_of(content)), _("write { key = value, … }")
                )
            )

    def fault(self, key: str, message: str, mend: str) -> None:
        """Note a fault at one key of this table."""
        self.faults.append(self.where.at(key).fault(message, mend))

    def has(self, key: str) -> bool:
        return key in self.content

    def text(
        self, key: str, *, most: int = 200, like: re.Pattern[str] | None = None, form: str = "", default: Any = REQUIRED
    ) -> str:
        """Text of at most so many characters; ``like`` and ``form``: the pattern, and the pattern in words."""
        value = self._value(key, str, _('text in quotes: "…"'), default)
        if not isinstance(value, str) or not key_in(self, key):
            return value if isinstance(value, str) else ""
        wrong = self._text_fault(key, value, most, default is REQUIRED)
        if not wrong and value and like and not like.fullmatch(value):
            wrong = (
                _("{key} = {value} is not of the right form", key=key, value=short(value)),
                _("write {form}", form=form),
            )
        if wrong:
            self.fault(key, *wrong)
            return ""
        return value

    def words(self, key: str, *, most: int = 200, default: Any = REQUIRED) -> tuple[str, str]:
        """A text in both languages: ``{ zh = "…", en = "…" }``. Where it may be left out, both may be empty."""
        value = self._value(key, dict, '{ zh = "…", en = "…" }', default)
        if not isinstance(value, dict) or not key_in(self, key):
            return "", ""
        inner = Table(value, self.where.at(key), self.faults)
        both = [inner.text(language, most=most, default="") for language in ("zh", "en")]
        inner.done()
        given = [str(value.get(language) or "").strip() for language in ("zh", "en")]
        if not all(given) and (default is REQUIRED or any(given)):
            message = _("{key} has no English", key=key) if given[0] else _("{key} has no Chinese", key=key)
            self.fault(key, message, _('write {key} = { zh = "…", en = "…" }', key=key))
        return both[0], both[1]

    def choice(self, key: str, options: Collection[str], default: Any = REQUIRED) -> str:
        """One of these words."""
        value = self._value(key, str, '"…"', default)
        if not isinstance(value, str) or value in options or not key_in(self, key):
            return value if isinstance(value, str) else ""
        near = get_close_matches(value, options, MOST_NEAR)
        if len(options) > MOST_NAMED:
            mend = _("write one that is known; near: {options}", options=", ".join(near) or "—")
        elif near:
            mend = _("perhaps {near} is meant", near=repr(near[0]))
        else:
            mend = _("write {form}", form=", ".join(options))
        self.fault(key, _("{key} = {value} is unknown", key=key, value=short(value)), mend)
        return ""

    def day(self, key: str, default: Any = REQUIRED) -> date | None:
        """A date without quotes: 2017-09-20."""
        value = self._value(key, date, _("a date without quotes: 2017-09-20"), default)
        if not isinstance(value, date) or not key_in(self, key):
            return value if isinstance(value, date) else None
        if not FIRST_DAY <= value <= LAST_DAY:
            message = _("{key} = {value} is no plausible day", key=key, value=value)
            self.fault(key, message, _("write a day from {first} to {last}", first=FIRST_DAY, last=LAST_DAY))
            return None
        return value

    def flag(self, key: str, default: Any = REQUIRED) -> bool:
        """true or false."""
        value = self._value(key, bool, _("true or false, without quotes"), default)
        return value if isinstance(value, bool) else False

    def number(self, key: str, default: Any = REQUIRED) -> Decimal | None:
        """An exact number: 30, 0.5 or "0.5"."""
        value = self._value(key, (int, Decimal, str), _('a number: 30, 0.5 or "0.5"'), default)
        if value is None or not key_in(self, key):
            return value if isinstance(value, Decimal) else None
        number = decimal_of(value)
        if number is None:
            mend = _("write a number of at most {places} decimal places, below 10 to the 15th: 30, 0.5", places=PLACES)
            self.fault(key, _("{key} = {value} is no exact number", key=key, value=short(value)), mend)
        return number

    def texts(self, key: str, *, like: re.Pattern[str], form: str, default: Any = REQUIRED) -> tuple[str, ...]:
        """A list of texts, each of one form and each once."""
        value = self._value(key, list, _('a list: ["…", "…"] of {form}', form=form), default)
        if not isinstance(value, list):
            return ()
        found = []
        for number, one in enumerate(value[:MOST_ITEMS]):
            if not isinstance(one, str) or not like.fullmatch(one):
                message = _("{value} in {key} is not of the right form", value=short(one), key=key)
                self.faults.append(self.where.at(key, number).fault(message, _("write {form}", form=form)))
            elif one in found:
                message = _("{value} stands twice in {key}", value=short(one), key=key)
                self.faults.append(self.where.at(key, number).fault(message, _("leave it once")))
            else:
                found.append(one)
        self._not_too_many(key, value)
        return tuple(found)

    def requirements(self) -> tuple[str, ...]:
        """The requirements that a thing answers to; may be left out."""
        return self.texts("requirements", like=REQUIREMENT, form=_('ids from "R001" to "R379"'), default=())

    def tables(self, key: str, default: Any = REQUIRED) -> list[Table]:
        """Repeated tables: ``[[key]]``."""
        value = self._value(key, list, _("tables, each under [[{key}]]", key=key), default)
        if not isinstance(value, list):
            return []
        return [Table(one, self.where.at(key, number), self.faults) for number, one in enumerate(value)]

    def pass_over(self, *keys: str) -> None:
        """Keys that somebody else reads."""
        self.asked.update(keys)

    def done(self) -> None:
        """Every key that was not asked for is a fault, with the known key that is nearest."""
        for key in self.content:
            if key not in self.asked:
                near = get_close_matches(key, sorted(self.asked - set(self.content)) or sorted(self.asked), 1)
                known = ", ".join(sorted(self.asked))
                mend = _("take it out; known here: {keys}", keys=known)
                mend = _("perhaps {near} is meant", near=repr(near[0])) if near else mend
                self.fault(key, _("the key {key} is unknown here", key=short(key)), mend)

    def _value(self, key: str, kinds: Any, form: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.content:
            if default is REQUIRED:
                self.fault(key, _("{key} is missing", key=key), _("add {key} = {form}", key=key, form=form))
                return None
            return default
        value = self.content[key]
        if not _is(value, kinds):
            message = _("{key} must be {form}, not {kind}", key=key, form=form, kind=kind_of(value))
            self.fault(key, message, _("write {key} = {form}", key=key, form=form))
            return None
        return value

    def _text_fault(self, key: str, value: str, most: int, required: bool) -> tuple[str, str] | None:
        if UNSEEN.search(value):
            return _("{key} holds a character that can't be seen", key=key), _("type the text anew here")
        if len(value) > most:
            message = _("{key} has {count} characters", key=key, count=len(value))
            return message, _("shorten it to {count} characters", count=most)
        if required and not value.strip():
            return _("{key} is empty", key=key), _("write {key} = {form}", key=key, form='"…"')
        return None

    def _not_too_many(self, key: str, value: Sequence[Any]) -> None:
        if len(value) > MOST_ITEMS:
            message = _("{key} has {count} items", key=key, count=len(value))
            self.fault(key, message, _("leave at most {count}", count=MOST_ITEMS))


def key_in(table: Table, key: str) -> bool:
    """Whether the value came from the file and not from a default."""
    return key in table.content


def decimal_of(value: int | Decimal | str) -> Decimal | None:
    """An exact number of bearable size, or None."""
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    if not number.is_finite() or abs(number) >= LARGEST:
        return None
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and exponent >= -PLACES and len(number.as_tuple().digits) < 30 else None


def short(value: Any) -> str:
    """A value in a message: never longer than a line, and without what can't be seen."""
    said = UNSEEN.sub("?", repr(value) if isinstance(value, str) else str(value))
    return said if len(said) <= 60 else said[:57] + "…"


def kind_of(value: Any) -> str:
    """What a value is, in a reader's words."""
    if isinstance(value, bool):
        return _("true or false")
    if isinstance(value, datetime):
        return _("a date with a time")
    names = (
        (str, _("text")),
        (int, _("a number")),
        (Decimal, _("a number")),
        (date, _("a date")),
        (list, _("a list")),
        (dict, _("a table")),
    )
    return next((name for kind, name in names if isinstance(value, kind)), _("a time of day"))


def _is(value: Any, kinds: Any) -> bool:
    """Whether a value is of a kind; true is no number, and a moment is no day."""
    if isinstance(value, bool):
        return kinds is bool
    if isinstance(value, datetime):
        return False
    return isinstance(value, kinds)
