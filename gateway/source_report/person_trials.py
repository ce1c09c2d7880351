"""Try out what a FHIR R4 server gives of one test person: the Patient, each type, and every page of it.

Tells counts and never content. The number goes to the source as the adapter sends it, and nowhere else.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from adapters.contract import Reason
from adapters.fhir_capabilities import Capabilities
from adapters.fhir_pages import SEARCH_RESULTS, Tally, judge_page
from adapters.fhir_search import Search, record_searches, types_needed
from adapters.paging import PageTrail, UnsafeSegmentError, safe_segment
from adapters.transport import Unfetched
from fhir_profiles.headers import identifiers_of, needs_subject, subject_of
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.spans import ResourceSpan, UnreadablePageError, read_page
from fhir_profiles.systems import NHS_NUMBER
from fhir_profiles.vocabulary import Category
from gateway.source_report.asking import Query, Questioner
from gateway.source_report.declaration import Declaration
from gateway.source_report.explaining import Explanation, explain
from gateway.source_report.r4_trials import looking_for
from gateway.source_report.seen import Seen, Standing, fine, problem, remark, untried

_PERSON = "test person"
_UNSHAPED = Explanation(
    "an answer that is no readable searchset",
    "Have the source answer searches with a Bundle of type searchset.",
)
_BAD_LINKS: Mapping[Reason, Explanation] = MappingProxyType(
    {
        Reason.PAGING_HOST: Explanation(
            "a next link that leads away from base_url",
            "Have the source write next links under base_url: its own public address may be wrong.",
        ),
        Reason.PAGING_LOOP: Explanation(
            "a next link to a page that was read already",
            "Have the source end its pages: the last one has no next link.",
        ),
        Reason.PAGING_LIMIT: Explanation(
            "more than 100 pages", "Have the source give larger pages: we ask for 500 a page."
        ),
    }
)


@dataclass(slots=True)
class Walk:
    """Every page of one search: its results, and what ended it too early."""

    pages: int = 0
    results: list[ResourceSpan] = field(default_factory=list)
    fault: Explanation | None = None
    is_short: bool = False

    @property
    def matches(self) -> list[ResourceSpan]:
        """Give what the search itself found, without what came along with it."""
        return [each for each in self.results if each.search_mode in {None, "match"}]


@dataclass(frozen=True, slots=True)
class Person:
    """The Patients that were found, by every name that a reference may use, and the number."""

    number: NhsNumber
    names: frozenset[str]

    def owns(self, span: ResourceSpan) -> bool:
        """Say whether a resource says itself that it is about this person."""
        subject = subject_of(span.header)
        if subject is None:
            return False
        told = subject.identifier
        if told is not None and (told.system, told.value) == (NHS_NUMBER, self.number.digits):
            return True
        return (subject.reference or "").partition("/_history/")[0] in self.names


async def walk(questioner: Questioner, path: str, query: Query) -> Walk:
    """Read a search to its end, as the adapter does."""
    url = questioner.client.endpoint.url_of(path, query)
    trail = PageTrail(questioner.client.endpoint, questioner.config.caps.pages)
    trail.begin(url)
    tally, walked = Tally(SEARCH_RESULTS), Walk()
    while True:
        answer = await questioner.ask_url(url)
        page = judge_page(answer.result)
        if isinstance(page, Unfetched):
            walked.fault = explain(answer) or _UNSHAPED
            return walked
        tally.add(page)
        walked.pages += 1
        walked.results += _results_of(page.body)
        if page.next_link is None:
            walked.is_short = tally.is_short
            return walked
        following = trail.follow(page.next_link, url)
        if isinstance(following, Reason):
            walked.fault = _BAD_LINKS[following]
            return walked
        url = following


def _results_of(body: bytes) -> Iterable[ResourceSpan]:
    try:
        found = read_page(body).resources
    except UnreadablePageError:
        return ()
    return [each for each in found if each.search_mode != "outcome"]


@dataclass(frozen=True, slots=True)
class OnePerson:
    """A test person to be asked for; `declared` is None where the source does not describe itself."""

    questioner: Questioner
    number: NhsNumber = field(repr=False)
    declared: Declaration | None
    never_held: frozenset[str]

    def searches(self) -> Sequence[Search]:
        """Give the searches that the adapter makes for a whole record."""
        types = self.declared.types if self.declared is not None else frozenset()
        known = Capabilities(types=types)
        wanted = types_needed(frozenset(Category), self.never_held, known)
        page_size = self.questioner.config.caps.page_size
        return record_searches((self.number,), wanted, page_size, known)


async def try_person(one: OnePerson) -> AsyncIterator[Seen]:
    """Find a test person and read each type of their record, in small pages too, and all at once."""
    found = await walk(one.questioner, "Patient", looking_for(one.number))
    yield _judge_patients(found, one.number)
    patients = [each for each in found.matches if _carries(each, one.number)]
    person = Person(one.number, _names_of(patients, one.questioner.config.base_url))
    if not patients:
        yield untried("searches by patient", "there is no Patient to prove whose the items are")
        return
    walks = {each: await _read(one, each) for each in one.searches()}
    judged = [_judge_items(each.resource_type, walked, person) for each, walked in walks.items()]
    for seen in _gathered(judged):
        yield seen
    yield await _try_small_pages(one, walks)
    if one.declared is not None and one.declared.has_everything:
        yield await _try_everything(one, patients[0], walks.values())


async def _read(one: OnePerson, search: Search) -> Walk:
    return await walk(one.questioner, search.resource_type, search.query)


def _gathered(judged: Sequence[Seen]) -> Iterable[Seen]:
    """Tell a problem that several types share once."""
    types: dict[tuple[str, str], list[str]] = {}
    for each in judged:
        if each.standing is Standing.PROBLEM:
            types.setdefault((each.saw, each.remedy), []).append(each.trial)
        else:
            yield each
    for (saw, remedy), trials in types.items():
        named = ", ".join(trial.partition(" ")[0] for trial in trials)
        yield problem(f"{named} by patient", saw, remedy)


def _judge_patients(found: Walk, number: NhsNumber) -> Seen:
    if found.fault is not None:
        return problem(_PERSON, f"Patient by identifier: {found.fault.saw}", found.fault.remedy)
    if not found.matches:
        return problem(
            _PERSON,
            "no Patient has this number",
            "Check that the source holds this test person, under the system "
            f"{NHS_NUMBER}, and matches system|value.",
        )
    others = [each for each in found.matches if not _carries(each, number)]
    if others:
        return problem(
            _PERSON,
            f"{len(others)} of {len(found.matches)} found carry another number or none",
            "Every Patient found by an NHS number must carry it; else the whole answer is rejected.",
        )
    return fine(_PERSON, f"{len(found.matches)} Patient found, carrying the number asked for")


def _carries(span: ResourceSpan, number: NhsNumber) -> bool:
    wanted = (NHS_NUMBER, number.digits)
    is_patient = span.header.resource_type == "Patient"
    return is_patient and any(
        (one.system, one.value) == wanted for one in identifiers_of(span.header)
    )


def _names_of(patients: Iterable[ResourceSpan], base_url: str) -> frozenset[str]:
    names: set[str] = set()
    for each in patients:
        local = f"Patient/{each.header.id}"
        names |= {local, f"{base_url.rstrip('/')}/{local}", each.full_url or local}
    return frozenset(names)


def _judge_items(resource_type: str, walked: Walk, person: Person) -> Seen:
    trial = f"{resource_type} by patient"
    if walked.fault is not None:
        return problem(trial, walked.fault.saw, walked.fault.remedy)
    if walked.is_short:
        return problem(
            trial,
            "fewer results than the total that the source states",
            "Have total count what is really given: a record that comes short is shown as incomplete.",
        )
    if strangers := sum(_is_unproven(each, resource_type, person) for each in walked.matches):
        return problem(
            trial,
            f"{strangers} of {len(walked.matches)} are not said to be about the Patient found, or of another type",
            "Have each item refer to its Patient by the id or full address that the search gave: "
            "others are dropped.",
        )
    return fine(
        trial, f"{_counted(len(walked.matches), 'item')} on {_counted(walked.pages, 'page')}"
    )


def _is_unproven(span: ResourceSpan, resource_type: str, person: Person) -> bool:
    if span.header.resource_type != resource_type:
        return True
    return needs_subject(resource_type) and not person.owns(span)


async def _try_small_pages(one: OnePerson, walks: Mapping[Search, Walk]) -> Seen:
    trial = "paging"
    whole = {
        each.resource_type: len(walked.matches)
        for each, walked in walks.items()
        if walked.fault is None and len(walked.matches) > 1
    }
    if not whole:
        return untried(trial, "this person has no type with two items or more that can be read")
    resource_type = max(whole, key=whole.__getitem__)
    count = whole[resource_type]
    size = max(1, count // 3)
    by_patient = ("patient.identifier", f"{NHS_NUMBER}|{one.number.digits}")
    walked = await walk(one.questioner, resource_type, (by_patient, ("_count", str(size))))
    if walked.fault is not None:
        return problem(trial, walked.fault.saw, walked.fault.remedy)
    if len({each.header.id for each in walked.matches}) < count:
        return problem(
            trial,
            f"pages of {size} give fewer {resource_type} than one page does",
            "Have pages leave nothing out: order results the same way on every page.",
        )
    if walked.pages == 1:
        return remark(trial, "_count is ignored: everything comes on one page")
    return fine(
        trial, f"{_counted(walked.pages, 'page')} of {size} give all {count} {resource_type}"
    )


async def _try_everything(one: OnePerson, patient: ResourceSpan, walks: Iterable[Walk]) -> Seen:
    trial = "$everything"
    query = (("_count", str(one.questioner.config.caps.page_size)),)
    try:
        path = f"Patient/{safe_segment(patient.header.id or '')}/$everything"
    except UnsafeSegmentError:
        return problem(trial, "the Patient's id is no FHIR id", "Have ids keep to FHIR R4's rules.")
    walked = await walk(one.questioner, path, query)
    if walked.fault is not None:
        return problem(trial, walked.fault.saw, walked.fault.remedy)
    given = {(each.header.resource_type, each.header.id) for each in walked.results}
    searched = {
        (each.header.resource_type, each.header.id) for other in walks for each in other.matches
    }
    if missing := len(searched - given):
        return problem(
            trial,
            f"leaves out {_counted(missing, 'item')} that the searches give",
            "Have it give the whole record, or do not declare it: we then search.",
        )
    return fine(trial, f"{_counted(len(given), 'item')} on {_counted(walked.pages, 'page')}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
