"""Only a key that nobody can compute proves anything."""

import math

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from gateway.key_strength import (
    LARGEST_RSA_BITS,
    SMALLEST_EXPONENT,
    SMALLEST_RSA_BITS,
    is_roca,
    is_strong,
)
from tests.tokens import EC, RSA

PRIMES = [each for each in range(3, 168) if all(each % of for of in range(2, each))]


def marked(bits=2048):
    """Make a modulus that bears the faulty generator's mark."""
    product = math.prod(PRIMES)
    return pow(65_537, 1_000_003, product) + product * (2 ** (bits - 1) // product + 1)


def rsa_key(modulus, exponent=SMALLEST_EXPONENT):
    return RSAKey.import_key(rsa.RSAPublicNumbers(exponent, modulus).public_key())


@pytest.mark.parametrize("key", [EC, RSA, OKPKey.generate_key("Ed25519")])
def test_usual_keys_are_strong(key):
    assert is_strong(key)


def test_a_shared_secret_proves_nothing():
    assert not is_strong(OctKey.import_key(b"s" * 64))


def test_a_key_of_the_faulty_generator_is_known_by_its_mark():
    assert is_roca(marked())
    assert not is_strong(rsa_key(marked()))
    assert not is_roca(marked() + 2)


def test_a_mark_counts_only_if_every_prime_bears_it():
    usual = RSA.public_key.public_numbers().n

    assert not is_roca(usual)
    assert len(PRIMES) == 38


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    ("bits", "strong"),
    [
        (SMALLEST_RSA_BITS - 1, False),
        (SMALLEST_RSA_BITS, True),
        (LARGEST_RSA_BITS, True),
        (LARGEST_RSA_BITS + 1, False),
    ],
)
def test_an_rsa_key_is_neither_short_nor_endless(bits, strong):
    assert is_strong(rsa_key(2 ** (bits - 1) + 1)) is strong


@pytest.mark.parametrize(("exponent", "strong"), [(3, False), (65_535, False), (65_537, True)])
def test_an_exponent_is_large(exponent, strong):
    assert is_strong(rsa_key(2**2047 + 1, exponent)) is strong


def test_curves_are_held_to_their_algorithms_where_signatures_are_checked():
    assert is_strong(ECKey.generate_key("P-521"))
