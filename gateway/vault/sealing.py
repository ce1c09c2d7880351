"""Seal the NHS number that a subject of the planning store stands for, and open it again.

Keeps no key and no number. RFC 5297 (AES-SIV, 256-bit key): deterministic, so that filling the vault twice changes
nothing, and authenticated, so that nothing altered opens. docs/decisions/0038.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.population.pseudonyms import KEY_BYTES, KeyLengthError

_VERSION = b"vault|v1"


class UnopenedEntryError(Exception):
    """Say that an entry does not open: another key, another subject's, or altered; the message holds no part of it."""


class NumberSeal:
    """Seal and open under one key of the vault."""

    def __init__(self, vault_key: bytes) -> None:
        """Take a key of 32 bytes.

        Raises KeyLengthError.
        """
        if len(vault_key) != KEY_BYTES:
            raise KeyLengthError(f"Expected a key of {KEY_BYTES} bytes.")
        self._cipher = AESSIV(vault_key)

    def seal(self, subject: bytes, number: NhsNumber) -> bytes:
        """Give the 26 bytes that stand for a subject's number."""
        return self._cipher.encrypt(number.digits.encode(), _about(subject))

    def open(self, subject: bytes, sealed: bytes) -> NhsNumber:
        """Give a subject's number.

        Raises UnopenedEntryError.
        """
        try:
            return NhsNumber(self._cipher.decrypt(sealed, _about(subject)).decode())
        except (InvalidTag, InvalidNhsNumberError, UnicodeDecodeError):
            # The causes can quote what was opened.
            raise UnopenedEntryError("An entry of the vault does not open.") from None


def _about(subject: bytes) -> list[bytes]:
    # With the subject: entries that somebody exchanged would open as each other's people.
    return [_VERSION, subject]
