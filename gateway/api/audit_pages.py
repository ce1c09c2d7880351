"""Write and read the cursors of a search of the audit: where it goes on, good for that search and that user alone.

Keeps nothing: the audit itself does not change, so a place in it is two numbers.
"""

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest

import orjson

from gateway.audit.searching import AuditPlace
from gateway.errors import GoneError

_NUMBER_BYTES, _PROOF_BYTES = 8, 16
_USE = b"audit page"


@dataclass(frozen=True, slots=True)
class AuditPages:
    """The pages of one search by one user; `query` is its address's."""

    query: str
    user_id: str
    key: bytes = field(repr=False)

    def cursor(self, place: AuditPlace) -> str:
        """Write where the search goes on."""
        numbers = (place.newest, place.before)
        body = b"".join(each.to_bytes(_NUMBER_BYTES, "big") for each in numbers)
        return base64.urlsafe_b64encode(body + self._proof(body)).decode()

    def place(self, text: str) -> AuditPlace:
        """Read a cursor.

        Raises GoneError for one that was not given out for this search and user.
        """
        try:
            raw = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError) as fault:
            raise GoneError("There is no such page.") from fault
        body, proof = raw[:-_PROOF_BYTES], raw[-_PROOF_BYTES:]
        newest, before = (
            int.from_bytes(each, "big") for each in (body[:_NUMBER_BYTES], body[_NUMBER_BYTES:])
        )
        # A second spelling of a cursor is not that cursor.
        is_ours = compare_digest(proof, self._proof(body))
        if not is_ours or self.cursor(AuditPlace(newest, before)) != text:
            raise GoneError("There is no such page.")
        return AuditPlace(newest, before)

    def _proof(self, body: bytes) -> bytes:
        bound = orjson.dumps([self.query, self.user_id])
        return blake2b(
            body + bound, key=self.key[:64], digest_size=_PROOF_BYTES, person=_USE
        ).digest()
