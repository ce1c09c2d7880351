"""Read what an export is asked for, and refuse what a real source refuses.

Follows HL7 FHIR Bulk Data Access 2.0.0, Bulk Data Kick-off Request.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.simulators.bulk.machines import Access
from adapters.simulators.bulk.outcomes import FHIR_JSON, RefusedError

_FORMATS = frozenset({"application/fhir+ndjson", "application/ndjson", "ndjson"})
_PARAMETERS = frozenset({"_outputFormat", "_since", "_type"})
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII
)
OUTSIDE_PATIENTS = frozenset(
    {"HealthcareService", "Location", "Medication", "Organization", "Practitioner"}
    | {"PractitionerRole"}
)
"""Types of no patient's compartment (FHIR R4): an export of all patients is not asked for them alone."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be exported: these types, changed since then."""

    types: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The request as it came, and what it was made of."""

    headers: Mapping[str, str]
    parameters: Sequence[tuple[str, str]]
    is_of_patients: bool


def order_of(asked: Asked, held: Sequence[str], access: Access | None) -> Order:
    """Give the order.

    Raises RefusedError when the source would not take it.
    """
    _refuse_headers(asked.headers)
    _refuse_unknown(asked)
    formats = [value for name, value in asked.parameters if name == "_outputFormat"]
    # A + that was not escaped arrives as a space.
    if not all(each.replace(" ", "+") in _FORMATS for each in formats):
        raise RefusedError(400, "not-supported", "Only NDJSON can be had.")
    return Order(_types(asked, held, access), _since(asked.parameters))


def _refuse_headers(headers: Mapping[str, str]) -> None:
    if FHIR_JSON not in headers.get("accept", ""):
        raise RefusedError(400, "not-supported", f"Accept must be {FHIR_JSON}.")
    if "respond-async" not in headers.get("prefer", ""):
        raise RefusedError(400, "not-supported", "Prefer must be respond-async.")


def _refuse_unknown(asked: Asked) -> None:
    unknown = {name for name, _ in asked.parameters} - _PARAMETERS
    if unknown and "handling=lenient" not in asked.headers.get("prefer", ""):
        raise RefusedError(400, "not-supported", f"Not supported: {', '.join(sorted(unknown))}.")


def _types(asked: Asked, held: Sequence[str], access: Access | None) -> tuple[str, ...]:
    named = [value for name, value in asked.parameters if name == "_type"]
    wanted = [one for value in named for one in value.split(",")]
    offered = [one for one in held if not asked.is_of_patients or one not in OUTSIDE_PATIENTS]
    if any(one not in offered for one in wanted):
        raise RefusedError(400, "not-supported", "A type cannot be exported from here.")
    allowed = [one for one in offered if access is None or access.opens(one)]
    if any(one not in allowed for one in wanted):
        raise RefusedError(403, "forbidden", "The token does not open a type.")
    return tuple(one for one in allowed if not wanted or one in wanted)


def _since(parameters: Sequence[tuple[str, str]]) -> datetime | None:
    stated = [value for name, value in parameters if name == "_since"]
    if not stated:
        return None
    text = stated[0].replace(" ", "+")
    if len(stated) > 1 or _INSTANT.fullmatch(text) is None:
        raise RefusedError(400, "invalid", "_since must be one instant.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise RefusedError(400, "invalid", "_since must be one instant.") from error
