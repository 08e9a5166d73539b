"""Sealing for rooms above: what a person leaves with a matter is sealed like a contact, under the same ring of keys."""

from __future__ import annotations

from uuid import UUID

from liren.foundation.people import keys, normal
from liren.foundation.people.cipher import Place


def seal_value(value: str, *, table: str, column: str, row: int) -> bytes:
    """The value sealed for one place; the row is bound by its id, so that a value moved elsewhere stays shut."""
    return keys.ring().seal(value, Place(table, column, UUID(int=row)))


def unseal_value(sealed: bytes, *, table: str, column: str, row: int) -> str:
    """The value in the clear. Whoever calls this has asked the right before, and writes down that it was read."""
    return keys.ring().open(bytes(sealed), Place(table, column, UUID(int=row)))


def is_stale(sealed: bytes) -> bool:
    """Whether an older key or another cipher holds the value: it is due for sealing anew."""
    return not bytes(sealed).startswith(keys.ring().head)


def keyed_digest(kind: str, text: str) -> bytes:
    """32 bytes that stand for a text under the key of this installation, and tell nothing without it."""
    return keys.lookup(kind, text)


def normal_phone(text: str) -> str:
    """A telephone number as ``+`` and digits; BadInput for anything that is none."""
    return normal.phone(text)
