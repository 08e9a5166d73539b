"""Answers to the questions of a form, as people type them, made into values as they are kept (JSON)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime
from typing import Any

from liren.service.cases.engine.spec import Field, Words

LONGEST_LINE, LONGEST_TEXT, MOST_SHOWN = 200, 2000, 40
YES = frozenset(["是", "有", "对", "yes", "y", "true", "t", "1", "on"])
NO = frozenset(["否", "无", "没有", "不", "不是", "no", "n", "false", "f", "0", "off"])
DAY = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?", re.ASCII)
TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
#: Signs that no sentence has: controls, half characters, and those that turn the reading order round.
ODD_KINDS = frozenset(["Cc", "Cs", "Cn", "Co"])
TURNING = frozenset("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
#: An address of a page as it stands in a text: up to the next blank, Chinese character or bracket.
WHOLE_LINK = re.compile(
    r"(?:https?:|www\.)[^\s<>\]\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*|\[/?url[^\]]*\]", re.IGNORECASE
)
#: So many addresses are no report; with fewer, each wants so many letters of its sender's own beside it.
MOST_LINKS, LETTERS_PER_LINK = 3, 4
LINK = re.compile(r"https?:|www\.|\[url|<a\s", re.IGNORECASE)
#: The address of a page that nobody on the way reads along.
ADDRESS = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?")

#: What a question that is answered by a body or an entry finds under a word; None where there is no such.
Find = Callable[[Field, str], int | None]


def gettext_noop(message: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return message


#: What is said where it finds nothing.
UNFOUND = {
    "body": gettext_noop("“%(value)s” is no body that is registered here."),
    "entry": gettext_noop("“%(value)s” is not in force in the register that this is chosen from."),
}


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with one answer: an English sentence for the catalogue, and what fills its places."""

    field: str
    message: str
    facts: Mapping[str, Any] = made(default_factory=dict)

    def text(self, language: str, translate: Callable[[str], str]) -> str:
        """The sentence in the reader's language."""
        facts = {key: one.text(language) if isinstance(one, Words) else one for key, one in self.facts.items()}
        sentence = translate(self.message)
        return sentence % facts if facts else sentence


class Unfit(Exception):
    """Raised while one answer is read; becomes a fault of its field."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message, self.facts = message, facts


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], (), {})


def shown(value: object) -> str:
    """An answer as it may be quoted: cut, and without signs that can't be shown."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value)[: MOST_SHOWN * 2]).strip()
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def sound(value: Any, most: int) -> str:
    """Text without signs that can't be kept; Unfit for those, and for more than ``most`` characters."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unfit(gettext_noop("This is no text."))
    text = str(value)
    if len(text) > most * 2:
        raise Unfit(gettext_noop("This is too long: at most %(most)s characters."), most=most)
    if not text.isprintable():
        for sign in text:
            if sign not in "\n\r\t" and (unicodedata.category(sign) in ODD_KINDS or sign in TURNING):
                raise Unfit(gettext_noop("This holds a sign that can't be kept; type it anew."))
    return text


def one_line(value: Any, most: int = LONGEST_LINE) -> str:
    """A text of one line."""
    text = " ".join(sound(value, most).split())
    if len(text) > most:
        raise Unfit(gettext_noop("This is too long: at most %(most)s characters."), most=most)
    return text


def long_text(value: Any, most: int = LONGEST_TEXT) -> str:
    """A text of several lines; never more than one empty line in a row."""
    text = "\n".join(row.strip() for row in sound(value, most).splitlines()).strip()
    if len(text) > most:
        raise Unfit(gettext_noop("This is too long: at most %(most)s characters."), most=most)
    return re.sub(r"\n{3,}", "\n\n", text)


def links_in(text: str) -> int:
    """How many addresses of pages a text holds."""
    return len(LINK.findall(text))


def is_mostly_links(text: str) -> bool:
    """Whether a text is addresses of pages with hardly a word beside them, or with very many of them."""
    links = links_in(text)
    own = sum(sign.isalnum() for sign in WHOLE_LINK.sub(" ", text))
    return links > MOST_LINKS or own < links * LETTERS_PER_LINK


def clean(fields: Iterable[Field], raw: Mapping[str, Any], *, find: Find) -> tuple[dict[str, Any], list[AnswerFault]]:
    """The answers as they are kept, and every fault; empty answers are left out."""
    fields = list(fields)
    known, values, faults = {one.code for one in fields}, {}, []
    for code in raw:
        if code not in known:
            faults.append(
                AnswerFault(shown(code), gettext_noop("There is no question “%(code)s”."), {"code": shown(code)})
            )
    for one in fields:
        try:
            value = _read(one, raw.get(one.code), find)
        except Unfit as unfit:
            faults.append(AnswerFault(one.code, unfit.message, {"field": one.name, **unfit.facts}))
            continue
        if value is not None:
            values[one.code] = value
        elif one.required:
            faults.append(AnswerFault(one.code, gettext_noop("%(field)s is needed."), {"field": one.name}))
    return values, faults


def _read(field: Field, value: Any, find: Find) -> Any:
    if is_empty(value):
        return None
    if field.kind in UNFOUND:
        found = find(field, narrow(value))
        if found is None:
            raise Unfit(UNFOUND[field.kind], value=shown(value))
        return found
    return READ[field.kind](field, value)


def past(fields: Iterable[Field], answers: Mapping[str, Any], now: datetime) -> list[AnswerFault]:
    """Answers that have to lie ahead and don't; today is no day that is past. ``now``: by the clock of the city."""
    here = now.replace(tzinfo=None)
    limits = {"date": here.date().isoformat(), "moment": here.isoformat(timespec="minutes")}
    return [
        AnswerFault(one.code, gettext_noop("%(field)s: this is past already."), {"field": one.name})
        for one in fields
        if one.ahead and one.code in answers and str(answers[one.code]) < limits[one.kind]
    ]


def narrow(value: Any) -> str:
    """What was typed in one spelling, for words that are compared: full-width signs narrow, no blanks around."""
    return unicodedata.normalize("NFKC", str(value)[:LONGEST_LINE]).strip()


def _number(field: Field, value: Any) -> int | str:
    text = narrow(value).replace(",", "")
    if isinstance(value, bool) or not NUMBER.fullmatch(text):
        raise Unfit(gettext_noop("“%(value)s” is no number."), value=shown(value))
    whole, _point, part = text.partition(".")
    return int(whole) if not part.strip("0") else f"{whole}.{part.rstrip('0')}"


def _date(field: Field, value: Any) -> str:
    found = DAY.fullmatch(narrow(value))
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: Any) -> str:
    raise Unfit(gettext_noop("“%(value)s” is no day; write it as 2024-03-01."), value=shown(value))


def _time(field: Field, value: Any) -> str:
    found = TIME.fullmatch(narrow(value))
    if not found:
        raise Unfit(gettext_noop("“%(value)s” is no time of day; write it as 14:30."), value=shown(value))
    return f"{int(found[1]):02}:{found[2]}"


def _moment(field: Field, value: Any) -> str:
    """A day and a time of day, by the clock of the city: "2024-03-01T14:30", as forms send it and as it is kept."""
    text = narrow(value)
    day, time = DAY.match(text), TIME.search(text)
    gap = text[day.end() : time.start()].strip() if day and time else "?"
    if not day or not time or gap not in {"", "T"} or time.end() != len(text):
        raise Unfit(gettext_noop("“%(value)s” is no day and time; write it as 2024-03-01 14:30."), value=shown(value))
    return f"{_date(field, day[0])}T{_time(field, time[0])}"


def _choice(field: Field, value: Any) -> str:
    said = narrow(value).casefold()
    for choice in field.choices:
        if said in (choice.code, choice.name.zh.casefold(), choice.name.en.casefold()):
            return choice.code
    raise Unfit(gettext_noop("“%(value)s” is not offered for %(field)s."), value=shown(value))


def _yes_no(field: Field, value: Any) -> bool:
    said = narrow(value).casefold()
    if said not in YES | NO:
        raise Unfit(gettext_noop("“%(value)s” is neither yes nor no."), value=shown(value))
    return said in YES


def _address(value: Any) -> str:
    """The address of a page, as it can be opened."""
    text = one_line(value)
    if not ADDRESS.fullmatch(text):
        raise Unfit(gettext_noop("“%(value)s” is no address of a page that begins with https://."), value=shown(value))
    return text


READ: dict[str, Callable[[Field, Any], Any]] = {
    "text": lambda field, value: _address(value) if field.link else one_line(value) or None,
    "long_text": lambda field, value: long_text(value) or None,
    "number": _number,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "choice": _choice,
    "yes_no": _yes_no,
}
