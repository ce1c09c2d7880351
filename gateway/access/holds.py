"""Decide what identity holds leave to be asked, and who may look at them.

Does not read or end them. A hold stands until somebody entitled releases it (docs/decisions/0010).
"""

from collections.abc import Iterable
from typing import Protocol

from gateway.access.permit import Reviewing, ReviewPermit
from rbac.roles import Role

_SETTLE = frozenset({Role.IG_PRIVACY_OFFICER.value, Role.CALDICOTT_GUARDIAN.value})
"""Who else reads the audit, such as the auditor, sees what waits and changes nothing (docs/decisions/0008, section 6)."""


class HoldRow(Protocol):
    """A hold on what one source has about a person."""

    @property
    def source(self) -> str: ...


def held_sources(rows: Iterable[HoldRow]) -> frozenset[str]:
    """Name the sources that must not be asked about this person; a rejected hold stands too."""
    return frozenset(row.source for row in rows)


def may_review(role: str, reviewing: Reviewing) -> bool:
    """Say whether a role that reads the audit may do this with what waits for a privacy officer."""
    return reviewing is Reviewing.LOOK or role in _SETTLE


def may_know_whose(role: str) -> bool:
    """Say whether a role that reviews is told whose record something is about: who is to ask about it has to know.

    An auditor sees who did what and why, by opaque ids, and no data of a person.
    """
    return role in _SETTLE


def is_ones_own(permit: ReviewPermit, concerned: str | None) -> bool:
    """Say whether somebody would settle what is about themselves; to look at it is theirs."""
    return permit.reviewing is Reviewing.SETTLE and permit.principal.user_id == concerned
