"""From the header of a table to the facts of an entry: by Chinese name, English name or code, never by guess."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from liren.foundation.kernel.engine.declared import nearest
from liren.foundation.registers.engine.spec import RegisterSpec, Words
from liren.foundation.registers.engine.wording import ValueFault, gettext_noop, short

# Facts that every entry has, by the titles under which a table may bring them; the first two are those we write.
BUILT_IN: dict[str, tuple[str, ...]] = {
    "number": ("编号", "Number", "登记编号", "no"),
    "name_zh": ("名称", "Name", "中文名称", "chinese name"),
    "name_en": ("英文名称", "English name", "英文名"),
    "unit": ("单元代码", "Unit code", "单元", "区划代码", "社区代码", "所属单元", "所属社区", "code", "division code"),
    "unit_name": ("单元名称", "Unit name", "社区名称", "所在社区"),
    "lon": ("经度", "Longitude", "lng"),
    "lat": ("纬度", "Latitude"),
    "opened_on": ("开始日期", "Since", "启用日期", "opened on"),
    "closed_on": ("结束日期", "Until", "停用日期", "closed on"),
    "reviewed_on": ("核对日期", "Reviewed on"),
}  # fmt: skip


@dataclass(slots=True)
class Columns:
    """Which column holds which fact; ``faults`` say which can't be used, and which are missing."""

    places: dict[str, int] = field(default_factory=dict)
    width: int = 0
    faults: list[ValueFault] = field(default_factory=list)

    def facts(self, cells: list[Any]) -> dict[str, Any]:
        """The cells of a line by the facts they hold."""
        return {name: cells[at] if at < len(cells) else None for name, at in self.places.items()}

    def name_of(self, place: int) -> str:
        return next((name for name, at in self.places.items() if at == place), "")


def folded(title: object) -> str:
    """A title as it is compared: narrow, small, without a unit in brackets or a star for “needed”."""
    text = unicodedata.normalize("NFKC", str(title if title is not None else "")[:200]).casefold()
    text = re.sub(r"\([^()]*\)\s*\*?$", "", text.strip().strip("*").strip())
    words = text.replace("_", " ").split()
    return (" " if text.isascii() else "").join(words)  # blanks between Chinese characters only spread them


def titles(spec: RegisterSpec) -> dict[str, str]:
    """Every title by which a fact of this register can be named, folded, with the name of the fact."""
    known: dict[str, str] = {}
    for name, words in BUILT_IN.items():
        for word in (name, *words):
            known[folded(word)] = name
    for one in spec.fields:
        both = one.kind == "bilingual"
        for word in (one.code, one.name.zh, one.name.en):
            known[folded(word)] = one.code
            if both:
                known[folded(f"{word}_en")] = f"{one.code}_en"
                known[folded(f"{word} 英文")] = f"{one.code}_en"
    return known


def find_columns(spec: RegisterSpec, header: list[Any]) -> Columns:
    """The columns of a table by its first line."""
    known, found = titles(spec), Columns(width=len(header))
    for place, title in enumerate(header):
        if title is None or not str(title).strip():
            continue
        name = known.get(folded(title))
        if name is None:
            found.faults.append(_unknown(title, known))
        elif name in found.places:
            sentence = gettext_noop("Two columns are called “%(name)s”.")
            found.faults.append(ValueFault(name, sentence, {"name": short(title)}))
        else:
            found.places[name] = place
    found.faults.extend(_missing(spec, found.places))
    return found


def _unknown(title: object, known: dict[str, str]) -> ValueFault:
    close = nearest(folded(title), known)
    sentence = gettext_noop("The column “%(name)s” is not known in this register; take it out.")
    if close:
        sentence = gettext_noop("The column “%(name)s” is not known in this register; did you mean “%(near)s”?")
    return ValueFault(short(title), sentence, {"name": short(title), "near": close})


def _missing(spec: RegisterSpec, places: dict[str, int]) -> Iterator[ValueFault]:
    needed = [("name_zh", Words(*BUILT_IN["name_zh"][:2]))]
    if "unit_name" not in places:
        needed.append(("unit", Words(*BUILT_IN["unit"][:2])))
    if spec.place == "required":
        needed += [(name, Words(*BUILT_IN[name][:2])) for name in ("lon", "lat")]
    needed += [(one.code, one.name) for one in spec.fields if one.required]
    for name, title in needed:
        if name not in places:
            yield ValueFault(name, gettext_noop("The column “%(name)s” is missing."), {"name": title})
