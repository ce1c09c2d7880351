"""Judge one FHIR R4 search answer: a readable searchset page, or the outcome that stands for it.

Reads only what paging and emptiness need; resources are read once, by `fhir_profiles.spans`.
Follows FHIR R4 3.1.0 (search) and the project's rule that a failure is never an empty answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec

from adapters.contract import Outcome, Reason
from adapters.transport import Fetched, Unfetched

_JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json+fhir"})
_MATCH = "match"

SEARCH_RESULTS = frozenset({_MATCH})
"""Modes of the entries that a search's total counts (FHIR R4, Bundle.total)."""

OPERATION_RESULTS = frozenset({_MATCH, "include"})
"""The same for `$everything`: servers mark what surrounds the Patient either way and count it all."""

_TELLS_OF_A_GAP = frozenset(
    {
        # Says itself that something was not or may not have been returned.
        "incomplete",
        "suppressed",
        # Stopped early: what came is what there was time or leave for.
        "exception",
        "lock-error",
        "no-store",
        "throttled",
        "timeout",
        "too-costly",
        "transient",
        # Not allowed to look at part of it.
        "expired",
        "forbidden",
        "login",
        "security",
        "unknown",
        # Left part of the question undone.
        "not-supported",
    }
)
"""Issue codes that mean missing data at any severity; others do so only as an error."""

_MILD = frozenset({"information", "warning"})
_REMARK = "OperationOutcome"
# They may hold the person's resources, and nobody looks for those inside them.
_WRAPPERS = frozenset({"Bundle", "Parameters"})


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Issue(msgspec.Struct):
    severity: str = ""
    code: str = ""


class _Resource(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str
    # Of any type: only the few that are looked at must have the right one.
    id: object = None
    issue: msgspec.Raw = msgspec.Raw(b"[]")


class _Search(msgspec.Struct):
    mode: str | None = None


class _Entry(msgspec.Struct):
    resource: _Resource | None = None
    search: _Search | None = None


class _Bundle(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    type: str = ""
    total: int | None = None
    # Left raw: what it says of age decides nothing else.
    meta: msgspec.Raw = msgspec.Raw(b"{}")
    link: list[_Link] = []
    # Left raw: an entry of the wrong shape must not hide its neighbours.
    entry: list[msgspec.Raw] = []


_BUNDLE = msgspec.json.Decoder(_Bundle)
_ENTRY = msgspec.json.Decoder(_Entry)
_ISSUES = msgspec.json.Decoder(list[_Issue])


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One readable page. `results` holds mode and fingerprint of each entry that is not a remark."""

    body: bytes = field(repr=False)
    next_link: str | None = field(repr=False)
    has_resources: bool
    # An entry says, or is itself the sign, that something could not be given.
    is_incomplete: bool
    total: int | None
    results: tuple[tuple[str, int], ...]
    # What it says of when it was made: the Bundle's meta and the Age header.
    meta: bytes = b"{}"
    age: str = ""


class Tally:
    """Results of one search over its pages, held against the total that its server states."""

    def __init__(self, counted_modes: frozenset[str]) -> None:
        self._counted_modes = counted_modes
        self._stated = 0
        self._arrived = 0
        self._seen: set[int] = set()

    def add(self, page: SearchPage) -> None:
        """Count a page; a result that an earlier page brought already is not counted again."""
        self._stated = max(self._stated, page.total or 0)
        marks = [mark for mode, mark in page.results if mode in self._counted_modes]
        self._arrived += sum(mark not in self._seen for mark in marks)
        self._seen.update(marks)

    @property
    def is_short(self) -> bool:
        """Say whether fewer came than were stated; more is no sign of anything missing."""
        return self._arrived < self._stated


def judge_page(result: Fetched | Unfetched) -> SearchPage | Unfetched:
    """Give the page, or why this answer is none."""
    if isinstance(result, Unfetched):
        return result
    return fault_of(result) or _read(result)


def fault_of(fetched: Fetched) -> Unfetched | None:
    """Say what a whole answer's status or type makes of it; None when it is JSON with status 200."""
    status = fetched.status
    match status:
        case HTTPStatus.OK if fetched.content_type in _JSON_TYPES:
            return None
        case HTTPStatus.OK:
            return Unfetched(Outcome.FAILED, Reason.CONTENT_TYPE, status)
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return Unfetched(Outcome.REFUSED, Reason.UNAUTHORISED, status)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            # A search that finds nothing answers 200: this is a wrong address, not an absence.
            return Unfetched(Outcome.FAILED, Reason.NOT_FOUND, status)
        case _:
            return Unfetched(Outcome.FAILED, Reason.HTTP_STATUS, status)


def _read(fetched: Fetched) -> SearchPage | Unfetched:
    try:
        # Entries are left raw, and bytes that are no UTF-8 in them would be met one by one.
        fetched.body.decode()
        bundle = _BUNDLE.decode(fetched.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, fetched.status)
    return _shape_fault(bundle, fetched) or _page_of(bundle, fetched)


def _shape_fault(bundle: _Bundle, fetched: Fetched) -> Unfetched | None:
    if bundle.resource_type == "Bundle" and bundle.type == "searchset":
        return None
    is_refusal = bundle.resource_type == "OperationOutcome"
    outcome = Outcome.FAILED if is_refusal else Outcome.MALFORMED
    return Unfetched(outcome, Reason.NOT_A_BUNDLE, fetched.status)


def _page_of(bundle: _Bundle, fetched: Fetched) -> SearchPage:
    entries = [_entry_of(raw) for raw in bundle.entry]
    results = tuple(
        (_mode_of(entry), hash(bytes(raw)))
        for entry, raw in zip(entries, bundle.entry, strict=True)
        if _is_result(entry)
    )
    return SearchPage(
        body=fetched.body,
        next_link=next((link.url for link in bundle.link if link.relation == "next"), None),
        has_resources=bool(results),
        is_incomplete=any(_is_gap(entry) for entry in entries),
        total=bundle.total,
        results=results,
        meta=bytes(bundle.meta),
        age=fetched.headers.get("age", ""),
    )


def _mode_of(entry: _Entry | None) -> str:
    return (entry.search.mode if entry and entry.search else None) or _MATCH


def _is_result(entry: _Entry | None) -> bool:
    """Say whether an entry is more than a remark of the server; an unreadable one may well be."""
    if entry is None:
        return True
    return entry.resource is not None and entry.resource.resource_type != _REMARK


def _is_gap(entry: _Entry | None) -> bool:
    """Say whether something of the record is missing where this entry stands."""
    if entry is None or entry.resource is None:
        return True
    if entry.resource.resource_type == _REMARK:
        return not _is_harmless(entry.resource.issue)
    return entry.resource.resource_type in _WRAPPERS


def _is_harmless(raw: msgspec.Raw) -> bool:
    """Say whether a remark tells of nothing missing; one that cannot be read may tell of anything."""
    try:
        issues: Sequence[_Issue] = _ISSUES.decode(raw)
    except msgspec.ValidationError:
        return False
    return bool(issues) and all(
        issue.severity in _MILD and issue.code not in _TELLS_OF_A_GAP for issue in issues
    )


def _entry_of(raw: msgspec.Raw) -> _Entry | None:
    try:
        return _ENTRY.decode(raw)
    except msgspec.ValidationError:
        return None


def patient_ids_of(bodies: Iterable[bytes]) -> list[str]:
    """Give the ids of the Patients on readable pages, each once, in order; "" for one without."""
    entries = (_entry_of(raw) for body in bodies for raw in _BUNDLE.decode(body).entry)
    found = (one.resource for one in entries if one and one.resource)
    ids = [resource.id for resource in found if resource.resource_type == "Patient"]
    return list(dict.fromkeys(one if isinstance(one, str) else "" for one in ids))
