"""Name documents by the addresses that attachments give, and read what a server answers for one.

Never dereferences an address found in data: only the id in it is used, below the source's own base. Judges
no content. Follows FHIR Binary (STU3 and R4) and Attachment.
"""

import base64
from http import HTTPStatus

import msgspec

from adapters.contract import Outcome, Reason
from adapters.document_contract import DocumentAnswer
from adapters.paging import UnsafeSegmentError, safe_segment
from adapters.transport import Fetched, Unfetched

_FHIR_TYPES = frozenset({"application/fhir+json", "application/json+fhir", "application/json"})
_OCTETS = "application/octet-stream"
_PLACE = "Binary/"
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_FOR_US = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class _Reference(msgspec.Struct):
    reference: str | None = None


class _Binary(msgspec.Struct, tag_field="resourceType", tag="Binary", rename="camel"):
    content_type: str = _OCTETS
    # R4's name and STU3's; a Binary has one of them.
    data: str | None = None
    content: str | None = None
    security_context: _Reference | None = None


_BINARY = msgspec.json.Decoder(_Binary)


def path_of(address: str, base_url: str) -> str | None:
    """Give the path of a document below its source's base; None for any address that is not one there."""
    name = address.removeprefix(f"{base_url.rstrip('/')}/")
    if not name.startswith(_PLACE):
        return None
    try:
        return _PLACE + safe_segment(name.removeprefix(_PLACE))
    except UnsafeSegmentError:
        return None


def document_in(result: Fetched | Unfetched) -> DocumentAnswer:
    """Read an answer: a Binary in JSON, or the document itself."""
    if isinstance(result, Unfetched):
        return DocumentAnswer(result.outcome, result.reason)
    if result.status != HTTPStatus.OK:
        return _ended(result.status)
    if result.content_type not in _FHIR_TYPES:
        return DocumentAnswer(
            Outcome.DATA, content=result.body, content_type=result.content_type or _OCTETS
        )
    try:
        return _opened(_BINARY.decode(result.body))
    except (ValueError, RecursionError):
        return DocumentAnswer(Outcome.MALFORMED, Reason.UNREADABLE)


def _ended(status: int) -> DocumentAnswer:
    if status in _NOT_THERE:
        return DocumentAnswer(Outcome.REFUSED, Reason.NOT_FOUND)
    if status in _NOT_FOR_US:
        return DocumentAnswer(Outcome.REFUSED, Reason.UNAUTHORISED)
    return DocumentAnswer(Outcome.FAILED, Reason.HTTP_STATUS)


def _opened(binary: _Binary) -> DocumentAnswer:
    encoded = binary.data if binary.data is not None else binary.content
    if encoded is None:
        return DocumentAnswer(Outcome.MALFORMED, Reason.UNREADABLE)
    # Base64 in FHIR may be broken into lines; any other stranger makes it unreadable.
    content = base64.b64decode("".join(encoded.split()), validate=True)
    media_type = binary.content_type.partition(";")[0].strip().lower()
    context = binary.security_context
    whose = None if context is None else context.reference
    return DocumentAnswer(Outcome.DATA, content=content, content_type=media_type, whose=whose)
