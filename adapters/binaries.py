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
from fhir_profiles.datatypes import Reference

_FHIR_TYPES = frozenset({"application/fhir+json", "application/json+fhir", "application/json"})
_OCTETS = "application/octet-stream"
_PLACE = "Binary/"
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_FOR_US = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class _Binary(msgspec.Struct, tag_field="resourceType", tag="Binary", rename="camel"):
    id: str | None = None
    content_type: str = _OCTETS
    # R4's name and STU3's; a Binary has one of them.
    data: str | None = None
    content: str | None = None
    security_context: Reference | None = None


_BINARY = msgspec.json.Decoder(_Binary)
_UNREADABLE = DocumentAnswer(Outcome.MALFORMED, Reason.UNREADABLE)


def path_of(address: str, base_url: str) -> str | None:
    """Give the path of a document below its source's base; None for any address that is not one there."""
    name = _below(address, base_url)
    if not name.startswith(_PLACE):
        return None
    try:
        return _PLACE + safe_segment(name.removeprefix(_PLACE))
    except UnsafeSegmentError:
        return None


def document_in(result: Fetched | Unfetched, path: str, base_url: str) -> DocumentAnswer:
    """Read an answer: a Binary in JSON, or the document itself; `path` is what was asked for below the base."""
    if isinstance(result, Unfetched):
        return DocumentAnswer(result.outcome, result.reason)
    if result.status != HTTPStatus.OK:
        return _ended(result.status)
    if result.content_type not in _FHIR_TYPES:
        # What a server that gives the document itself says beside it (FHIR R4, Binary, X-Security-Context).
        context = result.headers.get("x-security-context")
        whose = None if context is None else _named_here(Reference(context), base_url)
        return _whole(result.body, result.content_type or _OCTETS, whose)
    try:
        return _opened(_BINARY.decode(result.body), path, base_url)
    except (ValueError, RecursionError):
        return _UNREADABLE


def _ended(status: int) -> DocumentAnswer:
    if status in _NOT_THERE:
        return DocumentAnswer(Outcome.REFUSED, Reason.NOT_FOUND)
    if status in _NOT_FOR_US:
        return DocumentAnswer(Outcome.REFUSED, Reason.UNAUTHORISED)
    return DocumentAnswer(Outcome.FAILED, Reason.HTTP_STATUS)


def _opened(binary: _Binary, path: str, base_url: str) -> DocumentAnswer:
    encoded = binary.data if binary.data is not None else binary.content
    if encoded is None or binary.id not in {None, path.removeprefix(_PLACE)}:
        return _UNREADABLE
    # Base64 in FHIR may be broken into lines; any other stranger makes it unreadable.
    content = base64.b64decode("".join(encoded.split()), validate=True)
    media_type = binary.content_type.partition(";")[0].strip().lower()
    context = binary.security_context
    whose = None if context is None else _named_here(context, base_url)
    return _whole(content, media_type, whose)


def _whole(content: bytes, content_type: str, whose: Reference | None = None) -> DocumentAnswer:
    if not content:
        # No letter is empty: what should stand in it did not come.
        return _UNREADABLE
    return DocumentAnswer(Outcome.DATA, content=content, content_type=content_type, whose=whose)


def _named_here(context: Reference, base_url: str) -> Reference:
    """Give a reference to what is below the source's own base as its own resources name it."""
    if context.reference is None:
        return context
    return msgspec.structs.replace(context, reference=_below(context.reference, base_url))


def _below(address: str, base_url: str) -> str:
    return address.removeprefix(f"{base_url.rstrip('/')}/")
