"""Put entries that a receiver has not confirmed into a batch, and say whether its answer confirms them all.

Sends nothing. FHIR R4, section 3.1.0.11 (batch); IHE ITI-20, Record Audit Event, FHIR feed.
"""

from dataclasses import dataclass, field
from http import HTTPStatus

import orjson

from gateway.audit.balp import audit_event
from gateway.audit.balp_agents import Address
from gateway.audit.balp_codes import Json
from gateway.audit.entries import entries_after, last_sequence
from gateway.audit.told import Told, told_with_row_a
from gateway.store.audit_feed import fed_through
from gateway.store.sessions import Reading

BATCH_AT_MOST = 100
"""Entries: about half a megabyte, and a few milliseconds of work."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What comes after the entry `after`, through the entry `through`: `count` of them, of `behind` that wait.

    `behind` is below 0 where the receiver confirmed more entries than there are.
    """

    after: int
    through: int
    count: int
    behind: int
    body: bytes = field(repr=False)


def next_batch(reading: Reading, receiver: str, address: Address) -> Batch:
    """Give the next entries that a receiver has not confirmed; none of them where it has all."""
    after = fed_through(reading, receiver)
    entries = told_with_row_a(reading, entries_after(reading, after, BATCH_AT_MOST))
    through = entries[-1].entry.sequence if entries else after
    behind = last_sequence(reading) - after
    return Batch(after, through, len(entries), behind, _bundle(entries, address))


def confirms_all(status: int, body: bytes, count: int) -> bool:
    """Say whether an answer to a batch says of each of its entries that it was taken.

    Nothing short of that counts: what a receiver did not say that it has, it is sent again.
    """
    if not _is_success(status):
        return False
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    entries = answer.get("entry") if _is_batch_response(answer) else None
    return isinstance(entries, list) and len(entries) == count and all(map(_is_taken, entries))


def _bundle(entries: tuple[Told, ...], address: Address) -> bytes:
    return orjson.dumps(
        {
            "resourceType": "Bundle",
            "type": "batch",
            "entry": [_entry(each, address) for each in entries],
        }
    )


def _entry(told: Told, address: Address) -> Json:
    event = audit_event(told, address)
    return {
        "fullUrl": f"{address.base_url}/fhir/AuditEvent/{event['id']}",
        "resource": event,
        "request": {"method": "POST", "url": "AuditEvent"},
    }


def _is_batch_response(answer: object) -> bool:
    if not isinstance(answer, dict):
        return False
    return (answer.get("resourceType"), answer.get("type")) == ("Bundle", "batch-response")


def _is_taken(entry: object) -> bool:
    response = entry.get("response") if isinstance(entry, dict) else None
    status = response.get("status") if isinstance(response, dict) else None
    # FHIR lets a phrase follow the code: "201 Created".
    code = status.split(" ")[0] if isinstance(status, str) else ""
    return code.isdecimal() and code.isascii() and _is_success(int(code))


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
