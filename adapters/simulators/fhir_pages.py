"""Cut an answer into pages and keep them for the links that lead on.

Finds nothing. Follows FHIR R4, search, paging: a page's next link is opaque.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from adapters.simulators.faults import FaultKind
from adapters.simulators.fhir_library import Stored
from adapters.simulators.fhir_search import Found, subset
from adapters.simulators.fhir_types import SearchType
from adapters.simulators.rendering import Resource, write

_PAGES_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Question:
    """A search or operation as asked: where, by which path and query, and under which faults."""

    base_url: str
    path: str
    query: str
    faults: frozenset[FaultKind]

    def token(self, position: int) -> str:
        """Name a page so that its name shows nothing of what was asked."""
        kinds = sorted(self.faults)
        text = f"{self.base_url}|{self.path}|{self.query}|{kinds}|{position}"
        return hashlib.blake2b(text.encode(), digest_size=15).hexdigest()

    def link_to(self, position: int) -> str:
        """Give the address of a page."""
        return f"{self.base_url}/{self.path}?_page={self.token(position)}"


class Pages:
    """Rendered pages by name, the oldest dropped first."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, bytes] = OrderedDict()

    def first_of(self, question: Question) -> bytes | None:
        """Give the first page of a question asked before."""
        return self.named(question.token(0))

    def named(self, token: str) -> bytes | None:
        """Give a page by the name in its link; nothing once it is dropped."""
        return self._bodies.get(token)

    def keep(self, question: Question, bodies: Sequence[bytes]) -> bytes:
        """Keep the pages of a question and give the first."""
        for position, body in enumerate(bodies):
            self._bodies[question.token(position)] = body
        while len(self._bodies) > _PAGES_KEPT:
            self._bodies.popitem(last=False)
        return bodies[0]


def paged(question: Question, found: Found, search_type: SearchType) -> list[bytes]:
    """Render every page of an answer; there is always at least one."""
    size = found.count or 1
    cuts = range(0, len(found.matches) or 1, size) if found.count else range(1)
    last = len(cuts) - 1
    return [
        _page(question, found, search_type, (position, position == last))
        for position, _ in enumerate(cuts)
    ]


def misleading(question: Question, body: bytes, next_link: str) -> bytes:
    """Give a page whose next link leads where it should not."""
    bundle = orjson.loads(body)
    own = {"relation": "self", "url": f"{question.base_url}/{question.path}"}
    bundle["link"] = [own, {"relation": "next", "url": next_link}]
    return orjson.dumps(bundle)


def _page(
    question: Question, found: Found, search_type: SearchType, place: tuple[int, bool]
) -> bytes:
    position, is_last = place
    matches = found.matches[position * found.count : (position + 1) * found.count]
    included = _led_to(matches, found.included)
    query = f"?{question.query}" if question.query else ""
    links = [{"relation": "self", "url": f"{question.base_url}/{question.path}{query}"}]
    if not is_last:
        links.append({"relation": "next", "url": question.link_to(position + 1)})
    entries = [
        *_entries(question, _bodies(matches, found, search_type), "match"),
        *_entries(question, ((stored, stored.body) for stored in included), "include"),
    ]
    return write(
        {
            "resourceType": "Bundle",
            "id": question.token(position),
            "type": "searchset",
            "total": len(found.matches),
            "link": links,
            **({"entry": entries} if entries else {}),
        }
    )


def _led_to(matches: Sequence[Stored], included: Sequence[Stored]) -> list[Stored]:
    """Give what the matches of one page lead to, directly or by what else is included."""
    led_to: list[Stored] = []
    waiting = list(matches)
    while waiting:
        named = {reference for stored in waiting for reference in stored.references}
        waiting = [each for each in included if each.key in named and each not in led_to]
        led_to += waiting
    return led_to


def _bodies(
    matches: Sequence[Stored], found: Found, search_type: SearchType
) -> Iterator[tuple[Stored, bytes]]:
    for stored in matches:
        if found.elements:
            yield stored, write(subset(stored, search_type, found.elements))
        else:
            yield stored, stored.body


def _entries(
    question: Question, bodies: Iterable[tuple[Stored, bytes]], mode: str
) -> Iterator[Resource]:
    for stored, body in bodies:
        yield {
            "fullUrl": stored.full_url or f"{question.base_url}/{stored.key}",
            "resource": orjson.Fragment(body),
            "search": {"mode": mode},
        }
