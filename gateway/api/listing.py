"""Serve a list of one person's items, whole or a page at a time.

Decides nothing; each page is decided, narrowed and recorded anew (docs/decisions/0007, section 6).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from adapters.contract import SourceAnswer
from fhir_profiles.bundles import Links
from gateway.access.decision import Question
from gateway.access.scopes import Wanted
from gateway.api.bundles import Page, bundle_response
from gateway.api.caller import Caller
from gateway.api.entity_tags import EntityTags
from gateway.api.requests import Parameters, Patient
from gateway.audit.acts import AskedAct
from gateway.errors import BadRequestError
from gateway.patient.disclosure import Inquiry, OpenView
from gateway.patient.paging import Cursor, read_cursor
from gateway.patient.shown import ShownItem
from gateway.wiring import Services

CURSOR = "_cursor"

Choose = Callable[[Sequence[ShownItem]], Sequence[ShownItem]]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which list is wanted. `choose` picks from what may be listed; `count` None means all at once."""

    caller: Caller
    patient: Patient
    act: AskedAct
    path: str
    query: Parameters
    cursor: Cursor | None
    count: int | None
    choose: Choose
    tags: EntityTags
    wanted: Wanted

    @property
    def search_text(self) -> str:
        """Say which search this is: its snapshot is bound to that."""
        return f"{self.path}?{urlencode(self.query)}"

    def link(self, base_url: str, cursor: Cursor | None) -> str:
        """Write the address of one page of this list."""
        extra = () if cursor is None else ((CURSOR, cursor.text()),)
        query = urlencode((*self.query, *extra))
        return f"{base_url}{self.path}" + (f"?{query}" if query else "")


def take_cursor(parameters: Parameters) -> tuple[Cursor | None, Parameters]:
    """Take the cursor out of the parameters.

    Raises GoneError for one that was not given out, BadRequestError for two.
    """
    texts = [value for name, value in parameters if name == CURSOR]
    if len(texts) > 1:
        raise BadRequestError("A page has one cursor.")
    rest = tuple(pair for pair in parameters if pair[0] != CURSOR)
    return (read_cursor(texts[0]) if texts else None), rest


def question_of(caller: Caller, patient: Patient, wanted: Wanted) -> Question:
    """Put the access question of one request."""
    return Question(caller.principal, caller.purpose, patient.number, patient.id, wanted)


async def serve_list(services: Services, listing: Listing) -> Response:
    """Answer with one page of a list, or with all of it."""
    inquiry = Inquiry(
        question=question_of(listing.caller, listing.patient, listing.wanted),
        act=listing.act if listing.cursor is None else AskedAct.PAGE,
        request_id=listing.caller.request_id,
        answers=await _kept_answers(services, listing),
    )
    async with services.records.open(inquiry) as opened:
        chosen = listing.choose(opened.view.listed)
        page = await _page(services, listing, opened, chosen)
        opened.will_show(page.items)
    # A long record's megabytes are put together where nobody waits behind them.
    return await services.records.aside.do(
        lambda: _tagged(listing, opened, bundle_response(page, services.settings.base_url))
    )


def _tagged(listing: Listing, opened: OpenView, whole: Response) -> Response:
    """Give a list its tag. With a link to a further page it never equals one before: each cursor is new."""
    return listing.tags.answer(opened.view.permit, whole)


async def _kept_answers(services: Services, listing: Listing) -> tuple[SourceAnswer, ...] | None:
    if listing.cursor is None:
        return None
    principal = listing.caller.principal
    return await services.pages.open(
        principal, listing.patient.id, listing.search_text, listing.cursor
    )


async def _page(
    services: Services, listing: Listing, opened: OpenView, chosen: Sequence[ShownItem]
) -> Page:
    start = listing.cursor.offset if listing.cursor is not None else 0
    end = len(chosen) if listing.count is None else start + listing.count
    following = None
    if end < len(chosen):
        cursor = listing.cursor or await services.pages.keep(
            listing.caller.principal, listing.patient.id, listing.search_text, opened.answers
        )
        following = listing.link(services.settings.base_url, cursor.at(end))
    links = Links(listing.link(services.settings.base_url, listing.cursor), following)
    return Page(chosen[start:end], opened.view.receipt, links, total=len(chosen))
