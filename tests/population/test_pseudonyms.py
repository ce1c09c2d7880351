"""What people and resources are called in store and releases, held against the formulae written out with hashlib."""

import base64
import hashlib
import hmac
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.population.pseudonyms import (
    KeyLengthError,
    NotASubjectError,
    SourceNameError,
    Window,
    person_of,
    read_subject,
    resource_id,
    spell,
    subject_of,
    weeks_shifted,
    window_to_release,
)

STORE, PROJECT, OTHER = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
NUMBER = NhsNumber("9434765919")
SUBJECT = subject_of(STORE, NUMBER)


def base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def test_a_subject_is_what_the_formula_says():
    expected = hmac.new(STORE, b"nhs|9434765919", hashlib.sha256).digest()[:16]

    assert expected == SUBJECT
    assert spell(SUBJECT) == base32(expected) == "zz5lw7jbtvhovxhwkjbwmd7qhi"


def test_a_person_is_what_the_formula_says():
    expected = hmac.new(PROJECT, SUBJECT, hashlib.sha256).digest()[:16]

    assert person_of(PROJECT, SUBJECT) == base32(expected)
    assert len(person_of(PROJECT, SUBJECT)) == 26


def test_a_resource_id_is_what_the_formula_says():
    expected = hashlib.blake2b(b"Encounter|trust|a/b|c", digest_size=16, key=STORE).digest()

    assert resource_id(STORE, "Encounter", "trust", "a/b|c") == base32(expected)


def test_a_date_shift_is_what_the_formula_says():
    drawn = hmac.new(PROJECT, b"shift|" + SUBJECT, hashlib.sha256).digest()

    assert weeks_shifted(PROJECT, SUBJECT) == int.from_bytes(drawn[:8], "big") % 157 - 78


@given(st.binary(min_size=16, max_size=16))
def test_what_is_spelt_is_base32_and_reads_back(data):
    assert spell(data) == base32(data)
    assert read_subject(spell(data)) == data


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_key_of_another_length_is_refused(key):
    for attempt in (
        lambda: subject_of(key, NUMBER),
        lambda: person_of(key, SUBJECT),
        lambda: resource_id(key, "Patient", "trust", "1"),
        lambda: weeks_shifted(key, SUBJECT),
    ):
        with pytest.raises(KeyLengthError, match="32 bytes"):
            attempt()


@pytest.mark.parametrize("digits", ["9434765918", "943476591", "1111111111", "٩٤٣٤٧٦٥٩١٩", ""])
def test_what_is_no_nhs_number_has_no_subject(digits):
    with pytest.raises(InvalidNhsNumberError):
        subject_of(STORE, NhsNumber(digits))


@pytest.mark.parametrize("text", ["", "a" * 25, "a" * 27, "A" * 26, "1" * 26, "a" * 25 + "b"])
def test_another_spelling_of_a_subject_is_refused(text):
    with pytest.raises(NotASubjectError):
        read_subject(text)


@pytest.mark.parametrize("subject", [b"", bytes(15), bytes(17)])
def test_a_subject_of_another_length_is_refused(subject):
    with pytest.raises(NotASubjectError):
        person_of(PROJECT, subject)
    with pytest.raises(NotASubjectError):
        weeks_shifted(PROJECT, subject)


@pytest.mark.parametrize(("resource_type", "source"), [("A|B", "c"), ("A", "b|c")])
def test_a_bar_in_a_name_is_refused_for_it_would_make_two_ids_one(resource_type, source):
    with pytest.raises(SourceNameError):
        resource_id(STORE, resource_type, source, "1")


def test_two_projects_have_no_name_in_common():
    subjects = [hashlib.sha256(bytes([each])).digest()[:16] for each in range(200)]

    ones, others = ({person_of(key, each) for each in subjects} for key in (PROJECT, OTHER))

    assert len(ones) == len(others) == 200
    assert ones.isdisjoint(others)


def test_dates_shift_by_whole_weeks_of_at_most_eighteen_months():
    subjects = [hashlib.sha256(bytes([a, b])).digest()[:16] for a in range(50) for b in range(50)]

    drawn = {weeks_shifted(PROJECT, each) for each in subjects}

    assert drawn == set(range(-78, 79))


def test_a_release_with_shifted_dates_leaves_out_both_ends_of_what_was_pulled():
    pulled = Window(date(2015, 1, 1), date(2025, 12, 31))

    assert window_to_release(pulled) == Window(date(2016, 6, 30), date(2024, 7, 3))
    assert window_to_release(Window(date(2024, 1, 1), date(2025, 1, 1))) is None
