"""The unified social credit code of a body (统一社会信用代码, GB 32100-2015): eighteen characters, the last a check."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc

#: Registering authority and class of body, division, subject number, check; without I, O, S, V, Z.
#: python-stdnum wants two digits at the front. Collectives registered by the agricultural authorities begin with N.
SHAPE = r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}"


def compact(text: str) -> str:
    """The code as it is kept: narrow capitals without blanks and hyphens."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()


def fault_of(code: str) -> str:
    """What is wrong with a compact code: "shape", "check" (the last character does not fit), or ""."""
    if not re.fullmatch(SHAPE, code):
        return "shape"
    return "" if uscc.calc_check_digit(code[:-1]) == code[-1] else "check"


def with_check(first_seventeen: str) -> str:
    """The whole code from its first seventeen characters."""
    return first_seventeen + uscc.calc_check_digit(first_seventeen)
