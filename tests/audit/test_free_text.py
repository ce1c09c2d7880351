"""What somebody says in their own words is kept without the numbers of patients and without tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.nhs_number import NhsNumber
from gateway.audit.free_text import is_nhs_number, without_identifiers

NUMBER = "9434765919"


@pytest.mark.parametrize(
    "number",
    [
        *(NUMBER, "943 476 5919", "943-476-5919", "943\u2013476\u20135919", "943.476.5919"),
        *("943 - 476 - 5919", "9 43 47 65 919", "\uff19\uff14\uff13\uff14765919"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "NHS{}, collapsed", "bed 12 {} 3", "1234567890 {}", "{}x"]
)
def test_a_number_is_taken_out_however_it_is_written(around: str, number: str):
    assert without_identifiers(around.format(number)) == around.format("[NHS number]")


def test_of_digits_that_two_numbers_could_share_neither_is_left():
    assert is_nhs_number("12 9434765 9")

    assert without_identifiers("bed 12 9 4 3 4 7 6 5 9 1 9 3") == "bed [NHS number] 3"


@pytest.mark.parametrize(
    "text",
    [
        *("9434765918", "94347659190", "194347659190", "1111111111", "07700 900123 rang"),
        *("found at 10:30 on 2026-03-02", "bearer of bad news", "Bearer certificate", "eyJ", ""),
    ],
)
def test_other_words_stay_as_they_were_said(text: str):
    assert without_identifiers(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Bearer eyJhbGciOi.abc.def", "Bearer [token]"),
        ("saw eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln there", "saw [token] there"),
        ("Authorization: bearer 3f9a77c1-d2", "Authorization: bearer [token]"),
        ("BEARER  abc.DEF+gh1/==", "BEARER [token]"),
    ],
)
def test_a_token_is_taken_out(text: str, kept: str):
    assert without_identifiers(text) == kept


@given(st.text(max_size=40), st.integers(0, 999_999_999), st.text(max_size=40))
def test_no_text_around_a_number_hides_it(before: str, nine: int, after: str):
    for check in range(10):
        digits = f"{nine:09d}{check}"
        if is_nhs_number(digits):
            assert NhsNumber(digits).digits not in without_identifiers(
                f"{before.rstrip('0123456789')} {digits} {after}"
            )
