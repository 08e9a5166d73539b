"""Names of units: one spelling, a short name for people, a legal kind, and keys for sorting and search.

The national list writes the same committee as 某社区居委会, 某社区居民委员会, 某居委会, 某社区…; the law knows the
residents' committee (居民委员会, Organic Law of Urban Residents' Committees) and the villagers' committee (村民委员会,
Organic Law of Villagers' Committees). The official name is kept as it was written (only cleaned); the short name is
what stands on signs: 某社区, 某村.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

_BLANK = re.compile(r"\s+|[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]+")
_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HAN_AND_ASCII = re.compile(rf"(?:{_HAN.pattern}|[0-9A-Za-z])+")
# A word, cut where Chinese and other letters meet.
_RUNS = re.compile(rf"{_HAN.pattern}+|[^\W{_HAN.pattern[1:-1]}]+")
_PARTS = re.compile(rf"[0-9a-z]+|{_HAN.pattern}")
_TAIL = re.compile(r"(?:\([^()]*\))+$")
# The endings as the national list writes them, with its slips of the pen (居民员委会, 村委会会).
_RESIDENTS = re.compile(
    r"(?:社区)?居(?:民委员会|民员委会|民委会|民委|民管理委员会|名委员会|委员会|委会|委)会?$|(?<=社区)(?:管理)?委员会$"
)
_VILLAGERS = re.compile(r"村?村(?:民委员会|民员委会|民委会|委员会|委会|委)会?$|(?<=嘎查)(?:委员会|委会)$")
# A village whose name already says what it is gets nothing added behind it.
_COMPLETE = ("社区", "村", "嘎查", "生产队", "大队", "连队", "分场", "农场", "林场")


_MARKED = {"a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "ǖǘǚǜü", "n": "ńňǹ", "m": "ḿ"}
_TONES: dict[int, str | None] = {ord(sign): plain for plain, signs in _MARKED.items() for sign in signs}
_TONES |= {ord("ế"): "ê", ord("ề"): "ê", **dict.fromkeys(map(ord, "\u0304\u0301\u030c\u0300"))}


@dataclass(frozen=True, slots=True)
class UnitName:
    """A committee's name: ``official`` as written, ``short`` for signs, ``kind`` community, village or "" (unsaid)."""

    official: str
    short: str
    kind: str


def clean(text: str) -> str:
    """NFKC, without blanks between Chinese characters or invisible ones; brackets in their Chinese (wide) form.

    Full-width digits and letters become narrow; blanks between Latin words stay, as one space.
    """
    text = _BLANK.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if " " in text:
        text = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)
    return text.replace("(", "（").replace(")", "）")


def has_control(text: str) -> bool:
    """Whether a text holds a control character, a lone surrogate or one that is no character at all."""
    return not text.isprintable() and any(unicodedata.category(c) in {"Cc", "Cs", "Cn"} for c in text)


def _ended(base: str, ending: str) -> str:
    complete = ("社区",) if ending == "社区" else _COMPLETE
    return base if base.endswith(complete) else base + ending


def _split_tail(text: str) -> tuple[str, str]:
    """Bracketed remarks at the end, apart: 擂鼓墩居委会（社区） is 擂鼓墩居委会 and a remark that says nothing new."""
    narrow = text.replace("（", "(").replace("）", ")")
    found = _TAIL.search(narrow)
    if not found or found.start() == 0:
        return text, ""
    tail = text[found.start() :]
    return text[: found.start()], "" if tail == "（社区）" else tail


def committee(text: str) -> UnitName:
    """Read the name of a residents' or villagers' committee; a name without a known ending is its own short name."""
    official = clean(text)
    body, tail = _split_tail(official)
    for pattern, ending, kind in ((_RESIDENTS, "社区", "community"), (_VILLAGERS, "村", "village")):
        found = pattern.search(body)
        if found and found.start() > 0:
            return UnitName(official, _ended(body[: found.start()], ending) + tail, kind)
    kind = "village" if body.endswith(("村", "嘎查")) else "community" if body.endswith("社区") else ""
    return UnitName(official, body + tail, kind)


_STREET_OFFICE = re.compile(r"街道(?:办事处|办)$")
_STREET_ENDINGS = (("街道", "street"), ("办事处", "street"), ("镇", "town"), ("乡", "township"), ("苏木", "sumu"))


def street(text: str) -> UnitName:
    """Read the name of a street, town or township; the office of a street is called by its street."""
    official = clean(text)
    short = _STREET_OFFICE.sub("街道", official)
    kind = next((kind for ending, kind in _STREET_ENDINGS if short.endswith(ending)), "")
    return UnitName(official, short, kind)


# Counties run by a committee instead of a government are zones. Development zones are known by their code (71-80),
# since 绿园区 or 下花园区 are districts like any other.
_DISTRICT_ENDINGS = (
    (("管委会", "委员会", "新城"), "zone"),
    (("市",), "county_city"),
    (("县", "林区"), "county"),
    (("旗",), "banner"),
)


def district(text: str) -> UnitName:
    """Read the name of a district, county, county-level city or zone that stands in the place of one."""
    official = clean(text)
    kind = next((kind for endings, kind in _DISTRICT_ENDINGS if official.endswith(endings)), "district")
    return UnitName(official, official, kind)


def city(text: str) -> UnitName:
    """Read the name of a city or a prefecture (地区, 自治州, 盟)."""
    official = clean(text)
    return UnitName(official, official, "prefecture" if official.endswith(("地区", "州", "盟")) else "city")


_MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}


def province(text: str) -> UnitName:
    """Read the name of a province, an autonomous or special region, or a municipality under the central government."""
    official = clean(text)
    region = official.endswith(("自治区", "特别行政区"))
    kind = "municipality" if official in _MUNICIPALITIES else "region" if region else "province"
    return UnitName(official, official, kind)


def same_body(one: str, other: str) -> bool:
    """Whether two committee names differ only in the spelling of the legal form (居委会, 居民委员会): no renaming."""
    if one == other:
        return True
    first, second = committee(one), committee(other)
    return (first.short, first.kind) == (second.short, second.kind)


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(text, style=Style.NORMAL, errors=str.lower))


def pinyin_key(text: str) -> str:
    """Sort key: pinyin syllables without tones, separated by spaces ("重庆路社区" is "chong qing lu she qu").

    The embedded server has no ICU, so lists are sorted by this column. At most 200 characters.
    """
    return _joined(_syllables(text))


def _joined(syllables: tuple[str, ...]) -> str:
    return " ".join(syllables)[:200].strip()


def pinyin_words(text: str) -> str:
    """For search: the pinyin in one word and its initials ("chongqinglushequ cqlsq")."""
    return _words(_syllables(text))


def _words(syllables: tuple[str, ...]) -> str:
    return f"{''.join(syllables)} {''.join(s[:1] for s in syllables)}"


def bigrams(text: str) -> str:
    """Overlapping pairs of Chinese characters and whole Latin words, for text search in core PostgreSQL.

    The last character of a run stands alone too, so that a search for one character finds it as a prefix.
    """
    return " ".join(dict.fromkeys(_tokens(text)))


MOST_TOKENS = 400


def search_tokens(name: str, *others: str) -> str:
    """Everything by which a unit is found: bigrams of its names, pinyin of the first in one word and by initials."""
    return _keys(_syllables(name), name, *others)[1]


def _keys(syllables: tuple[str, ...], *names: str) -> tuple[str, str]:
    return _joined(syllables), " ".join(_distinct(syllables, *names))


def _distinct(syllables: tuple[str, ...], *names: str) -> dict[str, None]:
    words = [*dict.fromkeys(_tokens(" ".join(names))), *_words(syllables).split()]
    return dict.fromkeys(words[:MOST_TOKENS])


def toneless(syllables: Sequence[str]) -> list[str]:
    """Syllables without their tones, as pypinyin's own style writes them (lǜ is lv)."""
    return [syllable.translate(_TONES) for syllable in syllables]


class Readings:
    """Pinyin of very many names: the same answers as ``pinyin_key`` in a fraction of the time.

    pypinyin cuts a text into words, because some words are read otherwise than their characters (重庆). Where no such
    word can begin, character by character gives the same. ``turns`` holds the first two characters of all such words.
    Making it goes through all words once, so it is for bulk work only.
    """

    def __init__(self) -> None:
        self.plain: dict[str, str] = {}
        read = ((word, [said[0] for said in syllables]) for word, syllables in PHRASES_DICT.items() if len(word) > 1)
        self.turns = {word[:2] for word, said in read if toneless(said) != [self._of(one) for one in word]}

    def _of(self, character: str) -> str:
        found = self.plain.get(character)
        if found is None:
            found = self.plain[character] = lazy_pinyin(character, errors=str.lower)[0]
        return found

    def syllables(self, text: str) -> tuple[str, ...]:
        """The syllables of a text, toneless."""
        if not text.isascii() and not self._turns_in(text):
            if all(map(_HAN.match, text)):
                return tuple(map(self._of, text))
            if _HAN_AND_ASCII.fullmatch(text):  # 3号站: what is not Chinese stays together
                return tuple(part if part.isascii() else self._of(part) for part in _PARTS.findall(text.lower()))
        return _syllables(text)

    def _turns_in(self, text: str) -> bool:
        return any(first + second in self.turns for first, second in pairwise(text))


@cache
def _readings() -> Readings:
    return Readings()


def keys_of(shorts_and_names: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(pinyin key, search tokens) for each (short name, official name): the slow part of an import, done in bulk."""
    readings = _readings()
    return [_keys(readings.syllables(short), short, name) for short, name in shorts_and_names]


MOST_WORDS = 300


def vectors_of(texts: Sequence[tuple[str, str, str]], *, many: bool = True) -> list[tuple[str, str]]:
    """(pinyin key, search vector) for each (name, other name, what else is said). ``many``: the bulk way."""
    syllables = _readings().syllables if many else _syllables
    return [_vector(syllables(name), name, other, said) for name, other, said in texts]


def _vector(syllables: tuple[str, ...], name: str, other: str, said: str) -> tuple[str, str]:
    """As PostgreSQL reads a vector. Tokens are letters and digits: nothing has to be escaped."""
    kept = list(dict.fromkeys([*_distinct(syllables, name, other), *_tokens(said)][:MOST_WORDS]))
    if not "".join(kept).replace("_", "a").isalnum():
        kept = [token for token in kept if token.replace("_", "a").isalnum()]
    return _joined(syllables), "'" + "' '".join(kept) + "'" if kept else ""


def _tokens(text: str) -> Iterator[str]:
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if _HAN.match(run):
            yield from [run[at : at + 2] for at in range(len(run) - 1)]  # as pairwise, in half the time
            yield run[-1]
        else:
            yield run
