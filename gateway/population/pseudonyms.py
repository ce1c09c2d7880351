"""Give people and resources the names that they bear in the planning store and in releases.

Keeps no key and finds no number again: keys come as bytes, and the way back is the linkage vault's.
RFC 2104 (HMAC) with SHA-256, RFC 7693 (BLAKE2b) keyed, RFC 4648 section 6 (base32, lower case, no padding).
docs/decisions/0029 has the formulae and why they are these.
"""

import base64
import hmac
import re
from datetime import date, timedelta
from hashlib import blake2b
from itertools import product
from typing import NamedTuple

from fhir_profiles.nhs_number import NhsNumber

KEY_BYTES = 32
SUBJECT_BYTES = 16
LARGEST_SHIFT_WEEKS = 78
"""Either way: 157 shifts, all as likely, so a guess is right less often than one time in a hundred."""

_SHIFTS = 2 * LARGEST_SHIFT_WEEKS + 1
_SPELT = re.compile(r"[a-z2-7]{26}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
# Ten bits at a time: the library's encoder takes several times as long, once for every resource, and a table of
# more letters does not stay in the processor's near memory.
_PAIRS = tuple("".join(letters) for letters in product(_ALPHABET, repeat=2))
_TEN_BITS = (1 << 10) - 1
_FORTY_BITS = (1 << 40) - 1


class KeyLengthError(ValueError):
    """Say that a key has another length than 32 bytes; the message holds no key."""


class NotASubjectError(ValueError):
    """Say that a text is not the 26 letters and digits of a subject."""


class SourceNameError(ValueError):
    """Say that the name of a source or type holds the bar that parts it from an id."""


class Window(NamedTuple):
    """Two days and all between them, both included."""

    first: date
    last: date


def subject_of(store_key: bytes, number: NhsNumber) -> bytes:
    """Give S, all that the planning store holds of a number.

    Raises KeyLengthError. That the number is one, its type has seen to.
    """
    return _hmac(store_key, b"nhs|" + number.digits.encode())[:SUBJECT_BYTES]


def person_of(project_key: bytes, subject: bytes) -> str:
    """Give the name that one project, recipient and epoch know a subject by.

    Raises KeyLengthError, NotASubjectError.
    """
    return spell(_hmac(project_key, _checked_subject(subject))[:SUBJECT_BYTES])


def resource_id(key: bytes, resource_type: str, source: str, local_id: str) -> str:
    """Give the id of a resource: under the store's key of the source's id, under a project's of the store's.

    Raises KeyLengthError, SourceNameError.
    """
    return ResourceIds(key, resource_type, source).id_of(local_id.encode())


def weeks_shifted(project_key: bytes, subject: bytes) -> int:
    """Give by how many whole weeks all of a subject's dates move, at most 78 either way.

    Raises KeyLengthError, NotASubjectError.
    """
    drawn = _hmac(project_key, b"shift|" + _checked_subject(subject))
    return int.from_bytes(drawn[:8], "big") % _SHIFTS - LARGEST_SHIFT_WEEKS


def window_to_release(pulled: Window) -> Window | None:
    """Give the days that a release with shifted dates may cover; None when too few were pulled.

    What is shifted out of it is left out: near the ends of what was pulled, only some shifts are
    possible, and what stands there would tell which.
    """
    most = timedelta(weeks=LARGEST_SHIFT_WEEKS)
    window = Window(pulled.first + most, pulled.last - most)
    return window if window.first <= window.last else None


def spell(sixteen_bytes: bytes) -> str:
    """Write 16 bytes as 26 letters and digits."""
    bits = int.from_bytes(sixteen_bytes, "big") << 2
    front, middle, back = bits >> 80, bits >> 40 & _FORTY_BITS, bits & _FORTY_BITS
    pairs, last = _PAIRS, _TEN_BITS
    return (
        f"{pairs[front >> 40]}{pairs[front >> 30 & last]}{pairs[front >> 20 & last]}"
        f"{pairs[front >> 10 & last]}{pairs[front & last]}"
        f"{pairs[middle >> 30]}{pairs[middle >> 20 & last]}{pairs[middle >> 10 & last]}"
        f"{pairs[middle & last]}{pairs[back >> 30]}{pairs[back >> 20 & last]}"
        f"{pairs[back >> 10 & last]}{pairs[back & last]}"
    )


def read_subject(text: str) -> bytes:
    """Read a subject as `spell` writes it, and no other spelling of it.

    Raises NotASubjectError.
    """
    if _SPELT.fullmatch(text) is not None:
        subject = base64.b32decode(text.upper() + "======")
        if spell(subject) == text:
            return subject
    raise NotASubjectError("Expected the 26 letters and digits of a subject.")


class ResourceIds:
    """Name the resources of one type and source under one key."""

    def __init__(self, key: bytes, resource_type: str, source: str) -> None:
        """Begin with what all the names have in common.

        Raises KeyLengthError, SourceNameError.
        """
        if "|" in resource_type or "|" in source:
            raise SourceNameError("Expected a type and a source without a bar in their names.")
        started = f"{resource_type}|{source}|".encode()
        self._started = blake2b(started, digest_size=SUBJECT_BYTES, key=_checked_key(key))

    def id_of(self, local_id: bytes) -> str:
        """Give the id of the resource that the source knows by the UTF-8 of this one."""
        digest = self._started.copy()
        digest.update(local_id)
        return spell(digest.digest())


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(_checked_key(key), message, "sha256")


def _checked_key(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise KeyLengthError(f"Expected a key of {KEY_BYTES} bytes.")
    return key


def _checked_subject(subject: bytes) -> bytes:
    if len(subject) != SUBJECT_BYTES:
        raise NotASubjectError(f"Expected a subject of {SUBJECT_BYTES} bytes.")
    return subject
