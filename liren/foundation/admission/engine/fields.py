"""Which questions of two forms ask for the same. Definitions are compared, never answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from liren.foundation.admission.engine.titles import plain

#: Ways in which forms ask for one thing. The first of a line is the key; a longer list makes the search kinder, never
#: the comparison slower.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("姓名", "名字", "居民姓名", "户主姓名", "人员姓名"),
    ("电话", "联系电话", "电话号码", "手机", "手机号", "手机号码", "联系方式", "移动电话"),
    ("住址", "地址", "家庭住址", "居住地址", "现住址", "详细地址", "现居住地"),
    ("户数", "总户数", "居民户数", "户籍户数", "住户数"),
    ("人口", "总人口", "人口数", "人口总数", "常住人口", "常住人口数", "居民人数"),
    ("负责人", "责任人", "社区负责人", "联系人", "填报人", "经办人"),
    ("社区名称", "社区", "所属社区", "村社名称", "社区村名称", "填报单位"),
    ("日期", "填报日期", "填表日期", "填表时间", "填报时间", "上报日期"),
    ("楼栋数", "楼栋", "栋数", "楼幢数"),
    ("面积", "建筑面积", "总面积", "用房面积"),
)
_KEY = {plain(word): words[0] for words in SYNONYMS for word in words}
#: What a question carries besides its name: units in brackets, marks of need, numbers of rows.
_EXTRA = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：]|^\s*[0-9一二三四五六七八九十]+[.、．)）]\s*")


Name = TypeVar("Name", int, str)


@lru_cache(maxsize=65536)
def same_key(name: str) -> str:
    """The key under which a question is compared: "联系电话（必填）" and "手机号码" have one."""
    text = plain(_EXTRA.sub("", name)) or plain(name) or name.strip()
    return _KEY.get(text, text)[:80]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A question that is asked again: its key, the forms by id, and the registers by code that keep the answer."""

    key: str
    forms: tuple[int, ...]
    registers: tuple[str, ...] = ()


def repeated(forms: Mapping[int, Iterable[str]], registers: Mapping[str, Iterable[str]] | None = None) -> list[Repeat]:
    """Questions that more than one form asks or a register keeps, the most repeated first. One pass: linear in the
    number of questions."""
    asked, kept = _by_key(forms), _by_key(registers or {})
    found = [Repeat(key, tuple(sorted(ids)), tuple(sorted(kept.get(key, ())))) for key, ids in asked.items()]
    again = [one for one in found if len(one.forms) > 1 or one.registers]
    return sorted(again, key=lambda one: (-len(one.forms), -len(one.registers), one.key))


def _by_key(named: Mapping[Name, Iterable[str]]) -> dict[str, list[Name]]:
    """Which of these ask for each key."""
    found: dict[str, list[Name]] = {}
    for one, names in named.items():
        for key in {same_key(name) for name in names}:
            found.setdefault(key, []).append(one)
    return found


def share(names: Sequence[str], others: Iterable[str]) -> float:
    """How much of a form another one asks already, from 0 to 1."""
    mine = {same_key(name) for name in names}
    return len(mine & set(others)) / len(mine) if mine else 0.0
