"""Begin: let the starting policy decide, and name the first two people who may change it. Once.

Whoever runs the service does this; from then on two of those who are named change either.
"""

from collections.abc import Callable
from datetime import datetime

from gateway.audit.acts import AdministratorsNamed
from gateway.audit.log import AuditLog
from gateway.errors import ConflictError, UnsafePolicyError
from gateway.policy.active import activate
from gateway.store.engine import Store
from gateway.store.policies import active_policy
from gateway.store.policy_drafts import name_first_administrators
from rbac.administrators import faults_of_administrators
from rbac.policy import load_default


async def begin(
    subjects: tuple[str, ...],
    by: str,
    log: AuditLog,
    store: Store,
    clock: Callable[[], datetime],
) -> None:
    """Activate the starting policy unless one is active, and name the first administrators.

    Raises UnsafePolicyError for subjects that are not two people, ConflictError when some were named before,
    UnavailableError.
    """
    faults = faults_of_administrators(subjects)
    if faults:
        raise UnsafePolicyError(fault.message for fault in faults)
    # Cut off in between, it is begun again: the names come last.
    if await store.read(active_policy) is None:
        await activate(load_default(), by, log, store, clock)
    now = clock()
    async with log.recorded(AdministratorsNamed(now, by, subjects)) as session:
        if not await session.do(name_first_administrators, subjects, now):
            raise ConflictError("Administrators were named before: nothing was changed.")
