"""Keep immutable policy versions and the one row that says which is active.

Does not read a policy's rules: `rbac` does.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import active_policy as active_table
from gateway.store.tables import policy_activation as activation_table
from gateway.store.tables import policy_version as version_table

# Statements that every request runs are built once: building costs more than running them.
_ACTIVE = select(active_table.c.version, active_table.c.activated_at, active_table.c.generation)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as it was saved: `version` is the hash of `body`, its canonical form."""

    version: str
    body: bytes
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """Which version decides now; `generation` counts activations from 1."""

    version: str
    activated_at: datetime
    generation: int


def active_policy(reading: Reading) -> ActivePolicy | None:
    """Say which policy decides; None before the first activation, when nothing may be allowed."""
    row = reading.connection.execute(_ACTIVE).one_or_none()
    return None if row is None else ActivePolicy(*row)


def policy_body(reading: Reading, version: str) -> bytes | None:
    """Give the canonical body of one version; nothing of it, if what stands there is no bytes."""
    body = reading.connection.execute(
        select(version_table.c.body).where(version_table.c.version == version)
    ).scalar_one_or_none()
    return body if body is None or isinstance(body, bytes) else b""


def version_activated(reading: Reading, generation: int) -> str | None:
    """Say which version an activation made active; these rows are only ever added."""
    return reading.connection.execute(
        select(activation_table.c.version).where(activation_table.c.generation == generation)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Activation:
    """When a version began to decide, as the `generation`-th."""

    generation: int
    version: str
    activated_at: datetime


def activations(reading: Reading, at_most: int) -> tuple[Activation, ...]:
    """List what was activated, latest first."""
    rows = reading.connection.execute(
        select(activation_table).order_by(activation_table.c.generation.desc()).limit(at_most)
    )
    return tuple(Activation(*row) for row in rows)


def activated_by(reading: Reading, at: datetime) -> Activation | None:
    """Say which activation was the last by an instant, and so which version decided then; None before the first."""
    last = select(activation_table).where(activation_table.c.activated_at <= at)
    row = reading.connection.execute(
        last.order_by(activation_table.c.generation.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Activation(*row)


def was_ever_active(reading: Reading, version: str) -> bool:
    """Say whether a version has decided at any time."""
    found = select(activation_table.c.generation).where(activation_table.c.version == version)
    return reading.connection.execute(found.limit(1)).scalar_one_or_none() is not None


def policy_versions(reading: Reading) -> tuple[PolicyVersion, ...]:
    """List every version ever saved, oldest first."""
    rows = reading.connection.execute(
        select(version_table).order_by(version_table.c.created_at, version_table.c.version)
    )
    return tuple(PolicyVersion(*row) for row in rows)


def save_policy(writing: Writing, policy: PolicyVersion) -> None:
    """Keep a version; saving the same one again changes nothing."""
    if policy_body(writing, policy.version) is None:
        writing.connection.execute(
            insert(version_table).values(
                version=policy.version,
                body=policy.body,
                created_at=policy.created_at,
                created_by=policy.created_by,
            )
        )


def activate_policy(
    writing: Writing, version: str, activated_at: datetime, expected_generation: int
) -> ActivePolicy | None:
    """Make a saved version decide, if nobody has activated one since `expected_generation` was read.

    Give what is active now, or None if somebody has. 0 is expected before the first activation.
    """
    row = {
        "version": version,
        "activated_at": activated_at,
        "generation": expected_generation + 1,
    }
    if not _became_active(writing, row, expected_generation):
        return None
    writing.connection.execute(
        insert(activation_table).values(
            generation=expected_generation + 1, version=version, activated_at=activated_at
        )
    )
    return ActivePolicy(version, activated_at, expected_generation + 1)


def _became_active(writing: Writing, row: dict[str, object], expected_generation: int) -> bool:
    if expected_generation == 0:
        if active_policy(writing) is not None:
            return False
        writing.connection.execute(insert(active_table).values(id=1, **row))
        return True
    changed = writing.connection.execute(
        update(active_table).where(active_table.c.generation == expected_generation).values(row)
    )
    return changed.rowcount == 1
