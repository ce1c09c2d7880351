"""Keep what a privacy officer must look at, and what became of it.

Does not decide what is told: the use cases do. Holds no clinical content and no text of a reason.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, insert, select, update

from gateway.store.sessions import Reading, Writing
from gateway.store.tables import privacy_alert as table
from gateway.store.words import AlertKind, AlertOutcome


@dataclass(frozen=True, slots=True)
class PrivacyAlert:
    """Who did or tried what about whom, to be reviewed by `due_at`; open until it has an outcome.

    `patient` is an opaque id. `refusal` is the reason of what was refused, `basis` the grant or claim that the act
    rests on. `tell` names the organisations, by ODS code, whose privacy officers are to be told.
    """

    id: UUID
    kind: AlertKind
    decision_id: UUID
    patient: str | None = field(repr=False)
    user_id: str
    user_name: str
    role: str
    organisation: str
    act: str
    purpose: str | None
    reason_code: str | None
    refusal: str | None
    basis: UUID | None
    tell: tuple[str, ...]
    raised_at: datetime
    due_at: datetime
    outcome: AlertOutcome | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None


_ALL = select(table)


def raise_privacy_alert(writing: Writing, alert: PrivacyAlert) -> None:
    """Keep a new alert."""
    writing.connection.execute(
        insert(table).values({**asdict(alert), "tell": " ".join(alert.tell)})
    )


def open_privacy_alerts(reading: Reading, at_most: int) -> tuple[PrivacyAlert, ...]:
    """List alerts without an outcome, the soonest due first."""
    wanted = _ALL.where(table.c.outcome.is_(None)).order_by(table.c.due_at, table.c.id)
    return _found(reading, wanted.limit(at_most))


def settled_privacy_alerts(reading: Reading, at_most: int) -> tuple[PrivacyAlert, ...]:
    """List alerts with an outcome, the latest settled first."""
    wanted = _ALL.where(table.c.outcome.is_not(None))
    ordered = wanted.order_by(table.c.settled_at.desc(), table.c.id)
    return _found(reading, ordered.limit(at_most))


def privacy_alert_of(reading: Reading, alert_id: UUID) -> PrivacyAlert | None:
    """Give one alert, or None."""
    found = _found(reading, _ALL.where(table.c.id == alert_id))
    return found[0] if found else None


def settle_privacy_alert(
    writing: Writing, alert_id: UUID, outcome: AlertOutcome, at: datetime, user_id: str
) -> bool:
    """Keep an outcome; say whether the alert was open until now."""
    done = writing.connection.execute(
        update(table)
        .where(table.c.id == alert_id, table.c.outcome.is_(None))
        .values(outcome=outcome, settled_at=at, settled_by=user_id)
    )
    return done.rowcount > 0


def _found(reading: Reading, wanted: Select[Any]) -> tuple[PrivacyAlert, ...]:
    return tuple(_alert(row) for row in reading.connection.execute(wanted).mappings())


def _alert(row: RowMapping) -> PrivacyAlert:
    outcome = row["outcome"]
    told = {
        "kind": AlertKind(row["kind"]),
        "tell": tuple(row["tell"].split()),
        "outcome": None if outcome is None else AlertOutcome(outcome),
    }
    return PrivacyAlert(**{**row, **told})
