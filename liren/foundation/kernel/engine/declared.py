"""A declaration read key by key: what is wrong, and how it is mended, collected so that one reading tells all."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class DeclarationFault:
    """``key`` leads to the place: ("fields", 2, "unit") is the key ``unit`` of the third ``[[fields]]``."""

    key: Key
    where: str
    says: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f"; mend: {self.mend}" if self.mend else ""
        return f"{self.where}: {self.says}{mend}"


@dataclass(slots=True)
class Faults:
    """Faults of one declaration as they are found."""

    found: list[DeclarationFault] = field(default_factory=list)


# What people write in Chinese where a word of the declaration is meant.
MEANT = {
    "市": "city", "区": "district", "区县": "district", "县": "district", "街道": "street", "乡镇": "street",
    "社区": "community", "村": "community", "小区": "compound", "院落": "compound", "网格": "grid",
    "village": "community", "county": "district", "town": "street", "estate": "compound",
    "公开": "public", "工作人员": "workers", "封存": "sealed", "必填": "required", "选填": "optional", "没有": "none",
    "文字": "text", "文本": "text", "长文字": "long_text", "双语": "bilingual", "数字": "number", "日期": "date",
    "单选": "choice", "多选": "choices", "是否": "yes_no", "单元": "unit", "机构": "body", "电话": "phone",
    "文件": "file", "附件": "file", "网址": "link", "链接": "link", "全部": "all", "城市": "urban", "农村": "rural",
    "名": "person", "位": "person", "人次": "occasion", "天": "day", "工作日": "working_day", "户数": "household",
    "家": "piece", "处": "piece", "所": "piece", "间": "piece", "座": "piece", "台": "piece", "套": "piece",
    "件": "piece", "平米": "m2", "平方": "m2", "块": "yuan", "组织建设": "organisation", "服务": "services",
    "便民服务": "services", "平安法治": "safety", "居民自治": "self_government", "小区与物业": "property",
    "资金与资产": "funds", "社会组织": "social", "志愿服务": "volunteering", "工作队伍": "workers",
    "空间与规划": "planning", "关爱服务": "care", "社区发展": "development", "监督评价": "evaluation",
    "信息公开": "disclosure", "数据与隐私": "privacy",
}  # fmt: skip


def nearest(word: str, known: Iterable[str]) -> str:
    """“did you mean …” for a word that is not known, or nothing. A Chinese word stands for the one it translates."""
    known = list(known)
    if MEANT.get(word) in known:
        return MEANT[word]
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else ""


def one_of(known: Iterable[str]) -> str:
    return "one of " + ", ".join(known)


class Table:
    """One table of a declaration while it is read: every key is asked for once, and what is left is unknown."""

    def __init__(self, content: Mapping[str, Any], key: Key, name: str, faults: Faults) -> None:
        self.content, self.key, self.name, self.faults = content, key, name, faults
        self.asked: list[str] = []

    def fault(self, says: str, mend: str = "", *, at: str | int | None = None) -> None:
        key = self.key if at is None else (*self.key, at)
        where = f"{self.name}, {at}" if self.name and isinstance(at, str) else self.name or str(at or "declaration")
        self.faults.found.append(DeclarationFault(key, where, says, mend))

    def _get(self, key: str, kind: Any, words: str, *, needed: bool) -> Any:
        self.asked.append(key)
        value = self.content.get(key)
        if value is None:
            if needed:
                self.fault("is missing", f"write {key} = {words}", at=key)
            return None
        # A truth value is an int for Python, and for nobody else.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault(f"is {_kind_of(value)}", f"write {key} = {words}", at=key)
            return None
        return value

    def text(self, key: str, *, needed: bool = True, longest: int = 200) -> str:
        value = self._get(key, str, '"…"', needed=needed)
        if value is None:
            return ""
        if needed and not value.strip():
            self.fault("is empty", "fill it in", at=key)
        if len(value) > longest or not value.isprintable():
            self.fault("is too long or holds signs that can't be shown", f"at most {longest} characters", at=key)
            return ""
        return str(value)

    def choice(self, key: str, known: Iterable[str], *, default: str | None = None) -> str:
        """A word out of a list; the default where it is not said."""
        known = tuple(known)
        value = self._get(key, str, f'"{known[0]}"', needed=default is None)
        if value is None:
            return default or known[0]
        if value not in known:
            self.unknown(value, known, at=key)
            return default or known[0]
        return str(value)

    def unknown(self, word: str, known: Iterable[str], *, at: str) -> None:
        """A word that is not in a list: the nearest one, or all that are."""
        known = [one for one in known if one]
        close = nearest(word, known)
        self.fault(f"“{word[:40]}” is not known", f"“{close}”?" if close else one_of(known), at=at)

    def inner(self, key: str, words: str) -> "Table | None":
        """One table inside this one."""
        value = self._get(key, Mapping, words, needed=True)
        if value is None:
            return None
        return Table(value, (*self.key, key), f"{self.name}, {key}" if self.name else key, self.faults)

    def words(self, key: str, *, needed: bool = True, longest: int = 200) -> tuple[str, str]:
        """A text in both languages."""
        value = self._get(key, Mapping, '{ zh = "…", en = "…" }', needed=needed)
        if value is None:
            return "", ""
        inner = Table(value, (*self.key, key), f"{self.name}, {key}" if self.name else key, self.faults)
        pair = inner.text("zh", longest=longest), inner.text("en", longest=longest)
        inner.done()
        return pair

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._get(key, bool, "true or false", needed=False)
        return default if value is None else bool(value)

    def integer(self, key: str, low: int, high: int, *, default: int | None = None) -> int:
        value = self._get(key, int, str(low if default is None else default), needed=default is None)
        if value is None:
            return low if default is None else default
        if not low <= value <= high:
            self.fault(f"{value} is out of reach", f"from {low} to {high}", at=key)
            return low if default is None else default
        return int(value)

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of words, each once."""
        value = self._get(key, list | tuple, '["…"]', needed=needed)
        if value is None:
            return ()
        if not all(isinstance(one, str) and one.strip() for one in value) or len(set(value)) != len(value):
            self.fault("is no list of different words", f'write {key} = ["…", "…"]', at=key)
            return ()
        if needed and not value:
            self.fault("is an empty list", "name at least one", at=key)
        return tuple(value)

    def tables(self, key: str) -> list["Table"]:
        """The tables ``[[key]]``."""
        value = self._get(key, list | tuple, f"[[{key}]]", needed=False)
        if value is None:
            return []
        found = []
        for place, one in enumerate(value):
            if isinstance(one, Mapping):
                name = f"{self.name}, " if self.name else ""
                found.append(Table(one, (*self.key, key, place), f"{name}{key} {place + 1}", self.faults))
            else:
                self.fault("holds something that is no table", f"write [[{key}]]", at=key)
        return found

    def has(self, key: str) -> bool:
        return self.content.get(key) is not None

    def raw(self, key: str) -> Any:
        self.asked.append(key)
        return self.content.get(key)

    def done(self) -> None:
        """Whatever was not asked for is unknown."""
        for key in self.content:
            if key not in self.asked:
                close = nearest(str(key), self.asked)
                mend = f"“{close}”?" if close else "leave it out" if not self.asked else one_of(sorted(self.asked))
                self.fault("this key is not known here", mend, at=str(key)[:60])


def _kind_of(value: Any) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names.get(type(value), "a " + type(value).__name__.lower())
