"""Say which public keys are strong enough to prove anything.

Fetches none. RFC 8725 section 3.5; FIPS 186-5 appendix A.1.1; CVE-2017-15361 (ROCA) for keys of a known
faulty generator.
"""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

SMALLEST_RSA_BITS = 2048
LARGEST_RSA_BITS = 8192
"""Checking one signature under a larger key costs as much as serving a request."""

SMALLEST_EXPONENT = 65_537
"""FIPS 186-5, A.1.1: greater than 2 to the 16th, and odd."""

_ROCA_GENERATOR = 65_537
_ROCA_PRIMES = tuple(
    each for each in range(3, 168, 2) if all(each == of or each % of for of in (3, 5, 7, 11))
)
"""Odd primes below 168: they divide the faulty generator's modulus for every key length: Nemec et al., CCS 2017, section 3.1."""


def is_strong(key: Key) -> bool:
    """Say whether a signature under this key counts: never under a shared secret or a weak RSA key."""
    if isinstance(key, RSAKey):
        return _is_strong_rsa(key.public_key)
    return isinstance(key, ECKey | OKPKey)


def _is_strong_rsa(key: RSAPublicKey) -> bool:
    numbers = key.public_numbers()
    return (
        SMALLEST_RSA_BITS <= key.key_size <= LARGEST_RSA_BITS
        and numbers.e >= SMALLEST_EXPONENT
        and numbers.e % 2 == 1
        and not is_roca(numbers.n)
    )


def is_roca(modulus: int) -> bool:
    """Say whether an RSA modulus bears the mark of the generator whose keys can be factored.

    Source: Nemec, Sys, Svenda, Klinec and Matyas, "The Return of Coppersmith's Attack", CCS 2017, section 3.2.
    """
    return all(_is_power_of_generator(modulus % prime, prime) for prime in _ROCA_PRIMES)


def _is_power_of_generator(residue: int, prime: int) -> bool:
    power = 1
    for _step in range(prime - 1):
        power = power * _ROCA_GENERATOR % prime
        if power == residue:
            return True
    return False
