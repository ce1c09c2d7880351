"""Read what is recorded about a person's relationships and objections.

Keyed by a keyed hash, so that the tables hold no NHS number.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from fhir_profiles.nhs_number import NhsNumber
from gateway.store.engine import Store
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
        hashed = patient_key(self.key, patient)
        return await self.store.read(relationships_of, hashed, self.clock())

    async def objections(self, patient: NhsNumber) -> tuple[Objection, ...]:
        """Give the person's objections."""
        return await self.store.read(objections_of, patient_key(self.key, patient))
