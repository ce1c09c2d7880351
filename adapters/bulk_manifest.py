"""Read what an export says of itself: its manifest, its errors, its deletions, and whether a file is whole.

Does no input or output. Follows HL7 FHIR Bulk Data Access 2.0.0, Complete Status and Output Files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from adapters.contract import Outcome, Reason
from adapters.transport import Fetched, Unfetched

_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class _File(msgspec.Struct):
    type: str
    url: str
    count: int | None = None


class _Manifest(msgspec.Struct, rename="camel"):
    transaction_time: datetime
    requires_access_token: bool
    output: list[_File]
    deleted: list[_File] = []
    error: list[_File] = []


class _Issue(msgspec.Struct):
    severity: str = ""
    code: str = ""


class _Outcome(msgspec.Struct):
    issue: list[_Issue] = []


class _Request(msgspec.Struct):
    method: str
    url: str


class _Entry(msgspec.Struct):
    request: _Request


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []


_MANIFEST = msgspec.json.Decoder(_Manifest)
_OUTCOME = msgspec.json.Decoder(_Outcome)
_DELETIONS = msgspec.json.Decoder(_Bundle)
_ANYTHING = msgspec.json.Decoder(msgspec.Raw)
_NO_LOSS = frozenset({"information", "warning"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds; `covers_until` is its transaction time."""

    covers_until: datetime
    requires_access_token: bool
    output: tuple[_File, ...]
    deleted: tuple[_File, ...]
    error: tuple[_File, ...]


def read_manifest(answer: Fetched) -> Manifest | Unfetched:
    """Read a finished export's manifest; one that cannot be read is no empty one."""
    try:
        read = _MANIFEST.decode(answer.body)
    except _UNREADABLE:
        return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, answer.status)
    if read.transaction_time.tzinfo is None:
        return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, answer.status)
    return Manifest(
        read.transaction_time,
        read.requires_access_token,
        tuple(read.output),
        tuple(read.deleted),
        tuple(read.error),
    )


def whole_lines(body: bytes, count: int | None) -> bytes | Unfetched:
    """Give a file back if nothing shows that part of it is missing.

    Its last line is the one that a cut would break; others are judged where they are read.
    """
    lines = body.rstrip().rpartition(b"\n")
    if body and not body.isspace():
        try:
            _ANYTHING.decode(lines[2])
        except _UNREADABLE:
            return Unfetched(Outcome.MALFORMED, Reason.LENGTH_MISMATCH)
    if count is not None and _lines_in(body) < count:
        return Unfetched(Outcome.MALFORMED, Reason.LENGTH_MISMATCH)
    return body


def _lines_in(body: bytes) -> int:
    return sum(1 for line in body.split(b"\n") if line and not line.isspace())


def tells_of_loss(body: bytes) -> bool:
    """Say whether a file of errors tells that something could not be given; an unreadable line does."""
    return any(_is_loss(line) for line in body.split(b"\n") if line and not line.isspace())


def _is_loss(line: bytes) -> bool:
    try:
        issues = _OUTCOME.decode(line).issue
    except _UNREADABLE:
        return True
    return not issues or any(issue.severity not in _NO_LOSS for issue in issues)


def is_transient(body: bytes) -> bool:
    """Say whether a server tells that the same question may be answered later."""
    try:
        return any(issue.code == "transient" for issue in _OUTCOME.decode(body).issue)
    except _UNREADABLE:
        return False


class UnreadableDeletionError(ValueError):
    """Say that a deletion cannot be read; the message holds nothing of it."""


def deletions_in(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield type and id of every resource that a file of deletions names.

    Raises UnreadableDeletionError: what cannot be read may be somebody who must not stay.
    """
    for line in body.split(b"\n"):
        if line and not line.isspace():
            yield from _deletions_of(line)


def _deletions_of(line: bytes) -> Iterator[tuple[str, str]]:
    bundle = _bundle_in(line)
    if bundle is None:
        raise UnreadableDeletionError("Expected a Bundle of deletions.")
    for entry in bundle.entry:
        resource_type, _, resource_id = entry.request.url.rpartition("/")
        resource_type = resource_type.rpartition("/")[2]
        if entry.request.method != "DELETE" or not resource_type or not resource_id:
            raise UnreadableDeletionError("Expected the deletion of one resource by type and id.")
        yield resource_type, resource_id


def _bundle_in(line: bytes) -> _Bundle | None:
    """Read a line; what went wrong with it holds its bytes, and ends here."""
    try:
        return _DELETIONS.decode(line)
    except _UNREADABLE:
        return None
