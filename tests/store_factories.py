"""Make events and an audit for tests of what is stored; only what matters to a test is given."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.audit.acts import (
    Asked,
    AskedAct,
    Decision,
    Disclosed,
    DisclosureOutcome,
    SignedOut,
    Who,
)
from gateway.audit.log import AuditLog
from gateway.store.engine import Store, open_store
from gateway.store.policies import PolicyVersion, activate_policy, save_policy
from rbac.types import Purpose

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = "a1" * 32
OTHER_KEY = "b2" * 32
VERSION = "v" * 64
WHO = Who("u1", "gp", "F84004", "general-practice", "Dr Example", "555021540101")
SIGNED_OUT = SignedOut(NOW, "u1", "user")


def clock() -> datetime:
    return NOW


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


@asynccontextmanager
async def open_log(store: Store, **settings: float) -> AsyncIterator[AuditLog]:
    log = AuditLog(store, clock, **settings)  # type: ignore[arg-type]  # waiting_limit is an int
    try:
        yield log
    finally:
        await log.aclose()


@pytest.fixture
async def log(store: Store) -> AsyncIterator[AuditLog]:
    async with open_log(store) as opened:
        yield opened


def asked(number: int, version: str = VERSION, **changes: object) -> Asked:
    return Asked(
        decision_id=UUID(int=number),
        at=NOW,
        who=WHO,
        request_id=f"request-{number}",
        act=AskedAct.VIEW,
        purpose=Purpose.TREAT,
        patient="p" * 36,
        decision=Decision.ALLOWED,
        reason="relationship",
        policy_version=version,
        **changes,  # type: ignore[arg-type]  # tests name real fields
    )


def disclosed(number: int, patient: str = "p" * 36) -> Disclosed:
    return Disclosed(
        decision_id=UUID(int=number),
        at=NOW,
        user_id="u1",
        patient=patient,
        outcome=DisclosureOutcome.DISCLOSED,
        sources={},
        shown={"medications": 2},
        withheld={},
        view_hash="f" * 64,
    )


async def activate(log: AuditLog, version: str = VERSION, expected_generation: int = 0) -> None:
    """Save a policy of this version and make it decide."""
    async with log.recorded(SIGNED_OUT) as session:
        await session.do(save_policy, PolicyVersion(version, b"{}", NOW, "u1"))
        await session.do(activate_policy, version, NOW, expected_generation)
