"""Values as people write them, made into values as they are kept: JSON that reads the same in every language.

A number is kept as an integer, or as text where it has decimals, so that nothing is rounded; a day as ISO text.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from liren.foundation.kernel.engine.declared import nearest
from liren.foundation.kernel.engine.quantities import UNITS
from liren.foundation.registers.engine.numbers import read_number
from liren.foundation.registers.engine.spec import FieldSpec, RegisterSpec, Words
from liren.foundation.registers.engine.wording import Unfit, ValueFault, gettext_noop, short

YES = frozenset(["是", "有", "对", "已", "在", "yes", "y", "true", "t", "1", "√", "✓", "✔", "☑", "是的"])
NO = frozenset(
    ["否", "无", "没", "没有", "不", "不是", "未", "不在", "no", "n", "false", "f", "0", "×", "✗", "✘", "☐", "x"]
)
SERIAL = (20_000, 80_000)  # 1954 to 2119, as spreadsheets count days
EPOCH = date(1899, 12, 30)
MIDNIGHT = r"(?:[ T]0{1,2}:00(?::00)?)?"
DAY = re.compile(r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?" + MIDNIGHT, re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
PHONE = re.compile(r"\+?\d(?:[\d-]*\d)?(?:转\d{1,6})?", re.ASCII)
LINK = re.compile(r"https?://[^\s/@?#:]+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
LONGEST_NAME, LONGEST_LINK = 100, 500


class Finder(Protocol):
    """Finds what a value refers to; None where there is no such thing, or more than one."""

    def unit(self, text: str, levels: tuple[str, ...]) -> int | None: ...

    def body(self, text: str, kinds: tuple[str, ...]) -> int | None: ...

    def file(self, text: str) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What reading a value needs to know beside the field."""

    finder: Finder
    today: date
    # What was read before, by field and text: a table says 是, 每周 or 2019/3/1 thousands of times.
    known: dict[tuple[str, str], Any] | None = None


# Kinds whose value follows from the text and the day alone, and is never changed in place.
REPEATED = frozenset(["number", "date", "choice", "yes_no"])
MOST_KNOWN, LONGEST_KNOWN = 20_000, 40


def clean(
    spec: RegisterSpec,
    raw: Mapping[str, Any],
    *,
    finder: Finder,
    today: date,
    partly: bool = False,
    known: dict[tuple[str, str], Any] | None = None,
) -> tuple[dict[str, Any], list[ValueFault]]:
    """The values of the declared fields as they are kept, and every fault. Empty values are left out.

    ``partly``: only the fields that are given, where an empty one is kept as None (it is to be emptied). ``known``:
    an empty dictionary that whoever reads many lines of one register on one day passes again with each of them.
    """
    around, values, faults = Around(finder, today, known), {}, list(_unknown(spec, raw))
    for field in spec.fields:
        if partly and not _given(field, raw):
            continue
        try:
            value = clean_value(field, _raw_of(field, raw), around)
        except Unfit as unfit:
            faults.append(ValueFault(field.code, unfit.message, {"field": field.name, **unfit.facts}))
            continue
        if value is None and field.required:
            faults.append(ValueFault(field.code, gettext_noop("%(field)s is needed."), {"field": field.name}))
        elif value is not None or partly:
            values[field.code] = value
    return values, faults


def _unknown(spec: RegisterSpec, raw: Mapping[str, Any]) -> list[ValueFault]:
    if raw.keys() <= spec.by_code.keys():
        return []
    known = {field.code for field in spec.fields}
    known |= {f"{field.code}_en" for field in spec.fields if field.kind == "bilingual"}
    faults = []
    for key in raw:
        if key not in known:
            close = nearest(str(key), known)
            sentence = gettext_noop("There is no field “%(name)s”.")
            if close:
                sentence = gettext_noop("There is no field “%(name)s”; did you mean “%(near)s”?")
            faults.append(ValueFault(short(key), sentence, {"name": short(key), "near": close}))
    return faults


def _given(field: FieldSpec, raw: Mapping[str, Any]) -> bool:
    return field.code in raw or (field.kind == "bilingual" and f"{field.code}_en" in raw)


def _raw_of(field: FieldSpec, raw: Mapping[str, Any]) -> Any:
    value = raw.get(field.code)
    if field.kind == "bilingual" and not isinstance(value, Mapping):
        english = raw.get(f"{field.code}_en")
        return {"zh": value, "en": english} if not (is_empty(value) and is_empty(english)) else None
    return value


def is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value in ([], (), {})


def clean_value(field: FieldSpec, value: Any, around: Around) -> Any:
    """One value as it is kept; None for an empty one; Unfit where it can't be what the field holds."""
    known = around.known
    if known is None or not isinstance(value, str) or field.kind not in REPEATED or len(value) > LONGEST_KNOWN:
        return None if is_empty(value) else READ[field.kind](field, value, around)
    key = (field.code, value)
    if key in known:
        return known[key]
    found = None if is_empty(value) else READ[field.kind](field, value, around)
    if len(known) < MOST_KNOWN:
        known[key] = found
    return found


def narrow(value: Any) -> str:
    """What was typed in one spelling: full-width signs narrow, no blanks around; for words that are compared."""
    if not isinstance(value, str):
        value = str(value)
    if value.isascii():
        return value[:2000].strip()
    return unicodedata.normalize("NFKC", value[:2000]).strip()


def line(value: Any, longest: int) -> str:
    """A text of one line as it was written; Unfit for signs that can't be kept, and for one that is too long."""
    text = " ".join(_sound(value).split())
    if len(text) > longest:
        raise Unfit(gettext_noop("%(field)s is too long: at most %(most)s characters."), most=longest)
    return text


def _sound(value: Any) -> str:
    """Text without control characters, lone surrogates and signs that turn the reading order round."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise Unfit(gettext_noop("“%(value)s” is no text."), value=short(value))
    text = str(value)
    if not text.isprintable():
        bad = {"Cc", "Cs", "Cn", "Co"}
        for sign in text:
            odd = unicodedata.category(sign) in bad or sign in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
            if odd and sign not in "\n\r\t":
                raise Unfit(gettext_noop("%(field)s holds a sign that can't be kept; type it anew."))
    return text


def _text(field: FieldSpec, value: Any, around: Around) -> str | None:
    return line(value, field.longest) or None


def _long_text(field: FieldSpec, value: Any, around: Around) -> str | None:
    text = "\n".join(row.strip() for row in _sound(value).splitlines()).strip()
    if len(text) > field.longest:
        raise Unfit(gettext_noop("%(field)s is too long: at most %(most)s characters."), most=field.longest)
    return re.sub(r"\n{3,}", "\n\n", text) or None


def _bilingual(field: FieldSpec, value: Any, around: Around) -> dict[str, str] | None:
    if not isinstance(value, Mapping):
        value = {"zh": value}
    both = {key: line(value.get(key) or "", field.longest) for key in ("zh", "en")}
    if both["en"] and not both["zh"]:
        raise Unfit(gettext_noop("%(field)s is needed in Chinese; English alone is not enough."))
    return {key: text for key, text in both.items() if text} or None


def _number(field: FieldSpec, value: Any, around: Around) -> int | str | None:
    number = read_number(value, field.unit)
    if field.whole and number != number.to_integral_value():
        raise Unfit(gettext_noop("“%(value)s” is not a whole number."), value=short(value))
    unit = Words(UNITS[field.unit].zh, UNITS[field.unit].en) if field.unit else Words(" ", " ")
    if field.low is not None and number < field.low:
        raise Unfit(gettext_noop("%(field)s is at least %(low)s %(unit)s."), low=f"{field.low:f}", unit=unit)
    if field.high is not None and number > field.high:
        raise Unfit(gettext_noop("%(field)s is at most %(high)s %(unit)s."), high=f"{field.high:f}", unit=unit)
    return kept_number(number)


def kept_number(number: Decimal) -> int | str:
    """An integer as such, everything else as exact text without zeros at its end."""
    whole = number.to_integral_value()
    return int(whole) if number == whole else f"{number.normalize():f}"


def _date(field: FieldSpec, value: Any, around: Around) -> str:
    day = read_day(value)
    if day < field.not_before:
        raise Unfit(gettext_noop("%(field)s can't lie before %(day)s."), day=field.not_before.isoformat())
    if not field.future and day > around.today:
        raise Unfit(gettext_noop("%(field)s can't lie in the future."))
    return day.isoformat()


def read_day(value: Any) -> date:
    """A day as people, spreadsheets and programs write it."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = narrow(value)
    found = DAY.fullmatch(text) or COMPACT.fullmatch(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
        if re.fullmatch(r"[0-9]{5}", text) and SERIAL[0] <= int(text) <= SERIAL[1]:
            return EPOCH + timedelta(days=int(text))
    except ValueError:
        pass
    raise Unfit(gettext_noop("“%(value)s” is no day; write it as 2024-03-01."), value=short(value))


def _choice(field: FieldSpec, value: Any, around: Around) -> str:
    words = _words_of(field)
    said = _folded(value)
    if said in words:
        return words[said]
    close = nearest(said, [one.name.zh for one in field.choices] + [one.name.en for one in field.choices])
    offered = Words("、".join(c.name.zh for c in field.choices[:8]), ", ".join(c.name.en for c in field.choices[:8]))
    if close:
        raise Unfit(
            gettext_noop("“%(value)s” is not offered for %(field)s; did you mean “%(near)s”?"),
            value=short(value),
            near=close,
        )
    raise Unfit(
        gettext_noop("“%(value)s” is not offered for %(field)s; choose from: %(offered)s."),
        value=short(value),
        offered=offered,
    )


def _folded(value: Any) -> str:
    return " ".join(narrow(value).casefold().split())


def _words_of(field: FieldSpec) -> dict[str, str]:
    """Every word by which a choice can be named."""
    if not field.words:
        for choice in reversed(field.choices):
            for word in (choice.name.en, choice.name.zh, choice.code):
                field.words[_folded(word)] = choice.code
    return field.words


def _choices(field: FieldSpec, value: Any, around: Around) -> list[str] | None:
    if isinstance(value, str):
        whole = _folded(value) in _words_of(field)
        value = [value] if whole else re.split(r"[、,，;；|/\n]", value)
    if not isinstance(value, list | tuple) or len(value) > 500:
        raise Unfit(gettext_noop("“%(value)s” is no list of words."), value=short(value))
    chosen = {_choice(field, one, around) for one in value if not is_empty(one)}
    return [choice.code for choice in field.choices if choice.code in chosen] or None


def _yes_no(field: FieldSpec, value: Any, around: Around) -> bool:
    if isinstance(value, bool):
        return value
    said = _folded(value)
    if said.endswith(".0"):
        said = said[:-2]
    if said in YES or said in NO:
        return said in YES
    raise Unfit(gettext_noop("“%(value)s” is neither yes nor no; write 是 or 否."), value=short(value))


def _phone(field: FieldSpec, value: Any, around: Around) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"[\s()]+", "-", narrow(value)).strip("-")
    text = re.sub(r"-*(?:转|ext\.?|x|#)-*", "转", text, flags=re.IGNORECASE)
    text = re.sub(r"[-–—－]+", "-", text)
    if not PHONE.fullmatch(text) or not 3 <= sum(sign.isdigit() for sign in text) <= 20:
        raise Unfit(gettext_noop("“%(value)s” is no telephone number; write it as 028-12345678."), value=short(value))
    return text


def _link(field: FieldSpec, value: Any, around: Around) -> str:
    text = _sound(value).strip()
    if len(text) > LONGEST_LINK or not LINK.fullmatch(text):
        raise Unfit(gettext_noop("“%(value)s” is no address of a page; it begins with https://"), value=short(value))
    return text


def _unit(field: FieldSpec, value: Any, around: Around) -> int:
    found = around.finder.unit(narrow(value), field.levels)
    if found is None:
        raise Unfit(gettext_noop("“%(value)s” is no unit that is meant here; write its code."), value=short(value))
    return found


def _body(field: FieldSpec, value: Any, around: Around) -> int:
    found = around.finder.body(narrow(value), field.body_kinds)
    if found is None:
        raise Unfit(
            gettext_noop("“%(value)s” is no organisation that is registered; write its code or full name."),
            value=short(value),
        )
    return found


def _file(field: FieldSpec, value: Any, around: Around) -> int:
    found = around.finder.file(narrow(value))
    if found is None:
        raise Unfit(
            gettext_noop("“%(value)s” is no file of this entry; add it on the entry's page."), value=short(value)
        )
    return found


READ: dict[str, Callable[[FieldSpec, Any, Around], Any]] = {
    "text": _text,
    "long_text": _long_text,
    "bilingual": _bilingual,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "unit": _unit,
    "body": _body,
    "phone": _phone,
    "file": _file,
    "link": _link,
}
