"""Read what is recorded about a person's relationships, objections and identity holds, who is on a team, and whose
glass is broken.

Keyed by a keyed hash, so that the tables hold no NHS number.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from fhir_profiles.nhs_number import NhsNumber
from gateway.identity import Principal
from gateway.store.break_glass import Grant, grants_of_session
from gateway.store.engine import Store
from gateway.store.identity_holds import IdentityHold, holds_of
from gateway.store.objections import Objection, objections_of
from gateway.store.relationships import Relationship, relationships_of
from gateway.store.team_members import TeamMember, memberships_of

BREAK_GLASS = "break-glass"
"""The `source` of a relationship that somebody claimed by breaking the glass."""


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
        rows = await self.store.read(relationships_of, hashed, self.clock())
        # What a broken glass founds counts for the emergency alone: its grant is read instead.
        return tuple(row for row in rows if row.source != BREAK_GLASS)

    async def objections(self, patient: NhsNumber) -> tuple[Objection, ...]:
        """Give the person's objections."""
        return await self.store.read(objections_of, self.key_of(patient))

    async def holds(self, patient: NhsNumber) -> tuple[IdentityHold, ...]:
        """Give the holds on what sources have about the person."""
        return await self.store.read(holds_of, self.key_of(patient))

    async def teams(self, organisation: str, user_id: str) -> tuple[TeamMember, ...]:
        """Give the teams of an organisation that somebody is on now."""
        return await self.store.read(memberships_of, organisation, user_id, self.clock())

    async def of_session(self, principal: Principal) -> tuple[Grant, ...]:
        """Give the broken glass of a caller's session that is open now."""
        return await self.store.read(
            grants_of_session, principal.user_id, principal.session, self.clock()
        )

    def key_of(self, patient: NhsNumber) -> str:
        """Give the keyed hash under which a person stands here."""
        return patient_key(self.key, patient)
