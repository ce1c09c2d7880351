"""Make the gateway's ids and read them back: stateless, deterministic, nothing of the person in clear.

Says nothing of whether a person or an item exists. Ids identify and are kept out of logs.
docs/decisions/0007, section 5; RFC 5297 (AES-SIV), RFC 4648 section 6 (base32), RFC 7693 (BLAKE2b).
"""

import base64
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

PATIENT_ID_LENGTH = 36
"""Base32 of 22 bytes: a tag of 16, an NHS number of 5, a version of 1."""

_VERSION = 1
_NUMBER_BYTES = 5
_ITEM_LENGTH = 26
_PADDING = "===="
_PURPOSE = [b"shared-care-record patient id"]
_PATIENT_ID = re.compile(r"[a-z2-7]{36}")
_RESOURCE_ID = re.compile(r"([a-z2-7]{36})([0-9a-f]{26})")
# BLAKE2b's own field for telling uses apart: at most 16 bytes.
_ITEM_USE = b"scr item id"
_DERIVED_USE = b"scr derived id"


class PatientIds:
    """Seal NHS numbers into patient ids under the current key, and open ids under any key given."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take keys of 64 bytes, the current one first.

        Raises ValueError when there is none or one has another length.
        """
        if not keys or any(len(key) != 64 for key in keys):
            raise ValueError("Expected one or more keys of 64 bytes for patient ids.")
        self._ciphers = tuple(AESSIV(key) for key in keys)

    def seal(self, number: NhsNumber) -> str:
        """Give the patient id of an NHS number."""
        return _sealed(self._ciphers[0], number)

    def every_id(self, number: NhsNumber) -> tuple[str, ...]:
        """Give the ids of an NHS number under every key given, the current one first: what is on record may be older."""
        return tuple(_sealed(cipher, number) for cipher in self._ciphers)

    def open(self, text: str) -> NhsNumber | None:
        """Give the NHS number in a patient id; None for anything that `seal` did not make."""
        if _PATIENT_ID.fullmatch(text) is None:
            return None
        sealed = base64.b32decode(text.upper() + _PADDING)
        if _base32(sealed) != text:
            # The last letter has bits to spare: a second spelling of an id is not that id.
            return None
        # Every key is tried, so that the time taken does not tell which one an id is under.
        opened = [_number_in(cipher, sealed) for cipher in self._ciphers]
        return next((number for number in opened if number is not None), None)

    def resource_id(
        self, patient_id: str, source_id: str, resource_type: str, local_id: str
    ) -> str:
        """Give the id of one source's resource of one patient."""
        return patient_id + item_part(source_id, resource_type, local_id)


def item_part(source_id: str, resource_type: str, local_id: str) -> str:
    """Give the 26 hex digits that name a source's resource; they do not depend on patient or key.

    They may be kept with the work on the answer that holds the resource.
    """
    started = _started(source_id, resource_type).copy()
    started.update(_prefixed(local_id))
    return started.hexdigest()


def derived_id(patient_id: str, member_ids: Iterable[str]) -> str:
    """Give the id of a resource that the gateway made of others, whatever the order of their ids.

    Further words among `member_ids` tell apart two that were made of the same members.
    """
    # Without the patient's part the id outlives a change of key, as those of its members do.
    members = sorted({member.removeprefix(patient_id) for member in member_ids})
    digest = blake2b(digest_size=_ITEM_LENGTH // 2, person=_DERIVED_USE)
    for member in members:
        digest.update(_prefixed(member))
    return patient_id + digest.hexdigest()


def patient_of(resource_id: str) -> str | None:
    """Give the patient id at the front of a resource id; None when it has not the form of one."""
    match = _RESOURCE_ID.fullmatch(resource_id)
    return match[1] if match else None


def item_of(resource_id: str) -> str | None:
    """Give the part of a resource id that names the item; ids under an old key differ only before it."""
    match = _RESOURCE_ID.fullmatch(resource_id)
    return match[2] if match else None


def _sealed(cipher: AESSIV, number: NhsNumber) -> str:
    plain = int(number.digits).to_bytes(_NUMBER_BYTES, "big") + bytes([_VERSION])
    return _base32(cipher.encrypt(plain, _PURPOSE))


def _number_in(cipher: AESSIV, sealed: bytes) -> NhsNumber | None:
    try:
        plain = cipher.decrypt(sealed, _PURPOSE)
        if plain[_NUMBER_BYTES:] != bytes([_VERSION]):
            return None
        return NhsNumber(f"{int.from_bytes(plain[:_NUMBER_BYTES], 'big'):010d}")
    except (InvalidTag, InvalidNhsNumberError):
        return None


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


# Bounded by sources times types, and holds nothing of any patient.
@lru_cache(maxsize=1024)
def _started(source_id: str, resource_type: str) -> blake2b:
    digest = blake2b(digest_size=_ITEM_LENGTH // 2, person=_ITEM_USE)
    digest.update(_prefixed(source_id) + _prefixed(resource_type))
    return digest


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(4, "big") + data
