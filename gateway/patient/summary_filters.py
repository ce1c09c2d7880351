"""Decide whether an item belongs in a summary: active, not minor, recent.

Shows nothing and hides nothing itself. What a source leaves unsaid counts for the reader where leaving it
out could harm (an activity, or an end, that is not stated), against where only age decides (no date is
not recent).
"""

from datetime import datetime, timedelta
from typing import assert_never

import msgspec
from msgspec import UNSET, Struct

from fhir_profiles.headers import Header, clinical_date_of, concepts_in, status_of
from fhir_profiles.spans import ResourceSpan
from gateway.patient.dates import span_of
from gateway.patient.reductions import Filter

_MONTHS_6 = timedelta(days=183)
_MONTHS_12 = timedelta(days=366)
_ENDED = frozenset({"inactive", "remission", "resolved"})
_CURRENT = frozenset({"active", "on-hold", "intended"})
_UNSAID = frozenset({None, "unknown"})


class _Extension(Struct):
    url: str = ""
    value_code: str | None = msgspec.field(name="valueCode", default=None)


_EXTENSIONS = msgspec.json.Decoder(tuple[_Extension, ...])


def passes(resource: ResourceSpan, filters: frozenset[Filter], now: datetime) -> bool:
    """Tell whether an item meets every filter."""
    return all(_meets(resource.header, wanted, now) for wanted in filters)


def _meets(header: Header, wanted: Filter, now: datetime) -> bool:
    match wanted:
        case Filter.ACTIVE:
            return not _is_ended(header)
        case Filter.NOT_MINOR:
            return not _is_minor(header)
        case Filter.CURRENT_OR_LAST_6_MONTHS:
            return _may_be_current(header) or _is_since(header, now - _MONTHS_6)
        case Filter.LAST_6_MONTHS:
            return _is_since(header, now - _MONTHS_6)
        case Filter.LAST_12_MONTHS:
            return _is_since(header, now - _MONTHS_12)
        case _:
            assert_never(wanted)


def _may_be_current(header: Header) -> bool:
    # Of a medicine that states neither standing nor date nobody can say that it is over.
    status = status_of(header)
    is_unsaid = status in _UNSAID and span_of(clinical_date_of(header)) is None
    return status in _CURRENT or is_unsaid


def _is_ended(header: Header) -> bool:
    concepts = concepts_in(header.clinical_status)
    return any(coding.code in _ENDED for concept in concepts for coding in concept.coding)


def _is_minor(header: Header) -> bool:
    try:
        extensions = () if header.extension is UNSET else _EXTENSIONS.decode(header.extension)
    except msgspec.DecodeError:
        return False
    return any(
        "ProblemSignificance" in extension.url and extension.value_code == "minor"
        for extension in extensions
    )


def _is_since(header: Header, start: datetime) -> bool:
    span = span_of(clinical_date_of(header))
    return span is not None and span.high > start
