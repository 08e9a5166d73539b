"""Sealed values open only where they were sealed, unaltered, and with a key that is still on the ring."""

import base64
import hashlib
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.people import keys
from liren.foundation.people.cipher import (
    Algorithm,
    Key,
    Place,
    Ring,
    SealBroken,
    blind_index,
    decoded,
    decrypt,
    encrypt,
    key_id,
)

FIRST, SECOND = Key(b"1" * 32), Key(b"2" * 32)
PLACE = Place("people_contact", "sealed", UUID(int=7))
BOTH = pytest.mark.parametrize("algorithm", list(Algorithm))

# AES-256: McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16. SM4: RFC 8998, appendix A.1.
VECTORS = {
    Algorithm.AES_GCM: (
        "feffe9928665731c6d6a8f9467308308" * 2,
        "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
        "b16aedf5aa0de657ba637b39",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        "c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
    Algorithm.SM4_GCM: (
        "0123456789abcdeffedcba9876543210",
        "00001234567800000000abcd",
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec",
    ),
}


@BOTH
def test_the_published_vectors_come_out(algorithm):
    key, nonce, plain, bound, sealed = map(bytes.fromhex, VECTORS[algorithm])
    assert encrypt(algorithm, key, nonce, plain, bound) == sealed
    assert decrypt(algorithm, key, nonce, sealed, bound) == plain


@BOTH
def test_one_changed_bit_of_a_vector_is_found(algorithm):
    key, nonce, _plain, bound, sealed = map(bytes.fromhex, VECTORS[algorithm])
    for position in (0, len(sealed) // 2, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(InvalidTag):
            decrypt(algorithm, key, nonce, bytes(altered), bound)


@BOTH
@given(text=st.text(max_size=300), row=st.uuids())
def test_what_was_sealed_opens_in_its_place(algorithm, text, row):
    text = text.encode("utf-8", "ignore").decode()
    ring, place = Ring(FIRST, algorithm=algorithm), Place("people_contact", "sealed", row)
    assert ring.open(ring.seal(text, place), place) == text


def test_equal_values_are_sealed_differently_each_time():
    ring = Ring(FIRST)
    assert len({ring.seal("13800138000", PLACE) for _ in range(50)}) == 50


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("people_contact", "sealed", UUID(int=8)),
        Place("people_contact", "other", UUID(int=7)),
        Place("people_contac", "tsealed", UUID(int=7)),
        Place("other", "sealed", UUID(int=7)),
    ],
)
def test_a_value_moved_elsewhere_does_not_open(elsewhere):
    sealed = Ring(FIRST).seal("13800138000", PLACE)
    with pytest.raises(SealBroken):
        Ring(FIRST).open(sealed, elsewhere)


@BOTH
@given(st.data())
def test_any_changed_bit_is_found(algorithm, data):
    ring = Ring(FIRST, algorithm=algorithm)
    sealed = bytearray(ring.seal("13800138000", PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        ring.open(bytes(sealed), PLACE)


@given(st.binary(max_size=60))
def test_rubbish_never_opens(rubbish):
    with pytest.raises(SealBroken):
        Ring(FIRST).open(rubbish, PLACE)


@given(st.integers(0, 45))
def test_a_value_cut_short_never_opens(length):
    sealed = Ring(FIRST).seal("13800138000", PLACE)
    with pytest.raises(SealBroken):
        Ring(FIRST).open(sealed[: min(length, len(sealed) - 1)], PLACE)


def test_after_a_change_of_key_old_values_open_and_new_ones_are_sealed_with_the_new_key():
    old, new = Ring(FIRST), Ring(SECOND, [FIRST])
    sealed = old.seal("社区", PLACE)
    assert new.open(sealed, PLACE) == "社区"
    assert key_id(new.seal("社区", PLACE)) == SECOND.id != key_id(sealed) == FIRST.id
    assert not sealed.startswith(new.head)


def test_a_key_that_left_the_ring_opens_nothing():
    with pytest.raises(SealBroken):
        Ring(SECOND).open(Ring(FIRST).seal("社区", PLACE), PLACE)


def test_either_cipher_opens_what_the_other_sealed_under_the_same_key():
    aes, sm4 = Ring(FIRST), Ring(FIRST, algorithm=Algorithm.SM4_GCM)
    assert sm4.open(aes.seal("社区", PLACE), PLACE) == aes.open(sm4.seal("社区", PLACE), PLACE) == "社区"
    assert aes.head != sm4.head


def test_the_two_ciphers_never_share_a_key():
    assert FIRST.derived(Algorithm.AES_GCM)[:16] != FIRST.derived(Algorithm.SM4_GCM)
    assert [len(FIRST.derived(a)) for a in Algorithm] == [32, 16]


def test_the_id_of_a_key_and_its_picture_tell_nothing_about_it():
    assert len(FIRST.id) == 8
    assert "1111" not in repr(FIRST)
    assert FIRST.id != hashlib.sha256(FIRST.secret).hexdigest()[:8]


@pytest.mark.parametrize(
    "text", ["", "not base64!", base64.b64encode(b"short").decode(), base64.b64encode(b"x" * 33).decode()]
)
def test_a_key_that_is_no_key_is_refused_without_being_repeated(text):
    with pytest.raises(ValueError, match="key") as wrong:
        Key.from_base64(text)
    assert not text or text not in str(wrong.value)


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("AES-GCM", Algorithm.AES_GCM),
        ("AES-256-GCM", Algorithm.AES_GCM),
        ("sm4-gcm", Algorithm.SM4_GCM),
    ],
)
def test_ciphers_are_called_by_name(name, algorithm):
    assert Algorithm.named(name) is algorithm


def test_an_unknown_cipher_is_refused():
    with pytest.raises(ValueError, match="ROT13"):
        Algorithm.named("ROT13")


def test_the_blind_index_depends_on_key_kind_and_value():
    index = blind_index(b"k" * 32, "phone", "+8613800138000")
    assert len(index) == 32
    assert index == blind_index(b"k" * 32, "phone", "+8613800138000")
    others = [
        blind_index(b"j" * 32, "phone", "+8613800138000"),
        blind_index(b"k" * 32, "email", "+8613800138000"),
        blind_index(b"k" * 32, "phone", "+8613800138001"),
        blind_index(b"k" * 32, "phone+", "8613800138000"),
    ]
    assert index not in others


def hmac_by_hand(key: bytes, message: bytes) -> bytes:
    """RFC 2104, written out."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).digest()


@given(st.binary(min_size=32, max_size=64), st.text(max_size=40))
def test_the_blind_index_is_the_hmac_of_the_standard(key, value):
    value = value.encode("utf-8", "ignore").decode()
    assert blind_index(key, "phone", value) == hmac_by_hand(key, b"phone\0" + value.encode())


def test_the_ring_of_the_installation_follows_its_settings(settings):
    place = keys.contact_place(uuid4())
    first = keys.ring().seal("社区", place)
    settings.LIREN_DATA_KEYS_OLD = [settings.LIREN_DATA_KEY]
    settings.LIREN_DATA_KEY, settings.LIREN_CIPHER = base64.b64encode(b"n" * 32).decode(), "SM4-GCM"
    assert keys.ring().open(first, place) == "社区"
    assert keys.ring().algorithm is Algorithm.SM4_GCM
    settings.LIREN_DATA_KEYS_OLD = ""
    with pytest.raises(SealBroken):
        keys.ring().open(first, place)


@pytest.mark.parametrize("name", ["LIREN_DATA_KEY", "LIREN_LOOKUP_KEY"])
def test_a_missing_key_is_said_by_name(settings, name):
    setattr(settings, name, "")
    with pytest.raises(ImproperlyConfigured, match=name):
        keys.ring(), keys.lookup("phone", "+86")


def test_decoding_takes_base64_only():
    assert decoded("AAEC") == b"\0\1\2"
    with pytest.raises(ValueError, match="base64"):
        decoded("社区")
