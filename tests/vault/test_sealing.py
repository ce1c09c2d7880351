"""What the vault holds of a number opens under its key, for its subject, and not otherwise."""

from itertools import islice

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulators.invention import nhs_numbers
from fhir_profiles.nhs_number import NhsNumber
from gateway.population.pseudonyms import KeyLengthError, subject_of
from gateway.vault.sealing import NumberSeal, UnopenedEntryError

KEY, STORE_KEY = b"v" * 32, b"s" * 32
NUMBERS = list(islice(nhs_numbers(11), 50))
ONE, OTHER = NUMBERS[:2]
SUBJECT, OTHERS = subject_of(STORE_KEY, ONE), subject_of(STORE_KEY, OTHER)


@given(st.sampled_from(NUMBERS), st.binary(min_size=32, max_size=32))
def test_a_sealed_number_opens_under_its_key_for_its_subject(number, key):
    seal, subject = NumberSeal(key), subject_of(STORE_KEY, number)

    sealed = seal.seal(subject, number)

    assert seal.open(subject, sealed) == number
    assert (len(sealed), sealed) == (26, seal.seal(subject, number))
    assert number.digits.encode() not in sealed


def test_it_is_aes_siv_bound_to_the_version_and_the_subject():
    sealed = NumberSeal(KEY).seal(SUBJECT, ONE)

    assert AESSIV(KEY).decrypt(sealed, [b"vault|v1", SUBJECT]) == ONE.digits.encode()


@pytest.mark.parametrize(
    ("key", "subject"), [(b"w" * 32, SUBJECT), (KEY, OTHERS), (KEY, b"")], ids=str
)
def test_another_key_or_another_subject_opens_nothing(key, subject):
    with pytest.raises(UnopenedEntryError):
        NumberSeal(key).open(subject, NumberSeal(KEY).seal(SUBJECT, ONE))


def test_no_altered_entry_opens():
    seal = NumberSeal(KEY)
    sealed = seal.seal(SUBJECT, ONE)

    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(UnopenedEntryError):
            seal.open(SUBJECT, bytes(altered))


@pytest.mark.parametrize("plain", [b"9999999999", b"Jo Patient", b"\xff" * 10])
def test_what_was_sealed_and_is_no_number_does_not_open_and_is_not_told(plain):
    sealed = AESSIV(KEY).encrypt(plain, [b"vault|v1", SUBJECT])

    with pytest.raises(UnopenedEntryError) as refused:
        NumberSeal(KEY).open(SUBJECT, sealed)

    assert refused.value.__suppress_context__
    assert plain.decode(errors="replace") not in repr(refused.value)


@pytest.mark.parametrize("length", [0, 16, 31, 33, 48, 64])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(KeyLengthError):
        NumberSeal(bytes(length))


def test_a_seal_shows_no_key():
    assert "v" * 8 not in repr(NumberSeal(KEY))
    assert isinstance(NumberSeal(KEY).open(SUBJECT, NumberSeal(KEY).seal(SUBJECT, ONE)), NhsNumber)
