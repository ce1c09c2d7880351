"""Bring everybody's records from a source that has no `$export`: search by type and time of change, page by page.

Writes nothing: pages are bytes in memory. Follows FHIR R4 search (3.1.1.4.5, `_lastUpdated`) and paging (3.1.0.5).
"""

from collections.abc import AsyncIterator, Iterator

import msgspec

from adapters.bulk_contract import FeedPart, FeedPlan, FeedRequest, PartKind, Watch
from adapters.contract import Outcome, Reason
from adapters.fhir_pages import SEARCH_RESULTS, SearchPage, Tally, judge_page
from adapters.paging import PageTrail
from adapters.source_client import SourceClient
from adapters.transport import Unfetched

_HEADERS = {"Accept": "application/fhir+json"}
_SHORT = Unfetched(Outcome.MALFORMED, Reason.PART_UNREADABLE)


class _Resource(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"")


class _Bundle(msgspec.Struct):
    entry: list[_Resource] = []


class _Typed(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType", default="")


_BUNDLE = msgspec.json.Decoder(_Bundle)
_TYPED = msgspec.json.Decoder(_Typed)


class BulkSearch:
    """A source that is searched."""

    def __init__(self, client: SourceClient, held: frozenset[str]) -> None:
        self.source_id = client.config.id
        self.held = held
        self._client = client

    async def begin(self, _request: FeedRequest) -> str:
        """Prepare nothing."""
        return ""

    async def plan(self, _begun: str, request: FeedRequest, _watch: Watch) -> FeedPlan:
        """Give one part for each type."""
        parts = tuple(FeedPart(PartKind.RESOURCES, each) for each in request.types)
        return FeedPlan(parts, request.until)

    async def bring(self, part: FeedPart, request: FeedRequest) -> AsyncIterator[bytes | Unfetched]:
        """Bring all pages of one type; anything missing on them is a failure, the last piece."""
        trail = PageTrail(self._client.endpoint, self._client.config.caps.pages)
        tally = Tally(SEARCH_RESULTS)
        url: str | None = self._first_url(part.resource_type, request)
        trail.begin(url or "")
        while url is not None:
            page = await self._page(url)
            if isinstance(page, Unfetched):
                yield page
                return
            tally.add(page)
            yield b"".join(_lines(page.body, part.resource_type))
            following = None if page.next_link is None else trail.follow(page.next_link, url)
            if isinstance(following, Reason):
                yield Unfetched(Outcome.FAILED, following)
                return
            url = following
        if tally.is_short:
            yield _SHORT

    async def finish(self, _begun: str) -> None:
        """Nothing was prepared."""

    async def _page(self, url: str) -> SearchPage | Unfetched:
        async with self._client.asking() as asking:
            page = judge_page(await asking.get(url, _HEADERS))
        is_short = isinstance(page, SearchPage) and page.is_incomplete
        return _SHORT if is_short else page

    def _first_url(self, resource_type: str, request: FeedRequest) -> str:
        query = [("_sort", "_lastUpdated"), ("_count", str(self._client.config.caps.page_size))]
        # Without a beginning nothing is bounded: a resource of no stated time is found by no time.
        if request.since is not None:
            query.append(("_lastUpdated", f"gt{request.since.isoformat(timespec='milliseconds')}"))
            query.append(("_lastUpdated", f"le{request.until.isoformat(timespec='milliseconds')}"))
        return self._client.endpoint.url_of(resource_type, query)


def _lines(body: bytes, resource_type: str) -> Iterator[bytes]:
    """Yield the resources of a page that are of the type asked for, one a line."""
    for entry in _BUNDLE.decode(body).entry:
        resource = bytes(entry.resource)
        if _TYPED.decode(resource).resource_type == resource_type:
            # Inside JSON, a line break can only stand between its parts.
            yield resource.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
