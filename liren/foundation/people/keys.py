"""The keys of this installation, from the settings (which read only the environment)."""

from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from liren.foundation.people.cipher import Algorithm, Key, Place, Ring, blind_index, decoded

FIXED_ROW = UUID(int=0)


def ring() -> Ring:
    """The ring that seals and opens; ImproperlyConfigured when no proper key is set."""
    old = settings.LIREN_DATA_KEYS_OLD
    words = old.split(",") if isinstance(old, str) else old
    return _ring(settings.LIREN_DATA_KEY, tuple(word.strip() for word in words if word.strip()), settings.LIREN_CIPHER)


@lru_cache(maxsize=8)
def _ring(current: str, old: tuple[str, ...], cipher: str) -> Ring:
    try:
        return Ring(Key.from_base64(current), map(Key.from_base64, old), Algorithm.named(cipher))
    except ValueError as wrong:
        raise ImproperlyConfigured(f"LIREN_DATA_KEY, LIREN_DATA_KEYS_OLD or LIREN_CIPHER: {wrong}") from None


def lookup(kind: str, normal: str) -> bytes:
    """The blind index of a normalised value under LIREN_LOOKUP_KEY."""
    return blind_index(_lookup_key(settings.LIREN_LOOKUP_KEY), kind, normal)


@lru_cache(maxsize=8)
def _lookup_key(text: str) -> bytes:
    try:
        key = decoded(text)
    except ValueError as wrong:
        raise ImproperlyConfigured(f"LIREN_LOOKUP_KEY: {wrong}") from None
    if len(key) < 32:
        raise ImproperlyConfigured("LIREN_LOOKUP_KEY needs 32 bytes in base64.")
    return key


def contact_place(row: UUID) -> Place:
    return Place("people_contact", "sealed", row)


def secret_place() -> Place:
    """Secrets of second factors: allauth gives its adapter no row, so they are bound to their table and column."""
    return Place("mfa_authenticator", "data", FIXED_ROW)
