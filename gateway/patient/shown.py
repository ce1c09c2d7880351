"""Name one resource as a reader gets it: already narrowed, with nothing hidden left to find.

Its header is read from the bytes that are shown, so neither search nor sort can touch what is not.
"""

from collections.abc import Callable

from msgspec import Struct

from fhir_profiles.headers import (
    Concepts,
    Header,
    Period,
    clinical_date_of,
    codings_of,
    concepts_in,
    status_of,
)
from fhir_profiles.vocabulary import Category
from gateway.patient.attachments import Attachment
from gateway.patient.dates import Span, joined, span_of
from rbac.types import Level


class ShownItem(Struct, frozen=True, eq=False):
    """One resource of a view. `source_id` is None for what the gateway derived; `group` ties copies.

    `render` gives the pieces of its JSON; `original` the source's own, or None where it may not be shown whole.
    `attachments` are those of its attachments that the reader may open.
    """

    id: str
    header: Header
    category: Category | None
    level: Level
    source_id: str | None
    group: int | None
    render: Callable[[], list[bytes]]
    original: Callable[[], bytes | None]
    attachments: tuple[Attachment, ...] = ()

    @property
    def resource_type(self) -> str:
        """Give the resource's type."""
        return self.header.resource_type

    @property
    def when(self) -> Span | None:
        """Give when it happened, from its first to its last instant; None when nothing says so."""
        date = clinical_date_of(self.header)
        for period in _periods_of(self.header):
            if date is not None and date in {period.start, period.end}:
                return joined(span_of(period.start), span_of(period.end))
        return span_of(date)

    @property
    def status(self) -> str | None:
        """Give the status element itself."""
        return self.header.status

    @property
    def stands(self) -> str | None:
        """Give the status that says whether the item still stands; a retraction anywhere wins."""
        return status_of(self.header)

    @property
    def clinical_statuses(self) -> tuple[tuple[str | None, str], ...]:
        """Give the codings of the clinical status."""
        return codings_in(self.header.clinical_status)

    @property
    def codings(self) -> tuple[tuple[str | None, str], ...]:
        """Give every coding that says what the item is about."""
        return tuple((system, code) for system, code in codings_of(self.header) if code)


def _periods_of(header: Header) -> tuple[Period, ...]:
    named = (header.effective_period, header.performed_period, header.period, header.onset_period)
    return tuple(period for period in named if period is not None)


def codings_in(concepts: Concepts) -> tuple[tuple[str | None, str], ...]:
    """Give (system, code) of an element's concepts."""
    return tuple(
        (coding.system, coding.code)
        for concept in concepts_in(concepts)
        for coding in concept.coding
        if coding.code
    )
