"""T5: whoever has the public code, all numbers and some known pairs, but no key, finds nobody."""

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable
from itertools import islice

from adapters.simulators.invention import nhs_numbers
from fhir_profiles.nhs_number import NhsNumber
from gateway.population.pseudonyms import person_of, spell, subject_of
from tests.run_seed import SWITCH

KNOWN = 1_000
PEOPLE = int(os.environ.get("SCR_PROVE_DICTIONARY", "2000"))  # noqa: TID251 - a switch of the test run
KEY, PROJECT = hashlib.sha256(b"store").digest(), hashlib.sha256(b"project").digest()
Name = Callable[[NhsNumber], str]
EMPTY_KEYS = (b"", bytes(32), b"\xff" * 32, b"nhs", b"nhs|", b"trust", b"vault|v1", b"shift|")


def released(number: NhsNumber) -> str:
    return person_of(PROJECT, subject_of(KEY, number))


def salted(number: NhsNumber) -> str:
    """The planted weakness: a hash with a public salt, as is in use."""
    return spell(hashlib.sha256(b"nhs|" + number.digits.encode()).digest()[:16])


def guesses(number: NhsNumber) -> Iterable[str]:
    """Give every name that can be made of a number with the public formulae and keys that anyone can think of."""
    for text in (number.digits.encode(), b"nhs|" + number.digits.encode()):
        for named in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            yield spell(hashlib.new(named, text).digest()[:16])
        yield spell(hashlib.blake2b(text, digest_size=16).digest())
        for key in EMPTY_KEYS:
            inner = hmac.digest(key, text, "sha256")[:16]
            yield from (spell(inner), spell(hmac.digest(key, inner, "sha256")[:16]))
            yield spell(hashlib.blake2b(text, digest_size=16, key=key).digest())


def new_matches(name: Name) -> int:
    """Try a dictionary of everybody against a release; count whom it finds beside those already known."""
    seed = int(os.environ[SWITCH])  # noqa: TID251 - as above
    numbers = list(islice(nhs_numbers(seed), PEOPLE))
    release = {name(number) for number in numbers[KNOWN:]}
    return sum(not release.isdisjoint(guesses(number)) for number in numbers)


def test_t05_a_dictionary_without_the_key_finds_nobody():
    assert new_matches(released) == 0


def test_t05_a_dictionary_finds_everybody_where_the_salt_is_public():
    assert new_matches(salted) == PEOPLE - KNOWN
