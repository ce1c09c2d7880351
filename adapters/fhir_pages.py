"""Judge one FHIR R4 search answer: a readable searchset page, or the outcome that stands for it.

Reads only what paging and emptiness need; resources are read once, by `fhir_profiles.spans`.
Follows FHIR R4 3.1.0 (search) and the project's rule that a failure is never an empty answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

import msgspec

from adapters.contract import Outcome, Reason
from adapters.transport import Fetched, Unfetched

_JSON_TYPES = frozenset({"application/fhir+json", "application/json", "application/json+fhir"})
_OUTCOME_MODE = "outcome"


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Issue(msgspec.Struct):
    severity: str = ""


class _Resource(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    id: str = ""
    issue: list[_Issue] = []


class _Search(msgspec.Struct):
    mode: str | None = None


class _Entry(msgspec.Struct):
    resource: _Resource | None = None
    search: _Search | None = None


class _Bundle(msgspec.Struct, rename={"resource_type": "resourceType"}):
    resource_type: str = ""
    type: str = ""
    total: int | None = None
    link: list[_Link] = []
    # Left raw: an entry of the wrong shape must not hide its neighbours, and most are never looked at.
    entry: list[msgspec.Raw] = []


_BUNDLE = msgspec.json.Decoder(_Bundle)
_ENTRY = msgspec.json.Decoder(_Entry)
_NAMES_AN_OUTCOME = b'"OperationOutcome"'


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One readable page."""

    body: bytes = field(repr=False)
    next_link: str | None = field(repr=False)
    has_resources: bool
    # The source itself says, inside a good page, that something could not be given.
    is_incomplete: bool


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
        bundle = _BUNDLE.decode(fetched.body)
    except (msgspec.DecodeError, RecursionError):
        return Unfetched(Outcome.MALFORMED, Reason.UNREADABLE, fetched.status)
    return _shape_fault(bundle, fetched) or _page_of(bundle, fetched)


def _shape_fault(bundle: _Bundle, fetched: Fetched) -> Unfetched | None:
    if bundle.resource_type == "Bundle" and bundle.type == "searchset":
        return None
    is_refusal = bundle.resource_type == "OperationOutcome"
    outcome = Outcome.FAILED if is_refusal else Outcome.MALFORMED
    return Unfetched(outcome, Reason.NOT_A_BUNDLE, fetched.status)


def _page_of(bundle: _Bundle, fetched: Fetched) -> SearchPage | Unfetched:
    next_link = next((link.url for link in bundle.link if link.relation == "next"), None)
    remarks = _remarks(bundle, fetched.body)
    has_resources = len(remarks) < len(bundle.entry)
    if bundle.total and not has_resources and next_link is None:
        return Unfetched(Outcome.MALFORMED, Reason.NOT_A_BUNDLE, fetched.status)
    return SearchPage(
        body=fetched.body,
        next_link=next_link,
        has_resources=has_resources,
        is_incomplete=any(_tells_of_error(remark) for remark in remarks),
    )


def _remarks(bundle: _Bundle, body: bytes) -> list[_Entry]:
    """Give the server's own remarks on a search, which are not part of the record."""
    if _NAMES_AN_OUTCOME not in body:
        return []
    readable = (_entry_of(raw) for raw in bundle.entry)
    return [one for one in readable if one and one.search and one.search.mode == _OUTCOME_MODE]


def _tells_of_error(remark: _Entry) -> bool:
    issues = remark.resource.issue if remark.resource else []
    return any(issue.severity in {"error", "fatal"} for issue in issues)


def _entry_of(raw: msgspec.Raw) -> _Entry | None:
    try:
        return _ENTRY.decode(raw)
    except msgspec.ValidationError:
        return None


def patient_ids_of(bodies: Iterable[bytes]) -> list[str]:
    """Give the ids of the Patients on readable pages, each once, in order."""
    entries = (_entry_of(raw) for body in bodies for raw in _BUNDLE.decode(body).entry)
    found = (one.resource for one in entries if one and one.resource)
    ids = [resource.id for resource in found if resource.resource_type == "Patient"]
    return list(dict.fromkeys(ids))
