"""Keep who claimed a relationship with whom by their own word, and why.

The relationship itself stands among the others (`relationships.py`). The reason's text stands here and in the audit.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import relationship_claim as table
from gateway.store.words import ClaimReason


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim, from `claimed_at` until just before `ends_at`; `patient` is an opaque id."""

    id: UUID
    decision_id: UUID
    relationship: UUID
    patient: str = field(repr=False)
    user_id: str
    reason_code: ClaimReason
    reason: str = field(repr=False)
    claimed_at: datetime
    ends_at: datetime


def claim_of(reading: Reading, claim_id: UUID) -> Claim | None:
    """Give one claim, or None."""
    row = reading.connection.execute(select(table).where(table.c.id == claim_id)).mappings().first()
    return None if row is None else Claim(**{**row, "reason_code": ClaimReason(row["reason_code"])})


def claims_since(reading: Reading, user_id: str, since: datetime) -> int:
    """Count a user's claims after an instant."""
    counted = select(func.count()).select_from(table)
    return reading.connection.execute(
        counted.where(table.c.user_id == user_id, table.c.claimed_at > since)
    ).scalar_one()


def keep_claim(writing: Writing, claim: Claim) -> None:
    """Keep a new claim."""
    writing.connection.execute(insert(table).values(asdict(claim)))
