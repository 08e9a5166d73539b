"""An empty table of bodies to be filled in for an import: its columns, an example, the words to choose from."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.foundation.bodies.models import BodyKind, Registration, Work
from liren.foundation.kernel.workbooks import Column
from liren.foundation.kernel.workbooks import workbook as empty
from liren.foundation.territory.models import Unit

#: Titles that a column may bear in a file; the first is shown to readers of English, the last to readers of Chinese.
COLUMNS = {
    "name_zh": ("name_zh", "name", "机构名称", "名称"),
    "name_en": ("name_en", "英文名称"),
    "kind": ("kind", "机构类别", "类别"),
    "unit": ("unit", "单元代码", "区划代码"),
    "uscc": ("uscc", "统一社会信用代码"),
    "registration": ("registration", "登记形式"),
    "works": ("works", "业务领域"),
    "parent": ("parent", "上级机构"),
    "from": ("from", "成立日期"),
    "until": ("until", "终止日期"),
    "telephone": ("telephone", "办公电话"),
    "address": ("address", "办公地址"),
    "document": ("document", "依据文件"),
}
NEEDED = ("name_zh", "kind", "unit", "from", "document")


def titles() -> dict[str, str]:
    """The title of each column in the reader's language; an import knows them all."""
    place = -1 if (get_language() or "zh").startswith("zh") else 0
    return {name: known[place] for name, known in COLUMNS.items()}


def columns(unit: Unit | None) -> list[Column]:
    """What each column takes; with a unit of the reader, the example could be imported as it stands."""
    known, says, line = titles(), _says(), _example(unit)
    words: dict[str, Any] = {"kind": BodyKind, "registration": Registration, "works": Work}
    return [
        Column(
            known[name],
            says.get(name, _("may be empty")),
            line.get(name, ""),
            [str(label) for label in words[name].labels] if name in words else (),
            takes_several=name == "works",
            is_needed=name in NEEDED,
        )
        for name in COLUMNS
    ]


def workbook(unit: Unit | None) -> bytes:
    """An empty workbook of bodies."""
    return empty(columns(unit))


def _says() -> dict[str, str]:
    return {
        "name_zh": _("needed"),
        "kind": _("needed; one of the words"),
        "unit": _("needed: the code of the unit"),
        "uscc": _("only of a registered body: 18 digits and capitals"),
        "registration": _("one of the words; empty where it is neither registered nor filed"),
        "works": _("one or several of the words, with 、 between them"),
        "parent": _("the full name of a body in the unit or above it; it may stand further up in this table"),
        "from": _("needed: a day, as 2024-03-01"),
        "until": _("a day, as 2024-03-01; empty while the body exists"),
        "document": _("needed: title and number of the document it rests on"),
    }


def _example(unit: Unit | None) -> dict[str, str]:
    works = [str(Work.AGED.label), str(Work.SERVICE.label)]
    return {
        "name_zh": "助老服务队（示例）",
        "kind": str(BodyKind.COMMUNITY_ORGANISATION.label),
        "unit": unit.code if unit else "990102001001",
        "registration": str(Registration.FILED.label),
        "works": "、".join(works),
        "from": "2024-03-01",
        "document": "备案表〔2024〕1号",
    }
