"""Serve paged search by type and time of change: all that a source without `$export` offers.

Follows FHIR R4 search (3.1.1) and paging (3.1.0.5); pages of one answer are of the moment it was asked.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from adapters.simulators.bulk.machines import Access
from adapters.simulators.bulk.outcomes import FHIR_JSON, RefusedError
from adapters.simulators.bulk.shelf import Shelf, Window
from adapters.simulators.planning.resources import Line
from adapters.simulators.rendering import write

LARGEST_PAGE = 500
_USUAL_PAGE = 50
_PARAMETERS = frozenset({"_lastUpdated", "_count", "_sort", "_format"})
_TIME = re.compile(r"(ge|gt|le)(.+)", re.ASCII)
_ANSWERS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Answer:
    resource_type: str
    lines: Sequence[Line]
    size: int


@dataclass(slots=True)
class SearchDesk:
    """Answers searches; an answer is kept until many others were asked for."""

    shelf: Shelf
    base_url: str
    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    _answers: OrderedDict[str, _Answer] = field(default_factory=OrderedDict)

    def search(self, request: Request, access: Access | None) -> Response:
        """Give the first page of a search, or a further one."""
        resource_type = request.path_params["type"]
        if resource_type not in self.shelf.types:
            raise RefusedError(404, "not-supported", "This resource type is not served.")
        if access is not None and not access.opens(resource_type):
            raise RefusedError(403, "forbidden", "The token does not open this type.")
        if (page := request.query_params.get("_page")) is not None:
            return self._further_page(resource_type, page)
        token = self._keep(self._found(resource_type, request.query_params.multi_items()))
        return self._page(token, 0)

    def _found(self, resource_type: str, parameters: Sequence[tuple[str, str]]) -> _Answer:
        unknown = {name for name, _ in parameters} - _PARAMETERS
        if unknown or any(value != "_lastUpdated" for name, value in parameters if name == "_sort"):
            raise RefusedError(400, "not-supported", "A parameter is not supported.")
        whole = self.shelf.changed(resource_type, Window(None, self.now()))
        times = [value for name, value in parameters if name == "_lastUpdated"]
        found = [line for line in whole if all(_is_within(line, time) for time in times)]
        counts = [value for name, value in parameters if name == "_count"]
        return _Answer(resource_type, found, _page_size(counts))

    def _keep(self, answer: _Answer) -> str:
        token = self.new_secret()
        self._answers[token] = answer
        if len(self._answers) > _ANSWERS_KEPT:
            self._answers.popitem(last=False)
        return token

    def _further_page(self, resource_type: str, page: str) -> Response:
        token, _, first = page.rpartition(".")
        answer = self._answers.get(token)
        if answer is None or answer.resource_type != resource_type or not first.isdigit():
            raise RefusedError(410, "expired", "This page is gone; ask again.")
        return self._page(token, int(first))

    def _page(self, token: str, first: int) -> Response:
        answer = self._answers[token]
        behind = first + answer.size
        links = [{"relation": "self", "url": self._url(answer, token, first)}]
        if behind < len(answer.lines):
            links.append({"relation": "next", "url": self._url(answer, token, behind)})
        head = write(
            {
                "resourceType": "Bundle",
                "meta": {"lastUpdated": self.now().isoformat()},
                "type": "searchset",
                "total": len(answer.lines),
                "link": links,
            }
        )
        entries = b",".join(self._entry(line) for line in answer.lines[first:behind])
        return Response(head[:-1] + b',"entry":[' + entries + b"]}", media_type=FHIR_JSON)

    def _url(self, answer: _Answer, token: str, first: int) -> str:
        return f"{self.base_url}/{answer.resource_type}?_page={token}.{first}"

    def _entry(self, line: Line) -> bytes:
        full_url = f"{self.base_url}/{line.resource_type}/{line.id}".encode()
        head = b'{"fullUrl":"' + full_url + b'","resource":'
        return head + line.body + b',"search":{"mode":"match"}}'


def _is_within(line: Line, time: str) -> bool:
    found = _TIME.fullmatch(time.replace(" ", "+"))
    try:
        bound = datetime.fromisoformat(found[2]) if found else None
    except ValueError:
        bound = None
    if found is None or bound is None or bound.tzinfo is None:
        raise RefusedError(400, "invalid", "_lastUpdated must be ge, gt or le an instant.")
    # A resource of no stated time of change cannot be found by one.
    if line.updated_at is None:
        return False
    match found[1]:
        case "ge":
            return line.updated_at >= bound
        case "gt":
            return line.updated_at > bound
        case _:
            return line.updated_at <= bound


def _page_size(counts: Sequence[str]) -> int:
    if not counts:
        return _USUAL_PAGE
    text = counts[0]
    if len(counts) > 1 or not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise RefusedError(400, "invalid", "_count must be one whole number above 0.")
    return min(int(text), LARGEST_PAGE)
