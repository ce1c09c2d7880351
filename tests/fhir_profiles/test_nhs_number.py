"""NHS numbers: what is one, and that it never shows itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber


@pytest.mark.parametrize("written", ["9990000018", "999 000 0018", " 9990000018 "])
def test_a_number_is_read_as_people_write_it(written: str) -> None:
    assert NhsNumber.parse(written).digits == "9990000018"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "999000001",
        "99900000180",
        "1234567890",
        "9912003890",
        "3478526985",
        "0000000000",
        "1111111111",
        "9999999999",
        "999-000-0018",
        "999\u00a0000\u00a00018",
        "\u0669\u0669\u0669\u0660\u0660\u0660\u0660\u0660\u0661\u0668",
        "9990000018\n",
        "999000001X",
    ],
)
def test_what_is_no_nhs_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidNhsNumberError):
        NhsNumber.parse(text)


def test_a_number_that_looks_scottish_needs_no_date_in_it() -> None:
    assert NhsNumber("0113000006").digits == "0113000006"


def test_the_digits_themselves_may_hold_no_spaces() -> None:
    with pytest.raises(InvalidNhsNumberError):
        NhsNumber("999 000 0018")


def test_pages_show_a_number_in_groups() -> None:
    assert NhsNumber("9990000018").grouped == "999 000 0018"


def test_a_number_never_shows_itself_in_text() -> None:
    number = NhsNumber("9990000018")

    assert "999" not in f"{number} {number!r} {[number]}"


def test_a_refusal_never_quotes_what_was_typed() -> None:
    with pytest.raises(InvalidNhsNumberError) as refusal:
        NhsNumber.parse("9990000019")

    assert "999" not in str(refusal.value)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_exactly_the_right_check_digit_is_taken(start: int) -> None:
    nine = f"{start:09d}"
    weighted = sum(int(digit) * (10 - place) for place, digit in enumerate(nine))
    expected = (11 - weighted % 11) % 11

    taken = [last for last in range(10) if _is_taken(f"{nine}{last}")]

    all_the_same = len(set(f"{nine}{expected}")) == 1
    assert taken == ([] if expected == 10 or all_the_same else [expected])


def _is_taken(digits: str) -> bool:
    try:
        NhsNumber(digits)
    except InvalidNhsNumberError:
        return False
    return True
