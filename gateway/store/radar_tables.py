"""Lay out the tables of what is known of staff themselves, and of what the radar told privacy officers.

As in `tables.py`: no NHS number, no name and no address in clear, and a change here needs a migration.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, Uuid

from gateway.store.metadata import metadata
from gateway.store.types import UtcDateTime

staff_member = Table(
    "staff_member",
    metadata,
    Column("organisation", String(16), primary_key=True),
    Column("user_id", String(200), primary_key=True, index=True),
    Column("patient_key", String(64), nullable=True, index=True),
    Column("household_key", String(64), nullable=True),
    Column("known_at", UtcDateTime, nullable=False),
    CheckConstraint("length(user_id) > 0", name="user_id"),
    CheckConstraint("length(patient_key) = 64", name="patient_key"),
    CheckConstraint("length(household_key) = 64", name="household_key"),
)

# No check of the words of `rule`: what a rule that is no more once told stays as it was told.
radar_hit = Table(
    "radar_hit",
    metadata,
    Column("alert", Uuid, ForeignKey("privacy_alert.id"), primary_key=True),
    Column("rule", String(32), primary_key=True),
    Column("why", Text, nullable=False),
    Column("accesses", Integer, nullable=False),
    CheckConstraint("accesses > 0", name="accesses"),
)
