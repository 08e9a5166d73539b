"""Values that addresses of the API take in their query, and pages of long lists."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.front.api.endpoints import Asked, Query
from liren.front.kit.converters import CodeConverter, PackConverter

FIRST_DAY, LAST_DAY = dt.date(1949, 10, 1), dt.date(2200, 1, 1)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
PLACE = re.compile(f"{CodeConverter.regex}|{PackConverter.regex}")
CODE = re.compile(PackConverter.regex)
#: A key holds no more than names of folders and numbers.
KEY = re.compile(r"[0-9A-Za-z._/#-]{1,170}")
MOST, USUAL = 500, 100
T = TypeVar("T")


def day(text: str) -> dt.date:
    """A day as YYYY-MM-DD within reason."""
    help_text = _("Write a day between 1949-10-01 and 2199-12-31 as YYYY-MM-DD.")
    if not DAY.fullmatch(text):
        raise ValueError(help_text)
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(help_text) from error
    if not FIRST_DAY <= found < LAST_DAY:
        raise ValueError(help_text)
    return found


def matching(pattern: re.Pattern[str], help_text: Any) -> Callable[[str], str]:
    """A text of a form."""

    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(str(help_text))
        return text

    return read


def one_of(choices: list[str]) -> Callable[[str], str]:
    """One of a few words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(_("Write one of these: %(words)s.") % {"words": ", ".join(choices)})
        return text

    return read


def size(text: str) -> int:
    """How many at once."""
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or not 1 <= int(text) <= MOST:
        raise ValueError(_("Write a whole number from 1 to %(most)d.") % {"most": MOST})
    return int(text)


ON = Query("on", gettext_lazy("The day, YYYY-MM-DD; today when empty."), day, {"type": "string", "format": "date"})
UNIT = Query(
    "unit",
    gettext_lazy("Code of a unit, of a division, or of a jurisdiction; the nation when empty."),
    matching(
        PLACE, gettext_lazy("Write twelve digits, with the tail of a compound or grid, or a jurisdiction’s code.")
    ),
    {"type": "string", "pattern": f"^(?:{PLACE.pattern})$"},
    "",
)
JURISDICTION = Query(
    "jurisdiction",
    gettext_lazy("Only those of this jurisdiction."),
    matching(CODE, gettext_lazy("Write the code of a jurisdiction, as in /api/jurisdictions/.")),
    {"type": "string", "pattern": f"^{CODE.pattern}$"},
    "",
)
AFTER = Query(
    "after",
    gettext_lazy("Begin after this key; “next” in an answer writes it for you."),
    matching(KEY, gettext_lazy("Take the address from “next” in the answer before.")),
    default="",
)
LIMIT = Query(
    "limit",
    gettext_lazy("How many at once."),
    size,
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    USUAL,
)


def the_day(asked: Asked) -> dt.date:
    """The day that was asked for, else today."""
    return asked["on"] or timezone.localdate()


def page(asked: Asked, rows: list[T], key: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The rows behind ``after``, at most ``limit``, in the order of their key; and the address of the next page."""
    ordered = sorted((row for row in rows if key(row) > asked["after"]), key=key)
    found = ordered[: asked["limit"]]
    return found, asked.after(key(found[-1])) if len(ordered) > len(found) else None
