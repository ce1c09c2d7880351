"""Name the acts by which data of the planning side are pulled and released, and what became of each release.

Pure: stores nothing. None is about one person: there is no patient in any of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from gateway.audit.words import AuditAction


@dataclass(frozen=True, slots=True)
class PullBegun:
    """All that changed at a source is asked for, under an agreement; written before the source is asked."""

    action: ClassVar[AuditAction] = AuditAction.PULL_BEGUN
    at: datetime
    user_id: str
    source: str
    dataset: str
    project: str
    agreement: str


@dataclass(frozen=True, slots=True)
class PullEnded:
    """What came of it: `outcome` is `data` for a pull that finished; `pull` is its number then."""

    action: ClassVar[AuditAction] = AuditAction.PULL_ENDED
    at: datetime
    user_id: str
    source: str
    outcome: str
    pull: int | None


@dataclass(frozen=True, slots=True)
class ReleaseRequested:
    """Somebody asked for a release. `digest` is the hash of all that was asked for."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_REQUESTED
    at: datetime
    user_id: str
    release: UUID
    project: str
    recipient: str
    dataset: str
    agreement: str
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseApproved:
    """A second person agreed to exactly what the digest says."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_APPROVED
    at: datetime
    user_id: str
    release: UUID
    digest: str


@dataclass(frozen=True, slots=True)
class ReleaseBegun:
    """A job began to make it, or began anew after one that ended half-way; `epoch` is of the project's key."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_BEGUN
    at: datetime
    user_id: str
    release: UUID
    generation: int
    epoch: int


@dataclass(frozen=True, slots=True)
class ReleasePublished:
    """It is there for its recipient: exactly the files of the manifest of this hash, until it expires."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_PUBLISHED
    at: datetime
    user_id: str
    release: UUID
    manifest_sha256: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseEnded:
    """It is there no longer, or never will be: `state` says which of these; `why` is in words."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_ENDED
    at: datetime
    user_id: str
    release: UUID
    state: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleaseFetched:
    """Somebody fetches a file of it; durable before the first byte leaves."""

    action: ClassVar[AuditAction] = AuditAction.RELEASE_FETCHED
    at: datetime
    user_id: str
    release: UUID
    file: str
