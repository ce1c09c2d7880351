"""Make accesses for tests of the radar; only what matters to a test is given."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from gateway.audit.radar.accesses import Access
from gateway.audit.words import AskedAct

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
REFUSED = "no-relationship"
_serials = count(1)


def access(
    user: str = "u1", patient: str | None = "p1", at: timedelta = timedelta(), **other: Any
) -> Access:
    """Make one view that was allowed, of a person by a user, so long after a Monday's nine o'clock."""
    reason = other.pop("reason", "permitted")
    made = {
        "decision_id": UUID(int=next(_serials)),
        "at": MONDAY + at,
        "user_id": user,
        "user_name": "Kim Example",
        "role": "gp",
        "organisation": "RRV",
        "act": AskedAct.VIEW,
        "purpose": "TREAT",
        "patient": patient,
        "is_allowed": reason == "permitted",
        "reason": reason,
        **other,
    }
    return Access(**made)


def find(user: str = "u1", patient: str | None = "p1", at: timedelta = timedelta()) -> Access:
    return access(user, patient, at, act=AskedAct.FIND)


def read_on(
    user: str = "u1", patient: str = "p1", at: timedelta = timedelta()
) -> tuple[Access, ...]:
    """Make a view and a search of the same record."""
    return access(user, patient, at), access(user, patient, at, act=AskedAct.SEARCH)


def shift(user: str = "u1", at: timedelta = timedelta(), people: int = 25) -> list[Access]:
    """Make a shift's work: so many other people, one a quarter of an hour, each read further."""
    return [
        each
        for place in range(people)
        for each in read_on(user, f"{user}-{place}", at + timedelta(minutes=15 * place))
    ]


def in_order(*accesses: Access) -> tuple[Access, ...]:
    return tuple(sorted(accesses, key=lambda each: (each.at, each.decision_id)))
