"""The unified social credit code: its shape, its check character, its one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.bodies.engine import codes

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def slow_check(first: str) -> str:
    """The sum of GB 32100 written out: weights are the powers of three modulo 31."""
    weight, total = 1, 0
    for character in first:
        total += ALPHABET.index(character) * weight
        weight = weight * 3 % 31
    return ALPHABET[(31 - total % 31) % 31]


bodies = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2), st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)  # fmt: skip


@given(bodies)
def test_the_check_character_is_the_one_of_the_standard(first):
    assert codes.with_check(first) == first + slow_check(first)
    assert codes.fault_of(codes.with_check(first)) == ""


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(first, at, other):
    code = codes.with_check(first)
    wrong = code[:at] + other + code[at + 1 :]
    assert (codes.fault_of(wrong) == "") is (wrong == code)


def test_the_example_of_the_standard_library():
    assert codes.fault_of("91110000600037341L") == ""


def test_collectives_registered_by_the_agricultural_authorities_begin_with_a_letter():
    assert codes.fault_of(codes.with_check("N2990102MF0000001")) == ""


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "shape"),
        ("91110000600037341", "shape"),
        ("91110000600037341LL", "shape"),
        ("91110000600037341I", "shape"),
        ("9111000A600037341L", "shape"),
        ("91110000600037341M", "check"),
        ("91110000600037314L", "check"),
    ],
)
def test_a_wrong_code_is_told_by_what_is_wrong(code, fault):
    assert codes.fault_of(code) == fault


def test_a_code_has_one_spelling():
    assert codes.compact(" ９1110000 6000-37341l ") == "91110000600037341L"
