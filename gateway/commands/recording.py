"""Open a deployment's database and audit for one act of a command, and close both after it.

Decides nothing and records nothing itself.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.audit.log import AuditLog
from gateway.settings import Settings
from gateway.store.engine import Store, open_store
from gateway.wiring import now

T = TypeVar("T")


async def with_store(settings: Settings, act: Callable[[Store, AuditLog], Awaitable[T]]) -> T:
    """Do one act and give what came of it; what is recorded is durable then.

    Raises whatever the act raises.
    """
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        return await act(store, log)
    finally:
        await log.aclose()
        store.close()
