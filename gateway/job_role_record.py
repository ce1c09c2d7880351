"""Put on record, when the gateway starts, that job roles mean something else than when it last did.

Changes none: `[[job_role]]` in the settings does. Source: docs/decisions/0015.
"""

from gateway.audit.acts import JobRolesChanged
from gateway.audit.log import AuditLog
from gateway.settings import Settings, job_roles_of
from gateway.store.engine import Store, open_store
from gateway.store.job_roles import keep_digest, recorded_digest
from gateway.wiring import now
from rbac.job_roles import job_roles


async def record_job_roles(settings: Settings) -> bool:
    """Record the job roles unless they are as they were; say whether they changed.

    Raises UnavailableError; then the gateway must not start.
    """
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        return await _record(settings, store, log)
    finally:
        await log.aclose()
        store.close()


async def _record(settings: Settings, store: Store, log: AuditLog) -> bool:
    roles = job_roles_of(settings)
    before = await store.read(recorded_digest)
    if (before or job_roles().digest) == roles.digest:
        return False
    rows = tuple(each.written for each in roles.changes)
    event = JobRolesChanged(now(), "scr serve", roles.digest, rows)
    async with log.recorded(event) as session:
        await session.do(keep_digest, roles.digest)
    return True
