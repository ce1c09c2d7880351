"""Write a view, or a part of it, as a Bundle that carries its receipt.

Takes narrowed items only, and cannot be called without the receipt: partial is a type. Completeness receipt:
one `outcome` entry a source, and the header `X-Record-Complete` (docs, HTTP interface).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from fhir_profiles.bundles import Entry, Links, SearchMode, searchset
from fhir_profiles.outcomes import source_outcome
from gateway.api.problems import FHIR_JSON
from gateway.api.remarks import remarks_of
from gateway.patient.receipt import Receipt, SourceLine
from gateway.patient.shown import ShownItem


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: its items, where it stands, and how many matched on all pages."""

    items: Sequence[ShownItem]
    receipt: Receipt
    links: Links
    total: int


def bundle_response(page: Page, base_url: str) -> Response:
    """Encode a page; its bytes are joined once."""
    entries = [
        *(_entry(item, base_url) for item in page.items),
        *(_receipt_entry(line) for line in page.receipt.lines),
    ]
    body = searchset(entries, page.links, total=page.total)
    return Response(body, media_type=FHIR_JSON, headers=completeness(page.receipt))


def resource_response(item: ShownItem, receipt: Receipt) -> Response:
    """Encode one resource; the header tells whether the record behind it is complete."""
    return Response(b"".join(item.render()), media_type=FHIR_JSON, headers=completeness(receipt))


def completeness(receipt: Receipt) -> dict[str, str]:
    """Give the header that says whether every source that should have answered did."""
    return {"X-Record-Complete": "true" if receipt.is_complete else "false"}


def _entry(item: ShownItem, base_url: str) -> Entry:
    return Entry(f"{base_url}/fhir/{item.resource_type}/{item.id}", item.render())


def _receipt_entry(line: SourceLine) -> Entry:
    stated_age = None if line.stale_since is None else line.stale_since.isoformat()
    body = source_outcome(
        line.outcome.value,
        line.source_id,
        stated_age=stated_age,
        remarks=tuple(remarks_of(line)),
    )
    return Entry(None, (body,), SearchMode.OUTCOME)
