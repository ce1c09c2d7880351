"""Keep why the radar told of an access, and count what officers found by rule.

Looks for nothing itself (`gateway/audit/radar` does). The sentences name nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, or_, select

from gateway.store.radar_tables import radar_hit as table
from gateway.store.sessions import Reading, Writing
from gateway.store.tables import privacy_alert
from gateway.store.words import AlertKind, AlertOutcome


@dataclass(frozen=True, slots=True)
class RadarHit:
    """One rule of one alert, why it fits, and how many decisions it rests on."""

    alert: UUID
    rule: str
    why: str
    accesses: int


@dataclass(frozen=True, slots=True)
class RuleOutcomes:
    """How many alerts a rule was part of, and what officers found of those that are settled.

    `confirmed` counts those not justified and those escalated.
    """

    rule: str
    told: int
    justified: int
    confirmed: int


_ALL = select(*(table.c[name] for name in RadarHit.__slots__)).order_by(table.c.alert)


def add_radar_hits(writing: Writing, hits: Sequence[RadarHit]) -> None:
    """Keep why an alert was raised."""
    writing.connection.execute(insert(table), [asdict(each) for each in hits])


def radar_hits_of(reading: Reading, alerts: Iterable[UUID]) -> Mapping[UUID, tuple[RadarHit, ...]]:
    """Give the hits of these alerts, by alert; none for an alert that the radar did not raise."""
    wanted = _ALL.where(table.c.alert.in_(list(alerts))).order_by(table.c.rule)
    found: dict[UUID, list[RadarHit]] = {}
    for row in reading.connection.execute(wanted):
        found.setdefault(row.alert, []).append(RadarHit(*row))
    return {alert: tuple(hits) for alert, hits in found.items()}


def radar_told_until(reading: Reading, user_id: str, patient: str | None) -> datetime | None:
    """Give until when officers have been told of somebody's accesses to a person; None if never.

    While an alert waits that is now and later: it is looked at together with all that follows.
    """
    alert = privacy_alert
    is_of = alert.c.patient.is_(None) if patient is None else alert.c.patient == patient
    wanted = select(alert.c.raised_at, alert.c.outcome).where(
        alert.c.kind == AlertKind.RADAR, alert.c.user_id == user_id, is_of
    )
    told = [
        datetime.max.replace(tzinfo=row.raised_at.tzinfo) if row.outcome is None else row.raised_at
        for row in reading.connection.execute(wanted)
    ]
    return max(told, default=None)


def rule_outcomes(reading: Reading) -> tuple[RuleOutcomes, ...]:
    """Count by rule what was told and found, sorted by rule."""
    outcome = privacy_alert.c.outcome
    confirmed = or_(outcome == AlertOutcome.NOT_JUSTIFIED, outcome == AlertOutcome.ESCALATED)
    wanted = (
        select(
            table.c.rule,
            func.count(),
            func.count().filter(outcome == AlertOutcome.JUSTIFIED),
            func.count().filter(confirmed),
        )
        .join(privacy_alert, privacy_alert.c.id == table.c.alert)
        .group_by(table.c.rule)
        .order_by(table.c.rule)
    )
    return tuple(RuleOutcomes(*row) for row in reading.connection.execute(wanted))
