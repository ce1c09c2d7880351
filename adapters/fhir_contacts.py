"""Read the open-encounter probe: status and period of encounters, nothing clinical.

Checks shape only. That an encounter is this person's rests on the question (`patient.identifier`), as the
probe's answer holds no Patient to prove it by; it founds a relationship and is never shown.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from adapters.contract import Contact, ContactProbe, Outcome

_LONDON = ZoneInfo("Europe/London")
_NEVER_HAPPENED = frozenset({"cancelled", "entered-in-error"})


class _Period(msgspec.Struct):
    start: str | None = None
    end: str | None = None


class _Encounter(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    status: str = "unknown"
    period: _Period = msgspec.field(default_factory=_Period)


class _Entry(msgspec.Struct):
    resource: _Encounter | None = None


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []


_DECODER = msgspec.json.Decoder(_Bundle)


def probe_of(bodies: Sequence[bytes], translation: Mapping[str, str]) -> ContactProbe:
    """Give the contacts of readable pages; `translation` maps the source's statuses to ours."""
    try:
        bundles = [_DECODER.decode(body) for body in bodies]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ContactProbe(Outcome.MALFORMED)
    encounters = [entry.resource for bundle in bundles for entry in bundle.entry if entry.resource]
    contacts = tuple(
        _contact(encounter, translation)
        for encounter in encounters
        if encounter.resource_type == "Encounter" and encounter.status not in _NEVER_HAPPENED
    )
    return ContactProbe(Outcome.DATA if contacts else Outcome.EMPTY, contacts)


def _contact(encounter: _Encounter, translation: Mapping[str, str]) -> Contact:
    return Contact(
        status=translation.get(encounter.status, encounter.status),
        starts_at=instant_of(encounter.period.start),
        ends_at=instant_of(encounter.period.end),
    )


def instant_of(text: str | None) -> datetime | None:
    """Read a FHIR dateTime as UTC: without an offset it is London time, without a day it is None."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=_LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        # Beside what is no time, the first and last days there are, which have none in UTC.
        return None
