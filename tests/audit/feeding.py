"""Feed entries to a receiver on a real socket, step by step."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import SecretStr

from gateway.audit.balp_agents import Address
from gateway.audit.log import AuditLog
from gateway.audit_feed import (
    AuditFeed,
    Receiver,
)
from gateway.metrics import Metrics
from gateway.settings import AuditFeedSettings
from gateway.store.audit_feed import fed_through
from gateway.store.engine import Store
from tests.audit.receiving import Receiving
from tests.store_factories import NOW, activate, asked, clock, disclosed

ADDRESS = Address("https://gateway.example")
TOKEN = "a-token-of-the-receiver"
SEED = int(os.environ["SCR_PROVE_SEED"])  # noqa: TID251 - one for the whole run


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


async def _never(_seconds: float) -> None:
    raise AssertionError("nothing waits here")


def feed_of(
    store: Store,
    receiver: Receiving,
    holder: str = "one",
    clock: Callable[[], datetime] = clock,
    seconds: float = 5.0,
) -> AuditFeed:
    settings = AuditFeedSettings(url=receiver.address, token=SecretStr(TOKEN))
    config = replace(settings.config, deadline_seconds=seconds)
    return AuditFeed(store, Receiver(config), ADDRESS, Metrics(), holder, clock, _never)


async def record(log: AuditLog, decisions: int) -> int:
    """Leave two entries for each decision beside the one that activates the policy; say how many there are."""
    await activate(log)
    for number in range(1, decisions + 1):
        await log.append(asked(number))
        await log.append(disclosed(number))
    return 2 * decisions + 1


async def position(store: Store, receiver: Receiving) -> int:
    return await store.read(fed_through, receiver.address)


def behind(feed: AuditFeed) -> float:
    value: float | None = feed.metrics.registry.get_sample_value("scr_audit_feed_behind")
    assert value is not None
    return value
