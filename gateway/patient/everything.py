"""Read what part of the whole record is wanted, and leave out the rest.

Narrows nothing by permission: it works on what is shown. FHIR R4, Patient/$everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.errors import BadRequestError
from gateway.patient.dates import DateCriterion, Prefix, Span, span_of
from gateway.patient.search import count_of
from gateway.patient.shown import ShownItem

_NAMES = frozenset({"_type", "_since", "start", "end", "_count"})


@dataclass(frozen=True, slots=True)
class EverythingCriteria:
    """What `$everything` was asked for; None means no limit."""

    types: frozenset[str] | None = None
    since: Span | None = None
    dates: tuple[DateCriterion, ...] = ()
    count: int | None = None


def parse_everything(parameters: Sequence[tuple[str, str]]) -> EverythingCriteria:
    """Read the operation's parameters strictly.

    Raises BadRequestError on one that is unknown, repeated or unreadable.
    """
    found = dict(parameters)
    if len(found) != len(parameters) or not found.keys() <= _NAMES:
        raise BadRequestError(
            "A parameter is not supported here, or stands twice.", "not-supported"
        )
    dates = [
        DateCriterion(prefix, _date(found[name]))
        for name, prefix in (("start", Prefix.GREATER_OR_EQUAL), ("end", Prefix.LESS_OR_EQUAL))
        if name in found
    ]
    return EverythingCriteria(
        types=_types(found["_type"]) if "_type" in found else None,
        since=_date(found["_since"]) if "_since" in found else None,
        dates=tuple(dates),
        count=count_of(found["_count"]) if "_count" in found else None,
    )


def within(items: Iterable[ShownItem], criteria: EverythingCriteria) -> tuple[ShownItem, ...]:
    """Give the wanted items, in order. An item without a date is never left out because of dates."""
    return tuple(item for item in items if _is_wanted(item, criteria))


def _is_wanted(item: ShownItem, criteria: EverythingCriteria) -> bool:
    if criteria.types is not None and item.resource_type not in criteria.types:
        return False
    if criteria.since is not None and _is_older(item, criteria.since):
        return False
    when = item.when if criteria.dates else None
    return when is None or all(criterion.is_met_by(when) for criterion in criteria.dates)


def _is_older(item: ShownItem, since: Span) -> bool:
    changed = span_of(item.header.meta.last_updated) if item.header.meta else None
    return changed is not None and changed.high <= since.low


def _types(text: str) -> frozenset[str]:
    types = frozenset(text.split(","))
    if not all(each.isascii() and each.isalpha() for each in types):
        raise BadRequestError("_type must be a list of resource types.")
    return types


def _date(text: str) -> Span:
    span = span_of(text)
    if span is None:
        raise BadRequestError("A date must be a FHIR date, dateTime or instant.")
    return span
