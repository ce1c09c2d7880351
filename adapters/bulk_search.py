"""Bring everybody's records from a source that has no `$export`: search by type and time of change, page by page.

A source that counts its pages off from the start skips a resource when one before it changes or goes meanwhile, so whatever may
have been skipped is walked through again. Writes nothing: pages are bytes in memory. Follows FHIR R4 search (3.1.1.4.5,
`_lastUpdated`) and paging (3.1.0.5).
"""

from collections.abc import AsyncIterator

from adapters.bulk_contract import FeedPart, FeedPlan, FeedRequest, PartKind, Watch
from adapters.bulk_walks import Walks
from adapters.contract import Outcome, Reason
from adapters.fhir_pages import SearchPage, judge_page
from adapters.paging import PageTrail
from adapters.source_client import SourceClient
from adapters.transport import Unfetched

_HEADERS = {"Accept": "application/fhir+json"}
_SHORT = Unfetched(Outcome.MALFORMED, Reason.PART_UNREADABLE)


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
        """Bring all of one type, each once; anything that may be missing is a failure, the last piece."""
        walks = Walks(part.resource_type, request.until)
        while walks.is_another_needed:
            walks.begin()
            async for page in self._pages(self._first_url(part.resource_type, request)):
                if isinstance(page, Unfetched):
                    yield page
                    return
                if lines := b"".join(walks.new_on(page)):
                    yield lines
        if not walks.have_all:
            yield _SHORT

    async def finish(self, _begun: str) -> None:
        """Nothing was prepared."""

    async def _pages(self, url: str) -> AsyncIterator[SearchPage | Unfetched]:
        """Follow the pages to the last; a failure is the last piece."""
        trail = PageTrail(self._client.endpoint, self._client.config.caps.pages)
        trail.begin(url)
        while True:
            page = await self._page(url)
            yield page
            if isinstance(page, Unfetched) or page.next_link is None:
                return
            following = trail.follow(page.next_link, url)
            if isinstance(following, Reason):
                yield Unfetched(Outcome.FAILED, following)
                return
            url = following

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
