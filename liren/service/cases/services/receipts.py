"""The receipt: who shows number and key is the one who reported, without an account."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from liren.foundation.people.services import keyed_digest
from liren.service.cases.engine.numbers import understood
from liren.service.cases.models import Case
from liren.service.cases.queries.details import NoCase

#: Without I, L, O and U, which are misread (D. Crockford, Base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
MISREAD = str.maketrans("ILO", "110")


@dataclass(frozen=True)
class Holder:
    """Whoever holds the receipt of one case: an actor that sees and moves this case as its reporter, and no other.
    ``shown_by``: the account that is signed in where the receipt is shown."""

    receipt_of: int
    shown_by: Any = None
    pk: None = None
    is_authenticated: bool = False

    @property
    def label(self) -> str:
        return f"receipt:{self.receipt_of}"

    def holds(self, power: str, unit: Any = None) -> bool:
        return False

    def powers(self) -> frozenset[str]:
        return frozenset()


def key_of(case: Case) -> str:
    """The key on the receipt: 16 signs, 80 bits, worked out from the case under a key of this installation."""
    return _key(case.pk)


def _key(pk: int) -> str:
    bits = int.from_bytes(keyed_digest("case-receipt", str(pk))[:10], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -5, -5))


def holder(number: str, key: str) -> Holder:
    """The holder of a receipt. A wrong key and an unknown number are answered alike.

    Raises:
        NoCase: no such case, or not its key.
    """
    pk = understood(number[:40]) or 0
    typed = "".join(sign for sign in key[:80].upper() if sign.isalnum()).translate(MISREAD)
    fits = hmac.compare_digest(_key(pk).encode(), typed.encode())
    if not (fits and Case.objects.filter(pk=pk).exists()):
        raise NoCase.unknown()
    return Holder(pk)
