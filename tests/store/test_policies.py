from datetime import timedelta

import pytest

from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError
from gateway.store.engine import Store
from gateway.store.policies import (
    ActivePolicy,
    PolicyVersion,
    activate_policy,
    active_policy,
    policy_body,
    policy_versions,
    save_policy,
)
from tests.store_factories import NOW, SIGNED_OUT, activate

FIRST = PolicyVersion("a" * 64, b'{"rules":[]}', NOW, "u1")
SECOND = PolicyVersion("b" * 64, b'{"rules":[1]}', NOW + timedelta(hours=1), "u2")


async def _save(log: AuditLog, policy: PolicyVersion) -> None:
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(save_policy, policy)


async def _activate(log: AuditLog, version: str, expected_generation: int) -> ActivePolicy | None:
    async with log.recorded(SIGNED_OUT) as session:
        return await session.do(activate_policy, version, NOW, expected_generation)


async def test_a_saved_policy_is_kept_as_it_was(store: Store, log: AuditLog) -> None:
    await _save(log, SECOND)
    await _save(log, FIRST)
    await _save(log, FIRST)

    assert await store.read(policy_versions) == (FIRST, SECOND)
    assert await store.read(policy_body, FIRST.version) == FIRST.body
    assert await store.read(policy_body, "unknown") is None


async def test_no_policy_is_active_at_first(store: Store) -> None:
    assert await store.read(active_policy) is None


async def test_activating_counts_generations(store: Store, log: AuditLog) -> None:
    await activate(log, "v1")
    await activate(log, "v2", expected_generation=1)

    assert await store.read(active_policy) == ActivePolicy("v2", NOW, 2)


@pytest.mark.parametrize("expected_generation", [0, 1, 3])
async def test_pa_05_the_slower_of_two_administrators_changes_nothing(
    store: Store, log: AuditLog, expected_generation: int
) -> None:
    await activate(log, "v1")
    await activate(log, "v2", expected_generation=1)

    assert await _activate(log, "v1", expected_generation) is None
    assert await store.read(active_policy) == ActivePolicy("v2", NOW, 2)


async def test_a_version_that_was_never_saved_cannot_be_activated(
    store: Store, log: AuditLog
) -> None:
    await activate(log, "v1")

    with pytest.raises(AuditUnavailableError):
        await _activate(log, "v2", 1)
    assert await store.read(active_policy) == ActivePolicy("v1", NOW, 1)
