"""Open a record's Bundle, and decode its resources exactly.

Maps nothing. Decimals are kept as their text, so `1.50` stays `1.50`; whole numbers have any size.
"""

from dataclasses import dataclass

import msgspec

from adapters.contract import Reason
from adapters.stu3_to_r4.losses import Losses, LossReason, Node, Value


class UnreadableRecordError(ValueError):
    """Say that an answer is no Bundle; the message never holds the answer."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a record, as the source's bytes; `stated_id` is what it says, of any shape."""

    stu3_type: str
    stated_id: object
    raw: bytes
    full_url: object = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A record's Bundle, opened."""

    head: Node
    entries: tuple[Entry, ...]
    unreadable: int


def _keep_text(decimal: str) -> msgspec.Raw:
    return msgspec.Raw(decimal.encode())


class _Header(msgspec.Struct):
    resourceType: str  # noqa: N815
    id: object = None


_HEADER = msgspec.json.Decoder(_Header)
_ANYTHING = msgspec.json.Decoder(float_hook=_keep_text)
_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


def decode(raw: bytes | msgspec.Raw) -> Value:
    """Decode JSON exactly.

    Raises ValueError when it is not JSON, RecursionError when it is nested beyond reason.
    """
    return _ANYTHING.decode(raw)


def open_record(body: bytes, losses: Losses) -> Envelope:
    """Open a Bundle; entries that cannot be read are counted.

    Raises UnreadableRecordError when the body is not JSON, or not a Bundle.
    """
    try:
        parts = _PARTS.decode(body)
        items = _ITEMS.decode(parts.pop("entry", msgspec.Raw(b"[]")))
        head = {name: decode(part) for name, part in parts.items()}
    except msgspec.ValidationError as error:
        raise UnreadableRecordError(Reason.NOT_A_BUNDLE, "Expected a Bundle.") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordError(Reason.UNREADABLE, "Expected JSON.") from error
    if head.get("resourceType") != "Bundle":
        raise UnreadableRecordError(Reason.NOT_A_BUNDLE, "Expected a Bundle.")
    read = [_open_entry(item, losses) for item in items]
    entries = tuple(entry for entry in read if entry is not None)
    return Envelope(head, entries, len(read) - len(entries))


def _open_entry(item: msgspec.Raw, losses: Losses) -> Entry | None:
    try:
        parts = _PARTS.decode(item)
        raw = bytes(parts.pop("resource"))
        header = _HEADER.decode(raw)
        rest = {name: decode(part) for name, part in parts.items()}
    except (ValueError, KeyError, RecursionError):
        losses.note("Bundle", "entry", LossReason.UNREADABLE)
        return None
    full_url = rest.pop("fullUrl", None)
    losses.note_all("Bundle", "entry", rest, LossReason.NO_PLACE_IN_R4)
    return Entry(header.resourceType, header.id, raw, full_url)
