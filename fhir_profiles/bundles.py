"""Join resources that are bytes already into a Bundle, once.

Neither reads nor changes a resource, and decides nothing about what is in it. Follows FHIR R4 Bundle:
`search.mode` and `total` in a searchset only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from msgspec import Struct


class SearchMode(StrEnum):
    """Why an entry is in a searchset."""

    MATCH = "match"
    INCLUDE = "include"
    OUTCOME = "outcome"


class Entry(Struct, frozen=True, gc=False):
    """One resource as the pieces of its JSON, in order; `full_url` is None for outcomes only."""

    full_url: str | None
    pieces: Iterable[bytes]
    mode: SearchMode = SearchMode.MATCH


@dataclass(frozen=True, slots=True)
class Links:
    """Where this page stands and where the next one is."""

    self_link: str
    next_link: str | None = None


_HEADS = {mode: b'"search":{"mode":"%b"},"resource":' % mode.encode() for mode in SearchMode}


def searchset(entries: Sequence[Entry], links: Links, *, total: int | None = None) -> bytes:
    """Join a searchset Bundle.

    Shape: entries stand in the order given; `total` counts matches over all pages, or is left out.
    """
    pieces = [b'{"resourceType":"Bundle","type":"searchset"']
    if total is not None:
        pieces.append(b',"total":%d' % total)
    pieces.append(b',"link":' + msgspec.json.encode(_relations(links)))
    _add_entries(pieces, entries, _HEADS)
    pieces.append(b"}")
    return b"".join(pieces)


def collection(entries: Sequence[Entry]) -> bytes:
    """Join a collection Bundle; the entries' search modes are left out."""
    pieces = [b'{"resourceType":"Bundle","type":"collection"']
    _add_entries(pieces, entries, dict.fromkeys(SearchMode, b'"resource":'))
    pieces.append(b"}")
    return b"".join(pieces)


def _relations(links: Links) -> list[dict[str, str]]:
    relations = [{"relation": "self", "url": links.self_link}]
    if links.next_link is not None:
        relations.append({"relation": "next", "url": links.next_link})
    return relations


def _add_entries(
    pieces: list[bytes], entries: Sequence[Entry], heads: dict[SearchMode, bytes]
) -> None:
    # FHIR knows no empty array: without entries there is no `entry` at all.
    before = b',"entry":[{'
    for entry in entries:
        pieces.append(before)
        if entry.full_url is not None:
            pieces.append(b'"fullUrl":%b,' % msgspec.json.encode(entry.full_url))
        pieces.append(heads[entry.mode])
        pieces.extend(entry.pieces)
        before = b"},{"
    if entries:
        pieces.append(b"}]")
