"""The number of a case: its id and a check digit, so that a number misheard on the telephone is found out.

The digit is Damm's (H. M. Damm, 2004): it finds every single wrong digit and every two neighbours exchanged.
"""

from __future__ import annotations

from stdnum import damm
from stdnum.exceptions import ValidationError

DIGITS = 7
LONGEST = 18


def spoken(pk: int | None) -> str:
    """ "0000123-4" for 123: at least seven digits, a hyphen, the check digit. "" for what is not stored yet."""
    if pk is None:
        return ""
    body = f"{pk:0{DIGITS}d}"
    return f"{body}-{damm.calc_check_digit(body)}"


def understood(number: str) -> int | None:
    """The id behind a number as it was typed or spoken: blanks and hyphens don't matter. None if it can't be one."""
    digits = "".join(sign for sign in number if sign not in " -–—\u3000")
    if not (digits.isascii() and digits.isdigit() and DIGITS < len(digits) <= LONGEST):
        return None
    try:
        return int(damm.validate(digits)[:-1])
    except ValidationError:
        return None
