"""A token can be read in one way only, or not at all."""

import base64

import pytest

from gateway.compact_tokens import (
    DEPTH_AT_MOST,
    KEY_ID_CHARACTERS_AT_MOST,
    TOKEN_CHARACTERS_AT_MOST,
    read_compact,
    read_object,
)
from gateway.errors import NotAuthenticatedError
from tests.tokens import forged, part, signed_by_hand, token

HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "ec"}


def test_what_a_token_says_is_read():
    read = read_compact(forged(HEADER, {"sub": "u1"}))

    assert (read.algorithm, read.key_id, read.header["typ"]) == ("ES256", "ec", "at+jwt")
    assert read_object(read.payload) == {"sub": "u1"}
    assert read.text not in repr(read)


def is_refused(text):
    with pytest.raises(NotAuthenticatedError):
        read_compact(text)
    return True


def test_bits_beyond_the_last_byte_are_refused():
    whole = token()
    spelled = whole[:-1] + other_spelling(whole[-1])

    assert decoded(spelled) == decoded(whole)
    assert is_refused(spelled)


def other_spelling(letter):
    """Give another last letter for the same bytes: of 64 bytes' last letter four bits count for nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) ^ 1]


def decoded(text):
    return base64.urlsafe_b64decode(text.rpartition(".")[2] + "==")


def test_a_length_that_no_bytes_have_is_refused():
    assert is_refused(f"{part(HEADER)}.AAAAA.AAAA")


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "crit", "b64"])
def test_a_header_that_brings_a_key_or_an_extension_is_refused(name):
    assert is_refused(signed_by_hand({**HEADER, name: ["exp"]}))


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": None},
        {"alg": ["ES256"]},
        {"kid": None},
        {"kid": 1},
        {"kid": ""},
        {"kid": "k" * (KEY_ID_CHARACTERS_AT_MOST + 1)},
    ],
)
def test_a_header_without_one_algorithm_and_one_key_id_is_refused(changes):
    assert is_refused(forged({**HEADER, **changes}))


def test_a_key_id_may_be_long():
    key_id = "k" * KEY_ID_CHARACTERS_AT_MOST

    assert read_compact(forged({**HEADER, "kid": key_id})).key_id == key_id


def test_a_token_may_be_as_long_as_a_header():
    rest = f".{part({'sub': 'u1'})}.{part(b'x')}"
    start = part(HEADER)
    longest = start + rest[:-2] + "A" * (TOKEN_CHARACTERS_AT_MOST - len(start + rest[:-2]))

    assert len(longest) == TOKEN_CHARACTERS_AT_MOST
    assert read_compact(longest)
    assert is_refused(longest + "AAAA")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b'{"a":1,"a":1}',
        b'{"x":{"a":1,"a":2}}',
        b'{"x":[{"a":1,"a":2}]}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\\ud800"}',
        b'{"\\udfff":1}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        '{"a":1}'.encode("utf-32-le"),
        b'{"a":1}x',
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_single_plain_object_is_refused(raw):
    with pytest.raises(NotAuthenticatedError):
        read_object(raw)


def nest(levels, opening, closing):
    return opening * levels + b"1" + closing * levels


@pytest.mark.parametrize(("opening", "closing"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_claims_lie_at_most_so_many_levels_deep(opening, closing):
    inside = nest(DEPTH_AT_MOST - 1, opening, closing)

    assert read_object(b'{"a":' + inside + b"}")
    for levels in (DEPTH_AT_MOST, 900, 5000):
        with pytest.raises(NotAuthenticatedError):
            read_object(b'{"a":' + nest(levels, opening, closing) + b"}")
