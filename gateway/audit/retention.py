"""Delete what old entries say once their time of retention is over, so that the rest can still be proven.

The leaf hash of each stays, and so does its number. The deletion is an entry itself. Needs the database's owner: the
service's own role may not change an entry (docs/audit.md).
"""

from datetime import datetime

from sqlalchemy import func, select, update

from gateway.store.audit_tree import latest_checkpoint
from gateway.store.sessions import Reading, Writing
from gateway.store.tables import audit_entry

LEAST_YEARS = 8
"""As long as an adult's record after its last use (Records Management Code of Practice 2021); that the audit follows
the record is judgement. Records of children, of mental health and of general practice are kept longer: their audit is
kept by asking for an earlier date."""


def purgeable_through(reading: Reading, recorded_before: datetime) -> int:
    """Give the number of the last entry before which, and with which, all were recorded earlier and are proven."""
    checkpoint = latest_checkpoint(reading)
    first_kept = reading.connection.execute(
        select(func.min(audit_entry.c.sequence)).where(audit_entry.c.recorded_at >= recorded_before)
    ).scalar_one()
    proven = 0 if checkpoint is None else checkpoint.size
    return proven if first_kept is None else min(proven, first_kept - 1)


def purge(writing: Writing, through: int) -> int:
    """Delete what the entries up to a number say; give how many it were."""
    done = writing.connection.execute(
        update(audit_entry)
        .where(audit_entry.c.sequence <= through, audit_entry.c.body.is_not(None))
        .values(body=None, patient=None, user_id=None, decision_id=None)
    )
    return done.rowcount
