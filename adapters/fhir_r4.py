"""Ask any conformant FHIR R4 server for one person's record.

Gives pages as they came; proving whose they are is `gateway.patient.verify`'s. Uses `$everything` where it
is declared and the whole record is needed, else search by `patient.identifier`; follows `link.next`.
Follows FHIR R4 search, paging and Patient/$everything.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus

from adapters.contract import (
    ContactProbe,
    Notice,
    NoticeKind,
    Outcome,
    Reason,
    SourceAnswer,
    SourceRequest,
)
from adapters.fhir_answer import PART_UNREADABLE, Part, answer_of
from adapters.fhir_capabilities import Capabilities, CapabilityCache
from adapters.fhir_contacts import probe_of
from adapters.fhir_pages import (
    OPERATION_RESULTS,
    SEARCH_RESULTS,
    SearchPage,
    Tally,
    judge_page,
    patient_ids_of,
)
from adapters.fhir_search import (
    Search,
    TypesNeeded,
    everything_query,
    may_miss_types,
    needs_everything,
    patient_search,
    probe_query,
    record_searches,
    types_needed,
    undeclared,
)
from adapters.paging import PageTrail, UnsafeSegmentError, safe_segment
from adapters.source_client import Asking, SourceClient
from adapters.stated_age import made_at, with_age
from adapters.transport import Unfetched
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category


@dataclass(frozen=True, slots=True)
class R4Kind:
    """What differs between kinds of R4 source: types not worth asking for, words for a contact's status."""

    never_held: frozenset[str] = frozenset()
    contact_statuses: Mapping[str, str] = field(default_factory=dict)


ANY_SERVER = R4Kind()


class FhirR4Adapter:
    """A FHIR R4 server as a source of one person's record."""

    def __init__(
        self, client: SourceClient, monotonic: Callable[[], float], kind: R4Kind = ANY_SERVER
    ) -> None:
        self.source_id = client.config.id
        self._client = client
        self._kind = kind
        self._capabilities = CapabilityCache(client, monotonic)

    async def ask(self, request: SourceRequest) -> SourceAnswer:
        """Ask for the record; every failure is an outcome, only cancellation is raised."""
        async with self._client.asking() as asking:
            found = await self._capabilities.read(asking)
            headers = {"X-Correlation-ID": str(request.trace_id)}
            pages = _Pages(self._client, asking, headers)
            plan = self._plan(request, found)
            reading = _Reading(pages, plan)
            if plan.wants_everything:
                parts = await reading.by_everything()
            else:
                parts = await reading.by_search()
        made = [part.made_at for part in parts]
        answer = with_age(answer_of(self.source_id, parts), made, self._client.now())
        never_asked = self._never_asked(request, found)
        return replace(answer, notices=tuple(dict.fromkeys((*answer.notices, *never_asked))))

    def _never_asked(self, request: SourceRequest, found: Capabilities) -> tuple[Notice, ...]:
        """Say of what the server was not asked, so that nobody reads its answer as the whole record."""
        asked, never_held = request.categories, self._kind.never_held
        if may_miss_types(asked, never_held, found):
            # Only the usual types were asked for: what else the server holds is not known.
            return (Notice(NoticeKind.UNREADABLE_PART),)
        kind = NoticeKind.UNREADABLE_PART
        return tuple(Notice(kind, category) for category in undeclared(asked, never_held, found))

    def _plan(self, request: SourceRequest, found: Capabilities) -> "_Plan":
        types = types_needed(request.categories, self._kind.never_held, found)
        is_whole = needs_everything(types, self._kind.never_held, found)
        return _Plan(
            numbers=(request.nhs_number, *request.former_numbers),
            categories=tuple(one for one in Category if one in request.categories),
            types=types,
            wants_everything=found.has_everything and is_whole,
            page_size=self._client.config.caps.page_size,
            found=found,
        )

    async def contacts(self, nhs_number: NhsNumber) -> ContactProbe:
        """Read `_elements=id,status,period,subject` of the person's encounters; disclose nothing.

        The question names the person and entries are checked for shape only: see `fhir_contacts`.
        """
        query = probe_query(nhs_number, self._client.config.caps.page_size)
        async with self._client.asking() as asking:
            pages = _Pages(self._client, asking, {})
            part = await pages.walk("Encounter", query, (Category.ENCOUNTERS,))
        if part.fault not in {None, PART_UNREADABLE}:
            return ContactProbe(part.fault.outcome)
        found = probe_of(part.bodies, self._kind.contact_statuses)
        # A contact that came is one, whatever is missing beside it; none beside a gap is not "none".
        return found if found.contacts or part.fault is None else ContactProbe(part.fault.outcome)

    def report_wrong_patient(self) -> None:
        """Count an answer about somebody else as a failure of the source."""
        self._client.report_wrong_patient()

    async def aclose(self) -> None:
        """Close the source's connections."""
        await self._client.aclose()


class _Pages:
    """The page walks of one answer; they share deadline, bytes and page count."""

    def __init__(self, client: SourceClient, asking: Asking, headers: Mapping[str, str]) -> None:
        self._endpoint = client.endpoint
        self._asking = asking
        self._now = client.now
        self._headers = {"Accept": "application/fhir+json", **headers}
        self._trail = PageTrail(client.endpoint, client.config.caps.pages)

    async def walk(
        self,
        path: str,
        query: tuple[tuple[str, str], ...],
        categories: tuple[Category, ...],
        counted_modes: frozenset[str] = SEARCH_RESULTS,
    ) -> Part:
        """Read a search to its last page, or to the fault that ends it."""
        walk = _Walk(self._trail, counted_modes, self._now)
        first = self._endpoint.url_of(path, query)
        self._trail.begin(first)
        url: str | None = first
        while url is not None:
            url = walk.take(judge_page(await self._asking.get(url, self._headers)), url)
        return Part(categories, tuple(walk.bodies), walk.end(), walk.made_at)


class _Walk:
    """What one search brought so far."""

    def __init__(
        self, trail: PageTrail, counted_modes: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        self._trail = trail
        self._tally = Tally(counted_modes)
        self._now = now
        self.bodies: list[bytes] = []
        self.made_at: datetime | None = None
        self._fault: Unfetched | None = None

    def take(self, page: SearchPage | Unfetched, url: str) -> str | None:
        """Keep a page and give the address of the next, None at the end."""
        if isinstance(page, Unfetched):
            self._fault = page
            return None
        self._tally.add(page)
        stated = (self.made_at, made_at(page.meta, page.age, self._now()))
        self.made_at = min((each for each in stated if each is not None), default=None)
        if page.has_resources:
            self.bodies.append(page.body)
        if page.is_incomplete:
            self._fault = PART_UNREADABLE
        return None if page.next_link is None else self._follow(page.next_link, url)

    def _follow(self, link: str, url: str) -> str | None:
        following = self._trail.follow(link, url)
        if isinstance(following, Reason):
            self._fault = Unfetched(Outcome.FAILED, following)
            return None
        return following

    def end(self) -> Unfetched | None:
        """Give the fault of the whole walk; None when all that the server speaks of has come."""
        if self._fault is None and self._tally.is_short:
            return PART_UNREADABLE
        return self._fault


class _Reading:
    """One reading of one person's record."""

    def __init__(self, pages: _Pages, plan: "_Plan") -> None:
        self._pages = pages
        self._plan = plan

    async def by_search(self) -> list[Part]:
        """Ask for Patient and every type at once."""
        plan = self._plan
        patient = patient_search(plan.numbers, plan.page_size, plan.found)
        searches = record_searches(plan.numbers, plan.types, plan.page_size, plan.found)
        return await self._all_at_once([patient, *searches])

    async def by_everything(self) -> list[Part]:
        """Find the Patient, then ask for everything about it."""
        plan = self._plan
        search = patient_search(plan.numbers, plan.page_size, plan.found)
        patient = await self._walk(replace(search, categories=plan.categories))
        if patient.fault not in {None, PART_UNREADABLE} or not patient.bodies:
            return [patient]
        ids = patient_ids_of(patient.bodies)
        if not ids:
            return [replace(patient, fault=PART_UNREADABLE)]
        records = [await self._everything_of(one) for one in ids]
        # Each record repeats its Patient; the first copy is kept where a record did not come, or is about
        # another Patient than was found: then it is the evidence of that.
        has_all = all(
            record.fault is None and one in patient_ids_of(record.bodies)
            for one, record in zip(ids, records, strict=True)
        )
        return [replace(patient, bodies=()) if has_all else patient, *records]

    async def _everything_of(self, patient_id: str) -> Part:
        plan = self._plan
        try:
            path = f"Patient/{safe_segment(patient_id)}/$everything"
        except UnsafeSegmentError:
            return Part(plan.categories, fault=Unfetched(Outcome.MALFORMED, Reason.UNREADABLE))
        query = everything_query(plan.page_size)
        return await self._pages.walk(path, query, plan.categories, OPERATION_RESULTS)

    async def _all_at_once(self, searches: list[Search]) -> list[Part]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._walk(search)) for search in searches]
        return [task.result() for task in tasks]

    async def _walk(self, search: Search) -> Part:
        part = await self._pages.walk(search.resource_type, search.query, search.categories)
        plainer = search.without_onward
        is_refused = part.fault is not None and part.fault.http_status == HTTPStatus.BAD_REQUEST
        if plainer is None or not is_refused:
            return part
        # No declaration tells whether a server can include from what it includes.
        return await self._pages.walk(plainer.resource_type, plainer.query, plainer.categories)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one reading asks for."""

    numbers: tuple[NhsNumber, ...]
    categories: tuple[Category, ...]
    types: TypesNeeded
    wants_everything: bool
    page_size: int
    found: Capabilities
