"""Sealing of single values: AES-256-GCM or SM4-GCM, bound to the place where the value stands; and the blind index.

No Django and no settings here; ``keys`` builds the ring from the settings.

A sealed value is ``b"L1"``, one byte for the algorithm, four bytes that name the key, twelve bytes of nonce, then
ciphertext and tag. The place (table, column, row) is authenticated but not stored: a value moved to another row stays
shut. Sources: NIST SP 800-38D (GCM), GB/T 32907-2016 and RFC 8998 (SM4-GCM), RFC 5869 (HKDF), RFC 2104 (HMAC).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"L1"
KEY_BYTES, NONCE_BYTES, TAG_BYTES, ID_BYTES = 32, 12, 16, 4
HEAD_BYTES = len(MAGIC) + 1 + ID_BYTES


class Algorithm(IntEnum):
    """The number stands in the sealed value; the name in the setting LIREN_CIPHER."""

    AES_GCM = 1
    SM4_GCM = 2

    @classmethod
    def named(cls, name: str) -> Algorithm:
        """ "AES-GCM" or "SM4-GCM"; ValueError for anything else."""
        try:
            return cls[name.upper().replace("-", "_").replace("AES_256", "AES")]
        except KeyError:
            raise ValueError(f"Unknown cipher {name!r}: use AES-GCM or SM4-GCM.") from None


class SealBroken(Exception):
    """The value can't be opened: altered, moved from another place, or sealed with a key that is not on the ring."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands; part of what is authenticated."""

    table: str
    column: str
    row: UUID

    def bytes(self) -> bytes:
        parts = (self.table.encode(), self.column.encode(), self.row.bytes)
        return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


@dataclass(frozen=True)
class Key:
    """32 bytes from which the key of each algorithm is derived. Its id names it and tells nothing about it."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"A data key has {KEY_BYTES} bytes, this one has {len(self.secret)}.")

    @classmethod
    def from_base64(cls, text: str) -> Key:
        """A key as it stands in the environment; ValueError when it is not base64 of 32 bytes."""
        return cls(decoded(text))

    @cached_property
    def id(self) -> str:
        return sha256(b"liren key id" + self.secret).digest()[:ID_BYTES].hex()

    def derived(self, algorithm: Algorithm) -> bytes:
        """The key of one algorithm; worked out once."""
        found = self._derived.get(algorithm)
        if found is None:
            length = 32 if algorithm is Algorithm.AES_GCM else 16
            made = HKDF(SHA256(), length, salt=None, info=b"liren " + algorithm.name.encode())
            found = self._derived[algorithm] = made.derive(self.secret)
        return found

    @cached_property
    def _derived(self) -> dict[Algorithm, bytes]:
        return {}


def decoded(text: str) -> bytes:
    """Bytes from base64; ValueError says what is wrong without repeating the secret."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("A key must be written in base64.") from None


def encrypt(algorithm: Algorithm, key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    """Ciphertext and tag of the bare primitive; public for its test vectors."""
    engine = Cipher(_block(algorithm, key), modes.GCM(nonce)).encryptor()
    engine.authenticate_additional_data(bound)
    return engine.update(plain) + engine.finalize() + engine.tag


def decrypt(algorithm: Algorithm, key: bytes, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The reverse of ``encrypt``; raises InvalidTag when one bit differs."""
    body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    engine = Cipher(_block(algorithm, key), modes.GCM(nonce, tag)).decryptor()
    engine.authenticate_additional_data(bound)
    return engine.update(body) + engine.finalize()


def _block(algorithm: Algorithm, key: bytes) -> algorithms.AES | algorithms.SM4:
    return algorithms.AES(key) if algorithm is Algorithm.AES_GCM else algorithms.SM4(key)


class Ring:
    """One key that seals, and older keys that can still open."""

    def __init__(self, current: Key, old: Iterable[Key] = (), algorithm: Algorithm = Algorithm.AES_GCM) -> None:
        self.current, self.algorithm = current, algorithm
        self._keys = {key.id: key for key in (*old, current)}

    @cached_property
    def head(self) -> bytes:
        """The first bytes of whatever is sealed today; other heads are due for sealing anew."""
        return MAGIC + bytes([self.algorithm]) + bytes.fromhex(self.current.id)

    def seal(self, value: str, place: Place) -> bytes:
        """Seal ``value`` for ``place`` with the current key and a fresh nonce."""
        head = self.head
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = self.current.derived(self.algorithm)
        return head + nonce + encrypt(self.algorithm, key, nonce, value.encode(), head + place.bytes())

    def open(self, sealed: bytes, place: Place) -> str:
        """The value; SealBroken when it was altered, stands elsewhere, or its key is not on this ring."""
        sealed = bytes(sealed)
        head, nonce, body = (
            sealed[:HEAD_BYTES],
            sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES],
            sealed[HEAD_BYTES + NONCE_BYTES :],
        )
        key = self._keys.get(key_id(sealed))
        if key is None or len(body) < TAG_BYTES or not head.startswith(MAGIC) or head[2] not in list(Algorithm):
            raise SealBroken("This value was not sealed here, or its key is missing.")
        algorithm = Algorithm(head[2])
        try:
            return decrypt(algorithm, key.derived(algorithm), nonce, body, head + place.bytes()).decode()
        except InvalidTag:
            raise SealBroken("This value was altered or moved.") from None


def key_id(sealed: bytes) -> str:
    """Which key sealed this value, as eight hexadecimal digits."""
    return bytes(sealed)[len(MAGIC) + 1 : HEAD_BYTES].hex()


def blind_index(key: bytes, kind: str, normal: str) -> bytes:
    """32 bytes by which a normalised value is found again: HMAC-SHA-256, useless without the key.

    ``kind`` keeps one value in two kinds of columns from matching.
    """
    return hmac.digest(key, kind.encode() + b"\0" + normal.encode(), "sha256")
