"""Read what is recorded about a person's relationships, objections and identity holds.

Keyed by a keyed hash, so that the tables hold no NHS number.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from fhir_profiles.nhs_number import NhsNumber
from gateway.store.engine import Store
from gateway.store.identity_holds import IdentityHold, holds_of
from gateway.store.objections import Objection, objections_of
from gateway.store.relationships import Relationship, relationships_of


def patient_key(key: bytes, number: NhsNumber) -> str:
    """Give the keyed hash, in hex, under which a person stands in the registry."""
    return hmac.new(key, number.digits.encode(), sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredRegistry:
    """The registry of the deployment's own database."""

    store: Store
    key: bytes = field(repr=False)
    clock: Callable[[], datetime]

    async def relationships(self, patient: NhsNumber) -> tuple[Relationship, ...]:
        """Give the relationships in force now."""
        hashed = self.key_of(patient)
        return await self.store.read(relationships_of, hashed, self.clock())

    async def objections(self, patient: NhsNumber) -> tuple[Objection, ...]:
        """Give the person's objections."""
        return await self.store.read(objections_of, self.key_of(patient))

    async def holds(self, patient: NhsNumber) -> tuple[IdentityHold, ...]:
        """Give the holds on what sources have about the person."""
        return await self.store.read(holds_of, self.key_of(patient))

    def key_of(self, patient: NhsNumber) -> str:
        """Give the keyed hash under which a person stands here."""
        return patient_key(self.key, patient)
