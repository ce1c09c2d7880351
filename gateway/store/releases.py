"""Keep releases of the planning side, as far as each has come, and who fetched which file of them.

Decides nothing: `gateway/population/releases/states.py` says what may follow what. A release is never deleted.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from uuid import UUID

import orjson
from sqlalchemy import Row, insert, select, update

from gateway.store.engine import Store
from gateway.store.release_tables import data_release as table
from gateway.store.release_tables import data_release_progress as progress_table
from gateway.store.release_tables import data_release_use as use_table
from gateway.store.sessions import ExemptWriting, Reading, Writing
from gateway.store.words import ReleaseState
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What somebody asked for: it never changes, and `digest` is the hash of all of it. `ends_on` is inclusive."""

    id: UUID
    project: str
    recipient: str
    dataset: str
    purpose_of_use: Purpose
    purpose: str
    legal_basis: str
    agreement: str
    ends_on: date
    setting: str
    requested_at: datetime
    requested_by: str
    digest: str


@dataclass(frozen=True, slots=True)
class Release:
    """A request, and what became of it; `generation` grows with each change.

    `epoch` is of the project's key that it was last made with; `plan` and `certificate` are JSON; `why` is in words.
    """

    request: ReleaseRequest
    state: ReleaseState = ReleaseState.REQUESTED
    generation: int = 1
    approved_at: datetime | None = None
    approved_by: str | None = None
    epoch: int | None = None
    plan: bytes | None = None
    published_at: datetime | None = None
    manifest_sha256: str | None = None
    expires_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    why: tuple[str, ...] = ()
    certificate: bytes | None = None

    @property
    def id(self) -> UUID:
        """Give the id of the request."""
        return self.request.id


@dataclass(frozen=True, slots=True)
class ReleaseUse:
    """Somebody fetched a file."""

    id: UUID
    release: UUID
    file: str
    user_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseProgress:
    """How far a release that is being made is; of no account for what it is."""

    release: UUID
    step: str
    done: int
    steps: int
    at: datetime


_ASKED = tuple(each.name for each in fields(ReleaseRequest))


def release_of(reading: Reading, release_id: UUID) -> Release | None:
    """Give one release."""
    row = reading.connection.execute(select(table).where(table.c.id == release_id)).one_or_none()
    return None if row is None else _release(row)


def releases(
    reading: Reading, states: frozenset[ReleaseState] = frozenset(ReleaseState)
) -> tuple[Release, ...]:
    """List the releases that are in any of these states, latest first."""
    wanted = select(table).where(table.c.state.in_(sorted(states)))
    latest = wanted.order_by(table.c.requested_at.desc(), table.c.id)
    return tuple(_release(row) for row in reading.connection.execute(latest))


def add_release(writing: Writing, release: Release) -> None:
    """Keep what somebody asks for."""
    asked = {name: getattr(release.request, name) for name in _ASKED}
    writing.connection.execute(insert(table).values(**asked, **_became(release)))


def change_release(writing: Writing, before: Release, after: Release) -> bool:
    """Put what a release has become in place of what it was; say whether it still was that."""
    changed = writing.connection.execute(
        update(table)
        .where(table.c.id == before.id, table.c.generation == before.generation)
        .values(**_became(after))
    )
    return changed.rowcount == 1


def note_release_use(writing: Writing, use: ReleaseUse) -> None:
    """Keep that somebody fetched a file."""
    writing.connection.execute(insert(use_table).values(**asdict(use)))


def release_uses(reading: Reading, release_id: UUID) -> tuple[ReleaseUse, ...]:
    """List who fetched what of a release, oldest first."""
    of_release = select(use_table).where(use_table.c.release == release_id)
    rows = reading.connection.execute(of_release.order_by(use_table.c.at, use_table.c.id))
    return tuple(ReleaseUse(*row) for row in rows)


def release_progress(reading: Reading, release_id: UUID) -> ReleaseProgress | None:
    """Say how far the making of a release last was; None when it never was begun."""
    row = reading.connection.execute(
        select(progress_table).where(progress_table.c.release == release_id)
    ).one_or_none()
    return None if row is None else ReleaseProgress(*row)


async def keep_release_progress(store: Store, progress: ReleaseProgress) -> None:
    """Keep how far a release is, as a lease is kept: without an entry (design decision 10).

    Raises UnavailableError.
    """
    await store.write_exempt(_keep_progress, progress)


def _keep_progress(writing: ExemptWriting, progress: ReleaseProgress) -> None:
    values = asdict(progress)
    changed = writing.connection.execute(
        update(progress_table).where(progress_table.c.release == progress.release).values(**values)
    )
    if changed.rowcount == 0:
        writing.connection.execute(insert(progress_table).values(**values))


def _became(release: Release) -> dict[str, object]:
    found = {each.name: getattr(release, each.name) for each in fields(Release)}
    del found["request"]
    return {**found, "why": orjson.dumps(release.why)}


def _release(row: Row[tuple[object, ...]]) -> Release:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row by column
    found["purpose_of_use"] = Purpose(found["purpose_of_use"])
    request = ReleaseRequest(**{name: found.pop(name) for name in _ASKED})
    found["state"] = ReleaseState(found["state"])
    return Release(request, **{**found, "why": tuple(orjson.loads(found["why"]))})
