"""Opening hours of an ordinary week: texts to spans of minutes, and which places are open at a moment.

A bounded part of OpenStreetMap's ``opening_hours`` (its wiki: Key:opening_hours/specification) and the way the same is
written in Chinese. Seasons, dates, holidays and sunset are no part of an ordinary week: holidays are passed over, and a
text with anything else in it is not understood, which is told and never guessed at.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from liren.development.lifecircle.engine.errors import BadParameter
from liren.development.lifecircle.engine.network import Bools, Longs

DAY, WEEK = 24 * 60, 7 * 24 * 60  # minutes
LONGEST = 200  # characters of a text
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
Span = tuple[int, int]  # from, until (not itself one of them), minutes of the week from Monday 0:00

_CHINESE_DAY = {**dict(zip("一二三四五六日", DAYS, strict=True)), "天": "su"}
_SAME = (
    (r"[—–－−~～至到]+", "-"),
    (r"[、，(]", ","),
    (r"\)", " "),
    (r"[。；\n]", ";"),
    (r"(?:国家)?法定节假日|节假日", " ph "),
    (r"24/7|24小时(?:开放|营业)?|(?:全天|全年)(?:开放|营业|服务)?", " 24/7 "),
    (r"每天|每日|天天", " mo-su "),
    (r"工作日", " mo-fr "),
    (r"周末|双休日", " sa-su "),
    (r"(?:周|星期|礼拜)([一二三四五六日天])-([一二三四五六日天])", r"周\1-周\2"),
    (r"休息|闭馆|关闭|不开放|不营业|除外", " off "),
    (r"开放|营业|接待|门诊|开餐", " "),
    (r"(\d{1,2})[点时](\d{1,2})分?", r"\1:\2"),
    (r"(\d{1,2})[点时]半", r"\1:30"),
    (r"(\d{1,2})[点时]", r"\1:00"),
)
_TOKEN = re.compile(
    r"\s*(?:(?P<day>mo|tu|we|th|fr|sa|su)(?![a-z])|(?P<holiday>ph|sh)(?![a-z])|(?P<whole>24/7)|(?P<off>off|closed)"
    r"|(?P<half>上午|早上|下午|晚上)?\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})|(?P<sign>[-,;]))"
)


@dataclass
class _Reader:
    """One pass over the tokens; days keep their spans, of which one may end on the day after."""

    tokens: list[tuple[str, int]]
    at: int = 0

    def __post_init__(self) -> None:
        self.week: list[list[Span]] = [[] for _ in DAYS]
        self.shut: set[int] = set()

    def kind(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead][0] if self.at + ahead < len(self.tokens) else ""

    def take(self, kind: str) -> int:
        """The next token, which must be of this kind."""
        if self.kind() != kind:
            raise ValueError(kind)
        self.at += 1
        return self.tokens[self.at - 1][1]

    def rule(self, *, adds: bool) -> None:
        """Days and what holds on them: instead of what was said of them before, or besides; "off" shuts them."""
        named = self.kind() in ("day", "holiday")
        days = self._days() if named else list(range(7))
        if self.kind() == "off":
            self.take("off")
            spans: list[Span] = []
        elif self.kind() == "whole" or (named and self.kind() in ("", ";")):
            self.at += self.kind() == "whole"
            spans = [(0, DAY)]
        else:
            spans = self._times()
        self.shut = (self.shut if adds else self.shut - set(days)) | (set() if spans else set(days))
        for day in days:
            self.week[day] = [] if day in self.shut else [*(self.week[day] if adds else []), *spans]

    def _days(self) -> list[int]:
        found: list[int] = []
        while True:
            if self.kind() == "holiday":
                self.take("holiday")
            else:
                first = last = self.take("day")
                if self.kind() == "-":
                    self.take("-")
                    last = self.take("day")
                found += [(first + k) % 7 for k in range((last - first) % 7 + 1)]
            if not (self.kind() == "," and self.kind(1) in ("day", "holiday")):
                break
            self.take(",")
        if self.kind() == ",":  # "周一至周五，8:30—12:00"
            self.take(",")
        return found

    def _times(self) -> list[Span]:
        found = []
        while True:
            start = self.take("time")
            self.take("-")
            end = self.take("time")
            if start >= DAY:
                raise ValueError("A day begins before it ends.")
            found.append((start, end if end > start else end + DAY))
            if not (self.kind() == "," and self.kind(1) == "time"):
                return found
            self.take(",")


def _tokens(text: str) -> list[tuple[str, int]]:
    """Kind and number of each token; afternoon goes on to the end of its span.

    :raises ValueError: at the first sign that belongs to none.
    """
    said = unicodedata.normalize("NFKC", text).lower()
    for pattern, other in _SAME:
        said = re.sub(pattern, other, said)
    said = re.sub(r"(?:周|星期|礼拜)([一二三四五六日天])", lambda one: f" {_CHINESE_DAY[one[1]]} ", said).strip()
    found: list[tuple[str, int]] = []
    place, later = 0, False
    while place < len(said):
        match = _TOKEN.match(said, place)
        if match is None:
            raise ValueError(said[place:])
        place = match.end()
        if match["hour"]:
            later = match["half"] in ("下午", "晚上") if match["half"] else later and found[-1][0] == "-"
            found.append(("time", _minute(int(match["hour"]), int(match["minute"]), later)))
        else:
            kind = str(match["sign"] or match.lastgroup)
            found.append((kind, DAYS.index(match["day"]) if match["day"] else 0))
    return found


def _minute(hour: int, minute: int, later: bool) -> int:
    if hour > 48 or minute > 59 or hour * 60 + minute > 2 * DAY:
        raise ValueError(f"{hour}:{minute}")
    return (hour + 12 if later and hour < 12 else hour) * 60 + minute


@lru_cache(maxsize=4096)
def spans_of(text: str) -> tuple[Span, ...] | None:
    """The spans of an ordinary week, rising and apart; () for a place that is never open, None where not understood."""
    if not text.strip() or len(text) > LONGEST:
        return None
    try:
        reader = _Reader(_tokens(text))
        reader.rule(adds=False)
        while reader.kind():
            sign = reader.kind()
            if sign != "holiday":
                reader.take("," if sign == "," else ";")
            if reader.kind():
                reader.rule(adds=sign != ";")
    except ValueError:
        return None
    return _joined([(day * DAY + start, day * DAY + end) for day, of in enumerate(reader.week) for start, end in of])


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """What goes on after Sunday goes on on Monday; spans that touch are one."""
    cut = [part for start, end in spans for part in ((start, min(end, WEEK)), (0, end - WEEK)) if part[1] > part[0]]
    made: list[Span] = []
    for start, end in sorted(cut):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def moment(weekday: int, hour: int, minute: int = 0) -> int:
    """A minute of the week; ``weekday`` 0 is Monday.

    :raises BadParameter: when there is no such weekday or time.
    """
    if not (0 <= weekday < 7 and 0 <= hour < 24 and 0 <= minute < 60):
        raise BadParameter("moment_unknown", weekday=weekday, time=f"{hour}:{minute:02d}")
    return weekday * DAY + hour * 60 + minute


@dataclass(frozen=True, eq=False)
class Hours:
    """Spans of many places: those of place i are ``start``, ``end`` ``[ptr[i]:ptr[i + 1]]``; ``known`` (places,)."""

    ptr: Longs
    start: Longs
    end: Longs
    known: Bools

    def open_at(self, at: int) -> Bools:
        """Which places are open at a minute of the week; one whose hours nobody knows counts as open."""
        if not 0 <= at < WEEK:
            raise BadParameter("minute_unknown", minute=at)
        inside = np.zeros(len(self.start) + 1, np.int64)
        np.cumsum((self.start <= at) & (at < self.end), out=inside[1:])
        return np.asarray((inside[self.ptr[1:]] > inside[self.ptr[:-1]]) | ~self.known)


def hours(texts: Sequence[str]) -> Hours:
    """The hours of places as their texts say; an empty text, or one that is not understood, says nothing."""
    found = [spans_of(text) for text in texts]
    flat = np.array([span for one in found for span in one or ()], np.int64).reshape(-1, 2)
    ptr = np.zeros(len(found) + 1, np.int64)
    np.cumsum([len(one or ()) for one in found], out=ptr[1:])
    return Hours(ptr, flat[:, 0], flat[:, 1], np.array([one is not None for one in found], np.bool_))
